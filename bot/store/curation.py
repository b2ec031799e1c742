"""What members of servers did for their lists: votes, proposals, threads, and the rules for them. Knows SQL; decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.models import Act, Deed, Discussion, Rules, Tally
from bot.store.database import Connection, Row
from bot.store.rows import readable_instant, seconds

#: So long what was done can be looked up.
_KEPT: Final = timedelta(days=90)
_DAY: Final = timedelta(hours=24)
#: What fewer members follow is not counted: it would say what one of them follows.
FEW: Final = 3


# -- how papers stand ------------------------------------------------------------------------------------------------------


async def tallies(read: Connection, guild_id: int, channel_id: int, paper_ids: Collection[int]) -> dict[int, Tally]:
    """How each of these papers stands in a server, and who proposed it for this channel's list."""
    asked = {"guild": guild_id, "channel": channel_id, "papers": sorted(paper_ids)}
    votes = await read.all(
        "SELECT paper_id, count(*) AS n FROM upvotes WHERE guild_id = :guild AND paper_id IN :papers GROUP BY paper_id",
        asked,
    )
    threads = await read.all(
        """SELECT paper_id, sum(comments) AS comments,
                  max(CASE WHEN channel_id = :channel THEN thread_id END) AS thread_id
           FROM discussions WHERE guild_id = :guild AND paper_id IN :papers GROUP BY paper_id""",
        asked,
    )
    proposals = await read.all(
        """SELECT paper_id, name, note FROM submissions
           WHERE channel_id = :channel AND guild_id = :guild AND removed_at IS NULL AND paper_id IN :papers""",
        asked,
    )
    counted = {row["paper_id"]: row["n"] for row in votes}
    talked = {row["paper_id"]: (row["comments"], row["thread_id"]) for row in threads}
    proposed = {row["paper_id"]: (row["name"], row["note"]) for row in proposals}
    return {
        paper: Tally(counted.get(paper, 0), *talked.get(paper, (0, None)), *proposed.get(paper, ("", "")))
        for paper in counted.keys() | talked.keys() | proposed.keys()
    }


async def note_member(write: Connection, guild_id: int, user_id: int, now: datetime) -> None:
    """Somebody uses Paperboy in a server."""
    await write.execute(
        """INSERT INTO members (guild_id, user_id, seen_at) VALUES (:guild, :user, :now)
           ON CONFLICT (guild_id, user_id) DO UPDATE SET seen_at = excluded.seen_at""",
        {"guild": guild_id, "user": user_id, "now": seconds(now)},
    )


async def following(read: Connection, guild_id: int, paper_ids: Collection[int], since: datetime) -> dict[int, int]:
    """How many who were seen in a server since then follow something that each of these papers matches; only where they are so many
    that nobody is meant."""
    rows = await read.all(
        """SELECT a.paper_id, count(DISTINCT a.recipient_id) AS n FROM alerts AS a
           JOIN members AS m ON m.user_id = a.recipient_id AND m.guild_id = :guild AND m.seen_at >= :since
           WHERE a.recipient_kind = 'user' AND a.paper_id IN :papers
           GROUP BY a.paper_id HAVING count(DISTINCT a.recipient_id) >= :few""",
        {"few": FEW, "guild": guild_id, "since": seconds(since), "papers": sorted(paper_ids)},
    )
    return {row["paper_id"]: row["n"] for row in rows}


async def has_shown(read: Connection, guild_id: int, paper_id: int) -> bool:
    """Whether a list of this server has the paper, or somebody proposed it for one."""
    return bool(
        await read.value(
            """SELECT EXISTS (SELECT 1 FROM message_papers AS p JOIN messages AS m ON m.id = p.message_id
                              JOIN summaries AS s ON s.channel_id = m.recipient_id
                              WHERE p.paper_id = :paper AND m.recipient_kind = 'channel' AND s.guild_id = :guild)
                   OR EXISTS (SELECT 1 FROM submissions
                              WHERE paper_id = :paper AND guild_id = :guild AND removed_at IS NULL)""",
            {"paper": paper_id, "guild": guild_id},
        )
    )


async def note_changed(write: Connection, guild_id: int, paper_id: int) -> None:
    """The cards of this server's lists that show the paper are outdated."""
    await write.execute(
        """UPDATE messages SET changes = changes + 1 WHERE recipient_kind = 'channel'
           AND id IN (SELECT message_id FROM message_papers WHERE paper_id = :paper)
           AND recipient_id IN (SELECT channel_id FROM summaries WHERE guild_id = :guild)""",
        {"paper": paper_id, "guild": guild_id},
    )


# -- votes -----------------------------------------------------------------------------------------------------------------


