"""The abstract among what publishers put around it: citation lines, labels, lists of authors, flattened lists and headings.

PURE. Knows the habits of journals' feeds and of openRxiv; must not know feeds or records.
"""

from __future__ import annotations

import re
from typing import Final

from bot.language.markup import without_tags
from bot.language.texsymbols import SYMBOLS
from bot.sources.documents import line, unescaped, without_comments

_SHORTEST: Final = 40  # characters: less is a label

_MONTH: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE: Final = (
    rf"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s)?(?:[0-9]{{1,2}}\s)?{_MONTH}"
    rf"(?:\s?[-–/]\s?{_MONTH})?\.?(?:\s[0-9]{{1,2}},?)?(?:,?\s[0-9]{{4}})?|(?:19|20)[0-9]{{2}}(?:-[0-9]{{2}}-[0-9]{{2}}|[-/][0-9]{{2,4}})?"
)
_DOI: Final = r"(?:doi:?\s*)?(?:https?://(?:dx\.)?doi\.org/)?10\.[0-9]{4,9}/[^\s<>\"]{1,200}"
#: What makes a line a citation.
_STRONG: Final = (
    rf"(?:volume|vol\.?)\s?[0-9]+[a-z]?(?:\s?\([0-9a-z -]+\))?|{_DOI}"
    r"|published(?:\sonline|\selectronically|\sahead\sof\sprint)?(?:\son|\sdate)?:?|first\spublished(?:\son)?:?"
    r"|e-?pub(?:\sahead\sof\sprint)?:?|(?:online\s)?ahead\sof\sprint|early\sview|accepted\smanuscript|advance\s(?:article|access)"
    r"|just\saccepted|(?:articles?\s)?in\spress|publication\sdate:?|pmid:?\s?[0-9]+|pmcid:?\s?pmc[0-9]+"
)
_WEAK: Final = (
    r"(?:issue|iss\.|no\.?|number|supplement)\s?[0-9a-z]+(?:[-–][0-9]+)?|(?:pages?|pp?\.?|article)\s?:?\s?[a-z]?[0-9]+[0-9a-z]*"
    rf"(?:\s?[-–]\s?[a-z]?[0-9]+[0-9a-z]*)?|{_DATE}|doi:?|date:?"
)
_PART: Final = rf"(?:{_STRONG}|{_WEAK})(?![a-z0-9])[\s,.;:|()\[\]]*"
#: A journal's name, and where and when it brought this; then a sentence, a colon with the title again, or nothing.
_CITATION: Final = re.compile(
    rf"\W*(?:[^.;:!?\[\]]{{0,120}}?[\s,.;:(\[]+)?(?:{_WEAK})?[\s,.;:(]*(?:{_STRONG})(?![a-z])[\s,.;:|()\[\]]*(?:{_PART})*",
    re.IGNORECASE,
)
_MARK: Final = re.compile(rf"(?<![a-z0-9])(?:{_STRONG})(?![a-z])", re.IGNORECASE)
_PARTS: Final = re.compile(rf"(?<![a-z0-9])(?:{_PART})", re.IGNORECASE)
_SMALL: Final = frozenset(("of", "the", "and", "in", "for", "on", "de", "la", "et", "und", "der"))
_LABELLED: Final = re.compile(
    r"\W*(?:(?:publication\s+date|source|author\(s\)|authors?|doi|pmid|pmcid|issn|e?isbn|journal\s+name|date|copyright|keywords|"
    r"article\s+type|published|received|accepted|available\s+online|citation)\s*[:.(]"
    r"|(?:preprint\s+under\s+review|read\s+the\s+full|the\s+content\s+of\s+this\s+rss)\b)",
    re.IGNORECASE,
)
_AUTHORS: Final = re.compile(r"\W*author(?:\(s\)|s)?\s*:", re.IGNORECASE)
_MANY: Final = 5
#: Longer ones speak of something: "Source: we study source coding …".
_LONGEST_LABELLED: Final = 200
_LONGEST_RIGHTS: Final = 80
_DOI_LAST: Final = re.compile(rf"{_DOI}$", re.IGNORECASE)
_BY: Final = re.compile(r"by\s+[A-Z]")
_HEADING: Final = re.compile(
    r"(?:(?:graphical\s+|visual\s+|structured\s+)?abstract|summary|keywords)[\s.:]*", re.IGNORECASE
)
_RIGHTS: Final = re.compile(r"(?:©|\(c\)\s|copyright\b|all rights reserved)", re.IGNORECASE)


def abstract_of(markup: str, title: str) -> str | None:
    """The abstract in the description of a feed's entry, on one line; None when it has none: a citation is none."""
    kept: list[str] = []
    for part in _blocks(markup):
        if _is_citation(part):
            kept = [said for said in kept if said[-1] in ".?!"]  # the title and the people, above the citation
        elif not _is_furniture(part, title) and (said := _without_citation(part)):
            kept.append(said)
    if len(kept) > 1 and _BY.match(kept[0]) and kept[0][-1:] not in ".?!":
        del kept[0]  # "by Ada Marlow, Max Winter"
    text = with_headings(" ".join(kept))
    return text if len(text) > _SHORTEST else None


