"""Who of the credited bears a name: a name printed on papers of ours becomes a person by the ids that are credited with it there.

PURE. Knows names and credits; must not know where they are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.language import names
from bot.language.name_index import may_be, words_of
from bot.language.name_matching import Certainty, compatible_once
from bot.models import Cited


class Bearing:
    """One name, held against the names that registries print. They shorten forenames, so the best agreement of a paper decides."""

    def __init__(self, name: str) -> None:
        self._name = names.parse(name)
        self._words = words_of(self._name)
        self._known: dict[str, Certainty | None] = {}

    def agrees(self, printed: str) -> Certainty | None:
        """How surely this is the name; None where it is not."""
        if printed not in self._known:
            likely = may_be(self._words, printed)
            self._known[printed] = compatible_once(self._name, printed) if likely else None
        return self._known[printed]

    def credited(self, cited: Cited) -> str | None:
        """The id that one paper credits with the name; None where it credits nobody with it, or two people as well."""
        graded = [(sure, one.id) for one in cited.credits if (sure := self.agrees(one.name)) is not None]
        best = max((sure for sure, _ in graded), default=None)
        ids = [known_as for sure, known_as in graded if sure == best]
        return ids[0] if len(ids) == 1 else None


def most_first(ids: Iterable[str]) -> tuple[str, ...]:
    """Each id once, those that are credited most often first."""
    counted = Counter(ids)
    return tuple(sorted(counted, key=lambda one: (-counted[one], one)))
