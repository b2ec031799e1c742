"""Bytes → trees, strictly: XML without DOCTYPE, JSON without surprises, text without stray white space.

Knows what is malformed; must not know any upstream's vocabulary.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.language.markup import without_tags
from bot.papers.paper_ids import MOST_VERSIONS
from bot.sources.encodings import as_utf8, decoded

# lone halves of surrogate pairs cannot be stored in UTF-8; the other controls show as nothing or break a terminal, and those
# above 0x7f were meant as in Windows' table
_UNSTORABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PROLOG = re.compile(rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
# Python refuses to read numbers of thousands of digits; no character has more than seven
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
# Nothing was published before, and calendars end at 9999: arithmetic on a date near either end overflows.
_YEARS = range(1600, 3000)
_LONGEST_DATE = 100  # characters
_LONGEST_NAME = 100


def parse_xml(body: bytes, roots: Collection[str], what: str) -> etree._Element:
    """The root element, which must be one of `roots` (`{namespace}name`).

    Raises SourceUnhealthyError on an empty body, HTML, a cut document, any DOCTYPE, and any other root.
    """
    head = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:400].lower()
    if not head:
        raise SourceUnhealthyError(f"{what}: the answer is empty.")
    if head.startswith((b"<!doctype html", b"<html")):
        raise SourceUnhealthyError(f"{what}: the answer is a web page, not the expected XML.")
    if not head.startswith(b"<"):
        raise SourceUnhealthyError(f"{what}: the answer is not XML.")
    prolog = _PROLOG.match(body.lstrip(b"\xef\xbb\xbf"))
    if prolog and body.lstrip(b"\xef\xbb\xbf")[prolog.end() : prolog.end() + 9].upper() == b"<!DOCTYPE":
        raise SourceUnhealthyError(f"{what}: the answer declares a DOCTYPE, which is refused.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        place = getattr(error, "position", None)
        where = f" at line {place[0]}" if place else ""
        raise SourceUnhealthyError(f"{what}: the answer is cut off or is not XML{where}.") from error
    if root.getroottree().docinfo.internalDTD is not None:  # written in an encoding in which the test above is blind
        raise SourceUnhealthyError(f"{what}: the answer declares a DOCTYPE, which is refused.")
    if root.tag not in roots:
        raise SourceUnhealthyError(f"{what}: the answer is another document, <{brief(etree.QName(root).localname)}>.")
    return root


def parse_json(body: bytes, kind: type, what: str) -> Any:
    """The JSON value, which must be a `kind` (dict or list). Raises SourceUnhealthyError otherwise."""
    if not body.strip():
        raise SourceUnhealthyError(f"{what}: the answer is empty.")
    try:
        value = _json(body)
    except (ValueError, RecursionError) as error:
        raise SourceUnhealthyError(f"{what}: the answer is cut off or is not JSON.") from error
    if not isinstance(value, kind):
        raise SourceUnhealthyError(f"{what}: the answer is another kind of document, {type(value).__name__}.")
    return value


def _json(body: bytes) -> Any:
    """What is no JSON for wrong bytes or control characters in its texts alone is read all the same."""
    try:
        return json.loads(body)
    except ValueError:
        return json.loads(decoded(as_utf8(body)), strict=False)


def line(text: str | None) -> str:
    """The text on one line: white space collapsed, what cannot be stored dropped."""
    return " ".join(_UNSTORABLE.sub(_storable, text or "").split())


def _storable(found: re.Match[str]) -> str:
    code = ord(found.group())
    return bytes([code]).decode("cp1252", "ignore") if 0x80 <= code <= 0x9F else ""


def brief(text: str | None) -> str:
    """What names an entry or a kind in a message: the beginning, on one line."""
    return line((text or "")[:_LONGEST_NAME])


def without_markup(markup: str | None) -> str:
    """HTML as found in journal feeds → one line of text."""
    return line(unescaped(without_tags(without_comments(unescaped(markup or "")))))


def unescaped(text: str) -> str:
    return html.unescape(_NO_CHARACTER.sub(" ", text)) if "&" in text else text


def without_comments(text: str) -> str:
    """Without each comment. An unclosed one is text: a pattern would look for its end from every beginning."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join([*kept, text[at:]])


def child_text(element: etree._Element, tag: str) -> str | None:
    """The child's whole text on one line; None when there is no such child or no text in it."""
    child = element.find(tag)
    return None if child is None else line(whole_text(child)) or None


def whole_text(element: etree._Element) -> str:
    """All text inside the element, as it stands."""
    return "".join(str(piece) for piece in element.itertext()) if len(element) else element.text or ""


def instant(text: str | None) -> datetime | None:
    """An ISO 8601 or RFC 2822 instant in UTC; None when it is neither. Without a zone it counts as UTC."""
    stripped = (text or "").strip()[:_LONGEST_DATE]
    if not stripped.isascii():  # Python reads the digits of every script
        return None
    try:
        value = datetime.fromisoformat(stripped)
    except ValueError:
        try:
            value = parsedate_to_datetime(stripped)
        except (ValueError, OverflowError):  # absurd years overflow
            return None
    if value.year not in _YEARS:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def day(text: str | None) -> date | None:
    """The date at the beginning of the text (`YYYY-MM-DD…`); None when there is none."""
    try:
        value = date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None
    return value if value.year in _YEARS else None


def number(text: object) -> int | None:
    """A count, which comes as a number or as a text; None when it is none or too large to be one."""
    digits = str(text).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def version(text: object) -> int | None:
    """A version's number, with or without its `v`; None when it is none that a paper can have."""
    found = number(str(text).strip().lstrip("v"))
    return found if found and found <= MOST_VERSIONS else None
