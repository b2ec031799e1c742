"""Messages: written, edited, deleted, shown; mentions, attachments and nonces with them.
It knows what a message is; it must not know which route or person asked."""

from __future__ import annotations

import mimetypes
import re
import struct
from dataclasses import dataclass
from typing import Any

from playground.discord import objects
from playground.discord.components import COMPONENTS_V2, check_media, walk
from playground.discord.errors import DiscordError, FormErrors
from playground.discord.events import Events
from playground.discord.limits import EPHEMERAL, SETTABLE_FLAGS, check_message
from playground.discord.objects import ATTACHMENT_LIMIT, DM, THREAD_TYPES
from playground.discord.permissions import Permission
from playground.discord.wire import Json, first_snowflake, snowflake, snowflake_time
from playground.discord.world import World

NONCE_WINDOW = 300.0
MENTION = re.compile(r"<@(!|&)?(\d{1,20})>")
EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    index: str  # the n of files[n]
    name: str
    content_type: str
    body: bytes


class Messages:
    """Writes messages into the state and tells everyone who sees them."""

    def __init__(self, world: World, events: Events) -> None:
        self._world = world
        self._state = world.state
        self._events = events
        self.nonce_window = NONCE_WINDOW

    def create(
        self, channel: Json, author: str, body: Json, uploads: tuple[Upload, ...] = (), extra: Json | None = None
    ) -> Json:
        """A new message as stored. extra overrides its fields (type, flags, and the keys with an underscore)."""
        clean = check_message(body, files=len(uploads))
        _check_media(clean, body, uploads, [])
        nonce = body.get("nonce")
        if body.get("enforce_nonce") and nonce is not None:
            known = self._state.nonce(author, str(nonce), self._world.clock.now() - self.nonce_window)
            if known is not None:
                return self._world.message(channel["id"], known)
        clock = self._world.clock
        made = objects.message(clock.snowflake(), channel["id"], author, clock.iso(), "")
        made |= clean | (extra or {})
        made["flags"] |= (body.get("flags") or 0) & SETTABLE_FLAGS
        made["tts"] = bool(body.get("tts"))
        made["attachments"] = self._attach(body, uploads, [], ephemeral=bool(made["flags"] & EPHEMERAL))
        if nonce is not None:
            made["nonce"] = nonce
        self._refer(made, body, channel)
        self._mention(made, body, channel)
        self._save(made)
        if body.get("enforce_nonce") and nonce is not None:
            self._state.remember_nonce(author, str(nonce), int(made["id"]), clock.now())
        self._count(channel, made)
        self._events.message("MESSAGE_CREATE", made, channel)
        return made

    def placeholder(self, channel: Json, author: str, extra: Json) -> Json:
        """The empty message that stands for an answer to come."""
        clock = self._world.clock
        made = objects.message(clock.snowflake(), channel["id"], author, clock.iso(), "") | extra
        self._save(made)
        self._count(channel, made)
        self._events.message("MESSAGE_CREATE", made, channel)
        return made

    def edit(self, message: Json, body: Json, uploads: tuple[Upload, ...] = (), *, loading: bool = False) -> Json:
        """The message changed as the body says; loading: it was the placeholder of a deferred answer."""
        blank = message | {"content": "", "embeds": [], "components": []} if loading else message
        clean = check_message(body, before=blank, files=len(uploads))
        _check_media(clean, body, uploads, message["attachments"])
        channel = self._world.channel(message["channel_id"])
        message = message | clean
        if body.get("flags") is not None:
            kept = message["flags"] & ~(SETTABLE_FLAGS & ~COMPONENTS_V2)
            message["flags"] = kept | (body["flags"] & SETTABLE_FLAGS)
        ephemeral = bool(message["flags"] & EPHEMERAL)
        if "attachments" in body or uploads:
            message["attachments"] = self._attach(body, uploads, message["attachments"], ephemeral=ephemeral)
        if not loading:
            message["edited_timestamp"] = self._world.clock.iso()
        self._mention(message, body, channel)
        self._save(message)
        self._events.message("MESSAGE_UPDATE", message, channel)
        return message

    def delete(self, message: Json) -> None:
        channel = self._world.channel(message["channel_id"])
        kind = "ephemeral" if message["flags"] & EPHEMERAL else "message"
        self._state.delete(kind, message["id"], message["channel_id"])
        if channel["type"] in THREAD_TYPES and message["id"] != channel["id"]:
            channel["message_count"] = max(0, channel["message_count"] - 1)
            self._state.put("channel", channel, channel["guild_id"])
        self._events.message_deleted(message, channel)

    def update(self, message: Json) -> None:
        """Save and tell a change that the caller made (a pin, a thread, a flag)."""
        self._save(message)
        self._events.message("MESSAGE_UPDATE", message, self._world.channel(message["channel_id"]))

    def check_may_send(self, channel: Json, author: str, body: Json, files: int = 0) -> None:
        """Raise what Discord answers to an author who may not write this there."""
        if channel["type"] == DM:
            self._check_dm(channel, author)
            return
        in_thread = channel["type"] in THREAD_TYPES
        wanted = [Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES]
        if body.get("embeds"):
            wanted.append(Permission.EMBED_LINKS)
        if files:
            wanted.append(Permission.ATTACH_FILES)
        if body.get("message_reference"):
            wanted.append(Permission.READ_MESSAGE_HISTORY)
        have = self._world.need(channel, author, *wanted)
        if channel["type"] not in {objects.TEXT, objects.ANNOUNCEMENT, *THREAD_TYPES}:
            raise DiscordError(50008)
        if in_thread and channel["thread_metadata"]["locked"] and not have & Permission.MANAGE_THREADS:
            raise DiscordError(50083)
        self._check_slow_mode(channel, author, have)
        self.check_words(channel, body)

    def check_words(self, channel: Json, body: Json) -> None:
        """Raise what AutoMod answers to words that this server does not want."""
        blocked = self._world.guild(channel["guild_id"]).get("_automod", [])
        text = " ".join(_texts(body)).casefold()
        if any(word.casefold() in text for word in blocked):
            raise DiscordError(200000)

    def _check_slow_mode(self, channel: Json, author: str, have: int) -> None:
        """In a channel with slow mode a person waits between two messages; bots and moderators do not."""
        pause = channel.get("rate_limit_per_user") or 0
        free = Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS
        if not pause or have & free or self._world.user(author).get("bot"):
            return
        now = self._world.clock.now()
        recent = self._state.page("message", channel["id"], above=first_snowflake(now - pause), limit=1000)
        own = [snowflake_time(m["id"]) for m in recent if m["_author"] == author]
        if own:
            raise DiscordError(20016, extra={"retry_after": round(max(own) + pause - now, 3)})

    def _check_dm(self, channel: Json, author: str) -> None:
        if author not in channel["_recipients"]:
            raise DiscordError(50001)
        other = next((u for u in channel["_recipients"] if u != author), author)
        user, me = self._world.user(other), self._world.user(author)
        if user.get("bot") and me.get("bot"):
            raise DiscordError(50007)
        if not me.get("bot") or user.get("bot"):
            return
        if user.get("_dms") == "closed" or author in user.get("_blocked", ()):
            raise DiscordError(50007)
        if not set(self._state.parents("member", other)) & set(self._state.parents("member", author)):
            raise DiscordError(50278)

    # Parts of a message.

    def _save(self, message: Json) -> None:
        kind = "ephemeral" if message["flags"] & EPHEMERAL else "message"
        self._state.put(kind, message, message["channel_id"])

    def _count(self, channel: Json, message: Json) -> None:
        """What a new message changes about its channel."""
        if message["flags"] & EPHEMERAL:
            return
        channel = self._world.channel(channel["id"])
        channel["last_message_id"] = message["id"]
        if channel["type"] in THREAD_TYPES:
            if message["id"] != channel["id"]:  # the first message of a post does not count
                channel["message_count"] += 1
                channel["total_message_sent"] += 1
            channel["thread_metadata"]["archived"] = False
        self._state.put("channel", channel, channel.get("guild_id", 0))

    def _refer(self, message: Json, body: Json, channel: Json) -> None:
        reference = body.get("message_reference")
        if not isinstance(reference, dict) or "message_id" not in reference:
            return
        target = snowflake(reference["message_id"]) or 0
        if self._state.get("message", target, channel["id"]) is None:
            if reference.get("fail_if_not_exists", True):
                raise DiscordError(
                    50035,
                    extra={
                        "errors": {
                            "message_reference": {
                                "_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]
                            }
                        }
                    },
                )
            return
        message["type"] = 19
        message["message_reference"] = {"type": 0, "channel_id": channel["id"], "message_id": str(target)}
        if "guild_id" in channel:
            message["message_reference"]["guild_id"] = channel["guild_id"]

    def _mention(self, message: Json, body: Json, channel: Json) -> None:
        """Who is mentioned: without allowed_mentions everyone who is named; an edit without it parses anew, too."""
        allowed = body.get("allowed_mentions")
        text = " ".join(_texts(message))
        users: list[str] = []
        roles: list[str] = []
        for kind, found in MENTION.findall(text):
            (roles if kind == "&" else users).append(found)
        if isinstance(allowed, dict):
            parse = allowed.get("parse") or []
            users = [u for u in users if "users" in parse or u in map(str, allowed.get("users") or ())]
            roles = [r for r in roles if "roles" in parse or r in map(str, allowed.get("roles") or ())]
        message["mentions"] = [u for u in dict.fromkeys(users) if self._state.get("user", u)]
        guild_id = channel.get("guild_id")
        message["mention_roles"] = [
            r for r in dict.fromkeys(roles) if guild_id and self._state.get("role", r, guild_id)
        ]
        may = self._world.permissions(channel, message["_author"]) & Permission.MENTION_EVERYONE
        parsed = not isinstance(allowed, dict) or "everyone" in (allowed.get("parse") or ())
        message["mention_everyone"] = bool(guild_id and may and parsed and EVERYONE.search(text))

    def _attach(self, body: Json, uploads: tuple[Upload, ...], before: list[Json], *, ephemeral: bool) -> list[Json]:
        about = _described(body)
        stored = [self.store(upload, about.get(upload.index, {}), ephemeral=ephemeral) for upload in uploads]
        return _kept(body, before) + stored

    def store(self, upload: Upload, about: Json, *, ephemeral: bool) -> Json:
        """Keep an uploaded file; its attachment object without the URLs, which depend on where the server listens."""
        if len(upload.body) > ATTACHMENT_LIMIT:
            raise DiscordError(40005)
        id_ = self._world.clock.snowflake()
        name = _file_name(upload, about)
        guessed = mimetypes.guess_type(name)[0] or upload.content_type
        self._state.put_file(id_, name, guessed, upload.body)
        made: Json = {"id": str(id_), "filename": name, "size": len(upload.body), "content_type": guessed}
        if size := image_size(upload.body):
            made |= {"width": size[0], "height": size[1]}
        if about.get("description"):
            made["description"] = str(about["description"])
        if ephemeral:
            made["ephemeral"] = True
        return made


