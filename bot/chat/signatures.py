"""Whether a command came in the form that we registered. Knows discord.py's commands; knows no command.

Discord's clients keep a command's old form for a while after it changed, so that old options reach new code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import AppCommandOptionType, app_commands

_SUBCOMMANDS: Final = (AppCommandOptionType.subcommand.value, AppCommandOptionType.subcommand_group.value)
_PYTHON: Final[Mapping[AppCommandOptionType, tuple[type, ...]]] = {
    AppCommandOptionType.integer: (int,),
    AppCommandOptionType.number: (int, float),
    AppCommandOptionType.boolean: (bool,),
}


class ChangedCommandError(app_commands.AppCommandError):
    """The command came in a form that is not ours, or not ours any more."""


def fits(tree: app_commands.CommandTree[Any], data: Mapping[str, Any], *, typing: bool = False) -> bool:
    """Whether these interaction data name a command of ours with options it has. While somebody is `typing`, values and
    required options may still be missing or unfinished."""
    kind = discord.AppCommandType(data.get("type", 1))
    command: Any = tree.get_command(data["name"], type=kind)
    if kind is not discord.AppCommandType.chat_input:
        return command is not None
    options = data.get("options", [])
    while isinstance(command, app_commands.Group):
        if len(options) != 1 or options[0].get("type") not in _SUBCOMMANDS:
            return False
        command, options = command.get_command(options[0]["name"]), options[0].get("options", [])
    if command is None:
        return False
    known = {parameter.display_name: parameter for parameter in command.parameters}
    given = {option["name"]: option for option in options}
    if not given.keys() <= known.keys():
        return False
    if typing:
        return True
    missing = [name for name, parameter in known.items() if parameter.required and name not in given]
    return not missing and all(_option_fits(known[name], option) for name, option in given.items())


def _option_fits(parameter: app_commands.Parameter, option: Mapping[str, Any]) -> bool:
    value = option.get("value")
    if option.get("type") != parameter.type.value or not isinstance(value, _PYTHON.get(parameter.type, (str,))):
        return False
    if isinstance(value, bool) is not (parameter.type is AppCommandOptionType.boolean):
        return False
    if parameter.choices and value not in [choice.value for choice in parameter.choices]:
        return False
    size: Any = len(value) if isinstance(value, str) else value
    low, high = parameter.min_value, parameter.max_value
    return (low is None or size >= low) and (high is None or size <= high)
