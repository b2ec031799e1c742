"""What is known of a paper on a day before any vote, as numbers: the facts that scores are made of.

PURE. Must not know what a fact weighs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.models import Role, ScoreKind
from bot.scores.past import Listing, Past, recent, shrunk

__all__ = ["PARTS", "Subject", "facts_of", "is_covered", "known_authors"]

#: Days within which an earlier listing is recent.
_RECENT: Final = 180
#: Authors of one paper that are looked at: the first ones and the last; more say nothing and cost a query each.
MOST_AUTHORS: Final = 60
#: The categories of which most listed papers are; each is a fact of its own.
_CATEGORIES: Final = (
    "cs.CL", "cs.CV", "cs.LG", "cs.AI", "cs.RO", "cs.IR", "cs.SE", "cs.SD", "cs.MA", "cs.HC", "cs.CR", "eess.AS", "eess.IV", "stat.ML",
)  # fmt: skip
_ARCHIVES: Final = ("cs", "eess")
_PAGES: Final = re.compile(r"([0-9]{1,4}) ?(?:pages|pp)")
_ACCEPTED: Final = re.compile(r"\b(?:accepted|to appear|published|camera[- ]ready|proceedings)\b", re.IGNORECASE)
_UNDERWAY: Final = re.compile(
    r"\b(?:work in progress|preprint|under review|technical report|tech report)\b", re.IGNORECASE
)
_CODE: Final = re.compile(r"github\.com|gitlab\.com|huggingface\.co|\bcode\b", re.IGNORECASE)
_PROJECT: Final = re.compile(r"github\.io|project page|project website|\bhomepage\b|\bdemo\b", re.IGNORECASE)
_RELEASES: Final = re.compile(r"open[- ]?sourced?|publicly available|\brelease\b|available at", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subject:
    """A paper as it was known on a day (an ordinal). `authors`, `submitter` and `organization` are keys (`past.key_of`), `counts` its
    words by number, `heat` how near the listed papers of the last half year are to it (`heat.Heat`), `age` the days since its first
    version."""

    paper: int
    day: int
    title: str
    abstract: str
    comment: str
    categories: tuple[str, ...]
    authors: tuple[str, ...]
    counts: Mapping[int, int]
    heat: float
    submitter: str = ""
    organization: str = ""
    code: bool = False
    project: bool = False
    age: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The authors that are looked at."""
        if len(self.authors) <= MOST_AUTHORS:
            return self.authors
        return (*self.authors[: MOST_AUTHORS - 1], self.authors[-1])


#: The facts behind each part of a score, in the words that people read.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "authors' earlier votes": ("author_best", "author_mean", "author_last", "author_first", "author_top"),
    "authors' earlier lists": (
        "author_lists", "author_recent", "author_known", "author_share", "last_lists", "first_lists", "author_sum", "unknown",
    ),
    "submitter's earlier votes": ("submitter_mean",),
    "submitter's earlier lists": ("submitter_lists", "submitter_new"),
    "organisation's earlier votes": ("organization_mean", "organization_lists"),
    "organisation": ("organization",),
    "topic is warm": ("heat",),
    "number of authors": ("authors", "single"),
    "code": ("code", "says_code", "releases"),
    "project page": ("project", "says_project"),
    "comment": ("comment", "pages", "accepted", "underway"),
    "category": (*(f"in {code}" for code in _CATEGORIES), "categories", "elsewhere"),
    "title and abstract": ("title_words", "colon", "question", "abstract_words"),
    "days since the first version": ("age",),
}  # fmt: skip


def is_covered(categories: Sequence[str]) -> bool:
    """Whether lists are about such subjects: computer science and what borders on it. Of others the weights say nothing: of a paper in
    astro-ph.GA one in six, in hep-th one in seventeen has an author with the name of somebody on a list; in cs.CV two of three have."""
    return not categories or any(code in _CATEGORIES or code.partition(".")[0] in _ARCHIVES for code in categories)


