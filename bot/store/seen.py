"""What standing queries saw last of the shares of each paper that is news: its score and its novelty in whole percents.

Knows SQL; what is done when one moves is `bot/ingest/figures.py`'s word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.models import Novelty, Paper, Score, ScoreKind
from bot.store import novelty, scores
from bot.store.database import Connection
from bot.store.rows import seconds

__all__ = ["Seen", "as_seen", "forget", "forget_old", "keep", "load", "load_now", "note"]

_PORTION: Final = 2_000


@dataclass(frozen=True, slots=True)
class Seen:
    """The shares of a paper in whole percents, None where one is not known. `is_whole`: it was looked at since before it had any, so
    that all it came to was told."""

    score: int | None = None
    novelty: int | None = None
    is_whole: bool = False


def as_seen(paper: Paper, last: Seen) -> Paper:
    """The paper with the shares that were seen last, and nothing of what they are made of."""
    at = paper.first_seen
    return replace(
        paper,
        score=None if last.score is None else Score(ScoreKind.LISTING, 0.0, last.score, "", 0, (), 0, 0, at),
        novelty=None if last.novelty is None else Novelty(0.0, last.novelty, "", 0, (), at),
    )


async def load(read: Connection, paper_ids: Iterable[int]) -> dict[int, Seen]:
    """What was seen of those of these papers at which somebody looked."""
    ids = list(paper_ids)
    found: dict[int, Seen] = {}
    for start in range(0, len(ids), _PORTION):
        rows = await read.all(
            "SELECT * FROM seen_figures WHERE paper_id IN :ids", {"ids": ids[start : start + _PORTION]}
        )
        found |= {row["paper_id"]: Seen(row["score"], row["novelty"], bool(row["is_whole"])) for row in rows}
    return found


async def load_now(read: Connection, paper_ids: Collection[int], facts: Collection[str]) -> dict[int, dict[str, int]]:
    """The shares as they are now of each of these papers, as far as they are asked for and known."""
    found: dict[int, dict[str, int]] = {paper: {} for paper in paper_ids}
    for fact in facts:
        loaded = await (scores if fact == "score" else novelty).load_percents(read, paper_ids)
        for paper, percent in loaded.items():
            found[paper][fact] = int(percent)
    return found


async def note(write: Connection, paper_ids: Iterable[int]) -> None:
    """Takes down what these papers have now, where nobody has looked at them yet: what they had before they were news is none."""
    ids = list(paper_ids)
    known = await load(write, ids)
    missing = [paper for paper in ids if paper not in known]
    if missing:
        scored, compared = await scores.load_scores(write, missing), await novelty.load_novelty(write, missing)
        await keep(write, {paper: _seen(scored.get(paper), compared.get(paper)) for paper in missing})


def _seen(score: Score | None, novel: Novelty | None) -> Seen:
    """What was seen of a paper at which nobody had looked."""
    shares = [None if one is None or one.percent is None else int(one.percent) for one in (score, novel)]
    return Seen(shares[0], shares[1], shares == [None, None])


async def keep(write: Connection, seen: Mapping[int, Seen]) -> None:
    """This was seen of these papers now."""
    await write.execute_many(
        """INSERT INTO seen_figures (paper_id, score, novelty, is_whole) VALUES (:paper, :score, :novelty, :whole)
           ON CONFLICT (paper_id) DO UPDATE SET score = excluded.score, novelty = excluded.novelty""",
        [
            {"paper": paper, "score": one.score, "novelty": one.novelty, "whole": int(one.is_whole)}
            for paper, one in seen.items()
        ],
    )


async def forget(write: Connection, paper: int) -> None:
    """Forgets what was seen of a paper that has become part of another."""
    await write.execute("DELETE FROM seen_figures WHERE paper_id = :paper", {"paper": paper})


async def forget_old(write: Connection, since: datetime) -> None:
    """Forgets the papers that were not news since then."""
    await write.execute(
        """DELETE FROM seen_figures WHERE paper_id NOT IN
           (SELECT paper_id FROM events WHERE eligible = 1 AND recorded_at >= :since)""",
        {"since": seconds(since)},
    )
