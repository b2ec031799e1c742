"""What a reader sees: papers, digests and answers as cards. All of Discord's length limits live here.

PURE and discord-free: a card is stored as a message's payload and turned into Discord's objects by the messenger.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from bot.categories import short
from bot.digest import DailyList, Digest, Item
from bot.links import abstract_url, code_url, paper_links
from bot.models import Cadence, Hit, Paper, Reason, Subscription, SubscriptionKind
from bot.text import excerpt, plain, safe, shown

# Discord's limits, in characters (developer documentation: resources/message, components/reference).
CONTENT: Final = 2000
EMBED_TITLE: Final = 256
EMBED_DESCRIPTION: Final = 4096
EMBED_FOOTER: Final = 2048
EMBEDS: Final = 10
EMBED_TOTAL: Final = 6000  # over all embeds of a message
ROWS: Final = 5
OPTIONS: Final = 25
OPTION_TEXT: Final = 100
BUTTON_LABEL: Final = 80
CUSTOM_ID: Final = 100

CADENCE_WORDS: Final = {
    Cadence.DAILY: "once a day",
    Cadence.INSTANT: "at once",
    Cadence.WEEKLY: "once a week",
}

#: One calm colour for papers, one for "look here".
BLUE: Final = 0x3B6EA5
AMBER: Final = 0xB7791F


@dataclass(frozen=True, slots=True)
class Button:
    """Does `action` (`verb:arguments`) or opens `url`. `style`: primary, secondary, success, danger or link."""

    label: str
    action: str = ""
    style: str = "secondary"
    url: str | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    description: str | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """One choice out of up to 25; does `action` with the chosen value."""

    action: str
    placeholder: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    title: str = ""
    url: str | None = None
    description: str = ""
    footer: str = ""
    thumbnail_url: str | None = None
    color: int = BLUE

    @property
    def size(self) -> int:
        """Characters that count towards the message's total."""
        return len(self.title) + len(self.description) + len(self.footer)


Row = tuple[Button, ...] | Select


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form, answered in text or, with `options`, by choosing one."""

    name: str
    label: str
    value: str = ""
    placeholder: str = ""
    description: str | None = None
    options: tuple[Option, ...] = ()
    required: bool = True
    max_length: int = 200
    paragraph: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A few questions at once; does `action` with the answers, keyed by field name."""

    action: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One message: text, embeds, and rows of controls."""

    text: str = ""
    embeds: tuple[Embed, ...] = ()
    rows: tuple[Row, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Card:
        """The card that `to_json` wrote. Raises KeyError or TypeError for anything else."""
        raw = json.loads(text)
        return cls(raw["text"], tuple(Embed(**e) for e in raw["embeds"]), tuple(_row(r) for r in raw["rows"]))


def _row(raw: Any) -> Row:
    if isinstance(raw, dict):
        return Select(raw["action"], raw["placeholder"], tuple(Option(**o) for o in raw["options"]))
    return tuple(Button(**b) for b in raw)


# -- time ---------------------------------------------------------------------------------------------------------------


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


# -- the parts of a paper ---------------------------------------------------------------------------------------------


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
        parts.append(_count(community.upvotes, "upvote"))
        if community.comments:
            parts.append(_count(community.comments, "comment"))
    if code_url(paper):
        stars = community.code_stars if community else None
        word = "possible code" if community and community.code_is_guess else "code"
        parts.append(f"{word} ({_count(stars, 'star')})" if stars else word)
    if paper.withdrawn:
        parts.append("**withdrawn**")
    return " · ".join(parts)


def _count(number: int, noun: str) -> str:
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


# -- whole cards ------------------------------------------------------------------------------------------------------


def paper_embed(paper: Paper, today: date, *, why: str = "", text_limit: int = 320) -> Embed:
    """A paper in a digest: who, what, when, why, and an excerpt of at most `text_limit` characters."""
    summary = paper.community.summary if paper.community else None
    lines = [byline(paper), facts_line(paper, today)]
    if why:
        lines.append(f"Why: {why}")
    body = excerpt(plain(summary or paper.abstract), text_limit)
    if body:
        lines += ["", safe(body, text_limit)]
    lines += ["", links_line(paper)]
    return Embed(
        title=shown(paper.title, EMBED_TITLE) or "Untitled",
        url=abstract_url(paper.main_id),
        description=_cut("\n".join(lines), EMBED_DESCRIPTION),
    )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def paper_card(paper: Paper, today: date) -> Card:
    """Everything about one paper, with its whole abstract, in as few embeds as Discord allows."""
    head = [byline(paper), facts_line(paper, today), f"`{paper.main_id}`"]
    if comment := shown(paper.comment or "", 300):
        head.append(comment)
    if journal := shown(paper.journal_ref or "", 200):
        head.append(f"Published in {journal}")
    if summary := shown((paper.community and paper.community.summary) or "", 500):
        head += ["", f"**In one sentence:** {summary}"]
    head += ["", shown(paper.abstract, 3000) or "No abstract is known.", "", links_line(paper)]
    embed = Embed(
        title=shown(paper.title, EMBED_TITLE) or "Untitled",
        url=abstract_url(paper.main_id),
        description=_cut("\n".join(head), EMBED_DESCRIPTION),
        footer=safe_footer(paper),
    )
    return Card(embeds=(embed,))


def safe_footer(paper: Paper) -> str:
    return "Thank you to arXiv for use of its open access interoperability." if paper.main_id.scheme == "arxiv" else ""


def pack(head: str, embeds: Sequence[Embed], rows: tuple[Row, ...]) -> list[Card]:
    """The fewest messages that hold these embeds in order, split between papers; the head stands on the first one."""
    groups: list[list[Embed]] = [[]]
    for embed in embeds:
        group = groups[-1]
        if len(group) == EMBEDS or sum(e.size for e in group) + embed.size > EMBED_TOTAL:
            groups.append([])
        groups[-1].append(embed)
    return [
        Card(_cut(head if n == 0 else f"{head.splitlines()[0]} ({n + 1}/{len(groups)})", CONTENT), tuple(group), rows)
        for n, group in enumerate(groups)
    ]


def control_row() -> tuple[Button, ...]:
    """The way out that every DM carries."""
    return (
        Button("My subscriptions", "subs"),
        Button("Pause 7 days", "pause:7"),
        Button("Stop all", "stop-all", style="danger"),
    )


def digest_cards(digest: Digest) -> list[Card]:
    """A person's digest: one embed a paper, the rest counted."""
    count = len(digest.items)
    head = f"**Your papers for {day_text(digest.day, digest.day)}** · {count} {'paper' if count == 1 else 'papers'}"
    if digest.held:
        head += (
            f"\n… and {len(digest.held):,} more matched. `/search` finds them; a narrower subscription brings fewer."
        )
    return pack(head, [_item_embed(item, digest.day) for item in digest.items], (control_row(),))


