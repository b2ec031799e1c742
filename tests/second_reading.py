"""What a query means, a second time and naively: trees of tuples over plain words, and generated ones with their texts.

It shares no code with `bot.query`, but for what a word is (`bot.language`): no parser, no percolator, no index.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.language.name_matching import compatible
from bot.language.names import parse as parse_name
from bot.language.stems import GRAMMAR, TELLING, stem
from bot.language.text import plain
from bot.models import Paper
from tests.test_query import Part, joined, naive_words, readings

Tree = tuple[Any, ...]
"""("and" | "or" | "not", *trees), ("word", where, text), ("phrase", where, text), ("start", where, start), ("by", name),
("in", code), ("first", code), ("count", fact, sign, number), ("flag", name)."""


@dataclass(frozen=True)
class Read:
    """One text: what can be read at each position, where each root stands, and its forms."""

    at: dict[int, list[tuple[frozenset[str], int]]]
    starts: dict[str, set[int]]
    forms: tuple[str, ...]
    every: frozenset[str]


@functools.lru_cache(maxsize=100)
def read(raw: str) -> Read:
    chains = naive_words(raw)
    at: dict[int, list[tuple[frozenset[str], int]]] = {}
    starts: dict[str, set[int]] = {}
    every = set()
    for position, part, after in readings(chains):
        at.setdefault(position, []).append((part.roots, after))
        every.add(part.form)
        for root in part.roots:
            starts.setdefault(root, set()).add(position)
    return Read(at, starts, tuple(part.form for chain in chains for part in chain), frozenset(every))


def texts(paper: Paper, where: str) -> list[str]:
    crowd = paper.community
    return {
        "": [paper.title, paper.abstract],
        "ti": [paper.title],
        "abs": [paper.abstract],
        "kw": list(crowd.keywords) if crowd else [],
        "co": [paper.comment or ""],
        "jr": [paper.journal_ref or ""],
        "org": [crowd.organization.name, crowd.organization.handle] if crowd and crowd.organization else [],
    }[where]


@functools.cache
def sequences(text: str) -> list[list[Part]]:
    wanted = naive_words(text)
    found = [[part for chain in wanted for part in chain], [joined(chain) for chain in wanted]]
    if len(found[0]) == 1 and (form := found[0][0].form) and (form in GRAMMAR or stem(form) != form):
        found.append([Part(form, frozenset((form.upper(),)))])
    return found


def has_word(text: str, raw: str) -> bool:
    seen = read(raw)
    for sequence in sequences(text):
        ends = set().union(*(seen.starts.get(root, set()) for root in sequence[0].roots))
        for part in sequence:
            ends = {after for here in ends for roots, after in seen.at.get(here, ()) if roots & part.roots}
        if ends:
            return True
    return False


def has_phrase(text: str, raw: str) -> bool:
    flat, forms = read(raw).forms, tuple(part.form for chain in naive_words(text) for part in chain)
    return any(flat[i : i + len(forms)] == forms for i in range(len(flat) - len(forms) + 1))


def count_of(paper: Paper, fact: str) -> int | None:
    crowd = paper.community
    if crowd is None:
        return None
    return {"upvotes": crowd.upvotes, "comments": crowd.comments, "stars": crowd.code_stars}[fact]


FLAGS: dict[str, Callable[[Paper], bool]] = {
    "has:summary": lambda paper: paper.community is not None and bool(paper.community.summary),
    "has:org": lambda paper: paper.community is not None and paper.community.organization is not None,
    "is:cross": lambda paper: len(paper.categories) > 1,
    "is:withdrawn": lambda paper: paper.withdrawn,
}
SIGNS: dict[str, Callable[[int, int], bool]] = {
    ">=": lambda a, b: a >= b, ">": lambda a, b: a > b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "=": lambda a, b: a == b,
}  # fmt: skip


def agrees(tree: Tree, paper: Paper) -> bool:
    """Whether the paper is what the tree says."""
    kind, *rest = tree
    if kind == "and":
        return all(agrees(part, paper) for part in rest)
    if kind == "or":
        return any(agrees(part, paper) for part in rest)
    if kind == "not":
        return not agrees(rest[0], paper)
    if kind == "word":
        return any(has_word(rest[1], raw) for raw in texts(paper, rest[0]))
    if kind == "phrase":
        return any(has_phrase(rest[1], raw) for raw in texts(paper, rest[0]))
    if kind == "start":
        return any(form.startswith(rest[1]) for raw in texts(paper, rest[0]) for form in read(raw).every)
    if kind == "by":
        wanted = parse_name(rest[0])
        return any(compatible(wanted, parse_name(author.name)) is not None for author in paper.authors)
    if kind in ("in", "first"):
        own = paper.categories if kind == "in" else paper.categories[:1]
        return any(code == rest[0] or code.partition(".")[0] == rest[0] for code in own)
    if kind == "count":
        value = count_of(paper, rest[0])
        return value is not None and SIGNS[rest[1]](value, rest[2])
    return FLAGS[rest[0]](paper)


def written(tree: Tree, rng: random.Random, above: str = "") -> str:
    """The tree as somebody may write it."""
    kind, *rest = tree
    if kind == "and":
        text = rng.choice((" ", " ", " AND ")).join(written(part, rng, kind) for part in rest)
        return f"({text})" if above in ("and", "not") or (above and rng.random() < 0.3) else text
    if kind == "or":
        text = rng.choice((" OR ", " | ", "|")).join(written(part, rng, kind) for part in rest)
        return f"({text})" if above else text
    if kind == "not":
        inner = written(rest[0], rng, kind)
        return rng.choice(("-", "NOT ")) + (f"({inner})" if rest[0][0] == "not" else inner)
    if kind in ("word", "phrase", "start"):
        long = {
            "ti": "title",
            "abs": "abstract",
            "kw": "keyword",
            "co": "comment",
            "jr": "journal",
            "org": "organization",
        }
        field = f"{rng.choice((rest[0], rest[0].upper(), long[rest[0]]))}:" if rest[0] else ""
        return field + {"word": "{}", "phrase": '"{}"', "start": "{}*"}[kind].format(rest[1])
    if kind == "by":
        return f'{rng.choice(("au", "author"))}:"{rest[0]}"'
    if kind in ("in", "first"):
        archive = ".*" if "." not in rest[0] and rng.random() < 0.5 else ""
        return f"{'cat' if kind == 'in' else 'primary'}:{rest[0]}{archive}"
    if kind == "count":
        gap = rng.choice(("", " "))
        return f"{rest[0]}{gap}{rest[1]}{gap}{rest[2]}"
    return str(rest[0])


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")


def generated(rng: random.Random, papers: Sequence[Paper], depth: int = 3) -> Tree:
    """A tree out of the papers' own words and facts."""
    dice = rng.random()
    if depth and dice < 0.62:
        parts = tuple(generated(rng, papers, depth - 1) for _ in range(rng.randint(2, 3)))
        return ("and" if dice < 0.4 else "or", *parts)
    if depth and dice < 0.74:
        return "not", generated(rng, papers, depth - 1)
    return leaf(rng, rng.choice(papers), rng.random())


