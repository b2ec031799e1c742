"""`/settings` as a card: how somebody's papers come, each of it with what changes it.

PURE. Knows how it is said; when a digest comes is `bot/when/`'s word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.models import Quiet, QuietMode, Subscription, User
from bot.show import controls, own_controls
from bot.show.answers import delivery_line, with_notice
from bot.show.cards import OPTIONS, Button, Card, Embed, Field, Form, Option, Row, Select
from bot.show.safe import safe
from bot.show.wording import CADENCE_WORDS, WEEKDAYS, counted, days_text, followed_words, subscription_name
from bot.when.quiet import digest_minute
from bot.when.schedule import EVERY_DAY, is_zone

__all__ = ["days_card", "plain_text", "quiet_form", "quiet_text", "settings_card"]

#: Subscriptions that are named with how often they come.
_NAMED: Final = 10
MOST_SHOWN: Final = 6
_MODES: Final = {
    QuietMode.HOLD: "Hold papers until they end",
    QuietMode.SILENT: "Deliver without a sound",
    QuietMode.OFF: "No quiet hours",
}


def settings_card(user: User, own: Sequence[Subscription], said: str = "") -> Card:
    """Everything that can be set. `said` is what has just changed."""
    place = safe(user.timezone, 60) if user.timezone and is_zone(user.timezone) else "UTC, until you say your city"
    lines = [
        f"**Done.** {said}\n" if said else "",
        "**Your settings**",
        f"- **City and hour**: {_clock(user.digest_minute)} ({place}){_moved(user)}",
        f"- **Days**: {days_text(user.weekdays)}; weekly papers on {WEEKDAYS[user.weekly_day]}{_weekly_moved(user)}",
        f"- **Quiet hours**: {quiet_text(user.quiet)}",
        f"- **Papers at once**: {user.shown}; the others of a digest are one press away",
        f"- **Plain text**: {'on' if user.plain else 'off'}; for screen readers, no bold and no signs",
        f"- **How often**: {_cadences(own)}",
        "",
        delivery_line(user),
    ]
    return with_notice(
        Card(embeds=(Embed(description="\n".join(line for line in lines).strip()),), rows=_rows(user, own)), user
    )


def _rows(user: User, own: Sequence[Subscription]) -> tuple[Row, ...]:
    shown = tuple(
        Option(f"{counted(n, 'paper')} at once", str(n), default=n == user.shown) for n in range(1, MOST_SHOWN + 1)
    )
    each = tuple(Option(followed_words(s), str(s.id), CADENCE_WORDS[s.cadence]) for s in own[:OPTIONS])
    return (
        (
            Button("City and hour", controls.ChangeTime().encode()),
            Button("Days", own_controls.ShowDays().encode()),
            Button("Quiet hours", own_controls.ChangeQuiet().encode()),
            Button(f"Plain text: turn {'off' if user.plain else 'on'}", own_controls.SetPlain(not user.plain).encode()),
        ),
        Select(own_controls.SetShown().encode(), "How many papers at once", shown),
        Select(controls.ChooseSubscription().encode(), "How often one of them comes", each),
        (Button("My subscriptions", controls.ShowSubscriptions(0).encode()),),
    )


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _moved(user: User) -> str:
    """Where the quiet hours hold the digest, it comes at their end."""
    minute = digest_minute(user.quiet, user.digest_minute)
    if minute == user.digest_minute:
        return ""
    return f", which lies in your quiet hours, so they come at {_clock(minute)}"


def _weekly_moved(user: User) -> str:
    return (
        "" if user.weekdays >> user.weekly_day & 1 else ", which is none of your days: they come with the next digest"
    )


def quiet_text(quiet: Quiet) -> str:
    """What becomes of papers in quiet hours."""
    if quiet.mode is QuietMode.OFF:
        return "none"
    does = "papers wait until they end" if quiet.mode is QuietMode.HOLD else "papers come without a sound"
    return f"{_clock(quiet.since)} to {_clock(quiet.until)}; {does}"


def plain_text(user: User) -> str:
    """What has become of plain text."""
    if not user.plain:
        return "Plain text is off."
    return "Plain text is on: digests, `/today`, `/search`, `/similar`, `/daily` and `/trending` come as sentences."


def _cadences(own: Sequence[Subscription]) -> str:
    if not own:
        return "you follow nothing yet"
    named = [f"{subscription_name(s)} {CADENCE_WORDS[s.cadence]}" for s in own[:_NAMED]]
    more = len(own) - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")


def days_card(user: User, said: str = "") -> Card:
    """Seven buttons, one a day. The last day that is on stays."""
    buttons = []
    for number, name in enumerate(WEEKDAYS):
        on, after = bool(user.weekdays >> number & 1), user.weekdays ^ (1 << number)
        does = own_controls.SetDay(number, not on) if after & EVERY_DAY else controls.Inert(name)
        label = f"{name}: {'on' if on else 'off'}"
        buttons.append(
            Button(label, does.encode(), style="primary" if on else "secondary", disabled=not after & EVERY_DAY)
        )
    text = f"{f'**Done.** {said}' if said else 'On which days should your digests come?'}\n\n{delivery_line(user)}"
    rows = (
        tuple(buttons[:4]),
        tuple(buttons[4:]),
        (Button("Back to the settings", own_controls.ShowSettings().encode()),),
    )
    return with_notice(Card(embeds=(Embed(description=text),), rows=rows), user)


def quiet_form(user: User) -> Form:
    """Asks when nothing may be heard, and what becomes of papers then."""
    quiet = user.quiet
    chosen = quiet.mode if quiet.mode is not QuietMode.OFF else QuietMode.HOLD
    modes = tuple(Option(says, mode.value, default=mode is chosen) for mode, says in _MODES.items())
    return Form(
        own_controls.QuietForm().encode(),
        "When should it be quiet?",
        (
            Field("since", "From", options=_hours(quiet.since)),
            Field("until", "Until", options=_hours(quiet.until)),
            Field("mode", "What becomes of papers then?", options=modes),
        ),
    )


def _hours(minute: int) -> tuple[Option, ...]:
    return tuple(Option(f"{hour}:00", str(hour), default=hour == minute // 60) for hour in range(24))
