"""What registries of authors said: who is on a paper, how often it is cited, what a career comes to, each with its age.

Knows SQL; decides nothing, and knows no upstream.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from bot.models import Cited, Credit, PaperId, Profile, Registry, YearCount
from bot.papers.kinship import ordered
from bot.store.database import Connection, Row
from bot.store.rows import readable_instant, readable_json, seconds
from bot.when.schedule import STEP

#: More than anything counts up to: what is larger was left in the row by a hand.
_MOST: Final = 10**9
#: Papers of one person by which they are found.
_CREDITED: Final = 100


# -- papers ------------------------------------------------------------------------------------------------------------


async def keep_cited(
    write: Connection, registry: Registry, asked: Collection[int], found: Mapping[int, Cited], now: datetime
) -> None:
    """What the registry said of these papers now, instead of what it said before; of the others it knows nothing."""
    await write.execute_many(
        """INSERT INTO cited (registry, paper_id, asked_at, is_known, citations)
           VALUES (:registry, :paper, :now, :known, :citations)
           ON CONFLICT (registry, paper_id) DO UPDATE SET asked_at = excluded.asked_at,
               is_known = excluded.is_known, citations = excluded.citations""",
        [
            {
                "registry": registry,
                "paper": paper,
                "now": seconds(now),
                "known": int(paper in found),
                "citations": found[paper].citations if paper in found else None,
            }
            for paper in asked
        ],
    )
    await write.execute(
        "DELETE FROM credits WHERE registry = :registry AND paper_id IN :papers",
        {"registry": registry, "papers": sorted(asked)},
    )
    await write.execute_many(
        """INSERT INTO credits (registry, paper_id, position, author_id, name, affiliation)
           VALUES (:registry, :paper, :position, :author, :name, :affiliation)""",
        [
            {
                "registry": registry,
                "paper": paper,
                "position": position,
                "author": credit.id,
                "name": credit.name,
                "affiliation": credit.affiliation,
            }
            for paper, cited in found.items()
            for position, credit in enumerate(cited.credits, 1)
        ],
    )


async def load_cited(read: Connection, paper_ids: Iterable[int]) -> dict[int, tuple[Cited, ...]]:
    """What each registry knows of these papers, by paper. A row without an instant that can be believed has no age: it is left out."""
    ids = {"ids": sorted(set(paper_ids))}
    rows = await read.all(
        """SELECT registry, paper_id, asked_at, citations FROM cited
           WHERE paper_id IN :ids AND is_known = 1 ORDER BY registry DESC""",
        ids,
    )
    named = await read.all(
        """SELECT registry, paper_id, author_id, name, affiliation FROM credits
           WHERE paper_id IN :ids ORDER BY registry, paper_id, position""",
        ids,
    )
    people: dict[tuple[str, int], list[Credit]] = {}
    for row in named:
        credit = Credit(row["name"], row["author_id"], row["affiliation"])
        people.setdefault((row["registry"], row["paper_id"]), []).append(credit)
    found: dict[int, tuple[Cited, ...]] = {}
    for row in rows:
        registry, at = _registry(row["registry"]), readable_instant(row["asked_at"])
        if registry is not None and at is not None:
            credited = tuple(people.get((registry, row["paper_id"]), ()))
            one = Cited(registry, _count(row["citations"]), credited, at)
            found[row["paper_id"]] = (*found.get(row["paper_id"], ()), one)
    return found


async def load_citations(read: Connection, paper_ids: Iterable[int]) -> dict[int, Cited]:
    """Of each of these papers what the registry says that knows most citations, without its credits: none knows of citations that there
    are not."""
    rows = await read.all(
        """SELECT registry, paper_id, asked_at, citations FROM cited
           WHERE paper_id IN :ids AND is_known = 1 AND citations IS NOT NULL ORDER BY paper_id, citations, registry""",
        {"ids": sorted(set(paper_ids))},
    )
    found: dict[int, Cited] = {}
    for row in rows:
        registry, at, count = _registry(row["registry"]), readable_instant(row["asked_at"]), _count(row["citations"])
        if registry is not None and at is not None and count is not None:
            found[row["paper_id"]] = Cited(registry, count, (), at)
    return found


async def outdated_papers(
    read: Connection,
    registry: Registry,
    paper_ids: Collection[int],
    since: datetime,
    now: datetime,
    *,
    unknown_since: datetime,
) -> list[int]:
    """Those of the papers of which the registry was not asked since then, in their order; one that it did not know has to be
    asked for since `unknown_since`."""
    rows = await read.all(
        """SELECT paper_id AS id FROM cited WHERE registry = :registry AND paper_id IN :ids
           AND asked_at BETWEEN CASE WHEN is_known = 1 THEN :since ELSE :unknown_since END AND :until""",
        {
            "registry": registry,
            "ids": sorted(set(paper_ids)),
            "since": seconds(since),
            "unknown_since": seconds(unknown_since),
            "until": seconds(now + STEP),
        },
    )
    fresh = {row["id"] for row in rows}
    return [paper for paper in dict.fromkeys(paper_ids) if paper not in fresh]


async def load_identities(read: Connection, paper_ids: Iterable[int]) -> dict[int, tuple[PaperId, ...]]:
    """The arXiv ids and DOIs of these papers, in the order in which they are shown; papers with neither, and those that were
    merged away, are absent."""
    rows = await read.all(
        """SELECT i.paper_id, i.scheme, i.value FROM paper_ids AS i JOIN papers AS p ON p.id = i.paper_id
           WHERE i.paper_id IN :ids AND i.scheme IN ('arxiv', 'doi') AND p.merged_into IS NULL""",
        {"ids": sorted(set(paper_ids))},
    )
    found: dict[int, list[PaperId]] = {}
    for row in rows:
        found.setdefault(row["paper_id"], []).append(PaperId(row["scheme"], row["value"]))
    return {paper: ordered(ids) for paper, ids in found.items()}


async def merge_papers(write: Connection, duplicate: int, kept: int) -> None:
    """What was said of `duplicate` is said of `kept`. What a registry said of that one stays, unless it did not know it."""
    ids = {"old": duplicate, "new": kept}
    await write.execute(
        """DELETE FROM cited WHERE paper_id = :new AND is_known = 0
           AND registry IN (SELECT registry FROM cited WHERE paper_id = :old AND is_known = 1)""",
        ids,
    )
    for table, same in (
        ("credits", "true"),
        ("cited", "true"),
        ("wanted_papers", "kept.name = wanted_papers.name"),
    ):
        of_kept = "cited" if table == "credits" else table  # the authors go with what was said
        await write.execute(
            f"""DELETE FROM {table} WHERE paper_id = :old AND EXISTS (SELECT 1 FROM {of_kept} AS kept
                WHERE kept.paper_id = :new AND kept.registry = {table}.registry AND {same})""",  # noqa: S608
            ids,
        )
        await write.execute(f"UPDATE {table} SET paper_id = :new WHERE paper_id = :old", ids)  # noqa: S608


# -- people ------------------------------------------------------------------------------------------------------------


async def keep_profiles(
    write: Connection, registry: Registry, asked: Collection[str], found: Mapping[str, Profile], now: datetime
) -> None:
    """Who these ids stand for now; those that were not found stand for nobody."""
    profiles = {profile.id: profile for profile in found.values()}
    became = {one: found[one].id if one in found else None for one in asked} | {one: one for one in profiles}
    await write.execute_many(
        """INSERT INTO author_ids (registry, id, asked_at, profile_id) VALUES (:registry, :id, :now, :profile)
           ON CONFLICT (registry, id) DO UPDATE SET asked_at = excluded.asked_at, profile_id = excluded.profile_id""",
        [{"registry": registry, "id": one, "now": seconds(now), "profile": profile} for one, profile in became.items()],
    )
    await write.execute_many(
        """INSERT INTO profiles (registry, id, name, h_index, papers, citations, affiliation, affiliated, orcid, homepage,
               aliases, years, fetched_at)
           VALUES (:registry, :id, :name, :h_index, :papers, :citations, :affiliation, :affiliated, :orcid, :homepage,
               :aliases, :years, :now)
           ON CONFLICT (registry, id) DO UPDATE SET name = excluded.name, h_index = excluded.h_index,
               papers = excluded.papers, citations = excluded.citations, affiliation = excluded.affiliation,
               affiliated = excluded.affiliated, orcid = excluded.orcid, homepage = excluded.homepage,
               aliases = excluded.aliases, years = excluded.years, fetched_at = excluded.fetched_at""",
        [_columns(profile, now) for profile in profiles.values()],
    )


def _columns(profile: Profile, now: datetime) -> dict[str, Any]:
    return {
        "registry": profile.registry,
        "id": profile.id,
        "name": profile.name,
        "h_index": profile.h_index,
        "papers": profile.papers,
        "citations": profile.citations,
        "affiliation": profile.affiliation,
        "affiliated": profile.affiliated,
        "orcid": profile.orcid,
        "homepage": profile.homepage,
        "aliases": json.dumps(profile.aliases, ensure_ascii=False),
        "years": json.dumps([[one.year, one.papers, one.citations] for one in profile.years]),
        "now": seconds(now),
    }


async def load_profiles(read: Connection, registry: Registry, ids: Collection[str]) -> dict[str, Profile]:
    """The people of these ids, by the id that was asked; one that became another has that one's profile."""
    rows = await read.all(
        """SELECT a.id AS asked, p.* FROM author_ids AS a
           JOIN profiles AS p ON p.registry = a.registry AND p.id = a.profile_id
           WHERE a.registry = :registry AND a.id IN :ids""",
        {"registry": registry, "ids": sorted(set(ids))},
    )
    read_as = {row["asked"]: _profile(row, registry) for row in rows}
    return {asked: profile for asked, profile in read_as.items() if profile is not None}


