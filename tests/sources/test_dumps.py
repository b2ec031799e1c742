"""Files of papers in every known format and container, on rows we wrote."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import zstandard

from bot.errors import BadDataError, NotFoundError
from bot.models import Author, EventKind, PaperId, Portion, Record
from bot.sources import dump_files
from bot.sources.dump_files import DumpFile
from bot.sources.dumps import read_row

#: As published on Kaggle: TeX accents in `authors`, none in `authors_parsed`.
SNAPSHOT: dict[str, Any] = {
    "id": "0704.0001",
    "submitter": "Ada Example",
    "authors": "C. Bal\\'azs, E. L. Berger",
    "title": "Calculation of prompt diphoton production\n  cross sections",
    "comments": "37 pages, 15 figures; published version",
    "journal-ref": "Phys.Rev.D76:013009,2007",
    "doi": "10.1103/PhysRevD.76.013009",
    "report-no": "ANL-HEP-PR-07-12",
    "categories": "hep-ph hep-ex",
    "license": None,
    "abstract": "  A fully differential calculation in\nperturbative QCD.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Balázs", "C.", ""], ["Berger", "E. L.", "Jr.", "Argonne"]],
}
PLAIN: dict[str, Any] = {
    "id": "2503.20846",
    "title": "Gloves",
    "abstract": "About gloves.",
    "authors": ["Ada Example", "Ben Sample"],
    "categories": ["cs.CR", "cs.CL"],
    "comment": "23 pages",
    "published": "2025-03",
    "first_seen": "2025-03-28",
}
LISTED: dict[str, Any] = {
    "id": "2509.21799",
    "title": "D-Artemis: A Framework",
    "abstract": "About agents.",
    "authors": ["Ada Example"],
    "published": "2025-09-26T02:56:19.000Z",
    "daily_at": "2025-09-29T01:30:08.939Z",
    "daily_day": "2025-09-29",
    "upvotes": 9,
    "comments": 2,
    "github": "https://github.com/a/b",
    "github_stars": 7,
    "project": None,
    "organization": "nvidia",
    "ai_summary": "In a sentence.",
    "ai_keywords": ["agents"],
    "submitted_by": "ada",
    "thumbnail": None,
    "captured_at": "2025-09-30T08:00:00+08:00",
    "days": ["2025-09-29", "2025-09-30", "2025-10-01"],
    "snapshots": [
        ["2025-09-30T08:00:00+08:00", "2025-09-30", 9, 2, 7],
        ["2025-09-29T07:49:55+00:00", "2025-09-29", 7, 1, None],
    ],
}


def one(fields: dict[str, Any]) -> Record:
    found = read_row(json.dumps(fields).encode())
    assert not isinstance(found, str), found
    (record,) = found.records
    return record


def read(path: Path, after: int = 0) -> list[Portion]:
    return list(DumpFile(path).portions(after))


def records(portions: list[Portion]) -> list[Record]:
    return [record for portion in portions for record in portion.records]


def test_a_row_of_the_snapshot_keeps_versions_names_and_identities() -> None:
    record = one(SNAPSHOT)
    assert record.ids == (PaperId("arxiv", "0704.0001"), PaperId("doi", "10.1103/physrevd.76.013009"))
    assert record.title == "Calculation of prompt diphoton production cross sections"
    assert record.authors == (Author("C. Balázs"), Author("E. L. Berger Jr.", "Argonne"))
    assert record.categories == ("hep-ph", "hep-ex")
    assert (record.version, record.published) == (2, date(2007, 4, 2))
    assert record.updated == datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC)
    assert record.event.kind is EventKind.ANNOUNCED
    assert record.event.at == datetime(2007, 4, 4, 0, tzinfo=UTC)  # Tuesday evening in New York
    assert record.journal_ref == "Phys.Rev.D76:013009,2007"
    assert not record.withdrawn


def test_a_version_that_no_paper_has_is_left_out_and_not_its_paper() -> None:
    record = one(
        {**SNAPSHOT, "versions": [*SNAPSHOT["versions"], {**SNAPSHOT["versions"][1], "version": "v999999999"}]}
    )
    assert (record.version, record.ids[0].value) == (2, "0704.0001")


def test_a_snapshot_row_without_parsed_names_is_split() -> None:
    assert one({**SNAPSHOT, "authors_parsed": None, "authors": "Ada Example (Here), Ben Sample"}).authors == (
        Author("Ada Example", "Here"),
        Author("Ben Sample"),
    )


def test_a_withdrawn_paper_of_the_snapshot_is_known_as_withdrawn() -> None:
    assert one({**SNAPSHOT, "comments": "This paper has been withdrawn by the author."}).withdrawn


def test_a_plain_row_is_announced_on_the_day_it_was_seen_if_that_fits_its_month() -> None:
    assert one(PLAIN).event.at == datetime(2025, 3, 28, 4, tzinfo=UTC)  # midnight in New York
    late = one({**PLAIN, "first_seen": "2026-08-01"})
    assert late.event.at == datetime(2025, 3, 1, 5, tzinfo=UTC)
    assert late.published is None  # a month is no date


def test_a_listed_row_gives_every_capture_and_every_day() -> None:
    row = read_row(json.dumps(LISTED).encode())
    assert not isinstance(row, str)
    found = row.records
    told = [(r.event.occurrence, r.community.upvotes, r.community.code_stars) for r in found if r.community]
    assert sorted(told) == [("2025-09-29", 7, None), ("2025-09-30", 9, 7), ("2025-10-01", 9, 7)]
    assert {r.community.listed_on for r in found if r.community} == {date(2025, 9, 29)}
    first = next(r for r in found if r.event.occurrence == "2025-09-29")
    assert first.event.at == datetime(2025, 9, 29, 1, 30, 8, 939000, tzinfo=UTC)
    assert first.community is not None
    assert first.community.captured == datetime(2025, 9, 29, 7, 49, 55, tzinfo=UTC)
    assert first.community.organization is not None
    assert first.community.organization.handle == "nvidia"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not an object but list"),
        (b'{"a": 1}', "fields of no known format"),
        (json.dumps({**PLAIN, "id": "nothing"}).encode(), "no arXiv id ('nothing')"),
        (json.dumps({**PLAIN, "id": 7}).encode(), "no arXiv id ('7')"),
        (json.dumps({**PLAIN, "title": " \n"}).encode(), "2503.20846 has no title"),
        (json.dumps({**LISTED, "days": [], "snapshots": []}).encode(), "2509.21799: ValueError in its fields"),
    ],
)
def test_a_bad_row_is_named(row: bytes, reason: str) -> None:
    assert read_row(row) == reason


ODD = [
    *product(("versions", "authors_parsed"), ({"a": 1}, [5], [[5], None], 5.5, "x", True)),
    *product(("doi", "license", "abstract", "update_date", "journal-ref"), ({"a": 1}, ["x"], 5, True)),
    *product(("comments", "categories"), ({"a": 1}, 5.5)),
]


@pytest.mark.parametrize(("name", "value"), ODD, ids=str)
def test_an_odd_optional_field_costs_that_field_alone_and_is_named(name: str, value: object) -> None:
    row = read_row(json.dumps({**SNAPSHOT, name: value}).encode())
    assert not isinstance(row, str)
    whole, left_out = one(SNAPSHOT), one({k: v for k, v in SNAPSHOT.items() if k != name})
    assert row.odd == (f"0704.0001: `{name}` is left out",)
    assert row.records == (left_out,)
    assert whole.title == left_out.title


def test_a_field_of_its_kind_is_never_odd() -> None:
    for fields in (SNAPSHOT, PLAIN, LISTED):
        row = read_row(json.dumps(fields).encode())
        assert not isinstance(row, str)
        assert row.odd == ()


def _plain(path: Path, body: bytes) -> None:
    path.write_bytes(body)


def _gzipped(path: Path, body: bytes) -> None:
    path.write_bytes(gzip.compress(body))


def _zipped(path: Path, body: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", "about")
        archive.writestr("arxiv-metadata-oai-snapshot.json", body)


def _packed(pack: Callable[[bytes], bytes]) -> Callable[[Path, bytes], None]:
    def write(path: Path, body: bytes) -> None:
        path.write_bytes(pack(body))

    return write


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("pack", [_plain, _gzipped, _zipped, *map(_packed, PACKERS.values())])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_containers_and_formats_are_told_by_their_content(
    tmp_path: Path, pack: Callable[[Path, bytes], None], mark: bytes
) -> None:
    path = tmp_path / "file.without.meaning"
    pack(path, mark + b"\n".join(json.dumps(row).encode() for row in (SNAPSHOT, PLAIN, LISTED)))
    (portion,) = read(path)
    assert [r.ids[0].value for r in portion.records] == ["0704.0001", "2503.20846"] + ["2509.21799"] * 3
    assert (portion.rows, portion.share, portion.bad) == (3, 1.0, ())


def test_bad_rows_are_numbered_and_a_file_goes_on_behind_any_row(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(b"\n".join([json.dumps(PLAIN).encode(), b"", b"{broken", json.dumps(SNAPSHOT).encode()]))
    (portion,) = read(path)
    assert portion.bad == ("row 2: empty", "row 3: not JSON")
    (rest,) = read(path, 2)
    assert (rest.rows, rest.bad) == (4, ("row 3: not JSON",))
    assert read(path, 4) == []


def test_portions_are_cut_at_the_same_places_after_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump_files, "WEIGHT", 3000)
    path = tmp_path / "rows"
    rows = [{**PLAIN, "id": f"2503.{n:05}", "abstract": "word " * (n % 7) * 40} for n in range(60)]
    path.write_bytes(b"\n".join(json.dumps(row).encode() for row in rows))
    whole = read(path)
    assert len(whole) > 5
    for number, portion in enumerate(whole):
        assert read(path, portion.rows) == whole[number + 1 :]


def test_a_row_without_end_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    huge = b'{"id": "' + b"x" * (2 * dump_files.LONGEST_ROW + 5)
    path.write_bytes(json.dumps(PLAIN).encode() + b"\n" + huge + b"\n" + json.dumps(SNAPSHOT).encode())
    (portion,) = read(path)
    assert portion.bad == ("row 2: longer than 4 MiB",)
    assert len(portion.records) == 2


@pytest.mark.parametrize("body", [b"", b"id,title\n1,2", b"<html><body>Sign in</body></html>", b"%PDF-1.5", b"[]"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "file").write_bytes(body)
    with pytest.raises(BadDataError, match="no file of papers"):
        read(tmp_path / "file")


@pytest.mark.parametrize("packer", [None, *PACKERS])
def test_a_cut_file_gives_what_it_holds_and_says_where_it_ends(tmp_path: Path, packer: str | None) -> None:
    dice = random.Random(9)  # what does not shrink much, so that the packers make several blocks
    rows = [{**PLAIN, "id": f"2503.{n:05}", "abstract": dice.randbytes(200).hex()} for n in range(9_000)]
    body = b"\n".join(json.dumps(row).encode() for row in rows)
    packed = PACKERS[packer](body) if packer else body
    (tmp_path / "cut").write_bytes(packed[: len(packed) * 4 // 5 - 7])
    found: list[Record] = []
    portions = DumpFile(tmp_path / "cut").portions()
    with pytest.raises(BadDataError, match=r"cut off or damaged behind row [0-9,]+ "):
        found.extend(record for portion in portions for record in portion.records)
    assert 1000 < len(found) < 9000


@pytest.mark.parametrize("packer", ["bz2", "xz", "zst"])
def test_packed_files_behind_each_other_are_one_and_damage_is_told(tmp_path: Path, packer: str) -> None:
    pieces = [PACKERS[packer](json.dumps(row).encode() + b"\n") for row in (SNAPSHOT, PLAIN)]
    (tmp_path / "two").write_bytes(b"".join(pieces) + b"\0" * 2000)
    (portion,) = read(tmp_path / "two")
    assert len(portion.records) == 2
    (tmp_path / "bad").write_bytes(pieces[0] + pieces[1][:6] + b"\xff" * 20 + pieces[1][26:])
    with pytest.raises(BadDataError, match="cut off or damaged behind row 1 "):
        read(tmp_path / "bad")


def test_a_missing_file_is_said_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        DumpFile(tmp_path / "nothing.json")


def test_the_same_content_is_the_same_file_wherever_it_lies(tmp_path: Path) -> None:
    for name, body in (("a", b"{}" * 3_000_000), ("b", b"{}" * 3_000_000), ("c", b"{}" * 2_999_999 + b"[]")):
        (tmp_path / name).write_bytes(body)
    a, b, c = (DumpFile(tmp_path / name).identity() for name in "abc")
    assert a == b != c


# -- OAI-PMH -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def oai_pages(pages: Path) -> list[bytes]:
    found = [path.read_bytes() for path in sorted(pages.rglob("*.xml")) if b"<ListRecords>" in path.read_bytes()]
    assert found
    return found


def test_pages_that_follow_each_other_are_one_dump(tmp_path: Path, oai_pages: list[bytes]) -> None:
    single = []
    for number, body in enumerate(oai_pages):
        (tmp_path / str(number)).write_bytes(body)
        single += records(read(tmp_path / str(number)))
    assert single
    (tmp_path / "all.gz").write_bytes(gzip.compress(b"\n".join(oai_pages)))
    assert records(read(tmp_path / "all.gz")) == single
    assert {r.source for r in single} == {"arxiv-import"}


def test_every_cut_between_two_chunks_is_harmless(
    tmp_path: Path, oai_pages: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "all").write_bytes(b"\n".join(oai_pages[:2]))
    whole = records(read(tmp_path / "all"))
    for size in (7, 64, 1021):
        monkeypatch.setattr(dump_files, "_CHUNK", size)
        assert records(read(tmp_path / "all")) == whole


def test_a_dump_goes_on_behind_any_record(tmp_path: Path, oai_pages: list[bytes]) -> None:
    (tmp_path / "all").write_bytes(b"\n".join(oai_pages))
    (whole,) = read(tmp_path / "all")
    (rest,) = read(tmp_path / "all", 1)
    assert rest.rows == whole.rows
    assert rest.records == whole.records[-len(rest.records) :]


def test_a_document_type_and_a_cut_document_are_damage(tmp_path: Path, oai_pages: list[bytes]) -> None:
    (tmp_path / "bomb").write_bytes(b'<!DOCTYPE x [<!ENTITY a "b">]>' + oai_pages[0].partition(b"?>")[2])
    (tmp_path / "cut").write_bytes(oai_pages[0][:-40])
    for name in ("bomb", "cut"):
        with pytest.raises(BadDataError, match="cut off or damaged"):
            read(tmp_path / name)
