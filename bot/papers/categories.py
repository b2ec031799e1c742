"""arXiv's category taxonomy: codes, plain names, archives. Source of codes and names: https://arxiv.org/category_taxonomy

Must not know papers or subscriptions.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

__all__ = ["ARCHIVES", "CATEGORIES", "contains", "name", "normal", "printed_in", "resolve", "short", "within"]

ARCHIVES: Final = {
    "astro-ph": "Astrophysics",
    "cond-mat": "Condensed Matter",
    "cs": "Computer Science",
    "econ": "Economics",
    "eess": "Electrical Engineering and Systems Science",
    "gr-qc": "General Relativity and Quantum Cosmology",
    "hep-ex": "High Energy Physics - Experiment",
    "hep-lat": "High Energy Physics - Lattice",
    "hep-ph": "High Energy Physics - Phenomenology",
    "hep-th": "High Energy Physics - Theory",
    "math": "Mathematics",
    "math-ph": "Mathematical Physics",
    "nlin": "Nonlinear Sciences",
    "nucl-ex": "Nuclear Experiment",
    "nucl-th": "Nuclear Theory",
    "physics": "Physics",
    "q-bio": "Quantitative Biology",
    "q-fin": "Quantitative Finance",
    "quant-ph": "Quantum Physics",
    "stat": "Statistics",
}
"""Archive → name. Nine of them (`hep-th`, `quant-ph`, …) are a category as well."""

_TABLE: Final = """
astro-ph.CO Cosmology and Nongalactic Astrophysics|astro-ph.EP Earth and Planetary Astrophysics
astro-ph.GA Astrophysics of Galaxies|astro-ph.HE High Energy Astrophysical Phenomena
astro-ph.IM Instrumentation and Methods for Astrophysics|astro-ph.SR Solar and Stellar Astrophysics
cond-mat.dis-nn Disordered Systems and Neural Networks|cond-mat.mes-hall Mesoscale and Nanoscale Physics
cond-mat.mtrl-sci Materials Science|cond-mat.other Other Condensed Matter|cond-mat.quant-gas Quantum Gases
cond-mat.soft Soft Condensed Matter|cond-mat.stat-mech Statistical Mechanics
cond-mat.str-el Strongly Correlated Electrons|cond-mat.supr-con Superconductivity
cs.AI Artificial Intelligence|cs.AR Hardware Architecture|cs.CC Computational Complexity
cs.CE Computational Engineering, Finance, and Science|cs.CG Computational Geometry|cs.CL Computation and Language
cs.CR Cryptography and Security|cs.CV Computer Vision and Pattern Recognition|cs.CY Computers and Society
cs.DB Databases|cs.DC Distributed, Parallel, and Cluster Computing|cs.DL Digital Libraries|cs.DM Discrete Mathematics
cs.DS Data Structures and Algorithms|cs.ET Emerging Technologies|cs.FL Formal Languages and Automata Theory
cs.GL General Literature|cs.GR Graphics|cs.GT Computer Science and Game Theory|cs.HC Human-Computer Interaction
cs.IR Information Retrieval|cs.IT Information Theory|cs.LG Machine Learning|cs.LO Logic in Computer Science
cs.MA Multiagent Systems|cs.MM Multimedia|cs.MS Mathematical Software|cs.NA Numerical Analysis
cs.NE Neural and Evolutionary Computing|cs.NI Networking and Internet Architecture|cs.OH Other Computer Science
cs.OS Operating Systems|cs.PF Performance|cs.PL Programming Languages|cs.RO Robotics|cs.SC Symbolic Computation
cs.SD Sound|cs.SE Software Engineering|cs.SI Social and Information Networks|cs.SY Systems and Control
econ.EM Econometrics|econ.GN General Economics|econ.TH Theoretical Economics
eess.AS Audio and Speech Processing|eess.IV Image and Video Processing|eess.SP Signal Processing
eess.SY Systems and Control
math.AC Commutative Algebra|math.AG Algebraic Geometry|math.AP Analysis of PDEs|math.AT Algebraic Topology
math.CA Classical Analysis and ODEs|math.CO Combinatorics|math.CT Category Theory|math.CV Complex Variables
math.DG Differential Geometry|math.DS Dynamical Systems|math.FA Functional Analysis|math.GM General Mathematics
math.GN General Topology|math.GR Group Theory|math.GT Geometric Topology|math.HO History and Overview
math.IT Information Theory|math.KT K-Theory and Homology|math.LO Logic|math.MG Metric Geometry
math.MP Mathematical Physics|math.NA Numerical Analysis|math.NT Number Theory|math.OA Operator Algebras
math.OC Optimization and Control|math.PR Probability|math.QA Quantum Algebra|math.RA Rings and Algebras
math.RT Representation Theory|math.SG Symplectic Geometry|math.SP Spectral Theory|math.ST Statistics Theory
nlin.AO Adaptation and Self-Organizing Systems|nlin.CD Chaotic Dynamics|nlin.CG Cellular Automata and Lattice Gases
nlin.PS Pattern Formation and Solitons|nlin.SI Exactly Solvable and Integrable Systems
physics.acc-ph Accelerator Physics|physics.ao-ph Atmospheric and Oceanic Physics|physics.app-ph Applied Physics
physics.atm-clus Atomic and Molecular Clusters|physics.atom-ph Atomic Physics|physics.bio-ph Biological Physics
physics.chem-ph Chemical Physics|physics.class-ph Classical Physics|physics.comp-ph Computational Physics
physics.data-an Data Analysis, Statistics and Probability|physics.ed-ph Physics Education
physics.flu-dyn Fluid Dynamics|physics.gen-ph General Physics|physics.geo-ph Geophysics
physics.hist-ph History and Philosophy of Physics|physics.ins-det Instrumentation and Detectors
physics.med-ph Medical Physics|physics.optics Optics|physics.plasm-ph Plasma Physics|physics.pop-ph Popular Physics
physics.soc-ph Physics and Society|physics.space-ph Space Physics
q-bio.BM Biomolecules|q-bio.CB Cell Behavior|q-bio.GN Genomics|q-bio.MN Molecular Networks
q-bio.NC Neurons and Cognition|q-bio.OT Other Quantitative Biology|q-bio.PE Populations and Evolution
q-bio.QM Quantitative Methods|q-bio.SC Subcellular Processes|q-bio.TO Tissues and Organs
q-fin.CP Computational Finance|q-fin.EC Economics|q-fin.GN General Finance|q-fin.MF Mathematical Finance
q-fin.PM Portfolio Management|q-fin.PR Pricing of Securities|q-fin.RM Risk Management
q-fin.ST Statistical Finance|q-fin.TR Trading and Market Microstructure
stat.AP Applications|stat.CO Computation|stat.ME Methodology|stat.ML Machine Learning|stat.OT Other Statistics
stat.TH Statistics Theory
"""
_SINGLE: Final = ("gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph")


def _read_table() -> dict[str, str]:
    found = {code: ARCHIVES[code] for code in _SINGLE}
    for line in _TABLE.strip().splitlines():
        for entry in line.split("|"):
            code, _, plain_name = entry.partition(" ")
            found[code] = plain_name
    return dict(sorted(found.items()))


CATEGORIES: Final = _read_table()
"""Category → plain name, all that arXiv uses today."""

_SAME: Final = {
    "cs.SY": "eess.SY", "math.IT": "cs.IT", "cs.NA": "math.NA", "math.MP": "math-ph", "stat.TH": "math.ST",
    "q-fin.EC": "econ.GN",
}  # fmt: skip
"""arXiv's aliases: two codes for one category."""
_TWINS: Final = _SAME | {other: code for code, other in _SAME.items()}
_SUBSUMED: Final = {
    "acc-phys": "physics.acc-ph", "adap-org": "nlin.AO", "alg-geom": "math.AG", "ao-sci": "physics.ao-ph",
    "atom-ph": "physics.atom-ph", "bayes-an": "physics.data-an", "chao-dyn": "nlin.CD", "chem-ph": "physics.chem-ph",
    "cmp-lg": "cs.CL", "comp-gas": "nlin.CG", "dg-ga": "math.DG", "funct-an": "math.FA", "mtrl-th": "cond-mat.mtrl-sci",
    "patt-sol": "nlin.PS", "plasm-ph": "physics.plasm-ph", "q-alg": "math.QA", "solv-int": "nlin.SI",
    "supr-con": "cond-mat.supr-con",
}  # fmt: skip
"""Archives of the 1990s → the category that took their place."""
_FOLDED: Final = {code.casefold(): code for code in (*CATEGORIES, *ARCHIVES, *_SUBSUMED)}
_EVERYDAY: Final = {
    "ai": "cs.AI", "ml": "cs.LG", "nlp": "cs.CL", "natural language processing": "cs.CL", "cv": "cs.CV",
    "vision": "cs.CV", "security": "cs.CR", "cryptography": "cs.CR", "crypto": "cs.CR", "hci": "cs.HC",
    "machine learning": "cs.LG", "deep learning": "cs.LG", "linguistics": "cs.CL", "language": "cs.CL",
    "speech": "eess.AS", "audio": "eess.AS", "neuroscience": "q-bio.NC", "algorithms": "cs.DS", "quantum": "quant-ph",
    "control": "eess.SY", "general relativity": "gr-qc", "gravity": "gr-qc", "string theory": "hep-th",
    "particle physics": "hep-ph", "galaxies": "astro-ph.GA", "exoplanets": "astro-ph.EP", "astronomy": "astro-ph",
    "biology": "q-bio", "finance": "q-fin", "graphics": "cs.GR", "compilers": "cs.PL", "hardware": "cs.AR",
    "reinforcement learning": "cs.LG",
}  # fmt: skip


