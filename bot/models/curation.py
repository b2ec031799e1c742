"""What the members of a server make of its lists: proposals, votes, discussions, and the rules for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What somebody did to a paper in a server. The last two are a moderator's."""

    SUBMITTED = "submitted"
    VOTED = "voted"
    TOOK_BACK = "took back"
    OPENED = "opened"
    REMOVED = "removed"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of one member."""

    user_id: int
    act: Act
    paper_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may take part in a server. A role that is None is everybody's; `member_days` is how long somebody has been in the
    server at least; `submissions` are a member's and `discussions` the server's, within 24 hours."""

    submit_role: int | None = None
    vote_role: int | None = None
    discuss_role: int | None = None
    member_days: int = 0
    submissions: int = 5
    discussions: int = 10


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a server, as far as its rules ask. `joined` is None where Discord does not say; `server_roles` are all that the
    server has."""

    id: int
    name: str
    roles: frozenset[int]
    joined: datetime | None
    moderates: bool = False
    server_roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Tally:
    """How a paper stands in a server: votes, comments in its thread, and who proposed it for the list, with their note."""

    votes: int = 0
    comments: int = 0
    thread_id: int | None = None
    proposer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a proposal: the list for which it waits, when that comes, and whether somebody had proposed it before."""

    channel_id: int
    at: datetime | None
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class Discussion:
    """The thread of a paper in a server. Without `thread_id` it is being opened."""

    paper_id: int
    channel_id: int
    thread_id: int | None
    name: str
    comments: int = 0
