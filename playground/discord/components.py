"""The components of messages, old and new: limits, layout, ids. Pure.
It knows what may stand in what; it must not know who clicks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.discord.errors import FormErrors
from playground.discord.wire import Json

COMPONENTS_V2 = 1 << 15
ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
TOP_V2 = frozenset({ACTION_ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR, CONTAINER})
IN_CONTAINER = TOP_V2 - {CONTAINER}
LINK, PREMIUM = 5, 6
ROWS, BUTTONS, OPTIONS, TOTAL_V2 = 5, 5, 25, 40
CUSTOM_ID, LABEL, OPTION_TEXT, PLACEHOLDER, URL, DISPLAY = 100, 80, 100, 150, 512, 4000
ATTACHMENT = "attachment://"

Path = tuple[str | int, ...]


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, outer before inner."""
    for component in components:
        if not isinstance(component, dict):  # of a body that is not checked yet
            continue
        yield component
        children = component.get("components")
        inner = list(children) if isinstance(children, list) else []
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                inner.append(component[key])
        yield from walk(inner)


def find(components: list[Json], custom_id: str) -> Json | None:
    return next((c for c in walk(components) if c.get("custom_id") == custom_id), None)


def check_components(components: list[Any], errors: FormErrors, *, v2: bool) -> list[Json]:
    """The components as Discord stores them: known keys, defaults, an id each."""
    checker = _Checker(errors, v2=v2)
    if not v2 and len(components) > ROWS:
        errors.add(("components",), "BASE_TYPE_MAX_LENGTH", f"Must be {ROWS} or fewer in length.")
    clean = [checker.top(c, ("components", i)) for i, c in enumerate(components)]
    if v2 and sum(1 for _ in walk(clean)) > TOTAL_V2:
        errors.add(
            ("components",),
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The maximum number of total components has been exceeded (max {TOTAL_V2})",
        )
    if v2 and sum(units(c.get("content", "")) for c in walk(clean)) > DISPLAY:
        errors.add(
            ("components",),
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Components displayable text size exceeds maximum size of {DISPLAY}",
        )
    if not errors:
        _number(clean)
    return clean