def instant_cards(digest: Digest) -> list[Card]:
    """What just came, for those who want it at once."""
    count = len(digest.items)
    head = "**A new paper for you**" if count == 1 else f"**{count} new papers for you**"
    if digest.held:
        head += (
            f"\n… and {len(digest.held):,} more matched. `/search` finds them; a narrower subscription brings fewer."
        )
    return pack(head, [_item_embed(item, digest.day) for item in digest.items], (control_row(),))


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


def welcome_cards(digest: Digest, subscription: Subscription, next_text: str) -> list[Card]:
    """The first DM: it proves that DMs arrive, and shows what will come."""
    head = f"Welcome! You now follow {subscription_name(subscription)}.\n"
    head += (
        "Here is a taste from the last 7 days." if digest.items else "Nothing matched in the last 7 days; be patient."
    )
    head += f" {next_text}"
    return pack(head, [_item_embed(item, digest.day) for item in digest.items], (control_row(),))


def _item_embed(item: Item, today: date) -> Embed:
    return paper_embed(item.paper, today, why=why_text(item.reasons))


def list_line(paper: Paper, today: date) -> str:
    """One paper in one or two lines: title as link, who, facts."""
    facts = f"{byline(paper)} · {facts_line(paper, today, brief=True)}"
    return f"[{shown(paper.title, 200)}]({abstract_url(paper.main_id)})\n-# {facts}"


# -- a channel's daily list -------------------------------------------------------------------------------------------


def daily_card(content: DailyList) -> Card:
    """The day's list as one message: excerpts are shortened until everything fits Discord's limits."""
    day = content.day
    who = f"{safe(content.server_name, 100)} and the research community"
    head = f"**Daily Papers** · by {who} · {day_text(day, day)}"
    if content.late:
        head += f"\n-# {' and '.join(content.late)} could not be read in time; what comes late is in the next list."
    for limit in (200, 140, 90, 0):
        entries = [f"**{n}.** {list_entry(p, day, limit)}" for n, p in enumerate(content.papers, 1)]
        embeds = _in_embeds(entries)
        if len(embeds) <= EMBEDS and sum(e.size for e in embeds) <= EMBED_TOTAL:
            break
    else:
        embeds = _in_embeds(_fitting(entries))
    options = tuple(
        Option(_short(plain(p.title)), str(p.id), _short(plain(byline(p)))) for p in content.papers[:OPTIONS]
    )
    rows: tuple[Row, ...] = (
        Select("abstract", "Read an abstract", options),
        (Button("Get these by DM", "follow-list", style="primary"),),
    )
    return Card(_cut(head, CONTENT), tuple(embeds), rows)


def list_entry(paper: Paper, today: date, text_limit: int = 200) -> str:
    """One paper of a list: title as link, who, facts, and one sentence about it (none with `text_limit` 0)."""
    line = list_line(paper, today)
    summary = paper.community.summary if paper.community else None
    body = safe(excerpt(plain(summary or paper.abstract), text_limit), text_limit) if text_limit else ""
    return f"{line}\n{body}" if body else line


def _in_embeds(entries: Sequence[str]) -> list[Embed]:
    """Entries with a blank line between them, in as few embeds as their length allows."""
    texts = [""]
    for entry in entries:
        if texts[-1] and len(texts[-1]) + 2 + len(entry) > EMBED_DESCRIPTION:
            texts.append("")
        texts[-1] += ("\n\n" if texts[-1] else "") + entry
    return [Embed(description=text) for text in texts]


def _fitting(entries: Sequence[str]) -> list[str]:
    """As many entries as fit one message, and how many more there are."""
    kept: list[str] = []
    room = EMBED_TOTAL - 100
    for number, entry in enumerate(entries):
        room -= len(entry) + 2
        if room < 0:
            return [*kept, f"… and {len(entries) - number} more: `/daily`"]
        kept.append(entry)
    return kept


def _short(text: str) -> str:
    return _cut(text, OPTION_TEXT)
