"""One name in several Latin spellings: Cyrillic by several schemes, the Arabic article, letters with a two-letter form.

PURE. Words are folded. Must not know which of two spellings is right.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import Final

from bot.language.tables import listed, paired

#: How passports and ASCII write letters that folding would only strip.
_TWO_LETTERS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "đ": "dj", "þ": "th",
     "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa", "Ø": "Oe", "Æ": "Ae", "Đ": "Dj", "Þ": "Th"}
)  # fmt: skip
#: Where one letter or two may be written, and how many such places of a word are looked at.
_TWOFOLD: Final = re.compile("((?:[aou]e|aa)(?!e)|[aou])")
_TWOFOLD_PLACES: Final = 4
_ENDING: Final = (
    ("skaia", ("skaya", "skaia", "skaja", "ska")),
    ("ski", ("sky", "ski", "skiy", "skii", "skij", "skyi", "skyy")),
    ("eva", ("eva", "yeva", "ieva", "jeva", "yova")),
    ("ev", ("ev", "yev", "iev", "jev", "yov", "iov")),
    ("i", ("y", "i", "iy", "ii", "ij", "yi", "yy", "j")),
)
_SOUNDS: Final = (
    ("ia", ("ya", "ia", "ja", "iya", "iia", "ija")),
    ("iu", ("yu", "iu", "ju")),
    ("h", ("kh", "h")),
    ("ks", ("ks", "x")),
    ("ts", ("ts", "tz")),
    ("sch", ("shch", "sch")),
    ("ch", ("tch", "ch")),
    ("e", ("ye", "e")),
)
_FORMS: Final = {form: (canonical, forms) for canonical, forms in (*_ENDING, *_SOUNDS) for form in forms}


#: Forms that stand for their sound only at some places.
_SOMETIMES: Final = listed("h kh ch tch e ye")


def _either(classes: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    forms = (form for _, forms in classes for form in forms if form not in _SOMETIMES)
    return "|".join(sorted(forms, key=len, reverse=True))


#: Endings, and sounds inside a word.
_VARYING: Final = re.compile(f"((?:{_either(_ENDING)})$|{_either(_SOUNDS)}|t?ch|(?<=[aeiou])y?e|(?<![bcdgkpstwz])k?h)")
_MOST: Final = 5  # varying places of a word that are told apart

_SLAVIC: Final = re.compile(
    r"\w{2,}(?:[oe]va?|y[eo]va?|sk(?:iy|ii|ij|yi|yy|y|i|aya|aia|aja|a)|enko|chuk|shvili|[vw]i(?:ch|tch|c)|\wnyk|[aeou][yi]ko|"
    r"(?:[ktnvm]|sh|ch|zh)ina?)"
)
#: End like them and are none.
_NOT_SLAVIC: Final = listed("martin austin augustin valentin quentin kevin calvin melvin marvin irvin benjamin")
#: Forenames that are written in several ways whatever the family name, romanised.
_FORENAMES: Final = listed(
    """andrei nikolai aleksei sergei dmitri iuri evgeni evgenia eugenia iulia ilia aleksandr
    aleksandra mihail maksim tatiana natalia ekaterina elena anatoli valeri vitali grigori arkadi
    genadi gennadi vasili iakov iana fedor petr semen artem georgi iaroslav timofei matvei ksenia maria sofia anastasia
    egor lev pavel eduard nikita bogdan olga irina marina denis danil kiril liudmila ivan oleg igor vladimir leonid boris roman ruslan
    stanislav viacheslav iosif feliks"""
)
#: Forms of other languages than Russian by which the same person goes, romanised.
_RUSSIAN: Final = paired(
    """
    oleksandr/aleksandr aliaksandr/aleksandr aleksandar/aleksandr oleksandra/aleksandra oleksi/aleksei aliaksei/aleksei
    andri/andrei serhi/sergei siarhei/sergei dmitro/dmitri mikola/nikolai mikolai/nikolai volodimir/vladimir uladzimir/vladimir
    mihailo/mihail michail/mihail olena/elena ihor/igor oleh/oleg bohdan/bogdan hrihori/grigori evhen/evgeni evheni/evgeni
    evhenia/evgenia katerina/ekaterina sergi/sergei hrigori/grigori tetiana/tatiana olha/olga mikita/nikita danilo/danil
    kirilo/kiril petro/petr pavlo/pavel iosip/iosif
    """
)
#: Ukrainian и: Mykola, Dmytro.
_INNER_Y: Final = re.compile("(?<=[^aeiouy])y(?=[^aeiouy])")
_ARTICLES: Final = frozenset(("al", "el", "ul", "ur", "er", "ar"))
_OTHER_ARTICLE: Final = {"al": "el", "el": "al"}
_SERVANTS: Final = listed("abdel abdal abdur abdul")
_SERVANT: Final = re.compile(r"^abd-?(?:[aeu][lr])-?(?=\w)")


def expanded(text: str) -> str:
    """The text with two letters for ü and its like, as passports have them; the same text where it has none."""
    return text if text.isascii() else text.translate(_TWO_LETTERS)


#: Chinese lü and nü, for which passports have lyu, and many write lv.
_CHINESE_UE: Final = re.compile(r"(?<![^\W0-9_])([LlNn])v(?![^\W0-9_])|([LlNn])[üǖǘǚǜ](?![^\W0-9_])")
_CHINESE_WAYS: Final = {"lyu": {"lyu", "lv", "lu"}, "nyu": {"nyu", "nv", "nu"}}


def chinese(text: str) -> str:
    """The text with lü and nü as Chinese passports have them; the same text where it has none."""
    if text.isascii() and "v" not in text:
        return text
    return _CHINESE_UE.sub(lambda found: f"{found[1] or found[2]}yu", text)


def reduced(word: str) -> str:
    """The word with ü, ue and u as one, likewise ä and ö. Only for family names: in Chinese, `xue` is not `xu`."""
    if len(word) < 5 or not ("ue" in word or "oe" in word or "ae" in word) or not word.isascii():
        return word
    parts = _TWOFOLD.split(word, maxsplit=_TWOFOLD_PLACES)
    return "".join(part[0] if at % 2 and part != "aa" else part for at, part in enumerate(parts))


def unreduced(word: str) -> set[str]:
    """Every word that `reduced` makes the same as this one, and those that folding would leave of its letters."""
    if len(word) < 3 or not word.isascii():
        return {word}
    found = {word, *_CHINESE_WAYS.get(word, ())}
    for spelled in {word, word.replace("dj", "d")}:
        parts = _TWOFOLD.split(spelled, maxsplit=_TWOFOLD_PLACES)
        ways = [_one_or_two(part[0]) if at % 2 else (part,) for at, part in enumerate(parts)]
        found.update(map("".join, product(*ways)))
    return found


def _one_or_two(letter: str) -> tuple[str, ...]:
    return ("a", "ae", "aa") if letter == "a" else (letter, f"{letter}e")


def romanised(word: str) -> str:
    """The word in one of the ways to romanise it, the same for all of them."""
    if not word.isascii():
        return word
    return "".join(_FORMS[part][0] if at % 2 else part for at, part in enumerate(_VARYING.split(word, maxsplit=_MOST)))


def romanisations(word: str) -> set[str]:
    """The ways to romanise a family name: every word whose `romanised` is the same, as far as that is one of Slavic form."""
    if not word.isascii():
        return {word}
    parts = _VARYING.split(word, maxsplit=_MOST)
    return {word, *map("".join, product(*(_FORMS[part][1] if at % 2 else (part,) for at, part in enumerate(parts))))}


@lru_cache(maxsize=50_000)
def is_slavic(family: str) -> bool:
    """Whether this is a family name out of the Cyrillic alphabet, by its ending."""
    return len(family) > 4 and family not in _NOT_SLAVIC and _SLAVIC.fullmatch(family) is not None


@lru_cache(maxsize=50_000)
def romanised_forename(word: str) -> str:
    """The same of a forename, where more letters vary."""
    if len(word) == 1:
        return "i" if word in "yj" else word
    word = re.sub(r"^[yj]e|^ie(?=\w{3})", "e", word.replace("yo", "e").replace("w", "v"))
    word = _INNER_Y.sub("i", word.replace("ye", "e").replace("ander", "andr"))
    word = romanised(word)
    return _RUSSIAN.get(word, word)


def is_slavic_forename(word: str) -> bool:
    """Whether this forename, romanised, is one that is written in several ways."""
    return word in _FORENAMES


def with_other_article(family: tuple[str, ...]) -> str:
    """An Arabic family name in one word, with `el` for `al` or the other way round; empty where there is no article."""
    if len(family) < 2 or family[0] not in _OTHER_ARTICLE:
        return ""
    return _OTHER_ARTICLE[family[0]] + "".join(family[1:])


def with_servant(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words with `Abd al-` and its like in one form, and in one word with what follows; the same words without."""
    for word in words:
        if word.startswith("abd"):
            return _with_servant(words)
    return words


def _with_servant(words: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for word in words:
        before = found[-1] if found else ""
        if before == "abd" and word in _ARTICLES:
            found[-1] = "abdul"
        elif before == "abdul":
            found[-1] = f"abdul{word}"
        else:
            found.append("abdul" if word in _SERVANTS else _SERVANT.sub("abdul", word))
    return words if (one := tuple(found)) == words else one
