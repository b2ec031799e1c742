"""A forecast as a card: what would come, how much, and the buttons that save it. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.language.text import blank, clean, plain
from bot.language.tokens import tokens
from bot.models import Bearer, Forecast, Match, Offer, Preview, Rewording, SubscriptionKind, User
from bot.papers import categories
from bot.query.meaning import as_query
from bot.show import controls
from bot.show.cards import AMBER, BLUE, Button, Card, Embed, Option, Row, Select, cut
from bot.show.safe import safe
from bot.show.wording import (
    CADENCE_WORDS,
    author_choice,
    counted,
    day_text,
    followed_name,
    followed_text,
    list_line,
    paper_date,
    subscription_name,
)

__all__ = ["CANNOT_SAVE", "forecast_card", "preview_text", "rate", "reword_card"]

#: In the place of buttons, where nothing can be written.
CANNOT_SAVE: Final = "I cannot save anything right now. Try again in a minute."
_SHOWN: Final = 3
#: Characters of a co-author's name in a menu.
_OTHER: Final = 22
#: Characters of a wording on a button.
_LABEL: Final = 50


def forecast_card(forecast: Forecast, numbers: Sequence[int | None], today: date, note: str = "") -> Card:
    """What following it would bring. `numbers` stand in buttons for its wording and for that of each offer; None where nothing can
    be written, and so nothing followed."""
    lines = [*_head_lines(forecast), "", _volume_text(forecast, today)]
    lines += _paper_lines(forecast, today)
    if forecast.offers:
        lines += ["", _offers_text(forecast)]
    if forecast.bearers.told:
        lines += ["", _bearers_text(forecast)]
    if numbers[0] is None:
        lines += ["", CANNOT_SAVE]
    if note:
        lines += ["", note]
    buttons = _buttons(forecast, numbers)
    return Card(
        embeds=(
            Embed(description="\n".join(lines), color=AMBER if _is_flood(forecast.preview, forecast.kind) else BLUE),
        ),
        rows=(*_bearer_menu(forecast), *((buttons,) if buttons else ())),
    )


def reword_card(rewording: Rewording, numbers: Sequence[int | None], today: date) -> Card:
    """What a subscription brought beside what it would with other words. `numbers` as above."""
    standing, after = rewording.subscription, rewording.after
    if after.follows:
        text = f"You follow {subscription_name(after.follows)} already, which means the same. Nothing is changed."
        return Card(embeds=(Embed(description=text, color=AMBER),))
    then = followed_name(after.kind, after.query, 0)
    lines = [f"Change {subscription_name(standing)} to {then}? Nothing is changed yet.", ""]
    lines += [f"As it is: {_count_text(rewording.before, standing.kind)}.", f"Then: {_volume_text(after, today)}"]
    lines += _paper_lines(after, today)
    lines += ["", "What came stays yours, and no paper comes twice. What waits is sent where the new words ask for it."]
    if numbers[0] is None:
        lines += ["", CANNOT_SAVE]
    offers = zip(after.offers, numbers[1:], strict=True)
    buttons = [
        Button("Change it", controls.TakeWords(standing.id, number).encode(), style="primary")
        for number in numbers[:1]
        if number is not None
    ]
    buttons += [
        Button(_offer_label(offer), controls.TakeWords(standing.id, number).encode())
        for offer, number in offers
        if number is not None and offer.kind is standing.kind
    ]
    buttons.append(Button("Keep it as it is", controls.ShowSubscriptions().encode()))
    color = AMBER if _is_flood(after.preview, after.kind) else BLUE
    return Card(embeds=(Embed(description="\n".join(lines), color=color),), rows=(tuple(buttons),))


def _paper_lines(forecast: Forecast, today: date) -> list[str]:
    """The first papers that it would have brought, or the newest one here."""
    found = forecast.preview.matched.papers[:_SHOWN] or forecast.last
    return [list_line(paper, today, _found_words(match)) for paper, match in found]


def _count_text(preview: Preview, kind: SubscriptionKind) -> str:
    count = preview.matched.count
    if not count:
        return f"none of {_of_kind(kind, preview)} in the last 7 days"
    about = "about " if preview.matched.is_about else ""
    return f"{about}{count:,} of {_of_kind(kind, preview)} in the last 7 days, {rate(count)}"


def _head_lines(forecast: Forecast) -> list[str]:
    """What would be followed; of a person or a category, also as the query that means the same."""
    if forecast.kind not in (SubscriptionKind.AUTHOR, SubscriptionKind.CATEGORY):
        return [_head(forecast)]
    return [_head(forecast), f"-# As a query: {safe(as_query(forecast.kind, forecast.query), 300)}"]


def _head(forecast: Forecast) -> str:
    name = followed_name(forecast.kind, forecast.query, 0)
    if forecast.kind is SubscriptionKind.CATEGORY:
        name += f" ({safe(categories.name(forecast.query), 60)})"
    if forecast.follows:
        now = CADENCE_WORDS[forecast.follows.cadence] + (", paused" if forecast.follows.paused else "")
        return f"You follow {name} already ({now})."
    return f"Follow {name}? Nothing is saved yet."


def _volume_text(forecast: Forecast, today: date) -> str:
    preview = forecast.preview
    if preview.matched.count or not (preview.total or forecast.last):
        return preview_text(preview, forecast.kind)
    none = f"In the last 7 days it would have matched none of {_of_kind(forecast.kind, preview)}."
    if not preview.total:
        none = "No papers of the last 7 days are here to try it on."
    if forecast.last:
        day = paper_date(forecast.last[0][0])
        newest = (
            f" The newest of {counted(forecast.known, 'paper')} here" if forecast.known > 1 else " The one paper here"
        )
        return f"{none}{newest}{f' is of {day_text(day, today)}' if day else ''}:"
    if forecast.kind is SubscriptionKind.AUTHOR:
        return f"{none} There is no paper here by that name yet; if it is right, follow it and wait for one."
    if forecast.kind is SubscriptionKind.KEYWORD:
        return f"{none} No paper here has it yet."
    return none


def unknown_place(city: str, user: User, *, is_ambiguous: bool = False, asks_again: bool = True) -> str:
    """Of a city that was said with a command and is not understood."""
    what = (
        f"There is more than one “{safe(city, 60)}”" if is_ambiguous else f"I do not know the city “{safe(city, 60)}”"
    )
    if user.timezone:
        return f"{what}, so your time stays as it is: `/settings` changes it."
    return f"{what}, so I ask once more when you follow it." if asks_again else f"{what}: `/settings` asks for another."


def time_kept(user: User) -> str:
    """Of a time that was said with a command, which is kept whatever comes of the forecast."""
    return f"Your hour is kept: {user.digest_minute // 60}:00 ({user.timezone or 'UTC'})."


def time_stays(user: User, zone: str, hour: int | None) -> str:
    """Of a time that was said with a command by somebody whose papers have one; nothing where it is the same."""
    if zone == user.timezone and hour in (None, user.digest_minute // 60):
        return time_kept(user)
    clock = f"{user.digest_minute // 60}:{user.digest_minute % 60:02} ({user.timezone})"
    return f"All your papers come together at {clock}, and this one too: `/settings` moves them."


def preview_text(preview: Preview, kind: SubscriptionKind) -> str:
    """How much came in the last 7 days, and how much of all."""
    count, total = preview.matched.count, preview.total
    if not total:
        return "No papers of the last 7 days are here yet to try it on; the first ones come with the next announcement."
    about = "about " if preview.matched.is_about else ""
    of_all = f"{about}{count:,} of {_of_kind(kind, preview)}" if total >= count else about + counted(count, "paper")
    is_broad = _is_flood(preview, kind)
    if is_broad and kind is SubscriptionKind.KEYWORD:
        return (
            f"⚠ That is a lot: **{of_all}** of the last 7 days, {rate(count)}. "
            'Add a second word, write a "phrase in quotes", or leave something out with -word:'
        )
    lead = "⚠ That is a lot: in" if is_broad else "In"
    return f"{lead} the last 7 days it would have matched **{of_all}**, {rate(count)}:"


def _is_flood(preview: Preview, kind: SubscriptionKind) -> bool:
    """Who follows the daily list wants the list."""
    return preview.is_broad and kind is not SubscriptionKind.TRENDING


def rate(count: int, *, about: bool = True) -> str:
    """`about 5 a day` of so many a week."""
    per_day = count / 7
    text = f"{per_day:,.0f} a day" if per_day >= 1.5 else f"{count} a week"
    return f"about {text}" if about or per_day >= 1.5 else text


def _of_kind(kind: SubscriptionKind, preview: Preview) -> str:
    return counted(preview.total, "listed paper" if kind is SubscriptionKind.TRENDING else "paper")


def _offers_text(forecast: Forecast) -> str:
    kinds = {offer.kind for offer in forecast.offers}
    if SubscriptionKind.CATEGORY in kinds:
        return "Or did you mean one of these?" if len(kinds) == 1 else "Or take one of these instead:"
    if forecast.is_like:
        return "Or take papers that are more like it, or less:"
    return "That is much. You may take less of it:" if forecast.preview.matched.count else "Did you mean one of these?"


def _bearers_text(forecast: Forecast) -> str:
    """What the menu of names is for."""
    found = forecast.bearers
    if forecast.near:
        return "These names here are like it. Choose one to see what it would bring."
    if not found.agree:
        text = (
            "That is one word of a name, and *Follow* takes only papers that print no more of it. Choose who is meant."
        )
    elif found.count == 1:
        text = f"The name is printed here as **{safe(found.told[0].name, 100)}** alone. Choose it to see that one."
    else:
        text = f"{found.count:,} names that are printed here agree with it; *Follow* takes them all. Choose one to see that one."
    if found.count > len(found.told):
        text += f" The menu has the {len(found.told)} with most papers; a longer name leaves fewer."
    return text


def _bearer_menu(forecast: Forecast) -> tuple[Row, ...]:
    """The names that may be meant, each with what tells its bearer apart."""
    found = forecast.bearers
    options = tuple(
        Option(author_choice(bearer.name, bearer.papers, found.is_all), bearer.name, _bearer_facts(bearer))
        for bearer in found.told
    )
    return (Select(controls.PickPerson(forecast.cadence).encode(), "Who is meant?", options),) if options else ()


def _bearer_facts(bearer: Bearer) -> str:
    """With whom, where, and the latest title."""
    others = f"with {' and '.join(cut(other, _OTHER) for other in bearer.others)}" if bearer.others else ""
    title = "" if blank(title := plain(bearer.title)) else title
    return " · ".join(part for part in (others, ", ".join(bearer.categories), title) if part)


def _found_words(match: Match) -> frozenset[str]:
    """What agreed, as words are compared."""
    return frozenset(token.form for reason in match.reasons for hit in reason.hits for token in tokens(clean(hit.text)))


def _buttons(forecast: Forecast, numbers: Sequence[int | None]) -> tuple[Button, ...]:
    if numbers[0] is None:
        return ()
    main = Button(
        f"Follow it {CADENCE_WORDS[forecast.cadence]}" if forecast.follows else "Follow",
        controls.Take(forecast.kind, forecast.cadence, numbers[0]).encode(),
        style="primary",
    )
    others = [
        Button(_offer_label(offer), controls.Take(offer.kind, forecast.cadence, number).encode())
        for offer, number in zip(forecast.offers, numbers[1:], strict=True)
        if number is not None
    ]
    return (main, *others)


def _offer_label(offer: Offer) -> str:
    text = followed_text(offer.kind, offer.query, _LABEL)
    how_much = f"{counted(offer.count, 'paper')} here" if offer.is_ever else rate(offer.count, about=offer.is_about)
    return f"{text} · {how_much}"
