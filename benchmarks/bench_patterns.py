"""Whatever reads text from outside takes time in proportion to its length, on the worst input that we could think of.

    python benchmarks/bench_patterns.py [--short 20000] [--long 200000]

Each reader gets each bad piece repeated to both lengths. Printed is, for each reader, its worst piece: CPU seconds at the long length,
and the ratio to the short one (10 is linear, 100 quadratic). Wanted: at most 12, where the long one takes more than 20 ms. Many small
objects outgrow the processor's cache, so a larger ratio is looked at again: twice the length must not cost 2.6 times as much.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import html
import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bot.errors import PaperboyError
from bot.language import bylines, creators, groups, markup, name_index, name_marks, name_matching, names
from bot.language.text import blank, clean, plain
from bot.language.tokens import index_text, scan, tokens
from bot.logs import OneLine
from bot.models import Community, Event, EventKind, Paper, PaperId, Record
from bot.papers import categories, kinship, links, notes, paper_ids, titles
from bot.query import language as query
from bot.query.document import analyse
from bot.show.safe import excerpt, safe, shown
from bot.sources import abstracts, arxiv, documents, rate_policy, repair
from bot.sources.arxiv_feed import parse_feed
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.feeds import parse_articles
from bot.sources.huggingface_rows import parse_list

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MOST_RATIO = 12.0
MOST_DOUBLING = 2.6
#: Below this a ratio is noise: seconds.
WORTH_A_LOOK = 0.02

#: What began, ends or nests without ever being finished, in every language that a field may be written in.
PIECES = (
    "a", " ", "\xa0", "\n", "a ", "1", "1.", "-", "--", "a-", "'", "a'", '"', 'a"', "`", "``", "``a", "$", "$5 ",
    "$5      ", "{", "}", "{}", "\\", "\\a", "\\frac", "\\frac{", "\\'", "\\'{", "\\sqrt[", "^", "^{", "_", "_{a",
    "~", "&", "&#9", "&#", "&amp", "&amp;", "&#x41;", "<", ">", "</", "<!--", "<!-- -->", "<!-", "<a", "<a ", "<a b=",
    "<sub>", "<sup>a</sub>", "<p>", "<?", "]]>", "(", ")", "()", "(a", "[", "]", "*", "|", "@", "a@", "@a (", "a@((((", ":",
    ":a", "a:", ":a-", "http://", "https://a.", "discord.", ".", "a.", "A.", ",", "a, ", "Jr, ", "A Jr., ", " and ",
    "A and B, ", ";", "a;", "van ", "de la ", "Julia Kempe, ", "(CERN), ", "et al ", "10.", "10.1234", "10.1234/",
    "10.1000/a)", "10.1000/", "2106.15928", "2106.15928 ", "2106.15928v1", "arXiv:", "arxiv:2106.15928,",
    "hep-th/9901001 ", "doi: ", "doi.org/", "doi:10.1000/", "withdrawn ", "the withdrawn ", "this paper has been ",
    "paper withdrawn, ", "paper has been withdrawn by a ", "\u0300", "\u0300\u0316", "a\u0316\u0300", "\u3164",
    "\u200b", "\ufe0f", "\ud7a4", "王", "王 ", "が", "ﬁ", "ß", "İ", "𝒜", "α", "😀", "\x1b[", "\x00", "key=", "hf_",
    "a.a.a", "=", "#", "C++ ", "OR ", "NOT ", "-a ", "&lt;!--", "&lt;a ", "<!--&gt;",
    "<style>", "<annotation>", "<sub><i>", "<a b='", "O_FIG ", "C_ST_ABS", "MO_SCPLOW", "Methods", ". Methods", "Volume 1, ",
    "May 2026 ", "doi: 10.1000/a", "Published online ", "Nature ", "{tau}",
    "Correction: ", "Marlow et al., ", "et al. ", "“", " (2026 ", "[a", ". A 2026, ", "/v1/review", "-rc1", ".v1",
    "https://a.b 10.1000/x ", "https://www.google.com/url?q=https://arxiv.org/abs/2611.00001 ", "https://arxiv.org/?a=2611.00001&",
    "2106.15928 10.1000/x ", "10.1000/1<a:b>",
    "<item>", "<item></item>", "</item>", "<b><i></b></i>", "<a b='c'", "<![CDATA[", "<![CDATA[a</title>", "Marlow CD, ", "A B\n",
    "A B y ", "A B - ", "A B, University, ", "...",
    "A, B y ", "a@b (c), ", "0000-0002-1825-0097 ", "0000-", "A/ ", "12 more, ", "<!-- <![CDATA[", "https-3A__a_", "eprint = {2611.00001 ",
)  # fmt: skip

Reader = Callable[[str], object]


def feed(text: str) -> object:
    """One item of an announcement feed whose title, text, authors and DOI are this."""
    t = html.escape(text.translate(_NO_CONTROLS))
    return parse_feed(
        f"""<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
        <pubDate>Mon, 01 Jun 2026 00:00:00 -0400</pubDate><item><title>a {t}</title><description>arXiv:2606.00001v1 Announce Type: new
        Abstract: {t}</description><guid>oai:arXiv.org:2606.00001v1</guid><pubDate>Mon, 01 Jun 2026 00:00:00 -0400</pubDate>
        <arxiv:announce_type>new</arxiv:announce_type><arxiv:DOI>{t}</arxiv:DOI><dc:creator>{t}</dc:creator></item></channel></rss>""".encode(),
        "arxiv:cs.LG",
    )


def journal(text: str) -> object:
    t = html.escape(text.translate(_NO_CONTROLS))
    return parse_articles(
        f"""<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><title>a {t}</title><description>{t}</description>
        <guid>{t}</guid><link>https://doi.org/10.1000/1</link><pubDate>{t}</pubDate><author>{t}</author><dc:creator>{t}</dc:creator></item></channel></rss>""".encode(),
        "feed:example.org",
        NOW,
    )


