"""Who is meant: the table of name pairs, and that the keys and the index lose none of them, nor any pair of real names."""

from __future__ import annotations

import itertools
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import names
from bot.language.name_blocks import printed_keys, wanted_keys
from bot.language.name_index import index_expression, words_of
from bot.language.name_marks import has_letters
from bot.language.name_matching import Certainty, agree, compatible, key
from bot.language.names import Name, parse
from bot.language.tables import listed
from bot.language.tokens import index_text
from tests.amount import real_rows
from tests.name_cases import Case, cases, score
from tests.properties import tries

CASES = cases()


def test_the_table_has_many_pairs_of_each_custom() -> None:
    kinds = Counter((case.custom, case.same) for case in CASES)
    assert len(CASES) >= 300
    assert min(count for (custom, _), count in kinds.items()) >= 8
    assert {custom for custom, _ in kinds} - {custom for custom, same in kinds if same} == {"nicknames"}
    assert len({(case.one, case.other) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("half", sorted({case.half for case in CASES}))
def test_one_person_is_told_from_another(half: str) -> None:
    found = score(case for case in CASES if case.half == half)
    print(f"{half}: precision {found.precision:.3f}, recall {found.recall:.3f}, {found}")
    assert found.precision >= 0.99
    assert found.recall >= 0.97


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.one} | {case.other}")
def test_it_is_the_same_from_either_side_and_found_by_key_and_index(case: Case) -> None:
    one, other = parse(case.one), parse(case.other)
    certainty = compatible(one, other)
    assert certainty == compatible(other, one) == agree(one, other)
    if certainty is not None:
        assert is_met(one, other)
        assert not lost_by_index([one], [other])
        assert not lost_by_index([other], [one])


@pytest.mark.parametrize("custom", ["half given", "romanisation", "dropped initial"])
def test_a_guess_is_never_told_as_certain(custom: str) -> None:
    grades = {compatible(parse(case.one), parse(case.other)) for case in CASES if case.custom == custom and case.same}
    assert grades <= {Certainty.POSSIBLE, Certainty.EXACT}
    assert Certainty.POSSIBLE in grades
    assert compatible(parse("Jean-Pierre Serre"), parse("Jean Serre")) is Certainty.POSSIBLE
    assert compatible(parse("Andrey Karpov"), parse("Andrei Karpov")) is Certainty.POSSIBLE
    assert compatible(parse("F. Scott Marlow"), parse("Scott Marlow")) is Certainty.POSSIBLE


#: Two guesses each: a turned order, half of a name, an initial left out, another romanisation, two letters for ü.
TWO_GUESSES = [
    ("Wen-Jie Liu", "Jie Liu"),
    ("Omar Said", "Omar Said Haddad"),
    ("Jean-Pierre Müller-Bravo", "Jean Bravo"),
    ("F. Jean-Pierre Serre", "Jean Serre"),
    ("Serre Jean-Pierre", "Jean Serre"),
    ("Andrey Karpov-Lebedev", "Andrei Karpov"),
    ("J. Andrey Karpov", "Andrei Karpov"),
    ("Karpov Andrey", "Andrei Karpov"),
    ("Jürgen Müller-Bravo", "Juergen Bravo"),
    ("Mueller Juergen", "Jürgen Müller"),
    ("F. Scott Müller", "Scott Mueller"),
    ("Claudia Alvarez-Martin", "Martin Claudia"),
    ("Mike Rowan-Robinson", "Michael Robinson"),
    ("Ludwig von Mises-Bravo", "Ludwig Bravo von"),
]


@pytest.mark.parametrize(("one", "other"), TWO_GUESSES)
def test_two_guesses_are_no_match(one: str, other: str) -> None:
    assert compatible(parse(one), parse(other)) is None
    assert compatible(parse(other), parse(one)) is None


@pytest.mark.parametrize("text", ["", ":", " , ", "*", "†‡", "1,2", "--", "$^{1}$", "…", "(1)", "\u200b", "?!"])
def test_who_is_only_signs_is_nobody(text: str) -> None:
    name = parse(text)
    assert not name.family
    assert compatible(name, name) is None
    assert index_expression(name) == ""


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Clara Marlow*", "Clara Marlow"),
        ("† Clara Marlow¹", "Clara Marlow"),
        ("Clara Marlow1,2", "Clara Marlow"),
        ("Prof. Clara Marlow, PhD", "Clara Marlow"),
        ("Guy Marlow, SJ", "Guy Marlow"),
        ("Md. Hadi Al-Amin", "Md. Hadi Al-Amin"),
        ("Robert Downey Jr.", "Robert Downey Jr."),
        ("GPT-5", "GPT-5"),
    ],
)
def test_a_name_is_shown_without_marks(printed: str, shown: str) -> None:
    assert parse(printed).text == shown


def real_names(data: Path, papers: int) -> list[str]:
    found = {name for row in real_rows(data / "arxiv_dev.jsonl.gz", papers) for name in row["authors"]}
    return sorted(found | {row["name"] for row in real_rows(data / "authors_dev.jsonl.gz", papers)})


def test_the_short_way_for_usual_names_reads_as_the_long_one(data: Path) -> None:
    usual = [(text, name) for text in real_names(data, 8_000) if (name := names._usual(text))]
    assert len(usual) > 20_000
    assert [text for text, name in usual if name != names._read(text)] == []


