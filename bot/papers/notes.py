"""Corrections and retractions: notes on a paper that journals print like papers.

PURE. Knows how publishers write the titles of such notes; knows no stored paper.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.language.text import plain
from bot.models import EventKind, Record
from bot.papers.kinship import is_preprint


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a paper that is called one of `titles`; none where it does not say which.

    `doubtful`: an article can be called so too, so that it is a note only where the paper is known. `itself`: it may be the paper,
    whose title was changed.
    """

    kind: EventKind
    titles: tuple[str, ...]
    doubtful: bool = False
    itself: bool = False


_WHOSE: Final = r"(?:(?:author|publisher|editor)(?:['’]s|s['’])?|editorial)\s"
_WORDS: Final = {
    EventKind.RETRACTED: r"(?:partial\s)?retraction(?:\s(?:note|notice|statement))?"
    r"|(?:statement|notice)\sof\sretraction(?:\sand\sreplacement)?|retraction\sand\sreplacement|withdrawal(?:\s(?:note|notice))?|(?:statement|notice)\sof\swithdrawal|removal(?:\snotice)?",
    EventKind.QUESTIONED: r"(?:editorial\s)?expressions?\sof\s(?:editorial\s)?concern|editorial\snote\sof\sconcern|notice\sof\sconcern",
    EventKind.SUPPLEMENTED: r"addend(?:um|a)|additions?",
    EventKind.CORRECTED: rf"(?:{_WHOSE})?(?:corrections?(?:\snotice)?|corrigend(?:um|a)|errat(?:um|a))|amendments?|notice\sof\scorrection"
    r"|publisher['’]?s?\snote|department\sof\serror",
}
#: The article itself, once it is retracted.
_PARTICIPLE: Final = r"(?P<participle>(?:retracted|withdrawn|(?:temporarily\s)?removed)(?:\s(?:article|paper|chapter))?|temporary\sremoval)"
_NOUN: Final = f"(?P<noun>{'|'.join(f'(?P<{kind.name}>{words})' for kind, words in _WORDS.items())})"
_WORD: Final = rf"(?i:\[?(?:{_NOUN}|{_PARTICIPLE})\]?)"
_SIGN: Final = r"\s{0,3}(?::|\s[–—―-]\s)\s{0,3}"
_SPOKEN: Final = (
    r"\s{1,3}(?:to|of|for|on|in|regarding|concerning)\s{0,2}(?P<colon>:)?\s{1,3}"
    r"(?:the\s(?:original\s)?(?:(?:research\s)?article|paper|report|letter|review)[:,]?\s{1,3})?"
)
_HEAD: Final = re.compile(
    rf"{_WORD}(?:(?P<sign>{_SIGN}|(?<=\])\s)|(?P<spoken>(?i:{_SPOKEN}))|(?P<alone>\s{{0,3}}\.?$))"
)
#: Cambridge's way: "T – CORRIGENDUM".
_TAIL: Final = re.compile(
    r"(?:\s{0,3}[–—―]|\s-)\s{1,3}(CORRIGENDUM|ERRATUM|CORRECTION|RETRACTION|ADDENDUM|EXPRESSION OF CONCERN|WITHDRAWN|RETRACTED)$"
)
#: Nouns that begin titles of papers too where no sign follows: "Correction to scaling", "Withdrawal of oxytocin".
_OWN_TOO: Final = re.compile(
    r"(?i:(?:(?:partial|editorial)\s)?(?:corrections?|additions?|withdrawal|removal|retraction|addend(?:um|a)|amendments?|errata)"
    r"|expressions\s.*)"
)
#: And those that do so with a colon: "Withdrawal: a model of …".
_OWN_WITH_SIGN: Final = re.compile(r"(?i:withdrawal|removal|additions?|amendments?|corrections|expressions\s.*)")
_QUOTES: Final = (("“", "”"), ("„", "“"), ("«", "»"), ('"', '"'), ("‘", "’"), ("'", "'"))
#: Where it was printed, behind the title: "[Phys. Rev. D 100, 1 (2019)]", "(2019, ApJ, 1, 2)".
_PRINTED: Final = re.compile(r"\s{0,3}(?:\[[^\[\]]{4,200}\]|\((?:19|20)[0-9]{2}[^()]{0,150}\))[.\s]{0,3}$")
#: MDPI's way and PNAS's: "Correction: Marlow et al. T. Optics 2026, 1, 2", "Correction for Marlow et al., T".
_WHO: Final = re.compile(r"[^:]{2,60}?\bet al\.?[,:]?\s{1,3}")
_CITED: Final = re.compile(r"(.{1,600}?[.?!])\s.{2,80}\s(?:19|20)[0-9]{2},\s[^.]{1,40}\.?")
_LONGEST: Final = 2_000


def note_on(record: Record) -> Note | None:
    """The note that a record is. On a preprint server it is what its authors announce: a paper."""
    return None if any(is_preprint(identity) for identity in record.ids) else note_of(record.title)


def note_of(title: str) -> Note | None:
    """The note that a title announces; None for the title of a paper."""
    text = plain(title[:_LONGEST])
    if tail := _TAIL.search(text):
        head = _HEAD.match(tail[1])
        assert head is not None
        return Note(_kind(head), (text[: tail.start()].strip(),), itself=bool(head["participle"]))
    head = _HEAD.match(text)
    if head is None:
        return None
    rest = text[head.end() :].strip()
    if not rest:
        return None if head["participle"] or head["spoken"] else Note(_kind(head), ())
    if head["sign"] and _HEAD.match(rest):  # "Amendments: Author Correction: T"
        return note_of(rest)
    if head["participle"]:
        return Note(_kind(head), (rest,), itself=True) if head["sign"] else None
    quoted = _quoted(rest)
    titles = dict.fromkeys(filter(None, (quoted, *_titles(rest))))
    own = _OWN_WITH_SIGN if head["sign"] else _OWN_TOO
    doubtful = quoted is None and not head["colon"] and bool(own.fullmatch(head["noun"]))
    doubtful = doubtful or (quoted is None and bool(head["sign"]) and ":" not in head["sign"] and rest[:1].islower())
    return Note(_kind(head), tuple(titles), doubtful)


def _kind(head: re.Match[str]) -> EventKind:
    return next((kind for kind in _WORDS if head[kind.name]), EventKind.RETRACTED)


def _quoted(rest: str) -> str | None:
    """The title where it stands in quotation marks, at the beginning or behind the authors' names."""
    start = who.end() if (who := _WHO.match(rest)) else 0
    for opening, closing in _QUOTES:
        for at in dict.fromkeys((0, start)):
            if rest.startswith(opening, at) and (end := rest.rfind(closing)) > at + 1:
                return rest[at + 1 : end].strip(" ,.")
    return None


def _titles(rest: str) -> list[str]:
    """What of the rest can be the title: without where it was printed, without whose it was."""
    bare = _PRINTED.sub("", rest).strip()
    who = _WHO.match(bare)
    behind = bare[who.end() :] if who else ""
    cited = _CITED.fullmatch(behind)
    return [bare, behind, cited[1] if cited else ""]
