"""HTML, JATS and MathML inside a text: what a reader sees of it. Only real tags go; `n<N and m>M` stays.

PURE. Knows tags; must not know TeX's commands, entities or who wrote the text.
"""

from __future__ import annotations

import re
from typing import Final

from bot.language import tex
from bot.language.tables import listed

#: Their content runs on: `H. <i>pylori</i>-positive`.
_TYPE: Final = listed(
    "a abbr b big em font i italic bold nobr roman sc scp small span strike strong sub sup tt u underline"
)
_INLINE: Final = _TYPE | listed(
    "acronym cite code data del dfn ins kbd mark samp time var wbr bdi bdo q monospace overline named-content "
    "styled-content inline-formula tex-math alternatives xref ext-link "
    "math mrow mi mn mo ms mtext mspace msub msup msubsup mover munder munderover mmultiscripts mprescripts none mfrac "
    "msqrt mroot mstyle mpadded mphantom menclose mfenced mtable mtr mtd semantics"
)
#: A space or a line stands in their place.
_BLOCK: Final = listed(
    "p br div hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr td th blockquote pre img figure "
    "figcaption section article header footer center iframe sec title list list-item abstract disp-formula graphic label"
)
_LINES: Final = frozenset(("p", "br"))
_ALL: Final = _INLINE | _BLOCK
#: What stands inside is not for readers, or says once more what stands beside it.
_UNREAD: Final = re.compile(r"<(script|style|(?:mml:)?annotation|tex-math)\b[^<>]*>", re.IGNORECASE)
#: Nobody closes them.
_ALONE: Final = listed("p br hr li td tr th dd dt img wbr mspace mprescripts none graphic")
_TAG: Final = re.compile(
    r"<(/?)(?:(?P<prefix>[a-z]{1,12}):)?([a-z][a-z0-9-]{0,20})(\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?/?>",
    re.IGNORECASE | re.ASCII,
)
_ATTRIBUTES: Final = re.compile(
    r"(?:\s+(?:[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=]+)|nowrap|noshade|hidden|open))*\s*/?", re.ASCII
)
_SCRIPTS: Final = frozenset(("sub", "sup"))
_SCRIPT: Final = re.compile(r"<(su[bp])(?:\s[^<>]{0,80})?>([^<>]{0,40})</\1\s*>", re.IGNORECASE)


def without_tags(text: str, between: str = " ") -> str:
    """The text without its tags: nothing stands in the place of an inline one, `between` in that of a block. Raised and lowered
    letters are said in Unicode. White space is not collapsed."""
    return _stripped(_without_unread(text), _ALL, between) if "<" in text else text


def without_type(text: str) -> str:
    """The same for a text that is no document: only what sets type or a line goes, since there `<code>` or `<table>` is a word
    of the author's."""
    return _stripped(text, _TYPE | _LINES, " ") if "<" in text else text


def _without_unread(text: str) -> str:
    kept, at = [], 0
    while (opening := _UNREAD.search(text, at)) and (end := text.find(f"</{opening[1]}", opening.end())) >= 0:
        kept.append(text[at : opening.start()])
        at = text.find(">", end) + 1 or len(text)
    return "".join([*kept, text[at:]])


def _stripped(text: str, taken: frozenset[str], between: str) -> str:
    names: tuple[set[str], set[str]] = (set(), set())  # that are opened, that are closed
    for tag in _TAG.finditer(text):
        names[bool(tag[1])].add(tag[3].lower())

    def is_real(tag: re.Match[str], name: str) -> bool:
        attributes = tag[4] or ""
        if not _ATTRIBUTES.fullmatch(attributes):
            return False
        # `a<b>c` is a comparison: a bare tag has its partner somewhere
        return name in _ALONE or "=" in attributes or name in names[not tag[1]] or tag[0].endswith("/>")

    def said(tag: re.Match[str]) -> str:
        name = tag[3].lower()
        known = name in taken or (tag["prefix"] and name in _ALL)
        if name in _SCRIPTS or not known or not is_real(tag, name):
            return tag[0]
        return between if name in _BLOCK else ""

    text = _SCRIPT.sub(
        lambda m: (tex.lowered if m[1][2] in "bB" else tex.raised)(m[2]),
        _TAG.sub(said, text),
    )
    return _TAG.sub(lambda tag: "" if tag[3].lower() in _SCRIPTS and is_real(tag, tag[3].lower()) else tag[0], text)
