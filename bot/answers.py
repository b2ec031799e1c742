"""Answers of commands as cards: what a person reads after asking.

PURE. Short, warm, plain: what happened, and what can be done next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from bot.cards import (
    AMBER,
    CADENCE_WORDS,
    OPTION_TEXT,
    Button,
    Card,
    Embed,
    Field,
    Form,
    Option,
    Select,
    digest_cards,
    list_line,
    next_digest_text,
    subscription_name,
    when,
)
from bot.digest import DailyList, Digest
from bot.models import Cadence, Subscription, SubscriptionKind
from bot.places import Place
from bot.status import PersonalStatus, Status
from bot.store.summaries import Summary
from bot.store.users import DmState, User
from bot.subscriptions import Preview, Subscribed
from bot.text import clean, safe

PER_PAGE: Final = 10
_HOURS: Final = tuple(Option(f"{hour}:00", str(hour)) for hour in range(24))
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


#: What the text of each kind of subscription is called in a form.
_LABELS: Final = {
    SubscriptionKind.KEYWORD: "Words to follow",
    SubscriptionKind.AUTHOR: "Author",
    SubscriptionKind.CATEGORY: "arXiv category",
    SubscriptionKind.TRENDING: "Only with these words (empty: all)",
}


def time_form(action: str, user: User) -> Form:
    """Asks where somebody lives and when their papers should come."""
    days = tuple(Option(d, str(n), default=n == user.weekly_day) for n, d in enumerate(WEEKDAYS))
    return Form(action, _FORM_TITLE, (*_time_fields(user), Field("day", "Weekly papers come on", options=days)))


def follow_form(action: str, user: User, kind: SubscriptionKind, words: str) -> Form:
    """The same for a first subscription, with what to follow and how often."""
    cadences = tuple(Option(CADENCE_WORDS[c].capitalize(), c.value, default=c is Cadence.DAILY) for c in CADENCE_WORDS)
    text = Field("words", _LABELS[kind], value=words, required=kind is not SubscriptionKind.TRENDING)
    return Form(action, _FORM_TITLE, (text, *_time_fields(user), Field("cadence", "How often?", options=cadences)))


_FORM_TITLE: Final = "When should your papers come?"


def _time_fields(user: User) -> tuple[Field, Field]:
    hour = str(user.digest_minute // 60)
    hours = tuple(Option(o.label, o.value, default=o.value == hour) for o in _HOURS)
    city = Field("city", "Your city", placeholder="Berlin, Boston, Bengaluru …", value=_city(user), max_length=60)
    return city, Field("hour", "At what hour?", options=hours)


def _city(user: User) -> str:
    return user.timezone.rsplit("/", 1)[-1].replace("_", " ") if user.timezone else ""


def place_select(typed: str, places: Sequence[Place], hour: int) -> Card:
    """Asks which place was meant, with the likely ones to choose from."""
    options = tuple(Option(clean(p.label)[:OPTION_TEXT], p.zone) for p in _one_per_zone(places))
    text = (
        f"I do not know “{safe(typed, 60)}”. Which of these has your time?"
        if typed
        else "Which of these has your time?"
    )
    return Card(text, rows=(Select(f"zone:{hour}", "Choose the city nearest to you", options),))


def _one_per_zone(places: Sequence[Place]) -> list[Place]:
    found: dict[str, Place] = {}
    for place in places:
        found.setdefault(place.zone, place)
    return list(found.values())[:25]


def subscribed(outcome: Subscribed, today: date, *, ask_place: Card | None = None, invite: str | None = None) -> Card:
    """What was saved, what it would have brought, and when the next papers come.

    `invite` is given for people who installed Paperboy for themselves alone.
    """
    subscription = outcome.subscription
    name = subscription_name(subscription)
    first = f"You now follow {name}." if outcome.is_new else f"You follow {name} already; it is up to date."
    lines = [f"{first}", "", preview_text(outcome.preview)]
    lines += [list_line(paper, today) for paper, _ in outcome.preview.matches[:3]]
    lines.append("")
    if outcome.welcomed:
        lines.append("A first DM is on its way, so that you see how they look.")
    if ask_place is None:
        lines.append(next_digest_text(subscription.cadence, outcome.user.next_digest))
    else:
        lines.append(ask_place.text)
    if invite:
        lines.append(
            "You added me for yourself alone. Discord may let me write to you only when we share a server: if no DM comes, "
            f"[add me to one of yours]({invite}), or read your papers with `/today`."
        )
    rows = (
        (
            Button("My subscriptions", "subs"),
            Button("Change the time", "time"),
            Button("Remove", f"sub-remove:{subscription.id}", style="danger"),
        ),
    )
    return with_notice(
        Card(embeds=(Embed(description="\n".join(lines)),), rows=(*(ask_place.rows if ask_place else ()), *rows)),
        outcome.user,
    )


def preview_text(preview: Preview) -> str:
    count, total = len(preview.matches), preview.total
    if not total:
        return "No papers of the last 7 days are here yet to try it on; the first ones come with the next announcement."
    if not count:
        return f"In the last 7 days it would have matched none of {total:,} papers. A broader word may bring more."
    of_all = f"{count:,} of {total:,} papers" if total >= count else _plural(count, "paper")
    text = f"In the last 7 days it would have matched **{of_all}**, about {_rate(count)}:"
    if preview.is_broad:
        text = (
            f"⚠ That is a lot: **{count:,} of {total:,} papers** of the last 7 days, about {_rate(count)}. "
            'Add a second word, write a "phrase in quotes", or leave something out with -word:'
        )
    return text


def _rate(count: int) -> str:
    per_day = count / 7
    return f"{per_day:.0f} a day" if per_day >= 1.5 else f"{count} a week"


def with_notice(card: Card, user: User) -> Card:
    """The card, led by a notice when papers cannot reach this person."""
    if user.dm_state is not DmState.CLOSED:
        return card
    notice = Embed(
        description=(
            f"**Your papers are waiting.** {user.dm_reason or 'My direct messages do not reach you.'} "
            "Open this server's menu → *Privacy Settings* → allow *Direct Messages*, then press **Try again**."
        ),
        color=AMBER,
    )
    return Card(
        card.text, (notice, *card.embeds), ((Button("Try again", "dm-retry", style="primary"),), *card.rows[:4])
    )


def subscription_list(subscriptions: Sequence[Subscription], user: User, page: int = 0) -> Card:
    """Ten a page; choosing one opens what can be done with it."""
    if not subscriptions:
        return with_notice(
            Card(embeds=(Embed(description="You follow nothing yet. Try `/subscribe keyword words:diffusion`."),)), user
        )
    pages = (len(subscriptions) - 1) // PER_PAGE + 1
    page = min(max(page, 0), pages - 1)
    start = page * PER_PAGE
    shown = subscriptions[start : start + PER_PAGE]
    lines = [f"**You follow {_plural(len(subscriptions), 'subscription')}**", ""]
    lines += [f"{start + n}. {_list_entry(s)}" for n, s in enumerate(shown, 1)]
    lines += ["", _delivery_line(user)]
    options = tuple(
        Option(_label(s), str(s.id), f"{s.kind} · {CADENCE_WORDS[s.cadence]}{' · paused' if s.paused else ''}")
        for s in shown
    )
    rows: list[tuple[Button, ...] | Select] = [Select("sub", "Choose one to pause, change or remove it", options)]
    if pages > 1:
        rows.append(
            (
                Button("◀ Back", f"subs:{page - 1}", disabled=page == 0),
                Button(f"Page {page + 1} of {pages}", "subs-page", disabled=True),
                Button("Next ▶", f"subs:{page + 1}", disabled=page == pages - 1),
            )
        )
    paused = user.paused_until is not None
    rows.append(
        (
            Button("Change the time", "time"),
            Button("Resume all", "pause:0", style="success") if paused else Button("Pause all for 7 days", "pause:7"),
            Button("Stop all", "stop-all", style="danger"),
        )
    )
    return with_notice(Card(embeds=(Embed(description="\n".join(lines)),), rows=tuple(rows)), user)


def _list_entry(subscription: Subscription) -> str:
    paused = " · paused" if subscription.paused else ""
    return f"{subscription_name(subscription)} · {CADENCE_WORDS[subscription.cadence]}{paused}"


def _label(subscription: Subscription) -> str:
    text = clean(subscription.query)
    return text if len(text) <= OPTION_TEXT else text[: OPTION_TEXT - 1] + "…"


def _delivery_line(user: User) -> str:
    if user.paused_until is not None:
        return f"All DMs are paused until {when(user.paused_until)}; what matches meanwhile waits for you."
    if user.next_digest is None:
        return "I do not know your time yet: press **Change the time**."
    return f"Next digest {when(user.next_digest)} ({when(user.next_digest, 'R')}), if anything matched."


def subscription_card(subscription: Subscription) -> Card:
    """One subscription and what can be done with it."""
    state = "It is paused." if subscription.paused else f"New papers come {CADENCE_WORDS[subscription.cadence]}."
    change = (
        Button("Resume", f"sub-resume:{subscription.id}", style="success")
        if subscription.paused
        else Button("Pause", f"sub-pause:{subscription.id}")
    )
    cadences = tuple(
        Button(CADENCE_WORDS[c].capitalize(), f"sub-{c.value}:{subscription.id}", disabled=c is subscription.cadence)
        for c in CADENCE_WORDS
    )
    rows = (
        (change, Button("Remove", f"sub-remove:{subscription.id}", style="danger"), Button("Back to the list", "subs")),
        cadences,
    )
    return Card(embeds=(Embed(description=f"You follow {subscription_name(subscription)}. {state}"),), rows=rows)


def removed(subscriptions: Sequence[Subscription]) -> Card:
    """What was removed, with the way back."""
    if len(subscriptions) == 1:
        text = f"You no longer follow {subscription_name(subscriptions[0])}."
        undo = Button("Undo", f"sub-restore:{subscriptions[0].id}", style="primary")
    else:
        text = f"You no longer follow anything: {_plural(len(subscriptions), 'subscription')} removed."
        first, last = min(s.id for s in subscriptions), max(s.id for s in subscriptions)
        undo = Button("Undo", f"stop-undo:{first}-{last}", style="primary")
    return Card(embeds=(Embed(description=text),), rows=((undo, Button("My subscriptions", "subs")),))


def confirm_stop_all(count: int) -> Card:
    """Asked before everything goes."""
    if not count:
        return Card(embeds=(Embed(description="You follow nothing, so there is nothing to stop."),))
    return Card(
        embeds=(
            Embed(
                description=f"Remove {'your subscription' if count == 1 else f'all {count} subscriptions'}?",
                color=AMBER,
            ),
        ),
        rows=((Button("Keep them", "subs"), Button("Remove all", "stop-all-yes", style="danger")),),
    )


def time_set(user: User) -> Card:
    assert user.next_digest is not None
    text = (
        f"Done: your papers come at {user.digest_minute // 60}:{user.digest_minute % 60:02} ({user.timezone}). "
        f"Next digest {when(user.next_digest)} ({when(user.next_digest, 'R')}), if anything matched."
    )
    return with_notice(Card(embeds=(Embed(description=text),), rows=((Button("My subscriptions", "subs"),),)), user)


def paused(until: datetime | None) -> Card:
    if until is None:
        return Card(embeds=(Embed(description="Your DMs go on. What matched meanwhile comes with the next digest."),))
    return Card(
        embeds=(Embed(description=f"All DMs are paused until {when(until)}. What matches meanwhile waits for you."),),
        rows=((Button("Resume now", "pause:0", style="primary"),),),
    )


def dm_retried(waiting: int) -> Card:
    text = (
        f"Trying again now: {_plural(waiting, 'paper')} waiting." if waiting else "Good. New papers will be sent again."
    )
    return Card(
        embeds=(Embed(description=f"{text} If no DM comes within a minute, your privacy settings still block me."),)
    )


def status_card(status: Status, personal: PersonalStatus) -> Card:
    """Is it broken, or are there no papers? Sources first, then the person's own deliveries."""
    lines = ["**Sources**", *_source_lines(status)]
    lines.append(f"Next arXiv announcement {when(status.next_announcement)} ({when(status.next_announcement, 'R')}).")
    lines += _reach_lines(status)
    lines += ["", "**You**", *_personal_lines(personal)]
    card = Card(embeds=(Embed(title="Status", description="\n".join(lines)[:4000]),))
    return with_notice(card, personal.user) if personal.user else card


