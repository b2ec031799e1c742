"""Scores, novelty and citations in words: in one line of a paper's card, and what each is made of.

PURE. Knows how a score is said; what it is made of is its own word. No number stands without what it is of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.language.text import clean
from bot.models import AVERAGE, Heading, Novelty, Paper, Score, ScoreKind, ScorePart
from bot.papers.links import abstract_url
from bot.show.cards import AMBER, Card, Embed
from bot.show.safe import safe, shown
from bot.show.wording import counted, joined, title_text, when

__all__ = ["is_scored", "reading_text", "score_card", "scored_line", "scored_words", "tenths"]

_KINDS: Final = {
    ScoreKind.INTEREST: "interest among the papers of the daily lists",
    ScoreKind.LISTING: "the chance to come on a daily list",
}
#: Parts that a card names; behind the button all stand.
_NAMED: Final = 3


def is_scored(paper: Paper) -> bool:
    """Whether there is anything to explain."""
    return paper.score is not None or paper.novelty is not None


def scored_line(paper: Paper) -> str:
    """Interest with its largest parts, novelty and citations, as far as they are known; empty for none."""
    parts = []
    score = paper.score
    if score and score.percent is not None:
        why = ", ".join(_part(part) for part in [part for part in _largest(score) if part.name != AVERAGE][:_NAMED])
        said = ", ".join(part for part in (why, reading_text(score.lists)) if part)
        parts.append(f"**Interest {tenths(score.percent)}** of 100" + (f" ({said})" if said else ""))
    parts += _others(paper, lambda instant: f", {when(instant, 'R')}")
    return " · ".join(parts)


def scored_words(paper: Paper) -> str:
    """The same for places that show no markup."""
    score = paper.score
    parts = []
    if score and score.percent is not None:
        reading = reading_text(score.lists)
        parts = [f"interest {tenths(score.percent)} of 100" + (f" ({reading})" if reading else "")]
    return " · ".join(parts + _others(paper, lambda instant: f", {instant:%Y-%m-%d}"))


def tenths(percent: float) -> str:
    """A share to one decimal, never more than it is: nothing has more points than all of its group."""
    return f"{math.floor(percent * 10 + 1e-9) / 10:.1f}"


def reading_text(lists: tuple[int, int] | None) -> str:
    """How far past lists are read, where that is not to the end: `reading past lists: 310 of 970 days`."""
    if lists is None:
        return ""
    done, total = lists
    return f"reading past lists: {done:,} of {total:,} days"


def _others(paper: Paper, since: Callable[[datetime], str]) -> list[str]:
    parts = []
    if paper.novelty and paper.novelty.percent is not None:
        parts.append(f"novelty {int(paper.novelty.percent)}%")
    if paper.cited and paper.cited.citations:
        said = f"{paper.cited.registry.called}{since(paper.cited.fetched)}"
        parts.append(f"{counted(paper.cited.citations, 'citation')} ({said})")
    return parts


def score_card(paper: Paper, nearest: Mapping[int, Heading]) -> Card:
    """What the score and the novelty of a paper are made of. `nearest` are the headings of the papers that its novelty names."""
    lines = [f"**[{title_text(paper, 200)}]({abstract_url(paper.main_id)})**"]
    if paper.score:
        lines += ["", *_score_lines(paper.score)]
    if paper.novelty:
        lines += ["", *_novelty_lines(paper.novelty, nearest)]
    if len(lines) == 1:
        text = f"{lines[0]}\n\nI know too little of this paper for a score: none of its authors was on a daily list before."
        return Card(embeds=(Embed(description=text, color=AMBER),))
    lines += [
        "",
        "-# The formulas, and what they were judged on: docs/scores.md. A score is no judgement of a paper's worth.",
    ]
    return Card(embeds=(Embed(description="\n".join(lines)),))


def _score_lines(score: Score) -> list[str]:
    if score.percent is None:
        size = counted(score.group_size, "paper")
        head = f"**{score.points:+.1f} points** of {_KINDS[score.kind]}. Too few papers to compare it with ({size})."
    else:
        of = safe(score.group, 100)
        group = of if of.startswith("papers ") else f"papers of {of}"
        head = (
            f"**Interest {tenths(score.percent)} of 100**: it has more points than {int(score.percent)}% of {score.group_size:,} {group}. "
            f"The points are of {_KINDS[score.kind]}."
        )
    was = "was" if score.known_authors == 1 else "were"
    known = f"{score.known_authors} of {counted(score.authors, 'author')} {was} on an earlier list."
    reading = f"; {text}" if (text := reading_text(score.lists)) else ""
    return [
        head,
        *(f"- {_part(part)}" for part in _largest(score)),
        f"-# {known} As of {when(score.as_of, 'd')}{reading}.",
    ]


def _novelty_lines(novelty: Novelty, nearest: Mapping[int, Heading]) -> list[str]:
    if novelty.percent is None:
        head = f"**Novelty**: too little earlier work in {safe(novelty.category, 40)} here to say ({novelty.category_size:,} papers)."
    else:
        head = (
            f"**Novelty {int(novelty.percent)}%**: its words are further from earlier papers here than those of {int(novelty.percent)}% "
            f"of {novelty.category_size:,} papers of {safe(novelty.category, 40)}."
        )
    if any(paper in nearest for paper, _, _ in novelty.nearest):
        head += " Closest earlier work:"
    lines = [head]
    for paper, percent, words in novelty.nearest[:_NAMED]:
        if heading := nearest.get(paper):
            title = f"[{shown(heading.title, 150)}]({abstract_url(heading.identity)})"
            shared = f": {joined([safe(word, 40) for word in words], 150)}" if words else ""
            lines.append(f"- {title}, {percent}% alike{shared}")
    return lines


def _largest(score: Score) -> Sequence[ScorePart]:
    return sorted((part for part in score.parts if abs(part.points) >= 0.05), key=lambda part: -abs(part.points))


def _part(part: ScorePart) -> str:
    return f"{safe(clean(part.name), 60)} {part.points:+.1f}".replace("-", "−")
