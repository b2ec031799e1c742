"""What `bot.language.text` and `bot.language.stems` promise: readable text, inert text, tokens."""

from __future__ import annotations

import random
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.language.dialects import _ISE, _LL, _PARTS, american, british
from bot.language.kin import kin
from bot.language.plurals import _ENDINGS, _WORDS, plurals, singular
from bot.language.stems import TELLING, spellings, stem
from bot.language.text import clean, plain
from bot.language.tokens import Token, index_text, scan, tokens
from bot.show.safe import excerpt, safe, shown
from bot.sources import documents
from tests.amount import real_rows
from tests.properties import tries
from tests.steps import lines_run


@pytest.fixture(scope="module")
def abstracts(data: Path) -> list[str]:
    """The first real abstracts."""
    return [row["abstract"] for row in real_rows(data / "arxiv_dev.jsonl.gz", 1_500)]


def forms(text: str) -> list[str]:
    return [token.form for token in tokens(plain(text))]


# --- TeX and HTML become what a reader sees


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (r"Schr\"odinger", "Schrödinger"),
        (r"Schr{\"o}dinger and Schr\"{o}dinger", "Schrödinger and Schrödinger"),
        (r"caf\'e, \'{E}cole, na\"{\i}ve", "café, École, naïve"),
        (r"{\o}re, \O stergaard, S{\o}ren, \L{}ukasz, \ae ther", "øre, Østergaard, Søren, Łukasz, æther"),
        (r"\v{C}ech, Erd\H{o}s, \c{C}elik, Fran\c cois", "Čech, Erdős, Çelik, François"),
        (r"Mu\~noz, Nguy\~ên, \^ile, \`a la, \=a, \.z, \u{g}, \k{a}, \r{a}", "Muñoz, Nguyễn, île, à la, ā, ż, ğ, ą, å"),
        (r"$\alpha$-particles and $\Lambda$CDM", "α-particles and ΛCDM"),
        (r"an $O(n^2)$ algorithm", "an O(n²) algorithm"),
        (r"$^{15}$N($p,\gamma _{0}$)$^{16}$O", "¹⁵N(p,γ₀)¹⁶O"),
        (r"$x_i$, $x_{ij}$, $T_{\rm eff}$, $2^{n+1}$, $e^{-x/2}$", "xᵢ, x_ij, T_eff, 2ⁿ⁺¹, e^(-x/2)"),
        (r"$M_\odot$ and M$_{\odot}$ at 20$^\circ$C, H$_2$O", "M⊙ and M⊙ at 20°C, H₂O"),
        (r"$\sim$10 and $\geq 5\times10^{-3}$", "∼10 and ≥ 5×10⁻³"),
        (r"\textbf{L}earning to \emph{see} with \mathrm{CNN}s", "Learning to see with CNNs"),
        (r"$\mathcal{O}(\log n)$ over $\mathbb{R}^n$", "O(log n) over ℝⁿ"),
        (r"{\it Fermi} and {\bf bold} {\em text}", "Fermi and bold text"),
        (r"as shown \citep{a,b} in \ref{x} here", "as shown in here"),
        (r"see \href{https://x.org}{our page}", "see our page"),
        (r"\textcolor{red}{warm} \texorpdfstring{$x$}{plain}", "warm plain"),
        ("``quoted'' and `single'", "“quoted” and 'single'"),
        ("a --- b, 1--2", "a — b, 1–2"),
        ("Fig.~1 of et~al., ~5 times", "Fig. 1 of et al., ~5 times"),
        (r"$\frac{a}{b}$, $\frac{a+1}{b}$, $\sqrt{2}$", "a/b, (a+1)/b, √2"),
        (r"100\% of R\&D, a\_b, \#1, \{x\}", "100% of R&D, a_b, #1, {x}"),
        (r"\ion{C}{iv} and \texttt{code}", "C IV and code"),
        ("{Braces} {a{r}e} gone", "Braces are gone"),
        ("between $5 and $10 a month", "between $5 and $10 a month"),
        ("$5-$10 million, $1.5M to $2M", "$5-$10 million, $1.5M to $2M"),
        ("costs $4 per test", "costs $4 per test"),
        ("two\nlines\n  here", "two lines here"),
        ("A &amp; B &lt; C &#177; 1 AT&T", "A & B < C ± 1 AT&T"),
        ("CO<sub>2</sub> <i>in vivo</i> 10<sup>3</sup>", "CO₂ in vivo 10³"),
        ("the <think> token and <3D>", "the <think> token and <3D>"),
        ("snake_case and f_NL stay, 10^6 rises", "snake_case and f_NL stay, 10⁶ rises"),
        (r"\method{} and \ours", "method and ours"),
        (r"P $\not=$ NP, $x\not\in A$, $\not\subset$ $\not\equiv$ $\not<$ $\not\to$", "P ≠ NP, x∉ A, ⊄ ≢ ≮ ↛"),
        (r"$a\centernot\implies b$, $\not\!\!E_T$, $\slashed{E}_T$, $\slashed\partial$", "a⇏ b, E̸_T, E̸_T, ∂̸"),
        (r"$A\nsubseteq B$, $p\nmid q$, $a\nleq b$, $G\ncong H$", "A⊈ B, p∤ q, a≰ b, G≇ H"),
        (r"$\mathcal N=4$, $\mathcal  {N}$, {\cal N}", "N=4, N, N"),
        (
            r"$n\log n$, $2\sin x\cos\theta$, $\log{n}$, $-\log p$, $O(\log n)$",
            "n log n, 2 sin x cos θ, log n, -log p, O(log n)",
        ),
        (r"$x\operatorname*{arg\,max}_y$, $\operatorname{rank}A$, $\mathop{\rm Tr}A$", "x arg max_y, rank A, Tr A"),
        (r"$\bra{\phi}H\ket{\psi}$, $\braket{a|b}$, $\braket{a}{b}$, $\ketbra{a}{b}$", "⟨ϕ|H|ψ⟩, ⟨a|b⟩, ⟨a|b⟩, |a⟩⟨b|"),
        (r"$\norm{x}\leq\abs{y}$, $\expval{H}$, $\set{x}$", "‖x‖≤|y|, ⟨H⟩, {x}"),
        (r"$A\xrightarrow{f}B$, $x\xleftarrow[a]{b}y$", "A→B, x←y"),
        (r"$a\equiv b\pmod p$, $a\bmod b$", "a≡ b (mod p), a mod b"),
        (
            r"$\overset{d}{=}$, $\stackrel{<}{_\sim}1$, $\underset{\sim}{>}2$, $\underset{x}{\max}f$",
            "=ᵈ, ≲1, ≳2, maxₓ f",
        ),
        (r"our\model{}s use \foo{bar}baz at 5\kilo\meter", "our models use foo barbaz at 5 kilometer"),
        ("e\u0301 composed", "é composed"),
        ("use --flag here", "use --flag here"),
        ("`code` stays", "`code` stays"),
        ("R. M\\ériot", "R. Mériot"),
        ("ends in \\", "ends in"),
    ],
)
def test_tex_is_said_in_unicode(raw: str, seen: str) -> None:
    assert plain(raw) == seen


