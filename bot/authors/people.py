"""Whose papers the store has: those on which a name is printed, and who else stands on each.

Knows names and papers; must not know registries, figures or pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.authors.grouping import MOST_OTHERS, Byline
from bot.language import name_index, name_matching, names
from bot.language.name_index import may_be
from bot.language.name_marks import without_marks
from bot.language.name_matching import Certainty
from bot.language.name_readings import is_initial
from bot.language.text import plain
from bot.query.facts import people
from bot.store import papers
from bot.store import search as index
from bot.store.database import Database
from bot.when.turns import Turns

__all__ = ["Named", "Signed", "bylines", "papers_named"]

#: Papers with a word of the name whose authors are read, the newest.
MOST: Final = 20_000
_PORTION: Final = 200


@dataclass(frozen=True, slots=True)
class Signed:
    """A paper on which the name stands: at which place, counted from 1, and how it is printed."""

    paper: int
    printed: str
    place: int
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """The papers of a name, the newest first. `name` is as most print it; on `likely` ones it stands shortened or otherwise."""

    name: str
    signed: tuple[Signed, ...]
    likely: tuple[Signed, ...]

    @property
    def also(self) -> tuple[str, ...]:
        """Its other printed forms, the most frequent first."""
        return tuple(name for name, _ in _printed(self.signed).most_common() if name != self.name)

    @property
    def spelled(self) -> tuple[str, ...]:
        """The forms on the likely papers."""
        return tuple(name for name, _ in _printed(self.likely).most_common())


async def papers_named(database: Database, name: str) -> Named:
    """The papers here on which somebody so called stands. The loop gets its turns, and others may read between the portions."""
    wanted = names.parse(name)
    expression = name_index.index_expression(wanted)
    words = tuple(name_index.words_of(wanted))
    known: dict[str, Certainty | None] = {}
    signed: list[Signed] = []
    likely: list[Signed] = []
    turns = Turns()
    if not expression:
        return Named(name, (), ())
    async with database.reading() as read:
        ids = await index.titles_with(read, expression, MOST)
    for start in range(0, len(ids), _PORTION):
        portion = ids[start : start + _PORTION]
        async with database.reading() as read:
            printed = await papers.load_authors(read, portion)
        for paper in portion:
            best: tuple[Certainty, Signed] | None = None
            for place, author in enumerate(printed.get(paper, ()), 1):
                await turns.rest()
                if author not in known:
                    known[author] = _grade(wanted, author) if may_be(words, author) else None
                sure = known[author]
                if sure is not None and (best is None or sure > best[0]):
                    best = (sure, Signed(paper, author, place, printed[paper]))
            if best:
                (signed if best[0] is Certainty.EXACT else likely).append(best[1])
    common = _printed(signed).most_common(1)
    return Named(common[0][0] if common else name, tuple(signed), tuple(likely))


def _grade(wanted: names.Name, author: str) -> Certainty | None:
    """How surely the author is so called; who is printed as the name was written is."""
    if people((names.parse_anew(author),)) == people((wanted,)):
        return Certainty.EXACT
    return name_matching.compatible_once(wanted, author)


def _printed(signed: Sequence[Signed]) -> Counter[str]:
    return Counter(without_marks(plain(one.printed)) for one in signed)


async def bylines(signed: Sequence[Signed], numbers: dict[int, frozenset[str]]) -> list[Byline]:
    """Each paper with the numbers of its author and who else is on it. Of long lists nobody is read."""
    turns, keys, made = Turns(), dict[str, Hashable | None](), []
    for one in signed:
        others = []
        if len(one.authors) <= MOST_OTHERS:
            for place, author in enumerate(one.authors, 1):
                await turns.rest()
                if author not in keys:
                    keys[author] = _key(author)
                if place != one.place:
                    others.append(keys[author])
        made.append(Byline(one.paper, numbers.get(one.paper, frozenset()), frozenset(filter(None, others))))
    return made


def _key(author: str) -> Hashable | None:
    """Equal for names that are printed alike; None for initials, which many share."""
    name = names.parse(author)
    return None if not name.forenames or is_initial(name.forenames[0]) else people((name,))
