"""What a message may hold: Discord's limits on content, embeds, mentions and attachments. Pure.
It knows the numbers and the error texts; it must not know the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from playground.discord.components import COMPONENTS_V2, check_components
from playground.discord.errors import DiscordError, FormErrors
from playground.discord.wire import Json, snowflake

CONTENT = 2000
EMBEDS = 10
EMBED_TOTAL = 6000
TITLE, DESCRIPTION, FIELDS, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 256, 4096, 25, 256, 1024, 2048, 256
FILES = 10
ALT_TEXT = 1024
#: The same for a picture in an embed.
PICTURE_TEXT = 4096
NONCE = 25
EPHEMERAL, LOADING = 1 << 6, 1 << 7
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
SETTABLE_FLAGS = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


def check_message(body: Json, *, before: Json | None = None, files: int = 0, flags: int | None = None) -> Json:
    """The parts of the message that the body sets, cleaned as Discord stores them.

    before is the message that an edit changes. Raises 50035 with everything that is wrong, or 50006 for an empty message.
    """
    errors = FormErrors()
    clean: Json = {}
    wanted = body.get("flags") or 0
    if not isinstance(wanted, int):
        errors.add(("flags",), "NUMBER_TYPE_COERCE", f'Value "{wanted}" is not int.')
        wanted = 0
    if flags is None:
        flags = (before["flags"] if before else 0) | (wanted & COMPONENTS_V2)
    v2 = bool((flags | wanted) & COMPONENTS_V2)
    if "content" in body:
        clean["content"] = _content(body["content"], errors)
    if "embeds" in body or "embed" in body:
        clean["embeds"] = check_embeds(_list(body.get("embeds") or body.get("embed"), "embeds", errors), errors)
    if "components" in body:
        clean["components"] = check_components(_list(body["components"], "components", errors), errors, v2=v2)
    if v2:
        _check_v2(body, before, errors)
    _check_small(body, errors)
    errors.check()
    _check_absent(body, before)
    whole = (before or {}) | clean
    if not (whole.get("content") or whole.get("embeds") or whole.get("components") or files or body.get("attachments")):
        kept = before is not None and before["attachments"] and "attachments" not in body
        if not kept:
            raise DiscordError(50006)
    return clean


def _check_absent(body: Json, before: Json | None) -> None:
    """What the playground does not have is refused, and never left out silently."""
    if body.get("sticker_ids"):
        raise DiscordError(50081)  # no server here has a sticker
    if body.get("poll") is not None:
        raise DiscordError(520003 if before else 520002)  # nor a channel for polls


def _content(value: object, errors: FormErrors) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        errors.add(("content",), "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        return ""
    text = str(value).strip()
    if len(text) > CONTENT:
        errors.length(("content",), 0, CONTENT)
    return text


def _list(value: object, name: str, errors: FormErrors, path: tuple[str | int, ...] = ()) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, dict) and name == "embeds":
        return [value]
    if not isinstance(value, list):
        errors.add((*path, name), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return []
    return value


def _check_v2(body: Json, before: Json | None, errors: FormErrors) -> None:
    """A message of Components V2 holds components only."""
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(key):
            errors.add(
                (key,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
        elif before and before.get(key) and key not in body:
            errors.add(
                (key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", f"The '{key}' field must be cleared"
            )


def _check_small(body: Json, errors: FormErrors) -> None:
    nonce = body.get("nonce")
    if nonce is not None and (isinstance(nonce, bool) or not isinstance(nonce, str | int)):
        errors.add(("nonce",), "NONCE_TYPE_INVALID", "Nonce must be a string or an integer.")
    elif isinstance(nonce, str) and len(nonce) > NONCE:
        errors.length(("nonce",), 0, NONCE)
    attachments = _list(body.get("attachments"), "attachments", errors)
    if attachments:
        if len(attachments) > FILES:
            errors.length(("attachments",), 0, FILES)
        for index, attachment in enumerate(attachments):
            if len(str(_dict(attachment, ("attachments", index), errors).get("description") or "")) > ALT_TEXT:
                errors.length(("attachments", index, "description"), 0, ALT_TEXT)
    _check_mentions(body.get("allowed_mentions"), errors)


def _check_mentions(allowed: object, errors: FormErrors) -> None:
    path = ("allowed_mentions",)
    allowed = _dict(allowed, path, errors)
    parse = _list(allowed.get("parse"), "parse", errors, path)
    for index, word in enumerate(parse):
        if word not in ("users", "roles", "everyone"):
            errors.add(
                ("allowed_mentions", "parse", index),
                "BASE_TYPE_CHOICES",
                "Value must be one of ('everyone', 'roles', 'users').",
            )
    for kind in ("users", "roles"):
        ids = _list(allowed.get(kind), kind, errors, path)
        if len(ids) > 100:
            errors.length(("allowed_mentions", kind), 0, 100)
        if ids and kind in parse:
            errors.add(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
        for index, each in enumerate(ids):
            if snowflake(each) is None:
                errors.add(("allowed_mentions", kind, index), "NUMBER_TYPE_COERCE", f'Value "{each}" is not snowflake.')


def check_embeds(embeds: list[Any], errors: FormErrors) -> list[Json]:
    """The embeds as Discord stores them: trimmed, typed, empty parts left out."""
    if len(embeds) > EMBEDS:
        errors.add(("embeds",), "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS} or fewer in length.")
    clean = [_embed(_dict(embed, ("embeds", i), errors), ("embeds", i), errors) for i, embed in enumerate(embeds)]
    if sum(map(embed_length, clean)) > EMBED_TOTAL:
        errors.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")
    return clean


def _dict(value: object, path: tuple[str | int, ...], errors: FormErrors) -> Json:
    if value is None or isinstance(value, dict):
        return value or {}
    errors.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    return {}


def embed_length(embed: Json) -> int:
    """The characters that count towards the 6000 of a message."""
    total = len(embed.get("title", "")) + len(embed.get("description", ""))
    total += len(embed.get("footer", {}).get("text", "")) + len(embed.get("author", {}).get("name", ""))
    return total + sum(len(f["name"]) + len(f["value"]) for f in embed.get("fields", ()))


def _embed(embed: Json, path: tuple[str | int, ...], errors: FormErrors) -> Json:
    clean: Json = {"type": "rich"}
    for key, limit in (("title", TITLE), ("description", DESCRIPTION)):
        if text := _text(embed.get(key), (*path, key), limit, errors):
            clean[key] = text
    if embed.get("url"):
        clean["url"] = _url(embed["url"], (*path, "url"), errors)
    color = embed.get("color")
    if color is not None:
        if isinstance(color, bool) or not isinstance(color, int) or not 0 <= color <= 0xFFFFFF:
            errors.add((*path, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
        clean["color"] = color
    if embed.get("timestamp"):
        clean["timestamp"] = _timestamp(embed["timestamp"], (*path, "timestamp"), errors)
    for key, name, limit in (("footer", "text", FOOTER), ("author", "name", AUTHOR)):
        part = _dict(embed.get(key), (*path, key), errors)
        if made := _named(part, name, limit, (*path, key), errors):
            clean[key] = made
    for key in ("image", "thumbnail"):
        part = _dict(embed.get(key), (*path, key), errors)
        if part.get("url"):
            clean[key] = {"url": _url(part["url"], (*path, key, "url"), errors, attachment=True)}
            if said := _text(part.get("description"), (*path, key, "description"), PICTURE_TEXT, errors):
                clean[key]["description"] = said
    fields = _list(embed.get("fields"), "fields", errors, path)
    if len(fields) > FIELDS:
        errors.length((*path, "fields"), 0, FIELDS)
    if fields:
        clean["fields"] = [_field(f, (*path, "fields", i), errors) for i, f in enumerate(fields)]
    if clean.keys() <= {"type", "color"} and not errors:
        errors.add((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")
    return clean


def _named(part: Json, name: str, limit: int, path: tuple[str | int, ...], errors: FormErrors) -> Json | None:
    """An embed's footer or author."""
    text = _text(part.get(name), (*path, name), limit, errors)
    if not text:
        return None
    made = {name: text}
    for key in ("url", "icon_url"):
        if part.get(key):
            made[key] = _url(part[key], (*path, key), errors, attachment=key == "icon_url")
    return made


