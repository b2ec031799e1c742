"""Papers and subscriptions in words: the lines that every card, list and answer is made of.

PURE. Knows how each fact is said; what is zero or not known is left out, and a paper's own text is made inert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from bot.errors import BadInputError, QueryError
from bot.language.name_marks import without_marks
from bot.language.text import blank, clean, plain
from bot.models import Cadence, Event, EventKind, Heading, Hit, Paper, Reason, Subscription, SubscriptionKind
from bot.papers.categories import short
from bot.papers.links import abstract_url, code_url, noted_url, paper_links
from bot.query.facts import Like
from bot.query.language import is_plain, parse
from bot.show.cards import OPTION_TEXT, cut
from bot.show.hits import NAMED, author_meant, marked
from bot.show.safe import excerpt, safe, shown

CADENCE_WORDS: Final = {
    Cadence.DAILY: "once a day",
    Cadence.INSTANT: "at once",
    Cadence.WEEKLY: "once a week",
}


_MARKS: Final = 40  # characters for words in bold
UNTITLED: Final = "Untitled"
#: Notes on one paper, and characters of a journal's name.
_NOTED_MOST: Final = 5
_JOURNAL: Final = 120
#: Characters for why a paper is here: beside it stands the paper.
_WHY: Final = 1_000


def when(instant: datetime, style: str = "F") -> str:
    """Discord's timestamp, shown in each reader's own zone."""
    return f"<t:{int(instant.timestamp())}:{style}>"


WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def days_text(weekdays: int) -> str:
    """`every day`, `Monday to Friday`, `on Tuesday and Saturday`; of a bit mask, Monday 1 to Sunday 64."""
    named = [name for number, name in enumerate(WEEKDAYS) if weekdays >> number & 1]
    if len(named) == len(WEEKDAYS):
        return "every day"
    if len(named) > 2 and WEEKDAYS[WEEKDAYS.index(named[0]) :][: len(named)] == tuple(named):
        return f"{named[0]} to {named[-1]}"
    return f"on {', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else f"on {named[0]}"


def next_digest_text(cadence: Cadence, next_digest: datetime | None, weekdays: int = 127) -> str:
    """When the next papers come, in one sentence."""
    if cadence is Cadence.INSTANT:
        return "New ones come the moment they are announced."
    if next_digest is None:
        return "Tell me your city with `/settings` and new ones come at your hour."
    every = days_text(weekdays) if cadence is Cadence.DAILY else "every week"
    return f"New ones come {every} at {when(next_digest, 't')}, when there are any; next {when(next_digest, 'R')}."


def day_text(day: date, today: date) -> str:
    """`Apr 20`, with the year only when it is not this one."""
    text = f"{day:%b} {day.day}"
    return text if day.year == today.year else f"{text}, {day.year}"


def paper_date(paper: Paper) -> date | None:
    """The date of the first version; the announcement's where no upstream said it."""
    if paper.published:
        return paper.published
    return paper.announced.date() if paper.announced else None


def title_text(paper: Paper, limit: int, words: frozenset[str] = frozenset()) -> str:
    """The title, inert, for places with markup, with these words in bold; never empty."""
    text = marked(plain(paper.title), words, limit)
    return UNTITLED if blank(text) else text


def title_words(paper: Paper | Heading) -> str:
    """The title for places that show no markup; never empty."""
    text = plain(paper.title)
    return UNTITLED if blank(text) else text


def names_text(paper: Paper, limit: int = 300) -> str:
    """The first three authors, `et al.` for the others."""
    names, others = _names(paper)
    return safe(names, limit) + others


def byline(paper: Paper) -> str:
    """The organisation, else the number of authors, with the first three names."""
    who, names = who_text(paper), names_text(paper)
    return " · ".join(part for part in (who, names) if part) or "authors not known"


def byline_words(paper: Paper) -> str:
    """The byline for places that show no markup."""
    who, (names, others) = cut(clean(_who(paper)), 80), _names(paper)
    return " · ".join(part for part in (who, cut(clean(names), 300) + others) if part) or "authors not known"