def _blocks(markup: str) -> list[str]:
    text = unescaped(without_tags(without_comments(unescaped(markup)), between="\n"))
    return list(filter(None, map(line, text.split("\n"))))


def _is_citation(part: str) -> bool:
    """Whether the whole line says where and when the paper stands, and nothing else."""
    if len(part) > 400 or not _MARK.search(part):
        return False
    words = re.findall(r"[^\W0-9_]+", _PARTS.sub(" ", part))
    return len(words) <= 14 and all(word[0].isupper() or word in _SMALL for word in words)


def _is_furniture(part: str, title: str) -> bool:
    folded = part.casefold().strip(" .")
    return bool(
        folded == title.casefold().strip(" .")
        or _HEADING.fullmatch(part)
        or (len(part) < _LONGEST_LABELLED and _LABELLED.match(part))
        or (len(part) < 3_000 and part.count(",") >= _MANY and _AUTHORS.match(part))
        or (len(part) < _LONGEST_RIGHTS and _RIGHTS.match(part))
    )


def _without_citation(part: str) -> str:
    found = _CITATION.match(part[:600])
    if found is None:
        return _HEADING.sub("", part, count=1) if re.match(r"(?i:abstract)[.:]?\s+[A-Z]", part) else part
    end = found.end()
    rest = part[end:]
    whole = found[0].rstrip()
    if not rest or whole[-1:] in ".;:)]" or _DOI_LAST.search(whole):
        return "" if len(rest) < _SHORTEST else rest
    return part


# -- openRxiv ---------------------------------------------------------------------------------------------------------

#: How the server flattens lists, headings and small capitals: `C_ST_ABS` closes a heading, glued to what follows.
_TOKEN: Final = re.compile(
    r"[OCM]_(ST_ABS|LI|UL|OL|SCPLOW|SCPCAP|INLINEFIG|FIG_DISPLAY_[A-Z]|FIG|TBL|TABLECAPTION|FLOATNO|TEXTBOX|LINKSMALLFIG|"
    r"LINKSMALLTBL|FD|QD)"
)
_HEADINGS: Final = (
    "Background and Objectives?|Background and Aims?|Background|Objectives?|Aims?|Introduction|Purpose|Importance|Rationale|Motivation|"
    "Significance Statement|Significance|Materials and Methods|Methods and Findings|Methods and Results|Methods?|"
    "Study Design|Design|Settings?|Participants|Interventions?|Main Outcomes? and Measures?|Measurements?|Results|Findings|Discussion|"
    "Conclusions? and Relevance|Conclusions?|Interpretation|Limitations|Funding|Trial Registration|Availability and Implementation|"
    "Availability|Supplementary Information|Key Points|Highlights|Summary|Abstract|ABSTRACT|BACKGROUND|OBJECTIVES?|METHODS?|RESULTS|"
    "CONCLUSIONS?|INTRODUCTION"
)
_GLUED: Final = re.compile(rf"(?:^|(?<=[.?!)] )|(?<=[.?!)]))({_HEADINGS})(?=[A-Z][a-z]|[A-Z]{{2}}|[A-Z] )")
_FIGURE: Final = re.compile(r"O_(?:FIG|TBL)")
_FIGURE_END: Final = re.compile(r"C_(?:FIG|TBL)")
_NAMED_SIGN: Final = re.compile(r"(?<!\\[A-Za-z])(?<![\\^_])\{([A-Za-z]{2,12}|\+/-)\}")
_SIGNS: Final = {
    **{name: sign for name, sign in SYMBOLS.items() if "\u0370" <= sign[:1] <= "\u03ff"},  # Greek letters
    "+/-": "±", "micro": "µ", "degrees": "°", "degree": "°", "middot": "·", "approx": "≈", "infty": "∞", "times": "×",
}  # fmt: skip


def unflattened(text: str) -> str:
    """An abstract as openRxiv's interface gives it, with its headings, lists and signs as readers wrote them."""
    text = _without_figures(text)
    pieces, at = [], 0
    for token in _TOKEN.finditer(text):
        pieces.append(text[at : token.start()])
        at = token.end()
        if token[1] == "ST_ABS" and token[0][0] == "C":
            pieces.append(" " if (pieces[-1].rstrip()[-1:] or ".") in ".:?!" else ": ")
        elif not token[1].startswith("SCP"):
            pieces.append(" ")
    whole = "".join([*pieces, text[at:]])
    return with_headings(_NAMED_SIGN.sub(lambda m: _SIGNS.get(m[1], m[0]), whole))


def _without_figures(text: str) -> str:
    """Without each figure and table: its address, and what a browser shows in its place."""
    kept, at = [], 0
    while (opening := _FIGURE.search(text, at)) and (end := _FIGURE_END.search(text, opening.end())):
        kept += [text[at : opening.start()], " "]
        at = end.end()
    return "".join([*kept, text[at:]])


def with_headings(text: str) -> str:
    """`BackgroundAuditory` is `Background: Auditory`; a heading `Abstract` in front of all is left out."""
    text = line(_GLUED.sub(r"\1: ", line(text)))
    return re.sub(r"^(?:(?:[Aa]bstract|[Ss]ummary)\s*[:.]|ABSTRACT\b[:.]?)\s+", "", text, count=1)