def broken(text: str) -> object:
    """A feed that is no XML, with this in an entry, between entries and behind them."""
    body = f"<rss><channel><item><title>{text}</title></item>{text}<item><title>a</title></item></channel></rss>{text}&"
    return repair.read_xml(body.encode("utf-8", "surrogatepass"), {"rss"}, "feed:example.org")


def oai(text: str) -> object:
    t = html.escape(text.translate(_NO_CONTROLS))
    return parse_page(
        f"""<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-06-01T00:00:00Z</responseDate><ListRecords><record>
        <header><datestamp>2026-06-01</datestamp></header><metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2606.00001</id>
        <version version="v1"><date>Mon, 01 Jun 2026 00:00:00 GMT</date></version><title>a {t}</title><authors>{t}</authors>
        <categories>{t}</categories><comments>{t}</comments><doi>{t}</doi><journal-ref>{t}</journal-ref><abstract>{t}</abstract></arXivRaw></metadata></record></ListRecords></OAI-PMH>""".encode(),
        "arxiv-oai",
    )


def face(text: str) -> object:
    paper = {
        "id": "2606.00001",
        "title": f"a {text}",
        "summary": text,
        "authors": [{"name": text}],
        "publishedAt": text,
    }
    more = {"githubRepo": text, "projectPage": text, "ai_summary": text, "ai_keywords": [text]}
    rows = [{"paper": {**paper, **more}, "thumbnail": text, "organization": {"name": text}}]
    return parse_list(json.dumps(rows, ensure_ascii=False).encode(), "huggingface", NOW.date())


def stated(text: str) -> object:
    """What is a review, by its DOI or its title, and what is none."""
    at = Event(EventKind.ANNOUNCED, NOW)
    return [
        kinship.statements(Record("feed:x", (PaperId("doi", f"{start}{text}"),), f"{head}{text}", at))
        for start, head in (("", ""), ("10.5194/a", "Review of: "), ("10.1111/a", "Peer review of "))
    ]


def linked(text: str) -> object:
    community = Community(code_url=text, project_url=f"https://a.github.io/{text}")
    ids = (PaperId("arxiv", "2606.00001"), PaperId("doi", text))
    return links.paper_links(Paper(1, ids, "a", "", (), (), NOW, community=community))


def logged(text: str) -> object:
    return OneLine("%(message)s").format(logging.LogRecord("a", logging.INFO, "a", 1, "%s", (text,), None))


_NO_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])