def test_commands_never_leak() -> None:
    for command in (
        "textbf",
        "textit",
        "emph",
        "mathrm",
        "mathbf",
        "underline",
        "textsc",
        "boldsymbol",
        "cite",
        "label",
    ):
        for text in (
            f"a \\{command}{{word}} b",
            f"$\\{command}{{x}}$",
            f"\\{command}",
            f"\\{command}{{",
            f"\\{command} x",
        ):
            assert "\\" not in plain(text)
            assert "{" not in plain(text)


def test_no_backslash_command_survives_in_real_abstracts(abstracts: list[str]) -> None:
    assert [p for p in map(plain, abstracts) if re.search(r"\\[A-Za-z]", p)] == []


TEX = st.lists(st.sampled_from([*"\\{}$^_~`'-\"ab1 é&<>;#[]()%.\n", "\\frac", "\\textbf{", "\\'"])).map("".join)


@given(TEX)
@tries(500)
def test_plain_never_raises_and_is_one_clean_line(raw: str) -> None:
    seen = plain(raw)
    assert seen == clean(seen)
    assert "\n" not in seen


@given(st.text())
@tries(300)
def test_clean_is_idempotent_and_leaves_nothing_invisible(raw: str) -> None:
    seen = clean(raw)
    assert clean(seen) == seen
    assert not [c for c in seen if unicodedata.category(c)[0] == "C"]
    assert unicodedata.is_normalized("NFC", seen)


def test_hygiene_removes_what_turns_or_hides_text() -> None:
    assert clean("a\u202eb\u200bc\u2066d\ufeffe\x00f\ud800g\u00adh\ue000i\u3164j") == "abcdefghij"
    assert clean(" tab\tand\u00a0no-break\u2028line ") == "tab and no-break line"


