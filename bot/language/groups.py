"""Collaborations, teams and companies among the authors: that they are no people, and what they are called.

PURE. `the`, a company behind the team and hyphens make no other group; a number does.
"""

from __future__ import annotations

import re
from typing import Final

from bot.language.customs import is_syllable
from bot.language.tables import listed

#: Words that no person is called.
WORDS: Final = listed(
    """collab collabs collaboration collaborations team consortium group project survey institute laboratory laboratories university
    society network committee initiative foundation center centre department council community alliance association working
    experiment observatory inc ltd llc openai deepmind google microsoft nvidia others"""
)
_WORDS: Final = re.compile(rf"\b(?:{'|'.join(sorted(WORDS))}|et al)\b", re.IGNORECASE)
#: Names written together with what they are: `KimiTeam`, `DeepSeekAI`.
_TOGETHER: Final = re.compile(r"(?<=[a-z0-9])(?=(?:Team|Collaboration|Consortium|AI)$)")
_COMPANY: Final = re.compile(r"(?:[\w.+]+-|(?P<front>[\w.+]+) )AI")
#: Who writes in a group's name is a person.
_FOR: Final = re.compile(r"\s(?:(?:on )?behalf of|for)\s", re.IGNORECASE)
_LEAD: Final = re.compile(r"(?:on behalf of |for |by )*(?:the )?", re.IGNORECASE)
_PARTS: Final = re.compile(r"[,:;@()\[\]]| [-–—|/] | (?:at|from) (?=\S+$)")
_KIND: Final = re.compile(r"collab(?:oration)?s?|teams?|consorti(?:um|a)|groups?|project", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")
_POSSESSIVE: Final = re.compile(r"(?<=\w)'s\b")
_ARTICLES: Final = frozenset(("the", "for", "of", "and", "a"))
_FORMS: Final = frozenset(("inc", "ltd", "llc", "corp"))
#: Written before the name of a team as often as behind it: `Google Gemini Team`, `Gemini Team, Google`.
_COMPANIES: Final = listed(
    """google deepmind microsoft openai nvidia meta apple amazon ibm intel adobe salesforce samsung huawei alibaba tencent baidu
    bytedance xiaomi kuaishou meituan"""
)
#: A team is not told by these alone, so that its company stays: `Google AI Team`.
_GENERAL: Final = listed(
    """ai research quantum lab labs cloud health brain vision robotics speech language security science data core product
    engineering model models llm training safety open"""
)


def person_of(text: str) -> str:
    """The person before `for the … Collaboration`; the whole text where there is none."""
    found = _FOR.search(text)
    if found and len(text[: found.start()].split()) > 1 and _WORDS.search(text, found.end()):
        front = text[: found.start()].strip(" ,;:")
        return text if _WORDS.search(front) else front.removesuffix(" on").rstrip(" ,;:")
    return text


def apart(text: str) -> str:
    """The name and what it is, parted where they are written together."""
    return _TOGETHER.sub(" ", text)


def is_group(text: str) -> bool:
    """Whether this is no person. `text` is as written, but `apart`."""
    if _WORDS.search(text):
        return True
    company = _COMPANY.fullmatch(text)
    return company is not None and not (company["front"] and is_syllable(company["front"].casefold()))


def called(text: str) -> tuple[str, ...]:
    """What kind of group it is, and the words of its name. `text` is folded; a group's spellings are equal once joined."""
    text = _POSSESSIVE.sub("", _LEAD.sub("", text, count=1))
    parts = [words for part in _PARTS.split(text) if (words := _WORD.findall(part))]
    front = next((words for words in parts if any(map(_KIND.fullmatch, words))), parts[0] if parts else [])
    at = next((at for at, word in enumerate(front) if _KIND.fullmatch(word)), None)
    if at is None:
        words = [word for word in front if word not in _FORMS] or front
        return ("", *_bare(words))
    kind = front[at].rstrip("s").replace("collaboration", "collab")
    name = front[:at] or front[at + 1 :] or [word for words in parts if words is not front for word in words]
    return (kind, *_without_company(_bare(name) or name))


def _without_company(words: list[str]) -> list[str]:
    rest = [word for word in words if word not in _COMPANIES]
    return words if _GENERAL.issuperset(rest) else rest


def _bare(words: list[str]) -> list[str]:
    return [word for word in words if word not in _ARTICLES]
