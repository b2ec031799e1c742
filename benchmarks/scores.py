"""Scores against every simpler rule in the same run: which papers of a daily list find most votes (A), and which of a day's new papers
of arXiv will be listed (B). Learned from earlier days alone; intervals are bootstraps over days.

Run it: PAPERBOY_DATA=../shared/data .venv/bin/python benchmarks/scores.py [--validate | --write]
  (none)      learned before 2026-01, judged on 2026-01 and 2026-02
  --validate  learned before 2025-10, judged on 2025-10 to 2025-12: here everything was chosen
  --write     learned from all days before 2026-03, and kept in bot/scores/weights
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import json
import math
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models import Role, ScoreKind
from bot.query.document import analyse
from bot.query.likeness import counted, number_of
from bot.scores.facts import Subject, facts_of
from bot.scores.fitting import PENALTIES, Example, fit
from bot.scores.heat import DAYS, Heat
from bot.scores.past import Listing, Past, excess_of, folded, keys_of, middle_of
from bot.scores.weights import Weights, points_of, written

DATA = Path(os.environ.get("PAPERBOY_DATA", "../shared/data"))
FOLDER: Final = Path(__file__).resolve().parents[1] / "bot" / "scores" / "weights"
#: A list may take a paper some days after its announcement.
LATE: Final = 14
BOOTSTRAPS: Final = 2_000
INTEREST, LISTING = ScoreKind.INTEREST, ScoreKind.LISTING


@dataclass(frozen=True, slots=True)
class Case:
    """A paper on its day. `target` is what is learned, `votes` what it got, `is_hit` what is judged."""

    day: int
    facts: Mapping[str, float]
    stems: tuple[str, ...]
    target: float
    votes: int
    is_hit: bool


def ordinal(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()


def rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Data:
    """The two files as papers on days, with what was known of each by then."""

    def __init__(self) -> None:
        self.lists, announced = rows("hf_daily_dev.jsonl.gz"), rows("arxiv_dev.jsonl.gz")
        self._numbers: dict[str, int] = {}
        self._words: dict[str, dict[str, int]] = {}
        self._announced = {row["id"]: row for row in announced}
        for row in self.lists:
            row["day"] = ordinal(min(row["days"]))
            row["votes"] = row["snapshots"][0][2] if row["snapshots"] else row["upvotes"]
        self._listed = {row["id"]: row for row in self.lists}
        self._past, self._heat = self._history()
        # The other source of the file has astro-ph alone, and reads it on other days.
        self._pool = [row for row in announced if "dw-dengwei" in row["sources"]]

    def _history(self) -> tuple[Past, Heat]:
        votes: dict[int, list[int]] = defaultdict(list)
        for row in self.lists:
            votes[row["day"]].append(row["votes"])
        middles = {day: middle_of(found) for day, found in votes.items()}
        found: dict[tuple[Role, str], list[Listing]] = defaultdict(list)
        for row in self.lists:
            row["excess"] = excess_of(row["votes"], middles[row["day"]])
            listing = Listing(self._number(row), row["day"], row["excess"])
            names = [(Role.AUTHOR, key) for key in keys_of(row["authors"])]
            names += [(Role.SUBMITTER, folded(row["submitted_by"])), (Role.ORGANIZATION, folded(row["organization"]))]
            for role, key in names:
                if key:
                    found[role, key].append(listing)
        heat = Heat((self._number(row), row["day"], self._counts(row)) for row in self.lists)
        return Past(found), heat

    def _number(self, row: Mapping[str, Any]) -> int:
        return self._numbers.setdefault(row["id"], len(self._numbers) + 1)

    def _stems(self, row: Mapping[str, Any]) -> dict[str, int]:
        if row["id"] not in self._words:
            found: dict[str, int] = defaultdict(int)
            for field in analyse(row["title"], row["abstract"] or "").fields:
                for stem in field.stems:
                    found[stem] += 1
            self._words[row["id"]] = dict(found)
        return self._words[row["id"]]

    def _counts(self, row: Mapping[str, Any]) -> dict[int, int]:
        return counted(stem for stem, count in self._stems(row).items() for _ in range(count))

    def _subject(self, row: Mapping[str, Any], day: int, *, listed: bool) -> Subject:
        known = self._announced.get(row["id"], {})
        published = row["published"] or ""
        made = Subject(
            paper=self._number(row),
            day=day,
            title=row["title"],
            abstract=row["abstract"] or "",
            comment=known.get("comment") or "",
            categories=tuple(known.get("categories") or ()),
            authors=keys_of(row["authors"]),
            counts=self._counts(row),
            heat=0.0,
            submitter=folded(row["submitted_by"]) if listed else "",
            organization=folded(row["organization"]) if listed else "",
            code=listed and bool(row["github"]),
            project=listed and bool(row["project"]),
            age=day - ordinal(published) if listed and len(published) >= 10 else 0,
        )
        return replace(made, heat=self._heat.of(day, made.paper, made.counts))

    def h_indices(self, since: str, until: str) -> list[float]:
        """The largest h-index of the authors of each listed paper of these days, by name."""
        known: dict[str, float] = {}
        for row in rows("authors_dev.jsonl.gz"):
            for key in keys_of([row["name"]]):
                known[key] = max(known.get(key, 0.0), float(row.get("h_index") or 0))
        return [
            max((known.get(key, 0.0) for key in keys_of(row["authors"])), default=0.0) for row in self.on(since, until)
        ]

    def novelties(self, since: str, until: str) -> list[float]:
        """How unlike each listed paper of these days is to arXiv's papers of the half year before."""
        first = ordinal(since) - DAYS
        announced = ((row, ordinal(row["first_seen"])) for row in self._announced.values())
        heat = Heat((self._number(row), day, self._counts(row)) for row, day in announced if day >= first)
        return [-heat.of(row["day"], self._number(row), self._counts(row)) for row in self.on(since, until)]

    def on(self, since: str, until: str) -> list[dict[str, Any]]:
        """The listed papers of these days, in order."""
        found = [row for row in self.lists if ordinal(since) <= row["day"] < ordinal(until)]
        return sorted(found, key=lambda row: row["day"])

    def interest(self, since: str, until: str) -> list[Case]:
        """The listed papers of these days; those in the top quarter of their day are hits."""
        wanted = self.on(since, until)
        votes: dict[int, list[int]] = defaultdict(list)
        for row in wanted:
            votes[row["day"]].append(row["votes"])
        found = []
        for row in wanted:
            facts = facts_of(INTEREST, self._subject(row, row["day"], listed=True), self._past)
            hit = row["votes"] >= np.quantile(votes[row["day"]], 0.75)
            stems = self._stems(row)
            found.append(Case(row["day"], facts, tuple(sorted(stems)), row["excess"], row["votes"], bool(hit)))
        return found

    def listing(self, since: str, until: str) -> list[Case]:
        """The papers that were announced on these days and not listed before; those that a list took soon after are hits."""
        found = []
        for row in sorted(self._pool, key=lambda row: row["first_seen"]):
            day, listed = ordinal(row["first_seen"]), self._listed.get(row["id"])
            if not ordinal(since) <= day < ordinal(until) or (listed and listed["day"] < day):
                continue
            facts = facts_of(LISTING, self._subject(row, day, listed=False), self._past)
            hit = listed is not None and listed["day"] - day <= LATE
            stems = self._stems(row)
            votes = listed["votes"] if listed and hit else 0
            found.append(Case(day, facts, tuple(sorted(stems)), float(hit), votes, hit))
        return found


