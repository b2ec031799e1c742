"""How the members of a server make its list: they propose papers, vote and talk about them; moderators put right.

Knows the rules and what is kept of each act; knows neither Discord nor SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.daily import rules
from bot.daily.ranking import NOBODY, Points, Signs, points
from bot.daily.rules import Part
from bot.errors import BadInputError, NotFoundError
from bot.models import Act, Content, Deed, Discussion, Member, Paper, Rules, SentMessage, Submitted, Summary, Tally
from bot.store import contents, curation, papers, refreshes, searches, summaries
from bot.store.database import Connection, Database
from bot.store.scores import load_expected
from bot.when.clock import Clock

#: So long after it was opened the comments of a thread are counted, while Discord has not put it away.
_TALKED: Final = timedelta(days=30)
#: Who has not used Paperboy in a server for longer is no longer counted there.
_SEEN: Final = timedelta(days=90)
PER_PAGE: Final = 15


@dataclass(frozen=True, slots=True)
class Voted:
    """A vote as it stands now, and how many the paper has."""

    paper: Paper
    stands: bool
    votes: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message of a list is about now, and how many changes that shows."""

    message: SentMessage
    content: Content
    changes: int


class Curation:
    """The votes, proposals and discussions of servers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # -- members ------------------------------------------------------------------------------------------------------

    async def vote(self, guild_id: int, paper_id: int, member: Member) -> Voted:
        """Casts the member's vote, or takes it back. Raises BadInputError where the rules forbid it, NotFoundError for a paper that
        no list of the server has."""
        now = self._clock()
        async with self._database.transaction() as write:
            paper = await self._listed(write, guild_id, paper_id)
            rules.check(await curation.rules(write, guild_id), Part.VOTE, member, now)
            stands = await curation.vote(write, guild_id, paper.id, member.id, now)
            act = Act.VOTED if stands else Act.TOOK_BACK
            await curation.note(write, guild_id, Deed(member.id, act, paper.id, now))
            await curation.note_changed(write, guild_id, paper.id)
            votes = await curation.count_votes(write, guild_id, paper.id)
        return Voted(paper, stands, votes)

    async def list_for(self, guild_id: int, channel_id: int, sees: Callable[[int], bool]) -> Summary:
        """The list for which somebody proposes a paper in this channel: its own, else the only one whose channel they see. Raises
        NotFoundError without any, BadInputError where it is not clear which."""
        async with self._database.reading() as read:
            every = await summaries.load_for_guild(read, guild_id)
        running = [s for s in every if s.stopped is None and sees(s.channel_id)]
        if not running:
            raise NotFoundError("This server has no daily list yet. Who manages it starts one with `/summary setup`.")
        own = next((s for s in running if s.channel_id == channel_id), None)
        if own is None and len(running) > 1:
            named = ", ".join(f"<#{s.channel_id}>" for s in running[:10])
            raise BadInputError(f"This server has several lists. Propose the paper in the channel of one: {named}.")
        return own or running[0]

    async def submit(self, summary: Summary, paper: Paper, member: Member, note: str) -> Submitted:
        """Proposes a paper for the next list of a channel, with the member's vote. Raises BadInputError where the rules forbid it and for
        a paper that the channel has had."""
        now = self._clock()
        guild = summary.guild_id
        async with self._database.transaction() as write:
            standing = await curation.rules(write, guild)
            rules.check(standing, Part.SUBMIT, member, now)
            if paper.withdrawn:
                raise BadInputError("This paper was withdrawn, so it is on no list.")
            if had := await curation.was_listed(write, summary.channel_id, paper.id):
                raise BadInputError(
                    f"<#{summary.channel_id}> had this paper on its list of <t:{int(had.timestamp())}:D>, and a paper comes once. "
                    "Vote for it there, or talk about it in its thread."
                )
            waiting = paper.id in await curation.proposed(write, guild, summary.channel_id)
            if not waiting:
                done = await curation.count_submitted(write, guild, member.id, now)
                rules.check_submissions(standing, member, done)
                by = (member.id, member.name)
                await curation.submit(write, guild, summary.channel_id, paper.id, by, note, now)
                await curation.note(write, guild, Deed(member.id, Act.SUBMITTED, paper.id, now))
            await curation.cast(write, guild, paper.id, member.id, now)
            await curation.note_changed(write, guild, paper.id)
        return Submitted(summary.channel_id, summary.next_at, waiting)

    async def tally(self, guild_id: int, channel_id: int, paper_id: int) -> Tally:
        """How a paper of a list stands in the server."""
        async with self._database.reading() as read:
            paper = await self._listed(read, guild_id, paper_id)
            return (await curation.tallies(read, guild_id, channel_id, [paper.id])).get(paper.id, NOBODY)

    async def explain(self, guild_id: int, channel_id: int, paper_id: int) -> tuple[Paper, Tally, Points]:
        """What a paper's place on the list is made of."""
        async with self._database.reading() as read:
            paper = await self._listed(read, guild_id, paper_id)
            tally = (await curation.tallies(read, guild_id, channel_id, [paper.id])).get(paper.id, NOBODY)
            signs = await load_signs(read, guild_id, [paper.id], self._clock())
        return paper, tally, points(paper, tally, signs[paper.id])

    async def _listed(self, read: Connection, guild_id: int, paper_id: int) -> Paper:
        """The paper of a control, whatever it was merged into since. Anybody can forge one: what no list has is not found."""
        kept = await searches.kept_id(read, paper_id)
        paper = (await papers.load_papers(read, [kept])).get(kept)
        if paper is None or not await curation.has_shown(read, guild_id, kept):
            raise NotFoundError("No list of this server has that paper. `/submit` proposes one.")
        return paper

    async def note_member(self, guild_id: int, user_id: int) -> None:
        """Somebody uses Paperboy in a server: what they follow counts there, as one among all."""
        async with self._database.transaction() as write:
            await curation.note_member(write, guild_id, user_id, self._clock())

    # -- the message that shows it ------------------------------------------------------------------------------------

    async def shown(self, guild_id: int, channel_id: int, discord_id: int) -> Shown | None:
        """What the list in this message is about as it stands now; None for a message that is no list of this server."""
        async with self._database.reading() as read:
            message = await refreshes.find_list(read, channel_id, discord_id)
            found = await contents.load(read, message.id) if message else None
        if message is None or found is None or found[0].guild_id != guild_id:
            return None
        return Shown(message, *found)

    async def note_shown(self, shown: Shown, payload: str) -> None:
        """The list's message was drawn anew: this stands there now."""
        async with self._database.transaction() as write:
            await refreshes.note_shown(write, shown.message.id, payload, shown.changes, self._clock())

    # -- discussions --------------------------------------------------------------------------------------------------

    async def begin_discussion(
        self, guild_id: int, channel_id: int, paper_id: int, member: Member, name: str, sees: Callable[[int], bool]
    ) -> Discussion:
        """The paper's discussion in a channel that the member sees; a new one is noted before Discord makes its thread. Raises
        BadInputError where the rules forbid a new one."""
        now = self._clock()
        async with self._database.transaction() as write:
            paper = await self._listed(write, guild_id, paper_id)
            standing = await curation.discussions(write, guild_id, paper.id)
            found = [one for one in standing if one.channel_id == channel_id or sees(one.channel_id)]
            if found:
                return found[0]
            allowed = await curation.rules(write, guild_id)
            rules.check(allowed, Part.DISCUSS, member, now)
            rules.check_discussions(allowed, await curation.count_opened(write, guild_id, now))
            opened = Discussion(paper.id, channel_id, None, name)
            await curation.begin_discussion(write, guild_id, opened, member.id, now)
            await curation.note(write, guild_id, Deed(member.id, Act.OPENED, paper.id, now))
        return opened

    async def set_thread(self, guild_id: int, opened: Discussion) -> None:
        """Discord made the thread."""
        async with self._database.transaction() as write:
            await curation.set_thread(write, guild_id, opened)
            await curation.note_changed(write, guild_id, opened.paper_id)

    async def forget_discussion(self, guild_id: int, gone: Discussion) -> None:
        """There is no thread: it was deleted, or Discord refused it."""
        async with self._database.transaction() as write:
            await curation.forget_discussion(write, guild_id, gone)
            await curation.note_changed(write, guild_id, gone.paper_id)

    async def forget_thread(self, guild_id: int, thread_id: int) -> None:
        """Somebody deleted a thread, ours or not."""
        async with self._database.reading() as read:
            every = await curation.discussions_of(read, guild_id)
        for gone in (one for one in every if one.thread_id == thread_id):
            await self.forget_discussion(guild_id, gone)

    async def threads(self, guild_id: int) -> set[int]:
        """The threads of all papers in a server."""
        async with self._database.reading() as read:
            return {one.thread_id for one in await curation.discussions_of(read, guild_id) if one.thread_id}

    async def talking_guilds(self) -> list[int]:
        """Servers in which threads are young enough that somebody may write in them."""
        async with self._database.reading() as read:
            return await curation.open_guilds(read, self._clock() - _TALKED)

    async def count_comments(self, guild_id: int, counts: Mapping[int, int]) -> None:
        """Notes how many comments stand in threads of a server, by their numbers. Nothing is written where nothing has changed."""
        async with self._database.reading() as read:
            every = await curation.discussions_of(read, guild_id)
        changed = [one for one in every if counts.get(one.thread_id or 0, one.comments) != one.comments]
        if not changed:
            return
        async with self._database.transaction() as write:
            await curation.set_comments(write, guild_id, {t: counts[t] for one in changed if (t := one.thread_id)})
            for one in changed:
                await curation.note_changed(write, guild_id, one.paper_id)

    # -- moderators ---------------------------------------------------------------------------------------------------

    async def rules(self, guild_id: int) -> Rules:
        async with self._database.reading() as read:
            return await curation.rules(read, guild_id)

    async def set_rules(self, guild_id: int, change: Callable[[Rules], Rules]) -> Rules:
        """Changes a server's rules, and returns them."""
        async with self._database.transaction() as write:
            wanted = change(await curation.rules(write, guild_id))
            await curation.save_rules(write, guild_id, wanted)
        return wanted

    async def remove(self, guild_id: int, paper: Paper, moderator: int) -> int:
        """Takes a proposed paper away, from lists that were sent too. Returns how many proposals there were. Raises NotFoundError when
        nobody proposed it."""
        return await self._put_right(guild_id, paper, moderator, Act.REMOVED, None)

    async def reset(self, guild_id: int, paper: Paper, moderator: int, member: int | None) -> int:
        """Takes all votes for a paper away, or those of one member. Returns how many. Raises NotFoundError when there is none."""
        return await self._put_right(guild_id, paper, moderator, Act.RESET, member)

    async def _put_right(self, guild_id: int, paper: Paper, moderator: int, act: Act, member: int | None) -> int:
        now = self._clock()
        async with self._database.transaction() as write:
            await curation.note_changed(write, guild_id, paper.id)  # while the lists that lose it still have it
            if act is Act.REMOVED:
                gone = await curation.remove(write, guild_id, paper.id, now)
                await curation.take_off_lists(write, guild_id, paper.id, now)
            else:
                gone = await curation.reset(write, guild_id, paper.id, member)
            if not gone:
                raise NotFoundError(
                    "Nobody proposed this paper here." if act is Act.REMOVED else "This paper has no such votes here."
                )
            await curation.note(write, guild_id, Deed(moderator, act, paper.id, now))
        return gone

    async def deeds(
        self, guild_id: int, page: int, user_id: int | None = None
    ) -> tuple[list[Deed], dict[int, Paper], int]:
        """A page of what was done in a server, by all or by one, the newest first; the papers by id; and how much in all."""
        async with self._database.reading() as read:
            found, total = await curation.deeds(
                read, guild_id, self._clock(), user_id=user_id, limit=PER_PAGE, offset=page * PER_PAGE
            )
            known = await papers.load_papers(read, {deed.paper_id for deed in found})
        return found, known, total


async def load_signs(read: Connection, guild_id: int, paper_ids: Collection[int], now: datetime) -> dict[int, Signs]:
    """What speaks for each of these papers in a server before anybody has voted."""
    expected = await load_expected(read, paper_ids)
    followers = await curation.following(read, guild_id, paper_ids, now - _SEEN)
    return {number: Signs(expected.get(number, 0.0), followers.get(number, 0)) for number in paper_ids}
