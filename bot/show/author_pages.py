"""A person's page as a card: their figures with scope and source, a chart, their papers; and who may be meant.

PURE. Knows how each figure is said; where it comes from is the page's own word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

from bot.language.name_marks import without_marks
from bot.language.text import clean, plain
from bot.models import OURS, AuthorPage, Candidate, Candidates, Figure, Paper, Sorting, Written
from bot.papers import categories
from bot.papers.links import abstract_url, code_url
from bot.show.author_controls import FollowAuthor, PickAuthor, ShowAuthor, ShowBearers, SortAuthor
from bot.show.cards import AMBER, EMBED_DESCRIPTION, EMBED_TOTAL, OPTIONS, Button, Card, Embed, Option, Row, Select, cut
from bot.show.chart import years_picture
from bot.show.hits import NAMED
from bot.show.lists import PER_PAGE, abstract_select, pages, turning
from bot.show.paper_controls import Share
from bot.show.registries import profile_url, registry_links
from bot.show.safe import excerpt, safe
from bot.show.scores import reading_text, tenths
from bot.show.wording import counted, day_text, facts_counts, joined, names_text, paper_date, title_text, when

__all__ = ["author_card", "bearers_card"]

_SORTED: Final = {
    Sorting.NEWEST: "Newest first",
    Sorting.SCORE: "Highest score first",
    Sorting.CITATIONS: "Most cited first",
    Sorting.VOTES: "Most upvoted first",
    Sorting.NOVELTY: "Most novel first",
}


def author_card(page: AuthorPage, number: int | None, today: date, *, share: bool) -> Card:
    """One page. `number` stands for the person in the controls; without it nothing leads on from here."""
    picture = None
    if not page.page:
        scope = "papers here and their citations" if page.is_here else "whole career"
        picture = years_picture(page.years, clean(page.name), scope)
    head = Embed(title=safe(page.name, 200), url=_home(page), description="\n".join(_head(page)))
    room = min(EMBED_DESCRIPTION, EMBED_TOTAL - head.size)
    return Card(
        embeds=(head, Embed(description=_entries(page, today, room))),
        rows=_rows(page, number, share=share),
        picture=picture,
    )


# -- figures ----------------------------------------------------------------------------------------------------------


def _head(page: AuthorPage) -> list[str]:
    known = [_category(page.category), _affiliation(page), *registry_links(page.profiles)]
    lines = [" · ".join(part for part in known if part)]
    if page.warnings:
        lines += [f"⚠ {safe(warning, 300)}" for warning in page.warnings]
    lines += ["", *_row((page.h_index, "h-index"), (page.citations, "citations"), (page.career_papers, "papers"))]
    lines += _row((page.papers_count, _papers_word(page)), (page.novelty, "novelty"), (page.score, "interest"))
    if reading := reading_text(page.lists):
        lines.append(f"-# Interest so far: {reading}.")
    also = [safe(name, 60) for name in page.also]
    if also:
        lines.append(f"-# Also printed as {joined(also, 200)}.")
    if page.likely:
        spelled = joined([safe(name, 60) for name in page.spelled], 120)
        verb = "is" if page.likely == 1 else "are"
        lines.append(f"-# {counted(page.likely, 'more paper')} {verb} by {spelled}, who may be the same person.")
    if page.bearers > 1:
        lines.append(f"-# {counted(page.bearers, 'person').replace('persons', 'people')} here may bear this name.")
    return lines


def _papers_word(page: AuthorPage) -> str:
    return "paper here" if page.papers_count.value == 1 else "papers here"


def _row(*figures: tuple[Figure, str]) -> list[str]:
    """Figures side by side, and in small print what they count and who says so, each said once."""
    said = " · ".join(f"**{_value(figure, name)}** {name}" for figure, name in figures)
    notes = [_note(figure) for figure, _ in figures if figure.value is not None]
    unknown: dict[str, list[str]] = {}
    for figure, name in figures:
        if figure.value is None:
            unknown.setdefault(figure.reason, []).append(name)
    notes += [f"{', '.join(names)}: {safe(reason, 200)}" for reason, names in unknown.items()]
    return [said, f"-# {'; '.join(dict.fromkeys(note for note in notes if note))}"]


def _value(figure: Figure, name: str) -> str:
    if figure.value is None:
        return "–"
    if isinstance(figure.value, str):
        return safe(figure.value, 80)
    if name == "novelty":
        return f"{figure.value:.0f}%"
    return f"{figure.value:.1f}" if name == "interest" else f"{figure.value:,.0f}"


def _note(figure: Figure) -> str:
    source = "" if figure.source == OURS else figure.source
    parts = [figure.scope, source, when(figure.as_of, "R") if figure.as_of else ""]
    return ", ".join(part for part in parts if part)


def _category(figure: Figure) -> str:
    code = str(figure.value or "")
    if not code:
        return ""
    name = categories.name(code) if code in categories.CATEGORIES else ""
    return f"{name} ({safe(categories.short(code), 40)})" if name else safe(code, 40)


def _affiliation(page: AuthorPage) -> str:
    if not page.affiliation:
        return ""
    return safe(page.affiliation, 120) + (f" ({page.affiliated})" if page.affiliated else "")


def _home(page: AuthorPage) -> str | None:
    return profile_url(page.profiles[0]) if page.profiles else None


# -- papers -----------------------------------------------------------------------------------------------------------


def _entries(page: AuthorPage, today: date, room: int) -> str:
    """The papers of this page, their excerpts as long as there is room for."""
    if not page.written:
        return "I have no paper of theirs yet."
    start = page.page * PER_PAGE
    for limit in (160, 110, 70, 0):
        text = "\n\n".join(f"**{start + n}.** {_entry(one, today, limit)}" for n, one in enumerate(page.written, 1))
        if len(text) <= room:
            return text
    return cut("\n".join(f"**{start + n}.** {_title(one.paper, 100)}" for n, one in enumerate(page.written, 1)), room)


def _entry(one: Written, today: date, limit: int) -> str:
    """Title, facts, and the beginning of the abstract."""
    paper = one.paper
    day = paper_date(paper)
    code = paper.primary_category
    parts = [
        _percent(paper),
        safe(categories.short(code), 40) if code else "",
        day_text(day, today) if day else "",
        "Code" if code_url(paper) else "",
        _names(one),
        _institution(one),
        *facts_counts(paper),
    ]
    lines = [_title(paper, 200), f"-# {' · '.join(part for part in parts if part)}"]
    summary = paper.community.summary if paper.community else None
    if limit and (body := excerpt(plain(summary or paper.abstract), limit)):
        lines.append(safe(body, limit))
    return "\n".join(lines)


def _title(paper: Paper, limit: int) -> str:
    return f"[{title_text(paper, limit)}]({abstract_url(paper.main_id)})"


def _percent(paper: Paper) -> str:
    """A paper's score among its group, to one decimal; empty where none is known."""
    score = paper.score
    return tenths(score.percent) if score and score.percent is not None else ""