def _source_lines(status: Status) -> list[str]:
    groups: dict[str, list[str]] = {}
    troubles = []
    for source in status.sources:
        groups.setdefault(source.name.partition(":")[0], []).append(source.name)
        if source.failure:
            troubles.append(f"- ⚠ `{source.name}`: {safe(source.failure, 200)}")
    if not groups:
        return ["Nothing was read yet; the first look is under way."]
    lines = []
    for group, names in groups.items():
        good = [s.last_ok for s in status.sources if s.name in names and s.last_ok]
        news = [s.last_new for s in status.sources if s.name in names and s.last_new]
        count = f" ({len(names)} feeds)" if len(names) > 1 else ""
        seen = f"last good answer {when(max(good), 'R')}" if good else "no good answer yet"
        fresh = f", last news {when(max(news), 'R')}" if news else ""
        lines.append(f"- {group}{count}: {seen}{fresh}")
    return lines + troubles[:5] + ([f"- … and {len(troubles) - 5} more"] if len(troubles) > 5 else [])


def _reach_lines(status: Status) -> list[str]:
    """How far back the collection goes, and what it still waits for."""
    known = [
        f"from {name} since {day:%Y-%m-%d}"
        for name, day in (("arXiv", status.announced_since), ("the daily lists", status.listed_since))
        if day
    ]
    reach = f": {', '.join(known)}" if known else ""
    lines = [f"{_plural(status.papers, 'paper')} in the collection{reach}."]
    for owed in status.owed[:5]:
        trouble = f" ⚠ {safe(owed.failure, 200)}" if owed.failure else ""
        lines.append(f"- still to be read: `{owed.source}` {owed.since} to {owed.until}{trouble}")
    return lines + ([f"- … and {len(status.owed) - 5} more lists"] if len(status.owed) > 5 else [])


