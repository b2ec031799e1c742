"""Routes of the bot itself, other users, DMs and the gateway's address.
It knows these routes only."""

from __future__ import annotations

from playground.discord.errors import DiscordError, FormErrors
from playground.discord.ratelimits import IDENTIFIES_PER_DAY
from playground.discord.wire import Json, public, snowflake
from playground.rest.calls import Call, Routes

routes = Routes()


def _me(call: Call) -> Json:
    return call.play.world.shown_user(call.me) | {
        "mfa_enabled": False,
        "locale": "en-US",
        "verified": True,
        "email": None,
    }


@routes.on("GET", "/users/@me")
def get_me(call: Call) -> Json:
    return _me(call)


@routes.on("PATCH", "/users/@me")
def edit_me(call: Call) -> Json:
    user = call.play.world.user(call.me)
    if "username" in call.form:
        errors = FormErrors()
        if not 2 <= len(str(call.form["username"])) <= 32:
            errors.length(("username",), 2, 32)
        errors.check()
        user["username"] = str(call.form["username"])
    call.play.state.put("user", user)
    call.play.hub.tell_bots("USER_UPDATE", public(user), guild_id=None, bots=[call.me])
    return _me(call)


@routes.on("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> list[Json]:
    world = call.play.world
    limit = call.number("limit", 200, 1, 200)
    after = snowflake(call.query.get("after", "0")) or 0
    found = [g for g in world.guilds_of(call.me) if int(g["id"]) > after][:limit]
    keys = ("id", "name", "icon", "banner", "features")
    return [
        {key: g[key] for key in keys}
        | {"owner": g["owner_id"] == call.me, "permissions": str(world.guild_permissions(g["id"], call.me))}
        for g in found
    ]


@routes.on("DELETE", "/users/@me/guilds/{guild_id}")
def leave_guild(call: Call) -> None:
    guild_id = str(call.id("guild_id"))
    call.play.world.need_in_guild(guild_id, call.me)
    call.play.actions.leave(guild_id, call.me)


@routes.on("POST", "/users/@me/channels")
def open_dm(call: Call) -> Json:
    recipient = snowflake(call.form.get("recipient_id"))
    if recipient is None:
        errors = FormErrors()
        errors.add(("recipient_id",), "BASE_TYPE_REQUIRED", "This field is required")
        errors.check()
    play = call.play
    if recipient is None or play.state.get("user", recipient) is None:
        raise DiscordError(50033)
    if str(recipient) == call.me:
        raise DiscordError(50007, status=400)
    known = play.actions.find_dm(call.me, str(recipient))
    if known is None and not play.actions.may_open_dm(call.me):
        raise DiscordError(40003)
    return play.world.shown_channel(known or play.actions.open_dm(call.me, str(recipient)), call.me)


@routes.on("GET", "/users/{user_id}")
def get_user(call: Call) -> Json:
    return call.play.world.shown_user(call.id("user_id"))


@routes.on("GET", "/oauth2/applications/@me")
@routes.on("GET", "/applications/@me")
def get_application(call: Call) -> Json:
    world = call.play.world
    shown = public(call.app) | {"bot": world.shown_user(call.me)}
    shown["owner"] = world.shown_user(call.app["owner"]["id"])
    shown["approximate_guild_count"] = len(world.guilds_of(call.me))
    return shown


@routes.on("PATCH", "/applications/@me")
def edit_application(call: Call) -> Json:
    for key in ("description", "flags", "tags", "integration_types_config", "custom_install_url"):
        if key in call.form:
            call.app[key] = call.form[key]
    call.app["flags_new"] = str(call.app["flags"])
    call.play.state.put("application", call.app)
    return get_application(call)


@routes.on("GET", "/gateway", auth=False)
def get_gateway(call: Call) -> Json:
    return {"url": call.play.gateway_url}


@routes.on("GET", "/gateway/bot")
def get_gateway_bot(call: Call) -> Json:
    used = call.play.identifies.used(call.me)
    day_left = 86_400 - call.play.clock.now() % 86_400
    return {
        "url": call.play.gateway_url,
        "shards": call.play.recommended_shards,
        "session_start_limit": {
            "total": IDENTIFIES_PER_DAY,
            "remaining": max(0, IDENTIFIES_PER_DAY - used),
            "reset_after": int(day_left * 1000),
            "max_concurrency": 1,
        },
    }
