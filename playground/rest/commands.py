"""Routes of application commands, global and of one guild.
It knows these routes only."""

from __future__ import annotations

from playground.discord.commands import MOST, check_command, check_commands
from playground.discord.errors import DiscordError, FormErrors
from playground.discord.wire import Json
from playground.rest.calls import Call, Routes

routes = Routes()
CREATES_PER_DAY = 200
GLOBAL, GUILD = "/applications/{app_id}/commands", "/applications/{app_id}/guilds/{guild_id}/commands"


def _scope(call: Call) -> int:
    """0 for global commands, else the guild; only for the bot's own application."""
    if str(call.id("app_id")) != call.me:
        raise DiscordError(
            20012, status=403, message="You are not authorized to perform this action on this application"
        )
    if "guild_id" not in call.params:
        return 0
    guild_id = call.id("guild_id")
    if not call.play.world.is_member(guild_id, call.me):
        raise DiscordError(50001)
    return guild_id


def _all(call: Call, scope: int) -> list[Json]:
    return [c for c in call.play.state.all("command", scope) if c["application_id"] == call.me]


def _shown(call: Call, command: Json) -> Json:
    with_localizations = call.query.get("with_localizations") in ("true", "1", "True")
    return command if call.method != "GET" or with_localizations else _without_localizations(command)


def _without_localizations(thing: Json) -> Json:
    kept = {key: value for key, value in thing.items() if not key.endswith("_localizations")}
    for key in ("options", "choices"):
        if key in kept:
            kept[key] = [_without_localizations(inner) for inner in kept[key]]
    return kept


def _store(call: Call, scope: int, clean: Json, before: Json | None) -> Json:
    """Save a command; one with a known name keeps its id, a new one counts for the day."""
    clock = call.play.clock
    if before is None:
        _count_create(call, scope)
    same = before is not None and {k: before[k] for k in clean} == clean
    version = before["version"] if before and same else str(clock.snowflake())
    made: Json = {
        "id": before["id"] if before else str(clock.snowflake()),
        "application_id": call.me,
        "version": version,
    }
    if scope:
        made["guild_id"] = str(scope)
    made |= clean
    call.play.state.put("command", made, scope)
    return made


def _count_create(call: Call, scope: int) -> None:
    key = f"creates:{call.me}:{scope}:{int(call.play.clock.now() // 86_400)}"
    used = int(call.play.state.meta(key) or 0)
    if used >= CREATES_PER_DAY:
        raise DiscordError(30034)
    call.play.state.set_meta(key, str(used + 1))


def _same(command: Json, others: list[Json]) -> Json | None:
    return next((o for o in others if (o["type"], o["name"]) == (command["type"], command["name"])), None)


@routes.on("GET", GLOBAL)
@routes.on("GET", GUILD)
def list_commands(call: Call) -> list[Json]:
    return [_shown(call, c) for c in _all(call, _scope(call))]


@routes.on("PUT", GLOBAL)
@routes.on("PUT", GUILD)
def overwrite_commands(call: Call) -> list[Json]:
    scope = _scope(call)
    errors = FormErrors()
    if not isinstance(call.body, list):
        errors.add((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        errors.check()
    clean = check_commands(call.body, errors)
    errors.check()
    before = _all(call, scope)
    kept = [_store(call, scope, command, _same(command, before)) for command in clean]
    ids = {command["id"] for command in kept}
    for command in before:
        if command["id"] not in ids:
            call.play.state.delete("command", command["id"], scope)
    call.play.events.commands_changed(call.me)
    return kept


@routes.on("POST", GLOBAL)
@routes.on("POST", GUILD)
def create_command(call: Call) -> Json:
    scope = _scope(call)
    errors = FormErrors()
    clean = check_command(call.form, errors)
    errors.check()
    others = _all(call, scope)
    before = _same(clean, others)
    if before is None and sum(o["type"] == clean["type"] for o in others) >= MOST[clean["type"]]:
        most = MOST[clean["type"]]
        raise DiscordError(30032, status=400, message=f"Maximum number of application commands reached ({most})")
    call.headers[":status"] = "200" if before else "201"
    made = _store(call, scope, clean, before)
    call.play.events.commands_changed(call.me)
    return made


def _one(call: Call, scope: int) -> Json:
    found = call.play.state.get("command", call.id("command_id"), scope)
    if found is None or found["application_id"] != call.me:
        raise DiscordError(10063)
    return found


@routes.on("GET", GLOBAL + "/{command_id}")
@routes.on("GET", GUILD + "/{command_id}")
def get_command(call: Call) -> Json:
    return _one(call, _scope(call))


@routes.on("PATCH", GLOBAL + "/{command_id}")
@routes.on("PATCH", GUILD + "/{command_id}")
def edit_command(call: Call) -> Json:
    scope = _scope(call)
    before = _one(call, scope)
    errors = FormErrors()
    body = {key: value for key, value in before.items() if key != "dm_permission"} | call.form
    clean = check_command(body | {"type": before["type"]}, errors)
    errors.check()
    same = _same(clean, [o for o in _all(call, scope) if o["id"] != before["id"]])
    if same is not None:
        errors.add(("name",), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        errors.check()
    made = _store(call, scope, clean, before)
    call.play.events.commands_changed(call.me)
    return made


@routes.on("DELETE", GLOBAL + "/{command_id}")
@routes.on("DELETE", GUILD + "/{command_id}")
def delete_command(call: Call) -> None:
    scope = _scope(call)
    call.play.state.delete("command", _one(call, scope)["id"], scope)
    call.play.events.commands_changed(call.me)


# Permissions of commands: set by people (the human side), read by bots.


@routes.on("GET", GUILD + "/permissions")
def list_permissions(call: Call) -> list[Json]:
    scope = _scope(call)
    return [p for p in call.play.state.all("command_permissions", scope) if p["application_id"] == call.me]


@routes.on("GET", GUILD + "/{command_id}/permissions")
def get_permissions(call: Call) -> Json:
    found = call.play.state.get("command_permissions", call.id("command_id"), _scope(call))
    if found is None:
        raise DiscordError(10066)
    return found


@routes.on("PUT", GUILD + "/{command_id}/permissions")
def put_permissions(_call: Call) -> None:
    raise DiscordError(20001)
