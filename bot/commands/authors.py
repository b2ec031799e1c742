"""`author`: a person's page, answered beside the running bot from what the store knows."""

from __future__ import annotations

from typing import Final

import click

from bot.authors import references
from bot.authors.pages import Authors
from bot.authors.registries import Registries
from bot.commands.frame import argument, command, limit, option, show
from bot.config import Settings
from bot.models import Candidates, Sorting
from bot.search.search import Search
from bot.show.author_printing import author_json, author_lines, bearers_json, bearers_lines
from bot.store.database import open_read_only
from bot.when.clock import clock_of


async def _author(
    settings: Settings, name: tuple[str, ...], beside: str, sort: str, page: int, limit: int, as_json: bool
) -> int:
    clock = clock_of(settings.clock_file)
    async with open_read_only(settings.database) as database:
        authors = Authors(database, Search(database, clock), Registries(database, clock), clock)
        found = await authors.find(references.beside(" ".join(name), beside), ask=False)
        if isinstance(found, Candidates):
            named = [references.written(candidate.reference) for candidate in found.told]
            show(as_json, bearers_json(found, named), bearers_lines(found, named))
            return 0 if found.told else 66
        shown = await authors.page(found.reference, Sorting(sort), max(0, page - 1), ask=False, size=limit)
    show(as_json, author_json(shown), author_lines(shown, clock().date()))
    return 0


COMMANDS: Final = (
    command(
        _author, "author", "a person: their figures, each with its source, and their papers",
        argument("name", many=True, metavar="NAME...", help="a name, an ORCID, or a registry's number"),
        option("--with", "beside", default="", metavar="WORDS", text="what tells them apart: a co-author, an institution, a category"),
        option("--sort", type=click.Choice([one.value for one in Sorting]), default=Sorting.NEWEST.value, text="the order of the papers"),
        option("--page", type=click.IntRange(min=1), default=1, metavar="N", text="which page of the papers (default: 1)"),
        limit(10), answers=True,
    ),
)  # fmt: skip
