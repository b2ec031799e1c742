"""The grammar of queries: what binds to what, what is refused and where, what the text says when it is written again."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.query.document import analyse
from bot.query.language import LONGEST, Query, parse, parse_as_words
from bot.query.nodes import And, Node, Not, Or
from bot.show.pointing import pointed, pointed_lines
from tests.properties import tries
from tests.steps import lines_run


def shape(node: Node) -> str:
    """The tree with every bracket that it has."""
    if isinstance(node, (And, Or)):
        return f"({(' & ' if isinstance(node, And) else ' / ').join(map(shape, node.parts))})"
    return f"!{shape(node.part)}" if isinstance(node, Not) else str(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "(a & b)"),
        ("a AND b", "(a & b)"),
        ("a and b", "(a & and & b)"),
        ("a b OR c", "((a & b) / c)"),
        ("a OR b c", "(a / (b & c))"),
        ("a OR b AND c OR d", "(a / (b & c) / d)"),
        ("a|b", "(a / b)"),
        ("a || b", "(a / b)"),
        ("a OR b | c", "(a / b / c)"),
        ("a (b OR c)", "(a & (b / c))"),
        ("(a b) c", "(a & b & c)"),
        ("((a))", "a"),
        ("a OR (b OR c)", "(a / b / c)"),
        ("a -b", "(a & !b)"),
        ("a NOT b", "(a & !b)"),
        ("a NOT b c", "(a & !b & c)"),
        ("a -b OR c", "((a & !b) / c)"),
        ("a -(b OR c)", "(a & !(b / c))"),
        ("a -(b c)", "(a & !(b & c))"),
        ("NOT NOT a", "a"),
        ("-(-a)", "a"),
        ("a NOT -b", "(a & b)"),
        ("a a -b -b", "(a & !b)"),
        ("a OR a", "a"),
        ("a - b", "(a & b)"),
        ("a --b", "(a & b)"),
        ("a – b", "(a & b)"),
        ("ti:a b", "(ti:a & b)"),
        ("ti:(a OR b) c", "((ti:a / ti:b) & c)"),
        ("ti:(a -b)", "(ti:a & !ti:b)"),
        ("-ti:a b", "(!ti:a & b)"),
        ("TI:a Title:b ti：c", "(ti:a & ti:b & ti:c)"),
        ('abs:"a b" abstract:c', '(abs:"a b" & abs:c)'),
        ("kw:a keyword:b co:c comment:d jr:e journal:f org:g organization:h",
         "(kw:a & kw:b & co:c & co:d & jr:e & jr:f & org:g & org:h)"),
        ("au:Kempe", 'au:"Kempe"'),
        ("author:(Julia Kempe)", 'au:"Julia Kempe"'),
        ('au:"Jim Kurose OR James Kurose" a', '(au:"Jim Kurose OR James Kurose" & a)'),
        ("cat:cs.* a", "(cat:cs & a)"),
        ("cat:CS.lg", "cat:cs.LG"),
        ("category:cmp-lg", "cat:cs.CL"),
        ("cat:(cs.LG OR cs.RO)", "(cat:cs.LG / cat:cs.RO)"),
        ("primary:hep-th a", "(primary:hep-th & a)"),
        ("id:2106.15928v2", 'id:"2106.15928"'),
        ("arXiv:2106.15928", 'id:"2106.15928"'),
        ("doi:10.1016/0550-3213(90)90001-7", 'doi:"10.1016/0550-3213(90)90001-7"'),
        ("upvotes>=10", "upvotes>=10"),
        ("upvotes >= 10 a", "(upvotes>=10 & a)"),
        ("Stars:>5 a", "(stars>5 & a)"),
        ("score≥80 a", "(score>=80 & a)"),
        ("a -comments<3", "(a & !comments<3)"),
        ("has:Code is:new a", "(has:code & is:new & a)"),
        ("year:2024 since:2024-02 a", "(year:2024 & since:2024-02 & a)"),
        ("transform* a", "(transform* & a)"),
        ("ti:Transform*, a", "(ti:transform* & a)"),
        ("(a b*c", None),
        ("A* search", "(A* & search)"),
        ("C++ C*-algebra", "(C++ & C*-algebra)"),
        ("f(x) g(x, y)", "(f/x & g & x & y)"),
        ("GPT: a", "(GPT & a)"),
        ("3:1 a", "(3:1 & a)"),
        ("http://arxiv.org/abs/1 a", "(http://arxiv.org/abs/1 & a)"),
        ("p<0.05 a", "(p<0.05 & a)"),
        ("stars > planets", "(stars & planets)"),
        ("OR. a", "(or & a)"),
        ('"a OR b"', '"a OR b"'),
        ("$O(n|m)$ a", "(O/n/m & a)"),
    ],
)  # fmt: skip
def test_what_binds_to_what(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(QueryError):
            parse(text)
        return
    found = parse(text)
    assert shape(found.root) == expected
    assert shape(parse(str(found)).root) == expected


def test_the_order_stands_beside_the_tree() -> None:
    assert (shape(parse("a sort:New b").root), parse("a sort:New b").sort) == ("(a & b)", "new")
    assert str(parse("sort:votes a OR b")) == "a OR b sort:votes"
    assert parse("a OR b sort:new").sort == "new"
    assert parse("a sort:new") != parse("a")


REFUSED = [
    ("a OR", "on the right of this OR", "a OR\n  ^", "a"),
    ("| a", "on the left of this |", "| a\n^", "a"),
    ("a OR OR b", "on the right of this OR", "a OR OR b\n  ^", "a OR b"),
    ("AND a", "on the left of this AND", "AND a\n^", "a"),
    ("a AND", "on the right of this AND", "a AND\n  ^", "a"),
    ("a NOT", "nothing behind this NOT", "a NOT\n  ^", ""),
    ("(a b", "does not end", "(a b\n^", "(a b)"),
    ("a) b", "No parenthesis is open", "a) b\n ^", "a b"),
    ("a ()", "no word between these parentheses", "a ()\n  ^", "a"),
    ("((((((((((((a))))))))))))", "at most 10 deep", "((((((((((((a))))))))))))\n          ^", ""),
    ('a "b', "closing quotation mark", 'a "b\n  ^', 'a "b"'),
    ("ti: a", "Nothing stands behind “ti:”", "ti: a\n^", "ti:a"),
    ("a ti:", "Nothing stands behind “ti:”", "a ti:\n  ^", "a ti:"),
    ("ti:-a b", "stands before the field", "ti:-a b\n   ^", "-ti:a b"),
    ("ti:(a cat:cs.LG)", "No field can stand in another", "ti:(a cat:cs.LG)\n      ^", ""),
    ("catt:cs.RO a", "Is “cat:” meant", "catt:cs.RO a\n^", "cat:cs.RO a"),
    ("a autor:Kempe", "Is “au:” meant", "a autor:Kempe\n  ^", "a au:Kempe"),
    ("after:2024 a", "Is “since:” meant", "after:2024 a\n^", "since:2024 a"),
    ("cat:cs.ML a", "cs.LG (Machine Learning)", "cat:cs.ML a\n    ^", "cat:cs.LG a"),
    ('a cat:"machine learning"', "cs.LG (Machine Learning)", 'a cat:"machine learning"\n      ^', "a cat:cs.LG"),
    ("cat:xyzzy", "no category of that name", "cat:xyzzy\n    ^", ""),
    ("au:42", "no name here", "au:42\n   ^", ""),
    ("id:robot", "no paper id", "id:robot\n   ^", ""),
    ("has:codes a", "one of code, org, summary", "has:codes a\n    ^", "has:code a"),
    ("is:old a", "one of new, cross, revision, withdrawn", "is:old a\n   ^", ""),
    ("since:May a", "That is no date", "since:May a\n      ^", ""),
    ("since:2024-02-30 a", "no such day", "since:2024-02-30 a\n      ^", ""),
    ("year:2024-05 a", "That is no date", "year:2024-05 a\n     ^", ""),
    ("sort:best a", "one of new, relevance", "sort:best a\n     ^", ""),
    ("a (b sort:new)", "for the whole list", "a (b sort:new)\n     ^", ""),
    ("sort:new sort:votes a", "sorted by new already", "sort:new sort:votes a\n         ^", ""),
    ("sort:new", "only says in which order", "sort:new\n^", ""),
    ("upvotes>=many a", "whole number", "upvotes>=many a\n         ^", ""),
    ("upvotes>=1.5 a", "whole number", "upvotes>=1.5 a\n         ^", ""),
    ("votes>=10 a", "Is upvotes meant", "votes>=10 a\n^", "upvotes>=10 a"),
    ("upvotes:10 a", "Is “upvotes>=” meant", "upvotes:10 a\n^", "upvotes>=10 a"),
    ("tr* a", "at least 3 letters", "tr* a\n^", ""),
    ("multi-agent* a", "beginning of one word", "multi-agent* a\n^", ""),
    ("-a", "only excludes", "-a\n^", ""),
    ("-a -(b c)", "only excludes", "-a -(b c)\n^", ""),
    ("a OR -b", "side of OR only excludes", "a OR -b\n     ^", ""),
    ("-upvotes>=5", "only excludes", "-upvotes>=5\n^", ""),
    ("a -a", "wanted and excluded", "a -a\n   ^", "a"),
    ("robot -robots", "which is excluded, so no paper can agree", "robot -robots\n       ^", "robot"),
    ("ti:a -a", "which is excluded, so no paper can agree", "ti:a -a\n      ^", "ti:a"),
    ("(a OR b) -a -b", "wanted and excluded", "(a OR b) -a -b\n             ^", "(a OR b) -a"),
    ("c OR (a -a)", "wanted and excluded", "c OR (a -a)\n         ^", ""),
    ('"robot arm" -robot', "which is excluded, so no paper can agree", '"robot arm" -robot\n             ^', '"robot arm"'),
    ("transformers -transform*", "which is excluded, so no paper can agree", "transformers -transform*\n              ^", "transformers"),
    ("upvotes>5 upvotes<3", "can never both be so", "upvotes>5 upvotes<3\n          ^", ""),
    ("upvotes>5 -upvotes>3", "which is excluded, so no paper can agree", "upvotes>5 -upvotes>3\n           ^", "upvotes>5"),
    ("upvotes<0 a", "can never be true", "upvotes<0 a\n^", ""),
    ("score>100 a", "can never be true", "score>100 a\n^", ""),
    ("since:2024 until:2023 a", "can never both be so", "since:2024 until:2023 a\n           ^", ""),
    ("cat:cs.LG -cat:cs.* a", "which is excluded, so no paper can agree", "cat:cs.LG -cat:cs.* a\n           ^", "cat:cs.LG a"),
    ("primary:cs.LG primary:math a", "can never both be so", "primary:cs.LG primary:math a\n              ^", ""),
    ("is:new is:revision a", "can never both be so", "is:new is:revision a\n       ^", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says", "shown", "suggestion"), REFUSED)
def test_a_refusal_points_at_its_place_and_says_what_may_be_meant(
    text: str, says: str, shown: str, suggestion: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert says in str(caught.value)
    assert "\n".join(pointed_lines(caught.value)[:2]) == shown
    assert caught.value.suggestion == suggestion
    if suggestion and not text.endswith(":"):
        parse(suggestion)


@pytest.mark.parametrize(
    "text", ["a OR b -c", "a (b OR -c)", "f(x -x)-a", "primary:cs.LG primary:cs a", "good -goods OR x y"]
)
def test_what_may_be_true_is_read(text: str) -> None:
    if text == "good -goods OR x y":
        with pytest.raises(QueryError, match="which is excluded"):  # who says goods means good as well
            parse(text)
    elif text == "f(x -x)-a":
        with pytest.raises(QueryError, match="wanted and excluded"):
            parse(text)
    else:
        assert parse(text)


def test_a_subscription_looks_ahead() -> None:
    for text, word in (("a since:2024", "looks back"), ("a year:2024", "looks back"), ("a sort:new", "no order")):
        assert parse(text)
        with pytest.raises(QueryError, match=word) as caught:
            parse(text, standing=True)
        assert caught.value.position == 2
        assert caught.value.suggestion == "a"
    assert parse("a upvotes>=5", standing=True) == parse("a upvotes>=5")


def test_what_says_more_than_its_exclusion_may_be_true() -> None:
    """The GOODS survey has goods and no good."""
    assert parse("goods -good").matches(analyse("The GOODS survey", ""))
    assert parse("fine-tuning -tuning").matches(analyse("On finetuning", ""))


def test_the_caret_stays_under_its_place_whatever_stands_before_it() -> None:
    def shown(text: str) -> list[str]:
        with pytest.raises(QueryError) as caught:
            parse(text)
        return pointed_lines(caught.value)

    assert shown("中文 a)")[:2] == ["中文 a)", " " * 6 + "^"]
    assert shown("e\u0301\u200b\ta)")[:2] == ["e·· a)", " " * 5 + "^"]
    line, caret = shown("word " * 30 + "upvotes>=x " + "more " * 30)[:2]
    assert line.startswith("…")
    assert line.endswith("…")
    assert line[caret.index("^") :].startswith("x more")
    with pytest.raises(QueryError) as caught:
        parse("a `b`)")
    assert pointed(caught.value).count("```") == 2
    assert "ˋbˋ" in pointed(caught.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b", "b a"),
        ("a b c", "(c a) b"),
        ("a OR b", "b | a"),
        ("a OR a", "a"),
        ("a OR (b OR c)", "c OR b OR a"),
        ("-(-a)", "a"),
        ("x -(a OR b)", "x -a -b"),
        ("x -(a b)", "x (-a OR -b)"),
        ("a OR (a b)", "a"),
        ("a (a OR b)", "a"),
        ("ti:(a b)", "title:b TI:a"),
        ("upvotes>9", "upvotes>=10"),
        ("x -upvotes>9", "x -upvotes>=10"),
        ("since:2024 x", "since:2024-01-01 x"),
        ("cat:cs.* x", "category:CS x"),
        ('au:"Kempe, Julia"', "au:(Julia Kempe)"),
        ("robots OR drones", "drone OR robot"),
    ],
)
def test_what_means_the_same_is_the_same(one: str, other: str) -> None:
    assert parse(one) == parse(other)
    assert hash(parse(one)) == hash(parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("a OR b", "a b"), ("a OR b c", "(a OR b) c"), ("ti:a", "a"), ("a -b", "a b"), ("upvotes>=10", "upvotes>10"),
     ("cat:cs.LG", "primary:cs.LG"), ("transform*", "transform"), ("since:2024", "year:2024"), ('ti:"a b"', '"a b"'),
     ("x -(a OR b)", "x -(a b)")],
)  # fmt: skip
def test_what_does_not_is_not(one: str, other: str) -> None:
    assert parse(one) != parse(other)


def test_texts_of_before_are_read_as_they_were() -> None:
    for text in (
        "ti:robot",
        "catt:cs.RO x",
        "robot|drone",
        "upvotes>=10",
        "(a b",
        "transform*",
        "a OR. b",
        "-(a) x",
        "O(n|m) y",
    ):
        found = parse_as_words(text)
        assert found.is_plain, text
        assert parse(str(found)) == found, text
    assert str(parse_as_words("ti:robot catt:cs.RO GPT-4")) == "ti/robot catt/cs/RO GPT-4"
    assert str(parse_as_words("x -x")) == "x -x"
    for text in ("-x", "", "(", 'a "b'):
        with pytest.raises(QueryError):
            parse_as_words(text)


PIECES = st.sampled_from(
    ["a", "robot", "Policies", "GPT-4", "C++", "A*", "x_i", "(", ")", "(", ")", " ", " ", " ", "-", "--", "NOT ", " AND ", " OR ", "|",
     "ti:", "abs:", "kw:", "Title:", "au:", 'au:"Julia Kempe"', "cat:", "cat:cs.*", "cat:cs.LG", "primary:hep-th", "id:2106.15928",
     "doi:10.1/a(b)", "has:code", "is:new", "upvotes", ">=", "10", "upvotes>=10", "stars < 5", "score=50", "since:2024", "until:2023-02",
     "sort:new", "sort:", "http://x.y", "3:1", "GPT:", "transform*", "tr*", "*", '"', '"b c"', "“", "”", "\\", "$", "{", "}", "中文", "é",
     "\u0301", "\u200b", "ヿ", "：", "/", "·", ":", "=", "<", "f(x)", "ti:(a OR b)"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=16).map("".join))
@tries(4_000)
@example("(a|b)-c ti:f(x")
@example('au:"A \u201cB\u201d C" a')
@example("ti:$x{:}y$ a")
@example("\\a:b{:}c ti{:}robot")
def test_what_is_written_again_is_read_alike(text: str) -> None:
    try:
        query: Query = parse(text)
    except QueryError:
        return
    again = parse(str(query))
    assert again == query
    assert again.exactly == query.exactly
    assert str(again) == str(query)


HOSTILE = ["(", ")", "((", "-(", "ti:(", "-", "NOT ", "AND ", "OR ", "|", "ti:", "au:", "cat:", "id:", "sort:", "since:", "upvotes>=",
           "99999999999", "10", "a", "robot", '"', "“", "*", "abc*", "\\", "\x00", "\ud800", "\u202e", "中", "é" * 9, "x" * 70, "a-" * 30,
           ":", "：", "http://", "{", "$", "%", "'", "has:", "is:", "catt:", "upvote>3", "\u0301" * 20, " ", " "]  # fmt: skip


def refused(text: str, *, standing: bool) -> QueryError | None:
    try:
        parse(text, standing=standing)
    except QueryError as error:
        return error
    return None


def test_two_thousand_hostile_texts_raise_query_errors_at_most() -> None:
    rng = random.Random(7)
    read = 0
    for _ in range(2_000):
        text = "".join(rng.choice(HOSTILE) + rng.choice(("", " ")) for _ in range(rng.randint(0, 30)))
        for standing in (False, True):
            error = refused(text, standing=standing)
            read += error is None
            if error is not None:
                assert pointed(error)
                assert error.position is None or 0 <= error.position <= len(text)
    assert read > 100


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "-(",
        "a(",
        "NOT ",
        "a OR ",
        "(a OR -b) ",
        "au:",
        '"a" ',
        "\\",
        "a|",
        "ti:(a ",
        "中",
        "$",
        "a*",
        "xyz:",
        "-a ",
        "catt:",
        "upvotes>",
    ],
)
def test_the_longest_text_is_little_work(unit: str) -> None:
    text = (f"x {unit * LONGEST}")[:LONGEST]
    assert lines_run(lambda: parse(text)) < 120 * LONGEST
