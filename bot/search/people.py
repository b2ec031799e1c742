"""Papers by a person. Knows names and how they are looked for; knows no query language and no subscriptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Final

from bot.language import name_index, name_matching, names
from bot.language.name_matching import Certainty
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
    for start in range(0, len(ids), _CHUNK):
        for paper_id, printed in (await papers.load_authors(read, ids[start : start + _CHUNK])).items():
            for name in printed:
                await turns.rest()
                if _may_be(words, name) and (sure := _is_one(people, names.parse(name))):
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


def _may_be(words: Sequence[str], printed: str) -> bool:
    """Whether a name is worth reading: one of the words is in it, or it has signs that only reading understands."""
    if not printed.isascii() or "\\" in printed:
        return True
    letters = "".join(filter(str.isalnum, printed.lower()))
    return any(word in letters for word in words)


def _is_one(people: Sequence[names.Name], name: names.Name) -> Certainty | None:
    return next((sure for person in people if (sure := name_matching.compatible(person, name))), None)
