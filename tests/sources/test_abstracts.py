"""What publishers put around an abstract: it is no abstract, and no keyword matches it."""

from __future__ import annotations

import pytest

from bot.sources.abstracts import abstract_of, unflattened

SAID = "We show that a catalyst turns carbon dioxide to fuel at room temperature."
TITLE = "A catalyst for Everything"


@pytest.mark.parametrize(
    "markup",
    [
        f'<p>Nature, Published online: 18 November 2026; <a href="https://www.nature.com/articles/x">doi:10.1038/s41586-026-1</a></p>{SAID}',
        f"Science, Volume 386, Issue 6720, Page 413-419, October 2026. <br/>{SAID}",
        f"ACM Computing Surveys, Volume 58, Issue 1, Page 1-36, January 2027. <br/>{SAID}",
        f"Journal of Peace Research, Ahead of Print. <br/>{SAID}",
        f"Early View. {SAID}",
        f"<h2>ABSTRACT</h2><p>{SAID}</p>",
        f"<b>ABSTRACT</b><p>{SAID}</p><h2>Keywords</h2>",
        f'<span class="paragraphSection"><div class="boxTitle">Abstract</div>{SAID}</span>',
        f"<p>Author(s): Ada Marlow and Max Winter</p><p>{SAID}</p><br />[Phys. Rev. Lett. 137, 012501] Published Wed Nov 18, 2026",
        (
            f"<div><i><b>Chem. Sci.</b></i>, 2026, Accepted Manuscript<br><b>DOI</b>: 10.1039/D6SC00001A</div><div>{SAID}</div>"
            "The content of this RSS Feed (c) The Royal Society of Chemistry"
        ),
        f'<p><b>{TITLE}</b></p> <p>Sensors <a href="x">doi: 10.3390/s26010001</a></p> <p>Authors: Ada Marlow Max Winter </p> <p>{SAID}</p>',
        f"<p>by Ada Marlow, Max Winter</p> {SAID}",
        (
            "<p>Nature. 2026 Nov 18. doi: 10.1038/s41586-026-00001-1. Online ahead of print.</p><p><b>ABSTRACT</b></p>"
            f'<p>{SAID}</p><p>PMID:<a href="x">40000001</a> | DOI:<a href="y">10.1038/s41586</a></p>'
        ),
        (
            f"{TITLE}<br>Ada Marlow and Max Winter<br>EGUsphere, https://doi.org/10.5194/egusphere-2026-5, 2026<br>"
            f"<b>Preprint under review for ACP</b> (discussion: open, 0 comments)<br>{SAID}"
        ),
        f"Abstract {SAID}",
        f"ABSTRACT. {SAID}",
        f"&lt;p&gt;{SAID}&lt;/p&gt;",
        f"Nature, Published online: 01 January 2026; doi:10.1038/s41586-026-00001-1 {SAID}",
        SAID,
    ],
)
def test_only_the_abstract_is_left(markup: str) -> None:
    assert abstract_of(markup, TITLE) == SAID


@pytest.mark.parametrize(
    "markup",
    [
        "Nature Catalysis, Published online: 18 November 2026; doi:10.1038/s41929-026-00001-1",
        "Science, Volume 386, Issue 6720, Page 413-419, October 2026.",
        "Journal of the American Statistical Association, Volume 119, Issue 547, July-September 2026, Page 1674-1686<br/>. ",
        "<p>Publication date: December 2026</p><p><b>Source:</b> Journal of Catalysis, Volume 12</p><p>Author(s): A. Marlow</p>",
        '<p><img src="x.gif" alt="TOC"></p><div><cite>Journal of the American Chemical Society</cite></div><div>DOI: 10.1021/jacs.6</div>',
        f"Sensors, Vol. 26, Pages 1234: {TITLE}",
        "Monthly Notices, Volume 540, Issue 2, June 2026, Pages 1–15, https://doi.org/10.1093/mnras/stad1234",
        "<p>IEEE Transactions on Robotics, vol. 42, no. 1, pp. 1-20, 2026.</p>",
        "Published: 18 November 2026",
        "Journal of Solitons, Volume 12, Issue 3, March 2026: on waves<br/>DOI: 10.1234/abc",
        "Published online: 05 March 2026. Open access<br/>doi:10.1234/abc",
        "© 2026 The Authors",
        TITLE,
        "",
    ],
)
def test_a_citation_is_no_abstract(markup: str) -> None:
    assert abstract_of(markup, TITLE) is None


@pytest.mark.parametrize(
    "said",
    [
        "In Volume 3 of his memoirs the author says that light is heavy, which we test.",
        "We extend the results published in 2020 by Marlow to all primes; they hold without the hypothesis.",
        "May 2026 saw the largest solar storm in a decade. Here we describe it in detail.",
        "Volume 12 of the atlas lists all galaxies that were seen until now by the telescope.",
        "Source code and data are available. We describe how to use them for all purposes.",
        "Source: we study how much of a text can be left out. " + SAID * 3,
        "Copyright law is complex, and this paper is about how it came to be what it is today.",
    ],
)
def test_a_sentence_with_volumes_and_dates_stays(said: str) -> None:
    assert abstract_of(said, TITLE) == said


@pytest.mark.parametrize(
    ("flat", "said"),
    [
        ("BackgroundAuditory responses are standard.", "Background: Auditory responses are standard."),
        ("MethodsRNA was read. ResultsWe found it.", "Methods: RNA was read. Results: We found it."),
        ("We measured O_SCPLOWKC_SCPLOW.", "We measured K."),
        ("MO_SCPLOWUSEC_SCPLOWDO_SCPLOWRIFTC_SCPLOW drifts", "MUSEDRIFT drifts"),
        ("O_SCPCAPnC_SCPCAP-body", "n-body"),
        ("AO_SCPLOWBSTRACTC_SCPLOWMultidrug-resistant pathogens.", "Multidrug-resistant pathogens."),
        ("AO_SCPLOWBSTRACTC_SCPLOWO_ST_ABSBackgroundC_ST_ABSWe do.", "Background: We do."),
        ("What is new?C_ST_ABSO_LIGeometry matters.\nC_LIO_LISecond point.\nC_LI", "What is new? Geometry matters. Second point."),
        ('O_FIG O_LINKSMALLFIG WIDTH=200 SRC="FIGDIR/x.gif" ALT="Figure 1">\nView larger version (31K): C_FIG We see.', "We see."),
        ("TNF-{alpha}, NF-{kappa}B and {beta}-catenin at 5{+/-}1", "TNF-α, NF-κB and β-catenin at 5±1"),
        ("We study methods. Results are good; Backgrounds differ.", "We study methods. Results are good; Backgrounds differ."),
        ("O_FIG never closed", "never closed"),
    ],
)  # fmt: skip
def test_openrxivs_flattening_is_undone(flat: str, said: str) -> None:
    assert unflattened(flat) == said
