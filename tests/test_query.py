"""What the query language promises: its meaning, its errors, its text, and that the index is asked for enough."""

from __future__ import annotations

import contextlib
import random
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.language.stems import GRAMMAR, TELLING, further_stems, stem, stem_of_capitals, stem_of_joined
from bot.language.text import plain
from bot.language.tokens import Token, tokens
from bot.query.document import Document, analyse
from bot.query.language import And, Not, Phrase, Query, Word, index_text, parse
from bot.query.percolator import Percolator
from tests.amount import real_rows
from tests.properties import rounds, tries
from tests.steps import lines_run


def agrees(query: str, title: str, abstract: str = "") -> bool:
    return parse(query).matches(analyse(title, abstract))


# --- meaning


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("diffusion", "Diffusion models", True),
        ("diffusion policy", "Policy learning by diffusion", True),
        ("diffusion policy", "Diffusion models", False),
        ("diffusion AND policy", "Policy by diffusion", True),
        ("RL", "World models", False),
        ("RL", "An RL agent", True),
        ("rl", "An RL agent", True),
        ("GAN", "Organ segmentation", False),
        ("GAN", "GANs are unstable", True),
        ("RAG", "Ragged arrays", False),
        ("transformers", "A Transformer", True),
        ("transformer", "Vision transformers", True),
        ("policy", "Two policies", True),
        ("experiment", "Long experience", False),
        ("matching", "It matches", False),
        ("match", "It matches", True),
        ("reasoning", "They reason", False),
        ("grounding", "Grounded facts", False),
        ("diffusion -learning", "Learned diffusion", True),
        ("model", "The model's and the models’ parts", True),
        ("matrix", "Random submatrices", False),
        ("submatrix", "Random submatrices", True),
        ("bias", "Biases", True),
        ("bias", "Biased", False),
        ("dynamics", "A dynamic view", False),
        ("news", "New results", False),
        ("Adam", "The Adams-Bashforth method", False),
        ("Gröbner basis", "On Gröbner bases", True),
        ("Gröbner bases", "A Gröbner basis", True),
        ("knowledge base", "Knowledge bases", True),
        ("basis", "A base", False),
        ("medium", "Porous media", True),
        ("media", "A porous medium", False),
        ("behaviour", "Behaviors", True),
        ("behavior", "Of behaviours", True),
        ("optimisation", "Optimization", True),
        ("modelling", "Modeling", True),
        ("labelled", "Labeled data", True),
        ("labelled", "Unlabeled data", False),
        ("multi-centre", "A multicenter trial", True),
        ("dataset", "Two data-sets", True),
        ("datasets", "A data-set", True),
        ("line", "By Li-Ning", False),
        ("lines", "By Li-Nes", False),
        ("mate", "By Ma-Tes", False),
        (".NET", "A net of sensors", False),
        (".NET", "Typing in .NET and p = .05", True),
        (".net", "ASP.NET Core", True),
        ("net", "Typing in .NET", False),
        ("net", "A neural net.", True),
        ("A*", "A study", False),
        ("A*", "Faster A* search", True),
        ("C*-algebra", "On $C^*$-algebras", True),
        ("AIDS", "A hearing aid for children", False),
        ("AIDS", "Hearing aids", False),
        ("AIDS", "AIDS", True),
        ("AIDS", "HIV/AIDS in cities", True),
        ("AIDS", "HIV-AIDS in cities", True),
        ("AIDS", "AIDS IN CHILDREN", True),
        ("aids", "AIDS in cities", True),
        ("aids", "A hearing aid", True),
        ("aid", "AIDS in cities", False),
        ("aid", "HEARING AIDS", True),
        ("CoT", "A cot for children", False),
        ("CoT", "Cots in wards", False),
        ("CoT", "Faithful CoT", True),
        ("CoT", "CoTs and CoT-based search", True),
        ("CoT", "On COT prompting", True),
        ("CoTs", "Faithful CoT", True),
        ("CoT-SC", "Sampling with CoT-SC", True),
        ("cot", "Faithful CoT", True),
        ("cot", "A cot for children", True),
        ("CoT", "COT AND MORE", True),
        ("RoPE", "Climbing a rope", False),
        ("ropes", "On ROPE scaling", True),
        ("ropes", "Why RoPEs fail", True),
        ("ropes", "ROPEs everywhere", True),
        ("ropes", "The ROPES data set", True),
        ("rope", "The ROPES data set", True),
        ("RoPEs", "Climbing ropes", False),
        ("RoPE", "Scaling RoPEs", True),
        ("ToT", "ToT prompting", True),
        ("SiT", "We sit down", False),
        ("ViT", "A vit-b backbone", True),
        ("LoRA", "With lora adapters", True),
        ("LiDAR", "From lidar scans", True),
        ("person", "How people walk", True),
        ("people", "A person walks", True),
        ("persons", "How people walk", True),
        ("person", "People's privacy", True),
        ("people", "Peoples of the Arctic", False),
        ("person", "Personal data", False),
        ("datum", "Much data", False),
        ("data", "A geodetic datum", False),
        ("AI", "AIs that explain themselves", True),
        ("AIs", "Explainable AI", True),
        ("AI", "AI's limits", True),
        ("GP", "GPs and GPS", True),
        ("GP", "GPS", False),
        ("GPS", "GPs", False),
        ("gps", "GPS", True),
        ("LLMs", "An LLM", True),
        ("llms", "An LLM", True),
        ("LLM", "LLM's and LLMs", True),
        ("SARS", "SAR imaging", False),
        ("GOODS", "The public good", False),
        ("good", "The GOODS survey", False),
        ("goods", "The GOODS survey", True),
        ("FOUNDATION MODELS", "A foundation model", True),
        ("fMRI", "Many fMRIs", True),
        ("US", "This allows us to learn", False),
        ("US", "Elections in the US", True),
        ("us", "Elections in the US", True),
        ("IT", "We show it", False),
        ("WHO", "Guidelines of the WHO", True),
        ("diffusion -US", "Diffusion helps us", True),
        ('"matching"', "It matches", False),
        ('"diffusion models"', "Latent diffusion models", True),
        ('"diffusion models"', "Diffusion and models", False),
        ('"diffusion models"', "Diffusion model", False),
        ('"Diffusion Models"', "diffusion models", True),
        ('"fine tuning"', "On fine-tuning", True),
        ('"fine-tuning"', "On fine tuning", True),
        ("fine-tuning", "On fine-tuning", True),
        ("fine-tuning", "On fine tuning", True),
        ("fine-tuning", "On finetuning", True),
        ("fine-tuning", "Fine-tuned models", False),
        ("fine-tuning", "Tuning is fine", False),
        ("finetuning", "On fine-tuning", True),
        ("finetuning", "On finetuning", True),
        ("finetuning", "Fine-tuned models", False),
        ("finetuning", "On fine tuning", False),
        ("GPT-3.5", "GPT-3.5 turbo", True),
        ("GPT-3.5", "GPT3.5 turbo", True),
        ("GPT3.5", "GPT-3.5 turbo", True),
        ("GPT-4", "GPT 3 and 4", False),
        ("the/gpt4", "Ask the GPT-4 model", True),
        ("K-means", "k means and kmeans", True),
        ("3D", "A 3-D scene", True),
        ("state-of-the-art", "The state of the art", True),
        ("C++", "A C++ library", True),
        ("C++", "Vitamin C", False),
        ("C", "A C++ library", False),
        ("c#", "In C#", True),
        (r"Schr\"odinger", "The Schrodinger equation", True),
        ("schrodinger", r"The Schr\"odinger equation", True),
        ("Schrödinger", r"The Schr{\"o}dinger's equation", True),
        (r"$\alpha$", "An alpha particle", True),
        ("alpha", r"$\alpha$-stable noise", True),
        ("lambdaCDM", r"$\Lambda$CDM cosmology", True),
        ("机器学习", "关于机器学习的论文", True),
        ("机学", "机器学习", False),
        ("diffusion -image", "Diffusion of images", False),
        ("diffusion -image", "Diffusion of heat", True),
        ("diffusion NOT image", "Diffusion of images", False),
        ('diffusion -"image models"', "Diffusion image model", True),
        ('diffusion -"image models"', "Diffusion image models", False),
        ("diffusion - image", "Diffusion of images", True),
        ("(diffusion), policy!", "diffusion: policy", True),
        ("“latent space”", "A latent space", True),
        ("alzheimers", "Alzheimer's disease", True),
        ("learning", "Federated learning", True),
    ],
)
def test_meaning(query: str, text: str, expected: bool) -> None:
    assert agrees(query, text) is expected
    assert agrees(query, "Nothing here", text) is expected


