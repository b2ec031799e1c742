"""Answers of every upstream as they were sent, and what may happen to one on its way: bytes, values, dates and types go wrong.

The pages are captured ones where they are at hand, and our own samples. Knows no reader.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from lxml import etree

T = TypeVar("T")
ROOT: Final = Path(__file__).parents[2]
RECORDED: Final = Path(os.environ.get("PAPERBOY_DATA", ROOT.parent / "shared" / "data")) / "recorded"
#: Which pages each upstream sends: our own, and where captured ones lie.
PAGES: Final = {
    "announcement feed": (("arxiv_rss_friday.xml", "arxiv_atom_friday.xml"), ("arxiv_rss", "derived_arxiv_rss")),
    "OAI-PMH": (("oai_legacy.xml", "oai_present.xml", "oai_raw.xml"), ("arxiv_oai", "derived_arxiv_oai")),
    "query API": (("api_legacy.xml", "api_present.xml"), ("arxiv_atom",)),
    "daily list": (("huggingface_2024.json", "huggingface_2026.json"), ("hf_daily_papers",)),
    "bioRxiv": (("biorxiv.json",), ()),
    "journal": (("journal_atom.xml", "journal_rdf.xml", "journal_rss.xml"), ()),
}
#: The same of registries, which give people and citations too.
REGISTRIES: Final = {
    "Semantic Scholar": (
        ("semantic_scholar_papers.json", "semantic_scholar_authors.json"),
        ("semantic_scholar/bodies",),
    ),
    "OpenAlex": (("openalex_works.json", "openalex_authors.json"), ("openalex",)),
}
_DATED: Final = re.compile(r"\s*(?:[A-Z][a-z]{2}, )?[0-9]{1,4}[- ][A-Za-z0-9]{2,3}[- ][0-9]{2,4}")
_LARGEST: Final = 16_000  # bytes; a page of hundreds of entries shows no more than one of ten
_FEW: Final = 4  # captured pages of an upstream

DATES: Final = (
    "2031-01-01",
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "+292278994-08-17T07:12:55Z", "2026-02-30", "2026-13-01", "1970-01-01",
    "Fri, 31 Dec 99999 23:59:59 GMT", "Thu, 01 Jan 0001 00:00:00 +2359", "Wed, 18 Nov 2026 25:61:61 +9999",
    "31 Dec 9999999999999999999 00:00:00 GMT",
    "٢٠٢٦-11-18",
)  # fmt: skip
TEXTS: Final = (
    "", " ", "\u3164", "0", "-1", "v0", "v999999999", "1e999", "NaN", "9" * 5_000, "٣", "²", "{" * 3_000, "$" * 3_001,
    "<" * 3_000,    "<!--" * 500, "&#xD800;", "]]>", "\u202e\u2066", "2611.00001v1000", "arXiv:", "10.", "10.1/", "https://[", "http://\u0130",
    "noRecordsMatch",    *DATES,
)  # fmt: skip
_DEEP: Final = json.loads("[" * 150 + "]" * 150)
VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 10**30, 2**63, 1e308, float("nan"), float("inf"), [], {}, [None], [[]], {"": None}, {"name": []},
    [{"name": 3}],    _DEEP,    "\ud800", "\x00", *TEXTS,
)  # fmt: skip
JUNK: Final = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"]]>", b"<!--", b"<?xml", b"</item>", b"<a>" * 400,
    b"[" * 3_000,    b'{"a":' * 3_000, b"9" * 5_000, b"null", b"NaN", b'"', b"\\ud800", b",,", b"xmlns:x='' ",
)  # fmt: skip


@cache
def pages(upstream: str) -> list[bytes]:
    own, captured = (PAGES | REGISTRIES)[upstream]
    files = [ROOT / "tests" / "pages" / name for name in own]
    for folder in captured:
        if (RECORDED / folder).is_dir():
            found = sorted(path for path in (RECORDED / folder).iterdir() if path.suffix in (".xml", ".json"))
            files += [path for path in found if path.stat().st_size <= _LARGEST][:_FEW]
    return [path.read_bytes() for path in files]


@st.composite
def damaged(draw: st.DrawFn, upstream: str) -> bytes:
    """A page of that upstream to which something happened: up to three values are others, then perhaps bytes are."""
    body = draw(st.sampled_from(pages(upstream)))
    if draw(st.integers(0, 3)):
        change = _json if body.lstrip()[:1] in (b"[", b"{") else _xml
        body = change(draw, body)
    for _ in range(draw(st.integers(0, 2)) if draw(st.booleans()) else 0):
        body = draw(st.sampled_from(_BYTES))(draw, body)
    return body


def every_field_as_every_value(upstream: str) -> Iterator[bytes]:
    """Our own pages of it, each time with the first field of one name as one other value."""
    for body in pages(upstream)[: len((PAGES | REGISTRIES)[upstream][0])]:
        yield from _each_json(body) if body.lstrip()[:1] in (b"[", b"{") else _each_xml(body)


def _each_json(body: bytes) -> Iterator[bytes]:
    holder = [json.loads(body)]
    firsts = {str(key): (parent, key) for parent, key in reversed(list(_places(holder)))}
    for parent, key in firsts.values():
        kept = parent[key]
        for value in VALUES:
            parent[key] = value
            yield json.dumps(holder[0]).encode()
        parent[key] = kept


def _each_xml(body: bytes) -> Iterator[bytes]:
    root = etree.fromstring(body)
    firsts = {str(element.tag): element for element in reversed(list(root.iter())) if isinstance(element.tag, str)}
    for element in firsts.values():
        kept = element.text
        for text in TEXTS:
            element.text = _allowed(text)
            yield etree.tostring(root)
        element.text = kept


def _json(draw: st.DrawFn, body: bytes) -> bytes:
    """Values swapped for others, fields left out, rows repeated."""
    holder = [json.loads(body)]
    for _ in range(draw(st.integers(1, 3))):
        parent, key = _one(draw, _places(holder), lambda place: str(place[1]) if isinstance(place[0], dict) else "")
        if draw(st.integers(0, 4)) or parent is holder:
            dated = isinstance(parent[key], str) and _DATED.match(parent[key])
            parent[key] = deepcopy(draw(st.sampled_from(DATES if dated else VALUES)))
        elif isinstance(parent, list):
            parent.insert(0, parent[key])
        else:
            del parent[key]
    return json.dumps(holder[0]).encode()


def _one(draw: st.DrawFn, things: Iterable[T], name: Callable[[T], str]) -> T:
    """One of them: every name as likely as any other, however often it stands there."""
    named: dict[str, list[T]] = {}
    for thing in things:
        named.setdefault(name(thing), []).append(thing)
    return draw(st.sampled_from(named[draw(st.sampled_from(sorted(named)))]))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every value in it, as the place that holds it."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from _places(value[key])


def _xml(draw: st.DrawFn, body: bytes) -> bytes:
    """Texts and attributes swapped for others, elements left out, repeated, renamed, buried."""
    root = etree.fromstring(body)
    for _ in range(draw(st.integers(1, 3))):
        elements = (element for element in root.iter() if isinstance(element.tag, str))
        element = _one(draw, elements, lambda element: str(element.tag))
        parent = element.getparent()
        act = draw(st.sampled_from(("text", "text", "text", "attribute", "drop", "repeat", "rename", "bury", "empty")))
        if act == "attribute" and element.attrib:
            element.set(draw(st.sampled_from(sorted(element.attrib))), _allowed(draw(st.sampled_from(TEXTS))))
        elif act == "rename":
            element.tag = draw(st.sampled_from(("{urn:other}title", "x", "item", "entry", "record", "version", "id")))
        elif act == "empty":
            element.clear()
        elif act == "drop" and parent is not None:
            parent.remove(element)
        elif act == "repeat" and parent is not None:
            parent.append(etree.fromstring(etree.tostring(element, with_tail=False)))
        elif act == "bury":
            for _ in range(120):
                element = etree.SubElement(element, element.tag)
            element.text = "deep"
        else:
            dated = _DATED.match(element.text or "")
            element.text = _allowed(draw(st.sampled_from(DATES if dated else TEXTS)))
    return etree.tostring(root)


def _allowed(text: str) -> str:
    """What XML can hold of it."""
    return "".join(c for c in text if c >= " ")


def _flip(draw: st.DrawFn, body: bytes) -> bytes:
    at = draw(st.integers(0, max(len(body) - 1, 0)))
    return body[:at] + bytes([draw(st.integers(0, 255))]) + body[at + 1 :]


def _cut(draw: st.DrawFn, body: bytes) -> bytes:
    return body[: draw(st.integers(0, len(body)))]


def _lose(draw: st.DrawFn, body: bytes) -> bytes:
    at = draw(st.integers(0, len(body)))
    return body[:at] + body[at + draw(st.integers(1, 400)) :]


def _repeat(draw: st.DrawFn, body: bytes) -> bytes:
    at = draw(st.integers(0, len(body)))
    end = at + draw(st.integers(1, 400))
    return body[:end] + body[at:]


def _insert(draw: st.DrawFn, body: bytes) -> bytes:
    at = draw(st.integers(0, len(body)))
    return body[:at] + draw(st.sampled_from(JUNK)) + body[at:]


_BYTES: Final[tuple[Callable[[st.DrawFn, bytes], bytes], ...]] = (_flip, _cut, _lose, _repeat, _insert)
