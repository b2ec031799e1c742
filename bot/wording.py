"""Papers and subscriptions in words: the lines that every card, list and answer is made of.

PURE. Knows how each fact is said; what is zero or not known is left out, and a paper's own text is made inert.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from bot.categories import short
from bot.links import abstract_url, code_url, paper_links
from bot.models import Cadence, Hit, Paper, Reason, Subscription, SubscriptionKind
from bot.text import excerpt, plain, safe, shown

CADENCE_WORDS: Final = {
    Cadence.DAILY: "once a day",
    Cadence.INSTANT: "at once",
    Cadence.WEEKLY: "once a week",
}


def when(instant: datetime, style: str = "F") -> str:
    """Discord's timestamp, shown in each reader's own zone."""
    return f"<t:{int(instant.timestamp())}:{style}>"


def next_digest_text(cadence: Cadence, next_digest: datetime | None) -> str:
    """When the next papers come, in one sentence."""
    if cadence is Cadence.INSTANT:
        return "New ones come the moment they are announced."
    if next_digest is None:
        return "Tell me your city with `/settings` and new ones come at your hour."
    every = "every day" if cadence is Cadence.DAILY else "every week"
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


def names_text(paper: Paper, limit: int = 300) -> str:
    """The first three authors, `et al.` for the others."""
    names = [plain(a.name) for a in paper.authors[:3]]
    return safe(", ".join(names), limit) + (" et al." if len(paper.authors) > 3 else "")


def byline(paper: Paper) -> str:
    """The organisation, else the number of authors, with the first three names."""
    organization = paper.community.organization if paper.community else None
    affiliations = {a.affiliation for a in paper.authors if a.affiliation}
    who = shown(organization.name, 80) if organization else ""
    if not who and len(affiliations) == 1:
        who = shown(affiliations.pop(), 80)
    if not who and paper.authors:
        who = "1 author" if len(paper.authors) == 1 else f"{len(paper.authors):,} authors"
    if not who:
        return "authors not known"
    names = names_text(paper)
    return f"{who} · {names}" if names else who


def facts_line(paper: Paper, today: date, *, brief: bool = False) -> str:
    """Category, date, and what readers made of it; what is zero or not known is left out. `brief` for lists: the date
    first, and `LG` for `cs.LG`."""
    code, day = paper.primary_category, paper_date(paper)
    parts = [safe(short(code) if brief else code, 40)] if code else []
    if day:
        parts.insert(0 if brief else len(parts), day_text(day, today))
    if paper.version and paper.version > 1:
        parts.append(f"v{paper.version}")
    community = paper.community
    if community and community.listed_on:
        parts.append(counted(community.upvotes, "upvote"))
        if community.comments:
            parts.append(counted(community.comments, "comment"))
    if code_url(paper):
        stars = community.code_stars if community else None
        word = "possible code" if community and community.code_is_guess else "code"
        parts.append(f"{word} ({counted(stars, 'star')})" if stars else word)
    if paper.withdrawn:
        parts.append("**withdrawn**")
    return " · ".join(parts)


def counted(number: int, noun: str) -> str:
    """`1 paper`, `1,200 papers`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def links_line(paper: Paper) -> str:
    return " · ".join(f"[{label}]({url})" for label, url in paper_links(paper))


def why_text(reasons: Iterable[Reason]) -> str:
    """Why a paper is here, in words: `matched diffusion in the title and abstract`."""
    parts: list[str] = []
    for reason in reasons:
        text = _reason_text(reason)
        if text not in parts:
            parts.append(text)
    return "; ".join(parts)


def _reason_text(reason: Reason) -> str:
    if reason.kind is SubscriptionKind.AUTHOR:
        printed = next((h.text for h in reason.hits), reason.query)
        return f"by **{shown(printed, 80)}**, whom you follow"
    if reason.kind is SubscriptionKind.CATEGORY:
        return f"in **{safe(reason.query, 40)}**, which you follow"
    if reason.kind is SubscriptionKind.TRENDING:
        return "on the Daily Papers list"
    return (
        "matched " + ", ".join(_term_text(term, hits) for term, hits in _by_term(reason.hits))
        if reason.hits
        else (f"matched **{safe(reason.query, 80)}**")
    )


def _by_term(hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.term, []).append(hit)
    return list(grouped.items())


def _term_text(term: str, hits: list[Hit]) -> str:
    places = list(dict.fromkeys(hit.field for hit in hits))
    return f"**{safe(term, 80)}** in the {' and '.join(places)}"


def subscription_name(subscription: Subscription) -> str:
    """What is followed, safe to show: `diffusion`, `papers by Julia Kempe`, …"""
    text = f"**{safe(subscription.query, 200)}**"
    if subscription.kind is SubscriptionKind.AUTHOR:
        return f"papers by {text}"
    if subscription.kind is SubscriptionKind.CATEGORY:
        return f"everything in {text}"
    if subscription.kind is SubscriptionKind.TRENDING:
        return f"the **Daily Papers** about {text}" if subscription.query else "the **Daily Papers**"
    return text


def list_line(paper: Paper, today: date) -> str:
    """One paper in one or two lines: title as link, who, facts."""
    facts = f"{byline(paper)} · {facts_line(paper, today, brief=True)}"
    return f"[{shown(paper.title, 200)}]({abstract_url(paper.main_id)})\n-# {facts}"


def list_entry(paper: Paper, today: date, text_limit: int = 200) -> str:
    """One paper of a list: title as link, who, facts, and one sentence about it (none with `text_limit` 0)."""
    line = list_line(paper, today)
    summary = paper.community.summary if paper.community else None
    body = safe(excerpt(plain(summary or paper.abstract), text_limit), text_limit) if text_limit else ""
    return f"{line}\n{body}" if body else line