READERS: dict[str, Reader] = {
    "text.clean": clean,
    "text.plain": plain,
    "text.blank": blank,
    "text.tokens": tokens,
    "text.scan": scan,
    "text.index_text": index_text,
    "text.safe": lambda t: safe(t, 100_000_000),
    "text.safe, cut": lambda t: safe(t, 300),
    "text.shown": lambda t: shown(t, 4000),
    "text.excerpt": lambda t: excerpt(t, 300),
    "document.analyse": lambda t: analyse(t, t),
    "names.parse": names.parse,
    "bylines.read_bylines": lambda text: bylines.read_bylines([text, text]),
    "creators.split_creators": creators.split_creators,
    "name_index.index_expression": lambda t: name_index.index_expression(names.parse(t)),
    "name_matching.compatible": lambda t: name_matching.compatible(names.parse(t), names.parse(f"A. {t}")),
    "name_marks.without_marks": name_marks.without_marks,
    "name_marks.without_brackets": name_marks.without_brackets,
    "name_marks.without_titles": name_marks.without_titles,
    "groups.person_of": groups.person_of,
    "groups.called": groups.called,
    "query.parse": query.parse,
    "query.parse, longest": lambda t: [query.parse(t[at : at + 190]) for at in range(0, len(t), 190)],
    "categories.resolve": categories.resolve,
    "paper_ids.parse": paper_ids.parse,
    "paper_ids.parse_id": paper_ids.parse_id,
    "paper_ids.parse_doi": paper_ids.parse_doi,
    "paper_ids.find_ids": paper_ids.find_ids,
    "kinship.version_of": lambda t: [
        kinship.version_of(PaperId("doi", f"{a}{t}")) for a in ("", "10.5194/", "10.31234/osf.io/")
    ],
    "kinship.statements": stated,
    "notes.note_of": lambda t: [
        notes.note_of(f"{a}{t}") for a in ("", "Correction: ", "Correction for ", "Erratum to “")
    ],
    "titles.title_key": titles.title_key,
    "documents.without_markup": documents.without_markup,
    "abstracts.abstract_of": lambda t: abstracts.abstract_of(t, t),
    "abstracts.unflattened": abstracts.unflattened,
    "markup.without_type": markup.without_type,
    "documents.line": documents.line,
    "documents.instant": documents.instant,
    "documents.day": documents.day,
    "arxiv.is_withdrawal": lambda t: [arxiv.is_withdrawal(a, t) for a in (t, f"withdrawn{t}", f"{t}withdrawn x")],
    "arxiv.identities": lambda t: arxiv.identities("2606.00001", t),
    "arxiv.arxiv_categories": lambda t: arxiv.arxiv_categories(t.split()),
    "rate_policy.retry_after_seconds": lambda t: rate_policy.retry_after_seconds(
        {"retry-after": t, "ratelimit": t}, NOW
    ),
    "a feed": feed,
    "a journal's feed": journal,
    "a feed that is no XML": broken,
    "an OAI page": oai,
    "a daily list": face,
    "links": linked,
    "a log line": logged,
}


def seconds(reader: Reader, text: str) -> float:
    """CPU of reading; a refusal is an answer as well."""
    begun = time.process_time()
    with contextlib.suppress(PaperboyError):
        reader(text)
    return time.process_time() - begun


def repeated(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def ratio(reader: Reader, piece: str, short: int, long: int, times: int) -> tuple[float, float]:
    """(ratio, CPU seconds at the long length), the best of so many attempts each."""
    first, second = (min(seconds(reader, repeated(piece, n)) for _ in range(times)) for n in (short, long))
    return second / max(first, 1e-6), second


def worst(reader: Reader, short: int, long: int) -> tuple[float, float, str]:
    """(ratio, seconds at the long length, piece) of the piece with the largest ratio that is worth a look, else of the slowest."""
    found: list[tuple[bool, float, float, str]] = []
    for piece in PIECES:
        grown, took = ratio(reader, piece, short, long, 2)
        if grown > MOST_RATIO and took > WORTH_A_LOOK:  # a busy machine is no quadratic pattern: look again
            grown, took = min(ratio(reader, piece, short, long, 7) for _ in range(2))
        found.append((took > WORTH_A_LOOK, grown if took > WORTH_A_LOOK else 0.0, took, piece))
    _, grown, took, piece = max(found)
    return grown, took, piece


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--short", type=int, default=20_000)
    options.add_argument("--long", type=int, default=200_000)
    chosen = options.parse_args()
    bad = 0
    gc.disable()  # a collection in the middle of a long reading says nothing of the reading
    for name, reader in READERS.items():
        grown, took, piece = worst(reader, chosen.short, chosen.long)
        gc.collect()
        over = grown > MOST_RATIO and ratio(reader, piece, chosen.long, 2 * chosen.long, 5)[0] > MOST_DOUBLING
        bad += over
        print(
            f"{name:30} {took * 1000:8.1f} ms, {grown:6.1f} x, worst {piece!r}{'  <-- NOT LINEAR' if over else ''}",
            flush=True,
        )
    print(f"{len(READERS)} readers x {len(PIECES)} pieces, {bad} not linear")


if __name__ == "__main__":
    main()
