"""`/subscribe`, `/subscriptions`, `/unsubscribe`, `/settings`: following topics, in Discord's words.

Reads the command, calls one service, shows one card. Knows nothing of how papers are matched or sent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.chat import messenger
from bot.chat.acknowledging import in_time
from bot.chat.app import Interaction, PaperBot
from bot.following.subscriptions import Subscriptions, canonical, check_room
from bot.language.text import clean
from bot.models import Cadence, OwnerKind, Recipient, SubscriptionKind, User
from bot.papers import categories
from bot.query.completing import completions
from bot.show import answers, controls, followed
from bot.show.cards import Card
from bot.show.forecasts import forecast_card, time_kept, unknown_place
from bot.show.wording import author_choice, find_followed, followed_choices
from bot.when.places import Place, find_places, meant_place

HowOften = Literal["once a day", "at once", "once a week"]
_COMMON = ("cs.LG", "cs.AI", "cs.CL", "cs.CV", "cs.RO", "stat.ML", "quant-ph", "hep-th", "astro-ph", "math", "q-bio")
_CADENCES = {"once a day": Cadence.DAILY, "at once": Cadence.INSTANT, "once a week": Cadence.WEEKLY}


def _owner(interaction: Interaction) -> Recipient:
    return Recipient(OwnerKind.USER, interaction.user.id)


class Subscribe(commands.Cog):
    """Following topics."""

    follow = app_commands.Group(name="subscribe", description="Get new papers by DM")

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    @property
    def service(self) -> Subscriptions:
        return self.bot.services.subscriptions

    async def cog_load(self) -> None:
        add = self.bot.add_action
        add(controls.Follow, self.follow_from_control)
        add(controls.Take, self.take)
        add(controls.FollowFound, self.follow_found)
        add(controls.ChooseZone, self.choose_zone)
        add(controls.ChangeTime, self.open_time_form)
        add(controls.TimeForm, self.time_form)
        add(controls.ShowSubscriptions, self.show_page)
        add(controls.ShowToday, self.turn_today)
        add(controls.ChooseSubscription, self.show_one)
        add(controls.PauseSubscription, self.pause_one)
        add(controls.ResumeSubscription, self.resume_one)
        add(controls.RemoveSubscription, self.remove_one)
        add(controls.RestoreSubscription, self.restore_one)
        for control in controls.CADENCES:
            add(control, self.set_cadence)
        add(controls.PauseAll, self.pause_all)
        add(controls.StopAll, self.ask_stop_all)
        add(controls.ConfirmStopAll, self.stop_all)
        add(controls.UndoStopAll, self.undo_stop_all)
        add(controls.RetryDms, self.retry_dms)

    # -- commands -----------------------------------------------------------------------------------------------------

    @follow.command(name="keyword", description='Follow words: diffusion policy, "exact phrase", -without')
    @app_commands.describe(
        words='Words that must all occur; "quotes" for a phrase, -word to leave out',
        how_often="How often papers come (default: once a day)",
        city="Your city, for your time zone",
        hour="The hour of your day at which they come, 0 to 23",
    )
    async def keyword(
        self,
        interaction: Interaction,
        words: Range[str, 1, 500],
        how_often: HowOften | None = None,
        city: Range[str, 1, 60] | None = None,
        hour: Range[int, 0, 23] | None = None,
    ) -> None:
        await self._forecast(interaction, SubscriptionKind.KEYWORD, words, how_often, city, hour)

    @follow.command(name="query", description="Follow words, authors, categories and facts together, as one query")
    @app_commands.describe(
        query='Like: ti:robot cat:cs.RO -survey, or (drone OR robot) au:"Ada Lovelace", or upvotes>=20 has:code',
        how_often="How often papers come (default: once a day)",
        city="Your city, for your time zone",
        hour="The hour of your day at which they come, 0 to 23",
    )
    async def query(
        self,
        interaction: Interaction,
        query: Range[str, 1, 500],
        how_often: HowOften | None = None,
        city: Range[str, 1, 60] | None = None,
        hour: Range[int, 0, 23] | None = None,
    ) -> None:
        await self._forecast(interaction, SubscriptionKind.KEYWORD, query, how_often, city, hour)

    @query.autocomplete("query")
    async def begun_queries(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return messenger.choices(completions(current))

    @follow.command(name="author", description="Follow a person: accents, initials and order do not matter")
    @app_commands.describe(
        name="The name as printed on papers, like Julia Kempe; a second spelling goes behind OR",
        how_often="How often papers come (default: once a day)",
        city="Your city, for your time zone",
        hour="The hour of your day at which they come, 0 to 23",
    )
    async def author(
        self,
        interaction: Interaction,
        name: Range[str, 2, 200],
        how_often: HowOften | None = None,
        city: Range[str, 1, 60] | None = None,
        hour: Range[int, 0, 23] | None = None,
    ) -> None:
        await self._forecast(interaction, SubscriptionKind.AUTHOR, name, how_often, city, hour)

    @author.autocomplete("name")
    async def names(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        found, is_all = await self.bot.services.search.suggest_people(current)
        return messenger.choices((author_choice(name, count, is_all), name) for name, count in found)

    @follow.command(name="category", description="Follow an arXiv category, by code or by name")
    @app_commands.describe(
        category="A code like cs.LG, an archive like cs, or a name like machine learning",
        how_often="How often papers come (default: once a day)",
        city="Your city, for your time zone",
        hour="The hour of your day at which they come, 0 to 23",
    )
    async def category(
        self,
        interaction: Interaction,
        category: Range[str, 2, 100],
        how_often: HowOften | None = None,
        city: Range[str, 1, 60] | None = None,
        hour: Range[int, 0, 23] | None = None,
    ) -> None:
        await self._forecast(interaction, SubscriptionKind.CATEGORY, category, how_often, city, hour)

    @follow.command(name="trending", description="Follow the Daily Papers that the community chooses")
    @app_commands.describe(
        words="Only those with these words (default: all)",
        how_often="How often papers come (default: once a day)",
        city="Your city, for your time zone",
        hour="The hour of your day at which they come, 0 to 23",
    )
    async def trending(
        self,
        interaction: Interaction,
        words: Range[str, 1, 500] | None = None,
        how_often: Literal["once a day", "once a week"] | None = None,
        city: Range[str, 1, 60] | None = None,
        hour: Range[int, 0, 23] | None = None,
    ) -> None:
        await self._forecast(interaction, SubscriptionKind.TRENDING, words or "", how_often, city, hour)

    @app_commands.command(name="today", description="Your papers of the last days, now and here")
    async def today(self, interaction: Interaction) -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await self._today(interaction, 0))

    async def _today(self, interaction: Interaction, page: int) -> Card:
        content = await self.service.today(interaction.user.id, page)
        user = await self.service.user(interaction.user.id)
        return answers.today(content, user, follows=bool(await self.service.list_for(_owner(interaction))))

    @app_commands.command(name="subscriptions", description="What you follow: pause, change, remove")
    async def subscriptions(self, interaction: Interaction) -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await self._list(interaction))

    @app_commands.command(name="unsubscribe", description="Stop following one topic")
    @app_commands.describe(subscription="What to stop; choose from your own")
    async def unsubscribe(self, interaction: Interaction, subscription: str) -> None:
        await messenger.thinking(interaction)
        chosen = find_followed(await self.service.list_for(_owner(interaction)), subscription)
        removed = await self.service.remove(_owner(interaction), chosen.id)
        await messenger.answer(interaction, answers.removed([removed]))

    @unsubscribe.autocomplete("subscription")
    async def own_subscriptions(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        own = followed_choices(await self.service.list_for(_owner(interaction)))
        wanted = clean(current).casefold()
        return messenger.choices((name, f"#{s.id}") for name, s in own if wanted in name.casefold())

    @app_commands.command(name="settings", description="Your city, your hour, your weekday")
    async def settings(self, interaction: Interaction) -> None:
        await self._ask_time(interaction)

    @category.autocomplete("category")
    async def category_names(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        codes = categories.resolve(current) if current.strip() else list(_COMMON)
        return messenger.choices((f"{code} · {categories.name(code)}", code) for code in codes)

    @keyword.autocomplete("city")
    @query.autocomplete("city")
    @author.autocomplete("city")
    @category.autocomplete("city")
    @trending.autocomplete("city")
    async def cities(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return messenger.choices((p.label, p.label[:60]) for p in find_places(current))

    # -- following ----------------------------------------------------------------------------------------------------

    async def _forecast(
        self,
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
        note = await self._take_time(interaction, city, hour, cadence)
        own = await self.service.list_for(_owner(interaction))
        forecaster = self.bot.services.forecaster
        forecast = await forecaster.forecast(interaction.user.id, kind, words, text, own, cadence)
        if forecast.follows is None:
            check_room(len(own) + 1)
        remember = self.bot.services.search.remember
        numbers = [await remember(wording) for wording in (text, *(offer.query for offer in forecast.offers))]
        await messenger.answer(interaction, forecast_card(forecast, numbers, self.bot.today(), note))

    async def _take_time(
        self, interaction: Interaction, city: str | None, hour: int | None, cadence: Cadence | None
    ) -> str:
        """Keeps the time that was said with a command. Returns what is to be said of it."""
        if city is None and hour is None:
            return ""
        user = await self.service.user(interaction.user.id)
        place, likely = meant_place(city) if city is not None else (None, [])
        minute = user.digest_minute if hour is None else hour * 60
        if place or hour is not None:
            user = await self.service.set_time(interaction.user.id, place.zone if place else user.timezone, minute)
        if city is None or place:
            return time_kept(user)
        return unknown_place(city, user, is_ambiguous=bool(likely), asks_again=cadence is not Cadence.INSTANT)

    async def follow_from_control(self, interaction: Interaction, control: controls.Follow) -> None:
        """A button somewhere says "get these by DM"."""
        await self._forecast(interaction, control.kind, control.words)

    async def follow_found(self, interaction: Interaction, control: controls.FollowFound) -> None:
        """A search named a person, or papers like one."""
        await messenger.thinking(interaction)
        wording = await self.bot.services.search.recall(control.search)
        kind, words = await self.bot.services.forecaster.of_search(interaction.user.id, wording)
        await self._forecast(interaction, kind, words)

    async def take(self, interaction: Interaction, control: controls.Take) -> None:
        """A forecast was read, and is wanted."""
        await messenger.changing(interaction)
        words = await self.bot.services.search.recall(control.wording)
        me = interaction.user.id
        outcome = await self.service.subscribe(me, control.kind, words, control.cadence, str(interaction.locale))
        self.bot.jobs.run_soon("deliver")
        alone = interaction.is_user_integration() and not interaction.is_guild_integration()
        asks = outcome.user.timezone is None and control.cadence is not Cadence.INSTANT
        card = answers.subscribed(
            outcome,
            ask_place=answers.place_select("", find_places(""), outcome.user.digest_minute // 60) if asks else None,
            invite=self.bot.invite_url() if alone else None,
            first_in=await self.bot.first_message_in(me) if outcome.welcomed else timedelta(),
        )
        await messenger.update(interaction, card)

    # -- time ---------------------------------------------------------------------------------------------------------

    async def _ask_time(self, interaction: Interaction) -> None:
        """Opens the form, with what is known when that is known in time."""
        user = await in_time(self.service.user(interaction.user.id))
        await messenger.ask(interaction, answers.time_form(user or User(interaction.user.id)))

    async def open_time_form(self, interaction: Interaction, control: controls.ChangeTime) -> None:
        await self._ask_time(interaction)

    async def time_form(self, interaction: Interaction, control: controls.TimeForm) -> None:
        await messenger.thinking(interaction)
        place, likely = _place(control.city)
        if place is None:
            await messenger.answer(interaction, answers.place_select(control.city, likely, control.hour))
            return
        user = await self.service.set_time(interaction.user.id, place.zone, control.hour * 60, control.day)
        await messenger.answer(interaction, answers.time_set(user))

    async def choose_zone(self, interaction: Interaction, control: controls.ChooseZone) -> None:
        """A place was chosen after a city that was not understood."""
        await messenger.changing(interaction)
        user = await self.service.set_time(interaction.user.id, control.zone, control.hour * 60)
        await messenger.update(interaction, answers.time_set(user))

    # -- the list -----------------------------------------------------------------------------------------------------

    async def _list(self, interaction: Interaction, page: int = 0) -> Card:
        own = await self.service.list_for(_owner(interaction))
        merged = await self.service.take_merged(_owner(interaction))
        reread = await self.service.take_reread(_owner(interaction))
        return followed.subscription_list(own, await self.service.user(interaction.user.id), page, merged, reread)

    async def show_page(self, interaction: Interaction, control: controls.ShowSubscriptions) -> None:
        in_place = control.page is not None or _is_private(interaction)
        await (messenger.changing if in_place else messenger.thinking)(interaction)
        card = await self._list(interaction, control.page or 0)
        await (messenger.update if in_place else messenger.answer)(interaction, card)

    async def turn_today(self, interaction: Interaction, control: controls.ShowToday) -> None:
        await messenger.changing(interaction)
        await messenger.update(interaction, await self._today(interaction, control.page))

    async def show_one(self, interaction: Interaction, control: controls.ChooseSubscription) -> None:
        await messenger.changing(interaction)
        chosen = await self.service.one(_owner(interaction), control.subscription)
        card = followed.subscription_card(chosen) if chosen else await self._list(interaction)
        await messenger.update(interaction, card)

    async def pause_one(self, interaction: Interaction, control: controls.PauseSubscription) -> None:
        await messenger.changing(interaction)
        changed = await self.service.pause(_owner(interaction), control.subscription)
        await messenger.update(interaction, followed.subscription_card(changed))

    async def resume_one(self, interaction: Interaction, control: controls.ResumeSubscription) -> None:
        await messenger.changing(interaction)
        changed = await self.service.resume(_owner(interaction), control.subscription)
        self.bot.jobs.run_soon("deliver")
        await messenger.update(interaction, followed.subscription_card(changed.subscription, changed.again))

    async def remove_one(self, interaction: Interaction, control: controls.RemoveSubscription) -> None:
        await messenger.changing(interaction)
        changed = await self.service.remove(_owner(interaction), control.subscription)
        await messenger.update(interaction, answers.removed([changed]))

    async def restore_one(self, interaction: Interaction, control: controls.RestoreSubscription) -> None:
        await messenger.changing(interaction)
        changed = await self.service.restore(_owner(interaction), control.subscription)
        self.bot.jobs.run_soon("deliver")
        await messenger.update(interaction, followed.subscription_card(changed.subscription, changed.again))

    async def set_cadence(self, interaction: Interaction, control: controls.SetCadence) -> None:
        await messenger.changing(interaction)
        changed = await self.service.set_cadence(_owner(interaction), control.subscription, control.cadence)
        self.bot.jobs.run_soon("deliver")
        await messenger.update(interaction, followed.subscription_card(changed))

    # -- everything at once -------------------------------------------------------------------------------------------

    async def pause_all(self, interaction: Interaction, control: controls.PauseAll) -> None:
        await messenger.thinking(interaction)
        until = await self.service.pause_all(interaction.user.id, control.days)
        self.bot.jobs.run_soon("deliver")
        await messenger.answer(interaction, answers.paused(until))

    async def ask_stop_all(self, interaction: Interaction, control: controls.StopAll) -> None:
        await messenger.thinking(interaction)
        own = await self.service.list_for(_owner(interaction))
        await messenger.answer(interaction, answers.confirm_stop_all(len(own)))

    async def stop_all(self, interaction: Interaction, control: controls.ConfirmStopAll) -> None:
        await messenger.changing(interaction)
        removed = await self.service.remove_all(_owner(interaction))
        await messenger.update(interaction, answers.removed(removed) if removed else await self._list(interaction))

    async def undo_stop_all(self, interaction: Interaction, control: controls.UndoStopAll) -> None:
        await messenger.changing(interaction)
        again = await self.service.restore_all(_owner(interaction), *control.span)
        self.bot.jobs.run_soon("deliver")
        await messenger.update(interaction, answers.restored(again, await self._list(interaction)))

    async def retry_dms(self, interaction: Interaction, control: controls.RetryDms) -> None:
        await messenger.thinking(interaction)
        waiting = await self.service.try_dms_again(interaction.user.id)
        self.bot.jobs.run_soon("deliver")
        await messenger.answer(interaction, answers.dm_retried(waiting))


def _place(text: str) -> tuple[Place | None, list[Place]]:
    """The place meant, if there is no doubt; else the likely ones, else well-known ones."""
    place, likely = meant_place(text)
    return place, likely or ([] if place else find_places(""))


def _is_private(interaction: Interaction) -> bool:
    """Whether the control stood on an answer that only this person sees, so that it may be replaced."""
    return bool(interaction.message and interaction.message.flags.ephemeral)


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Subscribe(bot))
