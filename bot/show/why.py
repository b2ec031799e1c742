"""`/why` as a card: where a paper came from, what each subscription says of it, what became of it.

PURE. Knows how causes are said; decides none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from bot.language.text import clean, plain
from bot.models import (
    Cadence,
    Carrier,
    EventKind,
    Hit,
    Hold,
    MessageKind,
    Paper,
    Reason,
    Sighting,
    Silence,
    SourceKind,
    SourceName,
    Standing,
    User,
)
from bot.papers.links import abstract_url
from bot.query.tracing import Trace, Verdict
from bot.show import controls
from bot.show.answers import with_notice
from bot.show.cards import BUTTONS, EMBED_DESCRIPTION, Button, Card, Embed, Row
from bot.show.hits import around
from bot.show.persons import person_menu, right_person_button
from bot.show.safe import safe
from bot.show.wording import (
    byline,
    counted,
    day_text,
    facts_line,
    joined,
    subscription_name,
    title_text,
    when,
    why_text,
)

__all__ = ["source_words", "trace_card"]

#: Events, subscriptions that agree, and others that are shown one by one; fewer where the card has no room.
_MOST: Final = ((8, 10, 5), (6, 6, 3), (4, 3, 1))
#: Characters of a subscription's reasons.
_ROOM: Final = 600
_SOURCES: Final = {
    SourceKind.ARXIV_FEED: "arXiv's announcements",
    SourceKind.ARXIV_OAI: "arXiv's catalogue",
    SourceKind.ARXIV_FILE: "an imported file",
    SourceKind.HUGGINGFACE: "Hugging Face",
    SourceKind.HUGGINGFACE_FILE: "an imported file",
    SourceKind.BIORXIV: "bioRxiv",
    SourceKind.MEDRXIV: "medRxiv",
    SourceKind.SEMANTIC_SCHOLAR: "Semantic Scholar",
    SourceKind.OPENALEX: "OpenAlex",
}
_EVENTS: Final = {
    EventKind.ANNOUNCED: "Announced",
    EventKind.CROSS_LISTED: "Cross-listed",
    EventKind.REVISED: "Revised",
    EventKind.WITHDRAWN: "Withdrawn",
    EventKind.LISTED: "On the Daily Papers",
    EventKind.CODE_RELEASED: "Code released",
    EventKind.PUBLISHED: "Published as an article",
    EventKind.CORRECTED: "Corrected",
    EventKind.SUPPLEMENTED: "Supplemented",
    EventKind.QUESTIONED: "Questioned",
    EventKind.RETRACTED: "Retracted",
}
_QUIETLY: Final = "I read it quietly: what is older than my first look, in a file, or looked up by somebody is no news, and I tell nobody."
_SILENCES: Final = {
    Silence.QUIET: "it matches, but I read the paper quietly, as nothing new",
    Silence.RESTED: "it matches, but it was paused when the paper came",
    Silence.CHANGED: "it matches now; when the paper came it may not have: it has changed since, or its votes, or how rare its words are",
    Silence.UNEXPLAINED: "it matches, and no message was made. Each day at 9:00 UTC I look for such gaps and send what is missing",
}
_MESSAGES: Final = {
    MessageKind.WELCOME: "in the first message about what you follow",
    MessageKind.INSTANT: "at once",
    MessageKind.DIGEST: "in your papers of the day",
}


def trace_card(trace: Trace, today: date) -> Card:
    """The whole way of a paper to one person, at most one embed long."""
    text = ""
    for events, agreeing, others in _MOST:
        text = "\n".join(
            [
                f"-# {byline(trace.paper)} · {facts_line(trace.paper, today)}",
                "",
                "**Where it came from**",
                *_sighting_lines(trace.sightings, today, events),
                "",
                "**What you follow**",
                *_verdict_lines(trace, agreeing, others),
                "",
                "**What became of it**",
                *_outcome_lines(trace, today),
            ]
        )
        if len(text) <= EMBED_DESCRIPTION:
            break
    head = Embed(title=title_text(trace.paper, 240), url=abstract_url(trace.paper.main_id), description=text)
    mine = Button("Your subscriptions", controls.ShowSubscriptions().encode())
    return with_notice(Card(embeds=(head,), rows=(*_person_menu(trace), (mine, *_back_buttons(trace)))), trace.user)


def _person_menu(trace: Trace) -> tuple[Row, ...]:
    """Where a followed name brought it: *Not this person*."""
    agreed = [(v.subscription, v.explanation.hits) for v in trace.verdicts if v.agrees]
    return person_menu([(trace.paper, [Reason(s.id, s.kind, s.query, hits) for s, hits in agreed])])


def _back_buttons(trace: Trace) -> list[Button]:
    """Where it is left out as a namesake's: the way back."""
    left = [(v.subscription, v.mistaken.namesake) for v in trace.verdicts if v.mistaken]
    return [right_person_button(subscription, namesake) for subscription, namesake in left[: BUTTONS - 1]]


# -- where from --------------------------------------------------------------------------------------------------------


def source_words(name: str) -> str:
    """`arxiv:cs.RO` → `arXiv's announcements of cs.RO`, for people."""
    source = SourceName.read(name)
    if source is None:
        return "a look-up"
    if source.kind is SourceKind.JOURNAL:
        return f"the feed of {urlsplit(source.part).hostname or source.part}"
    part = f" of {source.part}" if source.part and source.kind is not SourceKind.ARXIV_OAI else ""
    return _SOURCES[source.kind] + part


