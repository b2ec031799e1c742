"""The smallest real inputs that once failed (`cases` beside the real data), each read by what reads it. The kinds have their own
tests with examples of ours; this one holds the first example of each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.language.name_matching import Certainty, compatible
from bot.language.names import parse
from bot.language.text import plain
from bot.models import Record
from bot.papers import paper_ids
from bot.query import language
from bot.query.document import analyse
from bot.sources.arxiv import is_withdrawal
from bot.sources.arxiv_feed import parse_feed
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.biorxiv import parse_details
from bot.sources.feeds import parse_articles

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def lines(cases: Path, name: str) -> list[str]:
    return (cases / name).read_text(encoding="utf-8").splitlines()


def pairs(cases: Path, name: str, mark: str) -> list[tuple[str, str]]:
    return [
        (left.strip(), right.strip()) for left, found, right in (x.partition(mark) for x in lines(cases, name)) if found
    ]


def articles(cases: Path, name: str) -> tuple[Record, ...]:
    return parse_articles((cases / name).read_bytes(), "feed:journal.example", NOW).records


def preprints(cases: Path, name: str) -> tuple[Record, ...]:
    return parse_details((cases / name).read_bytes(), "medrxiv").records


def people(record: Record) -> list[str]:
    return [author.name for author in record.authors]


def test_people(cases: Path) -> None:
    page = parse_page((cases / "r2-01-oai-authors-and.xml").read_bytes(), "arxiv-oai")
    assert [people(record) for record in page.records] == [
        ["Ada Marlow", "Max Winter"],
        ["Ada Marlow", "Max Winter", "Bo Li"],
        ["Ada Marlow", "Max Winter", "Bo Li"],
    ]
    (ageing,) = articles(cases, "r2-03-biorxiv-rss-authors.xml")
    assert people(ageing) == ["C. D. Marlow", "D. M. Herzfeld", "M. Winter", "D. Frost"]
    (shunts,) = preprints(cases, "r2-39-openrxiv-tokens.json")
    assert people(shunts)[0] == "R. Brown Jr."
    for mark in lines(cases, "r2-32-name-marks.txt"):
        assert compatible(parse(mark), parse("Clara Marlow")) is Certainty.EXACT, mark
    for name in ("r2-33-name-compound-family.txt", "r2-34-name-order-suffix.txt", "r2-35-collaboration-the.txt"):
        for one, other in pairs(cases, name, " | "):
            assert compatible(parse(one), parse(other)) is not None, (one, other)


def test_mark_up_and_text(cases: Path) -> None:
    assert articles(cases, "r2-05-sub-sup-title.xml")[0].title == "CO₂ reduction over La₃Ni₂O₇"
    assert language.parse("CO2").matches(analyse("CO₂ reduction over La₃Ni₂O₇", ""))
    (bounds,) = articles(cases, "r2-07-inequality-feed.xml")
    assert bounds.title == "Bounds when n<N and m>M hold"
    assert "x<y and z>w" in (bounds.abstract or "")
    (doses,) = preprints(cases, "r2-08-inequality-openrxiv.json")
    assert (doses.title, doses.abstract) == ("Doses with a<b and c>d", "We found n<N and m>M in all patients.")
    (catalyst,) = articles(cases, "r2-09-nature-boilerplate.xml")
    assert catalyst.abstract == "A catalyst turns carbon dioxide to fuel at room temperature."
    (typing,) = articles(cases, "r2-43-space-before-point.xml")
    assert typing.title == "Typing in .NET and p = .05 (a study)"
    (shunts,) = preprints(cases, "r2-39-openrxiv-tokens.json")
    assert shunts.abstract == (
        "Background: Auditory responses are standard. Methods: We measured K. What is new? Geometry matters. Second point."
    )
    for name in ("r2-29-tex-not.txt", "r2-31-tex-macro-glue.txt"):
        for raw, seen in pairs(cases, name, " -> "):
            ways = {seen.replace(" (with f or without)", ""), *seen.split(" or ")}
            assert plain(raw) in ways, raw


def test_documents_with_a_fault(cases: Path) -> None:
    assert len(articles(cases, "r2-11-entity-ampersand.xml")) == 3
    feed = parse_feed((cases / "r2-12-arxiv-rss-control-character.xml").read_bytes(), "arxiv:cs.LG")
    assert len(feed.records) == 3
    assert [record.title for record in articles(cases, "r2-14-cp1252-declared-utf8.xml")][
        -1
    ] == "Grün – Darwin’s finches"
    assert [record.title for record in articles(cases, "r2-15-declared-us-ascii.xml")] == ["Grün und Blau"]


def test_identities(cases: Path) -> None:
    for text in lines(cases, "r2-23-doi-with-view.txt"):
        assert str(paper_ids.parse(text)) == "doi:10.3847/1538-4357/ad1234"
    for name in ("r2-24-doi-with-view-others.txt", "r2-28-ids-pasted-old.txt"):
        for text, identity in pairs(cases, name, " -> "):
            assert str(paper_ids.parse(text)) == identity
    sici = [str(record.ids[0]) for record in articles(cases, "r2-25-sici-doi.xml")]
    assert sici == [
        "doi:10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
        "doi:10.1002/(sici)1097-0258(19980815/30)17:15/16<1713::aid-sim970>3.0.co;2-9",
    ]
    for text in lines(cases, "r2-26-sici-doi-pasted.txt"):
        assert ">" in str(paper_ids.parse(text))
    for text in lines(cases, "r2-27-ids-pasted.txt"):
        assert str(paper_ids.parse(text)) == "arxiv:2611.00001"
    without_doi = articles(cases, "r2-42-feeds-without-doi.xml")
    assert len(without_doi) == 7
    assert {"doi:10.1038/s41586-026-00001-1", "doi:10.18653/v1/2026.acl-long.1"} <= {str(r.ids[0]) for r in without_doi}


def test_withdrawals(cases: Path) -> None:
    for text in lines(cases, "r2-37-false-withdrawal.txt"):
        assert not is_withdrawal(None, text, 1)
        assert not is_withdrawal(None, text, 2)
    for text in lines(cases, "r2-38-false-withdrawal-comment.txt"):
        assert not is_withdrawal(text, None)


def test_words() -> None:
    """`r2-41-keyword-signs.txt` says it in words."""
    for query, text, agrees in (
        (".NET", "A net of sensors", False),
        ("AIDS", "A hearing aid for children", False),
        ("AIDS", "Living with AIDS", True),
        ("AIDS", "On HIV/AIDS", True),
        ("AI", "AIs that explain themselves", True),
    ):
        assert language.parse(query).matches(analyse(text, "")) is agrees, (query, text)
