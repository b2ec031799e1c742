"""The table of name pairs, `name_cases.txt`: one person's spellings, and other people who are near."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.language.name_matching import compatible
from bot.language.names import parse

TABLE: Final = Path(__file__).with_suffix(".txt")


@dataclass(frozen=True)
class Case:
    """Two names; `half` says when they were chosen, `same` whether they are one person's."""

    half: str
    custom: str
    same: bool
    one: str
    other: str


def cases() -> list[Case]:
    half, found = "", []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            half = line.strip("[]")
        elif line and not line.startswith("#"):
            custom, sign, one, other = line.split(" | ")
            found.append(Case(half, custom, {"=": True, "!": False}[sign], one, other))
    return found


@dataclass(frozen=True)
class Score:
    """How many pairs are rightly said to be one person's, wrongly so, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def score(chosen: Iterable[Case]) -> Score:
    counts = {(True, True): 0, (False, True): 0, (True, False): 0, (False, False): 0}
    for case in chosen:
        counts[case.same, compatible(parse(case.one), parse(case.other)) is not None] += 1
    return Score(counts[True, True], counts[False, True], counts[True, False])