def test_words_may_stand_in_different_fields_but_a_phrase_in_one() -> None:
    assert agrees("diffusion policy", "Diffusion", "A policy")
    assert not agrees('"diffusion policy"', "Diffusion", "policy")
    assert not agrees("diffusion -policy", "Diffusion", "A policy")


def test_the_tree_is_frozen_values() -> None:
    query = parse('a "b c" -d')
    assert isinstance(query.root, And)
    assert [type(part) for part in query.root.parts] == [Word, Phrase, Not]
    assert parse("Transformers  GPT-4") == parse("transformer gpt-4")
    assert len({parse("Policy"), parse("policies")}) == 1
    assert parse("a a -b -b") == parse("a -b")


def test_queries_that_mean_the_same_are_equal() -> None:
    same = [
        "diffusion Diffusion diffusions", "LLM LLMs llms", "behaviour behaviors", "matrix matrices", "world|world-",
        "diffusion policy|policies diffusion", '-b a "c d"|"C d" a -b', "a b a|b a",
    ]  # fmt: skip
    for texts in same:
        apart = texts.split("|") if "|" in texts else texts.split()
        assert len({parse(text) for text in apart}) == 1, texts
    for texts in (
        "AIDS|aid",
        "AIDS|aids",
        "IT|it",
        "a -b|a b",
        "a b|a-b",
        '"a b"|"b a"',
        '"a b"|a b',
        "GPS|GPs",
        ".NET|net",
    ):
        first, second = texts.split("|")
        assert parse(first) != parse(second), texts


