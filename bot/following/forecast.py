"""What a subscription would bring, before it is saved: its last seven days, what would narrow it, and what may have been meant.

Knows which wordings are worth trying; knows neither SQL, nor Discord, nor how it is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import QueryError
from bot.following.canonical import canonical
from bot.models import (
    Bearers,
    Cadence,
    Forecast,
    Match,
    Matched,
    Offer,
    OwnerKind,
    Paper,
    Preview,
    Reason,
    Recipient,
    Rewording,
    Subscription,
    SubscriptionKind,
)
from bot.papers import categories
from bot.query import language as query
from bot.query.document import of_paper
from bot.query.facts import Date, Like
from bot.query.language import Query
from bot.query.matching import hits
from bot.query.meaning import as_query, is_same, queries_of
from bot.query.nodes import all_of, asked, leaves, replaced
from bot.search.bearers import bearers_of
from bot.search.search import Search
from bot.similar.nearest import likes_of
from bot.store.database import Database
from bot.when.clock import Clock

DAYS: Final = timedelta(days=7)
#: More a week than this is much, and narrower wordings are offered.
MUCH: Final = 21
_OFFERS: Final = 3
#: What is left of it has to be less than this share to be worth offering.
_LESS: Final = 0.6
#: How much alike papers may be asked to be, in percent; of a week, so many are about one a day.
_SHARES: Final = (10, 15, 20, 25, 30, 40)
_CALM: Final = 7
_STEP: Final = 5
#: Papers among whose authors a name is looked for that nobody here has.
_NEAR: Final = 25
#: Of 100: how like a name has to be to be offered.
_LIKE: Final = 80


async def look_back(search: Search, trial: Subscription) -> Preview:
    """What a subscription would have brought in the seven days before it is made, among how many papers of those that its kind
    waits for: announced ones, or listed ones."""
    since = trial.created - DAYS
    is_listed = trial.kind is SubscriptionKind.TRENDING
    total = await (search.count_listed(since) if is_listed else search.count_since(since))
    return Preview(await _matched(search, trial), total)


async def _matched(search: Search, trial: Subscription) -> Matched:
    return await search.matched_since([trial], trial.created - DAYS)


def trial_of(
    owner: Recipient, kind: SubscriptionKind, text: str, now: datetime, follows: Subscription | None = None
) -> Subscription:
    """A subscription that is not saved. What was said of namesakes holds where one stands that means the same."""
    others = follows.namesakes if follows else ()
    return Subscription(0, owner, kind, text, Cadence.DAILY, now, namesakes=others)


class Forecaster:
    """Tells what following something would mean. Changes nothing."""

    def __init__(self, database: Database, search: Search, clock: Clock) -> None:
        self._database = database
        self._search = search
        self._clock = clock

    async def forecast(
        self,
        user_id: int,
        kind: SubscriptionKind,
        typed: str,
        text: str,
        own: Sequence[Subscription],
        cadence: Cadence | None = None,
    ) -> Forecast:
        """`text` is the canonical form of what was `typed`; `own` are the person's subscriptions. Without a `cadence` it is once a day,
        or that of the one that stands."""
        owner = Recipient(OwnerKind.USER, user_id)
        follows = next((s for s in own if is_same(s, kind, text)), None)
        trial = trial_of(owner, kind, text, self._clock(), follows)
        await self._search.look_up_seeds(queries_of([trial]))
        preview = await look_back(self._search, trial)
        count = preview.matched.count
        offers: list[Offer] = []
        known = 0
        last: tuple[tuple[Paper, Match], ...] = ()
        likes = _other_shares(text) if kind is SubscriptionKind.KEYWORD else []
        if likes:
            offers = await self._counted(owner, kind, likes)
        elif count > MUCH:
            tried = _narrower(kind, text, [paper for paper, _ in preview.matched.papers])
            offers = await self._counted(owner, SubscriptionKind.KEYWORD, tried, below=_LESS * count)
        if not count:
            known, last = await self._ever(trial)
            if not (last or likes) and kind is SubscriptionKind.KEYWORD:
                offers = await self._meant(owner, text)
        if kind is SubscriptionKind.CATEGORY:
            others = [code for code in categories.resolve(typed) if code != text]
            offers = await self._counted(owner, kind, others) + offers
        often = cadence or (follows.cadence if follows else Cadence.DAILY)
        bearers, near = Bearers(), False
        if kind is SubscriptionKind.AUTHOR:
            bearers, near = await bearers_of(self._database, self._search, text)
            bearers = bearers if near or bearers.differ else Bearers()
        return Forecast(
            kind, text, often, preview, tuple(offers[:_OFFERS]), known, last, follows, bearers, near, bool(likes)
        )

    async def reword(self, standing: Subscription, typed: str, own: Sequence[Subscription]) -> Rewording:
        """What a subscription would be with other words. Raises QueryError and BadInputError as `canonical`."""
        text = canonical(standing.kind, typed)
        before = await look_back(self._search, replace(standing, created=self._clock(), paused=False))
        others = [s for s in own if s.id != standing.id]
        after = await self.forecast(standing.owner.id, standing.kind, typed, text, others, standing.cadence)
        return Rewording(standing, before, after)

    async def of_search(self, user_id: int, wording: str) -> tuple[SubscriptionKind, str]:
        """What a search offered to follow: papers like one, so much alike that about one a day comes, or a person."""
        try:
            wanted = query.parse(wording)
        except QueryError:
            return SubscriptionKind.AUTHOR, wording
        if not likes_of([wanted]):
            return SubscriptionKind.AUTHOR, wording
        owner, standing = Recipient(OwnerKind.USER, user_id), _standing(wanted)
        tried = [text for share in _SHARES if (text := _with_share(standing, share))]
        if not tried:
            return SubscriptionKind.KEYWORD, str(standing)
        for text in tried:
            matched = await _matched(self._search, trial_of(owner, SubscriptionKind.KEYWORD, text, self._clock()))
            if matched.count <= _CALM:
                return SubscriptionKind.KEYWORD, text
        return SubscriptionKind.KEYWORD, tried[-1]

    async def _counted(
        self, owner: Recipient, kind: SubscriptionKind, texts: Iterable[str], below: float | None = None
    ) -> list[Offer]:
        """These wordings with what each would have brought; of those that bring something, with `below` fewer papers."""
        found: list[Offer] = []
        for text in texts:
            matched = await _matched(self._search, trial_of(owner, kind, text, self._clock()))
            if matched.count > 0 and (below is None or matched.count < below):
                found.append(Offer(kind, text, matched.count, matched.is_about))
            if len(found) == _OFFERS:
                break
        return found

    async def _ever(self, trial: Subscription) -> tuple[int, tuple[tuple[Paper, Match], ...]]:
        """How many papers here match, whatever their day, and the newest of them."""
        owner, kind, text = trial.owner, trial.kind, trial.query
        if kind is SubscriptionKind.TRENDING:
            return 0, ()
        try:
            wording = f"{as_query(kind, text)} sort:new"
            found = await self._search.search(wording, limit=_NEAR if trial.namesakes else 1, literal=True, ask=False)
        except QueryError:  # it is as long as a query may be
            return 0, ()
        seeds = await self._search.similar.seeds_of(queries_of([trial]))
        agreed = [(paper, hits(trial, of_paper(paper, seeds), paper)) for paper in found.papers]
        theirs = [(paper, said) for paper, said in agreed if said or not trial.namesakes]
        return found.matching - (len(agreed) - len(theirs)), tuple(
            (paper, Match(owner, paper.id, Cadence.DAILY, (Reason(0, kind, text, said),))) for paper, said in theirs[:1]
        )

    async def _meant(self, owner: Recipient, text: str) -> list[Offer]:
        """What may be meant by words that no paper here has."""
        if not query.is_plain(text):
            return []
        meant = _readable((await self._search.search(text, limit=_NEAR, ask=False)).corrected or "")
        if meant is None or meant == text:
            return []
        trial = trial_of(owner, SubscriptionKind.KEYWORD, meant, self._clock())
        return [Offer(SubscriptionKind.KEYWORD, meant, (await self._ever(trial))[0], is_ever=True)]


def _narrower(kind: SubscriptionKind, text: str, matched: Sequence[Paper]) -> Iterator[str]:
    """Queries that hold for fewer papers, the one that says most about the wish first."""
    if kind is SubscriptionKind.CATEGORY:
        yield f"cat:{text} upvotes>=10"
        return
    if kind is not SubscriptionKind.KEYWORD:
        return
    wanted = query.parse(text)
    within = text if wanted.is_plain else f"({text})"
    tried = [f'"{text}"'] if wanted.is_words and len(wanted.parts) > 1 else []
    tried += [f"ti:({text})"] if wanted.is_words else []
    codes = Counter(paper.primary_category for paper in matched if paper.primary_category)
    tried += [f"{within} cat:{code}" for code, _ in codes.most_common(1) if code in categories.CATEGORIES]
    tried += [] if "upvotes" in text else [f"{within} upvotes>=10"]
    for one in tried:
        if (read := _readable(one)) is not None:
            yield read


def _with_share(wanted: Query, share: int) -> str | None:
    """The query for papers that are so much alike, in percent; exclusions stay. None for one that contradicts itself."""
    changed = replaced(wanted.root, lambda term: replace(term, percent=share) if isinstance(term, Like) else term)
    return _readable(str(changed))


def _standing(wanted: Query) -> Query:
    """The query without the days that a search alone takes, and without its order."""
    return Query(all_of(part for part in wanted.parts if not any(isinstance(term, Date) for term in leaves(part))))


def _other_shares(text: str) -> list[str]:
    """A query for papers like another, with papers that are more alike and less; nothing for any other query."""
    wanted = query.parse(text)
    likes = [term for term in asked(wanted.root) if isinstance(term, Like)]
    if not likes:
        return []
    shares = [likes[0].percent + step for step in (_STEP, 2 * _STEP, -_STEP)]
    tried = [_with_share(wanted, share) for share in shares if _STEP <= share <= 100]
    return [one for one in tried if one is not None]


def _readable(text: str) -> str | None:
    """The canonical form; None for what contradicts itself, or is longer than a query may be."""
    try:
        return str(query.parse(text, standing=True))
    except QueryError:
        return None
