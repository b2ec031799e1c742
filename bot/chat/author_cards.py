"""A person's page, and the people of a name, as answers: numbers for their controls, then the card.

Knows the order of the steps; knows nothing of how people are told apart.
"""

from __future__ import annotations

from typing import Final

from bot.authors import references
from bot.chat.app import Interaction
from bot.models import AuthorPage, Candidates, Reference
from bot.show.author_controls import PickAuthor, ShowAuthor
from bot.show.author_pages import author_card, bearers_card
from bot.show.cards import OPTION_TEXT, Card

__all__ = ["author_page", "bearers_page", "picked", "shown_author"]

#: Before the number of a text that is too long for a menu.
_KEPT: Final = "#"


async def author_page(interaction: Interaction, page: AuthorPage) -> Card:
    """The card of one page; without controls that lead on where nothing can be written."""
    bot = interaction.client
    number = await bot.services.search.remember(references.written(page.reference))
    return author_card(page, number, bot.today(), share=interaction.guild_id is not None)


async def bearers_page(interaction: Interaction, found: Candidates, text: str, page: int) -> Card:
    """Who may be meant by a text, the same way."""
    remember = interaction.client.services.search.remember
    number = await remember(text)
    values = [references.choice(found.name, candidate.reference) for candidate in found.told]
    for at, candidate in enumerate(found.told):
        if len(values[at]) > OPTION_TEXT:  # a menu holds no more
            values[at] = f"{_KEPT}{await remember(references.written(candidate.reference))}"
    return bearers_card(found, values, number, page)


async def picked(interaction: Interaction, choice: PickAuthor) -> Reference:
    """Whom a choice of that menu means."""
    recall = interaction.client.services.search.recall
    if choice.person.startswith(_KEPT):
        kept = choice.person.removeprefix(_KEPT)
        return references.meant(await recall(int(kept) if kept.isascii() and kept.isdigit() else 0))
    name = references.meant(references.parted(await recall(choice.name))[0]).name
    return references.chosen(name, choice.person)


async def shown_author(interaction: Interaction, shown: ShowAuthor) -> Card:
    """The page that a control means, from what is known already."""
    services = interaction.client.services
    reference = references.meant(await services.search.recall(shown.person))
    page = await services.authors.page(reference, shown.sorting, shown.page, ask=False)
    return await author_page(interaction, page)