# -- learning ----------------------------------------------------------------------------------------------------------


def learned(kind: ScoreKind, cases: Sequence[Case]) -> str:
    """The table of weights, as it is shipped."""
    examples = [Example(case.facts, case.stems, case.target) for case in cases]
    days = sorted({case.day for case in cases})
    origin = {
        "date": "2026-11-28",
        "data": f"{len(cases)} papers of {len(days)} days, {date.fromordinal(days[0])} to {date.fromordinal(days[-1])}",
        "command": "benchmarks/scores.py --write",
    }
    return written(kind, fit(kind, examples, PENALTIES[kind]), origin)


def pointed(table: str, cases: Sequence[Case]) -> list[float]:
    """The points of each case, as Paperboy makes them from the table."""
    weights = Weights.read(table)
    return [points_of(weights.parts(case.facts, map(number_of, case.stems))) for case in cases]


def in_whole_points(table: str, cases: Sequence[Case]) -> list[float]:
    weights = Weights.read(table)
    return [sum(round(part.points) for part in weights.parts(case.facts, ())) for case in cases]


def without_words(cases: Sequence[Case]) -> list[Case]:
    return [replace(case, stems=()) for case in cases]


def words_alone(train: Sequence[Case], test: Sequence[Case]) -> list[float]:
    """The same fit without a fact."""
    kind = LISTING
    examples = [Example({"none": 0.0}, case.stems, case.target) for case in train]
    weights = fit(kind, examples, PENALTIES[kind]).words
    return [
        sum(own) / math.sqrt(len(own) or 1)
        for case in test
        for own in [[weights[w] for w in case.stems if w in weights]]
    ]