def name(code: str) -> str:
    """The plain name of a category or archive (`cs.LG` → `Machine Learning`, `cs.*` → `Computer Science`); an unknown
    code is its own name."""
    code = normal(code)
    return CATEGORIES.get(code) or ARCHIVES.get(code) or code


def short(code: str) -> str:
    """The part that readers use: `cs.LG` → `LG`, `cond-mat.mtrl-sci` → `mtrl-sci`, `hep-th` → `hep-th`."""
    return code.partition(".")[2] or code


@lru_cache(maxsize=4_096)
def normal(code: str) -> str:
    """One spelling of a code or archive: case as arXiv writes it, `cs.*` → `cs`, replaced archives by their successor.
    What is unknown stays as it is, without surrounding space."""
    code = code.strip().removesuffix(".*").removesuffix("*").rstrip(".")
    known = _FOLDED.get(code.casefold(), code)
    return _SUBSUMED.get(known, known)


@lru_cache(maxsize=4_096)
def within(category: str) -> frozenset[str]:
    """Every code and archive that contains `category`, itself included: `cs.LG` → {cs.LG, cs}."""
    category = normal(category)
    codes = {category, _TWINS.get(category, category)}
    return frozenset(codes | {code.partition(".")[0] for code in codes if code in CATEGORIES})


