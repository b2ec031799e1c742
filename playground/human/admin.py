"""The human side's levers: clock, people's settings, servers, bots, faults, the gateway, the request log.
What no Discord client has, but whoever tries a bot needs."""

from __future__ import annotations

from datetime import UTC, datetime

from playground.discord import objects
from playground.discord.errors import HumanError
from playground.discord.hub import Session
from playground.discord.objects import FORUM, TEXT
from playground.discord.seed import add_bot
from playground.discord.wire import Json, public, snowflake
from playground.human.calls import Ask, HumanRoutes

routes = HumanRoutes()
INTENT_FLAGS = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}


@routes.on("GET", "/requests")
async def requests(ask: Ask) -> list[Json]:
    return ask.play.log.after(int(snowflake(ask.query.get("after", "0")) or 0))


# The clock.


@routes.on("GET", "/clock")
async def get_clock(ask: Ask) -> Json:
    return {"now": ask.play.clock.iso(), "shift": ask.play.clock.shift}


@routes.on("POST", "/clock")
async def set_clock(ask: Ask) -> Json:
    clock, body = ask.play.clock, ask.body
    if body.get("reset"):
        shift = 0.0
    elif "to" in body:
        try:
            to = datetime.fromisoformat(str(body["to"]))
        except ValueError:
            raise HumanError("`to` is a time like 2026-11-21T12:00:00Z.") from None
        shift = (to if to.tzinfo else to.replace(tzinfo=UTC)).timestamp() - (clock.now() - clock.shift)
    elif isinstance(body.get("shift"), int | float) and not isinstance(body["shift"], bool):
        shift = float(body["shift"])
    else:
        raise HumanError("Say {shift: seconds}, {to: iso} or {reset: true}.")
    if shift < clock.shift and ask.play.hub.anyone_online():
        raise HumanError(
            "While a bot is connected the clock only moves forward: its messages would come from the future."
        )
    clock.set_shift(shift)
    ask.play.hub.tell_everyone("CLOCK", {"now": clock.iso(), "shift": shift})
    return await get_clock(ask)


# People.


@routes.on("POST", "/users")
async def create_user(ask: Ask) -> Json:
    name = ask.text("username")
    user = objects.user(ask.play.clock.snowflake(), name, str(ask.body.get("name") or name))
    ask.play.state.put("user", user)
    return user


@routes.on("POST", "/users/{user}")
async def set_user(ask: Ask) -> Json:
    user = ask.play.world.user(ask.path("user"))
    if "dms" in ask.body:
        if ask.body["dms"] not in ("open", "closed"):
            raise HumanError('`dms` is "open" or "closed".')
        user["_dms"] = ask.body["dms"]
    if "locale" in ask.body:
        user["_locale"] = str(ask.body["locale"])
    for order, key in (("install", "_installs"), ("block", "_blocked")):
        for undo in ("", "un"):
            if undo + order in ask.body:
                bot = ask.play.world.application(ask.id(undo + order))["id"]
                kept = [b for b in user.get(key, []) if b != bot]
                user[key] = kept if undo else [*kept, bot]
    ask.play.state.put("user", user)
    shown = public(user) | {"dms": user.get("_dms", "open")}
    ask.play.hub.tell_everyone("USER_UPDATE", shown)
    return shown | {"locale": user.get("_locale", "en-US"), "installs": user.get("_installs", [])}


# Servers.


@routes.on("POST", "/guilds")
async def create_guild(ask: Ask) -> Json:
    guild = ask.play.actions.create_guild(ask.text("name"), ask.me)
    if "bot_id" in ask.body:
        ask.play.actions.join(guild["id"], ask.play.world.application(ask.id("bot_id"))["id"])
    return ask.play.world.shown_guild(guild) | {"channels": ask.play.world.guild_channels(guild["id"])}


@routes.on("POST", "/guilds/{guild}")
async def set_guild(ask: Ask) -> Json:
    """Words that AutoMod blocks; the language of the server."""
    guild = ask.play.world.guild(ask.path("guild"))
    if "automod" in ask.body:
        guild["_automod"] = [str(word) for word in ask.body["automod"]]
    if "locale" in ask.body:
        guild["preferred_locale"] = str(ask.body["locale"])
    ask.play.state.put("guild", guild)
    return public(guild)


@routes.on("DELETE", "/guilds/{guild}")
async def delete_guild(ask: Ask) -> Json:
    ask.play.actions.delete_guild(ask.play.world.guild(ask.path("guild"))["id"])
    return {}


