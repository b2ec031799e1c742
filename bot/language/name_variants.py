"""Names that have several spellings in Latin letters: out of the Arabic, Greek and Indian alphabets, Scottish ones, Japanese long vowels.

PURE. Words are folded. Must not know which of two spellings is right.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Final

from bot.language.tables import listed

#: Each line is one name, or a part of family names; the first stands for all.
_ALIKE: Final = tuple(
    line.split()
    for line in """
    muhammad mohamed mohammed mohammad muhammed mohamad muhamad muhamed mohamud mahomed mohd
    ahmad ahmed ahmet
    hussein hussain hossein hossain husain husayn hussien husein hosein
    hassan hasan
    yusuf yousef youssef yousuf yusef yousof yossef yousif yusif
    abdullah abdallah abdollah abdulla
    ibrahim ebrahim
    mahmoud mahmud mahmood
    mustafa mostafa moustafa mustapha mostapha
    khalid khaled
    omar umar
    osman othman uthman usman
    said saeed saeid saied
    tariq tarek tarik tareq
    walid waleed
    hamid hameed
    majid majeed
    rashid rasheed rachid
    karim kareem
    amin ameen
    nasir nasser naser
    yasir yasser yaser
    jamal gamal
    jamil jameel gamil
    samir sameer
    sharif sherif cherif shareef
    faruk farouk faruq farooq
    ismail ismael esmaeil esmail
    yahya yehia yahia
    hisham hesham hicham
    husam hossam
    imad emad
    ihab ehab
    adil adel
    munir mounir muneer
    nabil nabeel
    salih saleh
    salim saleem
    wasim waseem
    nadim nadeem
    rahim raheem
    hakim hakeem
    latif lateef
    rahman rehman
    tahir taher
    bashir basheer bachir
    qasim qassem kassem ghasem
    bilal belal
    mahdi mehdi
    jafar jaafar
    ziad ziyad
    mansour mansoor mansur
    masoud masood masud massoud
    dawood dawud daoud daud
    haroun haroon harun
    younes younis yunus younus
    yaqub yaqoob yacoub yaghoub
    moussa mousa musa moosa
    issa eissa
    ayoub ayub ayyub
    suleiman sulaiman soliman suleyman solaiman sulayman
    nour noor nur
    sheikh shaikh
    siddiqui siddiqi siddique
    qureshi quraishi
    fatima fatemeh fatma fatimah
    khadija khadijah
    mariam maryam
    layla leila laila leyla
    osama usama oussama
    faisal faysal feisal
    ayman aymen
    ashraf achraf
    zakaria zakariya zakariyya
    fuad fouad
    riyad riad riyadh
    sayyid sayed syed seyed sayyed seyyed
    zaynab zeinab zainab zeynab
    aisha aysha aicha
    srivastava shrivastava
    mukherjee mukherji
    banerjee banerji
    chatterjee chatterji
    viswanathan vishwanathan
    lakshmi laxmi
    mikhail michail
    ioannis ioannes
    giannis yannis yiannis
    giorgos yorgos yiorgos
    nikolaos nicolaos
    nikos nicos
    christos hristos
    konstantinos constantinos
    kostas costas
    dimitrios demetrios
    panagiotis panayiotis panayotis
    evangelos evaggelos
    spyridon spiridon
    spyros spiros
    efstathios eustathios
    efstratios eustratios
    vasileios vasilios vassileios vassilios
    vasilis vassilis
    charalampos haralampos charalambos haralambos
    charis haris
    athanasios athanassios
    anastasios anastassios
    dionysios dionisios
    michalis mihalis
    grigorios gregorios
    stylianos stilianos
    kyriakos kiriakos
    aikaterini ekaterini
    eirini irini
    fotini foteini photini
    filippos philippos
    theofilos theophilos
    xenofon xenophon
    saint st
    """.splitlines()
    if line.strip()
)
#: The one that stands for all begins with a capital letter, which no folded word does.
_ONE: Final = {way: ways[0].capitalize() for ways in _ALIKE for way in ways}
_WAYS: Final = {ways[0].capitalize(): frozenset(ways) for ways in _ALIKE}
_MAC: Final = re.compile(r"ma?c(?=[a-z]{3})")


def in_one_spelling(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words with one that stands for all ways to write it; the same words where there is one way."""
    for word in words:
        if word in _ONE or "-" in word or word[0] == "m":
            one = tuple(map(_in_one_spelling, words))
            return words if one == words else one
    return words