def printed_in(code: str) -> frozenset[str]:
    """Every code, of today or of the 1990s, that stands for a category in this one or in this archive."""
    return frozenset(known for known in _FOLDED.values() if normal(code) in within(known))


def contains(code_or_archive: str, category: str) -> bool:
    """Whether a category or archive (`cs.LG`, `cs`, `cs.*`) contains `category`. arXiv's aliases are one category.
    `physics` is the archive of that name; `hep-th` and the like are beside it."""
    return normal(code_or_archive) in within(category)


def resolve(text: str) -> list[str]:
    """The codes that `text` may mean, best first, at most five: a code or a plain name in any case, its beginning, a
    part of it, or, where nothing fits, the most similar names. Of a code that is none an everyday name behind the point
    counts first: `cs.ML` is what people call cs.LG. Empty if nothing is similar."""
    code = normal(text.strip())
    if "." not in text or code in CATEGORIES or code in ARCHIVES:
        return _resolve(text)
    dashed = normal(text.strip().replace(".", "-"))
    if dashed in CATEGORIES or dashed in ARCHIVES:  # hep.th
        return [dashed]
    behind = text.strip().casefold().rpartition(".")[2]
    meant = [_EVERYDAY[behind]] if behind in _EVERYDAY else []
    return list(dict.fromkeys([*meant, *_resolve(text)]))[:5]


def _resolve(text: str) -> list[str]:
    wanted = re.sub(r"\s+", " ", text.strip().casefold())[:100]
    if not wanted:
        return []
    code = normal(wanted)
    if code in CATEGORIES or code in ARCHIVES:
        return [code]
    found = [_EVERYDAY[wanted]] if wanted in _EVERYDAY else []
    names = {code: plain.casefold() for code, plain in {**CATEGORIES, **ARCHIVES}.items()}
    found += [code for code, plain in names.items() if plain == wanted]
    if not found:
        found += [code for code in CATEGORIES if short(code).casefold() == wanted]
        found += [code for code, plain in names.items() if plain.startswith(wanted)]
        if len(wanted) >= 3:
            found += [code for code, plain in names.items() if re.search(rf"\b{re.escape(wanted)}", plain)]
    if not found and len(wanted) >= 3:
        scored = process.extract(wanted, names, scorer=fuzz.WRatio, limit=5, score_cutoff=72)
        found = [code for _, _, code in scored]
        if not found:
            scored = process.extract(
                wanted, {c: c.casefold() for c in CATEGORIES}, scorer=fuzz.ratio, limit=3, score_cutoff=75
            )
            found = [code for _, _, code in scored]
    return list(dict.fromkeys(found))[:5]