def _names(one: Written) -> str:
    """The first three authors, and the one whose page it is where they stand further back."""
    names = names_text(one.paper, 200)
    if one.place <= NAMED:
        return names
    return f"{names} with **{safe(without_marks(plain(one.printed)), 80)}**"


def _institution(one: Written) -> str:
    """That of the paper; else that of the person on it."""
    organization = one.paper.community.organization if one.paper.community else None
    return safe(plain(organization.name if organization else one.institution), 80)


# -- controls ---------------------------------------------------------------------------------------------------------


def _rows(page: AuthorPage, number: int | None, *, share: bool) -> tuple[Row, ...]:
    rows = abstract_select([one.paper for one in page.written])
    if number is None:
        return rows
    order = Select(
        SortAuthor(number).encode(),
        "Order",
        tuple(Option(says, value.value, default=value is page.sorting) for value, says in _SORTED.items()),
    )
    turn = turning(lambda n: ShowAuthor(number, page.sorting, n), page.page, pages(page.total))
    does = [Button(f"Follow {clean(page.name)}", FollowAuthor(number).encode(), style="primary")]
    does.append(Button("Not this person", ShowBearers(number, 0).encode()))
    if share:
        does.append(Button("Share here", Share(ShowAuthor(number, page.sorting, page.page)).encode()))
    return (*rows, *((order,) if page.total > 1 else ()), *((turn,) if turn else ()), tuple(does))


