"""People who only bear a followed name, as its follower said of a paper: which further papers are theirs.

The rule: a name that is printed alike on both papers is the same person when another author is on both. Another author counts who
is written out, or two who are written with initials; on a list of more than fifty, ten times as many. Without one a paper is told:
better asked twice than missed once.

PURE. Knows names as they are printed; must not know where anything is kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.language import names
from bot.language.name_readings import is_initial
from bot.language.text import plain
from bot.models import Hit, Namesake, Subscription, SubscriptionKind
from bot.query.document import Document
from bot.query.facts import author_hit, people

__all__ = ["KEPT", "Mistaken", "mistaken", "others_of", "person_hit"]

#: Other authors of a paper that are kept: collaborations name theirs in one order.
KEPT: Final = 300
#: What an author on both papers counts, and how much is enough.
_WRITTEN_OUT: Final = 2
_INITIALS: Final = 1
_ENOUGH: Final = 2
#: On a longer list one author in common says little.
_LONG: Final = 50
_ENOUGH_OF_MANY: Final = 20


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A namesake who is an author of a paper, as printed on it, with the `shared` authors that say so; none on the paper itself."""

    namesake: Namesake
    printed: str
    shared: tuple[str, ...] = ()

    def __str__(self) -> str:
        of = f"you said that the {plain(self.namesake.name)} of “{plain(self.namesake.title)}” is somebody else"
        if not self.shared:
            return of
        more = len(self.shared) - 1
        others = f" and {more:,} more authors are" if more > 1 else " and another author are" if more else " is"
        return f"{of}; {plain(self.shared[0])}{others} on both papers"


def person_hit(subscription: Subscription, doc: Document) -> Hit | None:
    """The author of the paper whom a followed name means, namesakes left out. Raises nothing: a name that is none has no hit."""
    spelled = names.spellings(subscription.query)
    wanted = tuple(map(names.parse, spelled))
    if not subscription.namesakes:
        return author_hit(wanted, spelled, doc.names)
    left = tuple(name for name in doc.names if _mistaken(subscription, name, doc) is None)
    return author_hit(wanted, spelled, left)


def mistaken(subscription: Subscription, doc: Document) -> Mistaken | None:
    """The namesake for whom a paper is left out; None where it is told, or where nobody bears the name."""
    if subscription.kind is not SubscriptionKind.AUTHOR or person_hit(subscription, doc) is not None:
        return None
    spelled = names.spellings(subscription.query)
    hit = author_hit(tuple(map(names.parse, spelled)), spelled, doc.names)
    return _mistaken(subscription, names.parse(hit.text), doc) if hit else None


def others_of(doc: Document, printed: str) -> tuple[str, ...]:
    """The first other authors of a paper, as printed."""
    person = _alike(names.parse(printed))
    return tuple(name.text for name in doc.names if _alike(name) != person)[:KEPT]


def _mistaken(subscription: Subscription, name: names.Name, doc: Document) -> Mistaken | None:
    for namesake in subscription.namesakes:
        if _alike(name) == _alike(names.parse(namesake.name)):
            shared = _shared(namesake, name, doc)
            if shared or (doc.paper is not None and doc.paper.id == namesake.paper_id):
                return Mistaken(namesake, name.text, shared)
    return None


def _shared(namesake: Namesake, name: names.Name, doc: Document) -> tuple[str, ...]:
    """The authors that are on both papers, where they are enough; none on the very paper."""
    if doc.paper is not None and doc.paper.id == namesake.paper_id:
        return ()
    theirs = _weights(namesake.others)
    found = {_alike(other): other for other in doc.names if _alike(other) in theirs and _alike(other) != _alike(name)}
    is_long = max(len(namesake.others), len(doc.names)) > _LONG
    if sum(theirs[key] for key in found) < (_ENOUGH_OF_MANY if is_long else _ENOUGH):
        return ()
    best = sorted(found, key=lambda key: -theirs[key])
    return tuple(found[key].text for key in best)


@lru_cache(maxsize=1_000)
def _weights(printed: tuple[str, ...]) -> Mapping[Hashable, int]:
    return {
        _alike(name): _INITIALS if not name.forenames or is_initial(name.forenames[0]) else _WRITTEN_OUT
        for name in map(names.parse, printed)
    }


def _alike(name: names.Name) -> Hashable:
    """Equal for names that are printed alike, be it with another case, order or accent."""
    return people((name,))
