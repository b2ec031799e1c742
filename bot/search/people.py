"""Papers by a person. Knows names and how they are looked for; knows no query language and no subscriptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Final

from bot.language import name_index, name_matching, names
from bot.language.name_index import may_be
from bot.language.name_marks import without_marks
from bot.language.name_matching import Certainty
from bot.language.text import plain
from bot.language.tokens import scan
from bot.models import Person
from bot.store import papers
from bot.store.database import Connection
from bot.when.turns import Turns

_CHUNK: Final = 50


async def by_one_of(
    read: Connection, people: Sequence[names.Name], ids: Sequence[int], turns: Turns
) -> AsyncIterator[tuple[int, str, Certainty]]:
    """Those of the papers that are by one of these people, with the name as printed and how sure that is."""
    words = tuple({word for person in people for word in name_index.words_of(person)})
    known: dict[str, Certainty | None] = {}  # by name as printed, for one is printed on many papers
    for start in range(0, len(ids), _CHUNK):
        for paper_id, printed in (await papers.load_authors(read, ids[start : start + _CHUNK])).items():
            for name in printed:
                await turns.rest()
                if name not in known:
                    known[name] = _is_one(people, name) if may_be(words, name) else None
                if sure := known[name]:
                    yield paper_id, name, sure
                    break


async def person_named(read: Connection, text: str, ids: Sequence[int]) -> Person | None:
    """Who is so called, forename and family name, among the authors of these papers; None when that is nobody."""
    name = names.parse(text)
    if not (name.family and name.forenames):
        return None
    printed: Counter[str] = Counter()
    found = []
    async for paper_id, author, sure in by_one_of(read, [name], ids, Turns()):
        if sure is Certainty.EXACT:
            found.append(paper_id)
            printed[author] += 1
    return Person(printed.most_common(1)[0][0], tuple(found)) if found else None


def begun(text: str) -> str:
    """FTS5 text for papers with an author whose name has these words, the last of which may be unfinished; "" for no word."""
    forms = scan(plain(text)).forms
    words = [f'"{form}"' for form in forms]
    return f"authors : ({' AND '.join(words)} *)" if words else ""


async def names_begun(read: Connection, text: str, ids: Sequence[int], limit: int) -> list[tuple[str, int]]:
    """The names on these papers that have all words of the text, the last of which may be unfinished, as printed, each with the number
    of these papers; who has most comes first."""
    *whole, last = scan(plain(text)).forms
    found: Counter[str] = Counter()
    turns = Turns()
    for start in range(0, len(ids), _CHUNK):
        for printed in (await papers.load_authors(read, ids[start : start + _CHUNK])).values():
            begun_here = set()
            for name in printed:
                await turns.rest()  # some papers have thousands
                if may_be((last,), name) and _is_begun(whole, last, scan(one := plain(name)).forms):
                    begun_here.add(without_marks(one))
            found.update(begun_here)
    return found.most_common(limit)


def _is_begun(whole: Sequence[str], last: str, forms: Sequence[str]) -> bool:
    left = list(forms)
    for form in whole:
        if form not in left:
            return False
        left.remove(form)
    return any(form.startswith(last) for form in left)


def _is_one(people: Sequence[names.Name], printed: str) -> Certainty | None:
    return next((sure for person in people if (sure := name_matching.compatible_once(person, printed))), None)
