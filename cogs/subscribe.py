"""`/subscribe`, `/subscriptions`, `/unsubscribe`, `/today`: following topics, in Discord's words.

Reads the command, calls one service, shows one card. Knows nothing of how papers are matched or sent.
"""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.chat import messenger
from bot.chat.app import Interaction, PaperBot
from bot.chat.forecasting import HowOften, forecast
from bot.following.subscriptions import Subscriptions
from bot.language.text import clean
from bot.models import OwnerKind, Recipient, SubscriptionKind
from bot.papers import categories
from bot.query.completing import completions
from bot.show import answers, controls, followed
from bot.show.cards import Card
from bot.show.wishes import lines_form
from bot.show.wording import author_choice, find_followed, followed_choices
from bot.when.places import find_places

_COMMON = ("cs.LG", "cs.AI", "cs.CL", "cs.CV", "cs.RO", "stat.ML", "quant-ph", "hep-th", "astro-ph", "math", "q-bio")


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
        await forecast(interaction, SubscriptionKind.KEYWORD, words, how_often, city, hour)

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
        await forecast(interaction, SubscriptionKind.KEYWORD, query, how_often, city, hour)

    @follow.command(name="many", description="Follow many people, categories and queries at once, one a line")
    async def many(self, interaction: Interaction) -> None:
        await messenger.ask(interaction, lines_form())

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
        await forecast(interaction, SubscriptionKind.AUTHOR, name, how_often, city, hour)

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
        await forecast(interaction, SubscriptionKind.CATEGORY, category, how_often, city, hour)

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
        await forecast(interaction, SubscriptionKind.TRENDING, words or "", how_often, city, hour)

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


def _is_private(interaction: Interaction) -> bool:
    """Whether the control stood on an answer that only this person sees, so that it may be replaced."""
    return bool(interaction.message and interaction.message.flags.ephemeral)


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Subscribe(bot))