def test_equal_queries_that_hold_for_different_papers_are_kept_apart() -> None:
    standing = Percolator()
    standing.add(1, parse("good"))
    standing.add(2, parse("goods"))
    assert parse("good") == parse("goods")
    assert standing.ids(analyse("The GOODS survey", "")) == [2]
    assert sorted(standing.ids(analyse("A public good", ""))) == [1, 2]
    standing.remove(2, parse("goods"))
    assert standing.ids(analyse("The GOODS survey", "")) == []
    assert standing.ids(analyse("Goods", "")) == [1]
    doc = analyse("The GOODS survey", "")
    assert [parse(text).hits(doc) for text in ("good", "goods", "good")][::2] == [(), ()]
    assert parse("goods").hits(doc)[0].text == "GOODS"


# --- hits and explanations


def test_hits_show_the_papers_own_wording() -> None:
    doc = analyse("Fine-tuning Policies", r"About Schr\"odinger's equation and GPT-3.5.")
    found = parse('policy finetuning Schrodinger "gpt 3 5"').hits(doc)
    assert [(h.term, h.field, h.text) for h in found] == [
        ("policy", "title", "Policies"),
        ("finetuning", "title", "Fine-tuning"),
        ("Schrodinger", "abstract", "Schrödinger"),
        ('"gpt 3 5"', "abstract", "GPT-3.5"),
    ]


def test_an_explanation_names_what_is_missing_and_what_blocks() -> None:
    doc = analyse("Diffusion for images", "A study.")
    explained = parse("diffusion policy -image").explain(doc)
    assert not explained.agrees
    assert explained.missing == ("policy",)
    assert [(h.term, h.text, h.field) for h in explained.blocked] == [("image", "images", "title")]
    assert "policy is neither in the title nor in the abstract" in str(explained)
    assert "image is excluded, but “images” is in the title" in str(explained)
    assert str(parse("diffusion").explain(doc)) == "Matches: diffusion – “Diffusion” (title)"


