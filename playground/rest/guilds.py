"""Routes of guilds: themselves, their channels, roles and members.
It knows these routes only."""

from __future__ import annotations

from playground.discord import objects
from playground.discord.errors import DiscordError, FormErrors
from playground.discord.objects import ANNOUNCEMENT, CATEGORY, FORUM, TEXT
from playground.discord.permissions import EVERYONE, Permission
from playground.discord.wire import Json, snowflake
from playground.rest.calls import Call, Routes
from playground.rest.channels import category_exists, fill_channel
from playground.rest.threads import listed

routes = Routes()
CHANNELS, ROLES = 500, 250


def _guild(call: Call, wanted: Permission | None = None) -> str:
    guild_id = str(call.id("guild_id"))
    call.play.world.need_in_guild(guild_id, call.me, wanted)
    return guild_id


@routes.on("GET", "/guilds/{guild_id}")
def get_guild(call: Call) -> Json:
    world = call.play.world
    guild_id = _guild(call)
    shown = world.shown_guild(world.guild(guild_id))
    if call.query.get("with_counts") in ("true", "1", "True"):
        count = call.play.state.count("member", guild_id)
        shown |= {"approximate_member_count": count, "approximate_presence_count": count}
    return shown


@routes.on("PATCH", "/guilds/{guild_id}")
def edit_guild(call: Call) -> Json:
    guild = call.play.world.guild(_guild(call, Permission.MANAGE_GUILD))
    errors = FormErrors()
    if "name" in call.form and not 2 <= len(str(call.form["name"])) <= 100:
        errors.length(("name",), 2, 100)
    errors.check()
    keys = ("name", "description", "preferred_locale", "system_channel_id", "verification_level", "afk_timeout")
    guild |= {key: call.form[key] for key in keys if key in call.form}
    call.play.state.put("guild", guild)
    shown = call.play.world.shown_guild(guild)
    call.play.events.in_guild("GUILD_UPDATE", shown, guild["id"])
    return shown


@routes.on("GET", "/guilds/{guild_id}/preview")
def preview(call: Call) -> Json:
    guild = call.play.world.guild(_guild(call))
    keys = (
        "id",
        "name",
        "icon",
        "splash",
        "discovery_splash",
        "home_header",
        "emojis",
        "features",
        "description",
        "stickers",
    )
    count = call.play.state.count("member", guild["id"])
    return {k: guild[k] for k in keys} | {"approximate_member_count": count, "approximate_presence_count": count}


# Channels.


@routes.on("GET", "/guilds/{guild_id}/channels")
def list_channels(call: Call) -> list[Json]:
    return [call.play.world.shown_channel(c) for c in call.play.world.guild_channels(_guild(call))]


@routes.on("POST", "/guilds/{guild_id}/channels", status=201)
def create_channel(call: Call) -> Json:
    guild_id = _guild(call, Permission.MANAGE_CHANNELS)
    kind = call.form.get("type") or TEXT
    errors = FormErrors()
    if kind not in (TEXT, 2, CATEGORY, ANNOUNCEMENT, 13, FORUM, 16):
        errors.add(("type",), "BASE_TYPE_CHOICES", "Value must be one of (0, 2, 4, 5, 13, 15, 16).")
    if not call.form.get("name"):
        errors.required(("name",))
    errors.check()
    others = call.play.world.guild_channels(guild_id)
    if len(others) >= CHANNELS:
        raise DiscordError(30013, status=400, message=f"Maximum number of guild channels reached ({CHANNELS})")
    if call.form.get("parent_id"):
        category_exists(call, call.form["parent_id"], guild_id)
    new_id = call.play.clock.snowflake
    channel = objects.guild_channel(new_id(), guild_id, "", kind=kind, position=len(others))
    fill_channel(channel, call.form, new_id)
    if channel.get("position") is None:
        channel["position"] = len(others)
    return call.play.world.shown_channel(call.play.actions.save_channel(channel, new=True))


@routes.on("PATCH", "/guilds/{guild_id}/channels")
def move_channels(call: Call) -> None:
    guild_id = _guild(call, Permission.MANAGE_CHANNELS)
    for move in call.body or ():
        channel = call.play.state.get("channel", snowflake(move.get("id")) or 0, guild_id)
        if channel is None:
            raise DiscordError(10003)
        channel |= {k: move[k] for k in ("position", "parent_id") if move.get(k) is not None}
        call.play.actions.save_channel(channel)


@routes.on("GET", "/guilds/{guild_id}/threads/active")
def active_threads(call: Call) -> Json:
    world = call.play.world
    return listed(call, [t for t in world.threads(_guild(call)) if world.can_see(t, call.me)]) | {"has_more": False}


# Roles.


def _top(call: Call, guild_id: str) -> int:
    """The position of the bot's highest role: it manages only what is below."""
    held = call.play.world.member(guild_id, call.me)["roles"]
    return max((r["position"] for r in call.play.world.roles(guild_id) if r["id"] in held), default=0)


def _role(call: Call, guild_id: str) -> Json:
    found = call.play.state.get("role", call.id("role_id"), guild_id)
    if found is None:
        raise DiscordError(10011)
    return found


@routes.on("GET", "/guilds/{guild_id}/roles")
def list_roles(call: Call) -> list[Json]:
    return call.play.world.roles(_guild(call))


@routes.on("GET", "/guilds/{guild_id}/roles/{role_id}")
def get_role(call: Call) -> Json:
    return _role(call, _guild(call))


