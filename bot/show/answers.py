"""Answers of commands as cards: what a person reads after asking.

PURE. Short, warm, plain: what happened, and what can be done next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from bot.language.text import blank, clean
from bot.models import Cadence, DmState, QuietMode, Subscribed, Subscription, Today, User
from bot.show import controls, own_controls
from bot.show.cards import AMBER, Button, Card, Embed, Field, Form, Option, Select, led
from bot.show.lists import abstract_select, entries, page_row
from bot.show.papers import item_embeds
from bot.show.persons import item_menu
from bot.show.plainly import ROOMS, plain_items, unmarked
from bot.show.safe import safe
from bot.show.wording import (
    WEEKDAYS,
    counted,
    day_text,
    next_digest_text,
    subscription_name,
    when,
)
from bot.when.places import Place
from bot.when.schedule import is_zone

PER_PAGE: Final = 10
_HOURS: Final = tuple(Option(f"{hour}:00", str(hour)) for hour in range(24))


def time_form(user: User) -> Form:
    """Asks where somebody lives and when their papers should come."""
    days = tuple(Option(d, str(n), default=n == user.weekly_day) for n, d in enumerate(WEEKDAYS))
    return Form(
        controls.TimeForm().encode(),
        _FORM_TITLE,
        (*_time_fields(user), Field("day", "Weekly papers come on", options=days)),
    )


_MINE: Final = Button("My subscriptions", controls.ShowSubscriptions().encode())
_SETTINGS: Final = Button("Settings", own_controls.ShowSettings().encode())
_FORM_TITLE: Final = "When should your papers come?"


def _time_fields(user: User) -> tuple[Field, Field]:
    chosen = str(user.digest_minute // 60)
    hours = tuple(Option(o.label, o.value, default=o.value == chosen) for o in _HOURS)
    city = Field("city", "Your city", placeholder="Berlin, Boston, Bengaluru …", value=_city(user), max_length=60)
    return city, Field("hour", "At what hour?", options=hours)


def _city(user: User) -> str:
    return user.timezone.rsplit("/", 1)[-1].replace("_", " ") if user.timezone else ""


def place_select(typed: str, places: Sequence[Place], hour: int) -> Card:
    """Asks which place was meant, with the likely ones to choose from."""
    options = tuple(Option(clean(p.label), p.zone) for p in _one_per_zone(places))
    text = (
        f"I do not know “{safe(typed, 60)}”. Which of these has your time?"
        if not blank(typed)
        else "Which of these has your time?"
    )
    return Card(text, rows=(Select(controls.ChooseZone(hour).encode(), "Choose the city nearest to you", options),))


def _one_per_zone(places: Sequence[Place]) -> list[Place]:
    found: dict[str, Place] = {}
    for place in places:
        found.setdefault(place.zone, place)
    return list(found.values())[:25]


def subscribed(
    outcome: Subscribed,
    *,
    ask_place: Card | None = None,
    invite: str | None = None,
    first_in: timedelta = timedelta(),
) -> Card:
    """What was saved, and when the next papers come. `ask_place` asks where the person lives.

    `invite` is given for people who installed Paperboy for themselves alone. `first_in` is how long the first DM has to wait.
    """
    subscription = outcome.subscription
    name = subscription_name(subscription)
    lines = [f"You now follow {name}." if outcome.is_new else f"You follow {name} already; it is up to date.", ""]
    if outcome.welcomed:
        lines.append(_first_text(first_in))
    lines.append(next_digest_text(subscription.cadence, outcome.user.next_digest, outcome.user.weekdays))
    if subscription.cadence is Cadence.INSTANT and outcome.user.quiet.mode is QuietMode.HOLD:
        lines.append("In your quiet hours they wait.")
    if ask_place:
        lines += ["", f"I take {outcome.user.digest_minute // 60}:00 UTC until I know where you live. {ask_place.text}"]
    if invite:
        lines.append(
            "\nYou added me for yourself alone. Discord may let me write to you only when we share a server: if no DM comes, "
            f"[add me to one of yours]({invite}), or read your papers with `/today`."
        )
    offer: list[Button] = []
    if outcome.welcomed and not outcome.user.plain:
        lines.append("-# You use a screen reader? *Plain text* brings papers as sentences, without signs.")
        offer = [Button("Plain text", own_controls.TakePlain().encode())]
    rows = (
        (
            _MINE,
            Button("Change the time", controls.ChangeTime().encode()),
            Button("Remove", controls.RemoveSubscription(subscription.id).encode(), style="danger"),
            *offer,
        ),
    )
    return with_notice(
        Card(embeds=(Embed(description="\n".join(lines)),), rows=(*(ask_place.rows if ask_place else ()), *rows)),
        outcome.user,
    )


def _first_text(wait: timedelta) -> str:
    minutes = ceil(wait.total_seconds() / 60)
    if minutes < 1:
        return "A first DM is on its way, so that you see how they look."
    return f"Your first message comes in about {counted(minutes, 'minute')}: many people are starting just now."


def with_notice(card: Card, user: User) -> Card:
    """The card, led by a notice when papers cannot reach this person."""
    if user.dm_state is not DmState.CLOSED:
        return card
    notice = Embed(
        description=(
            f"**Your papers are waiting.** {user.dm_reason or 'My direct messages do not reach you.'} "
            "In a server where we both are, open its menu → *Privacy Settings* → allow *Direct Messages*, then press **Try again**."
        ),
        color=AMBER,
    )
    return Card(
        card.text,
        (notice, *card.embeds),
        ((Button("Try again", controls.RetryDms().encode(), style="primary"),), *card.rows),
    )


def delivery_line(user: User) -> str:
    """When this person's next DM is due, in one sentence."""
    if user.timezone and not is_zone(user.timezone):
        return (
            f"⚠ I do not know the time zone `{safe(user.timezone, 60)}` any more, so your hour is taken as UTC: "
            "tell me your city with `/settings`."
        )
    if user.paused_until is not None:
        return f"All DMs are paused until {when(user.paused_until)}; what matches meanwhile waits for you."
    if user.next_digest is None:
        return "I do not know your time yet: `/settings` asks for your city and hour."
    return f"Next digest {when(user.next_digest)} ({when(user.next_digest, 'R')}), if anything matched."


