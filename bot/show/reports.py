"""How things stand, as cards: the status, the help, and a server's daily lists.

PURE. Renders what services found out; finds out nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.language.text import blank
from bot.models import (
    Content,
    DmState,
    Held,
    Notice,
    Pause,
    PersonalStatus,
    SourceState,
    Status,
    StopCause,
    Summary,
)
from bot.show import controls
from bot.show.answers import delivery_line, with_notice
from bot.show.cards import AMBER, BUTTONS, EMBED_DESCRIPTION, Button, Card, Embed, Option, Select
from bot.show.lists import PER_PAGE, turning
from bot.show.safe import safe
from bot.show.wording import counted, day_text, subscription_name, when
from bot.when.schedule import is_zone

#: Characters for what the owner alone reads, beside a full status in one message.
_OWNERS_ROOM: Final = 1_500


def status_card(status: Status, personal: PersonalStatus, *, is_owner: bool = False) -> Card:
    """Is it broken, or are there no papers? Sources first, then the person's own deliveries; for the owner every source's fault."""
    for limit in (200, 100, 50):  # for what went wrong: no fault of a source may cost somebody their own part
        lines = ["**Sources**", *_source_lines(status)]
        lines.append(
            f"Next arXiv announcement {when(status.next_announcement)} ({when(status.next_announcement, 'R')})."
        )
        lines += [*_audited_lines(status, personal), *_reach_lines(status, limit), *_pause_lines(status.pauses)]
        text = "\n".join([*lines, "", "**You**", *_personal_lines(personal, limit)])
        if len(text) <= EMBED_DESCRIPTION:
            break
    embeds = (Embed(title="Status", description=text), *(_owners_embeds(status) if is_owner else ()))
    card = Card(embeds=embeds)
    return with_notice(card, personal.user) if personal.user else card


def _source_lines(status: Status) -> list[str]:
    """How each group of sources is doing, in plain words; what exactly is wrong is the owner's business."""
    groups: dict[str, list[SourceState]] = {}
    for source in status.sources:
        groups.setdefault(source.kind or source.name, []).append(source)
    if not groups:
        return ["Nothing was read yet; the first look is under way."]
    lines = []
    for group, members in groups.items():
        good = [s.last_ok for s in members if s.last_ok]
        news = [s.last_new for s in members if s.last_new]
        ill = sum(s.failure is not None for s in members)
        count = f" ({len(members)} feeds)" if len(members) > 1 else ""
        seen = f"last good answer {when(max(good), 'R')}" if good else "no good answer yet"
        fresh = f", last news {when(max(news), 'R')}" if news else ""
        fault = (
            f"; ⚠ {ill} of them cannot be read now"
            if ill and len(members) > 1
            else "; ⚠ it cannot be read now"
            if ill
            else ""
        )
        lines.append(f"- {group}{count}: {seen}{fresh}{fault}")
    return lines


def _owners_embeds(status: Status) -> tuple[Embed, ...]:
    """Every source that fails, by its own name and with its own words; nothing when all is well."""
    faults = [f"`{s.name}` ({s.failures} in a row): {safe(s.failure, 200)}" for s in status.sources if s.failure]
    if not faults:
        return ()
    lines: list[str] = []
    room = _OWNERS_ROOM
    for fault in faults:
        if len(fault) >= room:
            lines.append(f"… and {len(faults) - len(lines)} more: `paperboy status` lists them all")
            break
        lines.append(fault)
        room -= len(fault) + 1
    return (Embed(title="For you as the owner", description="\n".join(lines), color=AMBER),)


def _pause_lines(pauses: Sequence[Pause]) -> list[str]:
    """Why messages may be late although everything works."""
    everywhere = [pause for pause in pauses if pause.holds is not Held.PLACE]
    lines = []
    if everywhere:
        latest = max(everywhere, key=lambda pause: pause.until)
        lines.append(
            f"⚠ Discord asked me to wait until {when(latest.until)}: {latest.reason}. Messages come after that."
        )
    places = [pause for pause in pauses if pause.holds is Held.PLACE]
    if places:
        last = when(max(pause.until for pause in places))
        lines.append(f"Discord asked me to wait until {last} in {counted(len(places), 'place')}.")
    return lines


def audited_text(status: Status) -> str | None:
    """The last day that was proven: what was announced, and whether all of it was read."""
    if status.audited is None:
        return None
    day, unread = status.audited.day, status.audited.unread
    more = f" and {len(unread) - 3} more" if len(unread) > 3 else ""
    read = f"not read: {', '.join(unread[:3])}{more}" if unread else "all read"
    return f"{day:%b} {day.day}: {status.audited.announced:,} announced, {read}"