@routes.on("POST", "/guilds/{guild}/channels")
async def create_channel(ask: Ask) -> Json:
    guild_id = ask.play.world.guild(ask.path("guild"))["id"]
    kind = FORUM if ask.body.get("forum") else TEXT
    others = ask.play.world.guild_channels(guild_id)
    id_ = ask.play.clock.snowflake()
    channel = objects.guild_channel(id_, guild_id, ask.text("name"), kind=kind, position=len(others))
    for index, name in enumerate(ask.body.get("tags") or ()):
        tag = {"id": str(id_ + index + 1), "name": str(name), "moderated": False, "emoji_id": None, "emoji_name": None}
        channel["available_tags"].append(tag)
    return ask.play.actions.save_channel(channel, new=True)


@routes.on("DELETE", "/channels/{channel}")
async def delete_channel(ask: Ask) -> Json:
    ask.play.actions.delete_channel(ask.play.world.channel(ask.path("channel")))
    return {}


@routes.on("POST", "/channels/{channel}/overwrites")
async def set_overwrite(ask: Ask) -> Json:
    """What a role (type 0) or member (type 1) may do here beyond the server's roles."""
    channel = ask.play.world.channel(ask.path("channel"))
    id_ = ask.id("id")
    kept = [o for o in channel["permission_overwrites"] if o["id"] != id_]
    allow, deny = str(ask.body.get("allow", "0")), str(ask.body.get("deny", "0"))
    made = {"id": id_, "type": int(ask.body.get("type", 0)), "allow": allow, "deny": deny}
    channel["permission_overwrites"] = [*kept, made]
    return ask.play.actions.save_channel(channel)


@routes.on("POST", "/guilds/{guild}/roles/{role}")
async def set_role(ask: Ask) -> Json:
    guild_id = ask.path("guild")
    role = ask.play.state.get("role", ask.path("role"), guild_id)
    if role is None:
        raise HumanError("There is no such role.", 404)
    role["permissions"] = str(ask.body.get("permissions", role["permissions"]))
    ask.play.state.put("role", role, guild_id)
    ask.play.events.in_guild("GUILD_ROLE_UPDATE", {"guild_id": guild_id, "role": role}, guild_id)
    return role


@routes.on("POST", "/guilds/{guild}/members/{user}")
async def join_guild(ask: Ask) -> Json:
    """A person joins, a bot is invited; `roles` sets the roles."""
    guild_id, user_id = ask.play.world.guild(ask.path("guild"))["id"], ask.path("user")
    ask.play.world.user(user_id)
    ask.play.actions.join(guild_id, user_id)
    member = ask.play.world.member(guild_id, user_id)
    if "roles" in ask.body:
        member["roles"] = [str(r) for r in ask.body["roles"]]
        ask.play.state.put("member", member, guild_id)
        ask.play.events.member_updated(guild_id, user_id)
    return ask.play.world.shown_member(member)


@routes.on("DELETE", "/guilds/{guild}/members/{user}")
async def leave_guild(ask: Ask) -> Json:
    ask.play.actions.leave(ask.path("guild"), ask.path("user"))
    return {}


@routes.on("PUT", "/guilds/{guild}/commands/{command}/permissions")
async def set_command_permissions(ask: Ask) -> Json:
    """Who may use a command here: [{id, type: 1 role | 2 user | 3 channel, permission}]."""
    guild_id, command_id = ask.path("guild"), ask.path("command")
    command = ask.play.state.get("command", command_id)
    if command is None:
        raise HumanError("There is no such command.", 404)
    given = [
        {"id": str(p["id"]), "type": int(p["type"]), "permission": bool(p["permission"])}
        for p in ask.body.get("permissions") or ()
    ]
    app_id = command["application_id"]
    made = {"id": command_id, "application_id": app_id, "guild_id": guild_id, "permissions": given}
    ask.play.state.put("command_permissions", made, guild_id)
    ask.play.hub.tell_bots("APPLICATION_COMMAND_PERMISSIONS_UPDATE", made, guild_id=guild_id, bots=[app_id])
    ask.play.events.commands_changed(app_id)
    return made


# Bots.


@routes.on("POST", "/bots")
async def create_bot(ask: Ask) -> Json:
    """A further application with its bot; the answer has its token."""
    bot_id = add_bot(ask.play.state, ask.play.clock, ask.text("name"), ask.me)
    app = ask.play.world.application(bot_id)
    return {"id": bot_id, "name": app["name"], "token": ask.play.world.token(app)}


