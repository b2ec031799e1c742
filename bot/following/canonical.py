"""What was typed to be followed, as it is kept and compared; or why it cannot be followed, and what can be done instead.

Knows the kinds of subscriptions; knows neither SQL nor Discord.
"""

from __future__ import annotations

import re
from typing import Final

from bot.errors import BadInputError
from bot.language import names
from bot.models import SubscriptionKind
from bot.papers import categories, paper_ids
from bot.query import language as query
from bot.show.safe import safe

MAX_SPELLINGS: Final = 5
#: What stands in addresses and in no name: of a page, of somebody's mail or account, an ORCID iD.
_ADDRESS: Final = re.compile(r"://|@|^www\.|^\S+\.[a-z]{2,}/|[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", re.IGNORECASE)
_FIELD: Final = re.compile(r"-?[a-z]{2,}:\S", re.IGNORECASE)
_TYPE: Final = "names of the collection appear while you type."


def canonical(kind: SubscriptionKind, text: str) -> str:
    """The text as it is kept and compared. Raises QueryError or BadInputError that says what can be written."""
    if kind is SubscriptionKind.KEYWORD:
        return str(query.parse(text, standing=True))
    if kind is SubscriptionKind.CATEGORY:
        found = categories.resolve(text)
        if not found:
            raise BadInputError(
                f"“{safe(text, 80)}” is no arXiv category. Write a code like cs.LG, an archive like cs, or a name."
            )
        return found[0]
    if kind is SubscriptionKind.AUTHOR:
        return _person(text)
    return str(query.parse(text, standing=True)) if text.strip() else ""


def _person(text: str) -> str:
    spelled = names.spellings(text)
    if len(spelled) > MAX_SPELLINGS:
        raise BadInputError(f"A person is followed by at most {MAX_SPELLINGS} spellings; these are {len(spelled)}.")
    for name in spelled:
        _check_name(name)
    return " OR ".join(spelled)


def _check_name(name: str) -> None:
    """Raises BadInputError for what is no name, with the way to what it is."""
    said = f"“{safe(name, 80)}”"
    if _is_paper(name):
        raise BadInputError(
            f"{said} is a paper, not a person. `/paper` opens it and names its authors; follow one of them by name."
        )
    if _ADDRESS.search(name):
        raise BadInputError(
            f"I know people by the name that is printed on their papers, and {said} is none. Write it like Julia Kempe; {_TYPE}"
        )
    if _FIELD.match(name):
        raise BadInputError(f"{said} is a query, not a name. `/subscribe query` follows it.")
    if not (2 <= len(name) <= 100 and sum(map(str.isalpha, name)) > 1 and names.parse(name).family):
        raise BadInputError(
            f"Write the author's name as it is printed on papers, like Julia Kempe; {_TYPE} A second spelling goes behind OR, like "
            "Jim Kurose OR James Kurose."
        )


def _is_paper(text: str) -> bool:
    try:
        paper_ids.parse(text)
    except BadInputError:
        return False
    return True