async def credited_to(read: Connection, profile: Profile) -> dict[int, int]:
    """The papers that are credited to the person, under this id or one that became it, with their place on each."""
    rows = await read.all(
        """SELECT c.paper_id, c.position FROM credits AS c JOIN papers AS p ON p.id = c.paper_id
           WHERE c.registry = :registry AND p.merged_into IS NULL AND (c.author_id = :id OR c.author_id IN (
               SELECT id FROM author_ids WHERE registry = :registry AND profile_id = :id))
           ORDER BY c.paper_id DESC LIMIT :most""",
        {"registry": profile.registry, "id": profile.id, "most": _CREDITED},
    )
    return {row["paper_id"]: row["position"] for row in rows}


async def find_orcid(read: Connection, orcid: str) -> Profile | None:
    """Whom a registry says to have this ORCID; of several the one with most papers."""
    rows = await read.all(
        """SELECT p.* FROM profiles AS p
           JOIN author_ids AS a ON a.registry = p.registry AND a.id = p.id AND a.profile_id = p.id
           WHERE p.orcid = :orcid ORDER BY p.papers DESC NULLS LAST, p.registry DESC, p.id""",
        {"orcid": orcid},
    )
    found = (_profile(row, registry) for row in rows if (registry := _registry(row["registry"])))
    return next((profile for profile in found if profile), None)


