"""What a person does with their own paper: its pages, what stands behind it, and how it comes. PURE.

Knows how each control stands on the wire; what every control can do is `control`'s word.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.models import QuietMode
from bot.show.codecs import HOUR, ID, ON, PAGE, QUIET, SHOWN, WEEKDAY
from bot.show.control import Control, answer, part


@dataclass(frozen=True, slots=True)
class DigestPage(Control):
    """A page of the papers of one message, in its place; which message it is, its nonce says."""

    verb = "digest"
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class ManageMessage(Control):
    """What stands behind a message, and what can be changed or stopped."""

    verb = "manage"


@dataclass(frozen=True, slots=True)
class ShowSettings(Control):
    """Everything that can be set."""

    verb = "settings"


@dataclass(frozen=True, slots=True)
class ShowDays(Control):
    """The days on which digests come."""

    verb = "days"


@dataclass(frozen=True, slots=True)
class SetDay(Control):
    """Whether digests come on one day of the week (Monday is 0)."""

    verb = "day-set"
    day: int = part(WEEKDAY)
    on: bool = part(ON)


@dataclass(frozen=True, slots=True)
class ChangeQuiet(Control):
    """Opens the form for quiet hours."""

    verb = "quiet"


@dataclass(frozen=True, slots=True)
class QuietForm(Control):
    """That form came back."""

    verb = "quiet-set"
    since: int = answer(HOUR, 22)
    until: int = answer(HOUR, 7)
    mode: QuietMode = answer(QUIET, QuietMode.HOLD)


@dataclass(frozen=True, slots=True)
class SetShown(Control):
    """So many papers of a digest stand in it before a press."""

    verb = "shown"
    count: int = answer(SHOWN, 3, "value")


@dataclass(frozen=True, slots=True)
class SetPlain(Control):
    """Plain text for screen readers, or not."""

    verb = "plain"
    plain: bool = part(ON)


@dataclass(frozen=True, slots=True)
class TakePlain(Control):
    """Plain text from now on, said beside an answer that stays."""

    verb = "plain-take"


# -- single papers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SavePaper(Control):
    verb = "save"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class UnsavePaper(Control):
    """Takes a saving back."""

    verb = "unsave"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class TakeOut(Control):
    """One of the saved papers was chosen, to be taken out."""

    verb = "take-out"
    paper: int = answer(ID, 0, "value")


@dataclass(frozen=True, slots=True)
class LibraryPage(Control):
    """A page of the saved papers."""

    verb = "library"
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class HidePaper(Control):
    """Not for me: it comes in no later message."""

    verb = "hide"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class ShowAgain(Control):
    """Takes that back."""

    verb = "unhide"
    paper: int = part(ID)