@routes.on("POST", "/bots/{bot}")
async def set_bot(ask: Ask) -> Json:
    """Which privileged intents the bot may use; a new token."""
    app = ask.play.world.application(ask.path("bot"))
    if "privileged_intents" in ask.body:
        wanted = ask.body["privileged_intents"]
        if unknown := set(wanted) - set(INTENT_FLAGS):
            raise HumanError(f"Unknown intents {sorted(unknown)}; there are: {', '.join(INTENT_FLAGS)}.")
        app["flags"] = sum(INTENT_FLAGS[name] for name in set(wanted))
        app["flags_new"] = str(app["flags"])
        ask.play.state.put("application", app)
    if ask.body.get("reset_token"):
        app = ask.play.reset_token(app)
    return {"id": app["id"], "name": app["name"], "flags": app["flags"], "token": ask.play.world.token(app)}


# Misbehaviour.


@routes.on("GET", "/faults")
async def get_faults(ask: Ask) -> Json:
    play, faults = ask.play, ask.play.faults
    return {
        "rules": [rule.shown() for rule in faults.rules],
        "handshake_503": faults.handshake_503,
        "dead_resume": faults.dead_resume,
        "silent_gateway": faults.silent_gateway,
        "clock_skew": faults.clock_skew,
        "nonce_window": play.messages.nonce_window,
        "answer_seconds": play.interactions.answer_seconds,
        "rate_limits": play.limiter.enabled,
        "invalid_limit": play.limiter.invalid_limit,
        "dm_opens_per_minute": play.actions.dm_opens_per_minute,
        "identify_limit": play.identifies.enforce_concurrency,
        "shards": play.recommended_shards,
    }


@routes.on("POST", "/faults")
async def set_fault(ask: Ask) -> Json:
    play, body = ask.play, ask.body
    try:
        if "nonce_window" in body:
            play.messages.nonce_window = float(body["nonce_window"])
        if "answer_seconds" in body:
            play.interactions.answer_seconds = float(body["answer_seconds"])
        if "invalid_limit" in body:
            play.limiter.invalid_limit = int(body["invalid_limit"])
        if "dm_opens_per_minute" in body:
            most = body["dm_opens_per_minute"]
            play.actions.dm_opens_per_minute = None if most is None else int(most)
        if "shards" in body:
            play.recommended_shards = int(body["shards"])
    except (TypeError, ValueError):
        raise HumanError("That switch takes a number.") from None
    if "rate_limits" in body:
        play.limiter.enabled = bool(body["rate_limits"])
    if "identify_limit" in body:
        play.identifies.enforce_concurrency = bool(body["identify_limit"])
    own = {
        "nonce_window",
        "answer_seconds",
        "rate_limits",
        "invalid_limit",
        "dm_opens_per_minute",
        "identify_limit",
        "shards",
    }
    if body.keys() - own:
        play.faults.set(body)
    return await get_faults(ask)


@routes.on("DELETE", "/faults")
async def clear_faults(ask: Ask) -> Json:
    ask.play.reset_faults()
    return await get_faults(ask)


@routes.on("POST", "/gateway")
async def gateway(ask: Ask) -> Json:
    """What the gateway does to the connected bots, or to one (`bot_id`), or to one shard (`shard`)."""
    op = ask.body.get("op")
    chosen = [
        s for s in ask.play.hub.sessions_of(ask.body.get("bot_id")) if ask.body.get("shard") in (None, s.shard[0])
    ]
    if op == "disconnect":
        count = ask.play.each_connection(chosen, lambda c: c.drop())
    elif op == "reconnect":
        count = ask.play.each_connection(chosen, lambda c: c.send_op(7))
    elif op == "invalid_session":
        resumable = bool(ask.body.get("resumable"))
        count = ask.play.each_connection(chosen, lambda c: c.invalidate(resumable=resumable))
    elif op == "close":
        code = int(ask.body.get("code", 4000))
        if not (1000 <= code < 1016 or 3000 <= code < 5000):
            raise HumanError("A close code is 1000-1015 or 3000-4999.")
        count = ask.play.each_connection(chosen, lambda c: c.close(code))
    else:
        raise HumanError("op is disconnect, reconnect, invalid_session or close.")
    return {"connections": count}


@routes.on("GET", "/gateway")
async def sessions(ask: Ask) -> list[Json]:
    """The sessions there are: for a test that waits for one."""

    def shown(session: Session) -> Json:
        made: Json = {"id": session.id, "bot_id": session.bot_id, "shard": list(session.shard), "seq": session.seq}
        return made | {"intents": session.intents, "connected": session.socket is not None}

    return [shown(s) for s in ask.play.hub.sessions_of()]
