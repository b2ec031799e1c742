"""The human side of interactions: commands, context menus, autocomplete, components, modals.
It checks what Discord's client checks before it sends; the bot's answers are elsewhere."""

from __future__ import annotations

from playground.discord import commands, components, modals
from playground.discord.core import Discord
from playground.discord.errors import DiscordError, HumanError
from playground.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT
from playground.discord.limits import LOADING
from playground.discord.wire import Json
from playground.human.calls import Ask, HumanRoutes
from playground.human.choose import Chooser, find_command

routes = HumanRoutes()


async def _first_answer(ask: Ask, inter: Json) -> Json:
    done = await ask.play.interactions.wait(inter["id"], ask.seconds())
    return ask.play.interactions.shown(done)


def _wrap(way: list[Json], options: list[Json]) -> list[Json]:
    """Sub-command and group around the chosen options."""
    for step in reversed(way):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    return options


def _command(ask: Ask, *, focused: str | None = None) -> tuple[Json, Json, Json, str]:
    """The channel, the command and the interaction data of a slash command."""
    channel = ask.channel(ask.id("channel_id"))
    full_name = ask.text("name").removeprefix("/")
    candidates = ask.play.usable.in_channel(ask.me, channel)
    if bot_id := ask.body.get("bot_id"):
        candidates = [c for c in candidates if c["application_id"] == str(bot_id)]
    command, way, takes = find_command(candidates, full_name)
    given = ask.body.get("options") or {}
    if not isinstance(given, dict):
        raise HumanError("`options` is an object of names and values.")
    chooser = Chooser(ask.play.world, channel.get("guild_id"), channel, ask.me)
    options = _wrap(way, chooser.choose(takes, given, focused=focused))
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"], "options": options}
    if chooser.resolved:
        data["resolved"] = chooser.resolved
    if command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    return channel, command, data, full_name


def _start_command(ask: Ask, kind: int, channel: Json, command: Json, data: Json, name: str) -> Json:
    app = ask.play.world.application(command["application_id"])
    owners = ask.play.usable.owners(ask.me, channel, command)
    return ask.play.interactions.start(kind, app, ask.me, channel, data, name=name, owners=owners)


@routes.on("POST", "/commands")
async def run_command(ask: Ask) -> Json:
    channel, command, data, name = _command(ask)
    return await _first_answer(ask, _start_command(ask, COMMAND, channel, command, data, name))


@routes.on("POST", "/autocomplete")
async def autocomplete(ask: Ask) -> Json:
    channel, command, data, name = _command(ask, focused=ask.text("focused"))
    inter = _start_command(ask, AUTOCOMPLETE, channel, command, data, name)
    shown = await _first_answer(ask, inter)
    return {"choices": shown["choices"] or [], "error": shown["error"], "interaction_id": shown["id"]}


@routes.on("POST", "/context")
async def run_context(ask: Ask) -> Json:
    channel = ask.channel(ask.id("channel_id"))
    target, name = ask.id("target_id"), ask.text("name")
    candidates = [c for c in ask.play.usable.in_channel(ask.me, channel) if c["type"] != commands.CHAT_INPUT]
    command = next((c for c in candidates if c["name"] == name), None)
    if command is None:
        raise HumanError(f"There is no context-menu command {name!r} here for you.", 404)
    chooser = Chooser(ask.play.world, channel.get("guild_id"), channel, ask.me)
    if command["type"] == commands.MESSAGE:
        message = ask.play.world.any_message(channel["id"], target)
        bot = command["application_id"]
        chooser.resolved["messages"] = {target: ask.play.views.message(message, bot)}
    elif chooser.user(target) is None:
        raise HumanError(f"Nobody has the id {target}.", 404)
    data = {
        "id": command["id"],
        "name": name,
        "type": command["type"],
        "target_id": target,
        "resolved": chooser.resolved,
    }
    if command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    return await _first_answer(ask, _start_command(ask, COMMAND, channel, command, data, name))


