"""A person's page, and the people of a name, as answers: numbers for their controls, then the card.

Knows the order of the steps; knows nothing of how people are told apart.
"""

from __future__ import annotations

from bot.authors import references
from bot.chat.app import Interaction
from bot.models import AuthorPage, Candidates
from bot.show.author_controls import ShowAuthor
from bot.show.author_pages import author_card, bearers_card
from bot.show.cards import Card

__all__ = ["author_page", "bearers_page", "shown_author"]


async def author_page(interaction: Interaction, page: AuthorPage) -> Card:
    """The card of one page; without controls that lead on where nothing can be written."""
    bot = interaction.client
    number = await bot.services.search.remember(references.written(page.reference))
    return author_card(page, number, bot.today(), share=interaction.guild_id is not None)


async def bearers_page(interaction: Interaction, found: Candidates, text: str, page: int) -> Card:
    """Who may be meant by a text, the same way."""
    number = await interaction.client.services.search.remember(text)
    values = [references.choice(found.name, candidate.reference) for candidate in found.told]
    return bearers_card(found, values, number, page)


async def shown_author(interaction: Interaction, shown: ShowAuthor) -> Card:
    """The page that a control means, from what is known already."""
    services = interaction.client.services
    reference = references.meant(await services.search.recall(shown.person))
    page = await services.authors.page(reference, shown.sorting, shown.page, ask=False)
    return await author_page(interaction, page)
