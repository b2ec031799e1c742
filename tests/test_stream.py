"""Nine days of the real announcement stream (in `make soak` the month), all repetitions, 1,000 subscriptions, virtual time.

What the store, the matcher and the outbox make of it is compared with a computation that shares no code with them.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import string
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.audit.auditor import Auditor
from bot.audit.repairs import Repairer
from bot.following.subscriptions import Subscriptions
from bot.ingest.ingest import Ingest
from bot.models import Batch, Cadence, Event, EventKind, OwnerKind, Recipient, Record, SubscriptionKind
from bot.query.matching import Matcher
from bot.search.search import Search
from bot.store.database import Database
from tests.amount import WHOLE
from tests.conftest import HandClock, arxiv

MONTH = "2026-01"  # the one with the most repetitions
DAYS = 31 if WHOLE else 9
PEOPLE, SUBSCRIPTIONS = 150, 1000
COMMON = ("model", "learning", "language", "network", "data", "image", "agent", "training", "policy", "robot", "graph")


@dataclass(frozen=True)
class Row:
    id: str
    title: str
    abstract: str
    categories: tuple[str, ...]


def read_papers(folder: Path, wanted: set[str]) -> dict[str, Row]:
    found = {}
    with gzip.open(folder / "arxiv_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            if raw["id"] in wanted:
                found[raw["id"]] = Row(raw["id"], raw["title"], raw["abstract"] or "", tuple(raw["categories"]))
    return found


def read_stream(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Day → (id, list it stood on), in arrival order."""
    days: dict[str, list[tuple[str, str]]] = {}
    with gzip.open(folder / "announce_stream_dev.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            day, identity, source = line.rstrip("\n").split("\t")
            if f"{MONTH}-01" <= day <= f"{MONTH}-{DAYS:02}":
                days.setdefault(day, []).append((identity, source))
    return days


class Stream:
    """One list of the stream as a source: each day's entries as they came, repeated ones and all."""

    def __init__(self, name: str, days: dict[str, list[tuple[str, str]]], papers: dict[str, Row]) -> None:
        self._name, self._days, self._papers = name, days, papers

    @property
    def name(self) -> str:
        return f"stream:{self._name}"

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        return now

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        if cursor is None:
            yield Batch((), "started")
            return
        day = now.date().isoformat()
        ids = [identity for identity, source in self._days.get(day, []) if source == self._name]
        records = [self._record(self._papers[i], now) for i in ids if i in self._papers]
        yield Batch(tuple(records), day)

    def _record(self, row: Row, now: datetime) -> Record:
        return Record(
            self.name,
            (arxiv(row.id),),
            row.title,
            Event(EventKind.ANNOUNCED, now),
            row.abstract,
            categories=row.categories,
        )


def words_of(text: str) -> list[str]:
    """Words as one sees them in plain ASCII text: lower case, split at everything that is no letter or digit; no `'s`."""
    return re.findall(r"[a-z0-9]+", re.sub(r"'s\b", "", text.lower()))


def is_plain(row: Row) -> bool:
    """Text without TeX, accents or entities, about which the naive reader below cannot be wrong."""
    allowed = set(string.ascii_letters + string.digits + " \n.,;:()?!%/-'\"=*[]")
    return set(row.title + row.abstract) <= allowed


def padded(row: Row) -> list[str]:
    """Title and abstract as words between single spaces."""
    return [f" {' '.join(words_of(text))} " for text in (row.title, row.abstract)]


def naive(fields: list[str], query: str) -> bool:
    """Every phrase in quotes stands somewhere, none of those behind a minus does."""
    return all(
        any(f" {phrase} " in field for field in fields) != bool(minus)
        for minus, phrase in re.findall(r'(-?)"([^"]+)"', query)
    )


def queries(rows: list[Row], dice: random.Random) -> list[str]:
    """Phrases out of real titles, common words, two terms, exclusions: all in quotes, since stemming is another test's."""
    made = []
    for _ in range(SUBSCRIPTIONS):
        title = [w for w in words_of(dice.choice(rows).title) if w.isalpha()]
        at = dice.randrange(max(1, len(title) - 1))
        phrase = f'"{" ".join(title[at : at + dice.choice([1, 2, 2, 3])]) or "model"}"'
        kind = dice.random()
        if kind < 0.1:
            phrase = f'"{dice.choice(COMMON)}"'
        elif kind < 0.4:
            phrase += f' "{dice.choice(COMMON)}"'
        elif kind < 0.5:
            phrase = f'"{dice.choice(COMMON)}" -"{dice.choice(COMMON)} {dice.choice(COMMON)}" -"survey"'
        made.append(phrase)
    return made


async def test_the_real_stream_makes_one_alert_for_each_recipient_and_paper(data: Path, database: Database) -> None:
    days = read_stream(data)
    every = {identity for entries in days.values() for identity, _ in entries}
    papers = {i: row for i, row in read_papers(data, every).items() if is_plain(row)}
    entries = sum(identity in papers for found in days.values() for identity, _ in found)
    dice = random.Random(MONTH)
    clock = HandClock(datetime.fromisoformat(f"{MONTH}-01T00:00:00+00:00") - timedelta(days=1))
    matcher = Matcher()
    service = Subscriptions(database, Search(database, clock), matcher, clock)
    wanted: dict[int, list[str]] = {}
    for text in queries(list(papers.values()), dice):
        person = dice.randrange(1, PEOPLE + 1)
        cadence = dice.choice(list(Cadence))
        await service.subscribe(person, SubscriptionKind.KEYWORD, text, cadence)
        wanted.setdefault(person, []).append(text)
    lists = sorted({source for found in days.values() for _, source in found})
    ingest = Ingest(database, [Stream(name, days, papers) for name in lists], matcher, clock)
    await ingest.ingest_all()  # the silent first look
    enqueued = 0
    for day in range(1, DAYS + 1):
        clock.now = datetime(2026, 1, day, 6, tzinfo=UTC)
        for _ in range(2):  # every day is read twice, as after a restart
            enqueued += sum(report.alerts for report in await ingest.ingest_all())

    expected = {
        (person, identity)
        for identity, fields in ((i, padded(row)) for i, row in papers.items())
        for person, texts in wanted.items()
        if any(naive(fields, text) for text in texts)
    }
    async with database.reading() as read:
        rows = await read.all(
            "SELECT a.recipient_id, i.value FROM alerts a JOIN paper_ids i USING (paper_id) WHERE a.recipient_kind = 'user'"
        )
        stored = await read.value("SELECT count(*) FROM papers")
    alerts = Counter((row[0], row[1]) for row in rows)
    standing = sum([len(await service.list_for(Recipient(OwnerKind.USER, p))) for p in wanted])
    print(
        f"\n{MONTH}, {DAYS} days: {entries:,} entries of {len(papers):,} papers on {len(days)} days and {len(lists)} lists, "
        f"{entries - len(papers):,} of them repetitions; {standing} subscriptions of {len(wanted)} people; "
        f"{len(expected):,} alerts expected, {len(alerts):,} made"
    )
    assert stored == len({i for i in every if i in papers})
    assert enqueued == len(rows)
    assert not {pair for pair in expected if pair not in alerts}, "missing"
    assert not {pair for pair in alerts if pair not in expected}, "nobody asked for these"
    assert set(alerts.values()) == {1}
    assert len(expected) > 5_000
    await audit_finds_what_is_missing_and_nothing_else(database, clock, ingest, dice)


async def audit_finds_what_is_missing_and_nothing_else(
    database: Database, clock: HandClock, ingest: Ingest, dice: random.Random
) -> None:
    """The daily proof over the same days: no gap; and alerts that vanish are found and made again, no other."""
    auditor = Auditor(database, clock, ingest.live)
    proof = await auditor.audit(30)
    print(
        f"audit: {sum(d.announced for d in proof.days):,} papers of {len(proof.days)} days, "
        f"{sum(d.matched for d in proof.days):,} matches anew"
    )
    assert proof.gaps == ()
    assert proof.silent == ()
    assert sum(day.matched for day in proof.days) > 5_000
    since = int((clock() - timedelta(days=14)).timestamp())
    async with database.transaction() as write:
        rows = await write.all(
            "SELECT id, recipient_id, paper_id FROM alerts WHERE created_at > :since", {"since": since}
        )
        gone = dice.sample(rows, 40)
        for row in gone:
            await write.execute("DELETE FROM alerts WHERE id = :id", {"id": row["id"]})
    done = await Repairer(database, clock, auditor, ingest).repair()
    assert {(g.recipient.id, g.paper_id) for g in done.proof.gaps} == {(r["recipient_id"], r["paper_id"]) for r in gone}
    assert done.late == len(gone)
    assert (await auditor.audit()).gaps == ()
