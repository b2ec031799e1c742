"""A person's page for the command line: as lines for people, as JSON for programs. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.language.text import clean, plain
from bot.models import OURS, AuthorPage, Candidates, Figure, Written
from bot.papers.categories import short
from bot.papers.links import code_url
from bot.show.hits import NAMED
from bot.show.printing import paper_json
from bot.show.registries import profile_url
from bot.show.scores import reading_text, tenths
from bot.show.wording import byline_words, counted, day_text, facts_counts, paper_date, title_words

__all__ = ["author_json", "author_lines", "bearers_json", "bearers_lines"]


def author_lines(page: AuthorPage, today: date) -> list[str]:
    """The figures, each with scope and source, and the papers."""
    lines = [clean(page.name)]
    for name, figure in _figures(page).items():
        lines.append(f"  {name.replace('_', ' ')}: {_said(figure)}")
    if page.affiliation:
        lines.append(f"  affiliation: {clean(page.affiliation)}" + (f" ({page.affiliated})" if page.affiliated else ""))
    lines += [f"  {profile_url(profile)}" for profile in page.profiles]
    lines += [f"  note: {warning}" for warning in (*page.warnings, reading_text(page.lists)) if warning]
    if page.likely:
        lines.append(
            f"  {counted(page.likely, 'more paper')} by {', '.join(map(clean, page.spelled))}, who may be the same person"
        )
    for one in page.written:
        lines += ["", title_words(one.paper), f"  {_facts(one, today)}"]
    return lines


def _facts(one: Written, today: date) -> str:
    """The facts of a paper of the page, in its order."""
    paper, day = one.paper, paper_date(one.paper)
    score = paper.score.percent if paper.score else None
    beside = f" with {clean(plain(one.printed))}" if one.place > NAMED else ""
    parts = [
        str(paper.main_id),
        tenths(score) if score is not None else "",
        short(paper.primary_category) if paper.primary_category else "",
        day_text(day, today) if day else "",
        "Code" if code_url(paper) else "",
        byline_words(paper) + beside,
        *facts_counts(paper),
    ]
    return " · ".join(part for part in parts if part)


def _said(figure: Figure) -> str:
    if figure.value is None:
        return f"– ({figure.reason})"
    value = clean(figure.value) if isinstance(figure.value, str) else f"{figure.value:,.1f}".removesuffix(".0")
    since = f"{figure.as_of:%Y-%m-%d}" if figure.as_of else ""
    return f"{value} ({', '.join(part for part in (figure.scope, figure.source, since) if part)})"


def _figures(page: AuthorPage) -> dict[str, Figure]:
    return {
        "category": page.category, "h_index": page.h_index, "papers_count": page.papers_count,
        "career_papers": page.career_papers, "citations": page.citations, "novelty": page.novelty, "score": page.score,
    }  # fmt: skip


def author_json(page: AuthorPage) -> dict[str, Any]:
    """Each figure as `{value, scope, source, as_of}`, or with `value` null and its `reason`; the papers in the page's order."""
    name = Figure(page.name, "as most papers here print it" if page.total else "as a registry prints it", OURS)
    return {
        **{key: _figure_json(figure) for key, figure in {"name": name, **_figures(page)}.items()},
        "affiliation": page.affiliation or None,
        "affiliated": page.affiliated,
        "ids": [
            {"registry": p.registry, "id": p.id, "url": profile_url(p), "orcid": p.orcid} for p in page.profiles
        ],
        "also": list(page.also),
        "warnings": list(page.warnings),
        "reading": reading_text(page.lists) or None,
        "years": {"scope": "papers here" if page.is_here else "whole career", "values": list(page.years)},
        "total": page.total,
        "sorted": page.sorting,
        "papers": [_paper(one) for one in page.written],
    }  # fmt: skip


def _figure_json(figure: Figure) -> dict[str, Any]:
    if figure.value is None:
        return {"value": None, "reason": figure.reason}
    return {"value": figure.value, "scope": figure.scope, "source": figure.source, "as_of": figure.as_of}


def _paper(one: Written) -> dict[str, Any]:
    paper = one.paper
    organization = paper.community.organization if paper.community else None
    return paper_json(paper) | {
        "score": paper.score.percent if paper.score else None,
        "novelty": paper.novelty.percent if paper.novelty else None,
        "citations": paper.cited.citations if paper.cited else None,
        "category": short(paper.primary_category) if paper.primary_category else None,
        "date": paper_date(paper),
        "code": code_url(paper) is not None,
        "byline": byline_words(paper),
        "institution": plain(organization.name if organization else one.institution) or None,
        "place": one.place,
    }


def bearers_lines(found: Candidates, references: Sequence[str]) -> list[str]:
    """Who may be meant, each with the text that names them alone."""
    count = len(found.told)
    head = f"{clean(found.name)} may be {'this person' if count == 1 else f'one of {count:,} people'}; name one by its first line:"
    lines = [head if found.told else f"Nobody here is called {clean(found.name)}. {found.silence}".rstrip()]
    for candidate, reference in zip(found.told, references, strict=True):
        where = next((p.affiliation for p in candidate.profiles if p.affiliation), ", ".join(candidate.categories))
        beside = f"with {', '.join(map(clean, candidate.others))}" if candidate.others else ""
        parts = [f"{counted(candidate.papers, 'paper')} here", clean(where), beside]
        lines += ["", clean(reference), f"  {' · '.join(part for part in parts if part)}"]
        lines += [f"  {plain(candidate.title)}"] if candidate.title else []
    return lines


def bearers_json(found: Candidates, references: Sequence[str]) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        "candidates": [
            {
                "reference": reference, "name": one.name, "papers": one.papers, "others": list(one.others),
                "categories": list(one.categories), "title": one.title,
                "ids": [{"registry": p.registry, "id": p.id, "affiliation": p.affiliation} for p in one.profiles],
            }
            for one, reference in zip(found.told, references, strict=True)
        ],
        "reason": found.silence or None,
    }  # fmt: skip
