"""Fresh Discord objects with every documented field, so that strict clients can read them. Pure.
It knows the fields and their defaults; it must not know the store."""

from __future__ import annotations

from playground.discord.permissions import EVERYONE
from playground.discord.wire import Json

TEXT, DM, CATEGORY, ANNOUNCEMENT, FORUM = 0, 1, 4, 5, 15
THREAD_TYPES = frozenset({10, 11, 12})
ATTACHMENT_LIMIT = 10 * 1024 * 1024


def user(id_: int, username: str, display: str | None, *, bot: bool = False) -> Json:
    made: Json = {
        "id": str(id_),
        "username": username,
        "avatar": None,
        "discriminator": f"{id_ % 10_000:04d}" if bot else "0",
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "global_name": None if bot else display,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }
    if bot:
        made["bot"] = True
    return made


def application(id_: int, name: str, description: str, owner: Json, secret: str) -> Json:
    return {
        "id": str(id_),
        "name": name,
        "icon": None,
        "description": description,
        "type": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "integration_types_config": {"0": {}, "1": {}},
        "verify_key": f"{id_:064x}",
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": owner,
        "approximate_guild_count": 0,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "_secret": secret,
    }


def role(
    id_: int, name: str, permissions: int, *, position: int, managed_by: str | None = None, colour: int = 0
) -> Json:
    """A role; one with a colour is also shown apart in the member list."""
    made: Json = {
        "id": str(id_),
        "name": name,
        "permissions": str(permissions),
        "position": position,
        "color": colour,
        "colors": {"primary_color": colour, "secondary_color": None, "tertiary_color": None},
        "hoist": colour != 0,
        "managed": managed_by is not None,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if managed_by is not None:
        made["tags"] = {"bot_id": managed_by}
    return made


def everyone_role(guild_id: int) -> Json:
    return role(guild_id, "@everyone", EVERYONE, position=0)


def guild(id_: int, name: str, owner_id: str) -> Json:
    """A guild without its roles, channels and members: those are kept one by one."""
    return {
        "id": str(id_),
        "name": name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": owner_id,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 25_000_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
        "hub_type": None,
    }


def member(user_id: str, joined_at: str, roles: list[str] | None = None) -> Json:
    """A member as stored: the user is joined in when it is shown."""
    return {
        "id": user_id,
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": joined_at,
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": roles or [],
        "collectibles": None,
        "mute": False,
        "deaf": False,
    }


def guild_channel(id_: int, guild_id: str, name: str, *, kind: int = TEXT, position: int = 0) -> Json:
    made: Json = {
        "id": str(id_),
        "type": kind,
        "flags": 0,
        "guild_id": guild_id,
        "name": name,
        "parent_id": None,
        "position": position,
        "permission_overwrites": [],
        "nsfw": False,
    }
    if kind != CATEGORY:
        made |= {"last_message_id": None, "topic": None, "rate_limit_per_user": 0, "last_pin_timestamp": None}
    if kind == FORUM:
        made |= {
            "available_tags": [],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return made


def dm_channel(id_: int, user_ids: list[str]) -> Json:
    return {"id": str(id_), "type": DM, "flags": 0, "last_message_id": None, "_recipients": sorted(user_ids, key=int)}


def thread(id_: int, parent: Json, name: str, owner_id: str, now: str, *, kind: int, archive_minutes: int) -> Json:
    return {
        "id": str(id_),
        "type": kind,
        "flags": 0,
        "guild_id": parent["guild_id"],
        "name": name,
        "parent_id": parent["id"],
        "owner_id": owner_id,
        "last_message_id": None,
        "rate_limit_per_user": parent.get("default_thread_rate_limit_per_user", 0),
        "message_count": 0,
        "member_count": 0,
        "total_message_sent": 0,
        "applied_tags": [],
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": now,
            "auto_archive_duration": archive_minutes,
            "locked": False,
            "create_timestamp": now,
        },
    }


def message(id_: int, channel_id: str, author_id: str, timestamp: str, content: str, *, kind: int = 0) -> Json:
    """A message as stored: author and mentioned users are joined in when it is shown."""
    return {
        "id": str(id_),
        "type": kind,
        "channel_id": channel_id,
        "content": content,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "timestamp": timestamp,
        "edited_timestamp": None,
        "flags": 0,
        "components": [],
        "pinned": False,
        "mention_everyone": False,
        "tts": False,
        "_author": author_id,
    }
