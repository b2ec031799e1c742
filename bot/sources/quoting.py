"""What a document quotes as CDATA, written as other text, and no comments: so that one kind of text is left. PURE.

Knows how quotes are nested and left open; must not know what they hold.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

#: What begins and ends comments and quotes, and tags that hardly stand in what is quoted: an entry's, the end of a field.
#: One set of signs begins it, which is what a search goes through quickly.
_TOKEN: Final = re.compile(
    r"[<\]](?:(?P<comment>(?<=<)!--)|(?P<quote>(?<=<)!\[CDATA\[)|(?P<end>(?<=\])\]>)|(?P<edge>(?<=<)(?i:/?(?:[\w.-]+:)?(?:item|entry|record)"
    r"|/(?:[\w.-]+:)?(?:title|description|encoded|summary|content|creator|author))(?=[\s>])))"
)
_QUOTE: Final = "<![CDATA["
_END: Final = "]]>"
_BEFORE_A_TAG: Final = re.compile(r"\s*+(?:<|\Z)")


def unquoted(text: str) -> str:
    """The text without comments and CDATA; what was quoted is escaped.

    Quotes inside of quotes are one quote. One that runs over the end of its field or entry into the next was never closed: its sign
    is left out, as is an end that closes nothing. Of a comment that nobody closes the sign stays. Where the document ends in a quote or
    a comment, without the end of a field behind it, it was cut there: what either says of tags is left out.
    """
    pieces: list[str] = []
    at = depth = first = closed = 0  # what is done; the quotes that are open, where they begin, where one of them ended
    is_crossed, last_comment, opened = False, text.rfind("-->"), -1  # where a comment begins that nobody closes
    for token in _TOKEN.finditer(text):
        kind, start = token.lastgroup, token.start()
        if start < at:
            continue
        if kind == "comment" and not depth and token.end() <= last_comment:
            pieces.append(_bare(text[at:start]))
            at = text.find("-->", token.end()) + 3
        elif kind == "comment" and not depth and opened < 0:
            opened = start
        elif kind == "quote":
            if depth and is_crossed:
                at, depth = _take(text, at, first, closed, pieces), 0
            if not depth:
                first, closed, is_crossed = start, 0, False
            depth += 1
        elif kind == "end" and depth:
            depth, closed = depth - 1, token.end()
            if not depth:
                at = _take(text, at, first, closed, pieces)
        elif kind == "end":
            pieces += (_bare(text[at:start]), "" if _BEFORE_A_TAG.match(text, token.end()) else "]]&gt;")
            at = token.end()
        elif kind == "edge":
            is_crossed, opened = True, -1
    if depth:
        at = _take(text, at, first, closed, pieces)
        opened = at if not closed and not is_crossed else opened
    return "".join((*pieces, _bare(text[at : opened if opened >= at else None])))


def _take(text: str, at: int, first: int, closed: int, pieces: list[str]) -> int:
    """Takes what is quoted from `first` to `closed`, if it was closed anywhere. Returns up to where all is done."""
    pieces.append(_bare(text[at:first]))
    if closed:
        pieces.append(escape(_bare(text[first:closed]).replace(_END, ""), quote=False))
    return closed or first


def _bare(text: str) -> str:
    return text.replace(_QUOTE, "")
