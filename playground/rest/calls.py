"""One request of a bot, and the table of routes that it is found in.
It knows paths and parameters; what a route does stands beside it, how it is answered in frame.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote

from playground.discord.core import Discord
from playground.discord.errors import DiscordError, FormErrors
from playground.discord.messages import Upload
from playground.discord.wire import Json, snowflake


@dataclass(slots=True)
class Call:
    """One request of a bot, ready for a route."""

    play: Discord
    method: str
    template: str
    params: dict[str, str]
    query: Mapping[str, str]
    app: Json
    body: Any = None
    uploads: tuple[Upload, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def me(self) -> str:
        return str(self.app["id"])

    @property
    def form(self) -> Json:
        return self.body if isinstance(self.body, dict) else {}

    def id(self, name: str) -> int:
        """An id in the path; one that is none is 50035, as in Discord."""
        if self.params[name] == "@me":
            return int(self.me)
        found = snowflake(self.params[name])
        if found is None:
            errors = FormErrors()
            errors.add((name,), "NUMBER_TYPE_COERCE", f'Value "{self.params[name]}" is not snowflake.')
            errors.check()
        return found or 0

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A number in the query, within its limits."""
        raw = self.query.get(name)
        if raw is None:
            return default
        errors = FormErrors()
        if not raw.isdigit():
            errors.add((name,), "NUMBER_TYPE_COERCE", f'Value "{raw}" is not int.')
        elif int(raw) < low:
            errors.add((name,), "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif int(raw) > high:
            errors.add((name,), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        errors.check()
        return int(raw)


Handler = Callable[[Call], Any]
HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(slots=True)
class Route:
    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    auth: bool
    status: int | None


class Routes:
    """A table of routes; modules fill their own and the server joins them."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def on(
        self, method: str, template: str, *, auth: bool = True, status: int | None = None
    ) -> Callable[[HandlerT], HandlerT]:
        """Register a handler; it returns JSON, or None for 204."""
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template.replace(".", r"\.")))

        def register(handler: HandlerT) -> HandlerT:
            self.all.append(Route(method, template, pattern, handler, auth, status))
            return handler

        return register

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        other_method = False
        for route in self.all:
            if found := route.pattern.fullmatch(path):
                if route.method == method:
                    return route, {name: unquote(value) for name, value in found.groupdict().items()}
                other_method = True
        raise DiscordError(
            0,
            status=405 if other_method else 404,
            message="405: Method Not Allowed" if other_method else "404: Not Found",
        )
