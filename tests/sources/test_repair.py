"""One wrong character costs no document, one bad entry none of the others; what is cut stays refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import SourceUnhealthyError
from bot.sources.arxiv_feed import parse_feed
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.biorxiv import parse_details
from bot.sources.documents import line, parse_json
from bot.sources.feeds import parse_articles
from bot.sources.repair import read_xml

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PAGES = Path(__file__).parents[1] / "pages"
UMLAUT = "Gr\u00fcn \u2013 Darwin\u2019s caf\u00e9\u201d"


def item(title: str, number: int = 1) -> str:
    return f"<item><title>{title}</title><doi>10.1000/demo.{number}</doi></item>"


def rss(*items: str, declared: str = "") -> str:
    head = f"<?xml version='1.0' encoding='{declared}'?>\n" if declared else ""
    return f"{head}<rss version='2.0'><channel><title>J</title>{''.join(items)}</channel></rss>"


def titles(body: str | bytes) -> list[str]:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return [record.title for record in parse_articles(raw, "feed:x", NOW).records]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Darwin&rsquo;s&nbsp;finches at Texas A&M", "Darwin\u2019s finches at Texas A&M"),
        ("a &ndash; b &alpha; &Eacute;", "a \u2013 b \u03b1 \u00c9"),
        ("R&D & AT&T; &nosuchname; &#; &", "R&D & AT&T; &nosuchname; &#; &"),
        ("p < 0.05 and <5", "p < 0.05 and <5"),
        ("&LT;5 &nbsp;&AMP; more", "<5 & more"),
        ("one&#1;two&#x01;three&#X1f;four&#0;five", "onetwothree fourfive"),
        ("one&#x0000b;two&#000012;three", "one two three"),
        ("one\x01two\x00three\x0cfour\x0bfive\ufffesix\uffff", "onetwothree four fivesix"),
        (
            "lone &#xD800;and \udc00whole &#55357;&#56832; and \ud83d\ude00",
            "lone and whole \U0001f600 and \U0001f600",
        ),
        ("beyond &#1114112; &#x7fffffff; &nbsp;", "beyond"),
        ("Windows&#146;s &nbsp;&#150;", "Windows\u2019s \u2013"),
        ("no end &#8211 here &nbsp;", "no end \u2013 here"),
        ("<![CDATA[A & B, n<N &nbsp;]]>&nbsp;", "A & B, n<N"),
        ("<![CDATA[a\x0bb\x02]]>", "a b"),
    ],
)
def test_what_no_xml_can_have_is_mended(written: str, read: str) -> None:
    found = parse_articles(rss(item(written), item("sound", 2)).encode("utf-8", "surrogatepass"), "feed:x", NOW)
    assert [record.title for record in found.records] == [read, "sound"]
    assert found.skipped == ()


def test_so_are_attributes_and_what_stands_around_the_root() -> None:
    linked = "<item><title>t</title><link href='https://doi.org/10.1000/x?a=1&b=2'/></item>"
    assert titles(rss(linked)) == ["t"]
    assert titles("\n \t<?xml version='1.0'?>" + rss(item("white space"))) == ["white space"]
    assert titles("<!-- made by hand -->\n<?xml version='1.0'?>" + rss(item("a comment"))) == ["a comment"]
    warning = "<br />\n<b>Warning</b>: Undefined variable in /x.php on line 3<br />\n<?xml version='1.0'?>"
    assert titles(warning + rss(item("a warning"))) == ["a warning"]
    assert titles(rss(item("a script")) + "\n<script>x && y</script>") == ["a script"]
    assert titles(rss(item("a bad comment") + "<!-- a -- b &nbsp; -->")) == ["a bad comment"]
    undeclared = "<item><title>t</title><prism:doi>10.1000/x</prism:doi><dc:creator>A. Person</dc:creator></item>"
    assert titles(rss(undeclared)) == ["t"]


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "cp1252"), ("", "cp1252"), ("us-ascii", "utf-8"), ("ascii", "cp1252"), ("iso-8859-1", "utf-8"),
        ("iso-8859-1", "cp1252"), ("utf-16", "utf-8"), ("utf-16", "cp1252"), ("utf-8", "utf-16"), ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"), ("", "utf-16-be"), ("iso-8859-1", "utf-8-sig"), ("utf-16", "utf-8-sig"), ("utf-8", "utf-32"),
        ("windows-1252", "utf-8"), ("x-nothing", "utf-8"), ("punycode", "utf-8"), ("UTF8", "utf-8"), ("unicode", "utf-8"),
        ("windows-1252", "cp1252"), ("iso-8859-15", "utf-8"), ("windows-1251", "utf-8"),
    ],
)  # fmt: skip
def test_bytes_are_believed_before_the_declaration(declared: str, written: str) -> None:
    assert titles(rss(item("sound"), item(UMLAUT, 2), declared=declared).encode(written)) == ["sound", UMLAUT]


@pytest.mark.parametrize(
    ("declared", "written", "text"),
    [
        ("windows-1251", "cp1251", "\u041f\u0440\u0438\u0432\u0435\u0442"), ("gb2312", "gb18030", "\u7814\u7a76\u9555"),
        ("shift_jis", "cp932", "\u7814\u7a76\u2460"), ("euc-kr", "cp949", "\uc5f0\uad6c\ub620"), ("big5", "big5", "\u7814\u7a76"),
        ("iso-8859-2", "iso8859-2", "\u017b\u00f3\u0142\u0107"), ("iso-2022-jp", "iso2022_jp", "\u7814\u7a76"),
        ("koi8-r", "koi8_r", "\u041f\u0440\u0438"), ("iso-8859-9", "cp1254", "\u011e\u0131\u015f"),
    ],
)  # fmt: skip
def test_other_encodings_are_read_as_declared_with_what_their_supersets_add(
    declared: str, written: str, text: str
) -> None:
    assert titles(rss(item(text), declared=declared).encode(written)) == [text]


def test_one_entry_in_another_encoding_than_the_rest_is_read_too() -> None:
    before, after = rss(item("\u00fc \u2013"), "HERE", declared="utf-8").split("HERE")
    wrong = item("Gr\u00fcn \u2013 Darwin\u2019s", 2).encode("cp1252")
    assert titles(before.encode() + wrong + after.encode()) == ["\u00fc \u2013", "Gr\u00fcn \u2013 Darwin\u2019s"]
    cut = b"<item><title>cut \xe2\x80</title><doi>10.1000/demo.3</doi></item>"
    assert titles(before.encode() + cut + after.encode()) == ["\u00fc \u2013", "cut"]
    halves = b"<item><title>\xed\xa0\xbd\xed\xb8\x80 \xed\xa0\xbd!</title><doi>10.1000/demo.4</doi></item>"
    assert titles(before.encode() + halves + after.encode())[1] == "\U0001f600 !"


@pytest.mark.parametrize(
    "bad",
    [
        "<item><title>When n<N and m>M</title><doi>10.1000/demo.9</doi></item>",
        "<item><title>When it is never closed</title><doi>10.1000/demo.9</doi>",
        "<item><title>When</title><description><![CDATA[never closed</description></item>",
        "<item><title>When</title><link href=unquoted></link></item>",
        "<item><title>When</title><p>a<br>b</p></item>",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_entry_is_left_out_counted_and_named(bad: str, place: int) -> None:
    entries = [item("sound", 1), item("sound too", 2)]
    entries.insert(place, bad)
    found = parse_articles(rss(*entries).encode(), "feed:x", NOW)
    assert [record.title for record in found.records] == ["sound", "sound too"]
    (named,) = found.skipped
    assert named.startswith(f"entry {place + 1}: it is no XML ('When")


@pytest.mark.parametrize("root", ["rss", "feed", "RDF"])
def test_a_document_that_is_cut_stays_refused(root: str) -> None:
    name = {"rss": "journal_rss.xml", "feed": "journal_atom.xml", "RDF": "journal_rdf.xml"}[root]
    whole = (PAGES / name).read_text(encoding="utf-8").replace("<title>", "<title>&nbsp;", 1)
    assert titles(whole)
    end = whole.rstrip().rindex("</")
    for cut in range(max(0, end - 400), end + 3):
        with pytest.raises(SourceUnhealthyError, match="cut off"):
            titles(whole[:cut])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (rss("<item><title>n<N</title></item>"), "cut off"),
        ("<rss>" + "<a>" * 10_000 + "&nbsp;" + "</a>" * 10_000 + "</rss>", "cut off"),
        ('<!DOCTYPE rss [<!ENTITY x "y">]>' + rss(item("&x;&nbsp;")), "DOCTYPE"),
        ('<?xml version="1.0"?> x <!DOCTYPE rss [<!ENTITY x "y">]>' + rss(item("&x;&nbsp;")), "cut off"),
        ("<html><body>&nbsp;</body></html>", "web page"),
        ("<opml>&nbsp;</opml>", "another document"),
        ("<rss/><rss/>", "cut off"),
    ],
)
def test_what_is_refused_for_what_it_is_is_not_mended(body: str, reason: str) -> None:
    with pytest.raises(SourceUnhealthyError, match=reason):
        titles(body)
    with pytest.raises(SourceUnhealthyError, match=reason):
        titles(body.encode("utf-16"))


def test_what_is_sound_is_not_touched() -> None:
    root, lost = read_xml(rss(item("a &amp; b")).encode(), {"rss"}, "x")
    assert (root.findtext("channel/item/title"), lost) == ("a & b", ())


def test_arxivs_feed_and_list_are_mended_too() -> None:
    feed = (PAGES / "arxiv_rss_friday.xml").read_bytes()
    whole = parse_feed(feed, "arxiv:cs.CV")
    mended = parse_feed(feed.replace(b"Abstract: ", b"Abstract: \x0c&nbsp;\x01"), "arxiv:cs.CV")
    assert (mended.records, mended.skipped, mended.digest) == (whole.records, whole.skipped, whole.digest)

    page = (PAGES / "oai_raw.xml").read_text(encoding="utf-8")
    sound = parse_page(page.encode(), "arxiv-oai")
    assert sound.token
    why = [text.partition(": ")[2][:12] for text in sound.skipped]
    for bad in ("<record><title>a<b</title></record>", "<record><title>never closed"):
        read = parse_page(page.replace("<resumptionToken", f"{bad}<resumptionToken", 1).encode(), "arxiv-oai")
        assert (read.records, read.token) == (sound.records, sound.token)
        assert [text.partition(": ")[2][:12] for text in read.skipped] == ["it is no XML", *why]


def test_json_with_wrong_bytes_or_controls_is_read_too() -> None:
    assert parse_json(b'\xef\xbb\xbf[{"a": "Gr\xfcn\x01\t \\ud800"}]', list, "x") == [{"a": "Gr\u00fcn\x01\t \ud800"}]
    body = (PAGES / "biorxiv.json").read_bytes()
    assert (
        parse_details(body.replace(b'"title":', b'"note": "\x0b\xff", "title":'), "b").records
        == parse_details(body, "b").records
    )


def test_controls_of_windows_table_are_the_signs_that_were_meant() -> None:
    assert line("Darwin\x92s \x96 caf\xe9\x85 \x81") == "Darwin\u2019s \u2013 caf\u00e9\u2026"


@pytest.mark.parametrize(
    "piece",
    ["&", "&#1;", "&a;", "<", "<a ", "<item>", "<item></item>", "<!--", "<![CDATA[", "\x01", "a:b ", " x:y", "<a:b>"],
)
def test_a_bad_document_of_any_length_is_read_or_refused_in_time(piece: str) -> None:
    body = (rss("HERE") + "&").replace("HERE", piece * (400_000 // len(piece)))
    try:
        parse_articles(body.encode(), "feed:x", NOW)
    except SourceUnhealthyError:
        return


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("r2-11-entity-ampersand", ["A sound paper", "Darwin\u2019s finches at Texas A&M", "Another sound paper"]),
        ("r2-14-cp1252-declared-utf8", ["A sound paper", "Gr\u00fcn \u2013 Darwin\u2019s finches"]),
        ("r2-15-declared-us-ascii", ["Gr\u00fcn und Blau"]),
    ],
)
def test_the_cases(cases: Path, name: str, expected: list[str]) -> None:
    assert titles((cases / f"{name}.xml").read_bytes()) == expected


def test_the_case_of_arxiv(cases: Path) -> None:
    body = (cases / "r2-12-arxiv-rss-control-character.xml").read_bytes()
    assert len(parse_feed(body, "arxiv:cs.LG").records) == 3
