"""The nouns of Paperboy: frozen values that pass between the layers.

Knows no I/O, no SQL, no Discord. One type per stage: an upstream yields a `Record`, the store keeps a `Paper`.
All instants are timezone-aware UTC.
"""

from __future__ import annotations

from bot.models.daily import DailyListPage, Notice, StopCause, Summary
from bot.models.following import (
    Alert,
    Cadence,
    Hit,
    Match,
    OwnerKind,
    Reason,
    Recipient,
    Subscription,
    SubscriptionKind,
)
from bot.models.found import BROAD, Changed, Found, Heading, Matched, Person, Preview, Subscribed, TitleRow, Today
from bot.models.health import Audited, Fault, PersonalStatus, Status
from bot.models.messages import (
    ENGLISH,
    NOBODY_ASKS,
    Content,
    Detail,
    Digest,
    Held,
    Hold,
    Item,
    MessageKind,
    OutboxCount,
    Page,
    Pause,
    SentMessage,
    Undelivered,
    Welcome,
)
from bot.models.papers import NOTED, Author, Community, Event, EventKind, Organization, Paper, PaperId, Record, main_of
from bot.models.people import DmState, User
from bot.models.sources import Batch, PendingBackfill, Portion, SourceKind, SourceName, SourceState, kind_of
from bot.models.tracing import Carrier, Rest, Sighting, Silence, Standing

__all__ = [
    "BROAD",
    "ENGLISH",
    "NOBODY_ASKS",
    "NOTED",
    "Alert",
    "Audited",
    "Author",
    "Batch",
    "Cadence",
    "Carrier",
    "Changed",
    "Community",
    "Content",
    "DailyListPage",
    "Detail",
    "Digest",
    "DmState",
    "Event",
    "EventKind",
    "Fault",
    "Found",
    "Heading",
    "Held",
    "Hit",
    "Hold",
    "Item",
    "Match",
    "Matched",
    "MessageKind",
    "Notice",
    "Organization",
    "OutboxCount",
    "OwnerKind",
    "Page",
    "Paper",
    "PaperId",
    "Pause",
    "PendingBackfill",
    "Person",
    "PersonalStatus",
    "Portion",
    "Preview",
    "Reason",
    "Recipient",
    "Record",
    "Rest",
    "SentMessage",
    "Sighting",
    "Silence",
    "SourceKind",
    "SourceName",
    "SourceState",
    "Standing",
    "Status",
    "StopCause",
    "Subscribed",
    "Subscription",
    "SubscriptionKind",
    "Summary",
    "TitleRow",
    "Today",
    "Undelivered",
    "User",
    "Welcome",
    "kind_of",
    "main_of",
]