def _audited_lines(status: Status, personal: PersonalStatus) -> list[str]:
    text = audited_text(status)
    if text is None:
        return []
    if personal.user is None or personal.user.opted_in is None:
        return [f"{safe(text, 300)}."]
    words = {"sent": "sent", "pending": "waiting", "held": "held", "undeliverable": "not deliverable"}
    found = {"sent": 0, **personal.audited}
    parts = [f"{found[state]:,} {word}" for state, word in words.items() if found.get(state) or state == "sent"]
    return [f"{safe(text, 300)}; yours: {sum(found.values()):,} matched, {', '.join(parts)}."]


def _reach_lines(status: Status, limit: int) -> list[str]:
    """How far back the collection goes, and what it still waits for."""
    known = [
        f"from {name} since {day:%Y-%m-%d}"
        for name, day in (("arXiv", status.announced_since), ("the daily lists", status.listed_since))
        if day
    ]
    reach = f": {', '.join(known)}" if known else ""
    lines = [f"{counted(status.papers, 'paper')} in the collection{reach}."]
    for backfill in status.pending_backfills[:5]:
        trouble = f" ⚠ {safe(backfill.failure, limit)}" if backfill.failure else ""
        lines.append(f"- still to be read: `{backfill.source}` {backfill.since} to {backfill.until}{trouble}")
    more = len(status.pending_backfills) - 5
    return lines + ([f"- … and {more} more lists"] if more > 0 else [])


def _personal_lines(personal: PersonalStatus, limit: int) -> list[str]:
    user = personal.user
    if user is None or user.opted_in is None:
        return ["You follow nothing yet. Start with `/subscribe keyword`."]
    words = {
        DmState.OPEN: "DMs reach you.",
        DmState.CLOSED: "DMs do not reach you; your papers wait.",
        DmState.UNKNOWN: "No DM was sent to you yet.",
    }
    lines = [words[user.dm_state], delivery_line(user)]
    if personal.fault:
        again = f" It is tried again {when(personal.fault.retry, 'R')}." if personal.fault.retry else ""
        lines.append(f"⚠ Your last message could not be made: {safe(personal.fault.failure, limit)}.{again}")
    lines += [
        f"⚠ You follow something that cannot be read, so it brings nothing: {subscription_name(s)}. See `/subscriptions`."
        for s in personal.unreadable[:3]
    ]
    lines += [f"⚠ … and {more:,} more like it."] if (more := len(personal.unreadable) - 3) > 0 else []
    if personal.last_sent:
        lines.append(f"Last message {when(personal.last_sent, 'R')}.")
    lines.append(
        f"{counted(personal.waiting, 'paper')} waiting for you." if personal.waiting else "Nothing is waiting for you."
    )
    for one in personal.undelivered[:3]:
        papers = f" with {counted(one.papers, 'paper')}" if one.papers else ""
        lines.append(
            f"⚠ The message of {day_text(one.day, one.day)}{papers} did not reach you: {safe(one.reason, limit)}"
        )
    lines += [f"⚠ … nor did {more:,} earlier ones."] if (more := len(personal.undelivered) - 3) > 0 else []
    return lines


def summary_saved(summary: Summary) -> Card:
    """What was set up, the ways to look at it at once, and who is told if it stops."""
    text = f"<#{summary.channel_id}> gets {_summary_text(summary)}. First list {_next_text(summary)}."
    text += f"\n{_promise(bool(summary.notices))}"
    buttons = (
        Button("Preview", controls.PreviewList(summary.channel_id).encode()),
        Button("Post one now", controls.PostNow(summary.channel_id).encode(), style="primary"),
        _consent(summary, bool(summary.notices)),
    )
    return Card(embeds=(Embed(description=text),), rows=(buttons,))


def _promise(agreed: bool) -> str:
    if agreed:
        return "I tell you by DM if this list stops."
    return "If this list stops, I send you no DM; you read it in my next answer in that server."


def _consent(summary: Summary, agreed: bool) -> Button:
    if agreed:
        return Button("No DM about it", controls.DeclineNotices(summary.channel_id).encode())
    return Button("Tell me by DM", controls.AcceptNotices(summary.channel_id).encode())