def _described(body: Json) -> dict[str, Json]:
    """What a body says of each attachment, by its id or the n of files[n]."""
    described = body.get("attachments")
    return {str(a.get("id")): a for a in described if isinstance(a, dict)} if isinstance(described, list) else {}


def _kept(body: Json, before: list[Json]) -> list[Json]:
    """The attachments that stay: all of them where the body does not list any."""
    wanted = _described(body)
    return [a for a in before if a["id"] in wanted] if isinstance(body.get("attachments"), list) else before


def _file_name(upload: Upload, about: Json) -> str:
    return re.sub(r"[^\w.\-]", "_", str(about.get("filename") or upload.name)) or "file"


def _check_media(clean: Json, body: Json, uploads: tuple[Upload, ...], before: list[Json]) -> None:
    """Raises 50035 for a component that shows an attachment which the message does not have."""
    about = _described(body)
    names = {a["filename"] for a in _kept(body, before)}
    names |= {_file_name(upload, about.get(upload.index, {})) for upload in uploads}
    errors = FormErrors()
    check_media(clean.get("components", []), names, errors)
    errors.check()


def _texts(thing: Any) -> list[str]:
    """All text of a message body where mentions and blocked words count."""
    texts = [str(thing.get("content") or "")]
    components = thing.get("components")
    if isinstance(components, list):
        texts += [str(c["content"]) for c in walk([c for c in components if isinstance(c, dict)]) if c.get("content")]
    return texts


def image_size(body: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or GIF, from its first bytes."""
    if body[:8] == b"\x89PNG\r\n\x1a\n" and len(body) >= 24:
        width, height = struct.unpack(">II", body[16:24])
        return int(width), int(height)
    if body[:4] == b"GIF8" and len(body) >= 10:
        width, height = struct.unpack("<HH", body[6:10])
        return int(width), int(height)
    return None