# --- errors


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("!!! …", 0, "only punctuation"),
        ("!!! … ()", 6, "no word between these parentheses"),
        ('diffusion "policy', 10, "closing quotation mark"),
        ('"', 0, "closing quotation mark"),
        ('a ""', 2, "no word between"),
        ('a "!"', 2, "no word between"),
        ("-image", 0, "at least one word"),
        ('-"image models" -b', 0, "at least one word"),
        ("NOT a", 0, "at least one word"),
        ("a" * 501, 500, "at most 500"),
        (" ".join(f"w{i}" for i in range(51)), 190, "at most 50 terms"),
    ],
)
def test_a_bad_query_is_refused_with_the_place_and_the_way_out(text: str, position: int, says: str) -> None:
    with pytest.raises(QueryError, match=re.escape(says)) as caught:
        parse(text)
    assert caught.value.position == position
    assert str(caught.value).endswith(".")


# --- text


PIECES = st.sampled_from(
    ["diffusion", "Policy", "GPT-4", "GPT-3.5", "fine-tuning", "C++", "c#", "-", '"', '"', " ", " ", "-", "AND", "OR", "NOT",
     "机器", "Schr\\\"odinger", "$\\alpha$", "é", "ß", "'s", "L'Hôpital", "“", "”", "\\", "|", "(", ")", "*", "ti:", "x_i",
     "a/b", "3D", ".NET", "A*", "AIDS", "GPs", "US", "bases", "Data-Sets",
     "--", "---", "``", "''", "~", "{", "}", "&amp;", "\u0301", "\u200b", "AND.", "\\'", "½", "²", "ﬁ", "İ", "_"]
)  # fmt: skip


