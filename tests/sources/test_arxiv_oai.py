"""OAI-PMH: pages, tokens, errors in HTTP 200, both formats of both servers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest

from bot.errors import SourceUnhealthyError
from bot.models import Author, Batch, EventKind, PaperId
from bot.sources.arxiv import is_withdrawal, oai_set
from bot.sources.arxiv_oai import ArxivOai
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.http import PoliteClient
from playground.upstreams.server import Upstream

if TYPE_CHECKING:
    from tests.sources.conftest import Lab, Time

ERRORS = ("badArgument", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "badResumptionToken")


async def read(source: ArxivOai, cursor: str | None, now: datetime) -> list[Batch]:
    return [batch async for batch in source.batches(cursor, now)]


def error_page(code: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-11-20T05:54:30Z</responseDate><request>http://oaipmh.arxiv.org/oai</request>"
        f"<error code='{code}'>Reason: none</error></OAI-PMH>"
    )


def test_raw_records_tell_versions_dates_and_withdrawals(pages: Path) -> None:
    page = parse_page((pages / "oai_raw.xml").read_bytes(), "arxiv-oai")
    new, gone, first, second = page.records
    assert [str(identity) for identity in new.ids] == [
        "arxiv:2506.05240",
        "doi:10.1000/one",
        "doi:10.1000/two",
        "doi:10.1000/three",
    ]
    assert new.authors == (Author("Yizhuo Li", "HKU"), Author("Fr\\'ed\\'eric Lagouti\\`ere", "LJLL"))
    assert (new.abstract, new.comment) == ("A prior for latent spaces. In two lines.", "12 pages, 5 figures")
    assert (new.version, new.published) == (1, date(2026, 11, 19))
    assert new.updated == datetime(2026, 11, 19, 15, 55, 54, tzinfo=UTC)
    assert (new.event.kind, new.event.occurrence) == (EventKind.ANNOUNCED, "")
    assert new.event.at == datetime(2026, 11, 20, 1, tzinfo=UTC)  # Thursday's announcement
    assert (gone.event.kind, gone.event.occurrence, gone.withdrawn) == (EventKind.WITHDRAWN, "v2", True)
    assert gone.published == date(2011, 1, 31)
    # two versions between two visits: the first one was announced and must not be lost
    assert [(r.event.kind, r.event.occurrence) for r in (first, second)] == [
        (EventKind.ANNOUNCED, ""),
        (EventKind.REVISED, "v2"),
    ]
    assert page.skipped == ("oai:arXiv.org:2611.09999: no title",)
    assert page.token == "verb%3DListRecords%26metadataPrefix%3DarXivRaw%26skip%3D4"
    assert page.expires == datetime(2026, 11, 21, tzinfo=UTC)


def test_the_last_version_is_the_highest_wherever_it_stands(pages: Path) -> None:
    body = (pages / "oai_raw.xml").read_bytes()
    swapped = body.replace(b'"v1"', b'"v0"').replace(b'"v2"', b'"v1"').replace(b'"v0"', b'"v2"')
    assert {r.ids[0].value: r.version for r in parse_page(swapped, "x").records}["2611.01234"] == 2
    withdrawn = {r.ids[0].value: r.withdrawn for r in parse_page(swapped, "x").records}
    assert not withdrawn["1101.6031"]  # an old version without source is no withdrawal


@pytest.mark.parametrize("wrong", [b'"v1000"', b'"v999999999"', b'"9999"'])
def test_a_version_that_no_paper_has_is_left_out_and_not_its_paper(pages: Path, wrong: bytes) -> None:
    body = (pages / "oai_raw.xml").read_bytes()
    known = parse_page(body, "x").records
    found = parse_page(body.replace(b'"v2"', wrong), "x").records
    assert {r.version for r in found} == {1}
    assert {r.ids for r in found} == {r.ids for r in known}
    alone = parse_page(body.replace(b'"v2"', wrong).replace(b'"v1"', wrong), "x").records
    assert {r.version for r in alone} == {None}
    assert {r.ids for r in alone} == {r.ids for r in known}
    assert {r.event.kind for r in alone} == {EventKind.ANNOUNCED}


def test_on_the_present_server_created_is_the_last_versions_date(pages: Path) -> None:
    revised, first = parse_page((pages / "oai_present.xml").read_bytes(), "x").records
    assert revised.published is None  # created 2025-12-16 cannot be the first version of 2508.21012
    assert revised.event.kind is EventKind.REVISED
    assert revised.authors == (
        Author("Magnus F Ivarsen Jr.", "Somewhere & Elsewhere"),
        Author("Planck Collaboration"),
    )
    assert revised.abstract == "Swarms of rotating agents become turbulent; the onset is 'kinetic'."
    assert first.published == date(2025, 12, 31)  # numbered in the month after: still the first version
    assert first.event.kind is EventKind.ANNOUNCED
    assert first.version is None  # this format does not say


def test_the_old_servers_documents_are_read_too(pages: Path) -> None:
    page = parse_page((pages / "oai_legacy.xml").read_bytes(), "x")
    old, new = page.records
    assert (old.published, old.event.kind) == (date(2014, 12, 29), EventKind.REVISED)
    assert old.title == "Toolbox for reconstructing quantum theory from rules on information acquisition"
    assert old.categories == ("quant-ph", "gr-qc", "hep-th", "chao-dyn")
    assert (new.published, new.event.kind) == (date(2017, 12, 12), EventKind.ANNOUNCED)
    assert page.token == "1234567|1001"


@pytest.mark.parametrize("code", [*ERRORS, "noRecordsMatch"])
def test_errors_in_http_200_are_told_by_their_code(code: str) -> None:
    page = parse_page(error_page(code).encode(), "x")
    assert (page.error, page.records) == (code, ())


@pytest.mark.parametrize("prefix", ["arXivRaw", "arXiv"])
async def test_all_pages_are_walked_and_nothing_is_missing(time: Time, lab: Lab, prefix: str) -> None:
    async with Upstream(clock=time, page_size=7) as upstream:
        lab.upstream = upstream
        async with lab.client() as client:
            source = ArxivOai(client, upstream.oai_url, prefix=prefix)  # type: ignore[arg-type]
            batches = await read(source, None, time.now)
    held = {item.paper.id for item in upstream.papers if item.paper.batch <= 0 and item.day >= date(2026, 11, 12)}
    found = [record.ids[0].value for batch in batches for record in batch.records]
    assert set(found) == held
    assert len(batches) == -(-len(held) // 7)


async def test_a_token_is_sent_back_with_exactly_one_encoding(time: Time, lab: Lab) -> None:
    async with Upstream(clock=time, page_size=7) as upstream:
        lab.upstream = upstream
        async with lab.client() as client:
            await read(ArxivOai(client, upstream.oai_url, oai_set="cs"), None, time.now)
        sent = dict(parse_qsl(upstream.requests[1]["query"]))
    assert sent["resumptionToken"].startswith("verb%3DListRecords%26metadataPrefix%3DarXivRaw%26")
    assert "%253D" in upstream.requests[1]["query"]


async def test_a_stop_between_pages_resumes_at_the_next_one(time: Time, lab: Lab) -> None:
    async with Upstream(clock=time, page_size=7) as upstream:
        lab.upstream = upstream
        async with lab.client() as client:
            source = ArxivOai(client, upstream.oai_url)
            all_of_it = await read(source, None, time.now)
            for stop in range(1, len(all_of_it)):
                cursor = all_of_it[stop - 1].cursor
                assert source.next_poll(cursor, time.now, time.now) == time.now
                rest = await read(source, cursor, time.now)
                assert [b.records for b in rest] == [b.records for b in all_of_it[stop:]]
                assert rest[-1].cursor == all_of_it[-1].cursor


async def test_an_expired_token_begins_the_list_anew(time: Time, lab: Lab) -> None:
    async with Upstream(clock=time, page_size=7) as upstream:
        lab.upstream = upstream
        async with lab.client() as client:
            source = ArxivOai(client, upstream.oai_url)
            all_of_it = await read(source, None, time.now)
            upstream.fail("/oai", body=error_page("badResumptionToken"))
            again = await read(source, all_of_it[0].cursor, time.now)
            assert [b.records for b in again] == [b.records for b in all_of_it]
            time.forward(days=1)  # by the clock: the token is not even tried
            sent = len(upstream.requests)
            await read(source, all_of_it[0].cursor, time.now)
            assert "resumptionToken" not in upstream.requests[sent]["query"]


async def test_the_next_visit_overlaps_by_a_day_and_asks_without_until(lab: Lab, client: PoliteClient) -> None:
    source = ArxivOai(client, lab.upstream.oai_url, oai_set=oai_set("cs.LG"))
    (batch,) = await read(source, None, lab.time.now)
    lab.time.forward(days=4)
    (second,) = await read(source, batch.cursor, lab.time.now)
    sent = [dict(parse_qsl(entry["query"])) for entry in lab.upstream.requests]
    assert sent[0] == {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from": "2026-11-12", "set": "cs:cs:LG"}
    assert sent[1]["from"] == "2026-11-19"
    assert "until" not in sent[1]
    assert {r.ids for r in batch.records} & {r.ids for r in second.records}  # the overlap


async def test_a_quiet_day_is_an_empty_batch_that_moves_the_cursor(lab: Lab, client: PoliteClient) -> None:
    lab.upstream.put("/oai", error_page("noRecordsMatch"))
    (batch,) = await read(ArxivOai(client, lab.upstream.oai_url), None, lab.time.now)
    assert batch.records == ()
    assert "2026-11-20" in batch.cursor


@pytest.mark.parametrize("code", ERRORS)
async def test_every_other_error_is_an_error(lab: Lab, client: PoliteClient, code: str) -> None:
    lab.upstream.put("/oai", error_page(code))
    with pytest.raises(SourceUnhealthyError, match=code):
        await read(ArxivOai(client, lab.upstream.oai_url), None, lab.time.now)


@pytest.mark.parametrize("fault", [{"html": True}, {"empty": True}, {"truncate": 3000}, {"body": "<rss/>"}])
async def test_a_broken_page_is_an_error_and_yields_nothing(
    lab: Lab, client: PoliteClient, fault: dict[str, object]
) -> None:
    lab.upstream.fail("/oai", **fault)
    with pytest.raises(SourceUnhealthyError):
        await read(ArxivOai(client, lab.upstream.oai_url), None, lab.time.now)


async def test_a_back_fill_reads_its_span_once(lab: Lab, client: PoliteClient) -> None:
    source = ArxivOai(client, lab.upstream.oai_url, since=date(2026, 11, 16), until=date(2026, 11, 17))
    (batch,) = await read(source, None, lab.time.now)
    assert {item.paper.id for item in lab.upstream.papers if item.day in (date(2026, 11, 16), date(2026, 11, 17))} == {
        r.ids[0].value for r in batch.records
    }
    assert await read(source, batch.cursor, lab.time.now) == []
    assert source.next_poll(batch.cursor, lab.time.now, lab.time.now) > lab.time.now
    assert "2026-11-16..2026-11-17" in source.name


async def test_one_record_by_id(lab: Lab, client: PoliteClient) -> None:
    source = ArxivOai(client, lab.upstream.oai_url)
    found = await source.record(PaperId("arxiv", "2602.22661"))
    assert found is not None
    assert found.title == "dLLM: Simple Diffusion Language Modeling"
    assert await source.record(PaperId("arxiv", "9912.00001")) is None


async def test_five_days_of_silence_are_caught_up_completely(lab: Lab, client: PoliteClient) -> None:
    source = ArxivOai(client, lab.upstream.oai_url)
    (batch,) = await read(source, None, lab.time.now)
    lab.time.forward(days=5)
    caught = {r.ids[0].value for b in await read(source, batch.cursor, lab.time.now) for r in b.records}
    due = {i.paper.id for i in lab.upstream.papers if date(2026, 11, 20) < i.day <= lab.time.now.date()}
    assert due
    assert due <= caught


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("cs.LG", "cs:cs:LG"),
        ("hep-th", "physics:hep-th"),
        ("physics.optics", "physics:physics:optics"),
        ("cond-mat.soft", "physics:cond-mat:soft"),
        ("math.NA", "math:math:NA"),
        ("math-ph", "physics:math-ph"),
        ("q-bio.BM", "q-bio:q-bio:BM"),
        ("quant-ph", "physics:quant-ph"),
        ("cs", "cs:cs"),
    ],
)
def test_sets_are_named_as_since_2025(category: str, expected: str) -> None:
    assert oai_set(category) == expected


def test_a_page_counts_its_lines_of_authors_with_an_and(pages: Path) -> None:
    body = (pages / "oai_raw.xml").read_bytes()
    page = parse_page(body, "x")
    assert 0 < page.lines == body.count(b"<authors>")
    assert page.joined == sum(b" and " in piece.partition(b"</authors>")[0] for piece in body.split(b"<authors>")[1:])


WITHDRAWN = [
    "Due to an error in Theorem 1 the paper is withdrawn",
    "Unfortunately, there is a mistake in the proof, so the paper has been withdrawn",
    "There is an error in the proof and I withdraw the paper",
    "arXiv admin note: withdrawn due to copyright",
    "ArXiv admin note: submission has been withdrawn by arXiv admins",
    "v2: withdrawn",
    "This paper has been withdrawn since the results are not satisfied.",
    "5 pages, 1 figures. This paper has been withdrawn by the author due to emphasis",
    "The paper has been withdrawn by the author due to the crucial error",
    "This paper and abstract have been withdrawn.",
    "This paper has been withdrawn",
    "Withdrawn",
    "withdrawn by arXiv administrators because of overlap",
    "12 pages, withdrawn",
    "12 pages; withdrawn due to an error in Lemma 2",
    "This submission has been withdrawn by arXiv administrators due to inappropriate overlap",
    "Paper withdrawn and replaced by arXiv:2106.15928",
    "This article (arXiv:2106.15928v2) was withdrawn from arXiv",
    "Temporarily withdrawn",
    "The authors have withdrawn this paper because of a mistake",
    "We withdraw this paper",
    "This work has now been withdrawn at the request of the second author",
    "Comments: This paper is withdrawn",
    "This paper has been unfortunately withdrawn for revision",
    "[withdrawn]",
    "*Withdrawn*: see erratum",
    "The author wishes to withdraw this article",
    "15 pages, 3 figures, this paper is temporarily withdrawn as the data are being checked",
]
STANDS = [
    "This paper was withdrawn, corrected and is now resubmitted",
    "Withdrawn from publication in PRL; 5 pages",
    "We ask how readers learn that the paper was withdrawn",
    "Authors are told when the manuscript is withdrawn by a journal",
    "12 pages; previous version was withdrawn",
    "The first version of this note was withdrawn; this is a new proof",
    "We study what happens after a manuscript has been withdrawn from a journal.",
    "Withdrawn papers are a window on science",
    "the withdrawn drug is discussed in section 3",
    "Cash withdrawn from machines is predicted by a model.",
    "This paper replaces an earlier one that was withdrawn",
    "v1 was withdrawn",
    "An earlier version, hep-th/9901001, was withdrawn.",
    "This paper was withdrawn from ICML 2026",
    "The paper studies troops withdrawn in 1990",
    "This paper has not been withdrawn",
    "This paper was erroneously withdrawn and is now reinstated",
    "why articles are withdrawn by publishers: a survey",
    "Patients were withdrawn from treatment",
    "This article examines how drugs are withdrawn by regulators",
    "The authors of fake papers have withdrawn many",
    "Authors withdraw their paper from journals: why?",
    "Supersedes arXiv:2106.15928, which was withdrawn",
    "A manuscript was withdrawn by its authors",
    "replaces the withdrawn version",
    "When the paper that we cite was withdrawn we redid it",
]


@pytest.mark.parametrize("notice", WITHDRAWN)
def test_a_withdrawal_notice_is_read(notice: str) -> None:
    assert is_withdrawal(notice, None)
    assert is_withdrawal(None, notice, 2)
    assert not is_withdrawal(notice, notice, 1)  # a first version cannot be one


@pytest.mark.parametrize("text", STANDS)
def test_a_paper_about_withdrawing_or_of_which_another_version_was_withdrawn_stands(text: str) -> None:
    assert not is_withdrawal(text, None)
    assert not is_withdrawal(None, text)


@pytest.mark.parametrize(
    ("comment", "abstract", "expected"),
    [
        ("This paper has been withdrawn", None, True),
        ("Withdrawn", None, True),
        ("5 pages. This paper has been withdrawn by the author due to an error", None, True),
        ("withdrawn by arXiv administrators because of overlap", None, True),
        (None, "This submission has been withdrawn by the authors.", True),
        ("12 pages", "We study why people have withdrawn from social life. " * 10, False),
        ("v2: the withdrawn drug is discussed in section 3", None, False),
        (None, "Cash withdrawn from machines is predicted by a model.", False),
        (None, None, False),
    ],
)
def test_a_withdrawal_notice_is_told_from_a_paper_about_withdrawing(
    comment: str | None, abstract: str | None, expected: bool
) -> None:
    assert is_withdrawal(comment, abstract) is expected
