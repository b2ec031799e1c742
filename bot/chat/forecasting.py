"""What following something would bring, as the answer to a command or a control: read, acknowledge, ask, show.

Knows the order of the steps; knows nothing of how papers are found.
"""

from __future__ import annotations

from typing import Final, Literal

from bot.chat import messenger
from bot.chat.app import Interaction
from bot.following.canonical import canonical
from bot.following.subscriptions import check_room
from bot.models import Cadence, Forecast, OwnerKind, Recipient, SubscriptionKind
from bot.show.cards import Card
from bot.show.forecasts import forecast_card, reword_card, time_kept, time_stays, unknown_place
from bot.when.places import meant_place

__all__ = ["HowOften", "forecast", "forecast_person", "reworded"]

HowOften = Literal["once a day", "at once", "once a week"]
_CADENCES: Final = {"once a day": Cadence.DAILY, "at once": Cadence.INSTANT, "once a week": Cadence.WEEKLY}


async def forecast(
    interaction: Interaction,
    kind: SubscriptionKind,
    words: str,
    how_often: str | None = None,
    city: str | None = None,
    hour: int | None = None,
) -> None:
    """What following it would bring, with the button that saves it."""
    text = canonical(kind, words)
    await messenger.thinking(interaction)
    cadence = _CADENCES[how_often] if how_often else None
    note = await _take_time(interaction, city, hour, cadence)
    await messenger.answer(interaction, await _card(interaction, kind, words, text, cadence, note))


async def forecast_person(interaction: Interaction, name: str, cadence: Cadence) -> None:
    """The same of a name that was chosen, in the place of the forecast in which it was."""
    text = canonical(SubscriptionKind.AUTHOR, name)
    await messenger.changing(interaction)
    await messenger.update(interaction, await _card(interaction, SubscriptionKind.AUTHOR, name, text, cadence))


async def reworded(interaction: Interaction, subscription_id: int, words: str) -> Card:
    """What a subscription would bring with other words, beside what it brought."""
    bot, owner = interaction.client, Recipient(OwnerKind.USER, interaction.user.id)
    standing = await bot.services.subscriptions.owned(owner, subscription_id)
    own = await bot.services.subscriptions.list_for(owner)
    found = await bot.services.forecaster.reword(standing, words, own)
    return reword_card(found, await _numbers(interaction, found.after), bot.today())


async def _card(
    interaction: Interaction, kind: SubscriptionKind, words: str, text: str, cadence: Cadence | None, note: str = ""
) -> Card:
    bot = interaction.client
    own = await bot.services.subscriptions.list_for(Recipient(OwnerKind.USER, interaction.user.id))
    found = await bot.services.forecaster.forecast(interaction.user.id, kind, words, text, own, cadence)
    if found.follows is None:
        check_room(len(own) + 1)
    return forecast_card(found, await _numbers(interaction, found), bot.today(), note)


async def _numbers(interaction: Interaction, found: Forecast) -> list[int | None]:
    """What stands in buttons for its wording, and for that of each offer."""
    remember = interaction.client.services.search.remember
    return [await remember(wording) for wording in (found.query, *(offer.query for offer in found.offers))]


async def _take_time(interaction: Interaction, city: str | None, hour: int | None, cadence: Cadence | None) -> str:
    """Keeps the time that was said with a command, unless one is set at which other papers come. Returns what is to be said of it."""
    if city is None and hour is None:
        return ""
    service, me = interaction.client.services.subscriptions, interaction.user.id
    user = await service.user(me)
    place, likely = meant_place(city) if city is not None else (None, [])
    own = await service.list_for(Recipient(OwnerKind.USER, me))
    if user.timezone and own and (place or city is None):
        return time_stays(user, place.zone if place else user.timezone, hour)
    minute = user.digest_minute if hour is None else hour * 60
    if place or hour is not None:
        user = await service.set_time(me, place.zone if place else user.timezone, minute)
    if city is None or place:
        return time_kept(user)
    return unknown_place(city, user, is_ambiguous=bool(likely), asks_again=cadence is not Cadence.INSTANT)
