"""Whether a record is of a paper with which it shares no identity: a preprint and its article, a paper and a note on it.

PURE. Compares titles, names and days; knows no storage.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import islice
from typing import Final

from bot.language.name_matching import Certainty, compatible
from bot.language.names import parse
from bot.models import Author, Event, EventKind, Paper, PaperId, Record, SourceKind, kind_of
from bot.papers.kinship import is_preprint, ordered, work_of
from bot.papers.titles import is_bare, is_telling

#: From the preprint to the article, or the other way round.
_BETWEEN: Final = timedelta(days=731)
#: Names that are compared of each: a collaboration has thousands.
_NAMES: Final = 40


def is_one_work(paper: Paper, record: Record, ids: Iterable[PaperId] | None = None) -> bool:
    """Whether a paper and a record with the same title are a preprint and its article. `ids` stand for the record's own."""
    theirs = tuple(record.ids if ids is None else ids)
    if _side(paper.ids) is None or _side(theirs) is None or _side(paper.ids) is _side(theirs):
        return False
    return (
        is_telling(record.title)
        and abs(_day_of(paper) - (record.published or record.event.at.date())) <= _BETWEEN
        and _share_author(paper.authors, record.authors)
    )


def is_told_twice(title: str, ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether two papers that have the same title and these authors are one work, though each has an identity of its own."""
    return is_telling(title) and _share_author(map(Author, ours), map(Author, theirs))


def concerns(paper: Paper, sources: Iterable[str], note: Record, title: str, *, doubtful: bool = False) -> bool:
    """Whether a note on a paper of that title is on this one: of the same feed or publisher, else by an author of it; a doubtful one
    has an author of it.

    `sources` are those that stated the paper.
    """
    if is_bare(title):
        return False
    if doubtful:
        return _share_author(paper.authors, note.authors)
    registrants = {identity.value.partition("/")[0] for identity in note.ids if identity.scheme == "doi"}
    if note.source in sources or any(i.value.partition("/")[0] in registrants for i in paper.ids if i.scheme == "doi"):
        return True
    return is_telling(title) and _share_author(paper.authors, note.authors)


def published(before: Paper, record: Record, after: Paper) -> Event | None:
    """That a preprint is an article now, if this record shows it: a journal states it, or it is the preprint of what one stated."""
    article = next((i for i in ordered(record.ids) if not is_preprint(i)), None)
    if (
        article is not None
        and _side(record.ids) is not True
        and kind_of(record.source) is SourceKind.JOURNAL
        and any(map(is_preprint, after.ids))
    ):
        return Event(EventKind.PUBLISHED, record.event.at, str(work_of(article)))
    return was_published(before, after)


def was_published(article: Paper, joined: Paper) -> Event | None:
    """That the article of a paper is one of a preprint too, since the two were joined."""
    if _side(article.ids) is not False or not any(map(is_preprint, joined.ids)):
        return None
    return Event(EventKind.PUBLISHED, article.announced or article.first_seen, str(work_of(article.ids[0])))


def _side(ids: Iterable[PaperId]) -> bool | None:
    """True for a preprint, False for an article, None for what is both. An address is a server's or a journal's."""
    own = list(ids)
    sides = set(map(is_preprint, [i for i in own if i.scheme != "url"] or own))
    return sides.pop() if len(sides) == 1 else None


def _day_of(paper: Paper) -> date:
    return paper.published or (paper.announced or paper.first_seen).date()


def _share_author(ours: Iterable[Author], theirs: Iterable[Author]) -> bool:
    """Whether one of the people is printed in full on both, or all of the shorter list agree by initials at least. A collaboration is
    behind many papers."""
    one, other = (
        [name for author in islice(people, _NAMES) if not (name := parse(author.name)).group]
        for people in (ours, theirs)
    )
    few, many = sorted((one, other), key=len)
    best = [max((compatible(name, another) or 0 for another in many), default=0) for name in few]
    return Certainty.EXACT in best or (bool(best) and min(best) >= Certainty.INITIALS)