def who_text(paper: Paper) -> str:
    """The organisation, else the number of authors; empty without either."""
    return safe(_who(paper), 80)


def _who(paper: Paper) -> str:
    organization = paper.community.organization if paper.community else None
    if organization and not blank(name := plain(organization.name)):
        return name
    affiliations = {a.affiliation for a in paper.authors if a.affiliation and not blank(a.affiliation)}
    if len(affiliations) == 1 and not blank(name := plain(affiliations.pop())):
        return name
    return counted(len(paper.authors), "author") if paper.authors else ""


def _names(paper: Paper) -> tuple[str, str]:
    """The first three names, and what stands for the others."""
    names = [name for a in paper.authors[:NAMED] if not blank(name := without_marks(plain(a.name)))]
    return ", ".join(names), " et al." if names and len(paper.authors) > NAMED else ""


def facts_line(paper: Paper, today: date, *, brief: bool = False) -> str:
    """Category, date, and what readers made of it; what is zero or not known is left out. `brief` for lists: the date
    first, and `LG` for `cs.LG`."""
    code, day = paper.primary_category, paper_date(paper)
    parts = [safe(short(code) if brief else code, 40)] if code and not blank(code) else []
    if day:
        parts.insert(0 if brief else len(parts), day_text(day, today))
    parts += reception(paper) + (["**withdrawn**"] if paper.withdrawn else [])
    return " · ".join(parts)


_NOTES: Final = {
    EventKind.CORRECTED: "correction",
    EventKind.SUPPLEMENTED: "addendum",
    EventKind.QUESTIONED: "expression of concern",
    EventKind.RETRACTED: "retraction",
}


def notes_line(paper: Paper, today: date) -> str:
    """Where a preprint was published, and what was noted on it since, with links to the notes; empty without any."""
    parts = []
    for note in paper.notes[:_NOTED_MOST]:
        url = None if note.kind is EventKind.PUBLISHED else noted_url(note)
        word = safe(_note_text(paper, note), _JOURNAL + 20)
        parts.append(f"{f'[{word}]({url})' if url else word}, {day_text(note.at.date(), today)}")
    return " · ".join(parts)


def notes_words(paper: Paper, today: date) -> str:
    """The notes for places that show no markup."""
    return " · ".join(
        f"{_note_text(paper, note)}, {day_text(note.at.date(), today)}" for note in paper.notes[:_NOTED_MOST]
    )


def _note_text(paper: Paper, note: Event) -> str:
    if note.kind is not EventKind.PUBLISHED:
        return _NOTES[note.kind]
    journal = cut(plain(paper.journal_ref or ""), _JOURNAL)
    return "published" if blank(journal) else f"published in {journal}"


def facts_words(paper: Paper, today: date) -> str:
    """The facts for places that show no markup."""
    code, day = paper.primary_category, paper_date(paper)
    parts = [cut(clean(code), 40)] if code and not blank(code) else []
    parts += ([day_text(day, today)] if day else []) + reception(paper) + (["withdrawn"] if paper.withdrawn else [])
    return " · ".join(parts)


def reception(paper: Paper, *, brief: bool = False) -> list[str]:
    """Its version, and what readers made of it; `brief` with `code 1,221★`."""
    parts = [f"v{paper.version}"] if paper.version and paper.version > 1 else []
    community = paper.community
    if community and community.listed_on:
        parts.append(counted(community.upvotes, "upvote"))
        if community.comments:
            parts.append(counted(community.comments, "comment"))
    code = code_text(paper, brief=brief)
    return [*parts, code] if code else parts


def code_text(paper: Paper, *, brief: bool = False) -> str:
    """`code (1,221 stars)`, `brief` as `code 1,221★`; empty where no code is known."""
    if not code_url(paper):
        return ""
    stars = paper.community.code_stars if paper.community else None
    word = "possible code" if paper.community and paper.community.code_is_guess else "code"
    if not stars:
        return word
    return f"{word} {stars:,}★" if brief else f"{word} ({counted(stars, 'star')})"


