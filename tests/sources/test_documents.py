"""Bytes that are not what they should be, told apart and refused quickly."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.errors import SourceUnhealthyError
from bot.sources.documents import day, instant, line, number, parse_json, parse_xml, version, without_markup

ROOTS = frozenset({"rss"})
BOMB = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (b"<!DOCTYPE html>\n<html><body>Just a moment...</body></html>", "web page"),
        (b"<html><body/></html>", "web page"),
        (b"Rate exceeded.", "not XML"),
        (b'{"error": "x"}', "not XML"),
        (b"<rss><channel><item>", "cut off"),
        (b"<rss/><rss/>", "cut off"),
        (b"<rss>\x01</rss>", "cut off"),
        (b"<feed/>", "another document"),
        (BOMB.encode() + b"]><rss>&j;</rss>", "DOCTYPE"),
        (
            b'<?xml version="1.0"?><!-- x --><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
            "DOCTYPE",
        ),
        (b'<!DOCTYPE rss SYSTEM "http://169.254.169.254/x.dtd"><rss/>', "DOCTYPE"),
        (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE rss [<!ENTITY x "y">]><rss>&x;</rss>'.encode("utf-16"),
            "not XML|DOCTYPE",
        ),
        ('<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x "y">]><rss>&x;</rss>'.encode("utf-16-le"), "DOCTYPE"),
        (b"<rss>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</rss>", "cut off"),
        (b"<rss a='" + b"x" * 11_000_000 + b"'/>", "cut off"),
    ],
)
def test_what_is_not_the_expected_document_is_refused(body: bytes, reason: str) -> None:
    """The bomb before its entities are read: they are a gigabyte."""
    with pytest.raises(SourceUnhealthyError, match=reason):
        parse_xml(body, ROOTS, "test")


def test_a_document_with_a_byte_order_mark_and_comments_is_read() -> None:
    assert parse_xml(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <!DOCTYPE x> -->\n<rss/>", ROOTS, "test").tag == "rss"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<html></html>", "not JSON"),
        (b'[{"a": 1}, {"b"', "not JSON"),
        (b"[" * 100_000 + b"]" * 100_000, "not JSON"),
        (b'{"error": "no"}', "another kind"),
        (b"\xff\xfe", "not JSON"),
    ],
)
def test_json_that_is_cut_deep_or_of_another_kind_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(SourceUnhealthyError, match=reason):
        parse_json(body, list, "test")


def test_text_is_put_on_one_line_and_can_be_stored() -> None:
    assert line(" a\n\t b\u00a0c \ud800\x00d ") == "a b c d"
    assert line("\U0001d7d9").encode() == "\U0001d7d9".encode()
    assert line(None) == ""


def test_markup_becomes_plain_text_and_mathematics_stays() -> None:
    assert without_markup("<p>A <i>CP</i> &amp; B</p>") == "A CP & B"
    assert without_markup("&lt;p&gt;H&lt;sub&gt;2&lt;/sub&gt;O, x.&lt;/p&gt;") == "H₂O, x."
    assert without_markup("if a < b and b > c") == "if a < b and b > c"


@pytest.mark.parametrize(
    "text",
    [
        "Bounds when n<N and m>M hold", "x<y and z>w", "a<b and c>d", "if a<b>c then", "p<.05 and r>.3", "i<u and s>t",
        "the <think> token and <3D>", "use <image> and <code> tokens", "Typing in .NET and p = .05 (a study)", "a <b, c> pairing",
        "<x|y> and <0|p|0>", "values <p, i.e. small, and >q",
    ],
)  # fmt: skip
def test_what_is_no_tag_stays(text: str) -> None:
    assert without_markup(text) == text
    assert without_markup(text.replace("<", "&lt;").replace(">", "&gt;")) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("CO<sub>2</sub> over La<sub>3</sub>Ni<sub>2</sub>O<sub>7</sub>", "CO₂ over La₃Ni₂O₇"),
        ("T<sub><i>c</i></sub>, 10<sup class='x'>3</sup>, <SUP>15</SUP>N", "T_c, 10³, ¹⁵N"),
        ("<i>H. pylori</i>-positive, <I>E. coli</I>s", "H. pylori-positive, E. colis"),
        ("<span style=\"font: x\">a</span>b <a href='u'>link</a>.", "ab link."),
        ("<p>One.</p><p>Two.</p>three<br/>four<BR>five", "One. Two. three four five"),
        ("<div>a</div><ul><li>b<li>c</ul><td nowrap>1</td><td>2</td>", "a b c 1 2"),
        ("<jats:p>We <jats:italic>do</jats:italic></jats:p><jats:sec><jats:title>Methods</jats:title></jats:sec>", "We do Methods"),
        ("<mml:math><mml:msub><mml:mi>T</mml:mi><mml:mi>c</mml:mi></mml:msub></mml:math> rises", "Tc rises"),
        ("<math><mi>x</mi><annotation encoding='tex'>\\x</annotation></math>", "x"),
        ("<style>p{}</style>x<script>if (a<b) {}</script>y", "xy"),
        ("a<!-- c -->b", "ab"),
        ("<img src=a.png alt='b > c'>more", "more"),
    ],
)  # fmt: skip
def test_real_tags_go(markup: str, text: str) -> None:
    assert without_markup(markup) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 20 Nov 2026 00:00:00 -0500", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("2026-11-20T00:00:00-05:00", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("2026-11-20T05:00:11.600500+00:00", datetime(2026, 11, 20, 5, 0, 11, 600500, tzinfo=UTC)),
        ("2026-11-20T05:00:00.000Z", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("Wed, 19 Dec 2007 15:55:54 GMT", datetime(2007, 12, 19, 15, 55, 54, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("+292278994-08-17T07:12:55Z", None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("31 Dec 9999999999999999999", None),
        ("Fri, 31 Dec 999999999999999999999 23:59:59 GMT", None),
        ("Fri, 20 Nov 2026 00:00:00 +9999", None),
        (" ", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_instants_are_utc_whatever_their_form(text: str | None, expected: datetime | None) -> None:
    assert instant(text) == expected


def test_a_day_is_read_from_the_beginning() -> None:
    assert day("2026-11-20T05:00:00Z") == date(2026, 11, 20)
    assert day("20 Nov") is None
    assert day("9999-12-31") is None
    assert day("0001-01-01") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, 3), (" 12 ", 12), ("²", None), ("٣", None), ("9" * 20, None), ("-1", None), (True, None)],
)
def test_a_number_is_one_that_can_be_counted_to(value: object, expected: int | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v2", 2),
        ("2", 2),
        (7, 7),
        ("v999", 999),
        ("v1000", None),
        ("999999999", None),
        ("v0", None),
        ("x", None),
        (None, None),
    ],
)
def test_a_version_is_a_number_that_a_paper_can_have(text: object, expected: int | None) -> None:
    assert version(text) == expected
