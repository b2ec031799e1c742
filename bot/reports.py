"""How things stand, as cards: the status, the help, and a server's daily lists.

PURE. Renders what services found out; finds out nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers import delivery_line, with_notice
from bot.cards import Button, Card, Embed
from bot.digest import DailyList
from bot.status import PersonalStatus, Status
from bot.store.pauses import Held, Pause
from bot.store.summaries import Summary
from bot.store.users import DmState
from bot.text import safe
from bot.wording import counted, when


def status_card(status: Status, personal: PersonalStatus) -> Card:
    """Is it broken, or are there no papers? Sources first, then the person's own deliveries."""
    lines = ["**Sources**", *_source_lines(status)]
    lines.append(f"Next arXiv announcement {when(status.next_announcement)} ({when(status.next_announcement, 'R')}).")
    lines += _audited_lines(status, personal)
    lines += _reach_lines(status)
    lines += _pause_lines(status.pauses)
    lines += ["", "**You**", *_personal_lines(personal)]
    card = Card(embeds=(Embed(title="Status", description="\n".join(lines)),))
    return with_notice(card, personal.user) if personal.user else card


def _source_lines(status: Status) -> list[str]:
    groups: dict[str, list[str]] = {}
    troubles = []
    for source in status.sources:
        groups.setdefault(source.name.partition(":")[0], []).append(source.name)
        if source.failure:
            troubles.append(f"- ⚠ `{source.name}`: {safe(source.failure, 200)}")
    if not groups:
        return ["Nothing was read yet; the first look is under way."]
    lines = []
    for group, names in groups.items():
        good = [s.last_ok for s in status.sources if s.name in names and s.last_ok]
        news = [s.last_new for s in status.sources if s.name in names and s.last_new]
        count = f" ({len(names)} feeds)" if len(names) > 1 else ""
        seen = f"last good answer {when(max(good), 'R')}" if good else "no good answer yet"
        fresh = f", last news {when(max(news), 'R')}" if news else ""
        lines.append(f"- {group}{count}: {seen}{fresh}")
    return lines + troubles[:5] + ([f"- … and {len(troubles) - 5} more"] if len(troubles) > 5 else [])


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


def _reach_lines(status: Status) -> list[str]:
    """How far back the collection goes, and what it still waits for."""
    known = [
        f"from {name} since {day:%Y-%m-%d}"
        for name, day in (("arXiv", status.announced_since), ("the daily lists", status.listed_since))
        if day
    ]
    reach = f": {', '.join(known)}" if known else ""
    lines = [f"{counted(status.papers, 'paper')} in the collection{reach}."]
    for owed in status.owed[:5]:
        trouble = f" ⚠ {safe(owed.failure, 200)}" if owed.failure else ""
        lines.append(f"- still to be read: `{owed.source}` {owed.since} to {owed.until}{trouble}")
    return lines + ([f"- … and {len(status.owed) - 5} more lists"] if len(status.owed) > 5 else [])


def _personal_lines(personal: PersonalStatus) -> list[str]:
    user = personal.user
    if user is None or user.opted_in is None:
        return ["You follow nothing yet. Start with `/subscribe keyword`."]
    words = {
        DmState.OPEN: "DMs reach you.",
        DmState.CLOSED: "DMs do not reach you; your papers wait.",
        DmState.UNKNOWN: "No DM was sent to you yet.",
    }
    lines = [words[user.dm_state], delivery_line(user)]
    if personal.last_sent:
        lines.append(f"Last message {when(personal.last_sent, 'R')}.")
    lines.append(
        f"{counted(personal.waiting, 'paper')} waiting for you." if personal.waiting else "Nothing is waiting for you."
    )
    return lines


def help_card(commands: Sequence[tuple[str, str]]) -> Card:
    """Every command with what it does, and where to begin."""
    lines = [
        "I bring you the new research papers that match what you follow, once, at your hour, with the reason why.",
        "",
        *[f"- `{name}` {description}" for name, description in commands],
        "",
        (
            'Begin with `/subscribe keyword`: words like `diffusion policy` must both occur, `"world model"` is a phrase, '
            "`-survey` leaves out. Personal answers are seen by you alone. I read no messages."
        ),
    ]
    return Card(embeds=(Embed(title="Paperboy", description="\n".join(lines)),))


def summary_saved(summary: Summary) -> Card:
    """What was set up, and the ways to look at it at once."""
    text = f"<#{summary.channel_id}> gets {_summary_text(summary)}. First list {when(summary.next_at)} ({when(summary.next_at, 'R')})."
    buttons = (
        Button("Preview", f"summary-preview:{summary.channel_id}"),
        Button("Post one now", f"summary-now:{summary.channel_id}", style="primary"),
    )
    return Card(embeds=(Embed(description=text),), rows=(buttons,))


def _summary_text(summary: Summary) -> str:
    days = (
        "every day"
        if summary.weekdays == 127
        else "from Monday to Friday"
        if summary.weekdays == 31
        else "on chosen days"
    )
    text = f"up to {counted(summary.size, 'paper')} {days} at {summary.minute // 60}:{summary.minute % 60:02} ({summary.timezone})"
    if summary.categories:
        text += f" in {safe(', '.join(summary.categories), 200)}"
    if summary.words:
        text += f" about **{safe(summary.words, 200)}**"
    return text


def summary_status(summaries: Sequence[Summary]) -> Card:
    """Every list of a server: what it brings, the last one and the next one."""
    if not summaries:
        return Card(
            embeds=(Embed(description="No channel of this server has a daily list. Set one up with `/summary setup`."),)
        )
    lines = []
    for summary in summaries:
        lines.append(f"<#{summary.channel_id}>: {_summary_text(summary)}.")
        if summary.stop_reason:
            lines.append(f"  It is stopped: {safe(summary.stop_reason, 200)} `/summary setup` starts it again.")
        else:
            last = f"Last: {safe(summary.outcome, 200)}. " if summary.outcome else "No list was due yet. "
            lines.append(f"  {last}Next {when(summary.next_at)} ({when(summary.next_at, 'R')}).")
    return Card(embeds=(Embed(title="Daily lists", description="\n".join(lines)),))


def summary_stopped(summary: Summary) -> Card:
    text = f"<#{summary.channel_id}> gets no more daily lists. `/summary setup` starts them again."
    return Card(embeds=(Embed(description=text),))


def nothing_to_list(content: DailyList) -> Card:
    text = "There is nothing to list right now: no paper of these days passes, or the channel has had them all."
    if content.late:
        text += f" {' and '.join(content.late)} could not be read yet."
    return Card(embeds=(Embed(description=text),))


def posted_now(channel_id: int, count: int) -> Card:
    if not count:
        return Card(embeds=(Embed(description="There is nothing new to post right now, so nothing was posted."),))
    return Card(embeds=(Embed(description=f"On its way to <#{channel_id}>: {counted(count, 'paper')}."),))