# -- who is meant -----------------------------------------------------------------------------------------------------


def bearers_card(found: Candidates, references: Sequence[str], number: int | None, page: int) -> Card:
    """Asks who is meant. `references` are the values by which each of those told is opened, in order."""
    last = max(1, (len(found.told) - 1) // OPTIONS + 1)
    page = min(page, last - 1)
    start = page * OPTIONS
    shown = list(zip(found.told, references, strict=True))[start : start + OPTIONS]
    name = safe(found.name, 100)
    if not shown:
        text = f"Nobody here is called **{name}**" + (f" with “{safe(found.hint, 100)}”" if found.hint else "") + "."
        return Card(embeds=(Embed(description=f"{text} {safe(found.silence, 300)}".rstrip(), color=AMBER),))
    one = len(found.told) == 1
    head = f"**{name}** may be {'this person' if one else f'one of {len(found.told):,} people'}. Who is meant?"
    lines = [head, ""]
    lines += [f"**{start + n}.** {_candidate(candidate)}" for n, (candidate, _) in enumerate(shown[:10], 1)]
    if len(shown) > 10:
        lines.append(f"-# and {len(shown) - 10} more in the menu")
    if len(found.told) > OPTIONS:
        lines += ["", "-# `with:` narrows them: a co-author, an institution or a category that you know of."]
    if found.silence:
        lines += ["", f"-# {safe(found.silence, 300)}"]
    options = tuple(
        Option(_choice(candidate), reference, plain(candidate.title) or None) for candidate, reference in shown
    )
    rows: tuple[Row, ...] = ()
    if number is not None:
        rows = (Select(PickAuthor(number).encode(), "Choose a person", options),)
        rows += (turn,) if (turn := turning(partial(ShowBearers, number), page, last)) else ()
    return Card(embeds=(Embed(description=cut("\n".join(lines), EMBED_DESCRIPTION)),), rows=rows)


def _candidate(one: Candidate) -> str:
    """What tells somebody apart, in a line or two."""
    figures = [counted(one.papers, "paper") + " here"] if one.papers else []
    profile = one.profiles[0] if one.profiles else None
    if profile:
        figures += [f"h-index {profile.h_index}"] if profile.h_index is not None else []
        figures += [counted(profile.citations, "citation")] if profile.citations is not None else []
    parts = [f"**{safe(one.name, 80)}**", *figures, _where(one), *registry_links(one.profiles)]
    beside = joined([safe(other, 60) for other in one.others], 150)
    more = [f"with {beside}" if beside else "", f"“{title}”" if (title := safe(plain(one.title), 120)) else ""]
    told = " · ".join(part for part in more if part)
    return " · ".join(part for part in parts if part) + (f"\n-# {told}" if told else "")


def _where(one: Candidate) -> str:
    affiliation = next((p.affiliation for p in one.profiles if p.affiliation), None)
    if affiliation:
        return safe(affiliation, 80)
    return ", ".join(safe(categories.short(code), 20) for code in one.categories)


def _choice(one: Candidate) -> str:
    """As a menu says it."""
    affiliation = next((clean(p.affiliation) for p in one.profiles if p.affiliation), ", ".join(one.categories))
    parts = [clean(one.name), f"{one.papers:,} here" if one.papers else "", affiliation, ", ".join(one.others[:1])]
    return " · ".join(part for part in parts if part)
