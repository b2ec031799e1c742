"""XML that is not quite XML: one wrong character must not cost a whole document, nor one bad entry the others.

Knows the usual faults of feeds; must not know any upstream's vocabulary. What is sound is parsed as fast as ever.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from html.entities import html5
from typing import Final

from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.sources.documents import brief, parse_xml
from bot.sources.encodings import as_utf8, decoded

log = logging.getLogger(__name__)

_OPENINGS: Final = re.compile(r"<!--|<!\[CDATA\[")
_SUSPECT: Final = re.compile(
    r"&(?:#(?P<number>[0-9]{1,12}|[xX][0-9a-fA-F]{1,10});?|(?P<name>[A-Za-z][A-Za-z0-9]{0,40});)?|<(?![A-Za-z_/?!:])"
)
_OWN: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ESCAPED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_BREAKS: Final = re.compile("[\x0b\x0c\x1c-\x1f]")
#: What XML cannot hold.
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ROOT: Final = re.compile(r"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)(?=[\s>/])")
_PREFIX: Final = re.compile(
    r"</?([A-Za-z_][\w.-]*):[\w.-]+|\sxmlns:([\w.-]+)\s*=|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']"
)
_ENTRY: Final = re.compile(r"<((?:[\w.-]+:)?(?:item|entry|record))(?=[\s>])")
_AFTER_ENTRIES: Final = re.compile(
    r"</(?:[\w.-]+:)?(?:channel|rss|feed|RDF|ListRecords|OAI-PMH)\s*>|<resumptionToken[\s/>]"
)
#: No feed has nearly as many entries, nor as long a first tag.
_MOST: Final = 10_000
_TITLE: Final = re.compile(
    r"<(?:[\w.-]+:)?(?:title|identifier|guid|id|link)[^<>]{0,300}>\s*(?:<!\[CDATA\[)?\s*([^<>]{1,300})"
)
#: Prefixes that feeds use without saying what they mean.
_NAMESPACES: Final = {"dc": "http://purl.org/dc/elements/1.1/", "arxiv": "http://arxiv.org/schemas/atom"}


def read_xml(body: bytes, roots: Collection[str], what: str) -> tuple[etree._Element, tuple[str, ...]]:
    """The root element, as parse_xml gives it, and the entries that had to be left out, by number and name.

    What is no XML is mended when it has its end: then characters that cannot be, references to what is not declared and lone
    `&` and `<` were the fault, or entries that are no XML by themselves. Raises as parse_xml does: so a cut document is refused.
    """
    body = as_utf8(body)
    try:
        return parse_xml(body, roots, what), ()
    except SourceUnhealthyError as error:
        mended = _mended(body) if error.__cause__ else None  # else it is refused for what it is
        if mended is None:
            raise
    lost: tuple[str, ...] = ()
    try:
        root = parse_xml(mended.encode(), roots, what)
    except SourceUnhealthyError as error:
        sound, lost = _sound_entries(mended) if error.__cause__ else (None, ())
        if sound is None:
            raise
        root = parse_xml(sound.encode(), roots, what)
    log.warning("%s: the answer was no XML and was mended; %d entries are lost", what, len(lost))
    return root, lost


def _mended(body: bytes) -> str | None:
    """The document from its root element to the end of it, without what no XML can have; None when its end is missing."""
    text = decoded(body)
    declared = text.find("<?xml")  # a server's own warnings may stand before
    text = "".join(_pieces(text[declared:] if declared > 0 else text))
    text = _PAIR.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    text = _FORBIDDEN.sub("", _BREAKS.sub(" ", text))
    root = _ROOT.search(text)
    end = text.rfind(f"</{root.group(1)}") if root else -1
    close = text.find(">", end) if end >= 0 else -1
    if root is None or close < 0 or "<!doctype" in text[: root.start()].lower():
        return None
    return _declared_prefixes(text[root.start() : close + 1], root.end() - root.start())


def _pieces(text: str) -> Iterator[str]:
    """The text with its faults mended; comments are left out, and what is quoted as CDATA stays as it is."""
    at = 0
    while (opening := _OPENINGS.search(text, at)) is not None:
        is_comment = opening.group() == "<!--"
        end = text.find("-->" if is_comment else "]]>", opening.end())
        if end < 0:
            break
        yield _SUSPECT.sub(_reference, text[at : opening.start()])
        if not is_comment:
            yield text[opening.start() : end + 3]
        at = end + 3
    yield _SUSPECT.sub(_reference, text[at:])


def _reference(found: re.Match[str]) -> str:
    """The character that is meant; the sign itself where none is."""
    number, name = found["number"], found["name"]
    if name in _OWN:
        return found.group()
    if number:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        character = chr(code) if code <= 0x10FFFF else ""
    else:
        character = html5.get(f"{name};", "") if name else ""
        if not character:
            return "&lt;" if found.group() == "<" else f"&amp;{found.group()[1:]}"
    return _ESCAPED.get(character, character)


def _declared_prefixes(text: str, at: int) -> str:
    """With a meaning for every prefix; `at` is where the root's name ends."""
    used: set[str] = set()
    told = {"xml", "xmlns"}
    for found in _PREFIX.finditer(text):
        used.add(found[1] or found[3] or "xml")
        told.add(found[2] or "xml")
    missing = "".join(f' xmlns:{p}="{_NAMESPACES.get(p, f"urn:undeclared:{p}")}"' for p in sorted(used - told))
    return f"{text[:at]}{missing}{text[at:]}"


def _sound_entries(text: str) -> tuple[str | None, tuple[str, ...]]:
    """The document without the entries that are no XML by themselves, and what these were; None when none is sound."""
    starts = [(found.start(), found.group(1)) for found in _ENTRY.finditer(text)]
    opening, closing = text[: text.find(">") + 1], text[text.rfind("</") :]
    if not starts or max(len(starts), len(opening)) > _MOST:
        return None, ()
    kept, lost = [text[: starts[0][0]]], []
    for number, (start, tag) in enumerate(starts, 1):
        limit = starts[number][0] if number < len(starts) else len(text)
        end = text.rfind(f"</{tag}", start, limit)
        end = text.find(">", end) + 1 if end >= 0 else 0
        if end and _is_sound(f"{opening}{text[start:end]}{closing}"):
            kept.append(text[start:end])
        else:
            name = _TITLE.search(text, start, limit)
            lost.append(f"entry {number}: it is no XML ({brief(name.group(1) if name else '')!r})")
    after = None if end else _AFTER_ENTRIES.search(text, start)
    kept.append(text[after.start() if after else end or start :])
    return ("".join(kept) if len(lost) < len(starts) else None), tuple(lost)


def _is_sound(text: str) -> bool:
    try:
        etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return False
    return True