def _personal_lines(personal: PersonalStatus) -> list[str]:
    user = personal.user
    if user is None or user.opted_in is None:
        return ["You follow nothing yet. Start with `/subscribe keyword`."]
    words = {
        DmState.OPEN: "DMs reach you.",
        DmState.CLOSED: "DMs do not reach you; your papers wait.",
        DmState.UNKNOWN: "No DM was sent to you yet.",
    }
    lines = [words[user.dm_state], _delivery_line(user)]
    if personal.last_sent:
        lines.append(f"Last message {when(personal.last_sent, 'R')}.")
    lines.append(
        f"{_plural(personal.waiting, 'paper')} waiting for you." if personal.waiting else "Nothing is waiting for you."
    )
    return lines


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def help_card(commands: Sequence[tuple[str, str]]) -> Card:
    """Every command with what it does, and where to begin."""
    lines = [
        "I bring you the new research papers that match what you follow, once, at your hour, with the reason why.",
        "",
        *[f"- `{name}` {description}" for name, description in commands],
        "",
        (
            'Begin with `/subscribe keyword`: words like `diffusion policy` must both occur, `"world model"` is a phrase, '
            "`-survey` leaves out. Personal answers are seen by you alone. I read no messages."
        ),
    ]
    return Card(embeds=(Embed(title="Paperboy", description="\n".join(lines)[:4000]),))