@routes.on("POST", "/guilds/{guild_id}/roles")
def create_role(call: Call) -> Json:
    guild_id = _guild(call, Permission.MANAGE_ROLES)
    if len(call.play.world.roles(guild_id)) >= ROLES:
        raise DiscordError(30005, status=400, message=f"Maximum number of guild roles reached ({ROLES})")
    role = objects.role(call.play.clock.snowflake(), "new role", EVERYONE, position=1)
    _fill_role(role, call.form)
    call.play.state.put("role", role, guild_id)
    call.play.events.in_guild("GUILD_ROLE_CREATE", {"guild_id": guild_id, "role": role}, guild_id)
    return role


def _fill_role(role: Json, form: Json) -> None:
    errors = FormErrors()
    if len(str(form.get("name") or "")) > 100:
        errors.length(("name",), 0, 100)
    errors.check()
    for key in ("name", "hoist", "mentionable", "unicode_emoji"):
        if form.get(key) is not None:
            role[key] = form[key]
    if form.get("permissions") is not None:
        role["permissions"] = str(int(form["permissions"]))
    color = (form.get("colors") or {}).get("primary_color", form.get("color"))
    if color is not None:
        role["color"] = color
        role["colors"] = {"primary_color": color, "secondary_color": None, "tertiary_color": None}


@routes.on("PATCH", "/guilds/{guild_id}/roles/{role_id}")
def edit_role(call: Call) -> Json:
    guild_id = _guild(call, Permission.MANAGE_ROLES)
    role = _role(call, guild_id)
    if role["position"] >= max(1, _top(call, guild_id)) and role["id"] != guild_id:
        raise DiscordError(50013)
    _fill_role(role, call.form)
    call.play.state.put("role", role, guild_id)
    call.play.events.in_guild("GUILD_ROLE_UPDATE", {"guild_id": guild_id, "role": role}, guild_id)
    return role


@routes.on("DELETE", "/guilds/{guild_id}/roles/{role_id}")
def delete_role(call: Call) -> None:
    guild_id = _guild(call, Permission.MANAGE_ROLES)
    role = _role(call, guild_id)
    if role["id"] == guild_id or role["managed"]:
        raise DiscordError(50028)
    if role["position"] >= _top(call, guild_id):
        raise DiscordError(50013)
    call.play.state.delete("role", role["id"], guild_id)
    for member in call.play.world.members(guild_id):
        if role["id"] in member["roles"]:
            member["roles"].remove(role["id"])
            call.play.state.put("member", member, guild_id)
    call.play.events.in_guild("GUILD_ROLE_DELETE", {"guild_id": guild_id, "role_id": role["id"]}, guild_id)


# Members.


@routes.on("GET", "/guilds/{guild_id}/members/{user_id}")
def get_member(call: Call) -> Json:
    world = call.play.world
    return world.shown_member(world.member(_guild(call), call.id("user_id")))


@routes.on("GET", "/guilds/{guild_id}/members")
def list_members(call: Call) -> list[Json]:
    guild_id = _guild(call)
    if not call.app["flags"] & ((1 << 14) | (1 << 15)):
        raise DiscordError(50001)  # the list needs the privileged intent
    limit = call.number("limit", 1, 1, 1000)
    after = snowflake(call.query.get("after", "0")) or 0
    found = [m for m in call.play.world.members(guild_id) if int(m["id"]) > after]
    return [call.play.world.shown_member(m) for m in found[:limit]]


@routes.on("GET", "/guilds/{guild_id}/members/search")
def search_members(call: Call) -> list[Json]:
    guild_id = _guild(call)
    query = call.query.get("query", "").casefold()
    shown = [call.play.world.shown_member(m) for m in call.play.world.members(guild_id)]
    found = [m for m in shown if str(m["nick"] or m["user"]["username"]).casefold().startswith(query)]
    return found[: call.number("limit", 1, 1, 1000)]


@routes.on("PATCH", "/guilds/{guild_id}/members/{user_id}")
def edit_member(call: Call) -> Json:
    guild_id = _guild(call)
    user_id = str(call.id("user_id"))
    member = call.play.world.member(guild_id, user_id)
    needed = {"nick": Permission.MANAGE_NICKNAMES, "roles": Permission.MANAGE_ROLES}
    for key, permission in needed.items():
        if key in call.form:
            own = key == "nick" and user_id == call.me
            call.play.world.need_in_guild(guild_id, call.me, Permission.CHANGE_NICKNAME if own else permission)
            member[key] = [str(r) for r in call.form[key]] if key == "roles" else call.form[key] or None
    return _save_member(call, guild_id, member)


def _save_member(call: Call, guild_id: str, member: Json) -> Json:
    call.play.state.put("member", member, guild_id)
    call.play.events.member_updated(guild_id, member["id"])
    return call.play.world.shown_member(member)


@routes.on("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def add_role(call: Call) -> None:
    _set_role(call, held=True)


@routes.on("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
def remove_role(call: Call) -> None:
    _set_role(call, held=False)


def _set_role(call: Call, *, held: bool) -> None:
    guild_id = _guild(call, Permission.MANAGE_ROLES)
    member = call.play.world.member(guild_id, call.id("user_id"))
    role = _role(call, guild_id)
    if role["position"] >= _top(call, guild_id) or role["managed"]:
        raise DiscordError(50013)
    member["roles"] = [r for r in member["roles"] if r != role["id"]] + ([role["id"]] if held else [])
    _save_member(call, guild_id, member)


@routes.on("DELETE", "/guilds/{guild_id}/members/{user_id}")
def kick(call: Call) -> None:
    guild_id = _guild(call, Permission.KICK_MEMBERS)
    user_id = str(call.id("user_id"))
    if call.play.world.guild(guild_id)["owner_id"] == user_id:
        raise DiscordError(50013)
    call.play.actions.leave(guild_id, user_id)
