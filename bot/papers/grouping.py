"""Which identities are of one work, by the records that state them together.

PURE. Knows how far each kind of identity is believed; knows no storage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.models import PaperId, Record


def anchor(record: Record) -> PaperId:
    """The identity that says which paper it is: the arXiv id where there is one."""
    return next((i for i in record.ids if i.scheme == "arxiv"), record.ids[0])


def with_addresses(records: Iterable[Record]) -> list[Record]:
    """The records with their addresses among their identities, the last of them."""
    return [
        r if r.address is None else replace(r, ids=tuple(dict.fromkeys((*r.ids, r.address))), address=None)
        for r in records
    ]


def grouped(records: Sequence[Record], known: Mapping[PaperId, int]) -> dict[PaperId, PaperId]:
    """Each identity's group leader. Identities of one stored paper, or on one record, or joined by a chain of such, are one work.

    Two arXiv ids never are, even under one DOI: authors give that of the whole proceedings, or a wrong one. It stays with
    the paper that had it first. Nor are two DOIs under one address, which may be that of an issue.
    """
    if all(len(record.ids) == 1 for record in records) and len(set(known.values())) == len(known):
        return {identity: identity for identity in (*(record.ids[0] for record in records), *known)}
    groups = _Groups()
    of_owner: dict[int, PaperId] = {}
    for identity, owner in known.items():
        groups.join(of_owner.setdefault(owner, identity), identity)
    for record in records:
        for identity in record.ids:
            groups.join(anchor(record), identity, by_address=identity.scheme == "url")
    return groups.leaders()


class _Groups:
    """Sets of identities, each known by one of them."""

    def __init__(self) -> None:
        self._leader: dict[PaperId, PaperId] = {}
        self._has: dict[PaperId, frozenset[str]] = {}  # schemes in a group, by leader

    def find(self, identity: PaperId) -> PaperId:
        if identity not in self._leader:
            self._leader[identity] = identity
            self._has[identity] = frozenset((identity.scheme,))
        while self._leader[identity] != identity:
            identity = self._leader[identity]
        return identity

    def join(self, first: PaperId, second: PaperId, *, by_address: bool = False) -> None:
        one, other = self.find(first), self.find(second)
        both = self._has[one] & self._has[other]
        if one != other and "arxiv" not in both and not (by_address and "doi" in both):
            self._leader[other] = one
            self._has[one] |= self._has[other]

    def leaders(self) -> dict[PaperId, PaperId]:
        return {identity: self.find(identity) for identity in self._leader}