def test_at_most_four_marks_stand_in_a_row() -> None:
    marks = "".join(
        c for c in clean("Z" + "\u0323\u0335" * 250 + "o" + "\u0301" * 9) if unicodedata.category(c) == "Mn"
    )
    assert len(marks) <= 8
    assert clean("Z" + "\u0335" * 500).startswith("Z\u0335")


# --- text for Discord


ACTIVE_FORMS = [
    "**bold**", "*i*", "_i_", "__u__", "~~s~~", "||spoiler||", "`code`", "```py\nx```", "# head", "### head", "-# small",
    "> quote", ">>> quote", "- item", "* item", "1. item", "23) item", "[a](https://evil.example)", "<https://x.y>",
    "https://evil.example/x", "http://a.b", "steam://run/1", "discord://x", "@everyone", "@here", "<@1>", "<@!1>", "<@&1>",
    "<#123456>", "</cmd:1>", "<t:1:R>", "<id:guide>", "<:e:1>", "<a:e:1>", ":fire:", ":+1:", "discord.gg/abc",
    "discord.com/invite/abc", "<mailto:a@b.c>", "¯\\_(ツ)_/¯", "\\*a\\*",
]  # fmt: skip


def active(text: str) -> list[str]:
    """A model of Discord's markup of our own: what would still be read as markup. Escaped pairs are taken out first."""
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "\x01", text)
    rules = (
        r"[*_~`|<>\[\]@\\]",
        r"(?m)^\s*(?:#{1,3}|-#?|\+|\d+[.)])\s",
        r"\w+://",
        r":[\w+-]+:",
        r"discord(?:app)?\.(?:gg|com)/",
    )
    return [found for rule in rules for found in re.findall(rule, bare, re.IGNORECASE)]


@pytest.mark.parametrize("form", ACTIVE_FORMS)
def test_no_markup_stays_active(form: str) -> None:
    assert active(form) or "\\" in form, "the model must know this form"
    for text in (form, f"A title with {form} inside", f"{form}{form}", f"x{form}"):
        assert active(safe(text, 300)) == []


def test_harmless_text_is_not_touched() -> None:
    for text in (
        "Attention: Is All You Need",
        "A study (2nd ed.), 50% off!",
        "C# and F#; 3.5 - 4",
        "12:30 at CERN/LHC",
    ):
        assert safe(text, 300) == text


@given(st.text(), st.integers(0, 60))
@tries(500)
def test_safe_is_inert_and_within_its_limit(text: str, limit: int) -> None:
    shown = safe(text, limit)
    assert len(shown) <= limit
    assert active(shown) == []
    assert not re.search(r"(?<!\\)(?:\\\\)*\\(?:…|$)", shown), "an escape was cut in two"


@given(st.lists(st.sampled_from([*ACTIVE_FORMS, " ", "word", "ab"])), st.integers(0, 120))
@tries(500)
def test_markup_cut_anywhere_is_inert(parts: list[str], limit: int) -> None:
    shown = safe("".join(parts), limit)
    assert len(shown) <= limit
    assert active(shown) == []


def test_safe_cuts_at_a_word_and_counts_escapes() -> None:
    assert safe("one two three four", 12) == "one two…"
    assert safe("one two", 7) == "one two"
    assert safe("***", 6) == r"\*\*\*"
    assert safe("****", 7) == r"\*\*\*…"
    assert len(safe("_" * 5_000, 300)) in (299, 300)
    assert safe("x", 0) == ""


def test_an_excerpt_ends_with_a_sentence_if_one_ends_near() -> None:
    text = "First sentence here. Second one is longer than that. Third."
    assert excerpt(text, 45) == "First sentence here. Second one is longer…"
    assert excerpt(text, 55) == "First sentence here. Second one is longer than that."
    assert excerpt(text, 30) == "First sentence here."
    assert excerpt(text, 300) == text
    assert excerpt("", 10) == ""
    assert len(excerpt("a" * 100, 10)) == 10