def known_authors(subject: Subject, past: Past) -> int:
    """How many of the authors stand on an earlier list."""
    return sum(bool(past.of(Role.AUTHOR, key, subject.day, subject.paper)) for key in subject.names)


def facts_of(kind: ScoreKind, subject: Subject, past: Past) -> dict[str, float]:
    """The facts by name; of a paper that was not listed, those alone that its announcement tells."""
    found = {**_authors(subject, past), **_text(subject), "heat": subject.heat}
    if kind is ScoreKind.INTEREST:
        found |= _listing(subject, past)
    else:
        found |= _announcement(subject)
    return found


def _authors(subject: Subject, past: Past) -> dict[str, float]:
    day = subject.day
    of = [past.of(Role.AUTHOR, key, day, subject.paper) for key in subject.names]
    known = [one for one in of if one]
    means = sorted((shrunk(one) for one in known), reverse=True)
    counts = [len(one) for one in known]
    recently = [sum(1 for _ in recent(one, day, _RECENT)) for one in known]
    first, last = (of[0], of[-1]) if of else ([], [])
    return {
        "author_best": max(0.0, means[0]) if means else 0.0,
        "author_mean": sum(means) / len(means) if means else 0.0,
        "author_top": sum(means[:3]) / 3 if means else 0.0,
        "author_last": shrunk(last),
        "author_first": shrunk(first),
        "author_lists": math.log1p(max(counts, default=0)),
        "author_sum": math.log1p(sum(counts)),
        "author_recent": math.log1p(max(recently, default=0)),
        "author_known": math.log1p(len(known)),
        "author_share": len(known) / len(of) if of else 0.0,
        "first_lists": math.log1p(len(first)),
        "last_lists": math.log1p(len(last)),
        "unknown": float(not known),
        "authors": math.log(max(1, len(subject.authors))),
        "single": float(len(subject.authors) < 2),
    }


def _text(subject: Subject) -> dict[str, float]:
    title = subject.title
    return {
        "title_words": math.log1p(len(title.split())),
        "colon": float(":" in title),
        "question": float("?" in title),
        "abstract_words": math.log1p(len(subject.abstract.split())),
        "releases": float(bool(_RELEASES.search(subject.abstract))),
    }


def _of_one(role: Role, key: str, subject: Subject, past: Past) -> list[Listing]:
    return past.of(role, key, subject.day, subject.paper) if key else []


def _listing(subject: Subject, past: Past) -> dict[str, float]:
    """What a list says of a paper beside its votes."""
    submitted = _of_one(Role.SUBMITTER, subject.submitter, subject, past)
    housed = _of_one(Role.ORGANIZATION, subject.organization, subject, past)
    return {
        "submitter_mean": shrunk(submitted),
        "submitter_lists": math.log1p(len(submitted)),
        "submitter_new": float(bool(subject.submitter) and not submitted),
        "organization": float(bool(subject.organization)),
        "organization_mean": shrunk(housed),
        "organization_lists": math.log1p(len(housed)),
        "code": float(subject.code),
        "project": float(subject.project),
        "age": math.log1p(min(400, max(0, subject.age))),
    }


def _announcement(subject: Subject) -> dict[str, float]:
    """What arXiv's announcement says of a paper."""
    own, said = subject.categories, f"{subject.comment} {subject.abstract}"
    pages = _PAGES.search(subject.comment)
    return {
        "says_code": float(bool(_CODE.search(said))),
        "says_project": float(bool(_PROJECT.search(said))),
        "comment": float(bool(subject.comment)),
        "pages": math.log1p(int(pages[1])) if pages else 0.0,
        "accepted": float(bool(_ACCEPTED.search(subject.comment))),
        "underway": float(bool(_UNDERWAY.search(subject.comment))),
        "categories": float(min(6, len(own))),
        "elsewhere": float(not own or own[0] not in _CATEGORIES),
        **{f"in {code}": 1.0 if own[:1] == (code,) else 0.5 * (code in own) for code in _CATEGORIES},
    }