# -- a channel's daily list -------------------------------------------------------------------------------------------


def summary_saved(summary: Summary) -> Card:
    """What was set up, and the ways to look at it at once."""
    text = f"<#{summary.channel_id}> gets {_summary_text(summary)}. First list {when(summary.next_at)} ({when(summary.next_at, 'R')})."
    buttons = (
        Button("Preview", f"summary-preview:{summary.channel_id}"),
        Button("Post one now", f"summary-now:{summary.channel_id}", style="primary"),
    )
    return Card(embeds=(Embed(description=text),), rows=(buttons,))


def _summary_text(summary: Summary) -> str:
    days = (
        "every day"
        if summary.weekdays == 127
        else "from Monday to Friday"
        if summary.weekdays == 31
        else "on chosen days"
    )
    text = f"up to {_plural(summary.size, 'paper')} {days} at {summary.minute // 60}:{summary.minute % 60:02} ({summary.timezone})"
    if summary.categories:
        text += f" in {safe(', '.join(summary.categories), 200)}"
    if summary.words:
        text += f" about **{safe(summary.words, 200)}**"
    return text


def summary_status(summaries: Sequence[Summary]) -> Card:
    """Every list of a server: what it brings, the last one and the next one."""
    if not summaries:
        return Card(
            embeds=(Embed(description="No channel of this server has a daily list. Set one up with `/summary setup`."),)
        )
    lines = []
    for summary in summaries:
        lines.append(f"<#{summary.channel_id}>: {_summary_text(summary)}.")
        if summary.stop_reason:
            lines.append(f"  It is stopped: {safe(summary.stop_reason, 200)} `/summary setup` starts it again.")
        else:
            last = f"Last: {safe(summary.outcome, 200)}. " if summary.outcome else "No list was due yet. "
            lines.append(f"  {last}Next {when(summary.next_at)} ({when(summary.next_at, 'R')}).")
    return Card(embeds=(Embed(title="Daily lists", description="\n".join(lines)[:4000]),))


