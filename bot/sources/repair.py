"""XML that is not quite XML: neither a wrong character nor a tag without a partner may cost a document, or the entry that has it.

Knows the usual faults of feeds; must not know any upstream's vocabulary. What is sound is parsed as fast as ever.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from html.entities import html5
from typing import Final

from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.sources.balancing import balanced
from bot.sources.documents import line, parse_xml
from bot.sources.encodings import as_utf8, decoded
from bot.sources.quoting import unquoted

log = logging.getLogger(__name__)

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
#: Entries that the log names.
_NAMED: Final = 3
#: Prefixes that feeds use without saying what they mean.
_NAMESPACES: Final = {"dc": "http://purl.org/dc/elements/1.1/", "arxiv": "http://arxiv.org/schemas/atom"}


def read_xml(body: bytes, roots: Collection[str], what: str) -> etree._Element:
    """The root element, as parse_xml gives it.

    What is no XML is mended when it has its end: characters that cannot be, references to what is not declared and lone `&` and `<`;
    then, if that is not all, tags without partners. Which entries were mended so is logged. Raises as parse_xml does: a cut document
    is refused.
    """
    body = as_utf8(body)
    try:
        return parse_xml(body, roots, what)
    except SourceUnhealthyError as error:
        mended = _mended(body) if error.__cause__ else None  # else it is refused for what it is
        if mended is None:
            raise
    named: tuple[str, ...] = ()
    try:
        root = parse_xml(mended.encode(), roots, what)
    except SourceUnhealthyError as error:
        if not error.__cause__:
            raise
        sound, named = balanced(mended)
        root = parse_xml(sound.encode(), roots, what)
    said = f": tags in {', '.join(named[:_NAMED])}{' …' if len(named) > _NAMED else ''}" if named else ""
    log.warning("%s: the answer was no XML and was mended%s", what, line(said))
    return root


def _mended(body: bytes) -> str | None:
    """The document from its root element to the end of it, without what no XML can have; None when its end is missing."""
    text = decoded(body)
    declared = text.find("<?xml")  # a server's own warnings may stand before
    text = _SUSPECT.sub(_reference, unquoted(text[declared:] if declared > 0 else text))
    text = _PAIR.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    text = _FORBIDDEN.sub("", _BREAKS.sub(" ", text))
    root = _ROOT.search(text)
    end = _last(f"</{root.group(1)}", text) if root else -1
    close = text.find(">", end) if end >= 0 else -1
    if root is None or close < 0 or "<!doctype" in text[: root.start()].lower():
        return None
    return _declared_prefixes(text[root.start() : close + 1], root.end() - root.start())


def _last(tag: str, text: str) -> int:
    """Where the tag stands last, in whatever case; -1 for nowhere."""
    exact = text.rfind(tag)
    if exact >= 0:
        return exact
    return max((found.start() for found in re.finditer(rf"(?ai:{re.escape(tag)})(?![\w.-])", text)), default=-1)


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