# -- judging -----------------------------------------------------------------------------------------------------------

Day = list[tuple[bool, int, float]]
"""(is a hit, votes, score) of each paper."""


def by_day(cases: Sequence[Case], scores: Sequence[float]) -> dict[int, Day]:
    found: dict[int, Day] = defaultdict(list)
    for case, score in zip(cases, scores, strict=True):
        found[case.day].append((case.is_hit, case.votes, score))
    return found


def ordered(day: Day) -> Day:
    """The best first; of equal ones in the order in which they came."""
    return sorted(day, key=lambda one: -one[2])


def auc(day: Day) -> float:
    """How often a hit is above one that is none; equal ones count half."""
    good = np.array([score for hit, _, score in day if hit])
    bad = np.array([score for hit, _, score in day if not hit])
    return float((good[:, None] > bad).mean() + (good[:, None] == bad).mean() / 2)


def ndcg(day: Day, size: int = 10) -> float:
    """Discounted gain of the first ten, of the best possible; a hit gains 1."""
    gain = sum(hit / math.log2(place + 2) for place, (hit, _, _) in enumerate(ordered(day)[:size]))
    best = sum(1 / math.log2(place + 2) for place in range(min(size, sum(hit for hit, _, _ in day))))
    return gain / best


def recall(size: int) -> Callable[[Day], float]:
    return lambda day: sum(hit for hit, _, _ in ordered(day)[:size]) / sum(hit for hit, _, _ in day)


def share_of_votes(day: Day) -> float:
    return sum(votes for _, votes, _ in ordered(day)[:20]) / max(1, sum(votes for _, votes, _ in day))


MEASURES: Final[dict[ScoreKind, dict[str, Callable[[Day], float]]]] = {
    INTEREST: {"AUC": auc, "NDCG@10": ndcg},
    LISTING: {"recall@20": recall(20), "recall@50": recall(50), "votes in 20": share_of_votes, "AUC": auc},
}


def is_judged(kind: ScoreKind, day: Day) -> bool:
    """A day with hits and others; of announcements one of which the file holds more than a rest."""
    hits = sum(hit for hit, _, _ in day)
    return 0 < hits < len(day) and len(day) >= (50 if kind is LISTING else 8)


def interval(values: np.ndarray[Any, Any]) -> str:
    draws = np.random.default_rng(1).integers(0, len(values), (BOOTSTRAPS, len(values)))
    low, high = np.quantile(values[draws].mean(1), (0.025, 0.975))
    return f"{values.mean():+.3f} [{low:+.3f}, {high:+.3f}]"


def judge(kind: ScoreKind, cases: Sequence[Case], rules: Mapping[str, Sequence[float]], against: str) -> None:
    """Prints one line a rule, and how much better the last one is than `against`, day by day."""
    days = {rule: by_day(cases, scores) for rule, scores in rules.items()}
    last = list(rules)[-1]
    judged = [day for day, found in days[last].items() if is_judged(kind, found)]
    sizes = [len(days[last][day]) for day in judged]
    hits = sum(hit for day in judged for hit, _, _ in days[last][day])
    print(
        f"\n{kind}: {len(judged)} days, {sum(sizes)} papers, {np.mean(sizes):.1f} a day, {hits / len(judged):.1f} hits a day"
    )
    values = {
        rule: {name: np.array([measure(found[day]) for day in judged]) for name, measure in MEASURES[kind].items()}
        for rule, found in days.items()
    }
    for rule, measured in values.items():
        print(f"  {rule:<34}" + "  ".join(f"{name} {found.mean():.3f}" for name, found in measured.items()))
    if not any(rule.startswith("gradient") for rule in rules):
        print("  not run: gradient-boosted trees (pip install scikit-learn to have them)")
    for name in MEASURES[kind]:
        print(f"  {last}, {name}: {interval(values[last][name]).lstrip('+')}")
        print(f"    above {against}: {interval(values[last][name] - values[against][name])}")