def respelled(name: str, rng: random.Random) -> Iterator[str]:
    """How else a name may be printed, rightly or not."""
    words = name.split()
    yield f"{words[-1]}, {' '.join(words[:-1])}"
    yield f"{words[0][0]}. {' '.join(words[1:])}"
    yield f"{words[-1]} {''.join(word[0] for word in words[:-1])}"
    yield " ".join([*words[1:], words[0]])
    yield " ".join(word for word in words if word is not rng.choice(words))
    yield f"Dr. {name}{rng.choice(['*', '1,2', '†', ', PhD', ' Jr.'])}"
    for letter, letters in (
        ("ü", "ue"),
        ("Lü", "Lv"),
        ("Lyu", "Lv"),
        ("ö", "oe"),
        ("ø", "oe"),
        ("å", "aa"),
        ("u", "ue"),
        ("ks", "x"),
        ("y", "i"),
        ("o", "oh"),
        ("ou", "o"),
        ("med", "mmad"),
        ("kh", "h"),
    ):
        yield name.replace(letter, letters)
        yield name.replace(letters, letter)
    yield re.sub(r"y\b", rng.choice(["iy", "ii", "ij", "i"]), name)
    yield name.replace("-", rng.choice(["", " "]))
    yield re.sub(r"\b[Aa]l[ -]", "El-", name)
    together = re.sub(r"\b(D[aeiu]|L[aeo]|V[ao]n|Mac|El|Al) (?=[A-Z]\w)", r"\1", name)
    if together != name:
        yield together
        yield f"{name[0]}. {together.split(' ', 1)[-1]}"
        yield f"{name[0]}. {name.split(' ', 1)[-1]}"
    if len(words) == 2:
        yield "".join(words)


def is_met(one: Name, other: Name) -> bool:
    """Whether each is compared with the other where that is wanted."""
    return not (wanted_keys(one).isdisjoint(printed_keys(other)) or wanted_keys(other).isdisjoint(printed_keys(one)))


def lost_by_index(wanted: Iterable[Name], printed: list[Name]) -> list[tuple[str, str]]:
    """Pairs that agree but that the full-text index does not find."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE f USING fts5(authors, content='', tokenize='ascii')")
    for number, name in enumerate(printed):
        db.execute("INSERT INTO f (rowid, authors) VALUES (?, ?)", (number, index_text(name.text)))
    lost = []
    for name in wanted:
        expression = index_expression(name)
        found = (
            {row for (row,) in db.execute("SELECT rowid FROM f WHERE f MATCH ?", (expression,))}
            if expression
            else set()
        )
        lost += [(name.text, p.text) for number, p in enumerate(printed) if number not in found and compatible(name, p)]
    db.close()
    return lost


def families(printed: Iterable[str]) -> list[list[Name]]:
    """Each name with its other spellings."""
    rng = random.Random(11)
    return [[parse(name), *{parse(text) for text in respelled(name, rng) if has_letters(text)}] for name in printed]


def test_no_key_and_no_index_loses_a_spelling_of_a_real_name(data: Path) -> None:
    every = [name for name in real_names(data, 4_000) if name.strip()]
    customs = [
        n
        for n in every
        if not n.isascii()
        or re.search(r"sk[iy]|[oe]v\b|\b(?:[AE]l|L[ae]|D[aei]|Mac|Van)[- ]|Abd|Nguyen|Tran|[a-z]-|Team|\bde\b", n)
    ]
    chosen = random.Random(5).sample(every, 250) + random.Random(6).sample(customs, 350)
    agreed = 0
    for spellings in families(chosen):
        for one, other in itertools.combinations(spellings, 2):
            if agree(one, other) is not None:
                agreed += 1
                assert not key(one).isdisjoint(key(other)), (one.text, other.text)
                assert is_met(one, other), (one.text, other.text)
        assert lost_by_index(spellings, spellings) == []
    assert agreed > 10_000


def test_no_key_and_no_index_loses_a_pair_of_real_names(data: Path) -> None:
    some = [parse(name) for name in random.Random(3).sample(real_names(data, 1_500), 700)]
    pairs = [(one, other) for one, other in itertools.combinations(some, 2) if agree(one, other)]
    assert [(one.text, other.text) for one, other in pairs if key(one).isdisjoint(key(other))] == []
    assert [(one.text, other.text) for one, other in pairs if not is_met(one, other)] == []
    assert lost_by_index({one for one, _ in pairs}, some) == []


WORD = st.sampled_from(
    sorted(
        listed(
            "al el abd abdul de van der san nguyen tran van thi li wang hao-ran jean-pierre j. k. yu. müller mueller muller andrey "
            "andrei karpovskiy karpovsky-lebedeva SM kim jr. phd garcía lópez o'brien "
            "sato satou itoh карпов андрей karpov андрій παπαδόπουλος papadopoulos mohamed mohammad mckay mackay "
            "xiaofanxia team the collaboration ai 王伟 * 1 , øre"
        )
    )
)


@given(st.lists(WORD, min_size=1, max_size=5), st.lists(WORD, min_size=1, max_size=5))
@tries(1500)
def test_names_of_any_words_are_compared_alike_from_either_side(ours: list[str], theirs: list[str]) -> None:
    one, other = parse(" ".join(ours)), parse(" ".join(theirs))
    assert agree(one, other) == agree(other, one) == compatible(one, other)
    if agree(one, other):
        assert not key(one).isdisjoint(key(other))
        assert not lost_by_index([one], [other])
    if one.family:
        assert agree(one, one) is not None
        assert words_of(one)