async def vote(write: Connection, guild_id: int, paper_id: int, user_id: int, now: datetime) -> bool:
    """Casts the person's vote, or takes it back where it stands. Returns whether it stands now."""
    one = {"guild": guild_id, "paper": paper_id, "user": user_id}
    if await write.execute(
        "DELETE FROM upvotes WHERE guild_id = :guild AND paper_id = :paper AND user_id = :user", one
    ):
        return False
    await cast(write, guild_id, paper_id, user_id, now)
    return True


async def cast(write: Connection, guild_id: int, paper_id: int, user_id: int, now: datetime) -> None:
    """The person's vote stands."""
    await write.execute(
        """INSERT INTO upvotes (guild_id, paper_id, user_id, voted_at) VALUES (:guild, :paper, :user, :now)
           ON CONFLICT DO NOTHING""",
        {"guild": guild_id, "paper": paper_id, "user": user_id, "now": seconds(now)},
    )


async def count_votes(read: Connection, guild_id: int, paper_id: int) -> int:
    """How many votes a paper has in a server."""
    return int(
        await read.value(
            "SELECT count(*) FROM upvotes WHERE guild_id = :guild AND paper_id = :paper",
            {"guild": guild_id, "paper": paper_id},
        )
    )


async def reset(write: Connection, guild_id: int, paper_id: int, user_id: int | None) -> int:
    """Takes away a paper's votes in a server, or one member's. Returns how many."""
    whose = "" if user_id is None else "AND user_id = :user"
    return await write.execute(
        f"DELETE FROM upvotes WHERE guild_id = :guild AND paper_id = :paper {whose}",  # noqa: S608
        {"guild": guild_id, "paper": paper_id, "user": user_id},
    )


# -- proposals -------------------------------------------------------------------------------------------------------------


async def submit(
    write: Connection, guild_id: int, channel_id: int, paper_id: int, by: tuple[int, str], note: str, now: datetime
) -> None:
    """Keeps a proposal for a channel's list, `by` whom (id and name); nothing where one stands."""
    await write.execute(
        """INSERT INTO submissions (guild_id, channel_id, paper_id, user_id, name, note, submitted_at)
           VALUES (:guild, :channel, :paper, :user, :name, :note, :now) ON CONFLICT DO NOTHING""",
        {
            "guild": guild_id, "channel": channel_id, "paper": paper_id, "user": by[0], "name": by[1],
            "note": note, "now": seconds(now),
        },
    )  # fmt: skip


async def proposed(read: Connection, guild_id: int, channel_id: int) -> list[int]:
    """The papers that were proposed for a channel's list and that it has not had, the oldest proposal first."""
    return await read.ids(
        """SELECT paper_id AS id FROM submissions AS s WHERE channel_id = :channel AND guild_id = :guild AND removed_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM alerts AS a WHERE a.recipient_kind = 'channel' AND a.recipient_id = s.channel_id
                           AND a.paper_id = s.paper_id AND (a.state <> 'pending' OR a.message_id IS NOT NULL))
           ORDER BY submitted_at, id""",
        {"channel": channel_id, "guild": guild_id},
    )


async def remove(write: Connection, guild_id: int, paper_id: int, now: datetime) -> int:
    """A moderator takes the proposals of a paper away. Returns how many stood."""
    return await write.execute(
        """UPDATE submissions SET removed_at = :now
           WHERE guild_id = :guild AND paper_id = :paper AND removed_at IS NULL""",
        {"guild": guild_id, "paper": paper_id, "now": seconds(now)},
    )


async def take_off_lists(write: Connection, guild_id: int, paper_id: int, removed: datetime) -> None:
    """The lists for which the paper was proposed, until it was removed just now, show it no more."""
    await write.execute(
        """DELETE FROM message_papers WHERE paper_id = :paper AND message_id IN
               (SELECT m.id FROM messages AS m JOIN submissions AS s ON s.channel_id = m.recipient_id
                WHERE m.recipient_kind = 'channel' AND s.guild_id = :guild AND s.paper_id = :paper AND s.removed_at = :at)""",
        {"paper": paper_id, "guild": guild_id, "at": seconds(removed)},
    )


async def count_submitted(read: Connection, guild_id: int, user_id: int, now: datetime) -> int:
    """How many papers somebody proposed here within the last 24 hours, those that were removed too."""
    return int(
        await read.value(
            """SELECT count(*) FROM submissions
               WHERE guild_id = :guild AND user_id = :user AND submitted_at BETWEEN :since AND :now""",
            {"guild": guild_id, "user": user_id, "since": seconds(now - _DAY), "now": seconds(now)},
        )
    )