def _in_one_spelling(word: str) -> str:
    if "-" in word:
        return "-".join(map(_in_one_spelling, word.split("-")))
    known = _ONE.get(word)
    if known is None and word.startswith("m") and (found := _MAC.match(word)):
        return f"Mc{word[found.end() :]}"
    return known or word


def spellings_of(word: str) -> frozenset[str]:
    """The ways to write what a word of `in_one_spelling` stands for; nothing for another word."""
    return frozenset((f"mc{word[2:]}", f"mac{word[2:]}")) if word.startswith("Mc") else _WAYS.get(word, frozenset())


#: Japanese family names with a long o or u, which is written short, doubled, or as ou and oh.
_LONG_FAMILIES: Final = listed(
    """
    sato ito saito kato goto kondo endo ono ota oishi ohashi okubo otsuka onishi oshima omori otani ohira oyama okawa osawa
    otsuki ando kudo naito muto shindo sudo kono oba okuma oguchi oiwa omura onuki onuma otomo otake osaki osako osugi ozeki
    yuki koda komoto kosaka soma toyama togo todo hojo honjo shoji shono kano aso bando gondo shinjo chujo nakajo saijo kamijo
    todoroki toma kinjo oshiro shudo nito fudo kyuma
    """
)
#: Forenames with one, before a family name that may be Japanese.
_LONG_FORENAME: Final = re.compile(
    r"(?:k?yo|yu|ko|shi?n?|sho|shu|ryo|ryu|so|to|ho|go|jo|ju|jun|ken|kei|dai|sei|ei|gen|hiro|masa|ichi|ta|ji|"
    r"tomo|kazu|nobu|yoshi|haru|taka|aki|shige|hide|mune)"
    r"(?:ichi|ichiro|taro|jiro|zo|hei|suke|sei|ta|ya|to|ki|ka|ko|ji|ma|go|ri|ro|na)?"
)
_KANA: Final = re.compile(
    r"(?:(?:[kgnhbpmr]y|sh|ch|ts|[kgsztdnhbpmrywjf])?[aiueo]|n(?![aeiouy])|m(?=[bp])|k(?=k)|s(?=s)|t(?=[tc])|p(?=p)){3,}"
)
#: In a name as printed too.
LONG: Final = re.compile(r"oo|ou|uu|oh(?![aeiouy])", re.IGNORECASE)
_SHORT: Final = re.compile("([ou])")
_LONG_PLACES: Final = 4  # that are looked at in a word


def japanese(forenames: tuple[str, ...], family: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """A Japanese name with its long vowels written short; nothing where none is written long."""
    before = (forenames[0], *family)
    first, whole = _with_short(forenames[0].replace("-", "")), _with_short("".join(family))
    if whole in _LONG_FAMILIES:
        family = (whole,)
    elif not (_KANA.fullmatch("".join(family)) and _LONG_FORENAME.fullmatch(first)):
        return None
    return ((first, *forenames[1:]), family) if (first, *family) != before else None


def _with_short(word: str) -> str:
    return LONG.sub(lambda found: found[0][0], word, count=_LONG_PLACES)


def with_long(family: str) -> set[str]:
    """Every way to write a family name that `japanese` makes this one, if it is one; the name itself is among them."""
    if family not in _LONG_FAMILIES:
        return {family}
    ways = {"o": ("o", "oo", "ou", "oh"), "u": ("u", "uu")}
    return set(map("".join, product(*(ways.get(part, (part,)) for part in _SHORT.split(family)))))
