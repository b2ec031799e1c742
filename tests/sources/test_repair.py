"""One wrong character costs no document, one bad entry none of the others; what is cut stays refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import SourceUnhealthyError
from bot.sources.arxiv_feed import parse_feed
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.biorxiv import parse_details
from bot.sources.documents import line, parse_json
from bot.sources.feeds import parse_articles
from bot.sources.repair import read_xml
from tests.properties import tries

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


def whole(inside: str) -> str:
    """An entry with everything that one has, with something in its description."""
    return (
        "<item><title>When tags fail</title><link>https://journal.example/9</link><doi>10.1000/demo.9</doi>"
        f"<author>Ada Marlow, Max Winter</author><pubDate>Mon, 16 Nov 2026 00:00:00 GMT</pubDate>{inside}</item>"
    )


TEXT = "We show that the tags of a text need no partners, and so on."


@pytest.mark.parametrize(
    ("inside", "abstract"),
    [
        (f"<description>One line.<br>{TEXT}</description>", f"One line. {TEXT}"),
        (f"<description><p>One line.<p>{TEXT}</description>", f"One line. {TEXT}"),
        (f"<description><p>One <b><i>line</b></i>.</p><p>{TEXT}</description>", None),
        (f"<description>For n<N and m>M. {TEXT}</description>", f"For n<N and m>M. {TEXT}"),
        (f"<description>For n<N. {TEXT}</description>", f"For n<N. {TEXT}"),
        (f"<description>For n<N>M. {TEXT}</description>", f"For n<N>M. {TEXT}"),
        (f"<description>For x<y,z>. {TEXT}</description>", f"For x<y,z>. {TEXT}"),
        (f"<description>{TEXT}</p></description>", TEXT),
        (f"<description>{TEXT}]]></description>", TEXT),
        (f"<description>{TEXT} ]]>\n</description>", TEXT),
        (f"<description>a[b[0]]>c. {TEXT}</description>", f"a[b[0]]>c. {TEXT}"),
        (f"<description><![CDATA[<p>n<N. {TEXT}</p>]]>]]></description>", f"n<N. {TEXT}"),
        (f"<description><![CDATA[<![CDATA[{TEXT}]]>]]></description>", TEXT),
        (f"<description><![CDATA[<p>One. <![CDATA[{TEXT}]]> A & B.</p>]]></description>", f"One. {TEXT} A & B."),
        (f"<description><![CDATA[a]]]]><![CDATA[>b. {TEXT}]]></description>&nbsp;", f"a]]>b. {TEXT}"),
        (f"<description><![CDATA[{TEXT}</description>", TEXT),
        (f"<description>{TEXT}<img src=a.png width=1></description>", TEXT),
        (f"<description>{TEXT} <a href=https://x.example>More</a></description>", f"{TEXT} More"),
        (f"<description>{TEXT} <a href='1' href='2'>More</a></description>", f"{TEXT} More"),
        (f"<description>{TEXT} <?php echo 1 ></description>", TEXT),
        (f"<description>{TEXT}</Description>", TEXT),
        (f"<description>{TEXT}", TEXT),
        (f"<description>{TEXT}<category>x</category>", TEXT),
        (f"<description>{TEXT} <script>if (a<b && c) {{ d() }}</script></description>", None),
        ("<description>" + "<div>" * 3_000 + TEXT + "</div>" * 3_000 + "</description>", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_entry_keeps_everything_but_its_tags_without_partners(
    inside: str, abstract: str | None, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    entries = [item("sound", 1), item("sound too", 2)]
    entries.insert(place, whole(inside))
    found = parse_articles(rss(*entries).encode(), "feed:x", NOW)
    assert [r.title for r in found.records if r.ids[0].value != "10.1000/demo.9"] == ["sound", "sound too"]
    assert found.skipped == ()
    kept = found.records[place]
    assert (kept.title, str(kept.ids[0])) == ("When tags fail", "doi:10.1000/demo.9")
    assert [author.name for author in kept.authors] == ["Ada Marlow", "Max Winter"]
    assert (str(kept.published), str(kept.address)) == ("2026-11-16", "url:journal.example/9")
    if abstract:
        assert kept.abstract == abstract
    assert "the answer was no XML and was mended" in caplog.text


def test_the_log_names_what_was_mended(caplog: pytest.LogCaptureFixture) -> None:
    lone = [item(f"part {n} for n<N>M", n) for n in range(1, 6)]
    assert titles(rss(item("sound", 9), *lone)) == ["sound", *(f"part {n} for n<N>M" for n in range(1, 6))]
    (said,) = [record.getMessage() for record in caplog.records if "mended" in record.getMessage()]
    assert said == (
        "feed:x: the answer was no XML and was mended: "
        "tags in entry 2 'part 1 for n<N>M', entry 3 'part 2 for n<N>M', entry 4 'part 3 for n<N>M' \u2026"
    )


@pytest.mark.parametrize(
    "body",
    [
        rss("<Item><title>a</title><doi>10.1000/1</doi></item>", item("b", 2)),
        rss("<item><title>a</title><doi>10.1000/1</doi></Item>", item("b", 2)),
        rss("<item><title>a</TITLE><doi>10.1000/1</DOI></ITEM>", item("b", 2)),
        rss("<Item><Title>a</Title><DOI>10.1000/1</DOI></Item>", item("b", 2)),
        rss("<item><title>a<doi>10.1000/1</doi></item>", item("b", 2)),
        rss("<item><title>a</title><doi>10.1000/1</doi>", item("b", 2)),
        rss("<item><title>a</title><doi>10.1000/1", item("b", 2)),
        rss("<item><title>a</title><doi>10.1000/1</doi></item></item>", item("b", 2)),
        rss(item("a", 1), "<item><title>b</title><doi>10.1000/2</doi>"),
        rss(item("a", 1), item("b", 2), "</channel>"),
        rss(item("a", 1), item("b", 2)).replace("</channel>", ""),
        rss(item("a", 1), item("b", 2)).replace("</channel>", "</Channel>"),
        rss(item("a", 1), item("b", 2)).replace("</rss>", "</RSS>"),
        rss(item("a", 1), item("b", 2)).replace("<title>J</title>", "<title>J"),
        rss(item("a", 1), item("b", 2)).replace("<title>J</title>", "<title>J</title><br><image><url>x</image>"),
        rss(item("<![CDATA[a", 1), item("<![CDATA[b]]>&nbsp;", 2)),
        rss(item("<![CDATA[a", 1), item("<![CDATA[b", 2)),
        rss(item("<![CDATA[a]]>]]>", 1), item("b]]>", 2)),
        rss(item("<!-- a -- -->a", 1), item("b<!-- never closed", 2)).replace("<!-- never closed", ""),
    ],
)
def test_elements_end_where_they_must(body: str) -> None:
    assert titles(body) == ["a", "b"]


def test_so_they_do_in_atom_and_rss_1(caplog: pytest.LogCaptureFixture) -> None:
    for name, bad, good in (
        ("journal_atom.xml", "</entry>", "</Entry>"),
        ("journal_atom.xml", "</title>", "<br></title>"),
        ("journal_atom.xml", "</name>", ""),
        ("journal_rdf.xml", "</item>", ""),
        ("journal_rdf.xml", "</item>", "</ITEM>"),
        ("journal_rdf.xml", "</dc:creator>", "</dc:Creator>"),
    ):
        sound = (PAGES / name).read_text(encoding="utf-8")
        assert bad in sound, name
        read = parse_articles(sound.replace(bad, good).encode(), "feed:x", NOW)
        expected = parse_articles(sound.encode(), "feed:x", NOW)
        assert [(r.title, r.ids, r.published) for r in read.records] == [
            (r.title, r.ids, r.published) for r in expected.records
        ], (name, good)
        assert [r.authors for r in read.records] == [r.authors for r in expected.records], (name, good)


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
    "text",
    [
        f"<![CDATA[the tags </rss> and </channel> close a feed. {TEXT}]]>", f"<!-- </channel></rss> -->{TEXT}",
        f"<![CDATA[<p><![CDATA[an </rss> inside]]></p> {TEXT}]]>", f"<!-- one --><!-- <br></rss> -- -->{TEXT}",
    ],
)  # fmt: skip
def test_so_does_one_of_which_a_text_speaks_of_its_end(text: str) -> None:
    whole_feed = rss(
        item("a"), f"<item><title>b</title><doi>10.1000/demo.2</doi><description>{text}</description></item>"
    )
    assert titles(whole_feed) == ["a", "b"]
    for cut in range(whole_feed.index("</doi><description>"), len(whole_feed) - 1):
        with pytest.raises(SourceUnhealthyError, match="cut off"):
            titles(whole_feed[:cut])


@pytest.mark.parametrize("behind", ["<!-- made in 1 ms", "<![CDATA[", "<!-- a --><!-- </rss>", "\n<!-- <![CDATA[ "])
def test_what_is_left_open_behind_the_end_costs_nothing(behind: str) -> None:
    assert titles(rss(item("a"), item("b", 2)) + behind) == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (rss(item("a")) + rss(item("b")), "cut off"),
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
    root = read_xml(rss(item("a &amp; b")).encode(), {"rss"}, "x")
    assert root.findtext("channel/item/title") == "a & b"


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
        assert [text.partition(": ")[2][:12] for text in read.skipped] == [*why, "no metadata"]


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


PIECES = (
    "<item> </item> <ITEM> </Item> <entry> </entry> <channel> </channel> <title> </title> <br> <p> </p> <b> </b> <i/> <N <N,M> <a:b> "
    "</a:b> <description> </description> <![CDATA[ ]]> <!-- --> & &nbsp; <a/href=x> <a/href='1'> <a/href='1'/href='1'> ' \" text <?php "
    "?> <!x> < > <resumptionToken> </resumptionToken> <title/> <doi>10.1000/x</doi>"
)
SOUP = st.lists(
    st.sampled_from([piece.replace("a/", "a ").replace("'/", "' ") for piece in PIECES.split()]), max_size=40
).map("".join)


@given(SOUP)
@example("<title><![CDATA[<item><![CDATA[]]></channel>")
@tries(300)
def test_any_soup_of_tags_is_a_document_and_costs_no_entry_beside_it(soup: str) -> None:
    root = read_xml(
        f"<rss><channel>{item('one')}<item><x>{soup}</x></item>{item('two', 2)}</channel></rss>".encode(), {"rss"}, "x"
    )
    assert root.tag == "rss"
    found = [e.findtext("title") for e in root.iter("item") if (e.findtext("doi") or "").startswith("10.1000/demo.")]
    if "<!" not in soup and "<item>" not in soup:
        assert found == ["one", "two"]