def leaf(rng: random.Random, paper: Paper, dice: float) -> Tree:
    where = rng.choice(("", "", "", "", "ti", "abs", "kw", "co", "org"))
    words = [w for raw in texts(paper, where) for w in _PLAIN.findall(plain(raw)) if not TELLING.search(w)]
    words = [w for w in words if w not in ("AND", "OR", "NOT")] or ["robot"]
    at = rng.randrange(len(words))
    if dice < 0.5:
        return "word", where, words[at]
    if dice < 0.6:
        return "phrase", where, " ".join(words[at : at + rng.randint(1, 3)])
    if dice < 0.7:
        start = next((w for w in words[at:] if "-" not in w and len(w) > 4), "learn").lower()
        return "start", where, start[: rng.randint(3, len(start))]
    if dice < 0.78 and paper.authors:
        names = [a.name for a in paper.authors if re.fullmatch(r"[A-Za-z]+ [A-Za-z]+", a.name)]
        return ("by", rng.choice(names)) if names else ("flag", "is:cross")
    if dice < 0.88 and paper.categories:
        code = rng.choice(paper.categories)
        return rng.choice(("in", "in", "first")), rng.choice((code, code, code.partition(".")[0]))
    if dice < 0.96:
        return "count", rng.choice(("upvotes", "comments", "stars")), rng.choice(tuple(SIGNS)), rng.randint(0, 30)
    return "flag", rng.choice(tuple(FLAGS))
