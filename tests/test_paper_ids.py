"""Ids in every form in which people and upstreams write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.models import PaperId
from bot.papers.paper_ids import find_ids, is_link, parse, parse_doi, parse_id
from tests.properties import tries


def arxiv(value: str) -> PaperId:
    return PaperId("arxiv", value)


@pytest.mark.parametrize(
    ("text", "value", "version"),
    [
        ("2301.00001", "2301.00001", None),
        ("  2301.00001v3\n", "2301.00001", 3),
        ("0704.0001", "0704.0001", None),
        ("2301.000011", "2301.000011", None),
        ("arXiv:2301.00001v12", "2301.00001", 12),
        ("arXiv:2301.00001v999", "2301.00001", 999),
        ("arXiv:2301.00001v1000", "2301.00001", None),
        ("https://arxiv.org/abs/2301.00001v999999999", "2301.00001", None),
        ("2301.00001v" + "9" * 90, "2301.00001", None),
        ("ARXIV: 2301.00001", "2301.00001", None),
        ("arXiv:2301.00001v2 [cs.LG]", "2301.00001", 2),
        ("oai:arXiv.org:2301.00001v2", "2301.00001", 2),
        ("oai:arXiv.org:hep-th/9901001", "hep-th/9901001", None),
        ("math.CA/0611800v2", "math/0611800", 2),
        ("math/0611800", "math/0611800", None),
        ("cond-mat.str-el/0501001", "cond-mat/0501001", None),
        ("quant-ph/0201082v1", "quant-ph/0201082", 1),
        ("https://arxiv.org/abs/2301.00001v2", "2301.00001", 2),
        ("<https://arxiv.org/abs/2301.00001>", "2301.00001", None),
        ("http://arxiv.org/pdf/2301.00001v2.pdf", "2301.00001", 2),
        ("arxiv.org/pdf/2301.00001", "2301.00001", None),
        ("https://export.arxiv.org/abs/math.GT/0309136", "math/0309136", None),
        ("https://www.arxiv.org/html/2301.00001v1#S1", "2301.00001", 1),
        ("http://arxiv.org/abs/quant-ph%2F0201082", "quant-ph/0201082", None),
        ("10.48550/arXiv.2301.00001", "2301.00001", None),
        ("https://doi.org/10.48550/arXiv.2301.00001", "2301.00001", None),
        ("doi:10.48550/arxiv.hep-th/9901001", "hep-th/9901001", None),
        ("https://huggingface.co/papers/2301.00001", "2301.00001", None),
        ("https://hf.co/papers/2301.00001?utm=x", "2301.00001", None),
        ("https://www.alphaxiv.org/abs/2301.00001v1", "2301.00001", 1),
        ("alphaxiv.org/overview/2301.00001", "2301.00001", None),
    ],
)
def test_every_form_of_an_arxiv_id_is_read(text: str, value: str, version: int | None) -> None:
    assert parse_id(text) == (arxiv(value), version)
    assert parse(text) == arxiv(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "diffusion models",
        "foo/9901001",
        "2313.00001",
        "2300.00001",
        "12345.6789",
        "2301.0000111",
        "2301.0001x",
        "v2301.00001",
        "https://evil.example/abs/2301.00001",
        "https://arxiv.org.evil.example/abs/2301.00001",
        "https://evil.example/?u=https://arxiv.org/abs/2301.00001",
        "3.2301.00001",
        "2301.00001 and 2301.00002",
        "quant-ph/0201082x",
        "2301.00001v0",
    ],
)
def test_what_is_no_arxiv_id_is_none(text: str) -> None:
    assert parse_id(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "٢٣٠١.٠٠٠٠١",
        "2301.0000\u0967",
        "aſtro-ph/0201082",  # without case, ſ is an s
        "https://arxıv.org/abs/2301.00001",  # another host
        "10.\u0967\u0967\u0966\u0969/x",
    ],
)
def test_the_digits_and_letters_of_other_scripts_make_no_id(text: str) -> None:
    assert parse_id(text) is None
    assert find_ids(f"see {text} and") == []
    assert parse_doi(text) != PaperId("arxiv", "2301.00001")
    with pytest.raises(BadInputError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("\uff12\uff13\uff10\uff11.00001", "arxiv:2301.00001"),
        ("２６１１．００００１", "arxiv:2611.00001"),
        ("ａｒＸｉｖ：２６１１．００００１ｖ２", "arxiv:2611.00001"),
        ("2611\u300200001", "arxiv:2611.00001"),
        ("ｍａｔｈ／０６１１８００", "arxiv:math/0611800"),
        ("ｈｔｔｐｓ：／／ａｒｘｉｖ．ｏｒｇ／ａｂｓ／２６１１．００００１", "arxiv:2611.00001"),
        ("（2611.00001）", "arxiv:2611.00001"),
        ("10.１１０３/x", "doi:10.1103/x"),
        ("ｄｏｉ：１０．１０００／ｘｙｚ", "doi:10.1000/xyz"),
    ],
)
def test_wide_digits_letters_and_signs_of_a_keyboard_are_read_where_people_type(text: str, identity: str) -> None:
    assert str(parse(text)) == identity
    assert [str(found) for found in find_ids(f"\u898b\u3066 {text} \u3067\u3059")] == [identity]
    assert parse_id(text) is None  # upstreams have no such keyboards


def test_old_ids_keep_their_archive_apart() -> None:
    assert parse("quant-ph/0201082") != parse("hep-th/0201082")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10.1103/PhysRevD.111.032004", "10.1103/physrevd.111.032004"),
        ("doi:10.1000/XYZ", "10.1000/xyz"),
        ("DOI: 10.1000/XYZ", "10.1000/xyz"),
        ("https://doi.org/10.1038/s41586-021-03819-2.", "10.1038/s41586-021-03819-2"),
        ("https://dx.doi.org/10.1016/S0140-6736(20)30183-5", "10.1016/s0140-6736(20)30183-5"),
        ("(10.1016/S0140-6736(20)30183-5)", "10.1016/s0140-6736(20)30183-5"),
        ("https://link.example.org/doi/10.1103/PhysRevLett.107.020401?af=R", "10.1103/physrevlett.107.020401"),
        ("https://www.biorxiv.org/content/10.1101/2020.09.09.20191205v1.full", "10.1101/2020.09.09.20191205"),
        ("10.1103/bppp-53g1", "10.1103/bppp-53g1"),
    ],
)
def test_dois_are_read_bare_prefixed_and_in_links(text: str, value: str) -> None:
    assert parse_doi(text) == PaperId("doi", value)


def test_an_arxiv_doi_is_the_arxiv_id() -> None:
    assert parse_doi("https://doi.org/10.48550/arXiv.2301.00001v2") == arxiv("2301.00001")


@pytest.mark.parametrize("text", ["", "10.1000", "x10.1000/abc", "110.1000/abc", "10.1/abc"])
def test_what_is_no_doi_is_none(text: str) -> None:
    assert parse_doi(text) is None


PASTED = [
        ('https://iopscience.iop.org/article/10.3847/1538-4357/ad1234/meta', 'doi:10.3847/1538-4357/ad1234'),
        ('https://iopscience.iop.org/article/10.3847/1538-4357/ad1234/pdf', 'doi:10.3847/1538-4357/ad1234'),
        ('https://academic.oup.com/mnras/article/doi/10.1093/mnras/stad1234/7123456', 'doi:10.1093/mnras/stad1234'),
        ('https://www.tandfonline.com/doi/full/10.1080/01621459.2024.1234567#abstract', 'doi:10.1080/01621459.2024.1234567'),
        ('https://www.frontiersin.org/articles/10.3389/fpsyg.2019.01731/full', 'doi:10.3389/fpsyg.2019.01731'),
        ('https://onlinelibrary.wiley.com/doi/10.1002/(SICI)1097-0258(19970515)16:9%3C981::AID-SIM510%3E3.0.CO;2-N',
         'doi:10.1002/(sici)1097-0258(19970515)16:9<981::aid-sim510>3.0.co;2-n'),
        ('10.1577/1548-8659(1981)110<446:EOTOFR>2.0.CO;2', 'doi:10.1577/1548-8659(1981)110<446:eotofr>2.0.co;2'),
        ('arXiv.2611.00001', 'arxiv:2611.00001'),
        ('2611\u200b.00001', 'arxiv:2611.00001'),
        ('\u20602611.00001\xad', 'arxiv:2611.00001'),
        ('https://papers.cool/arxiv/2611.00001', 'arxiv:2611.00001'),
        ('astro-ph9912010', 'arxiv:astro-ph/9912010'),
        ('https://xxx.lanl.gov/abs/hep-th/9711200', 'arxiv:hep-th/9711200'),
        ('http://biorxiv.org/cgi/content/short/857789v1?rss=1', 'doi:10.1101/857789'),
        ('https://www.biorxiv.org/content/biorxiv/early/2023/05/04/2023.05.04.539416.full.pdf', 'doi:10.1101/2023.05.04.539416'),
        ('https://arxiv.org/abs/2611.00001?context=cs', 'arxiv:2611.00001'),
        ('arXiv 2611.00001', 'arxiv:2611.00001'),
        ('arxiv/2611.00001', 'arxiv:2611.00001'),
        ('arxiv-2611.00001', 'arxiv:2611.00001'),
        ('arXiv: 2611.00001v2', 'arxiv:2611.00001'),
        ('https://ui.adsabs.harvard.edu/abs/arXiv:2611.00001/abstract', 'arxiv:2611.00001'),
        ('https://api.semanticscholar.org/arXiv:2611.00001', 'arxiv:2611.00001'),
        ('https://static.arxiv.org/pdf/arxiv/2611.00001v1.pdf', 'arxiv:2611.00001'),
        ('http://xxx.lanl.gov/pdf/hep-th/9711200', 'arxiv:hep-th/9711200'),
        ('http://lanl.arxiv.org/abs/hep-th/9711200', 'arxiv:hep-th/9711200'),
        ('hep-th 9711200', 'arxiv:hep-th/9711200'),
        ('math.GT0309136', 'arxiv:math/0309136'),
        ('arXiv:astro-ph9912010v2', 'arxiv:astro-ph/9912010'),
        ('https://www.medrxiv.org/content/10.1101/2020.09.09.20191205v1.full.pdf+html', 'doi:10.1101/2020.09.09.20191205'),
        ('https://www.biorxiv.org/content/early/2018/01/01/123456', 'doi:10.1101/123456'),
        ('https://www.medrxiv.org/content/medrxiv/early/2026/05/04/2026.05.04.26339416.full.pdf', 'doi:10.64898/2026.05.04.26339416'),
        ('https://www.biorxiv.org/content/10.64898/2026.11.17.26360001v2.supplementary-material', 'doi:10.64898/2026.11.17.26360001'),
        ('https://pubs.aip.org/aip/jcp/article/doi/10.1063/5.0001234/12345678/A-title-of-it', 'doi:10.1063/5.0001234'),
        ('https://academic.oup.com/mnras/article-abstract/doi/10.1093/mnras/stad1234/7123456?redirectedFrom=fulltext',
         'doi:10.1093/mnras/stad1234'),
        ('https://link.springer.com/content/pdf/10.1007%2Fs00220-026-0001-1.pdf', 'doi:10.1007/s00220-026-0001-1'),
        ('https://link.springer.com/article/10.1007/s00220-026-0001-1/fulltext.html', 'doi:10.1007/s00220-026-0001-1'),
        ('https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0000001', 'doi:10.1371/journal.pone.0000001'),
        ('https://pubs.acs.org/doi/10.1021/jacs.6c00001?ref=pdf', 'doi:10.1021/jacs.6c00001'),
        ('https://pubs.acs.org/doi/suppl/10.1021/jacs.6c00001/suppl_file/ja6c00001_si_001.pdf', 'doi:10.1021/jacs.6c00001'),
        ('https://onlinelibrary.wiley.com/doi/epdf/10.1002/adma.202600001', 'doi:10.1002/adma.202600001'),
        ('https://www.pnas.org/doi/full/10.1073/pnas.2600001123#supplementary-materials', 'doi:10.1073/pnas.2600001123'),
        ('https://www.pnas.org/doi/10.1073/pnas.2600001123/-/DCSupplemental', 'doi:10.1073/pnas.2600001123'),
        ('https://journals.aps.org/prl/abstract/10.1103/PhysRevLett.137.012501', 'doi:10.1103/physrevlett.137.012501'),
        ('https://dl.acm.org/doi/pdf/10.1145/3600000.3600001', 'doi:10.1145/3600000.3600001'),
        ('https://doi.org/10.1000/full', 'doi:10.1000/full'),
        ('10.1000/xyz/full', 'doi:10.1000/xyz/full'),
        ('https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2',
         'doi:10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2'),
        ('https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2',
         'doi:10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2'),
        ('10.1000/abc<br>next', 'doi:10.1000/abc'),
        ('doi:\u200b10.1000/x\u200byz', 'doi:10.1000/xyz'),
        ('https://www.frontiersin.org/journals/psychology/articles/10.3389/fpsyg.2019.01731/full', 'doi:10.3389/fpsyg.2019.01731'),
        ('https://www.tandfonline.com/doi/abs/10.1080/01621459.2024.1234567?journalCode=uasa20', 'doi:10.1080/01621459.2024.1234567'),
        ('https://iopscience.iop.org/article/10.3847/1538-4357/ad1234', 'doi:10.3847/1538-4357/ad1234'),
        ('https://royalsocietypublishing.org/doi/10.1098/rspa.2026.0001.full.pdf', 'doi:10.1098/rspa.2026.0001'),
]  # fmt: skip


WRAPPED = [
        ('arXiv:2611.00001v2 [cs.LG] 3 Nov 2026', 'arxiv:2611.00001'),
        ('[2611.00001] A title of a paper', 'arxiv:2611.00001'),
        ('`2611.00001`', 'arxiv:2611.00001'),
        ('**2611.00001**', 'arxiv:2611.00001'),
        ('(2611.00001)', 'arxiv:2611.00001'),
        ('[paper](https://arxiv.org/abs/2611.00001)', 'arxiv:2611.00001'),
        ('https://arxiv.org/abs/2611.00001).', 'arxiv:2611.00001'),
        ('abs/2611.00001', 'arxiv:2611.00001'),
        ('pdf/2611.00001v3', 'arxiv:2611.00001'),
        ('/abs/hep-th/9901001', 'arxiv:hep-th/9901001'),
        ('https://doi.org/10.1016/j.cell.2026.01.001/', 'doi:10.1016/j.cell.2026.01.001'),
        ('10.1175/1520-0469(1963)020&lt;0130:DNF&gt;2.0.CO;2', 'doi:10.1175/1520-0469(1963)020<0130:dnf>2.0.co;2'),
        ('https://elifesciences.org/reviewed-preprints/12345v2', 'doi:10.7554/elife.12345'),
        ('<https://arxiv.org/abs/2611.00001>', 'arxiv:2611.00001'),
        ('\u201c2611.00001\u201d', 'arxiv:2611.00001'),
        ('2611.00001,', 'arxiv:2611.00001'),
        ('https://doi.org/10.1016/S0140-6736(20)30183-5', 'doi:10.1016/s0140-6736(20)30183-5'),
]  # fmt: skip


#: By what they carry: redirects, archives, searches of catalogues, and pages of readers.
CARRIED = {
    "arxiv:2611.00001": [
        "https://www.google.com/url?q=https://arxiv.org/abs/2611.00001&sa=D&source=docs&ust=1&usg=AOv",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Farxiv.org%2Fpdf%2F2611.00001v2.pdf&ved=2ah",
        "https://www.google.co.uk/url?sa=t&rct=j&q=&esrc=s&url=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001",
        "https://scholar.google.com/scholar_url?url=https://arxiv.org/pdf/2611.00001&hl=en&sa=X",
        "https://scholar.google.com/scholar_lookup?arxiv_id=2611.00001&title=x",
        "https://scholar.google.com/scholar?q=arXiv:2611.00001",
        "https://scholar.google.de/scholar?hl=de&as_sdt=0%2C5&q=2611.00001&btnG=",
        "https://www.google.com/search?q=arxiv+2611.00001",
        "https://www.connectedpapers.com/search?q=2611.00001",
        "https://www.connectedpapers.com/main/arxiv:2611.00001",
        "https://www.connectedpapers.com/api/redirect/arxiv/2611.00001",
        "https://inspirehep.net/api/arxiv/2611.00001",
        "https://inspirehep.net/arxiv/2611.00001",
        "https://inspirehep.net/eprint/2611.00001",
        "https://inspirehep.net/literature?q=eprint%202611.00001",
        "https://inspirehep.net/literature?sort=mostrecent&size=25&page=1&q=find%20eprint%202611.00001",
        "https://inspirehep.net/api/literature?q=arxiv:2611.00001",
        "https://www.alphaxiv.org/abs/2611.00001v1",
        "https://www.alphaxiv.org/zh/overview/2611.00001",
        "https://www.alphaxiv.org/resources/2611.00001",
        "https://alphaxiv.org/html/2611.00001",
        "https://www.semanticscholar.org/reader/arXiv:2611.00001",
        "https://www.semanticscholar.org/arxiv/2611.00001",
        "https://www.semanticscholar.org/paper/arXiv:2611.00001",
        "https://api.semanticscholar.org/graph/v1/paper/arXiv:2611.00001?fields=title",
        "https://api.semanticscholar.org/graph/v1/paper/ARXIV:2611.00001",
        "https://api.semanticscholar.org/graph/v1/paper/URL:https://arxiv.org/abs/2611.00001",
        "https://www.semanticscholar.org/search?q=2611.00001&sort=relevance",
        "https://huggingface.co/papers/2611.00001#67a1",
        "https://huggingface.co/papers?q=2611.00001",
        "https://huggingface.co/models?other=arxiv:2611.00001",
        "https://huggingface.co/datasets?other=arxiv%3A2611.00001",
        "https://arxiv.org/list/cs.LG/2611.00001",
        "https://arxiv.org/html/2611.00001v1#S2.F1",
        "https://arxiv.org/html/2611.00001v1/x1.png",
        "https://arxiv.org/ps/2611.00001",
        "https://arxiv.org/format/2611.00001",
        "https://arxiv.org/e-print/2611.00001",
        "https://arxiv.org/src/2611.00001v1",
        "https://arxiv.org/src/2611.00001v1/anc/a.txt",
        "https://arxiv.org/bibtex/2611.00001",
        "https://arxiv.org/prevnext?id=2611.00001&function=next&context=cs",
        "https://arxiv.org/ftp/arxiv/papers/2611/2611.00001.pdf",
        "https://arxiv.org/search/?query=2611.00001&searchtype=all",
        "https://arxiv.org/2611.00001",
        "https://export.arxiv.org/api/query?id_list=2611.00001",
        "http://export.arxiv.org/oai2?verb=GetRecord&identifier=oai:arXiv.org:2611.00001&metadataPrefix=arXivRaw",
        "https://browse.arxiv.org/pdf/2611.00001.pdf",
        "https://ar5iv.org/abs/2611.00001",
        "https://ar5iv.labs.arxiv.org/html/2611.00001",
        "https://ar5iv.org/2611.00001",
        "https://doi.org/10.48550/arXiv.2611.00001",
        "https://www.doi.org/10.48550/ARXIV.2611.00001",
        "https://dx.doi.org/10.48550%2FarXiv.2611.00001",
        "https://api.crossref.org/works/10.48550/arXiv.2611.00001",
        "https://api.datacite.org/dois/10.48550/arxiv.2611.00001",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001%3Ffbclid%3Dx&h=AT",
        "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001&data=05",
        "https://urldefense.com/v3/__https://arxiv.org/abs/2611.00001__;!!LLK065n_VXAQ!x$",
        "https://www.linkedin.com/safety/go?url=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001&trk=x",
        "https://slack-redir.net/link?url=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001",
        "https://out.reddit.com/t3_x?url=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001&token=A",
        "https://duckduckgo.com/l/?uddg=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001",
        "https://www.youtube.com/redirect?event=video_description&q=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001",
        "https://web.archive.org/web/20261101000000/https://arxiv.org/abs/2611.00001",
        "https://r.jina.ai/https://arxiv.org/pdf/2611.00001",
        "https://arxiv-org.translate.goog/abs/2611.00001?_x_tr_sl=en",
        "https://translate.google.com/translate?u=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001",
        "https://dblp.org/rec/journals/corr/abs-2611-00001",
        "https://dblp.uni-trier.de/rec/journals/corr/abs-2611-00001.html",
        "https://ui.adsabs.harvard.edu/search/q=arxiv%3A2611.00001&sort=date",
        "https://ui.adsabs.harvard.edu/link_gateway/2026arXiv261100001M/arxiv:2611.00001",
        "https://ui.adsabs.harvard.edu/abs/2026arXiv261100001M/abstract",
        "https://arxiv-sanity-lite.com/?rank=pid&pid=2611.00001",
        "https://arxivxplorer.com/?q=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__arxiv.org_abs_2611.00001&d=DwM&c=x",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__arxiv.org_pdf_2611.00001v2-23page-3D4&d=DwM&c=x",
        "https://urldefense.proofpoint.com/v3/__https://arxiv.org/abs/2611.00001__;!!abc!x$",
        "https://x.com/intent/post?url=https%3A%2F%2Farxiv.org%2Fabs%2F2611.00001&text=x",
        "https://huggingface.co/api/papers/2611.00001", "https://api.alphaxiv.org/papers/v2/2611.00001/metadata",
        "https://arxiv.org/trackback/2611.00001", "https://arxiv.org/tb/redirect/2611.00001", "http://arxiv.org:80/abs/2611.00001",
        "https://arxiv.org//abs/2611.00001", "https://arxiv.org/abs//2611.00001", "https://arxiv.org/abs/2611.00001%E2%80%8B",
        "https://www.google.com/url?q=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Farxiv.org%252Fabs%252F2611.00001",
    ],
    "doi:10.1000/xyz": [
        "https://www.google.com/url?q=https://doi.org/10.1000/xyz&sa=D",
        "https://web.archive.org/web/2026*/https://doi.org/10.1000/xyz",
    ],
    "arxiv:hep-th/9711200": [
        "https://inspirehep.net/literature?q=eprint%20hep-th%2F9711200",
    ],
    "doi:10.1103/physrevlett.137.012501": [
        "https://inspirehep.net/api/doi/10.1103/PhysRevLett.137.012501",
        "https://inspirehep.net/literature?q=doi%2010.1103%2FPhysRevLett.137.012501",
    ],
    "doi:10.1000/abc": [
        "https://x.org/view?doi=10.1000/abc&lang=en",
        "https://x.org/view?id=7&doi=10.1000/abc",
        "https://www.scopus.com/record/display.uri?doi=10.1000/abc&origin=x",
        "https://europepmc.org/search?query=DOI:10.1000/abc",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("link", "identity"), [(link, identity) for identity, links in CARRIED.items() for link in links]
)
def test_a_link_of_a_known_site_is_read_for_what_it_carries(link: str, identity: str) -> None:
    assert str(parse(link)) == identity
    assert [str(found) for found in find_ids(f"I like {link}, do you?")] == [identity]


@pytest.mark.parametrize(
    "link",
    [
        "https://sci-hub.se/10.1000/xyz", "https://www.sci-hub.ru/https://doi.org/10.1000/xyz", "https://libgen.is/scimag/10.1000/xyz",
        "https://annas-archive.org/scidb/10.1000/xyz", "https://evil.example/?u=https://arxiv.org/abs/2611.00001",
        "https://google.com.evil.example/url?q=2611.00001", "https://www.google.com/url?q=https://evil.example/2611.00001",
        "https://www.google.com/search?q=2611.00001+2611.00002", "https://arxiv.org/a/marlow_a_1", "https://arxiv.org/list/cs.LG/recent",
        "https://api.semanticscholar.org/CorpusID:1234", "https://www.connectedpapers.com/main/0123456789abcdef/graph",
        "https://www.researchgate.net/publication/123_Title", "https://huggingface.co/papers/trending",
    ],
)  # fmt: skip
def test_a_link_that_names_no_paper_or_several_is_refused_with_what_is_read(link: str) -> None:
    with pytest.raises(BadInputError, match=r"links to arXiv, .* INSPIRE, .*doi\.org.* redirects"):
        parse(link)
    if "sci" in link:
        assert find_ids(f"see {link}") == []


@pytest.mark.parametrize(("text", "identity"), WRAPPED)
def test_what_stands_around_an_id_is_left(text: str, identity: str) -> None:
    assert str(parse(text)) == identity


@pytest.mark.parametrize(("text", "identity"), PASTED)
def test_what_people_paste_is_read(text: str, identity: str) -> None:
    assert str(parse(text)) == identity
    if is_link(text):
        assert [str(i) for i in find_ids(f"I like {text}, do you?")] == [identity]


@pytest.mark.parametrize(
    "link", ["https://example.org/paper", "http://example.com/2611.00001", "https://www.nature.com/"]
)
def test_a_link_to_something_else_says_which_links_are_understood(link: str) -> None:
    with pytest.raises(BadInputError, match=r"links to arXiv, .* bioRxiv, .*doi\.org"):
        parse(link)


def test_ids_are_found_in_running_text_once_and_in_order() -> None:
    text = (
        "See arXiv:2301.00001v2 (and 2401.12345), https://arxiv.org/abs/2301.00001 or hep-th/9901001; "
        "doi:10.1000/ABC(1)2, 10.48550/arXiv.2502.00001. Not 3.2301.00001 nor 2301.0000111."
    )
    assert find_ids(text) == [
        arxiv("2301.00001"),
        arxiv("2401.12345"),
        arxiv("hep-th/9901001"),
        PaperId("doi", "10.1000/abc(1)2"),
        arxiv("2502.00001"),
    ]


def test_what_cannot_be_read_says_what_can() -> None:
    with pytest.raises(BadInputError, match=r"arXiv id .* or a DOI"):
        parse("the transformer paper")


@given(st.text(max_size=200))
@tries(100)
def test_no_text_breaks_the_reading(text: str) -> None:
    parse_id(text)
    parse_doi(text)
    assert len(find_ids(text)) == len(set(find_ids(text)))


@tries(100)
@given(st.integers(7, 26), st.integers(1, 12), st.integers(1, 99999), st.one_of(st.none(), st.integers(1, 99)))
def test_reading_undoes_writing(year: int, month: int, number: int, version: int | None) -> None:
    value = f"{year:02}{month:02}.{number:05}"
    suffix = f"v{version}" if version else ""
    for form in ("{}", "arXiv:{}", "https://arxiv.org/abs/{}", "oai:arXiv.org:{}", "https://arxiv.org/pdf/{}.pdf"):
        assert parse_id(form.format(value + suffix)) == (arxiv(value), version)


@pytest.mark.parametrize(
    "text",
    [
        "2611.00001 v2", "2611.00001 (v2)", "2611.00001, version 2", "arXiv:2611.00001 v12", "arXiv 2611.00001 (v1)", "arXiv_2611.00001",
        "eprint: 2611.00001", "eprint = {2611.00001},", "eprint={arXiv:2611.00001v2}", 'arxivId = "2611.00001"',
        "//arxiv.org/abs/2611.00001", "arxiv.org:443/abs/2611.00001",
    ],
)  # fmt: skip
def test_versions_apart_and_fields_of_bibliographies_are_read_where_people_type(text: str) -> None:
    assert parse(text) == arxiv("2611.00001")


@pytest.mark.parametrize(
    "text",
    ["2611.00001 2", "2611.00001 x2", "2611.00001 v2 v3", "2611.00001 v", "print: 2611.00001"],
)
def test_what_only_looks_so_is_none(text: str) -> None:
    with pytest.raises(BadInputError):
        parse(text)
