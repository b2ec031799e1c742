"""What members of a server can do with the papers of its list: vote, propose, discuss, ask why one stands where it does. PURE.

Knows how each stands on the wire; what every control can do is `control`'s word.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.show.codecs import ID, PAGE, WORDS, or_none
from bot.show.control import Control, answer, part


@dataclass(frozen=True, slots=True)
class Vote(Control):
    """Votes for a paper, or takes the vote back, in the list's own message."""

    verb = "vote"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class VoteFurther(Control):
    """The same on a page of the list's other papers; `message` is the list's, as Discord numbers it."""

    verb = "vote-more"
    paper: int = part(ID)
    message: int = part(ID)
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class ShowFurther(Control):
    """A page of the papers of a list that do not stand in its message. Without `message`, of the one that was pressed."""

    verb = "list-more"
    message: int | None = part(or_none(ID))
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class OpenListed(Control):
    """A paper was chosen from a server's list."""

    verb = "listed"
    paper: int = answer(ID, 0, "value")


@dataclass(frozen=True, slots=True)
class Discuss(Control):
    """Opens the paper's thread."""

    verb = "discuss"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class ExplainPlace(Control):
    """Shows what a paper's place on the list is made of."""

    verb = "place"
    paper: int = part(ID)


@dataclass(frozen=True, slots=True)
class Propose(Control):
    """Asks which paper is to be on the list."""

    verb = "propose"


@dataclass(frozen=True, slots=True)
class ProposeForm(Control):
    """That form came back."""

    verb = "propose-form"
    paper: str = answer(WORDS, "")
    note: str = answer(WORDS, "")


@dataclass(frozen=True, slots=True)
class ProposeFound(Control):
    """One of several papers was chosen that the words of a proposal may mean; `note` is the number of its note's text."""

    verb = "propose-found"
    note: int | None = part(or_none(ID), default=None)
    paper: int = answer(ID, 0, "value")


@dataclass(frozen=True, slots=True)
class ShowDeeds(Control):
    """A page of what members did, of all or of one."""

    verb = "deeds"
    member: int | None = part(or_none(ID))
    page: int = part(PAGE)


CURATION: tuple[type[Control], ...] = (
    Vote, VoteFurther, ShowFurther, OpenListed, Discuss, ExplainPlace, Propose, ProposeForm, ProposeFound, ShowDeeds,
)  # fmt: skip
