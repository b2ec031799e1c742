"""The words of papers as numbers, and the papers of each word: the tables that `bot/query/likeness.py` is computed from.

Knows how both are packed; what the numbers mean is that module's word. Must not know what is done with who is alike.
"""

from __future__ import annotations

import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from bot.query.likeness import Counts, Frequencies, vector
from bot.store import novelty
from bot.store.database import Connection

__all__ = [
    "add_papers",
    "count_waiting",
    "load_counts",
    "load_frequencies",
    "load_packed_counts",
    "load_packed_postings",
    "load_postings",
    "next_waiting",
    "pack_numbers",
    "unpack_numbers",
    "wait",
    "within",
]

#: Papers in one block of postings: it fits into a page of the file.
_BLOCK: Final = 700
#: What a weight of 0 … 1 is kept as; few words weigh more than the half of their paper.
_SCALE: Final = 400
_PORTION: Final = 20_000
#: The largest number that is kept in four bytes.
_MOST: Final = 2**32 - 1


async def count_waiting(read: Connection) -> int:
    """How many papers wait for their words to be counted."""
    return int(await read.value("SELECT count(*) FROM similar_queue"))


async def next_waiting(read: Connection, limit: int) -> dict[int, int]:
    """The first papers that wait, by id, each with how often it was asked for."""
    rows = await read.all("SELECT paper_id, asked FROM similar_queue ORDER BY paper_id LIMIT :limit", {"limit": limit})
    return {row["paper_id"]: row["asked"] for row in rows}


async def load_frequencies(read: Connection) -> Frequencies:
    """In how many papers each word is."""
    numbers, counts = array("I"), array("I")
    last = -1
    while True:
        rows = await read.all(
            """SELECT word, papers FROM similar_words WHERE word > :last AND word <= :most AND papers BETWEEN 1 AND :most
               ORDER BY word LIMIT :limit""",
            {"last": last, "most": _MOST, "limit": _PORTION},
        )
        numbers.extend(row[0] for row in rows)
        counts.extend(row[1] for row in rows)
        if len(rows) < _PORTION:
            break
        last = rows[-1][0]
    return Frequencies(numbers, counts, int(await read.value("SELECT count(*) FROM similar_papers")))


async def load_counts(read: Connection, paper_ids: Iterable[int]) -> dict[int, Counts]:
    """The counted words of those papers that have them and can be read, by id."""
    rows = await read.all(
        "SELECT paper_id, words, counts FROM similar_papers WHERE paper_id IN :ids", {"ids": list(paper_ids)}
    )
    return {
        row["paper_id"]: dict(zip(words, row["counts"], strict=True))
        for row in rows
        if (words := unpack_numbers(row["words"], row["counts"])) is not None
    }


async def load_postings(read: Connection, words: Iterable[int]) -> list[tuple[int, array[int], list[float]]]:
    """(word, papers that have it, how much it weighs in each), in blocks; without those that cannot be read."""
    rows = await read.all(
        "SELECT word, papers, weights FROM similar_postings WHERE word IN :words", {"words": list(words)}
    )
    return [
        (row[0], papers, [byte / _SCALE for byte in row[2]])
        for row in rows
        if (papers := unpack_numbers(row[1], row[2])) is not None
    ]


async def load_packed_counts(read: Connection, paper_ids: Iterable[int]) -> dict[int, tuple[bytes, bytes]]:
    """The counted words of those papers that have them, as they are kept: little-endian 32-bit numbers that ascend, and a byte each."""
    rows = await read.all(
        "SELECT paper_id, words, counts FROM similar_papers WHERE paper_id IN :ids", {"ids": list(paper_ids)}
    )
    return {row[0]: (row[1], row[2]) for row in rows if len(row[1]) == 4 * len(row[2])}


async def load_packed_postings(read: Connection, words: Iterable[int]) -> list[tuple[int, bytes, bytes]]:
    """(word, papers that have it, how much it weighs in each), in blocks as they are kept: little-endian 32-bit numbers, and a byte
    in proportion to each weight."""
    rows = await read.all(
        "SELECT word, papers, weights FROM similar_postings WHERE word IN :words", {"words": list(words)}
    )
    return [(row[0], row[1], row[2]) for row in rows if len(row[1]) == 4 * len(row[2])]


async def within(read: Connection, paper_ids: Iterable[int], since: int) -> set[int]:
    """Those of the papers that were news since then, in Unix seconds."""
    return set(
        await read.ids(
            "SELECT id FROM papers WHERE id IN :ids AND news_at >= :since", {"ids": list(paper_ids), "since": since}
        )
    )


