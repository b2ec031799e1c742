"""Who in the collection bears a name: each printed name that agrees with it, with what tells its bearer apart from others.

The newest papers with a word of the name are read, and of each name its newest ones are told. Knows names and papers; knows neither
subscriptions nor how a choice looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz

from bot.errors import QueryError
from bot.language import name_index, name_matching, names
from bot.language.name_index import may_be
from bot.language.name_marks import without_marks
from bot.language.text import plain
from bot.language.tokens import scan
from bot.models import Bearer, Bearers, Paper
from bot.query.facts import people
from bot.search.search import Search
from bot.store import papers
from bot.store import search as index
from bot.store.database import Database
from bot.when.turns import Turns

#: Papers whose authors are read.
MOST: Final = 3_000
#: Names that are told: a menu holds no more.
_TOLD: Final = 25
_PORTION: Final = 100
#: Of each name, the newest papers that are looked into, and the authors of each.
_PAPERS: Final = 8
_AUTHORS: Final = 50
_FEW: Final = 2
#: Papers among whose authors a name is looked for that nobody here has; of 100, how like a name has to be to be offered; and how many are.
_NEAR: Final = 25
_LIKE: Final = 80
_OFFERED: Final = 3
#: Characters of a name that can be followed.
_LONGEST: Final = 100


@dataclass(slots=True)
class _Group:
    """A name in its printed forms, with its papers, the newest first."""

    printed: Counter[str] = field(default_factory=Counter)
    ids: list[int] = field(default_factory=list)


async def find_bearers(
    database: Database, spelled: Sequence[str], *, alike: bool = False, told: int = _TOLD
) -> Bearers:
    """The names that agree with one of these spellings, or that have the word where it is one alone; who has most papers comes first.
    With `alike`, only names that are printed like one of them. So many are `told`: by default those that a menu holds."""
    wanted = _Wanted(tuple(map(names.parse, spelled)), alike)
    turns, groups = Turns(), dict[Hashable, _Group]()
    ids: dict[int, None] = {}
    async with database.reading() as read:
        for person in wanted.people:
            if expression := name_index.index_expression(person):
                ids |= dict.fromkeys(await index.titles_with(read, expression, MOST))
    newest = list(ids)[:MOST]
    for start in range(0, len(newest), _PORTION):
        portion = newest[start : start + _PORTION]
        async with database.reading() as read:
            printed = await papers.load_authors(read, portion)
        for paper_id in portion:
            for name in printed.get(paper_id, ()):
                await turns.rest()
                if (key := wanted.key_of(name)) is not None:
                    group = groups.setdefault(key, _Group())
                    group.printed[without_marks(plain(name))] += 1
                    group.ids += [paper_id] if paper_id not in group.ids[-1:] else []
    ranked = sorted(groups.items(), key=lambda found: -len(found[1].ids))
    found = await _told(database, [group for _, group in ranked[:told]], turns)
    return Bearers(found, len(groups), not wanted.keys.issuperset(groups), wanted.agree, len(newest) < MOST)


async def bearers_of(database: Database, search: Search, text: str, *, told: int = _TOLD) -> tuple[Bearers, bool]:
    """Who in the collection may be meant by a name as somebody typed it; of one that nobody here has, who has one like it, and then
    True."""
    found = await find_bearers(database, names.spellings(text), told=told)
    if found.count:
        return found, False
    try:
        close = await search.search(text, limit=_NEAR, ask=False)
    except QueryError:  # a name need not be a query
        return Bearers(), False
    near = nearest_names(text, close.papers)
    return (await find_bearers(database, near, alike=True) if near else Bearers()), bool(near)


def nearest_names(wanted: str, found: Iterable[Paper]) -> list[str]:
    """The names on these papers that are most like the wanted one, the nearest first."""
    graded = {
        name: fuzz.token_sort_ratio(wanted.casefold(), name.casefold())
        for paper in found
        for name in (plain(author.name) for author in paper.authors)
    }
    near = [name for name, grade in graded.items() if grade >= _LIKE]
    return sorted(near, key=lambda name: -graded[name])[:_OFFERED]


class _Wanted:
    """Which printed names are looked for. Each is read once."""

    def __init__(self, spelled: tuple[names.Name, ...], alike: bool) -> None:
        self.people = spelled
        self.keys = frozenset(people((person,)) for person in spelled)
        #: Whether all that were found are meant by what was typed, not by a word of it alone.
        self.agree = True
        self._alike = alike
        self._words = tuple({word for person in spelled for word in name_index.words_of(person)})
        self._alone = [scan(plain(p.text)).forms for p in spelled if not p.forenames and not p.group]
        self._known: dict[str, Hashable | None] = {}

    def key_of(self, printed: str) -> Hashable | None:
        """Equal for names that are printed alike; None for one that is not looked for."""
        if printed not in self._known:
            self._known[printed] = self._read(printed) if may_be(self._words, printed) else None
        return self._known[printed]

    def _read(self, printed: str) -> Hashable | None:
        name = names.parse_anew(printed)
        key = people((name,))
        text = without_marks(plain(printed))
        if not 2 <= len(text) <= _LONGEST or not name.family:
            return None
        if self._alike:
            return key if key in self.keys else None
        agrees = any(name_matching.compatible_once(person, printed) for person in self.people)
        if not agrees and self._has_word(text):
            self.agree = False
            return key
        return key if agrees else None

    def _has_word(self, printed: str) -> bool:
        forms = frozenset(scan(printed).forms) if self._alone else frozenset()
        return any(forms.issuperset(word) for word in self._alone if word)


async def _told(database: Database, groups: Sequence[_Group], turns: Turns) -> tuple[Bearer, ...]:
    found = []
    for group in groups:
        async with database.reading() as read:
            loaded = await papers.load_papers(read, group.ids[:_PAPERS])
        found.append(_bearer(group, [loaded[i] for i in group.ids[:_PAPERS] if i in loaded]))
        await turns.rest()
    return tuple(found)


def _bearer(group: _Group, newest: Sequence[Paper]) -> Bearer:
    name = group.printed.most_common(1)[0][0]
    own = {people((names.parse(printed),)) for printed in group.printed}
    others: Counter[str] = Counter()
    for paper in newest:
        authors = [a.name for a in paper.authors[:_AUTHORS] if people((names.parse(a.name),)) not in own]
        others.update(list(dict.fromkeys(filter(None, (without_marks(plain(author)) for author in authors)))))
    codes = Counter(code for paper in newest if (code := paper.primary_category))
    return Bearer(
        name,
        len(group.ids),
        tuple(other for other, _ in others.most_common(_FEW)),
        tuple(code for code, _ in codes.most_common(_FEW)),
        newest[0].title if newest else "",
    )
