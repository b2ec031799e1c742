"""`run` and `playground`: the bot itself, on Discord or on the local one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from bot.commands.frame import FILE, command, option
from bot.config import Settings
from bot.process import local


async def _run(settings: Settings) -> int:
    if settings.discord_token is None:
        await local.play(settings, local.Options())
    else:
        from bot.process import online  # discord.py alone takes half a second to load; a question does not need it

        await online.stay_online(settings)
    return 0


async def _play(settings: Settings, port: int, folder: Path, samples: bool | None) -> int:
    await local.play(settings, local.Options(port, folder, samples))
    return 0


COMMANDS: Final = (
    command(_run, "run", "run the bot; without DISCORD_TOKEN, the local Discord with the bot in it"),
    command(
        _play, "playground", "run the local Discord with the bot in it, whatever the settings say",
        option("--port", type=click.IntRange(0, 65535), default=8765, text="port of the page (default: 8765)"),
        option(
            "--folder", type=FILE, default=Path("var/playground"),
            text="where its state is kept (default: var/playground)",
        ),
        option("--samples/--no-samples", default=None, text="sample papers, or real ones (default: real if online)"),
    ),
)  # fmt: skip