# --- tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fine-tuning models", ["fine", "tuning", "models", "finetuning"]),
        ("finetuning", ["finetuning"]),
        ("state-of-the-art", ["state", "of", "the", "art", "stateof", "ofthe", "theart", "stateoftheart"]),
        ("K-means, GPT-4, 3D", ["k", "means", "gpt", "4", "3d", "kmeans", "gpt4"]),
        (r"$\alpha$-stable", ["alpha", "stable", "alphastable"]),
        (r"Ly$\alpha$ and $\Lambda$CDM", ["lyalpha", "and", "lambdacdm"]),
        ("C++, C# and F#", ["cplusplus", "csharp", "and", "fsharp"]),
        ("p-adic", ["p", "adic", "padic"]),
        ("Schrödinger's Équation straße Øre ﬁne", ["schrodinger", "equation", "strasse", "ore", "fine"]),
        ("Navier–Stokes", ["navier", "stokes", "navierstokes"]),
        ("L'Hôpital", ["l", "hopital", "lhopital"]),
        ("机器学习 ML", ["机", "器", "学", "习", "ml"]),
        ("ニューラル", list("ニューラル")),
        ("λόγος", ["λογοσ"]),
        ("O(n²) H₂O", ["o", "n2", "h2o"]),
        ("a_b x/y 3.5", ["a", "b", "x", "y", "3", "5"]),
        ("! … — ()", []),
        ("Đặng Ωmega", ["dang", "omegamega"]),
    ],
)
def test_forms(text: str, expected: list[str]) -> None:
    assert forms(text) == expected


def test_places_point_at_the_wording() -> None:
    text = plain(r"On fine-tuning of Schr\"odinger's C++ code")
    wording = {t.form: text[t.start : t.end] for t in tokens(text)}
    assert wording["finetuning"] == "fine-tuning"
    assert wording["schrodinger"] == "Schrödinger"
    assert wording["cplusplus"] == "C++"
    assert Token("finetuning", 3, 14, 1, 2) in tokens(text)


@given(st.text())
@tries(400)
def test_a_form_is_one_word_for_the_index(text: str) -> None:
    for token in tokens(plain(text)):
        assert re.fullmatch(r"[a-z0-9\u0080-\U0010ffff]{1,64}", token.form)


TRICKY = st.text(alphabet=st.sampled_from(list("ab1'’-–sS +#*_.éα中\u0301CNET")), max_size=30)


def telling(text: str) -> list[tuple[int, str]]:
    """The words whose capitals say something, by `tokens`."""
    runs = [text[t.start : t.end] for t in tokens(text) if t.width == 1]
    return [(position, run) for position, run in enumerate(runs) if TELLING.fullmatch(run)]


@given(st.one_of(TRICKY, st.text()))
@example("1'sS")
@example("x.NET AIDS A* IT-bS")
@tries(1_500)
def test_the_fast_scan_sees_what_tokens_see(text: str) -> None:
    seen, found = scan(plain(text)), tokens(plain(text))
    assert list(seen.forms) == [t.form for t in found if t.width == 1]
    assert list(seen.capitals) == telling(plain(text))
    assert sorted(seen.joined) == sorted((t.form, t.position, t.width) for t in found if t.width > 1)


def test_the_fast_scan_sees_what_tokens_see_in_real_abstracts(abstracts: list[str]) -> None:
    for text in map(plain, abstracts):
        seen, found = scan(text), tokens(text)
        assert list(seen.forms) == [t.form for t in found if t.width == 1]
        assert list(seen.capitals) == telling(text)
        assert sorted(seen.joined) == sorted((t.form, t.position, t.width) for t in found if t.width > 1)


def test_a_very_long_word_is_cut_alike_everywhere() -> None:
    for text in ("A" * 500, "é" * 500, "b" * 500 + "-" + "c" * 500):
        assert [t.form for t in tokens(text) if t.width == 1] == list(scan(text).forms)
        assert max(map(len, scan(text).forms)) == 64


def test_index_text_keeps_words_side_by_side_and_joined_forms_behind() -> None:
    assert index_text(r"Fine-tuning of \textbf{large} models") == "fine tuning of large models finetuning"


# --- what a word is compared by


