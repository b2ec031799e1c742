"""Which words people's names are made of in which countries: particles, titles, family names that stand in front.

PURE. Tables and what can be told of one word; must not know whole names.
"""

from __future__ import annotations

import re
from typing import Final

from bot.language.tables import listed

PARTICLES: Final = listed(
    """van von der den de del della dello degli di da das do dos du la le los las el al bin ibn ben bint ter ten te
    t op zu zur zum vom af av y e i san santa st saint der vander vanden dela abu abd mac ap o dalla dal"""
)
#: Those that begin a family name whatever stands before them.
LEADING_PARTICLES: Final = PARTICLES - listed("e i y o san santa ben al st saint abd ap mac")
#: Those that are also left out: `Ludwig Mises` is Ludwig von Mises, but `Martin` is not San Martin.
LOOSE_PARTICLES: Final = PARTICLES - listed("san santa st saint mac ap o ben bin ibn bint abu abd y e i")

#: Before a name, with a point or without.
TITLES: Final = listed(
    """dr drs prof professor sir mr mrs ms mme mlle priv-doz dr-ing assoc asst assistant associate emeritus
    habil rev"""
)
#: Before a name, but only with a point: without one they are names.
POINTED_TITLES: Final = listed("ing dipl-ing mag doc lic eng hon univ-prof phdr rndr mudr pd fr br")
#: Behind a name, with a comma or without.
DEGREES: Final = listed(
    """phd md dphil dsc scd mph drph pharmd dds dvm msc bsc mba frs frcp frcpc facs fieee mieee facm ieee acm
    sj op ofm ofmcap osb ocd ocso sdb cssr svd omi esq"""
)
#: Behind a name, but only behind a comma: elsewhere they are initials.
COMMA_DEGREES: Final = DEGREES | listed("ms ma ba jd llm llb rn csc cmf cm")
MEMBERSHIP: Final = re.compile(
    r"(?:(?:student|senior|life|graduate)? ?(?:member|fellow)(?:,? (?:ieee|acm|osa|siam))?)", re.I
)

#: Vietnamese family names, which stand in front as often as behind.
VIETNAMESE: Final = listed(
    """nguyen tran pham hoang huynh phan dang bui ngo duong dinh truong vu vo le do ho ly luong doan trinh dao mai
    lam cao thai luu tong vuong trieu"""
)
#: What stands between family and given name there, and is left out more often than the others.
MIDDLE_VIETNAMESE: Final = listed("van thi huu dinh cong quoc minh xuan")
#: Particles elsewhere, and forenames before a family name of there.
INNER_VIETNAMESE: Final = listed("van le do la")
#: Those of them that nobody is called by.
NEVER_CALLED: Final = listed("van thi")
#: Those of them that are little else: also told in the middle of a name.
SURELY_VIETNAMESE: Final = listed("nguyen tran pham hoang huynh phan bui truong dinh")

_SPANISH: Final = re.compile(
    r"\w{3,}ez|garcia|diaz|ruiz|ortiz|munoz|romero|moreno|navarro|molina|ortega|delgado|herrera|aguilar|mendoza|vargas|rojas|"
    r"castillo|torres|ramos|castro|guerrero|medina|salazar|cardenas|fuentes|cabrera|acosta|figueroa|espinoza|sandoval|rivera"
)
_SYLLABLE: Final = re.compile(
    r"(?:ch|gh|gi|gw|hs|hw|jh|kh|kw|ngh|ng|nh|ph|qu|sh|ss|sz|th|tr|ts|tz|zh|[bcdfghjklmnpqrstvwxyz])?"
    r"(?:iao|uai|yeo|yae|you|yao|wae|weo|woo|ieu|uye|[aeiouy]|ai|ao|au|ay|ae|aw|ee|ei|eo|eu|ey|ia|ie|iu|io|oa|oe|oi|oo|ou|ua|ue|ui|"
    r"uo|uu|uy|uei|yua|ya|ye|yi|yo|yu|wa|we|wi|wo|ih|uh|oh|eh)"
    r"(?:ng|nh|ch|[nmptcklrhw])?"
)

#: Short forenames of the West that could be syllables.
_NO_SYLLABLES: Final = listed("paul joe tim tom sam jim jon ted ron")


#: Forenames that tell little beside a common family name.
COMMON_SPANISH: Final = listed(
    """jose maria juan david daniel carlos luis antonio manuel francisco javier pablo miguel jorge pedro alejandro ana fernando
    rafael alberto"""
)


_UNACCENTED: Final = str.maketrans("áéíóúñ", "aeioun")


def is_spanish_family(word: str) -> bool:
    """Whether this is a family name and no given name, so that it is the first of two before another."""
    return _SPANISH.fullmatch(word) is not None


def is_single_family(printed: str) -> bool:
    """Whether a printed family name is one word, or one behind particles: `van der Waals`."""
    return all(word in PARTICLES for word in printed.split()[:-1])


def begins_with_spanish_family(printed: str) -> bool:
    """Whether what is printed begins with a family name, as one of two does: `García López`."""
    return is_spanish_family(printed.split()[0].casefold().translate(_UNACCENTED))


def is_syllable(word: str) -> bool:
    """Whether this can be one syllable of a Chinese, Korean or Vietnamese given name: the other one is as much of the name."""
    return word == "park" or (len(word) < 7 and word not in _NO_SYLLABLES and _SYLLABLE.fullmatch(word) is not None)