def again_text(papers: int) -> str:
    """What comes although it matched earlier; nothing for none."""
    return f"{counted(papers, 'paper')} that matched before {'comes' if papers == 1 else 'come'} too." if papers else ""


def restored(papers: int, card: Card) -> Card:
    """Everything is followed again: what comes of it, then the list."""
    return led(Card(f"You follow it all again. {again_text(papers)}".strip()), card)


def removed(subscriptions: Sequence[Subscription]) -> Card:
    """What was removed, with the way back."""
    if len(subscriptions) == 1:
        text = f"You no longer follow {subscription_name(subscriptions[0])}."
        undo = Button("Undo", controls.RestoreSubscription(subscriptions[0].id).encode(), style="primary")
    else:
        text = f"You no longer follow anything: {counted(len(subscriptions), 'subscription')} removed."
        first, last = min(s.id for s in subscriptions), max(s.id for s in subscriptions)
        undo = Button("Undo", controls.UndoStopAll((first, last)).encode(), style="primary")
    return Card(embeds=(Embed(description=text),), rows=((undo, _MINE),))


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
        rows=(
            (
                Button("Keep them", controls.ShowSubscriptions().encode()),
                Button("Remove all", controls.ConfirmStopAll().encode(), style="danger"),
            ),
        ),
    )


def time_set(user: User) -> Card:
    assert user.next_digest is not None
    zone = user.timezone if is_zone(user.timezone) else "UTC"
    text = (
        f"Done: your papers come at {user.digest_minute // 60}:{user.digest_minute % 60:02} ({zone}). "
        f"Next digest {when(user.next_digest)} ({when(user.next_digest, 'R')}), if anything matched."
    )
    return with_notice(Card(embeds=(Embed(description=text),), rows=((_MINE, _SETTINGS),)), user)


def paused(until: datetime | None) -> Card:
    if until is None:
        return Card(embeds=(Embed(description="Your DMs go on. What matched meanwhile comes with the next digest."),))
    return Card(
        embeds=(Embed(description=f"All DMs are paused until {when(until)}. What matches meanwhile waits for you."),),
        rows=((Button("Resume now", controls.PauseAll(0).encode(), style="primary"),),),
    )


def dm_retried(waiting: int) -> Card:
    text = (
        f"Trying again now: {counted(waiting, 'paper')} waiting." if waiting else "Good. New papers will be sent again."
    )
    return Card(
        embeds=(Embed(description=f"{text} If no DM comes within a minute, your privacy settings still block me."),)
    )


def today(content: Today, user: User, *, follows: bool) -> Card:
    """A page of a person's papers, on demand."""
    if not follows:
        return Card(embeds=(Embed(description="You follow nothing yet. Try `/subscribe keyword words:diffusion`."),))
    if not content.items:
        return with_notice(
            Card(embeds=(Embed(description="Nothing that you follow came in the last three days."),)), user
        )
    head = f"**Your papers for {day_text(content.day, content.day)}** · {counted(content.total, 'paper')}"
    if content.surplus:
        head += f"\n-# The last {content.surplus:,} of them did not fit into your messages of the last 30 days."
    if content.uncounted:
        head += f"\n-# About {counted(content.uncounted, 'more paper')} matched; a narrower subscription brings fewer."
    papers = [item.paper for item in content.items]
    turning = page_row(controls.ShowToday, content.page, content.total, beside=(_MINE,))
    if user.plain:
        start = content.page * PER_PAGE + 1
        said = plain_items(content.items, start, content.total, content.day, ROOMS)
        rows = (*abstract_select(papers), *item_menu(content.items), *turning)
        return with_notice(Card(unmarked(head), (Embed(description=said),), rows), user)
    embeds = item_embeds(content.items, content.day) if user.dm_state is not DmState.CLOSED else None
    embeds = embeds or (Embed(description=entries(papers, content.day, content.page * PER_PAGE)),)
    return with_notice(Card(head, embeds, (*abstract_select(papers), *item_menu(content.items), *turning)), user)