def check_identity(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    again = parse(str(query))
    assert again == query
    assert str(again) == str(query)


@given(st.lists(PIECES, max_size=14).map("".join))
@tries(3_000)
def test_reading_the_canonical_text_gives_the_query(text: str) -> None:
    check_identity(text)


@given(st.text(max_size=80))
@tries(1_000)
@example("0-\ud7a4-ヿ")  # removed, it leaves two hyphens; and the form of ヿ is two words
@example('"0-\ud7a4-ヿ"')
@example("(AND)")
@example("中\ud7a4文--ゟ" * 20)
def test_reading_the_canonical_text_gives_the_query_for_any_text(text: str) -> None:
    check_identity(text)


def test_a_query_that_grows_too_long_when_it_is_written_out_is_refused() -> None:
    """U+FB2C is three characters once it is composed; what is kept must be readable again."""
    assert parse("\ufb2c" * 60)
    with pytest.raises(QueryError, match="written out, this one has 597"):
        parse("\ufb2c" * 199)


def test_canonical_text_keeps_the_wording() -> None:
    assert str(parse("0-\ud7a4-ヿ x")) == "0/ヿ x"
    assert parse("0-\ud7a4-ヿ").matches(analyse("Part 0 ヿ", ""))
    assert str(parse('  GPT-4   (Transformers)  -"Image  Models" ')) == 'GPT-4 Transformers -"Image Models"'
    assert str(parse(r"Schr\"odinger")) == "Schrödinger"


# --- hostile texts


HOSTILE = ['"', "'", "*", "(", ")", "^", "NEAR(", "AND", "OR", "NOT", "-", "--", "a", "b c", "{title}", ":", "+", ";", "\x00",
           "\ud800", "é", "中", "𝔘", "%", "\\", "$", "(a+)+$", "\u202e", "title:", "x" * 70, "a-" * 40, "''", "1"]  # fmt: skip


def test_two_thousand_hostile_texts_raise_query_errors_at_most() -> None:
    rng = random.Random(11)
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE f USING fts5(title, abstract, authors, content='', tokenize='ascii')")
    doc = analyse("a title", "b c é 中")
    read = 0
    for _ in range(2_000):
        text = "".join(rng.choice(HOSTILE) + rng.choice(["", " "]) for _ in range(rng.randint(0, 25)))
        try:
            query = parse(text)
        except QueryError:
            continue
        read += 1
        query.matches(doc)
        str(query.explain(doc))
        db.execute("SELECT rowid FROM f WHERE f MATCH ?", (query.index_expression(),)).fetchall()
    db.close()
    assert read > 300


@pytest.mark.parametrize("unit", ["a-", '"a" ', "\\", "中", "a'", "é", "-a ", "a.", "{"])
def test_the_longest_query_is_little_work_to_read_and_to_ask(unit: str) -> None:
    text = (unit * 500)[:500]
    assert lines_run(lambda: parse(text).index_expression()) < 60 * len(
        text
    )  # a blow-up is some thousand for each character
    with contextlib.suppress(QueryError):
        assert parse(text).index_expression().count('"') <= 500


# --- a second, naive implementation of the meaning


@dataclass(frozen=True)
class Part:
    """A word of a text: its form, and all that it may be compared by."""

    form: str
    roots: frozenset[str]


def part_of(text: str, token: Token) -> Part:
    run = text[token.start : token.end]
    if TELLING.fullmatch(run) and not text.isupper():
        return Part(token.form, frozenset((stem_of_capitals(run),)))
    said = (stem_of_capitals(run),) if TELLING.fullmatch(run) else ()
    return Part(token.form, frozenset((stem(token.form), *further_stems(token.form), *said)))


def naive_words(raw: str) -> list[list[Part]]:
    """The text as chains of hyphenated parts, by `tokens` alone: [["fine", "tuning"], ["of"], …]."""
    text = plain(raw)
    words = [t for t in tokens(text) if t.width == 1]
    chains: list[list[Part]] = []
    for before, word in zip([None, *words], words, strict=False):
        between = text[before.end : word.start] if before else " "
        possessive = re.fullmatch(r"['’][sS]([-‐‑–'’])", between)
        if (len(between) == 1 and between in "-‐‑–'’") or possessive:
            chains[-1].append(part_of(text, word))
        else:
            chains.append([part_of(text, word)])
    return chains


def joined(parts: list[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    form = "".join(part.form for part in parts)[:64]
    return Part(form, frozenset((stem_of_joined(form, parts[-1].form),)))


def readings(chains: list[list[Part]]) -> Iterator[tuple[int, Part, int]]:
    """(position, word, next position) for every word and every joined form the language knows."""
    at = 0
    for chain in chains:
        for i in range(len(chain)):
            for j in range(i + 1, len(chain) + 1):
                if j - i <= 2 or (i == 0 and j == len(chain) <= 6):
                    yield at + i, joined(chain[i:j]), at + j
        at += len(chain)


def naive_term(term: str, raws: tuple[str, str]) -> bool:
    """One term, which is no word whose capitals say something."""
    phrase = term.startswith('"')
    wanted = naive_words(term.strip('"'))
    sequences = [[part for chain in wanted for part in chain]]
    if not phrase:
        sequences.append([joined(chain) for chain in wanted])
    if len(sequences[0]) == 1 and (form := sequences[0][0].form) and (form in GRAMMAR or stem(form) != form):
        sequences.append([Part(form, frozenset((form.upper(),)))])
    for raw in raws:
        chains = naive_words(raw)
        if phrase:
            flat = [part.form for chain in chains for part in chain]
            forms = [part.form for part in sequences[0]]
            if any(flat[i : i + len(forms)] == forms for i in range(len(flat) - len(forms) + 1)):
                return True
            continue
        steps = list(readings(chains))
        for sequence in sequences:
            ends = {position for position, _, _ in steps}
            for part in sequence:
                ends = {after for position, seen, after in steps if position in ends and seen.roots & part.roots}
            if ends:
                return True
    return False


def naive_matches(terms: list[str], raws: tuple[str, str]) -> bool:
    return all(naive_term(term.removeprefix("-"), raws) is not term.startswith("-") for term in terms)


def generated(rng: random.Random, texts: list[str], count: int) -> Iterator[list[str]]:
    """Queries out of the papers' own words, as lists of terms: words, joined words, phrases, exclusions."""
    for _ in range(count):
        terms: list[str] = []
        for _ in range(rng.randint(1, 3)):
            words = [w.replace('"', "") for w in plain(rng.choice(texts)).split()]
            at, dice = rng.randrange(len(words)), rng.random()
            if dice < 0.5:
                term = words[at]
            elif dice < 0.75:
                term = '"' + " ".join(words[at : at + rng.randint(1, 3)]) + '"'
            elif dice < 0.85:
                term = words[at].replace("-", "")
            else:
                term = f"{words[at]}-{words[min(at + 1, len(words) - 1)]}"
            term = term.lstrip("-−–")
            if (
                term in ("AND", "OR", "NOT", "|")
                or not naive_words(term.strip('"'))
                or TELLING.search(term)
                or any(c in term for c in "“”„«»\\")
                or (not term.startswith('"') and any(c in term for c in "()|*:：<>=≥≤"))
            ):
                continue
            terms.append(f"-{term}" if terms and rng.random() < 0.25 else term)
        if terms:
            yield terms


def differential(papers: list[tuple[str, str]], queries: list[list[str]], naive_share: int) -> tuple[int, int]:
    """Checks superset, equality after the filter, and the naive meaning. Returns (pairs that match, candidates)."""
    docs: list[Document] = [analyse(title, abstract) for title, abstract in papers]
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE f USING fts5(title, abstract, authors, content='', tokenize='ascii')")
    for number, (title, abstract) in enumerate(papers):
        db.execute(
            "INSERT INTO f (rowid, title, abstract) VALUES (?, ?, ?)", (number, index_text(title), index_text(abstract))
        )
    pairs = candidates = 0
    for terms in queries:
        try:
            query: Query = parse(" ".join(terms))
        except QueryError:  # what is wanted is excluded, too
            assert not any(naive_matches(terms, raws) for raws in papers[::naive_share]), terms
            continue
        found = {row for (row,) in db.execute("SELECT rowid FROM f WHERE f MATCH ?", (query.index_expression(),))}
        meant = {number for number, doc in enumerate(docs) if query.matches(doc)}
        assert meant <= found, f"the index is asked for too little: {terms}"
        for number in range(0, len(papers), naive_share):
            assert (number in meant) is naive_matches(terms, papers[number]), (terms, papers[number])
        pairs += len(meant)
        candidates += len(found)
    db.close()
    return pairs, candidates


OURS = [
    ("Fine-tuning of state-of-the-art models", "We fine tune GPT-4 and GPT3.5; finetuned policies match."),
    (
        r"The Schr\"odinger equation in $\Lambda$CDM",
        r"An $O(n^2)$ method for Lyman-$\alpha$ emitters, Schr{\"o}dinger's cat.",
    ),
    ("C++ and C# for K-means", "It's Alzheimer's; the author's-choice of k means, kmeans and 3-D."),
    ("关于机器学习的论文", "Vision–language–action models: a vision-language-action study."),
    (
        "AIDS and aids in the US",
        "GPs use GPS; bases, a basis, Data-Sets; it is IT. We use A* and ASP.NET, GOODS and goods.",
    ),
    ("HEARING AIDS", "Behaviours of modelled tumours in multi-centre trials; behavior, modeled, tumors, multicenter."),
    ("Policies and policy", "Matching matches the matched match. Well-known, well known, wellknown."),
]


def test_index_query_and_naive_meaning_agree_on_our_samples() -> None:
    rng = random.Random(2)
    queries = list(generated(rng, [text for paper in OURS for text in paper], rounds(1_200)))
    pairs, _ = differential(OURS, queries, 1)
    assert pairs > rounds(500)


def test_index_query_and_naive_meaning_agree_on_real_papers(data: Path) -> None:
    papers = [(row["title"], row["abstract"]) for row in real_rows(data / "arxiv_dev.jsonl.gz", 12_000, 20)]
    queries = list(generated(random.Random(8), [text for paper in papers for text in paper], 200))
    pairs, candidates = differential(papers, queries, 60)
    assert pairs > 1_000
    assert candidates < 3 * pairs + 20_000
