"""What can be done with papers and lists of them: the controls under a paper, a search, a day, a period. PURE.

Knows how each stands on the wire; what every control can do is `control`'s word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.show.author_controls import ShowAuthor
from bot.show.codecs import DAY, ID, LITERAL, PAGE, PERIOD, Codec
from bot.show.control import Control, answer, part


@dataclass(frozen=True, slots=True)
class ReadAbstract(Control):
    """A paper was chosen from a list."""

    verb = "abstract"
    paper: int = answer(ID, 0, "value")


@dataclass(frozen=True, slots=True)
class OpenPaper(Control):
    """Opens the paper that a button names."""

    verb = "open"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class AskWhy(Control):
    """A paper was chosen of which somebody asked why it came."""

    verb = "why"
    paper: int = answer(ID, 0, "value")


@dataclass(frozen=True, slots=True)
class FindSimilar(Control):
    """Shows the papers that are like this one."""

    verb = "similar"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class ExplainScore(Control):
    """Shows what a paper's score is made of."""

    verb = "score"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class FoundPage(Control):
    """A page of what a search found; `search` is the number of its wording."""

    verb = "found"
    search: int = part(ID)
    page: int = part(PAGE)
    literal: bool = part(LITERAL)


@dataclass(frozen=True, slots=True)
class FollowFound(Control):
    """Follow what a search named, a person or papers like one; `search` is the number of its wording."""

    verb = "follow-found"
    search: int = part(ID)


@dataclass(frozen=True, slots=True)
class DailyPage(Control):
    """A page of the Daily Papers of a day."""

    verb = "daily"
    day: date = part(DAY)
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class PlainDailyPage(Control):
    """The same without markup."""

    verb = "daily-plain"
    day: date = part(DAY)
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class TrendingPage(Control):
    verb = "trending"
    period: str = part(PERIOD)
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class OnePaper(Control):
    """A paper as it is shared; no button says this by itself."""

    verb = "paper"
    paper: int = part(ID)


Shown = OnePaper | FoundPage | DailyPage | TrendingPage | ShowAuthor
_SHOWN: Final[Mapping[str, type[Shown]]] = {
    c.verb: c for c in (OnePaper, FoundPage, DailyPage, TrendingPage, ShowAuthor)
}


def _shown(text: str) -> Shown:
    verb, _, argument = text.partition(":")
    return _SHOWN[verb].decode(argument, {})


@dataclass(frozen=True, slots=True)
class Share(Control):
    """Posts for everybody what one person saw."""

    verb = "share"
    shown: Shown = part(Codec(_shown, lambda shown: shown.encode()))
