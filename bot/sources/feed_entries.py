"""One entry of a journal's feed: which article it is, who wrote it, and when it appeared.

Knows the elements that publishers use in RSS 2.0, RSS 1.0 and Atom; must not know what is news.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from lxml import etree

from bot.language.bylines import read_bylines
from bot.models import Author, PaperId
from bot.papers.addresses import parse_address
from bot.papers.paper_ids import parse_doi, parse_id
from bot.sources.abstracts import abstract_of
from bot.sources.documents import day, instant, line, whole_text, without_markup

# where publishers put the identity, the surest place first: (local name, attribute or None for the text)
_IDENTITY = (("doi", None), ("identifier", None), ("guid", None), ("id", None), ("link", "href"), ("link", None))
_ADDRESS = (("origlink", None), ("link", "href"), ("link", None), ("guid", None), ("id", None), ("identifier", None))
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
#: The day on which it stood online before that of the issue, which may be months earlier or later.
_DATES = ("published", "pubdate", "date", "issued", "publicationdate", "coverdate", "updated")
_TEXTS = ("encoded", "description", "summary", "content")
_PEOPLE = ("creator", "author", "authors")
_NAMES = ("name", "li")
#: APS and Elsevier print the authors at the beginning of the description, PLOS behind "by".
_LED = re.compile(r"Author\(s\):\s{0,9}([^<]{1,9000})|^\s{0,99}<p>\s{0,9}by\s([^<]{1,9000})</p>")
_BEGINNING = 10_000
_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_FOOTNOTE = re.compile(r"<sup>[^<]{0,40}</sup>", re.IGNORECASE)


class Entry:
    """The children of one element, by their local names in lower case, since some write them as they like."""

    def __init__(self, element: etree._Element) -> None:
        self._about = str(element.get(_ABOUT) or "")
        self._children: dict[str, list[etree._Element]] = {}
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                self._children.setdefault(tag.rpartition("}")[2].lower(), []).append(child)
        self.title = self.text("title")

    def text(self, name: str) -> str | None:
        """What the first child of that name says that says anything, markup removed."""
        return next((text for text in self._texts(name) if text), None)

    def ids(self) -> tuple[PaperId, ...]:
        """DOI and arXiv id, each once, the surest first."""
        schemes: dict[str, PaperId] = {}
        for name, attribute in _IDENTITY:
            for child in self._named(name):
                identity = _stated(_value(child, attribute))
                if identity is not None:
                    schemes.setdefault(identity.scheme, identity)
        return tuple(schemes.values())

    def address(self) -> PaperId | None:
        """Where it stands; None when every address says which DOI or arXiv id it has, or nothing."""
        return next((found for text in self._addresses() if (found := parse_address(text)) and not _stated(text)), None)

    def dated(self, now: datetime) -> tuple[datetime, date | None]:
        """When it appeared, and the day that is printed. What bears later dates alone appeared now: issues of months to come."""
        dates = [text for name in _DATES for text in self._texts(name)]
        instants = [instant(text) for text in dates]
        days = [day(text) or (at and at.date()) for text, at in zip(dates, instants, strict=True)]
        printed = [on for on in days if on]
        at = next((at for at in instants if at and at <= now), now)
        return at, next((on for on in printed if on <= now.date()), now.date() if printed else None)

    def abstract(self) -> str | None:
        said = (abstract_of(whole_text(child), self.title or "") for name in _TEXTS for child in self._named(name))
        return next(filter(None, said), None)

    def authors(self) -> tuple[Author, ...]:
        """Who wrote it: `dc:creator`, Atom's and RSS's `author`, IEEE's `authors`, else whom the text itself names in front of all."""
        for tag in _PEOPLE:
            people = read_bylines(_byline(text) for child in self._named(tag) for text in _names(child))
            if people:
                break
        else:
            texts = (whole_text(child)[:_BEGINNING] for name in _TEXTS for child in self._named(name))
            led = next((found for text in texts if (found := _LED.search(text))), None)
            people = read_bylines([_byline(led[1] or led[2])]) if led else []
        return tuple(Author(name, place) for name, place in people)

    def _named(self, name: str) -> list[etree._Element]:
        return self._children.get(name, [])

    def _texts(self, name: str) -> list[str]:
        return [without_markup(whole_text(child)) for child in self._named(name)]

    def _addresses(self) -> Iterator[str]:
        for name, attribute in _ADDRESS:
            for child in self._named(name):
                text = _value(child, attribute)
                if "://" in text[:9] and child.get("rel", "alternate") == "alternate":
                    yield text
        yield self._about


def _value(child: etree._Element, attribute: str | None) -> str:
    return line(str(child.get(attribute) or "") if attribute else child.text)


def _stated(text: str) -> PaperId | None:
    """The arXiv id or DOI that the text is."""
    arxiv = parse_id(text)
    return arxiv[0] if arxiv else parse_doi(text)


def _names(element: etree._Element) -> list[str]:
    """The text of each name inside, or of the whole."""
    inner = [e for e in element.iter() if isinstance(e.tag, str) and e.tag.rpartition("}")[2].lower() in _NAMES]
    return [whole_text(e) for e in inner or (element,)]


def _byline(text: str) -> str:
    """Without markup and footnote signs, its lines kept apart."""
    lines = _BREAK.sub("\n", _FOOTNOTE.sub("", text)).split("\n")
    return "\n".join(filter(None, (without_markup(line) for line in lines)))