def _sighting_lines(sightings: Sequence[Sighting], today: date, most: int) -> list[str]:
    lines = []
    for seen in sightings[:most]:
        day = day_text(seen.at.date(), today)
        lines.append(
            f"- {_EVENTS[seen.kind]} {day}, by {safe(source_words(seen.source), 80)}; I read it {when(seen.recorded, 'f')}"
        )
    if (more := len(sightings) - most) > 0:
        lines.append(f"-# and {counted(more, 'later event')}")
    if not lines:
        return ["I do not know any more: nothing that happened to it is recorded."]
    return lines if any(seen.told for seen in sightings) else [*lines, f"-# {_QUIETLY}"]


# -- what of it matches ------------------------------------------------------------------------------------------------


def _verdict_lines(trace: Trace, agreeing: int, others: int) -> list[str]:
    if not trace.verdicts:
        return ["Nothing yet, so no paper comes by itself. `/subscribe keyword` follows words."]
    yes = [verdict for verdict in trace.verdicts if verdict.agrees]
    no = [verdict for verdict in trace.verdicts if not verdict.agrees]
    lines = [f"- ✓ {_verdict_text(verdict, trace.paper)}" for verdict in yes[:agreeing]]
    lines += [f"-# and {counted(len(yes) - agreeing, 'more subscription')} that match"] if len(yes) > agreeing else []
    lines += [f"- ✗ {_verdict_text(verdict, trace.paper)}" for verdict in no[:others]]
    rest = len(no) - others
    return lines + (
        [f"-# {counted(rest, 'more subscription')} of yours {'does' if rest == 1 else 'do'} not match"]
        if rest > 0
        else []
    )


def _verdict_text(verdict: Verdict, paper: Paper) -> str:
    name = subscription_name(verdict.subscription)
    said = verdict.explanation
    if verdict.silence is Silence.LATER:
        text = f"{name}: it matches, but you follow it only since {when(verdict.subscription.created, 'f')}, and the paper came before"
    elif verdict.silence:
        text = f"{name}: {_SILENCES[verdict.silence]}"
    elif not verdict.agrees:
        return f"{name}: {safe(said.obstacles, _ROOM)}"
    else:
        text = name
    found = joined([_hit_text(hit, paper) for hit in said.hits], _ROOM, "; ")
    return f"{text} – {found}" if found else text


def _hit_text(hit: Hit, paper: Paper) -> str:
    """What agreed, with the words around it."""
    if hit.field == "fact":
        return safe(hit.text, 100)
    if hit.field in ("author", "category", "list"):
        surely = {"initials": ", by initials", "possible": ", possibly"}.get(hit.certainty, "")
        return f"**{safe(plain(hit.text), 100)}** ({hit.field}{surely})"
    whole = {"title": paper.title, "abstract": paper.abstract}.get(hit.field, hit.text)
    return f"{hit.field}: “{around(clean(plain(whole)), clean(hit.text))}”"


# -- what became of it -------------------------------------------------------------------------------------------------


def _outcome_lines(trace: Trace, today: date) -> list[str]:
    lines = [_carrier_text(carrier, today) for carrier in trace.carriers]
    standing = trace.standing
    if standing is None:
        return lines or [_nothing_text(trace)]
    if standing.state != "sent" and (state := _standing_text(standing, trace.user, bool(lines))):
        lines.append(state)
    if standing.alert.reasons:
        lines.append(f"-# Why: {why_text(standing.alert.reasons)}")
    if standing.alert.late:
        lines.append(f"-# {safe(standing.alert.late, 300)}")
    return lines or ["It was sent; the message is so old that I no longer know which."]


def _nothing_text(trace: Trace) -> str:
    if any(verdict.agrees for verdict in trace.verdicts):
        return "No message brought it to you; why is said above."
    return (
        "It did not come to you, since nothing that you follow matches it."
        if trace.verdicts
        else "It did not come to you."
    )


def _carrier_text(carrier: Carrier, today: date) -> str:
    others = carrier.papers - 1
    beside = f", with {counted(others, 'other paper')}" if others else ""
    how = _MESSAGES.get(carrier.kind, "in a message")
    if carrier.state == "sent" and carrier.sent:
        place = f"https://discord.com/channels/@me/{carrier.channel_id}/{carrier.discord_id}"
        link = f" · [open the message]({place})" if carrier.channel_id and carrier.discord_id else ""
        return f"Sent {when(carrier.sent, 'f')} {how}{beside}{link}"
    if carrier.state in ("pending", "sending"):
        fault = f" The last try failed: {safe(carrier.error, 200)}" if carrier.error else ""
        return f"On its way {how}{beside}.{fault}"
    fault = f": {safe(carrier.error, 200)}" if carrier.error else ""
    return f"The message of {day_text(carrier.day, today)} that had it was given up{fault}"


def _standing_text(standing: Standing, user: User, carried: bool) -> str:
    """What an alert that was not sent waits for, or why it does not."""
    if standing.state == "held":
        here = " `/today` shows it." if standing.hold is Hold.SURPLUS else ""
        return f"It is held back: {safe(standing.reason or 'without a reason', 200)}.{here}"
    if standing.state == "undeliverable":
        return f"It could not be delivered: {safe(standing.reason or 'without a reason', 300)}"
    if carried:
        return ""
    if user.paused_until is not None:
        return f"It waits: all your DMs are paused until {when(user.paused_until)}."
    if standing.alert.cadence is Cadence.INSTANT:
        return "It waits to be sent at once."
    weekly = " that brings the weekly papers" if standing.alert.cadence is Cadence.WEEKLY else ""
    at = f", {when(user.next_digest)}" if user.next_digest and not weekly else ""
    return f"It waits for your next digest{weekly}{at}."