@routes.on("POST", "/components")
async def use_component(ask: Ask) -> Json:
    channel = ask.channel(ask.id("channel_id"))
    message = ask.play.world.any_message(channel["id"], ask.id("message_id"))
    if message.get("_to") not in (None, ask.me) and message["flags"] & 64:
        raise HumanError("This message is for somebody else.", 404)
    if message["flags"] & LOADING:
        raise HumanError("The bot is still thinking.")
    custom_id = ask.text("custom_id")
    found = components.find(message["components"], custom_id)
    if found is None:
        known = [c["custom_id"] for c in components.walk(message["components"]) if c.get("custom_id")]
        raise HumanError(f"The message has no component {custom_id!r}; it has: {', '.join(known) or 'none'}.", 404)
    if found.get("disabled"):
        raise HumanError("The component is disabled.")
    data: Json = {"custom_id": custom_id, "component_type": found["type"], "id": found["id"]}
    if found["type"] in components.SELECTS:
        chooser = Chooser(ask.play.world, channel.get("guild_id"), channel, ask.me)
        data["values"] = _selected(found, ask.body.get("values"), chooser)
        if found["type"] != components.STRING_SELECT:
            data["resolved"] = chooser.resolved
    kept = message.get("_interaction")
    owners = kept["metadata"]["authorizing_integration_owners"] if kept else None
    app = ask.play.world.application(message["_author"])
    inter = ask.play.interactions.start(COMPONENT, app, ask.me, channel, data, message=message, owners=owners)
    return await _first_answer(ask, inter)


def _selected(select: Json, values: object, chooser: Chooser) -> list[str]:
    """The chosen values, if the select allows them."""
    chosen = [str(v) for v in values] if isinstance(values, list) else [] if values is None else [str(values)]
    low, high = select["min_values"], select["max_values"]
    if len(set(chosen)) != len(chosen) or not low <= len(chosen) <= high:
        raise HumanError(f"The select takes {low} to {high} different values.")
    if select["type"] == components.STRING_SELECT:
        known = [o["value"] for o in select["options"]]
        if unknown := [v for v in chosen if v not in known]:
            raise HumanError(f"The select has no option {unknown[0]!r}; it has: {', '.join(known)}.")
        return chosen
    finders = {
        components.USER_SELECT: (chooser.user,),
        components.ROLE_SELECT: (chooser.role,),
        components.MENTIONABLE_SELECT: (chooser.user, chooser.role),
        components.CHANNEL_SELECT: (chooser.channel,),
    }[select["type"]]
    for value in chosen:
        found = next((f for f in (find(value) for find in finders) if f), None) if value.isdigit() else None
        if found is None:
            raise HumanError(f"Nothing with the id {value} can be chosen here.")
        if (types := select.get("channel_types")) and found.get("type") not in types:
            raise HumanError(f"The select takes channels of the types {types} only.")
    return chosen


@routes.on("POST", "/modals")
async def submit_modal(ask: Ask) -> Json:
    try:
        parent = ask.play.interactions.get(ask.id("interaction_id"))
    except DiscordError:
        raise HumanError("There is no such interaction.", 404) from None
    if parent["user"] != ask.me or parent["modal"] is None:
        raise HumanError("This interaction opened no modal for this person.")
    given = ask.body.get("fields") or {}
    if not isinstance(given, dict):
        raise HumanError("`fields` is an object of custom ids and values.")
    modal = parent["modal"]
    data = {"custom_id": modal["custom_id"], "components": modals.submit(modal, given)}
    play = ask.play
    channel = ask.channel(parent["channel_id"])
    resolved = _resolved(play, modal, given, channel, ask.me)
    if resolved:
        data["resolved"] = resolved
    message = play.world.any_message(channel["id"], parent["message_id"]) if parent["message_id"] else None
    app = play.world.application(parent["app"])
    inter = play.interactions.start(
        MODAL_SUBMIT, app, ask.me, channel, data, message=message, owners=parent["owners"], parent=parent
    )
    return await _first_answer(ask, inter)


def _resolved(play: Discord, modal: Json, given: Json, channel: Json, me: str) -> Json:
    """What the entity selects and file uploads of a modal chose."""
    chooser = Chooser(play.world, channel.get("guild_id"), channel, me)
    for field in modals.fields_of(modal):
        if field["type"] in components.SELECTS - {components.STRING_SELECT} and given.get(field["custom_id"]):
            wanted = {"min_values": 0, "max_values": 25} | field
            _selected(wanted, given[field["custom_id"]], chooser)
        elif field["type"] == modals.FILE_UPLOAD:
            files = given.get(field["custom_id"]) or []
            for file_id in files if isinstance(files, list) else [files]:
                if not str(file_id).isdigit() or chooser.attachment(str(file_id)) is None:
                    raise HumanError(f"There is no file {file_id!r}: give it to POST /play/files first.")
    return chooser.resolved


@routes.on("GET", "/interactions/{interaction}")
async def get_interaction(ask: Ask) -> Json:
    id_ = ask.path("interaction")
    try:
        ask.play.interactions.get(id_)
    except DiscordError:
        raise HumanError("There is no such interaction.", 404) from None
    return ask.play.interactions.shown(await ask.play.interactions.wait(id_, ask.seconds(0.0)))