def _profile(row: Row, registry: Registry) -> Profile | None:
    """The person; None where nobody can say of when the figures are."""
    at = readable_instant(row["fetched_at"])
    if at is None:
        return None
    aliases = readable_json(row["aliases"])
    return Profile(
        registry,
        row["id"],
        row["name"],
        at,
        h_index=_count(row["h_index"]),
        papers=_count(row["papers"]),
        citations=_count(row["citations"]),
        affiliation=row["affiliation"],
        affiliated=_count(row["affiliated"]),
        orcid=row["orcid"],
        homepage=row["homepage"],
        aliases=tuple(a for a in aliases if isinstance(a, str)) if isinstance(aliases, list) else (),
        years=_years(row["years"]),
    )


def _years(text: str) -> tuple[YearCount, ...]:
    value = readable_json(text)
    return tuple(
        YearCount(one[0], _count(one[1]), _count(one[2]))
        for one in (value if isinstance(value, list) else ())
        if isinstance(one, list) and len(one) == 3 and isinstance(one[0], int) and 0 < one[0] < 10_000
    )


async def outdated_authors(
    read: Connection, registry: Registry, ids: Collection[str], since: datetime, now: datetime
) -> list[str]:
    """Those of the ids after which the registry was not asked since then, in their order."""
    rows = await read.all(
        """SELECT id FROM author_ids WHERE registry = :registry AND id IN :ids AND asked_at BETWEEN :since AND :until""",
        {"registry": registry, "ids": sorted(set(ids)), "since": seconds(since), "until": seconds(now + STEP)},
    )
    fresh = {row["id"] for row in rows}
    return [one for one in dict.fromkeys(ids) if one not in fresh]


async def papers_asked(read: Connection, profile: Profile) -> datetime | None:
    """When the person's papers were asked for last."""
    return readable_instant(
        await read.value(
            "SELECT papers_at FROM profiles WHERE registry = :registry AND id = :id",
            {"registry": profile.registry, "id": profile.id},
        )
    )


async def note_papers_asked(write: Connection, profile: Profile, now: datetime) -> None:
    await write.execute(
        "UPDATE profiles SET papers_at = :now WHERE registry = :registry AND id = :id",
        {"registry": profile.registry, "id": profile.id, "now": seconds(now)},
    )


def _registry(name: str) -> Registry | None:
    return next((one for one in Registry if one == name), None)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < _MOST else None
