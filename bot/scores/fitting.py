"""Fits the weights of a score: least squares of the votes' excess, or logistic regression of what was listed, both with a penalty.

PURE. Loads numpy on first use. Knows rows of facts and words; must not know where they come from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.models import ScoreKind

__all__ = ["PENALTIES", "Example", "Fit", "Penalty", "fit"]

_NEWTON: Final = 12
_CONJUGATE: Final = 60


@dataclass(frozen=True, slots=True)
class Example:
    """A paper to learn from: its facts, its words (stems, each once), and what became of it: the excess of its votes, or 1.0 for one
    that was listed and 0.0 for one that was not."""

    facts: Mapping[str, float]
    words: Sequence[str]
    target: float


@dataclass(frozen=True, slots=True)
class Penalty:
    """How much a weight costs: of a fact in units of its own spread, of a word. A word counts that `least` papers have; of these the
    most frequent `words` do."""

    facts: float
    words: float
    most_words: int
    least: int = 10


#: Chosen on the lists of October to December 2025, with weights of the days before.
PENALTIES: Final = {
    ScoreKind.INTEREST: Penalty(facts=100.0, words=10.0, most_words=2_000, least=10),
    ScoreKind.LISTING: Penalty(facts=3.0, words=3.0, most_words=3_000, least=20),
}


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights by fact and by word, what is subtracted from each fact (its mean), and what is added to all; `typical_words` is what the
    words of an example weigh on average."""

    base: float
    facts: Mapping[str, float]
    means: Mapping[str, float]
    words: Mapping[str, float]
    typical_words: float


def fit(kind: ScoreKind, examples: Sequence[Example], penalty: Penalty) -> Fit:
    """The weights that say most of the examples. A word's share is 1 / sqrt(words of the text that have a weight)."""
    import numpy as np

    names = sorted(examples[0].facts)
    dense = np.array([[one.facts[name] for name in names] for one in examples])
    means, spread = dense.mean(0), dense.std(0)
    spread[spread < 1e-9] = np.inf  # a fact that is always the same says nothing
    dense = (dense - means) / spread
    vocabulary = _vocabulary(examples, penalty)
    rows, columns, values = _sparse(examples, vocabulary)
    target = np.array([one.target for one in examples])
    count, width = len(names), len(vocabulary)

    def times(weights: Any) -> Any:
        found = dense @ weights[1 : count + 1] + weights[0]
        found += np.bincount(rows, values * weights[count + 1 :][columns], len(examples))
        return found

    def back(errors: Any) -> Any:
        sparse = np.bincount(columns, values * errors[rows], width)
        return np.concatenate(([errors.sum()], errors @ dense, sparse))

    cost = np.concatenate(([1e-6], np.full(count, penalty.facts), np.full(width, penalty.words)))
    weights = _solved(kind, times, back, target, cost)
    scaled = weights[1 : count + 1] / spread
    return Fit(
        base=float(weights[0]),
        facts=dict(zip(names, map(float, scaled), strict=True)),
        means=dict(zip(names, map(float, means), strict=True)),
        words=dict(zip(vocabulary, map(float, weights[count + 1 :]), strict=True)),
        typical_words=float((values * weights[count + 1 :][columns]).sum() / len(examples)),
    )


def _vocabulary(examples: Iterable[Example], penalty: Penalty) -> list[str]:
    frequent = Counter(word for one in examples for word in one.words)
    most = sorted(frequent, key=lambda word: (-frequent[word], word))[: penalty.most_words]
    return [word for word in most if frequent[word] >= penalty.least]


def _sparse(examples: Sequence[Example], vocabulary: Sequence[str]) -> tuple[Any, Any, Any]:
    """The words as (row, column, value)."""
    import numpy as np

    place = {word: number for number, word in enumerate(vocabulary)}
    rows, columns, values = [], [], []
    for row, one in enumerate(examples):
        own = sorted(place[word] for word in one.words if word in place)
        rows += [row] * len(own)
        columns += own
        values += [max(1, len(own)) ** -0.5] * len(own)
    return np.array(rows, np.int64), np.array(columns, np.int64), np.array(values)


def _solved(kind: ScoreKind, times: Callable[[Any], Any], back: Callable[[Any], Any], target: Any, cost: Any) -> Any:
    """The weights at which penalised loss is least: Newton's method, each step by conjugate gradients; of least squares one step is
    enough. Source: Nocedal and Wright, Numerical Optimization, 2nd edition, algorithm 7.1."""
    import numpy as np

    weights = np.zeros(len(cost))
    logistic = kind is ScoreKind.LISTING
    for _ in range(_NEWTON if logistic else 1):
        said = times(weights)
        chance = 1 / (1 + np.exp(-said)) if logistic else said
        curve = np.maximum(chance * (1 - chance), 1e-6) if logistic else np.ones(len(said))
        slope = back(chance - target) + cost * weights
        if float(np.abs(slope).max()) < 1e-3:
            break
        weights = weights - _conjugate(_product(times, back, curve, cost), slope)
    return weights


def _product(times: Callable[[Any], Any], back: Callable[[Any], Any], curve: Any, cost: Any) -> Callable[[Any], Any]:
    """The second derivative of the penalised loss, times a step."""
    return lambda step: back(curve * times(step)) + cost * step


def _conjugate(times: Callable[[Any], Any], wanted: Any) -> Any:
    """Solves times(x) = wanted."""
    import numpy as np

    found, rest = np.zeros(len(wanted)), wanted.copy()
    way, left = rest.copy(), float(rest @ rest)
    enough = left * 1e-10
    for _ in range(_CONJUGATE):
        if left <= enough:
            break
        product = times(way)
        step = left / float(way @ product)
        found += step * way
        rest -= step * product
        before, left = left, float(rest @ rest)
        way = rest + (left / before) * way
    return found
