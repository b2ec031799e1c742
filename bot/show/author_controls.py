"""What can be done with a person's page: open it, sort it, turn it, say who is meant, follow. PURE.

Knows how each stands on the wire; what every control can do is `control`'s word.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.models import Sorting
from bot.show.codecs import ID, PAGE, SORTING, WORDS
from bot.show.control import Control, answer, part


@dataclass(frozen=True, slots=True)
class ShowAuthor(Control):
    """A page of somebody's papers; `person` is the number of the text that names them."""

    verb = "author"
    person: int = part(ID)
    sorting: Sorting = part(SORTING)
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class SortAuthor(Control):
    """Their papers in another order."""

    verb = "author-sort"
    person: int = part(ID)
    sorting: Sorting = answer(SORTING, Sorting.NEWEST, "value")


@dataclass(frozen=True, slots=True)
class ShowBearers(Control):
    """A page of the people who may be meant; `name` is the number of the text that was typed."""

    verb = "authors"
    name: int = part(ID)
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class PickAuthor(Control):
    """One of them was chosen; `name` is the number of the text that was typed."""

    verb = "author-pick"
    name: int = part(ID)
    person: str = answer(WORDS, "", "value")


@dataclass(frozen=True, slots=True)
class AuthorOf(Control):
    """An author of a paper was chosen, by their place on it, counted from 1."""

    verb = "author-of"
    paper: int = part(ID)
    place: int = answer(ID, 1, "value")


@dataclass(frozen=True, slots=True)
class FollowAuthor(Control):
    """Asks what following the person of a page would bring."""

    verb = "author-follow"
    person: int = part(ID)
