"""What a search found before anything is loaded: ids in order, and what is to be said of them. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from bot.models import Person
from bot.query.facts import Like
from bot.query.likeness import Seeds

__all__ = ["Ranking"]


@dataclass(slots=True)
class Ranking:
    """See `Found`, which is made of it."""

    ids: list[int]
    matching: int = 0
    is_about: bool = False
    is_beyond: bool = False
    corrected: str | None = None
    elsewhere: frozenset[int] = frozenset()
    person: Person | None = None
    words: frozenset[str] = frozenset()
    with_names: int = 0
    like: Like | None = None
    seeds: Seeds | None = None
