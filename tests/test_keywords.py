"""What a keyword means, held against real papers by a second reader that knows nothing of the first."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.language.tables import paired
from bot.language.text import plain
from bot.query.document import analyse
from bot.query.language import parse
from bot.query.percolator import Percolator
from tests.amount import real_rows

#: `shared/cases/r2-41-keyword-signs.txt`, and its siblings.
SIGNS = [
    (".NET", "A net of sensors", False),
    (".NET", "Typing in .NET", True),
    ("AIDS", "A hearing aid for children", False),
    ("AIDS", "AIDS", True),
    ("AIDS", "HIV/AIDS", True),
    ("AI", "AIs that explain themselves", True),
]


@pytest.mark.parametrize(("keyword", "text", "expected"), SIGNS)
def test_signs_and_capitals_are_part_of_a_word(keyword: str, text: str, expected: bool) -> None:
    assert parse(keyword).matches(analyse(text, "")) is expected


# --- the second reader: every way to read a word that a person could think of, and a list of what it gets wrong

IRREGULAR = {
    "matrices": "matrix", "vertices": "vertex", "indices": "index", "corpora": "corpus", "criteria": "criterion",
    "phenomena": "phenomenon", "nuclei": "nucleus", "spectra": "spectrum", "hypotheses": "hypothesis",
    "analyses": "analysis", "diagnoses": "diagnosis", "syntheses": "synthesis", "axes": "axis", "minima": "minimum", "maxima": "maximum",
    "optima": "optimum", "automata": "automaton", "stimuli": "stimulus", "radii": "radius", "lives": "life",
    "children": "child", "women": "woman", "men": "man", "mice": "mouse", "feet": "foot", "teeth": "tooth",
    "halves": "half", "bases": "basis", "formulae": "formula", "media": "medium", "momenta": "momentum",
    "bacteria": "bacterium", "curricula": "curriculum", "equilibria": "equilibrium", "supernovae": "supernova",
    "leaves": "leaf",
}  # fmt: skip
#: Letters that differ between British and American spelling, wherever they stand: too much, and that is the point.
SPELLED = [
    (r"is(?=e|ing|ation|ab)", "iz"), (r"our", "or"), (r"(?<=[bt])re(?=s?$|d$)", "er"), (r"ll(?=ed|ing|er)", "l"),
    (r"ogue", "og"), (r"ys(?=e|ing)", "yz"), (r"ae|oe", "e"), (r"ence(?=s?$)", "ense"), (r"^grey", "gray"),
    (r"disc(?=s?$)", "disk"), (r"ramme(?=s?$)", "ram"), (r"dgement", "dgment"), (r"sulph", "sulf"), (r"artef", "artif"),
    (r"learnt", "learned"), (r"cuss(?=ed|ing)", "cus"),
]  # fmt: skip
#: What the second reader joins and the first keeps apart, because these are two words.
TWO_WORDS = set(
    map(
        frozenset[str],
        paired(
            """
            physics/physic dynamics/dynamic mechanics/mechanic optics/optic semantics/semantic statics/static ethics/ethic
            kinematics/kinematic robotics/robotic linguistics/linguistic electronics/electronic acoustics/acoustic
            graphics/graphic analytics/analytic genomics/genomic thermodynamics/thermodynamic photonics/photonic
            diagnostics/diagnostic aesthetics/aesthetic intrinsics/intrinsic moe/mae for/four plan/planes live/lives
            states/stat cues/cu loss/los modes/mod me/moe maes/moe
            """
        ).items(),
    )
)


@cache
def spelled(word: str) -> str:
    for pattern, replacement in SPELLED:
        word = re.sub(pattern, replacement, word)
    return word


@cache
def readings(word: str) -> frozenset[str]:
    """The word, what it is the plural of, and all these in American letters."""
    found = {word, IRREGULAR.get(word, word)}
    if len(word) > 3 and word.endswith("s"):
        found.add(word[:-1])
        if word.endswith("es"):
            found.add(word[:-2])
        if word.endswith("ies"):
            found.add(word[:-3] + "y")
    return frozenset(found | set(map(spelled, found)))


def words(raw: str) -> Iterator[str]:
    """The words of a text in small letters; those with a hyphen also in one. Capitals before a final S, which is then no
    plural's, are marked."""
    text = "".join(c for c in unicodedata.normalize("NFKD", plain(raw)) if not unicodedata.combining(c))
    text = re.sub(r"(?<=[A-Za-z0-9])['’][sS]\b", "", text)
    for chain in re.findall(r"[A-Za-z0-9]+(?:[-‐‑–'’][A-Za-z0-9]+)*", text):
        parts = [
            "!" + part.lower() if re.fullmatch(r"[A-Z]{2,}S", part) else part.lower()
            for part in re.split(r"[^A-Za-z0-9]", chain)
        ]
        yield from parts
        yield from ("".join(pair).replace("!", "") for pair in itertools.pairwise(parts))
        if 3 <= len(parts) <= 6:
            yield "".join(parts).replace("!", "")


def test_real_keywords_fire_on_their_own_words_alone(data: Path) -> None:
    """The commonest keywords of a year of daily papers against papers of arXiv."""
    counts: Counter[str] = Counter()
    for row in real_rows(data / "hf_daily_dev.jsonl.gz"):
        for keyword in row.get("ai_keywords") or ():
            counts.update(re.findall(r"\b[a-z]{3,}\b", keyword.lower()))
    keywords = [keyword for keyword, _ in counts.most_common(1_200)]
    rows = list(real_rows(data / "arxiv_dev.jsonl.gz", step=40))
    wanted: dict[str, set[str]] = {}
    for keyword in keywords:
        for reading in readings(keyword):
            wanted.setdefault(reading, set()).add(keyword)
    standing = Percolator()
    for number, keyword in enumerate(keywords):
        standing.add(number, parse(keyword))
    disagreed: Counter[tuple[str, str]] = Counter()
    alerts = 0
    for row in rows:
        fired = {keywords[number] for number in standing.ids(analyse(row["title"], row["abstract"]))}
        alerts += len(fired)
        present = set(words(row["title"])) | set(words(row["abstract"]))
        why: dict[str, set[str]] = {}
        for word in present:
            for reading in [word[1:]] if word.startswith("!") else readings(word):
                for keyword in wanted.get(reading, ()):
                    if not word.startswith("!") or keyword == word[1:]:
                        why.setdefault(keyword, set()).add(word)
        for keyword in fired ^ why.keys():
            disagreed.update((keyword, word) for word in why.get(keyword, {"fires alone"}))
    print(f"{len(keywords)} keywords, {len(rows)} papers, {alerts} alerts, {len(disagreed)} disagreements: {disagreed}")
    unexplained = {pair: count for pair, count in disagreed.items() if frozenset(pair) not in TWO_WORDS}
    assert unexplained == {}
    assert alerts > 10_000