def notices_set(summary: Summary, agreed: bool) -> Card:
    """What was decided about DMs, with the way back."""
    text = f"{_place(summary)}: {_promise(agreed)}"
    return Card(embeds=(Embed(description=text),), rows=((_consent(summary, agreed),),))


def _place(summary: Summary) -> str:
    """The channel by its name as well: one that is gone or out of sight has no name in Discord."""
    name = "" if blank(summary.channel_name) else f" (#{safe(summary.channel_name, 100)})"
    server = "" if blank(summary.server_name) else f" in **{safe(summary.server_name, 100)}**"
    return f"<#{summary.channel_id}>{name}{server}"


def _remedy(summary: Summary, invite_url: str | None = None, *, act: str = "press **Resume**") -> str:
    """What to do about a stop, in one sentence; `act` is how the list is started again."""
    link = f"[Invite me again]({invite_url})" if invite_url else "Invite me again"
    return {
        StopCause.DELETED: "Set up another channel with `/summary setup`.",
        StopCause.HIDDEN: f"Allow me *View Channel* there, then {act}.",
        StopCause.FORBIDDEN: f"Allow it in the channel's settings, then {act}.",
        StopCause.REMOVED: f"{link}, then {act}.",
        StopCause.ASKED: f"To start it again, {act}.",
    }[summary.stop_cause or StopCause.ASKED]


def _resume(summary: Summary, number: int = 0) -> Button:
    label = f"Resume {number}" if number else "Resume"
    return Button(label, controls.ResumeList(summary.channel_id).encode(), style="primary")


def list_stopped(summary: Summary, invite_url: str | None) -> Card:
    """The DM to whoever set up a list that has stopped: which, why, and what to do."""
    text = (
        f"**The daily list in {_place(summary)} has stopped.** {safe(summary.stop_reason or '', 300)}\n"
        f"{_remedy(summary, invite_url)}\n-# You set this list up, so I tell you, once."
    )
    resume = () if summary.stop_cause is StopCause.DELETED else (_resume(summary),)
    return Card(embeds=(Embed(description=text, color=AMBER),), rows=((*resume, _consent(summary, True)),))


def stops_lead(stopped: Sequence[Summary]) -> Card:
    """What an answer begins with for those who manage a server in which lists have stopped."""
    shown, many = stopped[:BUTTONS], len(stopped) > 1
    lines = []
    for number, summary in enumerate(shown, 1):
        lead = f"**{number}.** " if many else "⚠ "
        place = f"<#{summary.channel_id}>"
        if summary.channel_name:
            place += f" (#{safe(summary.channel_name, 50)})"
        why = safe(summary.stop_reason or "", 100)  # five of them leave room for the answer's own words
        lines.append(f"{lead}The daily list in {place} has stopped: {why} {_remedy(summary)}")
    if len(stopped) > len(shown):
        lines.append(f"… and {len(stopped) - len(shown)} more: `/summary status`")
    numbered = [(s, n if many else 0) for n, s in enumerate(shown, 1) if s.stop_cause is not StopCause.DELETED]
    buttons = tuple(_resume(summary, number) for summary, number in numbered)
    return Card("\n".join(lines), rows=(buttons,) if buttons else ())


def resumed(summary: Summary) -> Card:
    text = f"The daily list in {_place(summary)} runs again. Next list {_next_text(summary)}."
    return Card(embeds=(Embed(description=text),))


def still_away(summary: Summary, invite_url: str) -> Card:
    """Resume was pressed, but the server is out of reach."""
    text = f"I am not in **{safe(summary.server_name, 100)}** any more. [Invite me again]({invite_url}), then press **Resume**."
    return Card(embeds=(Embed(description=text, color=AMBER),), rows=((_resume(summary),),))


def _next_text(summary: Summary) -> str:
    return f"{when(summary.next_at)} ({when(summary.next_at, 'R')})" if summary.next_at else "as soon as it can be told"


def _summary_text(summary: Summary) -> str:
    days = (
        "every day"
        if summary.weekdays == 127
        else "from Monday to Friday"
        if summary.weekdays == 31
        else "on chosen days"
    )
    text = f"up to {counted(summary.size, 'paper')} {days} at {summary.minute // 60}:{summary.minute % 60:02} ({_zone_text(summary)})"
    if summary.categories:
        text += f" in {safe(', '.join(summary.categories), 200)}"
    if summary.words:
        text += f" about **{safe(summary.words, 200)}**"
    if summary.silent:
        text += ", without a sound"
    if summary.mention_role:
        text += f"; it calls <@&{summary.mention_role}> for papers about **{safe(summary.mention_words, 200)}**"
    return text


