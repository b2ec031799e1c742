"""What a control says, as a value: a dataclass each, how it stands on the wire, and how it is read back. PURE.

A control's id and a form's answers come back from Discord as outside text: old messages keep old ones for years, and anybody
can forge one. Each is read into its dataclass before anything is done, so that a service meets numbers where it expects
numbers. What cannot be read is a control of another time (OldControlError), never a fault of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from bot.errors import OldControlError
from bot.models import Cadence, SubscriptionKind
from bot.show.author_controls import AuthorOf, FollowAuthor, PickAuthor, ShowAuthor, ShowBearers, SortAuthor
from bot.show.codecs import (
    CADENCE,
    DAYS,
    HOUR,
    ID,
    KIND,
    PAGE,
    SPAN,
    WEEKDAY,
    WORDS,
    ZONE,
    or_none,
)  # fmt: skip
from bot.show.control import Control, answer, part
from bot.show.curation_controls import CURATION
from bot.show.own_controls import (
    ChangeQuiet,
    DigestPage,
    HidePaper,
    LibraryPage,
    ManageMessage,
    QuietForm,
    SavePaper,
    SetDay,
    SetPlain,
    SetShown,
    ShowAgain,
    ShowDays,
    ShowSettings,
    TakeOut,
    TakePlain,
    UnsavePaper,
)
from bot.show.paper_controls import (
    AskWhy,
    DailyPage,
    ExplainScore,
    FindSimilar,
    FollowFound,
    FoundPage,
    OpenPaper,
    PlainDailyPage,
    ReadAbstract,
    Share,
    TrendingPage,
)

# -- following -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Take(Control):
    """Saves what a forecast was about; `wording` is the number of its text."""

    verb = "take"
    kind: SubscriptionKind = part(KIND)
    cadence: Cadence = part(CADENCE)
    wording: int = part(ID)


@dataclass(frozen=True, slots=True)
class Follow(Control):
    """Asks what following something would bring."""

    verb = "follow-start"
    kind: SubscriptionKind = part(KIND)
    words: str = answer(WORDS, "")


@dataclass(frozen=True, slots=True)
class PickPerson(Control):
    """Asks what following one of the names would bring that a typed one may mean."""

    verb = "person"
    cadence: Cadence = part(CADENCE)
    name: str = answer(WORDS, "", "value")


@dataclass(frozen=True, slots=True)
class LinesForm(Control):
    """A list came to be followed, one wish a line."""

    verb = "lines"
    lines: str = answer(WORDS, "")


@dataclass(frozen=True, slots=True)
class TakeLines(Control):
    """Follows what such a list asks for; `wording` is its number."""

    verb = "lines-take"
    wording: int = part(ID)


@dataclass(frozen=True, slots=True)
class FollowList(Control):
    """Get the papers of this channel's list by DM."""

    verb = "follow-list"


@dataclass(frozen=True, slots=True)
class ChooseZone(Control):
    """A place was chosen after a city that was not understood."""

    verb = "zone"
    hour: int = part(HOUR)
    zone: str = answer(ZONE, "UTC", "value")


@dataclass(frozen=True, slots=True)
class ChangeTime(Control):
    """Opens the form for city, hour and weekday."""

    verb = "time"


@dataclass(frozen=True, slots=True)
class TimeForm(Control):
    """That form came back."""

    verb = "time-set"
    city: str = answer(WORDS, "")
    hour: int = answer(HOUR, 8)
    day: int = answer(WEEKDAY, 0)


@dataclass(frozen=True, slots=True)
class ShowToday(Control):
    """A page of `/today`."""

    verb = "today"
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class ShowSubscriptions(Control):
    """The list of subscriptions; a page of it in the place of the one that is shown, or anew."""

    verb = "subs"
    page: int | None = part(or_none(PAGE), default=None)


@dataclass(frozen=True, slots=True)
class ChooseSubscription(Control):
    """One of the list was chosen."""

    verb = "sub"
    subscription: int = answer(ID, 0, "value")


@dataclass(frozen=True, slots=True)
class PauseSubscription(Control):
    verb = "sub-pause"
    subscription: int = part(ID)


@dataclass(frozen=True, slots=True)
class ResumeSubscription(Control):
    verb = "sub-resume"
    subscription: int = part(ID)


@dataclass(frozen=True, slots=True)
class RemoveSubscription(Control):
    verb = "sub-remove"
    subscription: int = part(ID)


@dataclass(frozen=True, slots=True)
class Reword(Control):
    """Asks for other words of a subscription."""

    verb = "sub-reword"
    subscription: int = part(ID)


@dataclass(frozen=True, slots=True)
class RewordForm(Control):
    """That form came back."""

    verb = "sub-words"
    subscription: int = part(ID)
    words: str = answer(WORDS, "")


@dataclass(frozen=True, slots=True)
class TakeWords(Control):
    """Gives a subscription the words of which a forecast was made; `wording` is the number of its text."""

    verb = "sub-take"
    subscription: int = part(ID)
    wording: int = part(ID)


@dataclass(frozen=True, slots=True)
class RestoreSubscription(Control):
    """Takes a removal back."""

    verb = "sub-restore"
    subscription: int = part(ID)


