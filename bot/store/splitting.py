"""A paper that was two is two again: a preprint and an article that only looked like one. Knows SQL; knows nobody who asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.errors import BadInputError, NotFoundError
from bot.models import NOTED, EventKind, Paper, PaperId, SourceKind, kind_of
from bot.papers.kinship import is_preprint
from bot.papers.merging import Provenance
from bot.store import events, kin, meta, namesakes, papers, refreshes, scores, search
from bot.store.database import Connection
from bot.store.rows import INSERT_PAPER, UPDATE_PAPER, paper_columns, readable_json

#: What a list, its votes and what was revised say is of the preprint; what was noted is of the article.
_OF_PREPRINTS: Final = (
    EventKind.CROSS_LISTED,
    EventKind.REVISED,
    EventKind.WITHDRAWN,
    EventKind.LISTED,
    EventKind.CODE_RELEASED,
)
_OF_ARTICLES: Final = tuple(kind for kind in NOTED if kind is not EventKind.PUBLISHED)


async def split(write: Connection, identity: PaperId) -> tuple[Paper, Paper]:
    """Makes a preprint and its article two papers, and keeps in mind that they are. Returns the one that was told, with its
    alerts and messages, and the other, which is news when a source states it next.

    Raises NotFoundError, and BadInputError for a paper that is not both.
    """
    paper = await papers.find_paper(write, identity)
    if paper is None:
        raise NotFoundError(f"`{identity}` is not in the collection.")
    preprints = tuple(filter(is_preprint, paper.ids))
    articles = tuple(i for i in paper.ids if i not in preprints)  # an address is mostly that of a journal's feed
    was_published = any(note.kind is EventKind.PUBLISHED for note in paper.notes)
    if not preprints or not (any(i.scheme == "doi" for i in articles) or (articles and was_published)):
        raise BadInputError(f"`{identity}` is not both a preprint and an article: there is nothing to split.")
    await kin.keep_apart(write, preprints, articles)
    number = await meta.reserve(write, "next_paper", 1, await search.newest_id(write) + 1)
    by_journal = kind_of(await events.announced_by(write, paper.id) or "") is SourceKind.JOURNAL
    preprint = _preprint(paper, preprints, number if by_journal else paper.id)
    article = _article(paper, articles, paper.id if by_journal else number)
    kept, new = (article, preprint) if by_journal else (preprint, article)
    said = await _said(write, paper.id)
    await write.execute(INSERT_PAPER, paper_columns(new, _said_by(said, journals=not by_journal)))
    await write.execute(UPDATE_PAPER, paper_columns(kept, _said_by(said, journals=by_journal)))
    await write.execute_many(
        "UPDATE paper_ids SET paper_id = :id WHERE scheme = :scheme AND value = :value",
        [{"id": new.id, "scheme": i.scheme, "value": i.value} for i in new.ids],
    )
    await events.drop(write, paper.id, EventKind.PUBLISHED)
    await events.move(write, paper.id, new.id, _OF_PREPRINTS if by_journal else _OF_ARTICLES)
    for table in ("community", "listings", "votes") if by_journal else ():
        await write.execute(
            f"UPDATE {table} SET paper_id = :new WHERE paper_id = :old",  # noqa: S608
            {"new": new.id, "old": paper.id},
        )
    await namesakes.copy(write, kept.id, new.id)
    await search.index_papers(write, [(paper, kept), (None, new)])
    await refreshes.note_changed(write, [paper.id])
    await scores.wait(write, [kept.id, new.id])
    return kept, new


async def _said(read: Connection, paper_id: int) -> dict[str, tuple[str, int]]:
    said = readable_json(await read.value("SELECT provenance FROM papers WHERE id = :id", {"id": paper_id}))
    return {field: (source, at) for field, (source, at) in (said or {}).items()}


def _said_by(said: Provenance, *, journals: bool) -> Provenance:
    """What this one's own sources have stated; whoever states the other fields next is believed."""
    return {
        name: (source, at) for name, (source, at) in said.items() if (kind_of(source) is SourceKind.JOURNAL) is journals
    }


def _preprint(paper: Paper, ids: tuple[PaperId, ...], number: int) -> Paper:
    """What is known of the preprint: all but where the article was published and what was noted on it."""
    was_retracted = any(note.kind is EventKind.RETRACTED for note in paper.notes)
    return replace(
        paper, id=number, ids=ids, journal_ref=None, notes=(), withdrawn=paper.withdrawn and not was_retracted
    )


def _article(paper: Paper, ids: tuple[PaperId, ...], number: int) -> Paper:
    """What is known of the article: what the two had in common, and what was noted on it."""
    notes = tuple(note for note in paper.notes if note.kind is not EventKind.PUBLISHED)
    at = next((note.at for note in paper.notes if note.kind is EventKind.PUBLISHED), paper.announced)
    return Paper(
        id=number,
        ids=ids,
        title=paper.title,
        abstract=paper.abstract,
        authors=paper.authors,
        categories=(),
        first_seen=paper.first_seen,
        announced=at,
        journal_ref=paper.journal_ref,
        withdrawn=any(note.kind is EventKind.RETRACTED for note in notes),
        notes=notes,
    )
