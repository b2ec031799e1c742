"""What was found: by a search, for a forecast, for today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from bot.models.following import Cadence, Match, Subscription, SubscriptionKind
from bot.models.messages import Item
from bot.models.papers import Paper, PaperId
from bot.models.people import User


class Heading(NamedTuple):
    """What a choice shows of a paper: its title as stored, and the identity to answer by."""

    title: str
    identity: PaperId


class TitleRow(NamedTuple):
    """What a search ranks of a paper: the words of its title and of its authors as they are compared, each with a blank on
    either side; its day, as `date.toordinal` counts; its upvotes."""

    paper_id: int
    day: int
    title: str
    authors: str
    upvotes: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a wording may name, as most papers print the name, with the ids of their papers."""

    name: str
    papers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """How like another a paper is, in percent, and the words that make it so, the weightiest first."""

    percent: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bearer:
    """A name as it is printed here, and what tells its bearer apart: the number of papers, and of the newest ones whom they were
    written with, their categories and the title."""

    name: str
    papers: int
    others: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Bearers:
    """The printed names that a typed one may mean, `count` in all. `differ`: not all are printed as it was typed. `agree`: who
    follows what was typed follows them all. `is_all`: every paper was counted, not the newest alone."""

    told: tuple[Bearer, ...] = ()
    count: int = 0
    differ: bool = False
    agree: bool = True
    is_all: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """One page of an answer. `total` counts all that are shown over its pages; `matching` how many papers agree with
    the query literally (`is_about`: an estimate; `is_beyond`: there are more, nobody counted them). `corrected` is the wording that
    was searched instead. `elsewhere` are ids of papers that Hugging Face named. `person` is whom the wording may name; `words` are
    those that were looked for, as they are compared; `with_names` counts the papers that have them all where names count too. `alike` says
    of each paper, by id, how much it is like `like`, where that was asked for; `uncompared` papers are not compared yet."""

    papers: tuple[Paper, ...]
    total: int
    matching: int
    is_about: bool = False
    is_beyond: bool = False
    corrected: str | None = None
    elsewhere: frozenset[int] = frozenset()
    person: Person | None = None
    words: frozenset[str] = frozenset()
    with_names: int = 0
    alike: Mapping[int, Alike] = field(default_factory=dict)
    like: Paper | None = None
    uncompared: int = 0


@dataclass(frozen=True, slots=True)
class Matched:
    """The first papers that match, each with its reasons: of the Daily Papers the most upvoted, then the newest.

    `count` is how many match in all; it is an estimate when `is_about`.
    """

    papers: tuple[tuple[Paper, Match], ...] = ()
    count: int = 0
    is_about: bool = False


#: More than this share of all papers is a flood, not a subscription.
BROAD: Final = 0.1


@dataclass(frozen=True, slots=True)
class Preview:
    """What a subscription would have brought in the last 7 days; `total` counts all papers of these days."""

    matched: Matched
    total: int

    @property
    def is_broad(self) -> bool:
        return self.total >= 50 and self.matched.count > BROAD * self.total


@dataclass(frozen=True, slots=True)
class Offer:
    """Another wording, and how many papers of the last 7 days it would have brought (`is_about`: an estimate); with `is_ever`, how
    many papers here."""

    kind: SubscriptionKind
    query: str
    count: int
    is_about: bool = False
    is_ever: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a subscription would bring. `offers` are narrower wordings where it is much, and what may be meant where it is nothing.
    Where the week has none, `known` papers here match, `last` has the newest of them. `follows` means the same and stands already.
    `bearers` are names that one may mean; `near` says that nobody here has it, and these are like it. With
    `is_like` the offers are for papers that are more like another, and less."""

    kind: SubscriptionKind
    query: str
    cadence: Cadence
    preview: Preview
    offers: tuple[Offer, ...] = ()
    known: int = 0
    last: tuple[tuple[Paper, Match], ...] = ()
    follows: Subscription | None = None
    bearers: Bearers = Bearers()
    near: bool = False
    is_like: bool = False


@dataclass(frozen=True, slots=True)
class Rewording:
    """A subscription with what it brought in the last 7 days, and what other words of it would have brought."""

    subscription: Subscription
    before: Preview
    after: Forecast


@dataclass(frozen=True, slots=True)
class Wish:
    """What one line of a list asks for. `trouble` says why it cannot be followed."""

    line: str
    kind: SubscriptionKind
    query: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a list asks for: what is new, what is followed already, what cannot be followed, how many lines were left unread, and what
    the new ones together would have brought in the last 7 days."""

    new: tuple[Wish, ...]
    standing: tuple[Wish, ...]
    refused: tuple[Wish, ...]
    unread: int
    matched: Matched


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The outcome of a subscription. `is_new` is False when it stood already; `welcomed` when the first DM is on its way."""

    subscription: Subscription
    user: User
    is_new: bool
    welcomed: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A subscription as it is now; `again` papers that had matched before wait once more, and come with the next ones."""

    subscription: Subscription
    again: int


@dataclass(frozen=True, slots=True)
class Disowned:
    """What was said of a paper's author: `names` as printed there are not the person whom the subscription means, or are again. `others`
    counts the other authors by whom further papers are known; `is_new` is False when it was said before."""

    subscription: Subscription
    paper: Paper
    names: tuple[str, ...]
    others: int = 0
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Today:
    """One page. `total` counts the papers over all pages, `surplus` those of them that did not fit into a message; `uncounted`
    more match that nobody looked at one by one."""

    day: date
    items: tuple[Item, ...] = ()
    page: int = 0
    total: int = 0
    surplus: int = 0
    uncounted: int = 0


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page of the papers that somebody saved, of `total`."""

    papers: tuple[Paper, ...]
    page: int
    total: int