@dataclass(frozen=True, slots=True)
class SetCadence(Control):
    """How often its papers come; one control for each answer."""

    cadence: ClassVar[Cadence]
    subscription: int = part(ID)


@dataclass(frozen=True, slots=True)
class SetInstant(SetCadence):
    verb = "sub-instant"
    cadence = Cadence.INSTANT


@dataclass(frozen=True, slots=True)
class SetDaily(SetCadence):
    verb = "sub-daily"
    cadence = Cadence.DAILY


@dataclass(frozen=True, slots=True)
class SetWeekly(SetCadence):
    verb = "sub-weekly"
    cadence = Cadence.WEEKLY


CADENCES: Final[tuple[type[SetCadence], ...]] = (SetInstant, SetDaily, SetWeekly)


@dataclass(frozen=True, slots=True)
class NotThisPerson(Control):
    """The author of a paper is somebody else than a subscription means; `span` has the subscription and the paper."""

    verb = "person-not"
    span: tuple[int, int] = answer(SPAN, (0, 0), "value")


@dataclass(frozen=True, slots=True)
class RightPerson(Control):
    """Takes that back: of the paper that a button names, or of the one that was chosen."""

    verb = "person-is"
    named: tuple[int, int] | None = part(or_none(SPAN), default=None)
    chosen: tuple[int, int] | None = answer(or_none(SPAN), None, "value")

    @property
    def of(self) -> tuple[int, int]:
        """The subscription and the paper. Raises OldControlError when neither says which."""
        of = self.named or self.chosen
        if of is None:
            raise OldControlError
        return of


@dataclass(frozen=True, slots=True)
class PauseAll(Control):
    """No messages for so many days; 0 ends a pause."""

    verb = "pause"
    days: int = part(DAYS)


@dataclass(frozen=True, slots=True)
class StopAll(Control):
    """Asks whether everything is to be removed."""

    verb = "stop-all"


@dataclass(frozen=True, slots=True)
class ConfirmStopAll(Control):
    verb = "stop-all-yes"


@dataclass(frozen=True, slots=True)
class UndoStopAll(Control):
    """Brings back what was removed at once: the subscriptions from the first id to the last."""

    verb = "stop-undo"
    span: tuple[int, int] = part(SPAN)


@dataclass(frozen=True, slots=True)
class RetryDms(Control):
    """My DMs are open again."""

    verb = "dm-retry"


# -- a server's lists ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostNow(Control):
    verb = "summary-now"
    channel: int = part(ID)


@dataclass(frozen=True, slots=True)
class PreviewList(Control):
    verb = "summary-preview"
    channel: int = part(ID)


@dataclass(frozen=True, slots=True)
class ShowLists(Control):
    """A page of a server's lists."""

    verb = "summary-page"
    page: int = part(PAGE)


@dataclass(frozen=True, slots=True)
class DeclineNotices(Control):
    """No DM if the list stops."""

    verb = "summary-quiet"
    channel: int = part(ID)


@dataclass(frozen=True, slots=True)
class AcceptNotices(Control):
    verb = "summary-tell"
    channel: int = part(ID)


@dataclass(frozen=True, slots=True)
class ResumeList(Control):
    """A stopped list runs again: the one that a button names, or the one that was chosen."""

    verb = "summary-resume"
    named: int | None = part(or_none(ID), default=None)
    chosen: int | None = answer(or_none(ID), None, "value")

    @property
    def channel(self) -> int:
        """Raises OldControlError when neither says which."""
        channel = self.named if self.named is not None else self.chosen
        if channel is None:
            raise OldControlError
        return channel


@dataclass(frozen=True, slots=True)
class Inert(Control):
    """A button that says where one is and does nothing."""

    verb = "here"
    name: str = part(WORDS)


_PRESSED: Final[tuple[type[Control], ...]] = (
    Take, LinesForm, TakeLines, Follow, PickPerson, FollowList,
    ShowSettings, ShowDays, SetDay, ChangeQuiet, QuietForm, SetShown, SetPlain, DigestPage, ManageMessage,
    SavePaper, UnsavePaper, TakeOut, LibraryPage, HidePaper, ShowAgain, TakePlain,
    ChooseZone, ChangeTime, TimeForm, ShowToday, ShowSubscriptions, ChooseSubscription,
    PauseSubscription, ResumeSubscription, RemoveSubscription, Reword, RewordForm, TakeWords, RestoreSubscription,
    *CADENCES, NotThisPerson, RightPerson,
    PauseAll, StopAll, ConfirmStopAll, UndoStopAll, RetryDms,
    PostNow, PreviewList, ShowLists, DeclineNotices, AcceptNotices, ResumeList,
    ReadAbstract, OpenPaper, AskWhy, FindSimilar, ExplainScore, FoundPage, FollowFound, DailyPage, PlainDailyPage, TrendingPage, Share,
    ShowAuthor, SortAuthor, ShowBearers, PickAuthor, AuthorOf, FollowAuthor, *CURATION,
)  # fmt: skip
#: Every control that can be pressed, by its verb.
CONTROLS: Final[Mapping[str, type[Control]]] = {control.verb: control for control in _PRESSED}