async def was_listed(read: Connection, channel_id: int, paper_id: int) -> datetime | None:
    """When a channel had a paper for a list, one that was never sent or that a moderator took off too; None when it had not."""
    at = await read.value(
        """SELECT coalesce(m.sent_at, a.created_at) FROM alerts AS a LEFT JOIN messages AS m ON m.id = a.message_id
           WHERE a.recipient_kind = 'channel' AND a.recipient_id = :channel AND a.paper_id = :paper
           AND (a.state <> 'pending' OR a.message_id IS NOT NULL)""",
        {"channel": channel_id, "paper": paper_id},
    )
    return readable_instant(at)


# -- discussions -----------------------------------------------------------------------------------------------------------


async def discussions(read: Connection, guild_id: int, paper_id: int) -> list[Discussion]:
    """Those of a paper in a server, the oldest first."""
    rows = await read.all(
        "SELECT * FROM discussions WHERE guild_id = :guild AND paper_id = :paper ORDER BY opened_at, channel_id",
        {"guild": guild_id, "paper": paper_id},
    )
    return [_discussion(row) for row in rows]


async def discussions_of(read: Connection, guild_id: int) -> list[Discussion]:
    """Those of a server that have a thread."""
    rows = await read.all(
        "SELECT * FROM discussions WHERE guild_id = :guild AND thread_id IS NOT NULL", {"guild": guild_id}
    )
    return [_discussion(row) for row in rows]


def _discussion(row: Row) -> Discussion:
    return Discussion(row["paper_id"], row["channel_id"], row["thread_id"], row["name"], row["comments"])


async def begin_discussion(write: Connection, guild_id: int, opened: Discussion, user_id: int, now: datetime) -> None:
    """Noted before Discord is asked, so that a channel never has two threads of a paper."""
    await write.execute(
        """INSERT INTO discussions (guild_id, paper_id, channel_id, name, opened_by, opened_at)
           VALUES (:guild, :paper, :channel, :name, :user, :now) ON CONFLICT DO NOTHING""",
        {
            "guild": guild_id, "paper": opened.paper_id, "channel": opened.channel_id, "name": opened.name,
            "user": user_id, "now": seconds(now),
        },
    )  # fmt: skip


async def set_thread(write: Connection, guild_id: int, opened: Discussion) -> None:
    """Discord made the thread: it has a number now."""
    await write.execute(
        """UPDATE discussions SET thread_id = :thread
           WHERE guild_id = :guild AND paper_id = :paper AND channel_id = :channel""",
        {"guild": guild_id, "paper": opened.paper_id, "channel": opened.channel_id, "thread": opened.thread_id},
    )


async def forget_discussion(write: Connection, guild_id: int, gone: Discussion) -> None:
    """Its thread is gone, or was never made."""
    await write.execute(
        "DELETE FROM discussions WHERE guild_id = :guild AND paper_id = :paper AND channel_id = :channel",
        {"guild": guild_id, "paper": gone.paper_id, "channel": gone.channel_id},
    )


async def count_opened(read: Connection, guild_id: int, now: datetime) -> int:
    """How many threads were opened in a server within the last 24 hours."""
    return int(
        await read.value(
            "SELECT count(*) FROM discussions WHERE guild_id = :guild AND opened_at BETWEEN :since AND :now",
            {"guild": guild_id, "since": seconds(now - _DAY), "now": seconds(now)},
        )
    )


async def open_guilds(read: Connection, since: datetime) -> list[int]:
    """Servers with a thread that was opened since then."""
    return await read.ids(
        "SELECT DISTINCT guild_id AS id FROM discussions WHERE opened_at >= :since AND thread_id IS NOT NULL",
        {"since": seconds(since)},
    )


async def set_comments(write: Connection, guild_id: int, counts: Mapping[int, int]) -> None:
    """Notes how many comments stand in threads, by their numbers."""
    await write.execute_many(
        "UPDATE discussions SET comments = :count WHERE guild_id = :guild AND thread_id = :thread",
        [{"guild": guild_id, "thread": thread, "count": count} for thread, count in counts.items()],
    )


# -- rules, and what was done ----------------------------------------------------------------------------------------------


async def rules(read: Connection, guild_id: int) -> Rules:
    """A server's rules; where it has set none, those that hold everywhere."""
    row = await read.one("SELECT * FROM curation_rules WHERE guild_id = :guild", {"guild": guild_id})
    if row is None:
        return Rules()
    return Rules(
        row["submit_role_id"],
        row["vote_role_id"],
        row["discuss_role_id"],
        row["member_days"],
        row["submissions"],
        row["discussions"],
    )


