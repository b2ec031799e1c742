"""Lists of papers as cards: search results, days, periods, the papers of a message; and how their pages turn.

PURE. Everything a page needs stands in its controls' ids, so that it turns after a restart as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final, overload

from bot.language.name_marks import without_marks
from bot.language.text import blank, plain
from bot.models import Alike, DailyListPage, Found, Paper, PaperId
from bot.papers.links import abstract_url
from bot.show import controls, own_controls, paper_controls
from bot.show.author_controls import AuthorOf
from bot.show.blocks import AnyCard, Layout, headed
from bot.show.cards import AMBER, EMBED_DESCRIPTION, OPTIONS, Button, Card, Embed, Option, Row, Select
from bot.show.control import Control
from bot.show.paper_controls import Shown
from bot.show.papers import paper_card
from bot.show.plainly import plain_papers, unmarked
from bot.show.safe import safe
from bot.show.scores import is_scored
from bot.show.wording import byline_words, counted, day_text, joined, list_entry, title_text, title_words

PER_PAGE: Final = 10
_ROOM: Final = EMBED_DESCRIPTION - 400  # for a list's own words
#: Authors of one paper in a menu: the first, and the last ones.
_FIRST: Final = 20
_PERIODS: Final = {"day": "on the newest list", "week": "this week", "month": "this month"}


def pages(total: int) -> int:
    """How many pages a list of this length has; at least one."""
    return max(1, (total - 1) // PER_PAGE + 1)


def entries(
    papers: Sequence[Paper],
    today: date,
    start: int,
    elsewhere: frozenset[int] = frozenset(),
    words: frozenset[str] = frozenset(),
    alike: Mapping[int, Alike] | None = None,
) -> str:
    """The numbered entries of one page, their excerpts as long as the page has room for. `elsewhere` are labelled, `words` in bold; of
    those `alike` it says how much, and in which words."""
    text = ""
    for limit in (200, 140, 90, 0):
        text = "\n\n".join(
            f"**{start + n}.** {list_entry(paper, today, limit, words)}"
            + ("\n-# from Hugging Face" if paper.id in elsewhere else "")
            + (f"\n-# {_likeness(alike[paper.id])}" if alike and paper.id in alike else "")
            for n, paper in enumerate(papers, 1)
        )
        if len(text) <= _ROOM:
            return text
    lines = [f"**{start + n}.** [{title_text(p, 200)}]({abstract_url(p.main_id)})" for n, p in enumerate(papers, 1)]
    return "\n".join(lines)


def _likeness(alike: Alike) -> str:
    return f"{alike.percent}% alike" + (
        f": {joined([safe(word, 40) for word in alike.words], 200)}" if alike.words else ""
    )


def abstract_select(papers: Sequence[Paper]) -> tuple[Row, ...]:
    """Opens any of these papers; nothing for no papers."""
    return paper_select(papers, paper_controls.ReadAbstract(), "Read an abstract")


def authors_select(paper: Paper) -> tuple[Row, ...]:
    """Leads from a paper to the page of any of its first and last authors; nothing for a paper without authors."""
    named = list(enumerate(paper.authors, 1))
    if len(named) > OPTIONS:
        named = named[:_FIRST] + named[-(OPTIONS - _FIRST) :]
    options = tuple(
        Option(without_marks(plain(author.name)), str(place), author.affiliation) for place, author in named
    )
    return (Select(AuthorOf(paper.id).encode(), "Open an author's page", options),) if options else ()


def paper_select(papers: Sequence[Paper], does: Control, says: str) -> tuple[Row, ...]:
    """Does something with any of these papers; nothing for no papers."""
    options = tuple(Option(title_words(p), str(p.id), byline_words(p)) for p in papers[:OPTIONS])
    return (Select(does.encode(), says, options),) if options else ()


def turning(to: Callable[[int], Control], page: int, count: int) -> tuple[Button, ...]:
    """◀ page 2/7 ▶; `to` is the control that shows a page. Nothing for a single page."""
    if count < 2:
        return ()
    return (
        Button("◀", to(page - 1).encode(), disabled=page <= 0),
        Button(f"page {page + 1}/{count}", controls.Inert(to(0).verb).encode(), disabled=True),
        Button("▶", to(page + 1).encode(), disabled=page >= count - 1),
    )


def page_row(to: Callable[[int], Control], page: int, total: int, beside: Sequence[Button] = ()) -> tuple[Row, ...]:
    """The same for so many papers, and at most two more buttons; no row for a single page without any."""
    row = (*turning(to, page, pages(total)), *beside)
    return (row,) if row else ()


def _share(shown: Shown) -> Button:
    return Button("Share here", paper_controls.Share(shown).encode())


# -- search -----------------------------------------------------------------------------------------------------------


def found_list(
    wording: str,
    number: int | None,
    found: Found,
    today: date,
    page: int,
    *,
    literal: bool,
    share: bool,
    plain_text: bool = False,
) -> Card:
    """One page of a search. `number` stands for the wording in the controls; without it nothing leads on from this page. `plain_text`
    has no markup, for a screen reader."""
    extra: list[Button] = []
    if found.corrected:
        extra.append(Button("Search exactly as written", paper_controls.FoundPage(number or 0, 0, True).encode()))
    elif literal and not found.total:
        extra.append(
            Button("Search close to it", paper_controls.FoundPage(number or 0, 0, False).encode(), style="primary")
        )
    if not found.total:
        text = f"No paper matches {_quoted(wording)}. Check the spelling, or use fewer words."
        if found.like:
            text = f"No paper here is so much like **{title_text(found.like, 200)}**.{_uncompared(found)}"
        return Card(
            embeds=(Embed(description=text, color=AMBER),),
            rows=(tuple(extra),) if extra and number is not None else (),
        )
    if found.alike and number is not None:
        extra.append(Button("Follow papers like it", paper_controls.FollowFound(number).encode()))
    if found.person and number is not None:
        extra.append(Button(f"Follow {found.person.name}", paper_controls.FollowFound(number).encode()))
    if share and number is not None:
        extra.append(_share(paper_controls.FoundPage(number, page, literal)))
    head = _like_head(found.like, found) if found.like else _found_head(wording, found)
    text = f"{head}\n\n{entries(found.papers, today, page * PER_PAGE, found.elsewhere, found.words, found.alike)}"
    if plain_text:
        text = _plain_found(head, found, today, page)
    rows = abstract_select(found.papers)
    if number is not None:
        turn = named_row if plain_text else page_row
        rows = (*rows, *turn(lambda n: paper_controls.FoundPage(number, n, literal), page, found.total, extra))
    elif found.total > len(found.papers):
        text += "\n\n-# I cannot save anything right now, so this list has no further pages."
    return Card(embeds=(Embed(description=text),), rows=rows)


def _plain_found(head: str, found: Found, today: date, page: int) -> str:
    notes = dict.fromkeys(found.elsewhere, "From Hugging Face")
    notes |= {number: _likeness(alike) for number, alike in found.alike.items()}
    where = f" Page {page + 1} of {pages(found.total)}." if pages(found.total) > 1 else ""
    papers = plain_papers(found.papers, page * PER_PAGE + 1, found.total, today, notes)
    return f"{unmarked(head)}.{where}\n\n{papers}"


def named_row(to: Callable[[int], Control], page: int, total: int, beside: Sequence[Button] = ()) -> tuple[Row, ...]:
    """The same row in words."""
    row = [Button("Previous page", to(page - 1).encode())] if page > 0 else []
    row += [Button("Next page", to(page + 1).encode())] if page < pages(total) - 1 else []
    return ((*row, *beside),) if row or beside else ()


def _like_head(like: Paper, found: Found) -> str:
    """Papers of which the words are like those of one."""
    how = "More than " if found.is_beyond else "About " if found.is_about else ""
    head = f"{how}{counted(found.matching, 'paper')} like **[{title_text(like, 200)}]({abstract_url(like.main_id)})**, the nearest first"
    return head + _uncompared(found)


def _uncompared(found: Found) -> str:
    waiting = f"{counted(found.uncompared, 'paper')} {'is' if found.uncompared == 1 else 'are'}"
    return f"\n-# {waiting} not compared yet; ask again in a few minutes." if found.uncompared else ""


def _quoted(words: str) -> str:
    return "**these words**" if blank(words) else f"**{safe(words, 100)}**"


def _found_head(wording: str, found: Found) -> str:
    query = _quoted(wording)
    if found.corrected:
        return f"Showing results for {_quoted(found.corrected)} · {counted(found.total, 'paper')}"
    by = f"{counted(len(found.person.papers), 'paper')} by {_quoted(found.person.name)}" if found.person else ""
    if not found.matching:
        return _without_matches(query, found, by)
    if found.is_beyond or found.is_about:
        how = "More than" if found.is_beyond else "About"
        head = f"{how} {counted(found.matching, 'paper')} for {query}; here are the best {found.total}"
        return f"{head} · {by}" if by else head
    close = "" if found.matching == found.total else ", and what comes close"
    return f"{counted(found.matching, 'paper')} for {query}{close}" + (f" · {by}" if by else "")


def _without_matches(query: str, found: Found, by: str) -> str:
    """No title and abstract has it all: they are by whom it names, or have it with the names of their authors, or come close."""
    if found.person:
        return by + (", then what comes close" if found.total > len(found.person.papers) else "")
    if found.with_names:
        rest = ", and what comes close" if found.total > found.with_names else ""
        how = "More than " if found.is_beyond else ""
        return f"{how}{counted(found.with_names, 'paper')} with all of {query} in title and names{rest}"
    return (
        f"Nothing has all of {query}; {counted(found.total, 'paper')} {'comes' if found.total == 1 else 'come'} close"
    )


def paper_answer(paper: Paper, today: date, *, share: bool) -> Card:
    """One paper with its whole abstract."""
    card = paper_card(paper, today)
    similar = Button("Similar papers", paper_controls.FindSimilar(paper.id).encode())
    row = [
        Button("Save", own_controls.SavePaper(paper.id).encode()),
        Button("Not for me", own_controls.HidePaper(paper.id).encode()),
    ]
    row += [] if paper.main_id.scheme == "url" else [similar]
    row += [Button("Why this score", paper_controls.ExplainScore(paper.id).encode())] if is_scored(paper) else []
    row += [_share(paper_controls.OnePaper(paper.id))] if share else []
    return Card(card.text, card.embeds, (*card.rows, *authors_select(paper), *((tuple(row),) if row else ())))


def choice(papers: Sequence[Paper], today: date, does: Control | None = None) -> Card:
    """Asks which of several papers was meant; then it is read, or what `does` says is done with it."""
    text = f"**Which one do you mean?**\n\n{entries(papers, today, 0)}"
    rows = paper_select(papers, does, "Choose it") if does else abstract_select(papers)
    return Card(embeds=(Embed(description=text),), rows=rows)


def mentioned(papers: Sequence[Paper], unknown: Sequence[PaperId], today: date, *, left: int = 0) -> Card:
    """The papers of a message, the ids in it that nobody knows, and how many ids were `left` unread."""
    if not papers and not unknown:
        text = (
            "I see no paper in this message. I look for arXiv ids, DOIs, and links to arXiv, Hugging Face or alphaXiv."
        )
        return Card(embeds=(Embed(description=text, color=AMBER),))
    missing = f"Not in my collection: {joined([safe(str(i), 200) for i in unknown], 300)}." if unknown else ""
    rest = f"I stopped reading there: {left:,} more stand in it. `/paper` finds each." if left else ""
    if len(papers) == 1 and not unknown and not left:
        return paper_answer(papers[0], today, share=False)
    shown = papers[:PER_PAGE]
    head = f"**{counted(len(papers), 'paper')} in this message**" if papers else ""
    if len(papers) > len(shown):
        head += f"; the first {len(shown)}, all of them in the menu"
    text = "\n\n".join(part for part in (head, entries(shown, today, 0), missing, rest) if part)
    return Card(embeds=(Embed(description=text),), rows=abstract_select(papers))


# -- days and periods -------------------------------------------------------------------------------------------------


def _page_of(head: str, listed: DailyListPage, today: date, page: int, *, plain_text: bool) -> str:
    """A page of a day or a period under its heading."""
    if not plain_text:
        return f"{head}\n\n{entries(listed.papers, today, page * PER_PAGE)}"
    where = f" Page {page + 1} of {pages(listed.total)}." if pages(listed.total) > 1 else ""
    papers = plain_papers(listed.papers, page * PER_PAGE + 1, listed.total, today, {})
    return f"{unmarked(head)}.{where}\n\n{papers}"


def daily_list(listed: DailyListPage, today: date, page: int, *, share: bool, plain_text: bool = False) -> Card:
    """One page of a day's list, with the ways to the days before and after."""
    day = listed.first
    name = f"{day:%a}, {day_text(day, today)}"
    if listed.papers:
        head = f"**Daily Papers · {name}** · {counted(listed.total, 'paper')}"
        text = _page_of(head, listed, today, page, plain_text=plain_text)
    else:
        why = " There is none at weekends." if day.weekday() >= 5 else ""
        text = f"I have no Daily Papers of {name}.{why}"
        if not (listed.before or listed.after):
            text += " I have not read any list yet; the first look is under way."
    leads = paper_controls.PlainDailyPage if plain_text else paper_controls.DailyPage
    nav = []
    for other, sign in ((listed.before, "◀ {}"), (listed.after, "{} ▶")):
        if other:
            said = "List of {}" if plain_text else sign
            label = said.format(day_text(other, today))
            nav.append(Button(label, leads(other, 0).encode()))
    if share and listed.papers:
        nav.append(_share(paper_controls.DailyPage(day, page)))
    turn = named_row if plain_text else page_row
    rows = (
        *abstract_select(listed.papers),
        *turn(partial(leads, day), page, listed.total),
        *((tuple(nav),) if nav else ()),
    )
    return Card(embeds=(Embed(description=text),), rows=rows)