@pytest.mark.parametrize(
    "words",
    [
        "transformer transformers", "policy policies", "match matches", "class classes", "cache caches", "study studies",
        "approach approaches", "image images", "gpu gpus", "box boxes", "loss losses", "analysis analyses", "movie movies",
        "matrix matrices", "submatrix submatrices", "vertex vertices vertexes", "index indices indexes", "query queries",
        "corpus corpora corpuses", "phenomenon phenomena", "hypothesis hypotheses", "spectrum spectra", "virus viruses",
        "criterion criteria", "nucleus nuclei", "hypernucleus hypernuclei", "bias biases", "lens lenses", "gas gases",
        "bus buses", "coronavirus coronaviruses", "supernova supernovae", "formula formulas formulae", "woman women",
        "child children", "mouse mice", "tooth teeth", "leaf leaves", "life lives", "radius radii", "focus foci focuses",
        "locus loci", "torus tori", "genus genera", "axis axes", "tableau tableaux tableaus", "sheaf sheaves", "hero heroes",
        "zero zeros zeroes", "shoe shoes", "database databases", "phase phases", "cause causes", "abuse abuses", "api apis",
        "topic topics", "metric metrics", "quiz quizzes", "menu menus", "llm llms", "process processes", "math maths",
        "equilibrium equilibria", "automaton automata", "bacterium bacteria", "schema schemas schemata", "tie ties",
    ],
)  # fmt: skip
def test_a_plural_is_its_singular(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    "words",
    [
        "optimise optimize", "optimisation optimization", "optimisers optimizer", "behaviour behavior behaviours",
        "modelling modeling", "modelled modeled", "labelled labeled", "unlabelled unlabeled", "colour color colours",
        "centre center centres", "centred centered", "fibre fiber", "catalogue catalog catalogues", "defence defense",
        "analyse analyze", "analysed analyzed", "analyser analyzer", "tumour tumor", "neighbourhood neighborhood",
        "signalling signaling", "grey gray", "greyscale grayscale", "disc disk discs", "programme program", "licence license",
        "artefact artifact", "ageing aging", "judgement judgment", "sulphur sulfur", "aluminium aluminum", "learnt learned",
        "haemoglobin hemoglobin", "paediatric pediatric", "oestrogen estrogen", "anaemia anemia", "ischaemic ischemic",
        "manoeuvre maneuver", "metre meter", "millimetre millimeter", "reionisation reionization", "fulfil fulfill",
        "colourisation colorization", "hyperparameterisation hyperparameterization", "analogue analog", "dialogue dialog",
        "tunnelling tunneling", "renormalised renormalized", "crystallisation crystallization", "synthesise synthesize",
        "multicentre multicenter", "sceptical skeptical", "focussed focused",
    ],
)  # fmt: skip
def test_british_and_american_spellings_are_one_word(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    "words",
    [
        "reason reasoning reasoned", "ground grounding grounded", "learn learning learner learned", "tune tuning tuned",
        "train training trainer", "generate generation generative generated generator", "embed embedding", "model modeling",
        "experiment experience", "plane plan planning", "state stat statistics", "rag ragged", "gan organ", "rl world",
        "act acting", "university universe", "relation relative", "hall hal", "policy police", "news new", "bias biased",
        "physics physic", "dynamics dynamic", "mechanics mechanic", "graphics graphic", "ethics ethic", "string str",
        "bases basis", "species specie", "series sery", "united unit", "robust robot", "neural neuron", "bus bu", "gas ga",
        "optic optimal", "optics optic", "lens len", "mars mar", "atlas atla", "consensus consensu", "corps corp", "adams adam",
        "bayes baye", "burgers burger", "peters peter", "stokes stoke", "jacobs jacob", "pandas panda", "3d 3ds", "prise prize",
        "exercise exercize", "filled filed", "four for", "source sorce", "genre gener", "timbre timber", "acre acer", "its it",
        "axion action", "axions actions", "could cold", "media medium", "data datum", "princess prince", "hiss his",
        "abuses abus", "specimen speciman", "regimen regiman", "aether ether", "poet pet", "does doe", "boss bos",
        "wales wale", "means meaning", "rise rize", "wise wize", "controlled controled", "called caled", "compromise compromize",
    ],
)  # fmt: skip
def test_different_words_stay_apart(words: str) -> None:
    parts = words.split()
    assert len({stem(word) for word in parts}) == len(parts)


ENGLISH = st.builds(
    str.__add__,
    st.text(alphabet="aeioubcdlnrstyxw", min_size=1, max_size=7),
    st.sampled_from(
        [
            "",
            "s",
            "es",
            "ies",
            "ing",
            "ings",
            "ed",
            "ied",
            "e",
            "ie",
            "y",
            "sis",
            "xes",
            "sses",
            "us",
            "ll",
            "ics",
            "oes",
        ]
    ),
)
PARTS = st.lists(
    st.sampled_from([*_PARTS, *_PARTS.values(), *_ISE, *_LL, "ise", "ize", "ising", "led", "ling", "s", "es", "re"]),
    min_size=1,
    max_size=3,
).map("".join)


