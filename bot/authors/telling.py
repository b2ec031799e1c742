"""What tells the people of a name apart, and how somebody is named again. PURE.

Knows names, credits and groups as values; must not know where they are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.authors.bearing import Bearing
from bot.authors.grouping import Group
from bot.authors.people import Signed
from bot.language import names
from bot.language.name_readings import is_initial
from bot.language.text import plain
from bot.language.tokens import scan
from bot.models import Candidate, Known, Paper, Profile, Reference, Registry, Written
from bot.when.turns import Turns

__all__ = ["apart_text", "is_hinted", "is_initials", "numbers_of", "profiles_of", "reference_to", "written_by"]


def is_initials(name: str) -> bool:
    """Whether it has initials alone, which many people share."""
    forenames = names.parse(name).forenames
    return bool(forenames) and is_initial(forenames[0])


def written_by(paper: Paper, signed: Signed, known: Known) -> Written:
    bearing = Bearing(signed.printed)
    theirs = [one for said in known.cited.get(paper.id, ()) for one in said.credits if one.affiliation]
    institution = next((one.affiliation for one in theirs if bearing.agrees(one.name) is not None), None)
    return Written(paper, signed.printed, signed.place, institution or "")


def apart_text(groups: int) -> str:
    return f"No registry has told me yet whether these papers are by one person: they fall into {groups} groups without a common author."


async def numbers_of(known: Known, name: str) -> dict[int, frozenset[str]]:
    """The numbers to which registries credit the name on each paper."""
    bearing, turns = Bearing(name), Turns()
    found = {}
    for paper, said in known.cited.items():
        credited = [(one.registry, number) for one in said if (number := bearing.credited(one))]
        found[paper] = frozenset(
            f"{key[0]}:{known.profiles[key].id if key in known.profiles else key[1]}" for key in credited
        )
        await turns.rest()
    return found


def profiles_of(group: Group, known: Known) -> tuple[Profile, ...]:
    """What registries know of the person: Semantic Scholar first, and of one registry the number with most papers here."""
    by_number = {f"{profile.registry}:{profile.id}": profile for profile in known.profiles.values()}
    found = [by_number[number] for number in group.numbers if number in by_number]
    return tuple(sorted(found, key=lambda profile: profile.registry is not Registry.SEMANTIC_SCHOLAR))


def reference_to(name: str, group: Group, newest: Sequence[Paper]) -> Reference:
    if group.numbers:
        return Reference(name, group.numbers[0])
    return Reference(name, paper=newest[0].main_id, is_apart=True) if newest else Reference(name)


def is_hinted(candidate: Candidate, hint: str, beside: Iterable[str]) -> bool:
    """Whether every word of the hint is a word of what is known of somebody, and of those who wrote with them."""
    said: Iterable[str] = (
        candidate.name, candidate.title, *beside, *candidate.categories,
        *(text for p in candidate.profiles for text in (p.affiliation, p.orcid, p.id, *p.aliases) if text),
    )  # fmt: skip
    return set(scan(plain(hint)).forms) <= {form for text in said for form in scan(plain(text)).forms}