def _field(field: Any, path: tuple[str | int, ...], errors: FormErrors) -> Json:
    field = _dict(field, path, errors)
    made: Json = {"inline": bool(field.get("inline"))}
    for key, limit in (("name", FIELD_NAME), ("value", FIELD_VALUE)):
        text = _text(field.get(key), (*path, key), limit, errors)
        if not text:
            errors.required((*path, key))
        made[key] = text
    return {"name": made["name"], "value": made["value"], "inline": made["inline"]}


def _text(value: object, path: tuple[str | int, ...], limit: int, errors: FormErrors) -> str:
    if value is not None and (isinstance(value, bool) or not isinstance(value, str | int | float)):
        errors.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        return ""
    text = "" if value is None else str(value).strip()
    if len(text) > limit:
        errors.length(path, 0, limit)
    return text


def _url(value: object, path: tuple[str | int, ...], errors: FormErrors, *, attachment: bool = False) -> str:
    text = str(value)
    schemes = ("http", "https", "attachment") if attachment else ("http", "https")
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in schemes:
        known = "('http', 'https')"
        errors.add(
            path, "URL_TYPE_INVALID_SCHEME", f'Scheme "{parts.scheme}" is not supported. Scheme must be one of {known}.'
        )
    elif not parts.netloc or len(text) > 2048 or " " in text:
        errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    return text


def _timestamp(value: object, path: tuple[str | int, ...], errors: FormErrors) -> str:
    text = str(value)
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        errors.add(path, "DATE_TIME_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601.")
        return text
