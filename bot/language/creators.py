"""Lists of people as upstreams print them in one field. PURE."""

from __future__ import annotations

from bot.language.names import LONGEST, SUFFIX


def split_creators(text: str) -> list[tuple[str, str | None]]:
    """Reads arXiv's `dc:creator`: names joined by ", " in one string, affiliations in parentheses (they may hold commas
    and parentheses), suffixes behind a comma (`, Jr.`). TeX stays in the names. Returns (name, affiliation or None)."""
    people: list[tuple[str, str | None]] = []
    for part in _top_level(text):
        opened = part.find("(")
        name = " ".join((part if opened < 0 else part[:opened]).split())
        affiliation = None
        if opened >= 0:
            inner = part[opened + 1 :].rstrip()
            inner = inner[:-1] if inner.endswith(")") else inner
            affiliation = " ".join(inner.split()) or None
        if SUFFIX.fullmatch(name) and people:
            before, known = people[-1]
            people[-1] = (f"{before}, {name}" if len(before) < LONGEST else before, known or affiliation)
        elif name:
            people.append((name, affiliation))
        elif affiliation and people and people[-1][1] is None:
            people[-1] = (people[-1][0], affiliation)
    return people


def _top_level(text: str) -> list[str]:
    """Splits at commas outside parentheses and braces; an unclosed one is taken to close at the end."""
    parts, start, depth = [], 0, 0
    for at, character in enumerate(text):
        if character in "({":
            depth += 1
        elif character in ")}":
            depth = max(0, depth - 1)
        elif character == "," and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
