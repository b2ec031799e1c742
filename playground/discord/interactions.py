"""Interactions: from a person's command, click or modal to the bot's answer, with Discord's deadlines.
It knows their life; it must not know which HTTP route asked."""

from __future__ import annotations

import asyncio
import secrets

from playground.discord import commands
from playground.discord.components import COMPONENTS_V2
from playground.discord.errors import DiscordError, FormErrors
from playground.discord.events import Events
from playground.discord.hub import Hub
from playground.discord.limits import EPHEMERAL, LOADING
from playground.discord.messages import Messages, Upload
from playground.discord.modals import check_modal
from playground.discord.objects import ATTACHMENT_LIMIT, DM
from playground.discord.views import Views
from playground.discord.wire import Json
from playground.discord.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER_MESSAGE, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
# Which callback may answer which interaction; 6 and 7 also answer a modal that a component opened.
ANSWERS = {
    COMMAND: {MESSAGE, DEFER_MESSAGE, MODAL},
    COMPONENT: {MESSAGE, DEFER_MESSAGE, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFER_MESSAGE},
}
ANSWER_SECONDS = 3.0  # what Discord gives a bot for its first answer
TOKEN_SECONDS = 900.0
FOLLOWUPS_USER_INSTALL = 5
NO_ANSWER = "The application did not respond"
FINAL = frozenset({"answered", "modal", "failed"})