def trending_list(
    period: str, listed: DailyListPage, today: date, page: int, *, share: bool, plain_text: bool = False
) -> Card:
    """One page of the most upvoted papers of a period."""
    span = day_text(listed.first, today)
    if listed.last != listed.first:
        span += f" to {day_text(listed.last, today)}"
    if not listed.total:
        text = f"I have no Daily Papers from {span} yet. `/daily` shows the newest list."
        return Card(embeds=(Embed(description=text, color=AMBER),))
    head = f"**Most upvoted {_PERIODS[period]}** · {span} · {counted(listed.total, 'paper')}"
    text = _page_of(head, listed, today, page, plain_text=plain_text)
    extra = [_share(paper_controls.TrendingPage(period, page))] if share else []
    turn = named_row if plain_text else page_row
    rows = (
        *abstract_select(listed.papers),
        *turn(partial(paper_controls.TrendingPage, period), page, listed.total, extra),
    )
    return Card(embeds=(Embed(description=text),), rows=rows)


@overload
def shared(card: Card, name: str) -> Card: ...
@overload
def shared(card: AnyCard, name: str) -> AnyCard: ...
def shared(card: AnyCard, name: str) -> AnyCard:
    """The card for everybody in a channel: what it shows can be opened, its pages belong to who asked."""
    head = f"-# Shared by {'somebody' if blank(name) else safe(name, 80)}"
    if isinstance(card, Layout):
        return headed(head, card.opening_only())
    rows = tuple(row for row in card.rows if isinstance(row, Select))
    return Card(head, card.embeds, rows, card.picture)
