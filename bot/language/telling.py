"""The sentence of an abstract that says what is new, and how a sentence is made short.

PURE. Knows what authors write before they announce something; knows nothing of papers or of where text is shown. Every pattern looks
at a bounded text once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["sentences", "shortened", "telling"]

#: Characters of an abstract that are looked at: the longest of arXiv have 3,500.
_READ: Final = 6_000
#: A sentence ends here unless what stands before is short for something, or one letter of a name.
_END: Final = re.compile(r"[.!?][”\"')\]]?\s+(?=[A-Z0-9“\"'(\[$])|(?<=[。！？])")
_SHORT_FOR: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|al|etc|resp|approx|ca|Fig|Figs|Eq|Eqs|Ref|Refs|Sec|Sect|Tab|No|Dr|Prof|Mr|Mrs|Ms|St|Jr|Inc|viz|"
    r"w\.r\.t)|\b[A-Z])\.$"
)
_WHO: Final = (
    r"(?:we|i|this (?:paper|work|letter|article|study|thesis|report|survey|note)|"
    r"(?:the|our) (?:paper|work|method|approach|framework|model|study|system))"
)
_ANNOUNCES: Final = re.compile(
    rf"\b{_WHO}\s+(?:\w+ly\s+|therefore\s+|thus\s+|then\s+|here\s+|first\s+|instead\s+|aims? to\s+|seeks? to\s+)?"
    r"(?P<verb>(?:propos|introduc|present|develop|show|demonstrat|prov|report|find|found|discover|establish|deriv|design|releas|"
    r"construct|formulat|unveil|reveal|identif|reformulat|obtain|announc|observ|detect|measur|"
    r"stud|investigat|explor|analy[sz]|examin|consider|describ|address|argu|provid|use|apply|build|revisit|extend|discuss|review|"
    r"comput|calculat|determin|perform|creat|curat|compar|characteri[sz])\w*)",
    re.IGNORECASE,
)
_PASSIVE: Final = re.compile(
    r"\b(?:is|are|was|were) (?:here )?(?:presented|proposed|introduced|derived|developed|reported|shown|demonstrated|proved|obtained)\b",
    re.I,
)
_STRONG: Final = re.compile(
    r"propos|introduc|present|develop|show|demonstrat|prov[ei]|report|find|found|discover|establish|deriv|design|construct|unveil|reveal|"
    r"announc|releas|reformulat|obtain",
    re.IGNORECASE,
)
_HERE: Final = re.compile(
    r"\b(?:in this (?:paper|work|letter|article|study|thesis|report|note)|here,? we|to (?:address|bridge|tackle|overcome|fill|close|solve|"
    r"mitigate|remedy) (?:this|these|the|that)|to this end|motivated by this|inspired by)",
    re.IGNORECASE,
)
_BACKGROUND: Final = re.compile(
    r"^(?:recent|despite|while|although|however|existing|current|traditional|prior|previous|in recent|with the|"
    r"large language models (?:have|are))"
    r"|\bha(?:s|ve) (?:become|emerged|shown|achieved|been|made|demonstrated)\b|"
    r"\b(?:is|are) (?:widely|often|typically|commonly|crucial|essential)\b",
    re.IGNORECASE,
)
_RESULTS: Final = re.compile(
    r"\b(?:outperform|extensive|experiment(?:s|al results) |state-of-the-art|results (?:show|demonstrate|indicate|suggest)|achiev|"
    r"(?:on|across) (?:\w+ ){0,3}(?:benchmarks?|datasets?))|[0-9]%",
    re.IGNORECASE,
)
_LINKS: Final = re.compile(
    r"https?:|github|project page|publicly available|(?:code|data|dataset|models?) (?:is|are|will be) ", re.I
)
_ADDITION: Final = re.compile(
    r"^(?:finally|additionally|moreover|furthermore|in addition|also|lastly|notably|as a|for example)\b|"
    r"\bwe (?:also|further|additionally|finally)\b",
    re.IGNORECASE,
)
_PAST: Final = re.compile(
    r"\b(?:companion paper|(?:previous|earlier|prior|recent) (?:work|paper|study)|in our previous|recently proposed|previously)\b",
    re.IGNORECASE,
)
#: What may go where a sentence is too long: what is new stands behind it.
_LEAD: Final = re.compile(
    r"^(?:[^,;]{1,160},\s+(?:[^,;]{1,80},\s+)?|(?:in this (?:paper|work|letter|article|study)|here)\s+)(?=(?:we|this paper|this work)\s)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W_]{3,}")
_STOP: Final = frozenset(
    """the and for with from via towards toward using based into over under through that are this our can not its their how what
    when""".split()  # noqa: SIM905 -- a list of words is read as a text
)
#: Where a sentence may be left: before one of these a phrase ends.
_BEFORE: Final = re.compile(
    r"\s(?=(?:of|in|on|for|with|by|from|to|at|into|over|under|through|via|using|across|between|that|which|where|while|and|or|but|"
    r"as|than|without|within|among|based|such|when|whose)\s)"
)
#: Characters that say something without what leads up to them.
_STANDS: Final = 40
_FEW: Final = 12
_TOO_SHORT, _TOO_LONG = 6, 60


@lru_cache(maxsize=2_048)  # a paper goes to many people
def telling(abstract: str, title: str) -> str:
    """The sentence of a readable abstract that says best what is new, by its cues (the title's words among them); empty without one.

    One that says too little to stand alone comes with the next one.
    """
    said = sentences(abstract[:_READ])
    if not said:
        return ""
    named = _content(title)
    name = _name(title)
    scores = [_score(text, named, name) - 0.1 * place for place, text in enumerate(said)]
    best = max(range(len(said)), key=scores.__getitem__)
    chosen = said[best]
    if len(chosen.split()) < _FEW and not (_content(chosen) & named) - {name} and best + 1 < len(said):
        return f"{chosen} {said[best + 1]}"
    return chosen


def sentences(text: str) -> list[str]:
    """A readable text in sentences; an initial or `e.g.` ends none."""
    found, start = [], 0
    for end in _END.finditer(text):
        sentence = text[start : end.end()].strip()
        if _SHORT_FOR.search(sentence[-12:]):
            continue
        if sentence:
            found.append(sentence)
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def _score(text: str, named: frozenset[str], name: str) -> float:
    score = 0.0
    if found := _ANNOUNCES.search(text):
        score += 3.0 if _STRONG.match(found["verb"]) else 2.0
    elif _PASSIVE.search(text):
        score += 2.0
    score += 1.0 * bool(_HERE.search(text))
    words = _content(text)
    if named:
        score += 2.0 * len(words & named) / len(named)
    score += 1.5 * bool(name and name in words)
    score -= 1.0 * bool(_BACKGROUND.search(text)) + 1.0 * bool(_RESULTS.search(text)) + 3.0 * bool(_LINKS.search(text))
    score -= 1.5 * bool(_ADDITION.search(text)) + 2.0 * bool(_PAST.search(text))
    count = len(text.split())
    return score - 2.0 * (count < _TOO_SHORT) - 0.5 * (count > _TOO_LONG)


def _content(text: str) -> frozenset[str]:
    """The words that carry meaning, plural as singular."""
    return frozenset(word.removesuffix("s") for word in _WORD.findall(text.casefold()) if word not in _STOP)


def _name(title: str) -> str:
    """What a title calls its system: the one word before its colon."""
    head, colon, _ = title.partition(":")
    words = _WORD.findall(head.casefold())
    return words[0].removesuffix("s") if colon and len(words) == 1 else ""


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` characters: without what only leads up to what is new, ended at a sentence, at a clause, else before a
    preposition, with "…" behind the last word."""
    if (lead := _LEAD.match(text)) and len(text) - lead.end() > _STANDS:
        text = text[lead.end()].upper() + text[lead.end() + 1 :]
    if len(text) <= limit:
        return text
    if limit <= 1:
        return "…"[:limit]
    head = text[: limit - 1]
    whole = [
        m.start() + 1 for m in _END.finditer(text[: limit + 1]) if not _SHORT_FOR.search(text[: m.start() + 1][-12:])
    ]
    if whole and whole[-1] > limit * 0.5:
        return text[: whole[-1]]
    at = _clause(head, limit) or _phrase(head, limit)
    if at is None:
        at = head.rfind(" ") if not text[limit - 1].isspace() and head.rfind(" ") > limit * 0.6 else len(head)
    return re.sub(r"\s*\((?:e\.g|i\.e|cf)\.?$", "", head[:at]).rstrip(" ,;:-–—(") + "…"


def _clause(head: str, limit: int) -> int | None:
    places = [head.rfind(sign) for sign in (", ", "; ", ": ", " – ", " — ", " (")]
    return max(places) if max(places) > limit * 0.6 else None


def _phrase(head: str, limit: int) -> int | None:
    places = [found.start() for found in _BEFORE.finditer(head) if found.start() > limit * 0.7]
    return places[-1] if places else None
