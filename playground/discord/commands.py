"""Application commands as a bot registers them: limits, names, defaults. Pure.
It knows what a command may look like; it must not know who runs it."""

from __future__ import annotations

import unicodedata
from typing import Any

from playground.discord.errors import FormErrors
from playground.discord.wire import Json

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER_OPTION, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 3, 4, 5, 6, 7, 8, 9, 10, 11
MOST = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
OPTIONS, CHOICES, NAME, DESCRIPTION, COMMAND_TOTAL = 25, 25, 32, 100, 8000
_LOCALES = (
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th "
    "zh-CN ja zh-TW ko"
)
LOCALES = frozenset(_LOCALES.split())
# Scripts without case that Discord allows beyond letters and digits: their combining vowels.
SCRIPTS = ("DEVANAGARI", "THAI")

Path = tuple[str | int, ...]


def check_commands(bodies: list[Any], errors: FormErrors) -> list[Json]:
    """A bulk overwrite: each command clean, no name twice, not too many of a kind."""
    clean = [check_command(body if isinstance(body, dict) else {}, errors, (i,)) for i, body in enumerate(bodies)]
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(clean):
        key = (command["type"], command["name"])
        if key in seen:
            errors.add(
                (index, "name"),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )
        seen.add(key)
    for kind, most in MOST.items():
        if sum(c["type"] == kind for c in clean) > most:
            errors.add((), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    return clean


def check_command(body: Json, errors: FormErrors, path: Path = ()) -> Json:
    """The command as Discord stores it, without its ids."""
    kind = body.get("type") or CHAT_INPUT
    if kind not in MOST:
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3).")
    name = str(body.get("name") or "")
    description = str(body.get("description") or "")
    if kind == CHAT_INPUT:
        _check_name(name, errors, (*path, "name"))
        _check_length(description, DESCRIPTION, errors, (*path, "description"))
    else:
        _check_length(name, NAME, errors, (*path, "name"))
        if description:
            errors.add(
                (*path, "description"),
                "APPLICATION_COMMAND_DESCRIPTION_EMPTY",
                "Context menu commands cannot have description",
            )
    options = _list(body.get("options"))
    if kind != CHAT_INPUT and options:
        errors.add((*path, "options"), "APPLICATION_COMMAND_OPTIONS_EMPTY", "Context menu commands cannot have options")
    default = body.get("default_member_permissions")
    contexts = body.get("contexts")
    if contexts is None:
        contexts = [0, 1, 2] if body.get("dm_permission", True) is not False else [0]
    types = body.get("integration_types") or [0]
    if any(c not in (0, 1, 2) for c in contexts):
        errors.add((*path, "contexts"), "BASE_TYPE_CHOICES", "Value must be one of (0, 1, 2).")
    if any(t not in (0, 1) for t in types):
        errors.add((*path, "integration_types"), "BASE_TYPE_CHOICES", "Value must be one of (0, 1).")
    clean = {
        "type": kind,
        "name": name,
        "name_localizations": _localizations(body, "name", NAME, errors, path),
        "description": description,
        "description_localizations": _localizations(body, "description", DESCRIPTION, errors, path),
        "default_member_permissions": None if default is None else str(default),
        "dm_permission": 1 in contexts,
        "contexts": sorted(set(contexts)),
        "integration_types": sorted(set(types)),
        "nsfw": bool(body.get("nsfw")),
        "options": _options(options, errors, (*path, "options"), depth=0),
    }
    if text_length(clean) > COMMAND_TOTAL:
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({COMMAND_TOTAL})")
    return clean


def text_length(thing: Json) -> int:
    """The characters of names, descriptions and string values, through all options: at most 8000 a command."""
    total = len(thing["name"]) + len(thing.get("description", ""))
    for choice in thing.get("choices", ()):
        total += len(choice["name"]) + (len(choice["value"]) if isinstance(choice["value"], str) else 0)
    return total + sum(map(text_length, thing.get("options", ())))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _check_name(name: str, errors: FormErrors, path: Path) -> None:
    _check_length(name, NAME, errors, path)
    if name != name.lower() or not all(map(_may_stand_in_name, name)):
        errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _may_stand_in_name(letter: str) -> bool:
    if letter in "-_'":
        return True
    return unicodedata.category(letter)[0] in "LN" or unicodedata.name(letter, "").startswith(SCRIPTS)


