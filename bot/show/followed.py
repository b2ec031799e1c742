"""What somebody follows, as cards: the list, and one subscription with what can be done with it.

PURE. Knows how subscriptions are named and which buttons stand under them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.models import Item, Subscription, SubscriptionKind, User
from bot.query.matching import trouble
from bot.show import controls, own_controls
from bot.show.answers import PER_PAGE, again_text, delivery_line, with_notice
from bot.show.cards import AMBER, Button, Card, Embed, Field, Form, Option, Row, Select
from bot.show.persons import item_menu, namesake_lines, namesake_menu
from bot.show.safe import safe
from bot.show.wording import CADENCE_WORDS, counted, followed_words, kind_word, subscription_name

_LABELS: Final = {
    SubscriptionKind.KEYWORD: "Words, or a query",
    SubscriptionKind.AUTHOR: "The name as printed on papers",
    SubscriptionKind.CATEGORY: "A category of arXiv, like cs.LG",
    SubscriptionKind.TRENDING: "Words for the Daily Papers, or none",
}
#: How many are named of those that were merged, and of those that were read anew.
_NAMED: Final = 5


def subscription_list(
    subscriptions: Sequence[Subscription],
    user: User,
    page: int = 0,
    merged: Sequence[Subscription] = (),
    reread: Sequence[tuple[Subscription, str]] = (),
) -> Card:
    """Ten a page; choosing one opens what can be done with it. `merged` are those that went, for others mean the same; `reread` those
    that were paused, since their text of before means something else today."""
    if not subscriptions:
        return with_notice(
            Card(embeds=(Embed(description="You follow nothing yet. Try `/subscribe keyword words:diffusion`."),)), user
        )
    pages = (len(subscriptions) - 1) // PER_PAGE + 1
    page = min(max(page, 0), pages - 1)
    start = page * PER_PAGE
    shown = subscriptions[start : start + PER_PAGE]
    lines = [f"**You follow {counted(len(subscriptions), 'subscription')}**", ""]
    lines += [f"{start + n}. {_list_entry(s)}" for n, s in enumerate(shown, 1)]
    if any(trouble(s) for s in shown):
        lines.append("-# ⚠ What cannot be read brings nothing: remove it and follow it anew in other words.")
    if merged:
        lines += ["", _merged_line(merged)]
    lines += ["", delivery_line(user)]
    told = (Embed(description="\n".join(_reread_lines(reread)), color=AMBER),) if reread else ()
    card = Card(embeds=(*told, Embed(description="\n".join(lines))), rows=_list_rows(shown, user, page, pages))
    return with_notice(card, user)


def _list_rows(
    shown: Sequence[Subscription], user: User, page: int, pages: int
) -> tuple[tuple[Button, ...] | Select, ...]:
    """What can be done with one, with the pages, and with all."""
    rows: list[tuple[Button, ...] | Select] = [
        Select(controls.ChooseSubscription().encode(), "Choose one to pause, change or remove it", _options(shown))
    ]
    if pages > 1:
        rows.append(
            (
                Button("◀ Back", controls.ShowSubscriptions(page - 1).encode(), disabled=page == 0),
                Button(f"Page {page + 1} of {pages}", controls.Inert("subs").encode(), disabled=True),
                Button("Next ▶", controls.ShowSubscriptions(page + 1).encode(), disabled=page == pages - 1),
            )
        )
    paused = user.paused_until is not None
    rows.append(
        (
            Button("Change the time", controls.ChangeTime().encode()),
            Button("Resume all", controls.PauseAll(0).encode(), style="success")
            if paused
            else Button("Pause all for 7 days", controls.PauseAll(7).encode()),
            Button("Stop all", controls.StopAll().encode(), style="danger"),
        )
    )
    return tuple(rows)


def behind_card(behind: Sequence[Subscription], items: Sequence[Item], user: User) -> Card:
    """What brought a message, and what can be changed or stopped: that alone, or everything."""
    lines = ["**What brought this message**", *(f"- {_list_entry(s)}" for s in behind[:PER_PAGE])]
    more = len(behind) - PER_PAGE
    lines += [f"- and {more:,} more"] if more > 0 else []
    if not behind:
        lines = ["You follow nothing any more of what brought this message."]
    lines += ["", delivery_line(user)]
    stop = [Button("Stop this one", controls.RemoveSubscription(s.id).encode(), style="danger") for s in behind]
    several = (Select(controls.ChooseSubscription().encode(), "Stop, pause or change one of them", _options(behind)),)
    rows: tuple[Row, ...] = (
        *(several if len(behind) > 1 else ()),
        *item_menu(items),
        (
            *(stop if len(behind) == 1 else ()),
            Button("My subscriptions", controls.ShowSubscriptions(0).encode()),
            Button("Settings", own_controls.ShowSettings().encode()),
            Button("Stop all", controls.StopAll().encode(), style="danger"),
        ),
    )
    return with_notice(Card(embeds=(Embed(description="\n".join(lines)),), rows=rows), user)


def _options(subscriptions: Sequence[Subscription]) -> tuple[Option, ...]:
    return tuple(
        Option(
            followed_words(s),
            str(s.id),
            f"{kind_word(s)} · {CADENCE_WORDS[s.cadence]}{' · paused' if s.paused else ''}",
        )
        for s in subscriptions
    )


def _merged_line(merged: Sequence[Subscription]) -> str:
    named = [subscription_name(s) for s in merged[:_NAMED]]
    more = f" and {len(merged) - _NAMED} more" if len(merged) > _NAMED else ""
    what = "subscription meant" if len(merged) == 1 else "subscriptions meant"
    return f"-# {len(merged)} {what} the same as another one of yours, which stays for both: {', '.join(named)}{more}."


def _reread_lines(reread: Sequence[tuple[Subscription, str]]) -> list[str]:
    count = len(reread)
    head = f"{counted(count, 'subscription')} {'is' if count == 1 else 'are'} paused, for I read more than words now"
    lines = [f"⚠ {head} (`/help topic:query`). *Resume* what is right, remove the rest:"]
    for subscription, before in reread[:_NAMED]:
        now = "" if subscription.query == before else f" is now **{safe(subscription.query, 120)}**"
        lines.append(f"- **{safe(before, 120)}**{now or ' is now read as a query'}")
    more = count - _NAMED
    return lines + ([f"- and {more:,} more, marked *paused*"] if more > 0 else [])


def _list_entry(subscription: Subscription) -> str:
    paused = " · paused" if subscription.paused else ""
    if trouble(subscription):
        paused += " · ⚠ cannot be read"
    return f"{subscription_name(subscription)} · {CADENCE_WORDS[subscription.cadence]}{paused}"


def reword_form(subscription_id: int, standing: Subscription | None) -> Form:
    """Asks for other words of a subscription; what it is may not be known in time."""
    kind = standing.kind if standing else SubscriptionKind.TRENDING
    label = _LABELS[kind] if standing else "What should it bring?"
    value = standing.query if standing else ""
    field = Field("words", label, value=value, max_length=500, required=kind is not SubscriptionKind.TRENDING)
    return Form(controls.RewordForm(subscription_id).encode(), "Change a subscription", (field,))


def subscription_card(subscription: Subscription, again: int = 0) -> Card:
    """One subscription and what can be done with it; `again` papers that matched before come once more."""
    if why := trouble(subscription):
        text = (
            f"You follow {subscription_name(subscription)}, but it cannot be read, so it brings nothing: {safe(why, 300)} "
            "Remove it and follow it anew in other words."
        )
        buttons = (
            Button("Remove", controls.RemoveSubscription(subscription.id).encode(), style="danger"),
            Button("Back to the list", controls.ShowSubscriptions().encode()),
        )
        return Card(embeds=(Embed(description=text, color=AMBER),), rows=(buttons,))
    state = "It is paused." if subscription.paused else f"New papers come {CADENCE_WORDS[subscription.cadence]}."
    change = (
        Button("Resume", controls.ResumeSubscription(subscription.id).encode(), style="success")
        if subscription.paused
        else Button("Pause", controls.PauseSubscription(subscription.id).encode())
    )
    cadences = tuple(
        Button(
            CADENCE_WORDS[c.cadence].capitalize(),
            c(subscription.id).encode(),
            disabled=c.cadence is subscription.cadence,
        )
        for c in controls.CADENCES
    )
    rows: tuple[Row, ...] = (
        (
            change,
            Button("Change", controls.Reword(subscription.id).encode()),
            Button("Remove", controls.RemoveSubscription(subscription.id).encode(), style="danger"),
            Button("Back to the list", controls.ShowSubscriptions().encode()),
        ),
        cadences,
        *namesake_menu(subscription),
    )
    text = f"You follow {subscription_name(subscription)}. {state} {again_text(again)}".rstrip()
    return Card(embeds=(Embed(description="\n".join([text, *namesake_lines(subscription)])),), rows=rows)
