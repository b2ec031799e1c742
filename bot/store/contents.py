"""What messages are about: their papers in order with the reasons, and the facts around them. Knows no wording, no card, no Discord.

A message's card is made of its content. `changes` counts how often a paper of it has changed, `shown_changes` how much of that
its card shows.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any, Final

from bot.models import (
    ENGLISH,
    Cadence,
    Content,
    Detail,
    FoundMessage,
    Item,
    Mention,
    MessageKind,
    Recipient,
    SubscriptionKind,
    Welcome,
)
from bot.store import alerts, curation, papers, searches
from bot.store.database import Connection, Row
from bot.store.rows import readable_date, readable_instant, seconds

log = logging.getLogger(__name__)

#: Of what is kept as JSON. A message of another format is not made anew.
_VERSION: Final = 1


async def keep(write: Connection, message_id: int, content: Content) -> None:
    """What a new message is about."""
    await write.execute(
        "UPDATE messages SET content = :content WHERE id = :id", {"id": message_id, "content": _facts_text(content)}
    )
    await write.execute_many(
        """INSERT INTO message_papers (message_id, position, paper_id, reasons, late)
           VALUES (:id, :position, :paper, :reasons, :late)""",
        [
            {
                "id": message_id,
                "position": position,
                "paper": item.paper.id,
                "reasons": alerts.reasons_text(item.reasons),
                "late": item.late,
            }
            for position, item in enumerate(content.items, 1)
        ],
    )


async def load(read: Connection, message_id: int) -> tuple[Content, int] | None:
    """What a message is about, its papers as they are now and stand in its server, and its `changes` until now.

    None where it is not known: a message without papers or from before contents were kept, one whose paper is gone, or what no
    writer of ours has left there.
    """
    row = await read.one(
        "SELECT kind, local_date, content, changes, recipient_id FROM messages WHERE id = :id", {"id": message_id}
    )
    if row is None or row["content"] is None:
        return None
    places = await read.all(
        "SELECT paper_id, reasons, late FROM message_papers WHERE message_id = :id ORDER BY position",
        {"id": message_id},
    )
    known = await papers.load_papers(read, [place["paper_id"] for place in places])
    if len(known) < len({place["paper_id"] for place in places}):
        return None
    try:
        items = tuple(
            Item(known[place["paper_id"]], alerts.read_reasons(place["reasons"]), late=place["late"])
            for place in places
        )
        content = _content(row, items)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        log.error("what message %d is about cannot be read: %s", message_id, error)
        return None
    if content.kind is MessageKind.SUMMARY:
        content = await _in_its_server(read, content, row["recipient_id"])
    return content, int(row["changes"])


async def _in_its_server(read: Connection, content: Content, channel_id: int) -> Content:
    """A list with how its papers stand in the channel's server, where that is known."""
    guild_id = await read.value("SELECT guild_id FROM summaries WHERE channel_id = :id", {"id": channel_id})
    if guild_id is None:
        return content
    tallies = await curation.tallies(read, guild_id, channel_id, [item.paper.id for item in content.items])
    items = tuple(replace(item, tally=tallies.get(item.paper.id)) for item in content.items)
    mention = content.mention
    if mention:
        mention = replace(mention, papers=tuple([await searches.kept_id(read, one) for one in mention.papers]))
    return replace(content, guild_id=guild_id, items=items, mention=mention)


async def find(read: Connection, recipient: Recipient, nonce: str) -> FoundMessage | None:
    """The message with this nonce of a recipient, and what it is about; None where it is not known, as above."""
    row = await read.one(
        "SELECT id, form FROM messages WHERE nonce = :nonce AND recipient_kind = :kind AND recipient_id = :id",
        {"nonce": nonce, "kind": recipient.kind, "id": recipient.id},
    )
    found = None if row is None else await load(read, row["id"])
    if row is None or found is None:
        return None
    return FoundMessage(row["id"], nonce, Detail(row["form"]), found[0], found[1])


async def turn(write: Connection, message_id: int, content: Content) -> None:
    """Keeps which page of its papers a message shows."""
    await write.execute(
        "UPDATE messages SET content = :content WHERE id = :id", {"id": message_id, "content": _facts_text(content)}
    )


async def page_of(read: Connection, message_id: int) -> int | None:
    """The page that a message shows; None where it cannot be read."""
    try:
        facts = json.loads(await read.value("SELECT content FROM messages WHERE id = :id", {"id": message_id}))
        return int(facts.get("page", 0))
    except (ValueError, TypeError, AttributeError):
        return None


def _facts_text(content: Content) -> str:
    welcome = content.welcome
    facts: dict[str, Any] = {
        "v": _VERSION, "locale": content.locale, "total": content.total, "more": content.more, "part": content.part,
        "parts": content.parts, "gathered": content.gathered, "server": content.server_name, "late": content.late,
        "mention": content.mention and [content.mention.role, content.mention.words, content.mention.papers],
        "head": content.head, "first": content.first, "page": content.page, "plain": content.plain,
        "welcome": welcome and [
            welcome.subscription_id, welcome.kind, welcome.query, welcome.cadence,
            welcome.next_digest and seconds(welcome.next_digest), welcome.weekdays,
        ],
    }  # fmt: skip
    return json.dumps(facts, ensure_ascii=False)


def _content(row: Row, items: tuple[Item, ...]) -> Content:
    """Raises ValueError, TypeError or LookupError for what cannot be read."""
    facts = json.loads(row["content"])
    day = readable_date(row["local_date"])
    if day is None or facts["v"] != _VERSION:
        raise ValueError("a date or a format that is not known")
    welcome = facts.get("welcome")
    return Content(
        kind=MessageKind(row["kind"]),
        day=day,
        items=items,
        locale=str(facts.get("locale", ENGLISH)),
        total=int(facts.get("total", len(items))),
        more=int(facts.get("more", 0)),
        part=int(facts.get("part", 1)),
        parts=int(facts.get("parts", 1)),
        gathered=bool(facts.get("gathered", False)),
        welcome=_welcome(*welcome) if welcome else None,
        server_name=str(facts.get("server", "")),
        mention=_mention(*facts["mention"]) if facts.get("mention") else None,
        late=tuple(map(str, facts.get("late", ()))),
        head=facts.get("head"),
        first=int(facts.get("first", 0)),
        page=int(facts.get("page", 0)),
        plain=bool(facts.get("plain", False)),
    )


def _mention(role: int, words: str, paper_ids: list[int]) -> Mention:
    return Mention(int(role), str(words), tuple(map(int, paper_ids)))


def _welcome(
    subscription_id: int, kind: str, query: str, cadence: str, next_digest: int | None, weekdays: int = 127
) -> Welcome:
    at = readable_instant(next_digest)
    return Welcome(subscription_id, SubscriptionKind(kind), query, Cadence(cadence), at, int(weekdays))