async def save_rules(write: Connection, guild_id: int, wanted: Rules) -> None:
    await write.execute(
        """INSERT INTO curation_rules (guild_id, submit_role_id, vote_role_id, discuss_role_id, member_days, submissions, discussions)
           VALUES (:guild, :submit, :vote, :discuss, :days, :submissions, :discussions)
           ON CONFLICT (guild_id) DO UPDATE SET submit_role_id = excluded.submit_role_id, vote_role_id = excluded.vote_role_id,
               discuss_role_id = excluded.discuss_role_id, member_days = excluded.member_days,
               submissions = excluded.submissions, discussions = excluded.discussions""",
        {
            "guild": guild_id, "submit": wanted.submit_role, "vote": wanted.vote_role, "discuss": wanted.discuss_role,
            "days": wanted.member_days, "submissions": wanted.submissions, "discussions": wanted.discussions,
        },
    )  # fmt: skip


async def note(write: Connection, guild_id: int, deed: Deed) -> None:
    """Keeps what somebody did, and lets go of what is older than can be looked up."""
    await write.execute(
        "INSERT INTO curation_acts (guild_id, user_id, act, paper_id, at) VALUES (:guild, :user, :act, :paper, :at)",
        {
            "guild": guild_id, "user": deed.user_id, "act": deed.act, "paper": deed.paper_id, "at": seconds(deed.at),
        },
    )  # fmt: skip
    await write.execute(
        "DELETE FROM curation_acts WHERE guild_id = :guild AND at < :since",
        {"guild": guild_id, "since": seconds(deed.at - _KEPT)},
    )


async def deeds(
    read: Connection, guild_id: int, now: datetime, *, user_id: int | None, limit: int, offset: int
) -> tuple[list[Deed], int]:
    """What was done in a server within 90 days, the newest first, by one member where one is given; and how much in all."""
    asked = {"guild": guild_id, "user": user_id, "since": seconds(now - _KEPT), "limit": limit, "offset": offset}
    chosen = "FROM curation_acts WHERE guild_id = :guild AND at >= :since"
    chosen += "" if user_id is None else " AND user_id = :user"
    rows = await read.all(
        f"SELECT user_id, act, paper_id, at {chosen} ORDER BY id DESC LIMIT :limit OFFSET :offset",
        asked,
    )
    found = [
        Deed(row["user_id"], Act(row["act"]), row["paper_id"], at)
        for row in rows
        if (at := readable_instant(row["at"])) is not None
    ]
    return found, int(await read.value(f"SELECT count(*) {chosen}", asked))


# -- one paper that was two ------------------------------------------------------------------------------------------------


async def merge_papers(write: Connection, duplicate: int, kept: int) -> None:
    """What was done to `duplicate` was done to `kept`: nobody votes twice, what a moderator removed stays removed, and of two threads
    in a channel the one that stands stays."""
    ids = {"old": duplicate, "new": kept}
    for one, other in ((duplicate, kept), (kept, duplicate)):
        await write.execute(
            """UPDATE submissions SET removed_at = (SELECT max(o.removed_at) FROM submissions AS o
                   WHERE o.paper_id = :other AND o.channel_id = submissions.channel_id)
               WHERE paper_id = :one AND removed_at IS NULL AND EXISTS (SELECT 1 FROM submissions AS o
                   WHERE o.paper_id = :other AND o.channel_id = submissions.channel_id AND o.removed_at IS NOT NULL)""",
            {"one": one, "other": other},
        )
    await write.execute(
        """DELETE FROM discussions WHERE paper_id = :new AND thread_id IS NULL AND EXISTS (SELECT 1 FROM discussions AS o
               WHERE o.paper_id = :old AND o.guild_id = discussions.guild_id AND o.channel_id = discussions.channel_id)""",
        ids,
    )
    for table, same in (
        ("upvotes", "kept.guild_id = upvotes.guild_id AND kept.user_id = upvotes.user_id"),
        ("discussions", "kept.guild_id = discussions.guild_id AND kept.channel_id = discussions.channel_id"),
        (
            "submissions",
            "kept.channel_id = submissions.channel_id AND kept.removed_at IS NULL AND submissions.removed_at IS NULL",
        ),
    ):
        await write.execute(
            f"""DELETE FROM {table} WHERE paper_id = :old
                AND EXISTS (SELECT 1 FROM {table} AS kept WHERE kept.paper_id = :new AND {same})""",  # noqa: S608
            ids,
        )
        await write.execute(f"UPDATE {table} SET paper_id = :new WHERE paper_id = :old", ids)  # noqa: S608
    await write.execute("UPDATE curation_acts SET paper_id = :new WHERE paper_id = :old", ids)