def trees(kind: ScoreKind, train: Sequence[Case], test: Sequence[Case]) -> dict[str, list[float]]:
    """Gradient-boosted trees over the same facts, reported beside the linear ones; nothing where scikit-learn is not installed."""
    if importlib.util.find_spec("sklearn") is None:
        return {}
    made: Any = importlib.import_module("sklearn.ensemble")
    names = sorted({name for case in train for name in case.facts})
    known, asked = (
        np.array([[case.facts.get(name, 0.0) for name in names] for case in cases]) for cases in (train, test)
    )
    options = {"max_iter": 200, "learning_rate": 0.05, "max_leaf_nodes": 15, "min_samples_leaf": 40, "random_state": 0}
    target = np.array([case.target for case in train])
    if kind is INTEREST:
        found = made.HistGradientBoostingRegressor(**options).fit(known, target).predict(asked)
    else:
        found = made.HistGradientBoostingClassifier(**options).fit(known, target).predict_proba(asked)[:, 1]
    return {"gradient-boosted trees, facts": [float(one) for one in found]}


def facts_alone(cases: Iterable[Case], name: str) -> list[float]:
    return [case.facts[name] for case in cases]


def past_listings(cases: Iterable[Case]) -> list[float]:
    """How many authors stand on earlier lists, and how often together, both as logarithms: of the rules from these counts alone the
    best one on the days of validation."""
    return [case.facts["author_known"] + case.facts["author_sum"] for case in cases]


def run(since: str, until: str, data: Data) -> None:
    train, test = data.interest("2024-03-01", since), data.interest(since, until)
    chance = np.random.default_rng(3)
    rules: dict[str, Sequence[float]] = {
        "newest (order of the list)": [-float(n) for n in range(len(test))],
        "novelty": data.novelties(since, until),
        "max h-index": data.h_indices(since, until),
        "organisation's past mean": facts_alone(test, "organization_mean"),
        "code link": facts_alone(test, "code"),
        "topic heat": facts_alone(test, "heat"),
        "number of authors": facts_alone(test, "authors"),
        "submitter's past mean": facts_alone(test, "submitter_mean"),
        "authors' past votes": facts_alone(test, "author_best"),
        "facts alone, in whole points": in_whole_points(learned(INTEREST, without_words(train)), test),
        **trees(INTEREST, train, test),
        "interest": pointed(learned(INTEREST, train), test),
    }
    judge(INTEREST, test, rules, "authors' past votes")
    pool, unseen = data.listing("2025-03-01", since), data.listing(since, until)
    judge(
        LISTING,
        unseen,
        {
            "chance": list(chance.random(len(unseen))),
            "order announced": [-float(n) for n in range(len(unseen))],
            "number of authors": facts_alone(unseen, "authors"),
            "topic heat": facts_alone(unseen, "heat"),
            "words alone, linear": words_alone(pool, unseen),
            "authors' past listings": past_listings(unseen),
            "facts alone": pointed(learned(LISTING, without_words(pool)), unseen),
            **trees(LISTING, pool, unseen),
            "listing": pointed(learned(LISTING, pool), unseen),
        },
        "authors' past listings",
    )


def shipped(data: Data, kind: ScoreKind) -> str:
    """The table of all days of the files."""
    cases = data.interest("2024-03-01", "2026-03-01") if kind is INTEREST else data.listing("2025-03-01", "2026-03-01")
    return learned(kind, cases)


def main(words: Sequence[str]) -> None:
    data = Data()
    if "--write" in words:
        for kind in ScoreKind:
            table = shipped(data, kind)
            (FOLDER / f"{kind}.json").write_text(table, encoding="utf-8")
            print(FOLDER / f"{kind}.json", len(table))
    elif "--validate" in words:
        run("2025-10-01", "2026-01-01", data)
    else:
        run("2026-01-01", "2026-03-01", data)


if __name__ == "__main__":
    main(sys.argv[1:])