@given(st.one_of(ENGLISH, st.text(alphabet="aeinstgd", max_size=9), PARTS, st.sampled_from([*_ENDINGS, *_WORDS])))
@example("initiallabour")  # its ll is no doubled one
@tries(2_000)
def test_spellings_leave_out_no_form_of_a_stem(form: str) -> None:
    assert form in plurals(singular(form))
    assert form in british(american(form))
    assert form in spellings(stem(form))
    assert form in kin(form, bool)


def test_spellings_leave_out_no_real_word(abstracts: list[str]) -> None:
    words = {form for text in abstracts for form in scan(plain(text)).forms}
    assert [w for w in words if w not in spellings(stem(w))] == []


def test_a_word_has_few_spellings(abstracts: list[str]) -> None:
    words = {form for text in abstracts for form in scan(plain(text)).forms}
    assert max(len(spellings(stem(word))) for word in words) <= 60


@pytest.mark.parametrize(
    "words",
    [
        "match matches matching matched", "model modelling modeling modelled modeled", "tune tuned tuning", "plan planned",
        "embed embedded embedding embeddings", "optimise optimized optimizing", "study studied studies", "bias biased",
        "policy policies", "denoise denoising denoised",
    ],
)  # fmt: skip
def test_a_search_knows_the_kin_of_a_word(words: str) -> None:
    first, *others = words.split()
    assert set(others) <= kin(first, bool)
    assert all(first in kin(other, bool) for other in others)


def test_kin_are_no_strangers() -> None:
    assert not kin("act", bool) & {"acting"}
    assert not kin("rag", bool) & {"ragged", "raging"}
    assert not kin("experiment", bool) & {"experience"}


# --- hostile input


HOSTILE = [
    "{", "\\", "$", "\\frac", "^", '\\"', "_{", "\\textbf{", "`", "$1 ab", "~", "--", "}", "\\href{", "\\cite[", "^^\\",
    "a-", "\u0301", "<i>", "&amp;", "<sub>", "é", "中", "_", "a_", "\\sqrt{", "{\\rm", "x\u0301\u0301", "'s", "a's", "''",
    "@", "discord.", ":a", ":a:", "<", "\u202e", "\ud800", "&#1;", "\\unicode{x41}", "a'", "C++",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_work_grows_with_length_only(unit: str) -> None:
    """Eight times the text is eight times the lines. What patterns take shows benchmarks/bench_patterns.py."""

    def everything(length: int) -> int:
        t = unit * (length // len(unit))
        return lines_run(lambda: (plain(t), safe(t, 300), safe(t, 90_000), tokens(t), scan(t), excerpt(t, 300)))

    assert everything(8_000) <= 9 * everything(1_000)


def test_two_thousand_hostile_texts_raise_nothing() -> None:
    rng = random.Random(5)
    for _ in range(2_000):
        text = "".join(rng.choice(HOSTILE) for _ in range(rng.randint(0, 40)))
        for work in (plain, clean, tokens, scan, index_text):
            work(text)
        assert len(safe(text, 50)) <= 50
        assert len(excerpt(text, 50)) <= 50


# --- what no reader sees


@pytest.mark.parametrize(
    "unseen",
    ["\u115f", "\u1160", "\u3164", "\uffa0", "\u034f", "\u17b4", "\u180b", "\ufe0f", "\U000e0100", "\u2800", "\u200b", "\u00ad",
     "\u2060", "\U0001d159", "\u3164\u115f \u2800"],
)  # fmt: skip
def test_a_title_of_what_nobody_sees_is_empty(unseen: str) -> None:
    assert clean(unseen * 3) == ""
    assert shown(unseen, 100) == ""
    assert clean(f"A{unseen}paper") in ("Apaper", "A paper")


@pytest.mark.parametrize("text", ["&#" + "9" * 5_000 + ";", "&#x" + "f" * 5_000, "&#" + "9" * 5_000])
def test_a_number_of_thousands_of_digits_is_no_character(text: str) -> None:
    """Python refuses to read such numbers, and the whole page went with it."""
    assert documents.without_markup(f"before {text} after") in ("before after", "before  after", "before \ufffd after")
    assert plain(f"before {text} after").startswith("before")


def test_comments_are_left_out_and_an_unclosed_one_is_text() -> None:
    assert documents.without_markup("a <!-- no --> b <!-- nor --> c") == "a b c"
    assert documents.without_markup("a <!-- is it? b") == "a <!-- is it? b"


def test_a_word_keeps_four_marks_whatever_stands_behind_them() -> None:
    assert clean("a" + "\u0316" * 1000 + "b") == "a" + "\u0316" * 4 + "b"