def summary_stopped(summary: Summary) -> Card:
    text = f"<#{summary.channel_id}> gets no more daily lists. `/summary setup` starts them again."
    return Card(embeds=(Embed(description=text),))


def nothing_to_list(content: DailyList) -> Card:
    text = "There is nothing to list right now: no paper of these days passes, or the channel has had them all."
    if content.late:
        text += f" {' and '.join(content.late)} could not be read yet."
    return Card(embeds=(Embed(description=text),))


def posted_now(channel_id: int, count: int) -> Card:
    if not count:
        return Card(embeds=(Embed(description="There is nothing new to post right now, so nothing was posted."),))
    return Card(embeds=(Embed(description=f"On its way to <#{channel_id}>: {_plural(count, 'paper')}."),))


# -- today ------------------------------------------------------------------------------------------------------------


def today(digest: Digest, user: User, *, follows: bool) -> Card:
    """A person's papers of the last days, on demand."""
    if not follows:
        return Card(embeds=(Embed(description="You follow nothing yet. Try `/subscribe keyword words:diffusion`."),))
    if not digest.items:
        return with_notice(
            Card(embeds=(Embed(description="Nothing that you follow came in the last three days."),)), user
        )
    cards = digest_cards(digest)
    first = cards[0]
    rest = len(digest.items) - len(first.embeds) + len(digest.held)
    text = first.text.splitlines()[0] + (f"\n-# … and {_plural(rest, 'more paper')}; they come by DM." if rest else "")
    return with_notice(Card(text, first.embeds, ((Button("My subscriptions", "subs"),),)), user)