def _check_length(text: str, most: int, errors: FormErrors, path: Path) -> None:
    if not text:
        errors.required(path)
    elif len(text) > most:
        errors.length(path, 1, most)


def _localizations(body: Json, key: str, most: int, errors: FormErrors, path: Path) -> Json | None:
    found = body.get(f"{key}_localizations")
    if not isinstance(found, dict):
        return None
    for locale, text in found.items():
        at = (*path, f"{key}_localizations", locale)
        if locale not in LOCALES:
            errors.add(at, "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid enum value.')
        _check_length(str(text or ""), most, errors, at)
    return dict(found)


def _options(options: list[Any], errors: FormErrors, path: Path, *, depth: int) -> list[Json]:
    if len(options) > OPTIONS:
        errors.length(path, 0, OPTIONS)
    made: list[Json] = []
    optional_seen = False
    for index, option in enumerate(options):
        at = (*path, index)
        clean = _option(option if isinstance(option, dict) else {}, errors, at, depth)
        if clean["type"] > SUB_COMMAND_GROUP:
            if clean.get("required") and optional_seen:
                errors.add(
                    at,
                    "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                    "Required options must be placed before non-required options",
                )
            optional_seen |= not clean.get("required")
        if any(other["name"] == clean["name"] for other in made):
            errors.add((*at, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", "Option names must be unique")
        made.append(clean)
    if len({option["type"] <= SUB_COMMAND_GROUP for option in made}) > 1:
        errors.add(
            path,
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    return made


def _option(option: Json, errors: FormErrors, path: Path, depth: int) -> Json:
    kind = int(option.get("type") or 0)
    if kind not in range(1, 12) or (kind == SUB_COMMAND_GROUP and depth > 0) or (kind == SUB_COMMAND and depth > 1):
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", "The option type cannot stand here.")
        kind = STRING
    name, description = str(option.get("name") or ""), str(option.get("description") or "")
    _check_name(name, errors, (*path, "name"))
    _check_length(description, DESCRIPTION, errors, (*path, "description"))
    made: Json = {"type": kind, "name": name, "description": description}
    for key, most in (("name", NAME), ("description", DESCRIPTION)):
        if (texts := _localizations(option, key, most, errors, path)) is not None:
            made[f"{key}_localizations"] = texts
    if kind <= SUB_COMMAND_GROUP:
        inner = _list(option.get("options"))
        if kind == SUB_COMMAND_GROUP and any(not isinstance(o, dict) or o.get("type") != SUB_COMMAND for o in inner):
            errors.add(
                (*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds sub-commands only"
            )
        return made | {"options": _options(inner, errors, (*path, "options"), depth=depth + (1 if kind == 2 else 2))}
    made["required"] = bool(option.get("required"))
    for key in ("min_value", "max_value", "min_length", "max_length"):
        if option.get(key) is not None:
            made[key] = option[key]
    if option.get("channel_types"):
        made["channel_types"] = option["channel_types"]
    choices = _list(option.get("choices"))
    if option.get("autocomplete"):
        made["autocomplete"] = True
        if choices:
            errors.add(
                path,
                "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
                "Choices and autocomplete are mutually exclusive",
            )
    if choices:
        made["choices"] = check_choices(choices, kind, errors, (*path, "choices"))
    return made


def check_choices(choices: list[Any], kind: int, errors: FormErrors, path: Path) -> list[Json]:
    """The choices of an option, or of an autocomplete answer."""
    if len(choices) > CHOICES:
        errors.length(path, 0, CHOICES)
    made: list[Json] = []
    for index, choice in enumerate(choices):
        at = (*path, index)
        name, value = str(choice.get("name") or ""), choice.get("value")
        _check_length(name, 100, errors, (*at, "name"))
        if kind == STRING and not (isinstance(value, str) and len(value) <= 100):
            errors.length((*at, "value"), 0, 100)
        elif kind in (INTEGER, NUMBER) and (isinstance(value, bool) or not isinstance(value, int | float)):
            errors.add((*at, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
        clean = {"name": name, "value": value}
        if (texts := _localizations(choice, "name", 100, errors, at)) is not None:
            clean["name_localizations"] = texts
        if any(other["name"] == name for other in made):
            errors.add(
                (*at, "name"), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_DUPLICATE", "Choice names must be unique"
            )
        made.append(clean)
    return made


def flat(options: list[Json]) -> list[Json]:
    found = []
    for option in options:
        found += [option, *flat(option.get("options", []))]
    return found