def _zone_text(summary: Summary) -> str:
    if is_zone(summary.timezone):
        return summary.timezone
    return (
        f"UTC, since the time zone `{safe(summary.timezone, 60)}` is not known here; `/summary setup` sets another one"
    )


def summary_pages(summaries: Sequence[Summary], missing: Mapping[int, str]) -> list[list[Summary]]:
    """A server's lists in pages, each as long as one message holds whole; one empty page for none.

    `missing` names, for a channel's id, the permissions that are wanting there now.
    """
    pages: list[list[Summary]] = [[]]
    room = EMBED_DESCRIPTION
    for summary in summaries:
        size = len(_status_text(summary, missing)) + 1
        if pages[-1] and (size > room or len(pages[-1]) == PER_PAGE):
            pages.append([])
            room = EMBED_DESCRIPTION
        pages[-1].append(summary)
        room -= size
    return pages


def summary_status(pages: Sequence[Sequence[Summary]], page: int, missing: Mapping[int, str]) -> Card:
    """A page of a server's lists: what each brings, the last one and the next one, or why it stopped and who knows."""
    shown = pages[page]
    if not shown:
        return Card(
            embeds=(Embed(description="No channel of this server has a daily list. Set one up with `/summary setup`."),)
        )
    options = tuple(
        Option(f"#{s.channel_name or s.channel_id}", str(s.channel_id), s.stop_reason)
        for s in shown
        if s.stopped and s.stop_cause is not StopCause.DELETED
    )
    resume = (Select(controls.ResumeList().encode(), "Resume a list", options),) if options else ()
    turn = turning(controls.ShowLists, page, len(pages))
    stopped = sum(s.stopped is not None for each in pages for s in each)
    title = f"Daily lists · {sum(map(len, pages))} in this server, {stopped} stopped" if turn else "Daily lists"
    text = "\n".join(_status_text(summary, missing) for summary in shown)
    return Card(embeds=(Embed(title=title, description=text),), rows=(*resume, *((turn,) if turn else ())))


def _status_text(summary: Summary, missing: Mapping[int, str]) -> str:
    lines = [f"<#{summary.channel_id}>: {_summary_text(summary)}."]
    if summary.stopped:
        return f"{lines[0]}\n  {_stop_text(summary)}"
    last = f"Last: {safe(summary.outcome, 200)}. " if summary.outcome else "No list was due yet. "
    told = f"If it stops, <@{summary.created_by}> gets a DM." if summary.notices else "If it stops, nobody gets a DM."
    lines.append(f"  {last}Next {_next_text(summary)}. {told}")
    if summary.failure:
        lines.append(f"  ⚠ The last try failed: {safe(summary.failure, 300)} It is tried again.")
    if names := missing.get(summary.channel_id):
        lines.append(f"  ⚠ I lack *{names}* there: without it the next list may stop.")
    return "\n".join(lines)


def _stop_text(summary: Summary) -> str:
    """Why a list does not run, what to do, and who was told."""
    assert summary.stopped is not None
    text = f"It is stopped: {safe(summary.stop_reason or '', 200)} (since {when(summary.stopped)})"
    remedy = _remedy(summary, act="choose it below")
    if summary.stop_cause is StopCause.ASKED:
        return f"{text}. {remedy}"
    who = f"<@{summary.created_by}>"
    told = {
        Notice.NONE: "Nobody was told by DM.",
        Notice.WAITING: f"A DM to {who} is on its way.",
        Notice.SENT: f"{who} was told by DM.",
        Notice.FAILED: f"My DM to {who} did not arrive.",
    }[summary.notice]
    return f"{text} {remedy} {told}"


def summary_stopped(summary: Summary) -> Card:
    text = f"<#{summary.channel_id}> gets no more daily lists. `/summary setup` starts them again."
    return Card(embeds=(Embed(description=text),))


def nothing_to_list(content: Content) -> Card:
    text = "There is nothing to list right now: no paper of these days passes, or the channel has had them all."
    if content.late:
        text += f" {' and '.join(content.late)} could not be read yet."
    return Card(embeds=(Embed(description=text),))


def posted_now(channel_id: int, count: int) -> Card:
    if not count:
        return Card(embeds=(Embed(description="There is nothing new to post right now, so nothing was posted."),))
    return Card(embeds=(Embed(description=f"On its way to <#{channel_id}>: {counted(count, 'paper')}."),))