def facts_counts(paper: Paper) -> list[str]:
    """Upvotes and citations, each where it is known and not zero."""
    upvotes = paper.community.upvotes if paper.community else 0
    cited = (paper.cited.citations if paper.cited else 0) or 0
    return ([counted(upvotes, "upvote")] if upvotes else []) + ([counted(cited, "citation")] if cited else [])


def counted(number: int, noun: str) -> str:
    """`1 paper`, `1,200 papers`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def joined(parts: Sequence[str], limit: int, separator: str = ", ") -> str:
    """As many parts as fit, at least one, and how many more there are."""
    kept = list(parts[:1])
    for part in parts[1:]:
        if sum(map(len, kept)) + len(separator) * len(kept) + len(part) > limit:
            break
        kept.append(part)
    more = len(parts) - len(kept)
    return separator.join([*kept, f"and {more:,} more"] if more else kept)


def links_line(paper: Paper) -> str:
    return " · ".join(f"[{label}]({url})" for label, url in paper_links(paper))


def why_text(reasons: Iterable[Reason]) -> str:
    """Why a paper is here, in words: `matched diffusion in the title and abstract`."""
    parts: list[str] = []
    for reason in reasons:
        text = _reason_text(reason)
        if text not in parts:
            parts.append(text)
    return joined(parts, _WHY, "; ")


def _reason_text(reason: Reason) -> str:
    if reason.kind is SubscriptionKind.AUTHOR:
        return _author_text(reason)
    if reason.kind is SubscriptionKind.CATEGORY:
        return f"in **{safe(reason.query, 40)}**, which you follow"
    if reason.kind is SubscriptionKind.TRENDING:
        return "on the Daily Papers list"
    return (
        "matched " + joined([_term_text(term, hits) for term, hits in _by_term(reason.hits)], _WHY)
        if reason.hits
        else (f"matched **{safe(reason.query, 80)}**")
    )


#: How a printed name goes with the wanted one, where it is not the same.
_SURELY: Final = {
    "": "",
    "initials": ", whose initials agree with **{}**",
    "possible": ", who is possibly **{}**",
}


def _author_text(reason: Reason) -> str:
    hit = next(iter(reason.hits), Hit(reason.query, "author", reason.query))
    surely = _SURELY.get(hit.certainty, "").format(safe(hit.term, 80))
    return f"by **{shown(hit.text, 80)}**{surely}, whom you follow"


def _by_term(hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.term, []).append(hit)
    return list(grouped.items())


def _term_text(term: str, hits: list[Hit]) -> str:
    """A word and where it stands; of a person, a category or a fact, what of the paper agreed."""
    place = hits[0].field
    if place == "author":
        surely = _SURELY.get(hits[0].certainty, "").format(safe(term, 80))
        return f"**{shown(hits[0].text, 80)}**{surely}"
    if place in ("category", "fact"):
        return f"**{safe(hits[0].text, 80)}**"
    places = list(dict.fromkeys(hit.field for hit in hits))
    return f"**{safe(term, 80)}** in the {' and '.join(places)}"


def followed_words(subscription: Subscription) -> str:
    """What is followed, as every menu, completion and typed name has it, without markup; never empty."""
    return _followed(subscription.kind, subscription.query, subscription.id)


def _followed(kind: SubscriptionKind, query: str, subscription_id: int) -> str:
    text = clean(query)
    if kind is SubscriptionKind.TRENDING:
        return "Daily Papers" if blank(text) else f"Daily Papers about {text}"
    if kind is SubscriptionKind.KEYWORD and (like := _likeness_of(text)):
        return f"papers {like.percent}% like {like.identity}"
    return f"subscription {subscription_id}" if blank(text) else text


def _likeness_of(text: str) -> Like | None:
    """What a query asks for that asks for papers like another, and for nothing else."""
    if not text.startswith("like:"):
        return None
    try:
        read = parse(text).root
    except QueryError:  # as an older version, or a hand, can have left it
        return None
    return read if isinstance(read, Like) else None


def kind_word(subscription: Subscription) -> str:
    """What sort of subscription it is; one of words that says more than words is a query."""
    if subscription.kind is SubscriptionKind.KEYWORD and not is_plain(subscription.query):
        return "query"
    return str(subscription.kind)


def author_choice(name: str, papers: int, is_all: bool) -> str:
    """`Julia Kempe · 9 papers here`, for a completion; `9+` where there may be more."""
    return f"{cut(name, OPTION_TEXT - 30)} · {counted(papers, 'paper') if is_all else f'{papers:,}+ papers'} here"


def followed_text(kind: SubscriptionKind, query: str, limit: int) -> str:
    """What may be followed, for places that show no markup."""
    return cut(_followed(kind, query, 0), limit)


def subscription_name(subscription: Subscription) -> str:
    """What is followed, in a sentence and safe to show: `diffusion`, `papers by Julia Kempe`, …"""
    return followed_name(subscription.kind, subscription.query, subscription.id)


def followed_name(kind: SubscriptionKind, query: str, subscription_id: int) -> str:
    """The same of what a message says that somebody follows."""
    if kind is SubscriptionKind.TRENDING:
        text = "" if blank(query) else f" about **{safe(query, 200)}**"
        return f"the **Daily Papers**{text}"
    lead = {SubscriptionKind.AUTHOR: "papers by ", SubscriptionKind.CATEGORY: "everything in "}
    return f"{lead.get(kind, '')}**{safe(_followed(kind, query, subscription_id), 200)}**"


def followed_choices(own: Sequence[Subscription]) -> list[tuple[str, Subscription]]:
    """A different name for each subscription: its kind is added where two have the same words, its number where that
    does not part them."""
    names = [cut(followed_words(s), OPTION_TEXT - 30) for s in own]
    twice = Counter(name.casefold() for name in names)
    names = [f"{n} · {kind_word(s)}" if twice[n.casefold()] > 1 else n for n, s in zip(names, own, strict=True)]
    again = Counter(name.casefold() for name in names)
    return [(f"{n} · #{s.id}" if again[n.casefold()] > 1 else n, s) for n, s in zip(names, own, strict=True)]


def find_followed(own: Sequence[Subscription], typed: str) -> Subscription:
    """The subscription that somebody named, by a choice's value or in words. Raises BadInputError for nothing, for
    something else, and where two are called so."""
    wanted = clean(typed).casefold()
    if blank(wanted):
        raise BadInputError("Say what to stop: choose one of the names that appear while you type.")
    named = [(s, name.casefold()) for name, s in followed_choices(own)]
    found = [s for s, name in named if wanted in (f"#{s.id}", name)]
    found = found or [s for s in own if wanted in (followed_words(s).casefold(), clean(s.query).casefold())]
    if not found:
        raise BadInputError(f"You do not follow “{safe(typed, 80)}”. `/subscriptions` shows what you follow.")
    if len(found) > 1:
        raise BadInputError(f"You follow {len(found)} things called “{safe(typed, 80)}”. Choose one while you type.")
    return found[0]


def list_line(paper: Paper, today: date, words: frozenset[str] = frozenset()) -> str:
    """One paper in one or two lines: title as link, who, facts."""
    author = author_meant(paper, words)
    with_author = f", **{safe(author, 80)}**" if author else ""
    facts = f"{byline(paper)}{with_author} · {facts_line(paper, today, brief=True)}"
    return f"[{title_text(paper, 200, words)}]({abstract_url(paper.main_id)})\n-# {facts}"


def list_entry(paper: Paper, today: date, text_limit: int = 200, words: frozenset[str] = frozenset()) -> str:
    """One paper of a list: title as link, who, facts, and one sentence about it (none with `text_limit` 0). `words` (as they are
    compared) are in bold, and an author whom they name is named."""
    line = list_line(paper, today, words)
    room = text_limit + (_MARKS if words else 0)
    summary = paper.community.summary if paper.community else None
    body = marked(excerpt(plain(summary or paper.abstract), text_limit), words, room) if text_limit else ""
    return f"{line}\n{body}" if body else line
