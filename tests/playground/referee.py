"""Discord's own descriptions as judges: OpenAPI for every REST exchange, JSON Schemas for what the gateway sends.
It knows the documents; the playground does not know it is watched."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from playground.discord.hub import Session
from playground.rest.frame import Rest

DATA = Path(os.environ.get("PAPERBOY_DATA", Path(__file__).parents[2] / ".." / "shared" / "data")) / "discord"
ABSENT = f"Discord's descriptions are not at {DATA.name} of PAPERBOY_DATA (default ../shared/data)"
GATEWAY = {
    "READY": "gw_Ready.json",
    "GUILD_CREATE": "gw_GuildCreate.json",
    "MESSAGE_CREATE": "gw_MessageCreate.json",
    "INTERACTION_CREATE": "gw_InteractionCreate.json",
}
# Routes Discord serves and libraries use, though its description does not list them.
UNLISTED = ("/applications/@me/", "/users/@me/guilds")


def present() -> bool:
    return (DATA / "openapi.json").is_file()


needs_data = pytest.mark.skipif(not present(), reason=ABSENT)


@cache
def document() -> Any:
    """The API's description; ids in requests may be numbers, as libraries send them and Discord takes them."""
    made = json.loads((DATA / "openapi.json").read_text())
    made["components"]["schemas"]["SnowflakeType"]["type"] = ["string", "integer"]
    return made


@cache
def registry() -> Any:
    return Registry().with_resource(
        "urn:discord", Resource.from_contents(document(), default_specification=DRAFT202012)
    )


@cache
def _paths() -> list[tuple[re.Pattern[str], str, Any]]:
    found = []
    for template, methods in document()["paths"].items():
        pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template)))
        found.append((pattern, template, methods))
    return sorted(found, key=lambda each: each[1].count("{"))


@cache
def _validator(pointer: str) -> Draft202012Validator:
    schema = {"$ref": f"urn:discord#{pointer}"}
    return Draft202012Validator(schema, registry=registry(), format_checker=FormatChecker())


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _judge(pointer: str, body: Any) -> list[str]:
    errors = sorted(_validator(pointer).iter_errors(body), key=lambda e: -len(e.absolute_path))
    return [f"{'/'.join(map(str, _deepest(e).absolute_path))}: {_deepest(e).message[:300]}" for e in errors]


def _deepest(error: Any) -> Any:
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return error


def judge_exchange(method: str, path: str, request: Any, status: int, response: Any) -> list[str]:
    """What Discord's description says against this request and answer."""
    known = next(((t, m) for p, t, m in _paths() if p.fullmatch(path)), None)
    if known is None or method.lower() not in known[1]:
        return [] if status >= 400 or path.startswith(UNLISTED) else [f"{method} {path} is not in the description"]
    template, operation = known[0], known[1][method.lower()]
    at = f"/paths/{_escape(template)}/{method.lower()}"
    faults = []
    if request is not None and status < 300:
        content = operation.get("requestBody", {}).get("content", {})
        kind = "application/json" if "application/json" in content else next(iter(content), None)
        if kind:
            pointer = f"{at}/requestBody/content/{_escape(kind)}/schema"
            faults += [f"request {method} {template} {fault}" for fault in _judge(pointer, request)]
    if status >= 400:
        # The nested codes of 50035 are words in the docs and in practice; the description has numbers there.
        kind = "RatelimitedResponse" if status == 429 else "Error"
        return faults + [f"error {method} {path} {f}" for f in _judge(f"/components/schemas/{kind}", response)]
    answers = operation["responses"]
    if str(status) not in answers:
        return [*faults, f"{method} {template} answered {status}, not one of {sorted(answers)}"]
    if response is not None and "content" in answers[str(status)]:
        pointer = f"{at}/responses/{status}/content/application~1json/schema"
        faults += [f"response {method} {template} {fault}" for fault in _judge(pointer, response)]
    return faults


def _relax(schema: Any) -> Any:
    """The schema with its bit-flag types as integers: their enums list single bits only."""
    for name, definition in schema["definitions"].items():
        if "Flags" in name and definition.get("type") != "object":
            schema["definitions"][name] = {"type": "integer"}
    return schema


@cache
def _gateway_validator(event: str) -> Draft7Validator:
    return Draft7Validator(_relax(json.loads((DATA / GATEWAY[event]).read_text())))


def judge_dispatch(event: str, data: Any) -> list[str]:
    """What the schema of a dispatched event says against it."""
    if event not in GATEWAY:
        return []
    payload = {"op": 0, "t": event, "s": 1, "d": data}
    found = []
    for error in _gateway_validator(event).iter_errors(payload):
        deep = _deepest(error)
        found.append(f"{event} {'/'.join(map(str, deep.absolute_path))}: {deep.message[:300]}")
    return found


def watch(patch: pytest.MonkeyPatch) -> list[str]:
    """From now on every exchange and dispatch is judged; the list fills with what is wrong."""
    faults: list[str] = []
    answer, emit = Rest._answer, Session.emit

    async def judged(self: Any, request: Any, path: str, entry: Any) -> Any:
        response = await answer(self, request, path, entry)
        if response.headers.get("Content-Type") == "application/json" or response.status == 204:
            body = json.loads(answer_body) if (answer_body := getattr(response, "body", None)) else None
            sent = entry["body"] if request.content_type == "application/json" else None
            faults.extend(judge_exchange(request.method, path, sent, response.status, body))
        return response

    def emitted(self: Any, event: str, data: Any) -> None:
        faults.extend(judge_dispatch(event, data))
        emit(self, event, data)

    patch.setattr(Rest, "_answer", judged)
    patch.setattr(Session, "emit", emitted)
    return faults
