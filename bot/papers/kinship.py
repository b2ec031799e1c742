"""What a DOI says of its work: its versions, what is a preprint, and what is a part or a review of a work and no paper.

PURE. Knows the families of DOIs; never asks anyone whether one of them leads anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from bot.models import Event, EventKind, PaperId, Record

#: Families in which each version has a DOI of its own: what all of them share, then the version. Values are in lower case.
#: A family stands here by name: `/v106/` is also a volume, `.2` also a number of articles.
_VERSIONED: Final = re.compile(
    "(?ax:(?P<work>"
    # F1000's platforms: F1000Research, Wellcome, Gates, HRB, Open Research Europe, NIHR, VeriXiv
    r"10\.(?:12688|3310|35241)/[a-z0-9]{3,30}\.[0-9]{1,9}(?=\.) | 10\.7490/f1000research\.[0-9]{1,9}(?=\.)"
    r"| 10\.7554/elife\.[0-9]{5,6}(?=\.)"
    r"| 10\.21203/rs\.[0-9]\.[a-z0-9-]{1,30}(?=/v)"  # Research Square
    r"| 10\.20944/preprints[0-9]{6}\.[0-9]{4}(?=\.v)"  # Preprints.org
    r"| 10\.26434/chemrxiv(?:-[0-9]{4}-[a-z0-9]{1,20}(?=-v)|\.[0-9]{1,9}(?=[./]v))"
    r"| 10\.33774/[a-z]{2,20}-[0-9]{4}-[a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,2}?(?=-v)"  # Cambridge Open Engage
    r"| 10\.[0-9]{4,5}/osf\.io/[a-z0-9]{4,10}(?=_v)"  # OSF and the servers that it keeps: PsyArXiv, SocArXiv, …
    r"| 10\.22541/(?:au|essoar)\.[0-9.]{1,30}(?=/v)"  # Authorea, ESS Open Archive
    r"| 10\.(?:36227/techrxiv|31124/advance)\.[0-9.]{1,30}?(?=[./]v)"
    r"| 10\.1002/essoar\.[0-9]{6,10}(?=\.)"
    r"| 10\.[0-9]{4,5}/(?:m9\.)?figshare\.[a-z0-9.]{1,30}?(?=\.v)"
    r"| 10\.7287/peerj\.preprints\.[0-9]{1,9}(?=v)"
    r"| 10\.32388/[a-z0-9]{6}(?=\.)"  # Qeios
    r"| 10\.14293/[a-z0-9][a-z0-9.-]{1,50}?(?=\.v)"  # ScienceOpen
    r"| 10\.1099/acmi\.0\.[0-9]{6}(?=\.v)"  # Access Microbiology
    r"| 10\.3762/bxiv\.[0-9.]{1,20}?(?=\.v)"  # Beilstein Archives
    r"| 10\.12074/[0-9]{6}\.[0-9]{5}(?=v)"  # ChinaXiv
    r")[./_-]?v?(?P<version>[1-9][0-9]{0,2}))",
)

#: Whose DOI without a version is registered as well, and leads to the newest one or to the first.
_RESOLVES: Final = re.compile(r"(?a:10\.7554/elife\.|10\.26434/|10\.33774/|10\.[0-9]{4,5}/(?:m9\.)?figshare\.)")

#: What has a DOI of its own and is no paper: reviews, replies, decisions, and parts of a work.
_NO_PAPER: Final = re.compile(
    "(?ax:"
    r"10\.5194/.{1,80}-(?:[aces]c|rc)[0-9]{1,3}(?:-supplement)?"  # Copernicus; the older ones are numbered in the discussion
    r"| 10\.5194/[a-z]{2,12}-[0-9]{1,3}-[cs][0-9]{1,5}-[0-9]{4}"
    r"| 10\.7554/elife\.[0-9]{5,6}(?:\.[0-9]{1,2})?\.(?:sa[0-9]{1,2}|[0-9]{3})"
    r"| 10\.(?:5256|21956)/.{1,80}"  # F1000's reports, and theirs for Wellcome, Gates, HRB, Open Research Europe
    r"| 10\.(?:12688|3310|35241)/[a-z0-9]{3,30}\.[0-9.]{1,20}\.r[0-9]{1,9}"
    r"| 10\.7287/peerj.{1,40}/reviews?/[0-9]{1,3}"
    r"| 10\.[0-9]{4,9}/.{1,120}/v[0-9]{1,2}/(?:review|reviewer|decision|response|comment|recommendation)-?[0-9]{0,3}"
    r"| 10\.21203/rs\.[0-9]\.[a-z0-9-]{1,30}(?:/v[0-9]{1,2})?/(?:review|comment|report)s?[/-]?[0-9]{0,3}"
    r"| 10\.1371/journal\.[a-z]{1,20}\.[0-9]{7}\.[rgst][0-9]{3}"  # PLOS: letters, figures, files, tables
    r"| 10\.21468/scipost\.(?:report|comment)\.[0-9]{1,9}"
    r"| 10\.5524/review\.[0-9]{1,9}"
    r"| 10\.24072/pci\.[a-z.]{1,30}\.[0-9]{1,9}\.(?:rev|d|ar)[0-9]{0,4}"
    r"| 10\.14293/.{1,60}\.v[0-9]{1,2}\.r[a-z]{4,8}"
    r"| 10\.1099/acmi\.0\.[0-9]{6}\.v[0-9]{1,2}\.[0-9]{1,2}"
    r"| 10\.70744/metaror\.[0-9.]{1,20}\.(?:rv|ea|ar)[0-9]{0,3}"
    ")",
)

#: How reviews are called whose DOI does not show it (Qeios, JMIR, Wiley, Copernicus).
_REVIEW_TITLE: Final = re.compile(
    r"(?i:(?:review of:|peer[ -]review (?:report )?(?:of|for)\b.{0,3}[“\"‘']|review for [“\"‘']|decision letter for [“\"‘']"
    r"|author response for [“\"‘']|authors?['’]?s? response to (?:the )?peer reviews? (?:of|for)\b|referee report[: ]+for:?\s)\s*\S)"
)

#: Servers of preprints, by what their DOIs begin with.
_PREPRINT: Final = re.compile(
    "(?ax:10\\.(?:"
    r"1101/(?:[0-9]{6}$|[0-9]{4}\.[0-9]{2}\.[0-9]{2}\.)|64898/|21203/rs\.|20944/preprints|26434/chemrxiv|33774/|[0-9]{4,5}/osf\.io/"
    r"|22541/|36227/techrxiv|31124/advance|1002/essoar\.|7287/peerj\.preprints|2139/ssrn\.|3762/bxiv\.|12074/|14293/(?:pr|s2199-1006\.1\.sor-\.pp)"
    r"|31223/|31224/|32942/|31222/|1590/scielopreprints|2196/preprints\.|51094/jxiv|12688/verixiv|6084/m9\.figshare|32388/"
    r"|5194/(?:egusphere-[0-9]{4}-[0-9]+$|[a-z]{2,12}-[0-9]{4}-[0-9]{1,4}$|[a-z]{1,10}d-[0-9]+-[0-9]+-[0-9]{4}$)"
    "))"
)

#: No version is nearly as high: a greater number is something else.
_MOST_VERSIONS: Final = 99


@lru_cache(maxsize=10_000)
def version_of(identity: PaperId) -> tuple[PaperId, int] | None:
    """The DOI without its version, and the version; None where the DOI names none."""
    found = _VERSIONED.fullmatch(identity.value) if identity.scheme == "doi" else None
    if found is None or int(found["version"]) > _MOST_VERSIONS:
        return None
    return PaperId("doi", found["work"]), int(found["version"])


def work_of(identity: PaperId) -> PaperId:
    """The identity without its version."""
    known = version_of(identity)
    return known[0] if known else identity


def with_works(ids: Iterable[PaperId]) -> tuple[PaperId, ...]:
    """The identities with what all versions of each share, in the order in which they are shown."""
    found = list(ids)
    return ordered([*found, *map(work_of, found)])


def ordered(ids: Iterable[PaperId]) -> tuple[PaperId, ...]:
    """Each identity once, those first that are shown and linked: arXiv's, then an article's, then a preprint's; a later version
    before an earlier one; addresses behind them; and what versions share last, unless it leads somewhere itself."""
    once = list(dict.fromkeys(ids))
    if len(once) == 1:
        return tuple(once)
    works = {known[0] for identity in once if (known := version_of(identity))}

    def place(identity: PaperId) -> tuple[bool, bool, bool, bool, int]:
        known = version_of(identity)
        alias = identity in works and not _RESOLVES.match(identity.value)
        return (
            identity.scheme != "arxiv",
            alias,
            identity.scheme == "url",
            is_preprint(identity),
            -known[1] if known else -_MOST_VERSIONS - 1 if identity in works and not alias else 0,
        )

    return tuple(sorted(once, key=place))


def is_review(record: Record) -> bool:
    """Whether it is a review, a reply or a part of a paper and no paper, though it has an identity of its own."""
    identity = record.ids[0]
    if identity.scheme == "arxiv":
        return False
    return bool(_NO_PAPER.fullmatch(identity.value) or _REVIEW_TITLE.match(record.title))


@lru_cache(maxsize=10_000)
def is_preprint(identity: PaperId) -> bool:
    """Whether it is arXiv's or another preprint server's."""
    return identity.scheme == "arxiv" or (identity.scheme == "doi" and bool(_PREPRINT.match(identity.value)))


def statements(record: Record) -> tuple[Record, ...]:
    """What a record states of a paper: none for a review; a later version of a DOI is the paper, if nobody knows it yet, and a
    revision. Each knows what the versions share."""
    if is_review(record):
        return ()
    ids = with_works(record.ids)
    said = (
        record if ids == record.ids else replace(record, ids=(record.ids[0], *(i for i in ids if i != record.ids[0])))
    )
    known = version_of(record.ids[0])
    if known is None:
        return (said,)
    said = replace(said, version=record.version or known[1])
    if known[1] == 1 or record.event.kind is not EventKind.ANNOUNCED:
        return (said,)
    return said, replace(said, event=Event(EventKind.REVISED, record.event.at, f"v{known[1]}"))
