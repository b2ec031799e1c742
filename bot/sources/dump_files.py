"""Files of papers, opened and read piece by piece: plain, .gz, .bz2, .xz, .zst or .zip; JSON lines or OAI-PMH, told by their content.

Knows containers and how much memory a piece may take; the rows are read by dumps and arxiv_oai_records.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

from lxml import etree

from bot.errors import BadDataError, BadInputError, ConfigurationError, NotFoundError
from bot.models import Portion, Record
from bot.sources.arxiv_oai_records import read_record
from bot.sources.dumps import ARXIV, Row, read_row
from bot.sources.unpacking import DAMAGE, Unpacked, packer_of

#: Rows in one portion, and bytes after which it ends early. Always the same, so that a file read after a stop falls into
#: the same portions.
PORTION: Final = 1000
WEIGHT: Final = 8 << 20
#: Bytes of one row; a longer one is bad. The longest author list of arXiv takes a tenth of it.
LONGEST_ROW: Final = 4 << 20
_ENDS: Final = 1 << 20  # bytes at both ends of a file that tell it from others
_CHUNK: Final = 1 << 16
_HEAD: Final = 4096
_OAI_HEAD: Final = re.compile(rb"<(?:[\w.-]+:)?(?:OAI-PMH|ListRecords|GetRecord|record)\b")
#: XML declarations are left out between documents that follow each other, so that all are one.
_DECLARATION: Final = re.compile(rb"<\?xml\b[^>]{0,200}\?>")

_Read = Row | str
_Weighed = tuple[_Read, int]  # with its bytes


class DumpFile:
    """One file of papers."""

    def __init__(self, path: Path) -> None:
        """Raises NotFoundError when there is no such file, BadInputError for a folder or a pipe, and ConfigurationError for what
        the system does not let us read."""
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe would hold everybody until somebody writes into it
                raise BadInputError(f"{path} is no file: name the files one by one.")
            path.open("rb").close()
        except FileNotFoundError:
            raise NotFoundError(f"There is no file {path}.") from None
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from None
        self.path = path

    @property
    def name(self) -> str:
        return self.path.name

    def identity(self) -> str:
        """The file's content in 32 letters: its size and a digest of both its ends."""
        size = self.path.stat().st_size
        digest = hashlib.sha256(str(size).encode())
        with self.path.open("rb") as file:
            digest.update(file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS))
        return digest.hexdigest()[:32]

    def portions(self, after: int = 0) -> Iterator[Portion]:
        """The file's rows behind the first `after`, at most PORTION at a time.

        Raises BadDataError for a file of another kind, and for one that is cut off or damaged once its whole part is read.
        """
        size = max(1, self.path.stat().st_size)
        with self.path.open("rb") as raw, self._decompressed(raw) as stream:
            number, weight = after, 0
            rows: list[_Read] = []
            try:
                for row, heavy in self._rows(stream, after):
                    rows.append(row)
                    weight += heavy
                    if len(rows) == PORTION or weight >= WEIGHT:
                        yield _portion(rows, number, raw.tell() / size)
                        number, weight, rows = number + len(rows), 0, []
            except (EOFError, OSError, *DAMAGE, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
                if rows:
                    yield _portion(rows, number, raw.tell() / size)
                number += len(rows)
                raise BadDataError(
                    f"{self.name} is cut off or damaged behind row {number:,} ({error}). What was read is stored."
                ) from error
            if rows:
                yield _portion(rows, number, 1.0)

    @contextlib.contextmanager
    def _decompressed(self, raw: IO[bytes]) -> Iterator[IO[bytes]]:
        magic = raw.read(4)
        raw.seek(0)
        if magic[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=raw) as stream:
                yield cast(IO[bytes], stream)
        elif (packer := packer_of(magic)) is not None:
            yield cast(IO[bytes], io.BufferedReader(Unpacked(raw, packer), _CHUNK))
        elif magic == b"PK\x03\x04":
            try:
                with zipfile.ZipFile(raw) as archive:
                    largest = max(archive.infolist(), key=lambda member: member.file_size)
                    with archive.open(largest) as member:
                        yield member
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise BadDataError(f"{self.name} cannot be unpacked: {error}") from error
        else:
            yield raw

    def _rows(self, stream: IO[bytes], after: int) -> Iterator[_Weighed]:
        peek = getattr(stream, "peek", None)
        head = (peek(_HEAD) if peek else b"")[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
        if head.startswith(b"{"):
            return _json_rows(stream, after)
        if head.startswith(b"<") and _OAI_HEAD.search(head):
            return _oai_rows(stream, after)
        raise BadDataError(
            f"{self.name} is no file of papers. Known are JSON lines (arXiv's metadata snapshot, daily lists) and OAI-PMH, "
            "plain or as .gz, .bz2, .xz, .zst or .zip."
        )


def _portion(rows: list[_Read], before: int, share: float) -> Portion:
    records: list[Record] = []
    bad, odd = [], []
    for number, row in enumerate(rows, before + 1):
        if isinstance(row, str):
            bad.append(f"row {number}: {row}")
        else:
            records += row.records
            odd += [f"row {number}: {name}" for name in row.odd]
    return Portion(before + len(rows), min(share, 1.0), tuple(records), tuple(bad), tuple(odd))


def _json_rows(stream: IO[bytes], after: int) -> Iterator[_Weighed]:
    number = 0
    for text in _lines(stream):
        number += 1
        if number <= after:
            continue
        if text is None:
            yield f"longer than {LONGEST_ROW >> 20} MiB", 0
            continue
        found = read_row(text) if text.strip() else "empty"
        if isinstance(found, str) and text.strip() and not text.rstrip(b" \t\r").endswith((b"\n", b"}")):
            raise EOFError("its last row ends in the middle")
        yield found, len(text)


def _lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """The lines; None for one that is too long, whose rest is passed over."""
    first = True
    while text := stream.readline(LONGEST_ROW):
        whole = text.endswith(b"\n") or len(text) < LONGEST_ROW
        yield (text.removeprefix(b"\xef\xbb\xbf") if first else text) if whole else None
        first = False
        while not whole:
            rest = stream.readline(LONGEST_ROW)
            whole = rest.endswith(b"\n") or len(rest) < LONGEST_ROW


def _oai_rows(stream: IO[bytes], after: int) -> Iterator[_Weighed]:
    """The `record` elements of all documents in the stream, however they follow each other."""
    parser = etree.XMLPullParser(
        ("end",),
        tag=("{*}record", "{*}OAI-PMH"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    parser.feed(b"<dump>")
    number = 0
    for chunk in _without_declarations(stream):
        parser.feed(chunk)
        for _, element in parser.read_events():
            assert isinstance(element, etree._Element)  # its stubs know of other events too
            if etree.QName(element).localname == "record":
                number += 1
                if number > after:
                    found = read_record(element, ARXIV)
                    weight = sum(len(piece) for piece in element.itertext())
                    yield f"{_name_of(element)}: {found}" if isinstance(found, str) else Row(tuple(found)), weight
            _forget(element)
    parser.feed(b"</dump>")
    parser.close()


def _without_declarations(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        text = _DECLARATION.sub(b"", (rest + chunk).replace(b"\xef\xbb\xbf", b""))
        start = text.rfind(b"<?", max(0, len(text) - 220))
        cut = start if start >= 0 else len(text) - (1 if text.endswith(b"<") else 0)
        rest = text[cut:]
        yield text[:cut]
    yield rest


def _name_of(element: etree._Element) -> str:
    return next((" ".join((found.text or "").split()) for found in element.iter("{*}identifier")), "a record")


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