class Interactions:
    """Keeps every interaction in the state, so that bot and server can be restarted in the middle of one."""

    def __init__(
        self,
        world: World,
        hub: Hub,
        messages: Messages,
        events: Events,
        views: Views,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.answer_seconds = answer_seconds
        self._world = world
        self._state = world.state
        self._hub = hub
        self._messages = messages
        self._events = events
        self._views = views
        self._changed = asyncio.Condition()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._notices: set[asyncio.Task[None]] = set()

    # The person's side.

    def start(
        self,
        kind: int,
        app: Json,
        user: str,
        channel: Json,
        data: Json,
        *,
        name: str | None = None,
        message: Json | None = None,
        owners: Json | None = None,
        parent: Json | None = None,
    ) -> Json:
        """A new interaction, sent to the bot. parent is the interaction that opened the modal now submitted."""
        clock = self._world.clock
        inter: Json = {
            "id": str(clock.snowflake()),
            "token": secrets.token_urlsafe(96),
            "type": kind,
            "app": app["id"],
            "user": user,
            "channel_id": channel["id"],
            "guild_id": channel.get("guild_id"),
            "created": clock.now(),
            "data": data,
            "name": name,
            "owners": owners or {"0": channel.get("guild_id", "0")},
            "context": self._context(channel, app["id"]),
            "message_id": message["id"] if message else None,
            "parent": parent["id"] if parent else None,
            "ack": None,
            "state": "pending",
            "original_id": None,
            "ephemeral": False,
            "followups": [],
            "modal": None,
            "choices": None,
            "error": None,
            "acknowledged_ms": None,
            "timeline": [],
        }
        self._keep(inter, "sent to the bot")
        payload = self._payload(inter, channel, message)
        self._hub.tell_bots("INTERACTION_CREATE", payload, guild_id=inter["guild_id"], bots=[app["id"]])
        loop = asyncio.get_running_loop()
        self._timers[inter["id"]] = loop.call_later(self.answer_seconds, self._out_of_time, inter["id"])
        return inter

    def _context(self, channel: Json, app_id: str) -> int:
        if channel["type"] != DM:
            return 0
        return 1 if app_id in channel["_recipients"] else 2

    def _payload(self, inter: Json, channel: Json, message: Json | None) -> Json:
        world, user, guild_id = self._world, inter["user"], inter["guild_id"]
        shown = world.shown_channel(channel, inter["app"])
        if guild_id:
            shown["permissions"] = str(world.permissions(channel, user))
        payload: Json = {
            "id": inter["id"],
            "application_id": inter["app"],
            "type": inter["type"],
            "token": inter["token"],
            "version": 1,
            "data": inter["data"],
            "channel": shown,
            "channel_id": channel["id"],
            "app_permissions": str(self._app_permissions(channel, inter["app"])),
            "locale": world.user(user).get("_locale", "en-US"),
            "context": inter["context"],
            "entitlements": [],
            "authorizing_integration_owners": inter["owners"],
            "attachment_size_limit": ATTACHMENT_LIMIT,
        }
        if guild_id:
            guild = world.guild(guild_id)
            payload["guild_id"] = guild_id
            payload["guild"] = {"id": guild_id, "locale": guild["preferred_locale"], "features": guild["features"]}
            payload["guild_locale"] = guild["preferred_locale"]
            member = world.shown_member(world.member(guild_id, user))
            payload["member"] = member | {"permissions": str(world.permissions(channel, user))}
        else:
            payload["user"] = world.shown_user(user)
        if message is not None:
            payload["message"] = self._views.message(message, inter["app"])
        return payload

    def _app_permissions(self, channel: Json, app_id: str) -> int:
        have = self._world.permissions(channel, app_id)
        if have or channel["type"] == DM:
            return have
        # A user-installed app outside its guilds has what @everyone gives it.
        everyone = self._state.get("role", channel["guild_id"], channel["guild_id"])
        return int(everyone["permissions"]) if everyone else 0

    def _out_of_time(self, id_: str) -> None:
        self._timers.pop(id_, None)
        inter = self.get(id_)
        if inter["ack"] is None and inter["state"] == "pending":
            inter |= {"state": "failed", "error": NO_ANSWER}
            self._keep(inter, f"no answer within {self.answer_seconds:g} s")

    async def wait(self, id_: str, seconds: float) -> Json:
        """The interaction once its answer is final, or as it is when the time is over."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self.current(id_)["state"] in FINAL)
        except TimeoutError:
            pass
        return self.current(id_)

    def current(self, id_: str) -> Json:
        """The interaction; one that nobody will answer any more is failed."""
        inter = self.get(id_)
        age = self._world.clock.now() - inter["created"]
        limit = self.answer_seconds if inter["state"] == "pending" else TOKEN_SECONDS
        if inter["state"] in ("pending", "deferred") and age > limit:
            inter |= {"state": "failed", "error": NO_ANSWER}
        return inter

    def get(self, id_: int | str) -> Json:
        found = self._state.get("interaction", id_)
        if found is None:
            raise DiscordError(10062)
        return found

    def shown(self, inter: Json) -> Json:
        """The interaction as the human side shows it."""
        keys = ("id", "type", "state", "acknowledged_ms", "modal", "choices", "error", "timeline", "channel_id")
        shown = {key: inter[key] for key in keys}
        follow = [self._find(inter, id_) for id_ in inter["followups"]]
        original = self._find(inter, inter["original_id"]) if inter["original_id"] else None
        viewer = inter["user"]
        shown["message"] = self._views.human(original, viewer) if original else None
        shown["followups"] = [self._views.human(m, viewer) for m in follow if m]
        return shown

    # The bot's side: the callback.

    def callback(self, id_: int, token: str, body: Json, uploads: tuple[Upload, ...]) -> Json:
        """The bot's first answer; the body of with_response. A refused answer does not use the interaction up."""
        inter = self._state.get("interaction", id_)
        if inter is None or inter["token"] != token:
            raise DiscordError(10062)
        if inter["ack"] is not None:
            raise DiscordError(40060)
        if inter["state"] == "failed" or self._world.clock.now() - inter["created"] > self.answer_seconds:
            raise DiscordError(10062)
        kind = body.get("type")
        allowed = ANSWERS[inter["type"]]
        if inter["type"] == MODAL_SUBMIT and inter["message_id"]:
            allowed = allowed | {DEFER_UPDATE, UPDATE}
        if kind not in allowed:
            errors = FormErrors()
            errors.add(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {tuple(sorted(allowed))}.")
            errors.check()
        data = body.get("data") or {}
        message = self._answer(inter, int(str(kind)), data, uploads)
        inter["ack"] = kind
        inter["acknowledged_ms"] = self._age_ms(inter)
        if timer := self._timers.pop(inter["id"], None):
            timer.cancel()
        self._keep(inter, f"callback type {kind}")
        return self._receipt(inter, message)

    def _answer(self, inter: Json, kind: int, data: Json, uploads: tuple[Upload, ...]) -> Json | None:
        if kind in (MESSAGE, DEFER_MESSAGE):
            flags = data.get("flags") or 0
            inter["ephemeral"] = bool(flags & EPHEMERAL)
            whole = kind == MESSAGE
            message = (
                self._write(inter, data, uploads, ephemeral=inter["ephemeral"]) if whole else self._placeholder(inter)
            )
            inter["original_id"] = message["id"]
            inter["state"] = "answered" if whole else "deferred"
            return message
        if kind in (DEFER_UPDATE, UPDATE):
            message = self._world.any_message(inter["channel_id"], inter["message_id"])
            inter["original_id"] = message["id"]
            inter["state"] = "deferred"
            if kind == UPDATE:
                message = self._messages.edit(message, data, uploads)
                inter["state"] = "answered"
            return message
        errors = FormErrors()
        if kind == CHOICES:
            focused = next(o for o in commands.flat(inter["data"]["options"]) if o.get("focused"))
            given = data.get("choices") or []
            choices = commands.check_choices(given, focused["type"], errors, ("data", "choices"))
            errors.check()
            inter |= {"choices": choices, "state": "answered"}
        else:
            modal = check_modal(data, errors)
            errors.check()
            inter |= {"modal": modal, "state": "modal"}
        return None

    def _receipt(self, inter: Json, message: Json | None) -> Json:
        about: Json = {"id": inter["id"], "type": inter["type"], "channel_id": inter["channel_id"]}
        if inter["guild_id"]:
            about["guild_id"] = inter["guild_id"]
        receipt: Json = {"interaction": about}
        if message is not None:
            about["response_message_id"] = message["id"]
            about["response_message_loading"] = bool(message["flags"] & LOADING)
            about["response_message_ephemeral"] = bool(message["flags"] & EPHEMERAL)
            if inter["ack"] in (MESSAGE, UPDATE):  # a deferral has no resource
                receipt["resource"] = {"type": inter["ack"], "message": self._views.message(message, inter["app"])}
        return receipt

    # The bot's side: the webhook of the token.

    def by_token(self, app_id: int | str, token: str) -> Json:
        """The interaction of a token, or what Discord answers for one that is wrong, unanswered or too old."""
        found = self._state.get("token", _token_key(token))
        inter = self._state.get("interaction", found["interaction"]) if found else None
        if inter is None or inter["token"] != token or inter["app"] != str(app_id):
            raise DiscordError(50027)
        if self._world.clock.now() - inter["created"] > TOKEN_SECONDS:
            raise DiscordError(50027)
        if inter["ack"] is None:
            raise DiscordError(10015)
        return inter

    def followup(self, inter: Json, body: Json, uploads: tuple[Upload, ...]) -> Json:
        """A further message; straight after a deferral it becomes the deferred one and keeps its visibility."""
        original = self._find(inter, inter["original_id"]) if inter["original_id"] else None
        if original is not None and original["flags"] & LOADING:
            return self.edit(inter, original, body, uploads)
        only_user = "0" not in inter["owners"]
        if only_user and len(inter["followups"]) >= FOLLOWUPS_USER_INSTALL:
            raise DiscordError(40094)
        message = self._write(inter, body, uploads, ephemeral=bool((body.get("flags") or 0) & EPHEMERAL), follow=True)
        inter["followups"].append(message["id"])
        if inter["state"] in ("deferred", "modal"):
            inter["state"] = "answered"
        self._keep(inter, "follow-up")
        return message

    def find(self, inter: Json, message_id: str) -> Json:
        """The message @original or an id names."""
        wanted = inter["original_id"] if message_id == "@original" else message_id
        message = self._find(inter, wanted) if wanted else None
        if message is None:
            raise DiscordError(10008)
        return message

    def edit(self, inter: Json, message: Json, body: Json, uploads: tuple[Upload, ...]) -> Json:
        loading = bool(message["flags"] & LOADING)
        if loading:
            message = message | {"flags": message["flags"] & ~LOADING | ((body.get("flags") or 0) & COMPONENTS_V2)}
        message = self._messages.edit(message, body, uploads, loading=loading)
        if inter["state"] == "deferred":
            inter["state"] = "answered"
        self._keep(inter, "follow-up edits the deferred answer" if loading else "edit")
        return message

    def delete(self, inter: Json, message: Json) -> None:
        self._messages.delete(message)
        if inter["state"] == "deferred":
            inter["state"] = "answered"
        self._keep(inter, "delete")

    # Parts.

    def _find(self, inter: Json, message_id: str) -> Json | None:
        try:
            return self._world.any_message(inter["channel_id"], message_id)
        except (DiscordError, ValueError):
            return None

    def _write(
        self, inter: Json, body: Json, uploads: tuple[Upload, ...], *, ephemeral: bool, follow: bool = False
    ) -> Json:
        extra = self._marks(inter, EPHEMERAL if ephemeral else 0)
        reference = inter["original_id"] if follow else inter["message_id"]
        if reference and not ephemeral and self._state.get("message", reference, inter["channel_id"]):
            extra["type"] = 19
            extra["message_reference"] = {"type": 0, "channel_id": inter["channel_id"], "message_id": reference}
            if inter["guild_id"]:
                extra["message_reference"]["guild_id"] = inter["guild_id"]
        # enforce_nonce is not for interactions: a deduplicated answer would be no answer.
        body = {key: value for key, value in body.items() if key not in ("enforce_nonce", "message_reference")}
        return self._messages.create(self._world.channel(inter["channel_id"]), inter["app"], body, uploads, extra)

    def _placeholder(self, inter: Json) -> Json:
        """The "is thinking" message of a deferred answer."""
        flags = LOADING | (EPHEMERAL if inter["ephemeral"] else 0)
        channel = self._world.channel(inter["channel_id"])
        return self._messages.placeholder(channel, inter["app"], self._marks(inter, flags))

    def _marks(self, inter: Json, flags: int) -> Json:
        """What a message of an interaction carries beyond its body."""
        kind = {COMMAND: 23 if inter["data"].get("type", 1) > 1 else 20}.get(inter["type"], 0)
        metadata: Json = {"id": inter["id"], "type": inter["type"], "authorizing_integration_owners": inter["owners"]}
        if inter["type"] == COMPONENT:
            metadata["interacted_message_id"] = inter["message_id"]
        if target := inter["data"].get("target_id"):
            is_user = inter["data"]["type"] == commands.USER
            metadata["target_user" if is_user else "target_message_id"] = target
        if inter["parent"]:
            first = self.get(inter["parent"])
            triggering = self._marks(first, 0)["_interaction"]["metadata"]
            metadata["triggering_interaction_metadata"] = triggering | {"user": self._world.shown_user(first["user"])}
        kept = {"metadata": metadata, "user": inter["user"], "application_id": inter["app"], "name": inter["name"]}
        return {"type": kind, "flags": flags, "_interaction": kept, "_to": inter["user"]}

    def _age_ms(self, inter: Json) -> int:
        return max(0, int((self._world.clock.now() - inter["created"]) * 1000))

    def _keep(self, inter: Json, what: str) -> None:
        """Save a change, tell the person, wake who waits."""
        inter["timeline"].append({"at_ms": self._age_ms(inter), "what": what})
        self._state.put("interaction", inter)
        self._state.put("token", {"interaction": inter["id"]}, id_=_token_key(inter["token"]))
        self._hub.tell_people("INTERACTION_UPDATE", self.shown(inter), self._hub.people([inter["user"]]))
        notice = asyncio.get_running_loop().create_task(self._wake())
        self._notices.add(notice)
        notice.add_done_callback(self._notices.discard)

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()


def _token_key(token: str) -> int:
    """A token as a number small enough for the state's integer ids."""
    return int.from_bytes(token.encode()[:64], "big") % (1 << 62)
