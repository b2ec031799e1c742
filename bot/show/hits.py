"""What of a paper a search was asked for: its words in bold, and the author who would stand behind "et al.".

PURE. Knows words as they are compared; must not know how a search finds papers.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from bot.language.text import clean, plain
from bot.language.tokens import scan, tokens
from bot.models import Paper
from bot.show.safe import inert, safe

NAMED: Final = 3  # authors that every entry names


def marked(text: str, words: Set[str], limit: int) -> str:
    """Readable text, inert, with these words (as they are compared) in bold, those side by side as one; without bold where the marks
    find no room in `limit` characters."""
    text = clean(text)
    spans: list[tuple[int, int]] = []
    for token in sorted(tokens(text), key=lambda token: token.start) if words else ():
        if token.form not in words:
            continue
        if spans and token.start <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], token.end))
        else:
            spans.append((token.start, token.end))
    if not spans:
        return safe(text, limit)
    made, done = "", 0
    for start, end in spans:
        made += inert(text[done:start]) + f"**{inert(text[start:end])}**"
        done = end
    made += inert(text[done:])
    return made if len(made) <= limit else safe(text, limit)


def around(text: str, wording: str, room: int = 60) -> str:
    """The first place of a wording in a clean text, inert and in bold, with up to `room` characters on either side."""
    at = text.find(wording)
    if at < 0 or not wording:
        return f"**{inert(wording)}**"
    first, last = max(0, at - room), min(len(text), at + len(wording) + room)
    if first and (blank := text.find(" ", first, at)) >= 0:
        first = blank + 1
    if last < len(text) and (blank := text.rfind(" ", at + len(wording), last)) >= 0:
        last = blank
    before, behind = text[first:at], text[at + len(wording) : last]
    return f"{'…' * bool(first)}{inert(before)}**{inert(wording)}**{inert(behind)}{'…' * (last < len(text))}"


def author_meant(paper: Paper, words: Set[str]) -> str:
    """The author behind the first ones who has most of the words that the title lacks, as printed; empty for none."""
    sought = words - set(scan(plain(paper.title)).forms)
    best, most = "", 0
    for number, author in enumerate(paper.authors if sought else ()):
        here = len(sought & set(scan(plain(author.name)).forms))
        if here > most:
            best, most = ("" if number < NAMED else plain(author.name)), here
    return best
