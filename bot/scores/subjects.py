"""A stored paper as it was known on its day: what the facts of its score are read from.

PURE. Must not know where papers are kept, or what a fact weighs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.models import Paper, Role, ScoreKind
from bot.query.document import Document
from bot.query.facts import news_day
from bot.scores.facts import Subject
from bot.scores.past import folded, keys_of

__all__ = ["day_of", "names_of", "subject_of"]


def day_of(paper: Paper, listed: date | None) -> date:
    """The day on which a paper is judged: of its listing, else of its announcement. Nothing of that day or later is known then."""
    return listed or news_day(paper)


def subject_of(paper: Paper, counts: Mapping[int, int], listed: date | None, heat: float) -> Subject:
    """The paper as it was known on its day; of one that was not listed, what its announcement says alone."""
    day = day_of(paper, listed)
    told = paper.community if listed else None
    return Subject(
        paper=paper.id,
        day=day.toordinal(),
        title=paper.title,
        abstract=paper.abstract,
        comment=paper.comment or "",
        categories=paper.categories,
        authors=keys_of(author.name for author in paper.authors),
        counts=counts,
        heat=heat,
        submitter=folded(told.submitter) if told else "",
        organization=folded(told.organization.handle) if told and told.organization else "",
        code=bool(told and told.code_url),
        project=bool(told and told.project_url),
        age=(day - paper.published).days if listed and paper.published else 0,
    )


def names_of(subject: Subject, *, everybody: bool = False) -> Iterator[tuple[Role, str]]:
    """The names of a paper, each with its role; of the authors those that are looked at, or everybody."""
    yield from ((Role.AUTHOR, key) for key in (subject.authors if everybody else subject.names))
    if subject.submitter:
        yield Role.SUBMITTER, subject.submitter
    if subject.organization:
        yield Role.ORGANIZATION, subject.organization


def kind_of(listed: date | None) -> ScoreKind:
    """What a paper's score says: of one that was listed, the interest that it finds."""
    return ScoreKind.INTEREST if listed else ScoreKind.LISTING


def stems_of(document: Document) -> Iterable[str]:
    """Every word of title and abstract, as often as it stands there."""
    return (stem for field in document.fields for stem in field.stems)