async def add_papers(
    write: Connection, waiting: Mapping[int, int], counts: Mapping[int, Counts], frequencies: Frequencies
) -> None:
    """Keeps the counted words of these papers, which then wait no longer, unless they were asked for once more; one without counts is
    forgotten. `frequencies` are those of before, and become those of now: useless if the transaction fails."""
    ids = list(waiting)
    before = await load_counts(write, ids)
    changes: dict[int, int] = defaultdict(int)
    for own in before.values():
        for word in own:
            changes[word] -= 1
    for own in counts.values():
        for word in own:
            changes[word] += 1
    frequencies.add(changes, len(counts) - len(before))
    await write.execute_many(
        """INSERT INTO similar_words (word, papers) VALUES (:word, :change)
           ON CONFLICT (word) DO UPDATE SET papers = similar_words.papers + excluded.papers""",
        [{"word": word, "change": change} for word, change in changes.items() if change],
    )
    await write.execute("DELETE FROM similar_papers WHERE paper_id IN :ids", {"ids": ids})
    await write.execute_many(
        "INSERT INTO similar_papers (paper_id, words, counts) VALUES (:paper, :words, :counts)",
        [
            {"paper": paper, "words": pack_numbers(words), "counts": bytes(own[word] for word in words)}
            for paper, own in counts.items()
            for words in (sorted(own),)
        ],
    )
    await _add_postings(write, before, counts, frequencies)
    await novelty.wait(write, counts)
    await novelty.forget(write, [paper for paper in ids if paper not in counts])
    await write.execute_many(
        "DELETE FROM similar_queue WHERE paper_id = :paper AND asked = :asked",
        [{"paper": paper, "asked": asked} for paper, asked in waiting.items()],
    )


async def wait(write: Connection, paper_ids: Iterable[int]) -> None:
    """Lets the words of these papers be counted anew."""
    await write.execute_many(
        """INSERT INTO similar_queue (paper_id) VALUES (:paper)
           ON CONFLICT (paper_id) DO UPDATE SET asked = similar_queue.asked + 1""",
        [{"paper": paper} for paper in paper_ids],
    )


async def _add_postings(
    write: Connection, before: Mapping[int, Counts], counts: Mapping[int, Counts], frequencies: Frequencies
) -> None:
    """Puts each paper under those of its words that are new to it and not common."""
    new: dict[int, tuple[array[int], bytearray]] = {}
    for paper, own in sorted(counts.items()):
        known = before.get(paper, {})
        for word, weight in vector(own, frequencies).items():
            if word not in known and not frequencies.is_common(word):
                papers, weights = new.setdefault(word, (array("I"), bytearray()))
                papers.append(paper)
                weights.append(min(255, round(weight * _SCALE)))
    rows = []
    for word, block, filled, beside in await _last_blocks(write, new):
        own_papers, own_weights = new.pop(word)
        if filled is None or len(beside) + len(own_weights) > _BLOCK:
            rows.append((word, block + 1, own_papers, own_weights))
        else:
            rows.append((word, block, filled + own_papers, beside + own_weights))
    rows += [(word, 0, papers, weights) for word, (papers, weights) in new.items()]
    await write.execute_many(
        """INSERT INTO similar_postings (word, block, papers, weights) VALUES (:word, :block, :papers, :weights)
           ON CONFLICT (word, block) DO UPDATE SET papers = excluded.papers, weights = excluded.weights""",
        [
            {"word": word, "block": block, "papers": pack_numbers(papers), "weights": bytes(weights)}
            for word, block, papers, weights in rows
        ],
    )


async def _last_blocks(write: Connection, words: Iterable[int]) -> list[tuple[int, int, array[int] | None, bytearray]]:
    """(word, block, papers, weights): the block of each word that is being filled; without papers where it cannot be read."""
    rows = await write.all(
        """SELECT p.word, p.block, p.papers, p.weights FROM similar_postings AS p
           JOIN (SELECT word, max(block) AS block FROM similar_postings WHERE word IN :words GROUP BY word) AS last
             ON last.word = p.word AND last.block = p.block""",
        {"words": list(words)},
    )
    return [(row[0], row[1], unpack_numbers(row[2], row[3]), bytearray(row[3])) for row in rows]


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """The numbers as bytes, the lowest first, on every machine."""
    found = array("I", numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


def unpack_numbers(packed: bytes, beside: bytes) -> array[int] | None:
    """The numbers, of which each has a byte beside it; None for others, which no writer of ours leaves."""
    if len(packed) != 4 * len(beside):
        return None
    found = array("I")
    found.frombytes(packed)
    if sys.byteorder == "big":
        found.byteswap()
    return found
