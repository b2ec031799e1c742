"""Whatever happens to an answer of a registry: people and papers that can be kept, or a named fault of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.models import Cited, Profile, Record
from bot.sources import openalex_rows, semantic_scholar_rows
from tests.properties import tries
from tests.sources.damage import REGISTRIES, damaged, every_field_as_every_value, pages

NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
T = TypeVar("T")
Value = Cited | Profile | Record | None


def scholar(body: bytes) -> list[Value]:
    rows = semantic_scholar_rows
    return [v for r in rows.parse_data(body) for v in (rows.cited(r, NOW), rows.profile(r, NOW), rows.paper(r))]


def alex(body: bytes) -> list[Value]:
    rows = openalex_rows
    return [v for r in rows.parse_page(body) for v in (rows.cited(r, NOW), rows.profile(r, NOW), rows.paper(r))]


READERS: Final[dict[str, Callable[[bytes], list[Value]]]] = {"Semantic Scholar": scholar, "OpenAlex": alex}


def check(value: Any) -> None:
    """Whether it can be kept: in text that UTF-8 holds, short enough, with counts that are counts."""
    json.dumps(asdict(value), default=str, ensure_ascii=False).encode()
    if isinstance(value, Cited):
        assert value.citations is None or 0 <= value.citations < 10**9
        for credit in value.credits:
            assert 0 < len(credit.name) <= 300
            assert credit.id is None or (credit.id.isascii() and len(credit.id) <= 21)
            assert len(credit.affiliation or "") <= 500
    elif isinstance(value, Profile):
        assert value.id.isascii()
        assert 0 < len(value.name) <= 300
        assert all(n is None or 0 <= n < 10**9 for n in (value.h_index, value.papers, value.citations))
        assert all(1600 <= one.year < 3000 for one in value.years)
        assert len(value.aliases) <= 20
        assert value.homepage is None or value.homepage.startswith(("https://", "http://"))
    else:
        assert value.title.strip()
        assert len(value.ids) == 1
        assert value.event.at.tzinfo is not None
        assert all(author.name.strip() for author in value.authors)
        assert len(value.abstract or "") <= 50_000


def read(registry: str, body: bytes) -> None:
    found, fault = tried(lambda: READERS[registry](body))
    assert len(fault) < 400
    for value in found or ():
        if value is not None:
            check(value)


def tried(reading: Callable[[], T]) -> tuple[T | None, str]:
    """What was read, or the fault of the source."""
    try:
        return reading(), ""
    except SourceError as error:
        return None, str(error)


@pytest.mark.parametrize("registry", REGISTRIES)
@tries(100)
@given(data=st.data())
def test_a_damaged_answer_gives_values_that_can_be_kept_or_a_named_fault(registry: str, data: st.DataObject) -> None:
    read(registry, data.draw(damaged(registry)))


@pytest.mark.parametrize("registry", REGISTRIES)
def test_so_does_every_field_with_every_value(registry: str) -> None:
    for body in every_field_as_every_value(registry):
        read(registry, body)


@pytest.mark.parametrize("registry", REGISTRIES)
def test_every_page_of_ours_is_read_before_it_is_damaged(registry: str) -> None:
    kinds = {type(value) for body in pages(registry)[:2] for value in READERS[registry](body)}
    assert {Cited, Profile, Record} <= kinds


def test_a_batch_may_be_anything_too() -> None:
    for body in every_field_as_every_value("Semantic Scholar"):
        page = json.loads(body)
        rows = json.dumps(page.get("data") if isinstance(page, dict) else page).encode()
        for status in (200, 400):
            found, fault = tried(partial(semantic_scholar_rows.parse_batch, rows, status, 6))
            assert len(fault) < 400
            assert found is None or len(found) == 6
