"""What each fact and each word weighs: the tables that come with Paperboy, or that were fitted to a collection.

PURE but for the files beside it. Must not know papers or where fitted weights are kept.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from bot.models import AVERAGE, ScoreKind, ScorePart
from bot.query.likeness import number_of
from bot.scores.facts import PARTS
from bot.scores.fitting import Fit

__all__ = ["VOTES", "WORDS", "Weights", "written"]

#: Points of one natural logarithm: ten points are e times as many votes, or e times the odds.
_POINTS: Final = 10.0
#: The parts that are no facts.
WORDS: Final = "words of the text"
VOTES: Final = "votes"
#: How far votes are from what is known before them, as a variance of logarithms (the residue of the fit, 0.7 squared).
_SPREAD: Final = 0.5
_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one score. `words` are by number (`likeness.number_of`)."""

    kind: ScoreKind
    base: float
    facts: Mapping[str, float]
    means: Mapping[str, float]
    words: Mapping[int, float]
    typical_words: float

    @classmethod
    def read(cls, text: str) -> Weights:
        """Raises ValueError for what is no table of weights."""
        try:
            said = json.loads(text)
            facts = {str(name): (_finite(weight), _finite(mean)) for name, (weight, mean) in said["facts"].items()}
            return cls(
                ScoreKind(said["kind"]),
                _finite(said["base"]),
                {name: weight for name, (weight, _) in facts.items()},
                {name: mean for name, (_, mean) in facts.items()},
                {number_of(word): _finite(weight) for word, weight in said["words"].items()},
                _finite(said["typical_words"]),
            )
        except (LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"no table of weights ({type(error).__name__}: {error})") from error

    @classmethod
    def shipped(cls, kind: ScoreKind) -> Weights:
        """The table that comes with Paperboy."""
        return _shipped(kind)

    def parts(self, facts: Mapping[str, float], words: Iterable[int]) -> tuple[ScorePart, ...]:
        """What each part of a paper adds, in points of one decimal, those of nothing left out; they begin with what an average paper
        has. Facts that have no weight add nothing."""
        found = [(AVERAGE, self.base + self.typical_words)]
        for part, names in PARTS.items():
            found.append(
                (part, sum(self.facts[n] * (facts[n] - self.means[n]) for n in names if n in self.facts and n in facts))
            )
        found.append((WORDS, self._of_words(words) - self.typical_words))
        rounded = (ScorePart(name, round(_POINTS * value, 1) + 0.0) for name, value in found)
        return tuple(part for part in rounded if part.points)

    def _of_words(self, words: Iterable[int]) -> float:
        own = [self.words[number] for number in words if number in self.words]
        return sum(own) / math.sqrt(len(own)) if own else 0.0


def points_of(parts: Iterable[ScorePart]) -> float:
    """What the parts add up to."""
    return round(sum(part.points for part in parts), 1) + 0.0


def votes_part(points: float, votes: int, excess: float) -> ScorePart:
    """What the votes of a listed paper change, once they are counted, given the points it has without them: the mean of what was
    expected and what came, weighed by how sure each is. Votes are a Poisson count, so their logarithm has a variance of about
    1 / (1 + votes); what was expected has one of 0.5."""
    sure = _SPREAD / (_SPREAD + 1 / (1 + max(0, votes)))
    return ScorePart(VOTES, round(sure * (_POINTS * excess - points), 1) + 0.0)


def written(kind: ScoreKind, fit: Fit, origin: Mapping[str, Any]) -> str:
    """The table of a fit as JSON, rounded; `origin` says what it was made of."""
    table = {
        "kind": str(kind),
        **origin,
        "base": round(fit.base, _DIGITS),
        "typical_words": round(fit.typical_words, _DIGITS),
        "facts": {n: [_digits(w), _digits(fit.means[n])] for n, w in fit.facts.items()},
        "words": {word: _digits(weight) for word, weight in sorted(fit.words.items())},
    }
    lines = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in table.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _digits(value: float) -> float:
    return round(value, _DIGITS) + 0.0


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value} is no weight")
    return number


@cache
def _shipped(kind: ScoreKind) -> Weights:
    return Weights.read(resources.files(__package__).joinpath("weights", f"{kind}.json").read_text(encoding="utf-8"))
