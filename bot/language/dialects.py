"""British and American spelling: which words are one word, spelled in two ways.

The table is VarCon's (Variant Conversion Info, Kevin Atkinson and Benjamin Titze, part of SCOWL, wordlist.aspell.net),
reduced to what occurs in titles and abstracts. Verbs in -ise and -lled go by their stems, never by the ending alone:
an exercise is no "exercize", and a hall is no "hal". Knows nothing of number or case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from bot.language.tables import listed, paired

#: Parts of words, British/American, wherever they stand.
_PARTS: Final = paired(
    """
    behaviour/behavior colour/color neighbour/neighbor favour/favor flavour/flavor labour/labor harbour/harbor
    tumour/tumor vapour/vapor rumour/rumor humour/humor rigour/rigor vigour/vigor honour/honor odour/odor armour/armor
    endeavour/endeavor savour/savor splendour/splendor fervour/fervor demeanour/demeanor saviour/savior parlour/parlor
    centred/centered centring/centering centre/center fibred/fibered fibre/fiber calibre/caliber litre/liter
    metred/metered metre/meter spectre/specter theatre/theater sabre/saber lustre/luster sombre/somber meagre/meager
    manoeuvred/maneuvered manoeuvring/maneuvering manoeuvrab/maneuverab manoeuvre/maneuver
    defence/defense offence/offense pretence/pretense
    analyse/analyze analysing/analyzing lyse/lyze lysing/lyzing
    catalogued/cataloged cataloguer/cataloger cataloguing/cataloging catalogue/catalog analogue/analog
    dialogue/dialog homologue/homolog topologue/topolog orthologue/ortholog paralogue/paralog
    haemo/hemo haemat/hemat aemi/emi paed/ped foet/fet oestr/estr palaeo/paleo gynaec/gynec
    anaesth/anesth oesophag/esophag archaeo/archeo oedema/edema rrhoea/rrhea pnoea/pnea faec/fec aetiolog/etiolog
    homoeo/homeo coeliac/celiac caesium/cesium mediaeval/medieval sulph/sulf aluminium/aluminum
    isation/ization plough/plow mould/mold sceptic/skeptic artefact/artifact judgement/judgment
    knowledgement/knowledgment focussed/focused focussing/focusing biassed/biased biassing/biasing
    benefitted/benefited benefitting/benefiting yoghurt/yogurt greyscale/grayscale
    """
)
#: Whole words, British/American.
_WORDS: Final = paired(
    """
    grey/gray greybody/graybody greybox/graybox disc/disk protodisc/protodisk microdisc/microdisk programme/program
    licence/license licenced/licensed practise/practice practised/practiced practising/practicing ageing/aging
    gramme/gram kilogramme/kilogram fulfil/fulfill fulfilment/fulfillment distil/distill instil/instill enrol/enroll
    enrolment/enrollment skilful/skillful instalment/installment learnt/learned unlearnt/unlearned connexion/connection
    reflexion/reflection inflexion/inflection queueing/queuing routeing/routing cueing/cuing neurone/neuron
    interneurone/interneuron motoneurone/motoneuron jewellery/jewelry haem/heme cosy/cozy
    """
)
#: Verbs in -ise or -ize, without it. A word may have something in front: re-, photo-, hyper-.
_ISE: Final = listed(
    """
    amort anonym anthropomorph apolog atom author autoformal automat bapt binar brutal canon capital carbon
    categor cauter central character circular civil colon color colour commercial commun compartment compartmental
    compton conceptual context contextual conventional critic crystal crystall custom decarbon democrat demon
    depolar diacrit diagonal digit digital dimer discret dramat econom emphas energ epitom equal essential
    external factor familiar fantas featur fertil final fluid formal fossil fraternal functional galvan general
    global harmon homogen hospital human hybrid hydrogen hypnot hypothes ideal immortal immun incentiv individual
    industrial initial institutional instrumental internal international ion isomer item jeopard lateral legal
    legitim lemmat liberal linear local magnet marginal material maxim mechan memor mental metabol metal miniatur
    minim mobil modern modular moral motor myelin national natural neutral nominal normal notar novel operational
    optim organ orthogonal orthonormal oxid parallel parameter parametr passiv pasteur penal personal pixel
    plastic polar polymer popular pressur prior priorit privat problemat professional pulver quant radical random
    raster rational real recogn regular relativ revital revolution robot roman sanit scalar schemat scrutin
    secular sensit serial sexual skeleton social special spectral stabil standard steril stigmat structural styl
    subsid summar symbol symmetr sympath synchron synthes system systemat tantal tempor tensor theor thermal token
    total trivial ultim union unit univers urban util vapor vector verbal victim virial virtual visual vital vocal
    volatil vulcan western wordal
    """
)
#: Verbs whose l is doubled in British only, with one l.
_LL: Final = listed(
    """
    model label cancel channel counsel fuel funnel level panel pedal signal total travel trial tunnel unravel
    ravel rival marshal spiral dial equal shovel swivel bevel chisel dishevel duel gravel jewel libel medal metal
    parcel pencil quarrel revel stencil victual initial kennel enamel towel trammel yodel squirrel barrel
    """
)
_VERB: Final = re.compile(r"is(?=e|ing|ab)|ll(?=ed|ing|er|ab[li])")
_PART: Final = re.compile("|".join(sorted(_PARTS, key=len, reverse=True)))
_MOST: Final = 64  # ways to spell one word that are thought of


@lru_cache(maxsize=100_000)
def american(word: str) -> str:
    """The word as it is spelled in American English: `behaviour` → `behavior`, `modelled` → `modeled`."""
    known = _WORDS.get(word)
    if known:
        return known
    word = _PART.sub(_american_part, word)
    return _VERB.sub(_american_verb, word) if "is" in word or "ll" in word else word


def _american_part(found: re.Match[str]) -> str:
    return _PARTS[found.group()]


def _american_verb(found: re.Match[str]) -> str:
    ending, before = found.group(), found.string[: found.start()]
    if ending == "is":
        return "iz" if _ends(before, _ISE) else ending
    return "l" if _ends(before + "l", _LL) else ending


def _ends(word: str, stems: frozenset[str]) -> bool:
    return any(word[start:] in stems for start in range(max(0, len(word) - 16), len(word) - 2))


def british(word: str) -> set[str]:
    """Every spelling of an American word, itself among them: all `b` with `american(b) == word`."""
    spelled = {word, *_BRITISH_WORDS.get(word, ()), *islice(_respelled(word, 0), _MOST)}
    return {form for form in spelled if american(form) == word} | {word}


def _respelled(word: str, start: int) -> Iterator[str]:
    """The word with some of its American parts from `start` on made British, and as it is."""
    yield word
    for found in _AMERICAN.finditer(word, start):
        at = found.start()
        for length in _LENGTHS:
            for part in _BRITISH.get(word[at : at + length], ()):
                yield from _respelled(word[:at] + part + word[at + length :], at + len(part))


def _inverse(*tables: dict[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for table in tables:
        for there, here in table.items():
            found[here] = (*found.get(here, ()), there)
    return found


_BRITISH_WORDS: Final = _inverse(_WORDS)
_BRITISH: Final = _inverse(
    _PARTS,
    {"ise": "ize", "ising": "izing", "isab": "izab"},
    {f"ll{ending}": f"l{ending}" for ending in ("ed", "ing", "er", "ab")},
)
_LENGTHS: Final = sorted({len(part) for part in _BRITISH})
_AMERICAN: Final = re.compile(f"(?={'|'.join(sorted(_BRITISH, key=len, reverse=True))})")
