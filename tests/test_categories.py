"""What `bot.papers.categories` promises: codes, names, archives, and what somebody may have meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.papers.categories import ARCHIVES, CATEGORIES, contains, name, normal, resolve, short, within
from tests.amount import real_rows


def test_the_taxonomy_is_whole() -> None:
    assert len(CATEGORIES) == 155
    assert len(ARCHIVES) == 20
    assert {code.partition(".")[0] for code in CATEGORIES} == set(ARCHIVES)
    assert CATEGORIES["cs.LG"] == "Machine Learning"
    assert CATEGORIES["hep-th"] == "High Energy Physics - Theory"


def test_every_real_category_is_known(data: Path) -> None:
    found = {code for row in real_rows(data / "arxiv_dev.jsonl.gz") for code in row["categories"]}
    codes = {
        code for code in found if re.fullmatch(r"[a-z]+(-[a-z]+)?\.([A-Z]{2}|[a-z]+(-[a-z]+)?)|[a-z]+-[a-z]+", code)
    }
    assert len(codes) > 130
    assert codes - set(CATEGORIES) - set(ARCHIVES) == set()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cs.LG", "cs.LG"), ("CS.lg", "cs.LG"), (" cs.lg ", "cs.LG"), ("cs.*", "cs"), ("cs", "cs"), ("HEP-TH", "hep-th"),
        ("machine learning", "cs.LG"), ("Machine  Learning", "cs.LG"), ("mashine lerning", "cs.LG"), ("robotics", "cs.RO"),
        ("robotic", "cs.RO"), ("computer vision", "cs.CV"), ("nlp", "cs.CL"), ("computation and language", "cs.CL"),
        ("quantum physics", "quant-ph"), ("crytography", "cs.CR"), ("mtrl-sci", "cond-mat.mtrl-sci"), ("CV", "cs.CV"),
        ("statistics", "stat"), ("mathematics", "math"), ("cmp-lg", "cs.CL"), ("number theory", "math.NT"),
        ("c.LG", "cs.LG"), ("information retrieval", "cs.IR"), ("stat ml", "stat.ML"),
    ],
)  # fmt: skip
def test_resolve_finds_what_was_meant(text: str, first: str) -> None:
    assert resolve(text)[0] == first


@pytest.mark.parametrize("text", ["", "  ", "zzzzqqq", "!!!", "\ud800", "x" * 5_000])
def test_resolve_finds_nothing_in_nonsense(text: str) -> None:
    assert resolve(text) == []


def test_every_name_and_code_resolves_to_itself() -> None:
    for code, plain_name in CATEGORIES.items():
        assert resolve(code) == [code]
        assert code in resolve(plain_name.upper())


@pytest.mark.parametrize(
    ("outer", "category", "expected"),
    [
        ("cs", "cs.LG", True), ("cs.*", "cs.LG", True), ("CS", "cs.LG", True), ("cs.LG", "cs.LG", True),
        ("cs.lg", "cs.LG", True), ("cs.LG", "cs.AI", False), ("math", "math-ph", True), ("math", "cs.LG", False),
        ("physics", "physics.optics", True), ("physics", "hep-th", False), ("stat", "cs.LG", False),
        ("cs.SY", "eess.SY", True), ("eess", "cs.SY", True), ("cs", "68T05", False), ("c", "cs.LG", False),
        ("I.2.7", "I.2.7", True), ("hep-th", "hep-th", True), ("astro-ph", "astro-ph.GA", True), ("math.IT", "cs.IT", True),
    ],
)  # fmt: skip
def test_contains(outer: str, category: str, expected: bool) -> None:
    assert contains(outer, category) is expected
    assert (normal(outer) in within(category)) is expected


def test_short_and_name() -> None:
    assert [short(c) for c in ("cs.LG", "cond-mat.mtrl-sci", "hep-th", "cs")] == ["LG", "mtrl-sci", "hep-th", "cs"]
    assert [name(c) for c in ("cs.lg", "cs.*", "hep-th", "68T05")] == [
        "Machine Learning",
        "Computer Science",
        "High Energy Physics - Theory",
        "68T05",
    ]