def units(text: str) -> int:
    """The length of a text in UTF-16 units: whether Discord counts these or code points is not known, and they are never fewer."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_media(components: list[Json], names: set[str], errors: FormErrors, path: Path = ()) -> None:
    """Whether the message has every attachment that its components show. `names` are those of its files."""
    for index, component in enumerate(components):
        at = (*path, "components", index)
        check_media(component.get("components", []), names, errors, at)
        shown = [(at, component), ((*at, "accessory"), component.get("accessory") or {})]
        shown += [((*at, "items", number), item) for number, item in enumerate(component.get("items", ()))]
        for place, thing in shown:
            for key in ("media", "file"):
                url = str((thing.get(key) or {}).get("url") or "")
                if url.startswith(ATTACHMENT) and url.removeprefix(ATTACHMENT) not in names:
                    code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
                    errors.add((*place, key, "url"), code, "The referenced attachment was not found.")


def _number(components: list[Json]) -> None:
    """Components without an id of their own get the next free number, in order."""
    taken = {c["id"] for c in walk(components) if c.get("id")}
    following = 1
    for component in walk(components):
        if not component.get("id"):
            while following in taken:
                following += 1
            component["id"] = following
            taken.add(following)


class _Checker:
    """One message's components; remembers the custom ids seen."""

    def __init__(self, errors: FormErrors, *, v2: bool) -> None:
        self._errors = errors
        self._v2 = v2
        self._custom_ids: set[str] = set()

    def top(self, component: Any, path: Path) -> Json:
        kind = self._kind(component, path)
        allowed = TOP_V2 if self._v2 else {ACTION_ROW}
        return self._one(component, kind, path, allowed)

    def _kind(self, component: Any, path: Path) -> int:
        if not isinstance(component, dict) or not isinstance(component.get("type"), int):
            self._errors.required((*path, "type"))
            return 0
        return int(component["type"])

    def _one(self, component: Any, kind: int, path: Path, allowed: frozenset[int] | set[int]) -> Json:
        if kind and kind not in allowed:
            choices = ", ".join(map(str, sorted(allowed)))
            self._errors.add(
                (*path, "type"), "BASE_TYPE_CHOICES", f'Value of field "type" must be one of ({choices},).'
            )
            return {"type": kind}
        makers = {
            ACTION_ROW: self._row,
            BUTTON: self._button,
            SECTION: self._section,
            TEXT_DISPLAY: self._display,
            THUMBNAIL: self._thumbnail,
            GALLERY: self._gallery,
            FILE: self._file,
            SEPARATOR: self._separator,
            CONTAINER: self._container,
        }
        make = makers.get(kind, self._select if kind in SELECTS else None)
        made = {"type": kind} | (make(component, path) if make else {})
        if isinstance(component, dict) and isinstance(component.get("id"), int) and component["id"]:
            made["id"] = component["id"]
        return made

    def _inner(self, component: Json, path: Path, allowed: frozenset[int] | set[int]) -> list[Json]:
        inner = component.get("components")
        inner = inner if isinstance(inner, list) else []
        paths = [(*path, "components", i) for i in range(len(inner))]
        return [self._one(c, self._kind(c, p), p, allowed) for c, p in zip(inner, paths, strict=True)]

    def _row(self, component: Json, path: Path) -> Json:
        inner = self._inner(component, path, SELECTS | {BUTTON})
        selects = sum(c["type"] in SELECTS for c in inner)
        if not 1 <= len(inner) <= BUTTONS:
            self._errors.length((*path, "components"), 1, BUTTONS)
        elif selects and len(inner) > 1:
            self._errors.add(
                (*path, "components"),
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            )
        return {"components": inner}

    def _custom_id(self, component: Json, path: Path) -> str:
        value = component.get("custom_id")
        if value is None:
            self._errors.add((*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id required")
            return ""
        text = str(value)
        if not 1 <= len(text) <= CUSTOM_ID:
            self._errors.length((*path, "custom_id"), 1, CUSTOM_ID)
        elif text in self._custom_ids:
            self._errors.add(
                (*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        self._custom_ids.add(text)
        return text

    def _button(self, component: Json, path: Path) -> Json:
        style = component.get("style")
        made: Json = {"style": style}
        if style not in range(1, 7):
            self._errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6).")
        if style == LINK:
            url = component.get("url")
            if not url:
                self._errors.add((*path, "url"), "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
            elif len(str(url)) > URL:
                self._errors.length((*path, "url"), 0, URL)
            elif not str(url).startswith(("http://", "https://", "discord://")):
                self._errors.add((*path, "url"), "URL_TYPE_INVALID_URL", "Not a well formed URL.")
            if component.get("custom_id"):
                self._errors.add(
                    (*path, "custom_id"),
                    "BUTTON_COMPONENT_CUSTOM_ID_AND_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                )
            made["url"] = url
        elif style == PREMIUM:
            self._premium(component, path)
        else:
            made["custom_id"] = self._custom_id(component, path)
        label, emoji = component.get("label"), component.get("emoji")
        if label and len(str(label)) > LABEL:
            self._errors.length((*path, "label"), 0, LABEL)
        if not label and not emoji and style != PREMIUM:
            self._errors.add((*path, "label"), "BASE_TYPE_REQUIRED", "A label or an emoji is required")
        made |= {key: value for key, value in (("label", label), ("emoji", emoji)) if value}
        made["disabled"] = bool(component.get("disabled"))
        return made

    def _premium(self, component: Json, path: Path) -> None:
        """Nobody sells anything here, so no SKU is known."""
        for key in ("custom_id", "url", "label", "emoji"):
            if component.get(key):
                self._errors.add((*path, key), "BUTTON_COMPONENT_PREMIUM_FIELD", f"A premium button has no {key}")
        if component.get("sku_id") is None:
            self._errors.required((*path, "sku_id"))
        else:
            self._errors.add((*path, "sku_id"), "BUTTON_COMPONENT_SKU_UNKNOWN", "Unknown SKU")

    def _select(self, component: Json, path: Path) -> Json:
        made: Json = {"custom_id": self._custom_id(component, path)}
        if placeholder := component.get("placeholder"):
            if len(str(placeholder)) > PLACEHOLDER:
                self._errors.length((*path, "placeholder"), 0, PLACEHOLDER)
            made["placeholder"] = placeholder
        low, high = component.get("min_values"), component.get("max_values")
        made["min_values"] = low = 1 if low is None else low
        made["max_values"] = high = 1 if high is None else high
        most = OPTIONS
        if component["type"] == STRING_SELECT:
            made["options"] = self._options(component.get("options"), (*path, "options"))
            most = len(made["options"])
        if not (isinstance(low, int) and 0 <= low <= most):
            self._errors.add(
                (*path, "min_values"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}."
            )
        if not (isinstance(high, int) and 1 <= high <= most and (not isinstance(low, int) or low <= high)):
            self._errors.add(
                (*path, "max_values"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}."
            )
        for key in ("channel_types", "default_values"):
            if component.get(key):
                made[key] = component[key]
        made["disabled"] = bool(component.get("disabled"))
        return made

    def _options(self, options: Any, path: Path) -> list[Json]:
        options = options if isinstance(options, list) else []
        if not 1 <= len(options) <= OPTIONS:
            self._errors.length(path, 1, OPTIONS)
        made = []
        seen: set[str] = set()
        for index, given in enumerate(options):
            option = given if isinstance(given, dict) else {}
            for key, low in (("label", 1), ("value", 1), ("description", 0)):
                if not low <= len(str(option.get(key) or "")) <= OPTION_TEXT:
                    self._errors.length((*path, index, key), low, OPTION_TEXT)
            value = str(option.get("value"))
            if value in seen:
                self._errors.add(
                    (*path, index, "value"),
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used",
                )
            seen.add(value)
            kept = {key: option[key] for key in ("description", "emoji") if option.get(key)}
            made.append({"label": option.get("label"), "value": value, **kept, "default": bool(option.get("default"))})
        return made

    # Components V2.

    def _display(self, component: Json, path: Path) -> Json:
        content = str(component.get("content") or "").strip()
        if not 1 <= units(content) <= DISPLAY:
            self._errors.length((*path, "content"), 1, DISPLAY)
        return {"content": content}

    def _section(self, component: Json, path: Path) -> Json:
        inner = self._inner(component, path, {TEXT_DISPLAY})
        if not 1 <= len(inner) <= 3:
            self._errors.length((*path, "components"), 1, 3)
        accessory, at = component.get("accessory"), (*path, "accessory")
        made = self._one(accessory, self._kind(accessory, at), at, {BUTTON, THUMBNAIL})
        return {"components": inner, "accessory": made}

    def _media(self, media: Any, path: Path) -> Json:
        url = media.get("url") if isinstance(media, dict) else None
        if not url or not str(url).startswith(("http://", "https://", ATTACHMENT)):
            self._errors.add((*path, "url"), "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        return {"url": url}

    def _described(self, thing: Json, path: Path) -> Json:
        if len(str(thing.get("description") or "")) > 1024:
            self._errors.length((*path, "description"), 0, 1024)
        return {"description": thing.get("description"), "spoiler": bool(thing.get("spoiler"))}

    def _thumbnail(self, component: Json, path: Path) -> Json:
        return {"media": self._media(component.get("media"), (*path, "media"))} | self._described(component, path)

    def _gallery(self, component: Json, path: Path) -> Json:
        items = component.get("items")
        items = items if isinstance(items, list) else []
        if not 1 <= len(items) <= 10:
            self._errors.length((*path, "items"), 1, 10)
        made = []
        for index, item in enumerate(items):
            at = (*path, "items", index)
            made.append({"media": self._media(item.get("media"), (*at, "media"))} | self._described(item, at))
        return {"items": made}

    def _file(self, component: Json, path: Path) -> Json:
        return {"file": self._media(component.get("file"), (*path, "file")), "spoiler": bool(component.get("spoiler"))}

    def _separator(self, component: Json, path: Path) -> Json:
        divider, spacing = component.get("divider", True), component.get("spacing", 1)
        if spacing not in (1, 2):
            self._errors.add((*path, "spacing"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
        return {"divider": bool(divider), "spacing": spacing}

    def _container(self, component: Json, path: Path) -> Json:
        inner = self._inner(component, path, IN_CONTAINER)
        if not inner:
            self._errors.length((*path, "components"), 1, TOTAL_V2)
        return {
            "components": inner,
            "accent_color": component.get("accent_color"),
            "spoiler": bool(component.get("spoiler")),
        }
