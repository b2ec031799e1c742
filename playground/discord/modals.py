"""Modals: what a bot may open, and what a person may submit. Pure.
It knows fields and their rules; it must not know the interaction around them."""

from __future__ import annotations

from typing import Any

from playground.discord.components import (
    ACTION_ROW,
    CUSTOM_ID,
    SELECTS,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
    walk,
)
from playground.discord.errors import FormErrors, HumanError
from playground.discord.wire import Json

LABEL, FILE_UPLOAD, RADIO, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23
FIELDS = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOX_GROUP, CHECKBOX}
TITLE, LABEL_TEXT, LABEL_DESCRIPTION, TEXT, PLACEHOLDER, ROWS = 45, 45, 100, 4000, 100, 5


def check_modal(data: Json, errors: FormErrors) -> Json:
    """The modal a callback of type 9 opens."""
    path = ("data",)
    custom_id, title = str(data.get("custom_id") or ""), str(data.get("title") or "")
    for key, text, most in (("custom_id", custom_id, CUSTOM_ID), ("title", title, TITLE)):
        if not text:
            errors.required((*path, key))
        elif len(text) > most:
            errors.length((*path, key), 1, most)
    rows = data.get("components")
    rows = rows if isinstance(rows, list) else []
    if not 1 <= len(rows) <= ROWS:
        errors.length((*path, "components"), 1, ROWS)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        _check_row(row, errors, (*path, "components", index), seen)
    return {"custom_id": custom_id, "title": title, "components": rows}


def _check_row(row: Any, errors: FormErrors, path: tuple[str | int, ...], seen: set[str]) -> None:
    kind = row.get("type") if isinstance(row, dict) else None
    if kind == ACTION_ROW:
        inner = row.get("components") or []
        if len(inner) != 1 or inner[0].get("type") != TEXT_INPUT:
            errors.length((*path, "components"), 1, 1)
        elif not 1 <= len(str(inner[0].get("label") or "")) <= LABEL_TEXT:
            errors.length((*path, "components", 0, "label"), 1, LABEL_TEXT)
        for at, field in enumerate(inner):
            _check_field(field, errors, (*path, "components", at), seen)
    elif kind == LABEL:
        if not 1 <= len(str(row.get("label") or "")) <= LABEL_TEXT:
            errors.length((*path, "label"), 1, LABEL_TEXT)
        if len(str(row.get("description") or "")) > LABEL_DESCRIPTION:
            errors.length((*path, "description"), 0, LABEL_DESCRIPTION)
        field = row.get("component") or {}
        if field.get("type") not in FIELDS:
            errors.add((*path, "component", "type"), "BASE_TYPE_CHOICES", "The component cannot stand in a label.")
        _check_field(field, errors, (*path, "component"), seen)
    elif kind != TEXT_DISPLAY:
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", 'Value of field "type" must be one of (1, 10, 18).')


def _check_field(field: Json, errors: FormErrors, path: tuple[str | int, ...], seen: set[str]) -> None:
    custom_id = str(field.get("custom_id") or "")
    if not 1 <= len(custom_id) <= CUSTOM_ID:
        errors.length((*path, "custom_id"), 1, CUSTOM_ID)
    elif custom_id in seen:
        errors.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    seen.add(custom_id)
    if field.get("type") == TEXT_INPUT:
        if field.get("style") not in (1, 2):
            errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
        for key, most in (("value", TEXT), ("placeholder", PLACEHOLDER)):
            if len(str(field.get(key) or "")) > most:
                errors.length((*path, key), 0, most)
    elif field.get("type") == STRING_SELECT and not 1 <= len(field.get("options") or ()) <= 25:
        errors.length((*path, "options"), 1, 25)


def fields_of(modal: Json) -> list[Json]:
    return [c for c in walk(modal["components"]) if c.get("custom_id")]


def submit(modal: Json, given: Json) -> list[Json]:
    """The components of the submission, from custom_id → text or list of values; 400 as Discord's client would say."""
    known = {field["custom_id"] for field in fields_of(modal)}
    for name in given:
        if name not in known:
            raise HumanError(f"The modal has no field {name!r}; it has: {', '.join(sorted(known))}.")
    made: list[Json] = []
    for number, row in enumerate(modal["components"], 1):
        head = {"type": row["type"], "id": row.get("id") or number}
        if row["type"] == ACTION_ROW:
            inner = row["components"][0]
            made.append(head | {"components": [_answer(inner, inner.get("label"), given)]})
        elif row["type"] == LABEL:
            made.append(head | {"component": _answer(row["component"], row.get("label"), given)})
        else:
            made.append(head)
    return made


def _answer(field: Json, label: object, given: Json) -> Json:
    kind, name = field["type"], field["custom_id"]
    head = {"type": kind, "custom_id": name, "id": field.get("id") or 100}
    required = field.get("required") is not False
    value = given.get(name)
    if kind == TEXT_INPUT:
        text = str(field.get("value") or "") if value is None else str(value)
        low, high = field.get("min_length") or 0, field.get("max_length") or TEXT
        if not text and required:
            raise HumanError(f"The field {label or name!r} is required.")
        if text and not low <= len(text) <= high:
            raise HumanError(f"The field {label or name!r} has {low} to {high} characters; this has {len(text)}.")
        return head | {"value": text}
    if kind == CHECKBOX:
        return head | {"value": bool(value)}
    values = value if isinstance(value, list) else [] if value in (None, "") else [value]
    values = [str(each) for each in values]
    options = field.get("options")
    if value is None and options:
        values = [str(o["value"]) for o in options if o.get("default")]
    low, high = field.get("min_values"), field.get("max_values") or 1
    low = (1 if required else 0) if low is None else low
    if kind == CHECKBOX_GROUP:
        high = field.get("max_values") or len(options or ())
    if (values or required) and not low <= len(values) <= high:
        raise HumanError(f"The field {label or name!r} takes {low} to {high} values.")
    if options and any(each not in {str(o["value"]) for o in options} for each in values):
        raise HumanError(f"The field {label or name!r} is chosen from: {', '.join(str(o['value']) for o in options)}.")
    return head | ({"value": values[0] if values else None} if kind == RADIO else {"values": values})
