"""Number: the singular of an English plural, and the plurals of a singular.

The irregular ones are those of WordNet's list of exceptions (noun.exc) that occur in titles and abstracts. Regular ones go
by rule, and the rule errs towards leaving a word as it is: a word that ends in s and is no plural never becomes another word.
Knows nothing of verbs, spelling or case.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bot.language.tables import listed, paired

#: Plurals that also end longer words: submatrices, hypernuclei, meta-analyses written as one.
_ENDINGS: Final = paired(
    """
    matrices/matrix vertices/vertex indices/index vortices/vortex cortices/cortex apices/apex helices/helix
    simplices/simplex appendices/appendix codices/codex criteria/criterion phenomena/phenomenon automata/automaton
    polyhedra/polyhedron tetrahedra/tetrahedron octahedra/octahedron mitochondria/mitochondrion ganglia/ganglion
    corpora/corpus spectra/spectrum optima/optimum minima/minimum maxima/maximum extrema/extremum quanta/quantum
    momenta/momentum equilibria/equilibrium continua/continuum bacteria/bacterium curricula/curriculum
    symposia/symposium consortia/consortium millennia/millennium memoranda/memorandum desiderata/desideratum
    referenda/referendum perihelia/perihelion aphelia/aphelion epithelia/epithelium endothelia/endothelium
    schemata/schema stigmata/stigma lemmata/lemma stomata/stoma nuclei/nucleus stimuli/stimulus syllabi/syllabus
    thesauri/thesaurus bacilli/bacillus annuli/annulus formulae/formula nebulae/nebula supernovae/supernova
    vertebrae/vertebra antennae/antenna larvae/larva coronae/corona personae/persona lacunae/lacuna
    hyperbolae/hyperbola parabolae/parabola minutiae/minutia hypotheses/hypothesis analyses/analysis
    syntheses/synthesis parentheses/parenthesis prostheses/prosthesis catharses/catharsis emphases/emphasis
    diagnoses/diagnosis prognoses/prognosis metastases/metastasis homeostases/homeostasis neuroses/neurosis
    psychoses/psychosis stenoses/stenosis paralyses/paralysis catalyses/catalysis hydrolyses/hydrolysis
    electrolyses/electrolysis dialyses/dialysis geneses/genesis tableaux/tableau plateaux/plateau plateaus/plateau
    bureaux/bureau bureaus/bureau tableaus/tableau sheaves/sheaf women/woman children/child halves/half
    selves/self knives/knife wolves/wolf shelves/shelf calves/calf quizzes/quiz
    """
)
#: Plurals that are whole words only: "abuses" are no "buses". `data` is a word of its own: 30,000 papers write it 23,000 times,
#: "data is" more often than "data are" (450 and 316), and `datum` once.
_WORDS: Final = paired(
    """
    people/person men/man laymen/layman salesmen/salesman chairmen/chairman policemen/policeman fishermen/fisherman
    craftsmen/craftsman statesmen/statesman freshmen/freshman foremen/foreman gunmen/gunman feet/foot teeth/tooth
    geese/goose mice/mouse lice/louse oxen/ox lives/life wives/wife leaves/leaf loaves/loaf thieves/thief
    hooves/hoof scarves/scarf elves/elf theses/thesis crises/crisis oases/oasis axes/axis testes/testis
    mitoses/mitosis genera/genus strata/stratum errata/erratum ova/ovum taxa/taxon vacua/vacuum addenda/addendum
    radii/radius fungi/fungus papyri/papyrus cacti/cactus foci/focus loci/locus tori/torus alumni/alumnus
    moduli/modulus calculi/calculus novae/nova algae/alga comae/coma amoebae/amoeba alumnae/alumna lexica/lexicon
    corpuses/corpus buses/bus minibuses/minibus gases/gas biogases/biogas syngases/syngas bases/base media/media
    ads/ad ids/id ups/up ons/on ins/in menus/menu emus/emu gnus/gnu skis/ski taxis/taxi wikis/wiki emojis/emoji
    alibis/alibi tsunamis/tsunami impasses/impasse indexes/index matrixes/matrix appendixes/appendix
    vertexes/vertex cherubim/cherub maths/math
    """
)
#: Plurals that two words share; a text that has one has both.
SEVERAL: Final = {"bases": ("base", "basis"), "media": ("media", "medium"), "ellipses": ("ellipse", "ellipsis")}

#: End in s and take -es: they lose both.
_TAKE_ES: Final = listed(
    """
    bias lens virus campus focus status corpus bonus census consensus apparatus atlas canvas alias iris chorus
    genus sinus circus nexus nucleus octopus surplus walrus cactus fetus foetus locus radius genius minus stimulus
    syllabus modulus torus terminus abacus hiatus prospectus uterus hippocampus platypus lotus crocus fungus
    callus caucus pancreas metropolis pelvis trellis epidermis ibis torus calculus thesaurus annulus
    """
)
_ENDINGS.update({f"{word}es": word for word in _TAKE_ES})

#: End in s without being plurals. Those in -ss, -us, -is and most in -ics need no mention.
_SINGULAR: Final = listed(
    """
    this thus plus his its axis iris isis opus onus ibis mars eros eos hans lars jens nils yves alas does was has
    goes bias debias atlas gas biogas syngas canvas alias pancreas christmas pandas overseas lens news series
    species subspecies timeseries corps innings chaos cosmos ethos pathos kudos asbestos rhinoceros diabetes
    herpes measles mumps rickets rabies scabies caries feces faeces biceps triceps forceps whereas perhaps always
    sometimes besides towards afterwards nowadays texas kansas arkansas dallas vegas wales athens naples brussels
    netherlands philippines honduras bahamas hades bayes stokes gibbs higgs adams reynolds descartes keynes hobbes
    hodges hastings jacobs james jones stevens stephens williams edwards roberts peters rogers andrews richards
    daniels evans owens hughes rhodes hayes burgers sachs fuchs charles moses hermes ramses archimedes socrates
    hippocrates thomas lucas nicholas jonas matthews mathews phillips perkins collins hopkins simmons simons
    siemens dickens parsons rodrigues fernandes torres reyes cortes jeans davies grus kramers barnes holmes myers
    hawkes humphreys costas douglas lanczos huygens ames mises hercules ulysses procrustes pleiades hyades pisces
    andes angeles massachusetts keras kubernetes reuters sars cmos lpips mcts adas rans iras dbms saas paas iaas
    """
)
#: Nouns in -ic, whose plurals are in -ics; every other word in -ics (physics, dynamics, mechanics) is one of its own.
_IC: Final = listed(
    """
    topic subtopic metric submetric characteristic heuristic metaheuristic hyperheuristic logic statistic critic
    clinic fabric mosaic epidemic pandemic tactic conic quadric cubic quartic quintic antibiotic probiotic
    prebiotic narcotic ceramic plastic microplastic nanoplastic thermoplastic relic attic lyric picnic skeptic
    sceptic academic arithmetic cleric medic mimic rubric geodesic caustic harmonic diacritic mnemonic comic
    public republic infographic
    """
)
_IE: Final = listed(
    """
    movie cookie zombie calorie kilocalorie genie rookie selfie pixie brownie hippie prairie sortie indie talkie
    magpie necktie smoothie menagerie reverie boogie birdie budgie collie caddie lie tie pie die underlie belie
    untie vie
    """
)
_CHE: Final = listed(
    """
    cache niche ache headache toothache avalanche psyche cliche pastiche quiche creche moustache mustache douche
    """
)
_OES: Final = listed(
    """
    hero superhero antihero potato tomato echo veto zero cargo tornado volcano torpedo mosquito halo embargo
    buffalo domino motto mango
    """
)
_PLAIN: Final = re.compile(r"[a-z]{3,48}")


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """The singular of a word in small letters; the word itself where it is none, or none that can be told.

    Words of three letters are left alone, and those with digits or other scripts: there an s may be anything.
    """
    if not _PLAIN.fullmatch(word):
        return word
    known = _WORDS.get(word) or _irregular(word)
    if known:
        return known
    if len(word) < 4 or not word.endswith("s") or word in _SINGULAR:
        return word
    if len(word) == 4 and not word.endswith("ss"):
        return word[:-1]  # gpus, rois: too short for a word in -us or -is, but for those that are named
    return _regular(word)


def _regular(word: str) -> str:
    if word.endswith(("ss", "us", "is")) or (word.endswith("ics") and word[:-1] not in _IC):
        return word
    if word.endswith("ies"):
        return word[:-1] if word[:-1] in _IE else word[:-3] + "y"
    if word.endswith("oes"):
        return word[:-2] if word[:-2] in _OES else word[:-1]
    if word.endswith("ches"):
        return word[:-1] if word[:-1] in _CHE else word[:-2]
    if word.endswith(("shes", "xes", "sses", "zzes")):
        return word[:-2]
    return word[:-1]


def _irregular(word: str) -> str | None:
    for start in range(len(word) - 4):
        known = _ENDINGS.get(word[start:])
        if known:
            return word[:start] + known
    return None


def plurals(word: str) -> set[str]:
    """Every form that may have this singular, the word itself among them: all `p` with `singular(p) == word`, and more."""
    found = {word, f"{word}s"}
    if word.endswith(("s", "x", "z", "h", "o")):
        found.add(f"{word}es")
    if word.endswith("y"):
        found.add(f"{word[:-1]}ies")
    for start in range(len(word) - 1):
        found.update(word[:start] + plural for plural in _PLURALS_OF.get(word[start:], ()))
    return found


def _inverse() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    pairs = [*_ENDINGS.items(), *_WORDS.items(), *((p, s) for p, both in SEVERAL.items() for s in both)]
    for plural, word in pairs:
        found[word] = (*found.get(word, ()), plural)
    return found


_PLURALS_OF: Final = _inverse()
