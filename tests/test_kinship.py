"""What a DOI and a title say of a work: versions, reviews, preprints, titles that are one, notes on a paper."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.models import Author, EventKind, PaperId
from bot.papers.joining import is_one_work
from bot.papers.kinship import is_preprint, is_review, ordered, statements, version_of, with_works, work_of
from bot.papers.merging import begin
from bot.papers.notes import note_of, note_on
from bot.papers.titles import is_bare, is_telling, title_key
from tests.amount import real_rows
from tests.conftest import NOW, arxiv, record
from tests.properties import tries


def doi(value: str) -> PaperId:
    return PaperId("doi", value)


@pytest.mark.parametrize(
    ("value", "work", "version"),
    [
        ("10.7554/elife.101010.1", "10.7554/elife.101010", 1),
        ("10.7554/elife.09560.12", "10.7554/elife.09560", 12),
        ("10.12688/f1000research.12345.2", "10.12688/f1000research.12345", 2),
        ("10.12688/wellcomeopenres.16155.3", "10.12688/wellcomeopenres.16155", 3),
        ("10.12688/gatesopenres.13936.1", "10.12688/gatesopenres.13936", 1),
        ("10.12688/openreseurope.14561.2", "10.12688/openreseurope.14561", 2),
        ("10.12688/verixiv.45.1", "10.12688/verixiv.45", 1),
        ("10.3310/nihropenres.1115125.1", "10.3310/nihropenres.1115125", 1),
        ("10.7490/f1000research.1112345.1", "10.7490/f1000research.1112345", 1),
        ("10.21203/rs.3.rs-123456/v1", "10.21203/rs.3.rs-123456", 1),
        ("10.21203/rs.2.12345/v4", "10.21203/rs.2.12345", 4),
        ("10.20944/preprints202401.0001.v1", "10.20944/preprints202401.0001", 1),
        ("10.26434/chemrxiv-2024-abcde-v2", "10.26434/chemrxiv-2024-abcde", 2),
        ("10.26434/chemrxiv.12345678.v1", "10.26434/chemrxiv.12345678", 1),
        ("10.26434/chemrxiv.15005144/v2", "10.26434/chemrxiv.15005144", 2),
        ("10.33774/coe-2022-d3nj5-v26", "10.33774/coe-2022-d3nj5", 26),
        ("10.33774/miir-2022-d3nj5-ab12-v2", "10.33774/miir-2022-d3nj5-ab12", 2),
        ("10.31219/osf.io/abcde_v1", "10.31219/osf.io/abcde", 1),
        ("10.31234/osf.io/vxyz9_v12", "10.31234/osf.io/vxyz9", 12),
        ("10.22541/au.1.1/v1", "10.22541/au.1.1", 1),
        ("10.22541/essoar.170000000.00000000/v2", "10.22541/essoar.170000000.00000000", 2),
        ("10.36227/techrxiv.1.v1", "10.36227/techrxiv.1", 1),
        ("10.36227/techrxiv.174.123/v3", "10.36227/techrxiv.174.123", 3),
        ("10.31124/advance.12345678.v1", "10.31124/advance.12345678", 1),
        ("10.6084/m9.figshare.1.v2", "10.6084/m9.figshare.1", 2),
        ("10.7287/peerj.preprints.1v2", "10.7287/peerj.preprints.1", 2),
        ("10.1002/essoar.10501234.1", "10.1002/essoar.10501234", 1),
        ("10.32388/abcdef.2", "10.32388/abcdef", 2),
        ("10.14293/pr2199.000123.v1", "10.14293/pr2199.000123", 1),
        ("10.1099/acmi.0.000123.v2", "10.1099/acmi.0.000123", 2),
        ("10.3762/bxiv.2020.1.v1", "10.3762/bxiv.2020.1", 1),
        ("10.12074/202301.00001v2", "10.12074/202301.00001", 2),
    ],
)  # fmt: skip
def test_every_family_of_versions(value: str, work: str, version: int) -> None:
    assert version_of(doi(value)) == (doi(work), version)
    assert version_of(doi(work)) is None
    assert work_of(doi(value)) == work_of(doi(work)) == doi(work)


@pytest.mark.parametrize(
    "value",
    [
        "10.7554/elife.00013.037", "10.1038/s41586-026-00001-1", "10.18520/cs/v106/i4/518-527", "10.1016/j.x/v1", "10.3310/hta12345",
        "10.26434/chemrxiv-2024-abcde", "10.31234/osf.io/abcde", "10.1371/journal.pone.0123456", "10.12688/f1000research.12345.0",
        "10.7554/elife.101010.999", "10.5281/zenodo.123.1", "10.1101/2020.09.09.20191205", "10.5194/acp-24-123-2024", "10.32388/abcdef",
        "10.1002/adma.202300001.1", "10.20944/preprints202401.0001", "10.7554/elife.101010.1.2",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_version(value: str) -> None:
    assert version_of(doi(value)) is None


def test_what_is_shown_leads_somewhere() -> None:
    """Research Square and F1000 register no DOI without a version; eLife and ChemRxiv do."""
    square = with_works([doi("10.21203/rs.3.rs-1/v1"), doi("10.21203/rs.3.rs-1/v2")])
    assert [i.value for i in square] == ["10.21203/rs.3.rs-1/v2", "10.21203/rs.3.rs-1/v1", "10.21203/rs.3.rs-1"]
    assert with_works([doi("10.7554/elife.101010.2")])[0] == doi("10.7554/elife.101010")
    mixed = ordered(
        [doi("10.12688/f1000research.1"), doi("10.1101/123456"), doi("10.12688/f1000research.1.1"), arxiv("2611.00001")]
    )
    assert [i.value for i in mixed] == [
        "2611.00001", "10.12688/f1000research.1.1", "10.1101/123456", "10.12688/f1000research.1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        "10.5194/egusphere-2026-5-rc1", "10.5194/egusphere-2026-5-ac12", "10.5194/acp-2023-123-cc1", "10.5194/acp-2023-123-ec2",
        "10.5194/bg-2018-1-sc3", "10.5194/egusphere-2026-5-ac1-supplement", "10.5194/acpd-12-c345-2012", "10.7554/elife.101010.sa0",
        "10.7554/elife.101010.2.sa1", "10.7554/elife.00013.037", "10.5256/f1000research.12345.r12345",
        "10.21956/wellcomeopenres.16155.r33972", "10.3310/nihropenres.14471.r29112", "10.7287/peerj.123v0.1/reviews/1",
        "10.7287/peerj-cs.9v0.2/reviews/2", "10.1111/jeb.13789/v1/review1", "10.1039/d3sc02440g/v3/decision1",
        "10.1002/eng2.70518/v2/response1", "10.21203/rs.3.rs-1/v1/review2", "10.1371/journal.pone.0123456.r001",
        "10.1371/journal.pbio.3001234.g002", "10.21468/scipost.report.1234", "10.5524/review.100001",
        "10.24072/pci.evolbiol.100001.rev11", "10.14293/s2199-1006.1.sor-med.a1234.v1.rabcde", "10.1099/acmi.0.000123.v1.3",
    ],
)  # fmt: skip
def test_reviews_and_parts_are_no_papers(value: str) -> None:
    assert statements(record(ids=(doi(value),), source="feed:x")) == ()


@pytest.mark.parametrize(
    "title",
    [
        "Review of: On solitons", "Review for “On solitons”", 'Decision letter for "On solitons"', "Author response for “On solitons”",
        "Peer Review of “On solitons”", "Authors’ Response to Peer Reviews of “On solitons”",
    ],
)  # fmt: skip
def test_reviews_are_told_by_their_title_where_the_doi_says_nothing(title: str) -> None:
    assert is_review(record(title=title, ids=(doi("10.32388/xyz123"),)))
    assert not is_review(record(title=title))  # on arXiv it was announced as a paper


@pytest.mark.parametrize(
    "title", ["Review of solitons", "Peer review of grant proposals", "A review of: what?", "Reviews"]
)
def test_a_paper_about_reviews_is_a_paper(title: str) -> None:
    assert not is_review(record(title=title, ids=(doi("10.1000/x"),)))


@pytest.mark.parametrize(
    "value",
    [
        "10.1101/123456", "10.1101/2020.09.09.20191205", "10.64898/2026.01.01.123456", "10.21203/rs.3.rs-1/v1", "10.31234/osf.io/abcde",
        "10.2139/ssrn.4000000", "10.31223/x5abcd", "10.32942/x2abcd", "10.5194/egusphere-2026-5", "10.5194/acpd-12-345-2012",
        "10.1590/scielopreprints.1", "10.2196/preprints.12345", "10.33774/coe-2024-abcde", "10.22541/au.1.1/v1",
    ],
)  # fmt: skip
def test_preprints_are_told_by_their_server(value: str) -> None:
    assert is_preprint(doi(value))


@pytest.mark.parametrize(
    "value",
    [
        "10.1101/gr.123456.120",
        "10.1101/lm.1234",
        "10.5194/acp-24-123-2024",
        "10.7554/elife.1",
        "10.1002/adma.1",
        "10.2196/12345",
    ],
)
def test_articles_of_the_same_publishers_are_none(value: str) -> None:
    assert not is_preprint(doi(value))


def test_a_later_version_is_the_paper_and_a_revision() -> None:
    first = statements(record(ids=(doi("10.7554/elife.101010.1"),), version=None))
    second = statements(record(ids=(doi("10.7554/elife.101010.2"),), version=None))
    assert [(r.event.kind, r.event.occurrence, r.version) for r in first] == [(EventKind.ANNOUNCED, "", 1)]
    assert [(r.event.kind, r.event.occurrence, r.version) for r in second] == [
        (EventKind.ANNOUNCED, "", 2),
        (EventKind.REVISED, "v2", 2),
    ]
    assert all(r.ids == (doi("10.7554/elife.101010.2"), doi("10.7554/elife.101010")) for r in second)


def test_an_articles_version_is_not_its_preprints() -> None:
    (said,) = statements(record(ids=(arxiv("2611.00001"), doi("10.7554/elife.101010.3")), version=1))
    assert said.version == 1
    assert set(said.ids) == {arxiv("2611.00001"), doi("10.7554/elife.101010.3"), doi("10.7554/elife.101010")}


@given(
    st.text("0123456789abcdefv./_-", max_size=60).map(lambda end: doi(f"10.7554/{end}")) | st.text(max_size=60).map(doi)
)
@example(doi("10.7554/elife.101010.1"))
@tries(300)
def test_any_doi_is_read(identity: PaperId) -> None:
    found = version_of(identity)
    assert found is None or (version_of(found[0]) is None and identity.value.startswith(found[0].value))
    assert set(with_works(with_works([identity]))) == set(with_works([identity]))
    assert len(statements(record(ids=(identity,)))) in (0, 1, 2)


# -- titles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("On solitons in chains", "On Solitons in Chains"),
        ("On Solitons in Chains.", "On solitons in chains"),
        ("Step-size and pre-training", "Step size and pretraining"),
        (r"Bounds on $\gamma$ for CO$_2$", "Bounds on γ for CO₂"),
        ("Müller's theorem — a proof", "Muller’s Theorem: A Proof"),
        ("Gradients & their noise", "Gradients and their noise"),
        ("Schrödinger&#x2019;s cat", "Schrödinger's cat"),
    ],
)
def test_titles_that_are_one(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


def test_titles_that_are_two() -> None:
    assert title_key("On solitons in chains I") != title_key("On solitons in chains II")
    for one, other in (
        ("A < B in chains", "A > B in chains"),
        (r"Search for the decay $D^{+} \to \pi^{+}$", "Search for the decay D⁻ → π⁻"),
        (r"The decay of $D^{*+}$", r"The decay of $D^{+}$"),
        ("Collisions at 1.3 TeV", "Collisions at 13 TeV"),
        ("Order in 1-2 dimensions", "Order in 12 dimensions"),
        ("Learning C++ from examples", "Learning C from examples"),
    ):
        assert title_key(one) != title_key(other)
    assert title_key(r"The decay of $D^{+}$") == title_key("The decay of D⁺") == title_key("The Decay of D+")


@pytest.mark.parametrize(
    "title", ["On solitons in chains", "深度学习在图像识别中的应用研究", "A study of something else"]
)
def test_a_title_that_tells(title: str) -> None:
    assert is_telling(title)


@pytest.mark.parametrize(
    "title",
    ["Introduction", "Editorial", "Preface to the volume", "On solitons", "In this issue", "A b c d e", "引言", ""],
)
def test_a_title_that_many_have(title: str) -> None:
    assert not is_telling(title)


def test_one_word_is_bare_and_two_are_not() -> None:
    assert is_bare("Editorial")
    assert is_bare("In it")
    assert not is_bare("On solitons")


# -- one work ----------------------------------------------------------------------------------------------------------

ARTICLE = record(
    title="On Solitons in Chains",
    ids=(doi("10.1000/demo.3"),),
    source="feed:x",
    authors=("Ada Marlow",),
    published=NOW.date(),
)


def test_a_preprint_and_its_article() -> None:
    paper = begin(1, record(title="On solitons in chains", authors=("Ben Sample", "A. Marlow")), NOW).paper
    assert is_one_work(paper, ARTICLE)


@pytest.mark.parametrize(
    "other",
    [
        record(title="On solitons in chains", authors=("Ben Sample", "B. Marlow")),
        record(title="On solitons in chains", authors=()),
        record(title="On solitons in chains", authors=("Ada Marlow",), published=NOW.date() - timedelta(days=900)),
        record(title="On solitons in chains", authors=("Ada Marlow",), ids=(doi("10.1000/demo.4"),)),
        record(title="On solitons in chains", authors=("Ada Marlow",), ids=(arxiv("2611.00001"), doi("10.1000/demo.4"))),
    ],
    ids=["other author", "no author", "years between", "two articles", "published elsewhere"],
)  # fmt: skip
def test_what_is_not_one_work(other: object) -> None:
    assert not is_one_work(begin(1, other, NOW).paper, ARTICLE)  # type: ignore[arg-type]


@pytest.mark.parametrize("people", [("W. Wang", "X. Zhao"), ("ATLAS Collaboration",)])
def test_a_namesake_by_initials_and_a_collaboration_are_no_common_author(people: tuple[str, ...]) -> None:
    paper = begin(
        1, record(title="On solitons in chains", authors=("Wei Wang", "Bo Li", "ATLAS Collaboration")), NOW
    ).paper
    assert not is_one_work(paper, replace(ARTICLE, authors=tuple(map(Author, people))))
    assert is_one_work(paper, replace(ARTICLE, authors=(Author("W. Wang"), Author("B. Li"))))


def test_thousands_of_authors_are_bounded_work() -> None:
    many = tuple(f"Ada{n} Person{n}" for n in range(3000))
    paper = begin(1, record(title="On solitons in chains", authors=many), NOW).paper
    assert not is_one_work(paper, record(title="On solitons in chains", ids=(doi("10.1000/x"),), authors=many[::-1]))


def test_titles_of_real_papers_join_nothing_that_is_not_one(data: Path) -> None:
    """As if one of each pair with the same key were the article: all of them are by the same people, and no paper is a note."""
    rows = list(real_rows(data / "arxiv_dev.jsonl.gz"))
    named = defaultdict(list)
    for row in rows:
        named[title_key(row["title"])].append(row)
    pairs = [(one, other) for same in named.values() for place, one in enumerate(same) for other in same[:place]]
    assert len(rows) > 50_000
    assert len(pairs) < 20
    false = [
        one["title"]
        for one, other in pairs
        if is_one_work(
            begin(1, record(title=one["title"], authors=tuple(one["authors"])), NOW).paper,
            record(title=other["title"], authors=tuple(other["authors"]), ids=(doi("10.1000/x"),)),
        )
        and not set(one["authors"]) & set(other["authors"])
    ]
    assert false == []
    notes = [row["title"] for row in rows if (note := note_of(row["title"])) and not note.doubtful]
    assert notes == []


# -- notes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Author Correction: On solitons", EventKind.CORRECTED),
        ("Publisher Correction: On solitons", EventKind.CORRECTED),
        ("Publisher Correction to: On solitons", EventKind.CORRECTED),
        ("Author Correction to: On solitons", EventKind.CORRECTED),
        ("Correction to: On solitons", EventKind.CORRECTED),
        ("Correction: On solitons", EventKind.CORRECTED),
        ('Correction to "On solitons"', EventKind.CORRECTED),
        ("Correction to ‘On solitons’", EventKind.CORRECTED),
        ("Corrections to “On solitons”", EventKind.CORRECTED),
        ("Correction: Marlow et al. On solitons. Int. J. Mol. Sci. 2026, 27, 2", EventKind.CORRECTED),
        ("Correction for Marlow et al., “On solitons”", EventKind.CORRECTED),
        ("Amendments: Author Correction: On solitons", EventKind.CORRECTED),
        ("Erratum: On solitons [Phys. Rev. D 100, 1 (2019)]", EventKind.CORRECTED),
        ("Erratum: “On solitons” (2019, ApJ, 1, 2)", EventKind.CORRECTED),
        ("Erratum to: On solitons", EventKind.CORRECTED),
        ("Erratum to “On solitons” [J. Phys. 1 (2020) 2–3]", EventKind.CORRECTED),
        ("Erratum for the Research Article “On solitons” by A. Marlow et al.", EventKind.CORRECTED),
        ("Corrigendum to On solitons", EventKind.CORRECTED),
        ("Corrigendum: On solitons", EventKind.CORRECTED),
        ("CORRIGENDUM TO: ON SOLITONS", EventKind.CORRECTED),
        ("On solitons – CORRIGENDUM", EventKind.CORRECTED),
        ("Publisher’s Note: On solitons [Phys. Rev. D 100, 1 (2019)]", EventKind.CORRECTED),
        ("Retraction Note: On solitons", EventKind.RETRACTED),
        ("Retraction Note to: On solitons", EventKind.RETRACTED),
        ("Retraction: On solitons", EventKind.RETRACTED),
        ("Retraction notice to “On solitons” [J. Phys. 1 (2020) 2–3]", EventKind.RETRACTED),
        ("Statement of Retraction: On solitons", EventKind.RETRACTED),
        ("Notice of Retraction and Replacement: On solitons", EventKind.RETRACTED),
        ("RETRACTED: On solitons", EventKind.RETRACTED),
        ("RETRACTED ARTICLE: On solitons", EventKind.RETRACTED),
        ("[Retracted] On solitons", EventKind.RETRACTED),
        ("WITHDRAWN: On solitons", EventKind.RETRACTED),
        ("Expression of Concern: On solitons", EventKind.QUESTIONED),
        ("Editorial Expression of Concern: On solitons", EventKind.QUESTIONED),
        ("Expression of concern to “On solitons”", EventKind.QUESTIONED),
        ("Addendum: On solitons", EventKind.SUPPLEMENTED),
        ("Addendum to: On solitons", EventKind.SUPPLEMENTED),
    ],
)
def test_notes_as_publishers_write_them(title: str, kind: EventKind) -> None:
    note = note_of(title)
    assert note is not None
    assert note.kind is kind
    assert "onsolitons" in map(title_key, note.titles)
    assert not note.doubtful


@pytest.mark.parametrize(
    "title",
    ["Correction", "Erratum", "Corrigendum.", "Retraction Note", "Department of Error", "Expression of Concern"],
)
def test_a_note_that_does_not_say_on_what(title: str) -> None:
    note = note_of(title)
    assert note is not None
    assert note.titles == ()
    assert not note.doubtful


@pytest.mark.parametrize(
    "title",
    [
        "Correction of errors in quantum memories", "Corrections to scaling in the Ising model", "Correction to the Casimir force",
        "Withdrawal of oxytocin", "Withdrawal: patterns in opioid users", "Retraction of the pharyngeal jaw",
        "Addition of water to alkenes", "Removal of dyes by clay", "Amendment of soils",
    ],
)  # fmt: skip
def test_a_paper_can_be_called_so_too(title: str) -> None:
    note = note_of(title)
    assert note is None or note.doubtful


@pytest.mark.parametrize(
    "title",
    [
        "Erratum-free codes", "Retracted papers in physics: a survey", "Withdrawn drugs and their fate", "Error correction: a review",
        "Correctional facilities", "Correction–diffusion models", "Errors and corrections",
        "On retraction", "Retracted", "Addenda-like sets",
    ],
)  # fmt: skip
def test_a_paper_that_only_begins_like_a_note(title: str) -> None:
    assert note_of(title) is None


def test_on_a_preprint_server_a_note_is_a_paper() -> None:
    assert note_on(record(title="Erratum: On solitons")) is None
    assert note_on(record(title="WITHDRAWN: On solitons", ids=(doi("10.1101/123456"),))) is None


@given(
    st.text(max_size=300)
    | st.sampled_from(["Correction ", "Retraction ", "Erratum to “"]).flatmap(lambda head: st.text().map(head.__add__))
)
@example("Correction: " * 200)
@tries(300)
def test_any_title_is_read(title: str) -> None:
    note_of(title)
    is_telling(title)
    assert title_key(title) == title_key(title.strip())
