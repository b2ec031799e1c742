"""An article's address, however it is written, names one article; and some addresses say a DOI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import PaperId
from bot.papers.addresses import find_links, implied_doi, parse_address
from bot.papers.links import abstract_url
from bot.papers.paper_ids import find_ids, parse, parse_doi
from tests.properties import tries

SAME = {
    "journal.example/a/b?a=1&b=2": (
        "https://journal.example/a/b?a=1&b=2",
        "http://www.journal.example/a/b/?b=2&a=1",
        "HTTPS://WWW.Journal.Example:443/a//b?utm_source=rss&a=1&b=2&utm_medium=x#abstract",
        "http://journal.example:80/a/b;jsessionid=0123ABC?a=1&b=2&rss=yes",
        "https://journal.example/a/b?a=1&fbclid=xyz&b=2&PHPSESSID=0123",
        " <https://journal.example/a/b/index.html?a=1&b=2&key=0123456789abcdef0123456789abcdef> ",
        "journal.example/a/b?a=1&b=2",
        "url:journal.example/a/b?a=1&b=2",
    ),
    "journal.example/~marlow/caf%C3%A9": (
        "https://journal.example/%7emarlow/caf%c3%a9",
        "https://journal.example/~marlow/caf\u00e9/",
    ),
    "sciencedirect.com/science/article/pii/S0000000026000601": (
        "https://www.sciencedirect.com/science/article/pii/S0000000026000601?dgcid=rss_sd_all",
        "https://www.sciencedirect.com/science/article/abs/pii/S0000000026000601?via%3Dihub",
        "https://linkinghub.elsevier.com/retrieve/pii/S0000000026000601",
    ),
    "ieeexplore.ieee.org/document/11711131": (
        "http://ieeexplore.ieee.org/document/11711131",
        "https://ieeexplore.ieee.org/abstract/document/11711131/authors",
        "https://ieeexplore.ieee.org/stamp/stamp.jsp?tp=&arnumber=11711131",
        "http://ieeexplore.ieee.org/xpls/abs_all.jsp?arnumber=11711131",
        "https://ieeexplore.ieee.org/xpl/articleDetails.jsp?arnumber=11711131",
    ),
    "openreview.net/forum?id=AbCdEfGh12": (
        "https://openreview.net/forum?id=AbCdEfGh12",
        "https://openreview.net/pdf?id=AbCdEfGh12",
        "https://openreview.net/forum?id=AbCdEfGh12&noteId=zzz",
        "https://openreview.net/forum?noteId=zzz&id=AbCdEfGh12#discussion",
    ),
    "proceedings.mlr.press/v235/marlow26a.html": (
        "http://proceedings.mlr.press/v235/marlow26a.html",
        "https://proceedings.mlr.press/v235/marlow26a/marlow26a.pdf",
    ),
    "jmlr.org/papers/v26/26-0001.html": (
        "https://www.jmlr.org/papers/v26/26-0001.html",
        "https://jmlr.org/papers/volume26/26-0001/26-0001.pdf",
    ),
    "aclanthology.org/2024.lrec-main.1": (
        "https://aclanthology.org/2024.lrec-main.1/",
        "https://www.aclanthology.org/2024.lrec-main.1.pdf",
        "https://www.aclweb.org/anthology/2024.lrec-main.1/",
    ),
    "thelancet.com/journals/landia/article/PIIS2213-8587(26)00236-6/fulltext": (
        "https://www.thelancet.com/journals/landia/article/PIIS2213-8587(26)00236-6/fulltext?rss=yes",
        "https://www.thelancet.com/journals/landia/article/PIIS2213-8587(26)00236-6/abstract",
    ),
    "openaccess.thecvf.com/content/CVPR2026/html/Marlow_A_B_CVPR_2026_paper.html": (
        "https://openaccess.thecvf.com/content/CVPR2026/papers/Marlow_A_B_CVPR_2026_paper.pdf",
    ),
}


@pytest.mark.parametrize(("name", "written"), [(name, one) for name, every in SAME.items() for one in every])
def test_ways_to_write_one_address(name: str, written: str) -> None:
    assert parse_address(written) == PaperId("url", name)
    assert parse_address(abstract_url(PaperId("url", name))) is not None


def test_what_names_the_article_stays() -> None:
    links = [
        "https://x.example/a?id=1",
        "https://x.example/a?id=2",
        "https://x.example/b?id=1",
        "https://x.example/A?id=1",
    ]
    assert len({parse_address(link) for link in links}) == 4


@pytest.mark.parametrize(
    "text",
    ["", "x", "10.1000/x", "2106.15928", "https://x.example", "https://x.example/", "https://x.example/?utm_source=rss",
     "http://127.0.0.1/a", "http://[::1]/a", "http://localhost/a", "http://x.example:8080/a", "https://user@x.example/a",
     "https://user:pw@x.example/a", "javascript:alert(1)", "ftp://x.example/a", "https://x.example/a b", "https://x..example/a",
     "https://-x.example/a", "https://doi.org/10.1000/x", "https://arxiv.org/abs/2106.15928", "https://www.nature.com/articles/editorial",
     "https://x.example/" + "a" * 500],
)  # fmt: skip
def test_what_is_no_address_of_an_article(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://www.nature.com/articles/s41586-026-00001-1", "10.1038/s41586-026-00001-1"),
        ("http://nature.com/articles/s41598-026-12345-x.pdf?utm_source=x#Sec1", "10.1038/s41598-026-12345-x"),
        ("https://www.nature.com/articles/s41599-026-00001-1/figures/2", "10.1057/s41599-026-00001-1"),
        ("https://www.nature.com/articles/d41586-026-00001-1", "10.1038/d41586-026-00001-1"),
        ("https://www.nature.com/articles/nature14539", "10.1038/nature14539"),
        ("https://www.nature.com/articles/nmeth.4346", "10.1038/nmeth.4346"),
        ("https://aclanthology.org/2026.acl-long.1/", "10.18653/v1/2026.acl-long.1"),
        ("https://aclanthology.org/2025.findings-emnlp.12.pdf", "10.18653/v1/2025.findings-emnlp.12"),
        ("https://www.aclweb.org/anthology/P19-1001", "10.18653/v1/p19-1001"),
        ("https://journals.plos.org/plosone/article?id=10.1371%2Fjournal.pone.0312622", "10.1371/journal.pone.0312622"),
        (
            "https://journals.plos.org/plosone/article/file?id=10.1371/journal.pone.0312622&type=printable",
            "10.1371/journal.pone.0312622",
        ),
        ("https://pubs.rsc.org/en/Content/ArticleLanding/2026/CC/D5CC00001A", "10.1039/d5cc00001a"),
        ("https://elifesciences.org/articles/12345", "10.7554/elife.12345"),
        ("https://peerj.com/articles/cs-1234/", "10.7717/peerj-cs.1234"),
        ("https://acp.copernicus.org/articles/26/1/2026/", "10.5194/acp-26-1-2026"),
        ("https://quantum-journal.org/papers/q-2026-01-02-1/", "10.22331/q-2026-01-02-1"),
        ("https://www.ijcai.org/proceedings/2026/7", "10.24963/ijcai.2026/7"),
        ("https://zenodo.org/records/1234567", "10.5281/zenodo.1234567"),
        ("https://link.springer.com/article/10.1007/s00000-026-0001-1", "10.1007/s00000-026-0001-1"),
        ("https://www.science.org/doi/abs/10.1126/science.abc1234?af=R", "10.1126/science.abc1234"),
        ("https://dl.acm.org/doi/abs/10.1145/3831358?af=R", "10.1145/3831358"),
        ("https://onlinelibrary.wiley.com/doi/10.1002/anie.202600001?af=R", "10.1002/anie.202600001"),
        ("http://link.aps.org/doi/10.1103/PhysRevLett.136.010201", "10.1103/physrevlett.136.010201"),
        ("https://www.biorxiv.org/content/10.64898/2026.04.03.716344v1?rss=1", "10.64898/2026.04.03.716344"),
        ("info:doi/10.1136/leader-2024-001191", "10.1136/leader-2024-001191"),
    ],
)
def test_addresses_that_say_their_dois(address: str, doi: str) -> None:
    assert parse_doi(address) == PaperId("doi", doi)
    assert parse(address) == PaperId("doi", doi)


def test_others_say_none() -> None:
    for address in (
        "https://aclanthology.org/2024.lrec-main.1/",
        "https://www.nature.com/nature/articles?type=news",
        "https://x.example/s41586-026-00001-1",
    ):
        assert implied_doi(address) is None


def test_links_in_running_text() -> None:
    text = "See (https://aclanthology.org/2026.acl-long.1/), https://x.example/a_(b). And <https://x.example/c>!"
    assert find_links(text) == [
        "https://aclanthology.org/2026.acl-long.1/",
        "https://x.example/a_(b)",
        "https://x.example/c",
    ]
    assert find_ids(text) == [PaperId("doi", "10.18653/v1/2026.acl-long.1")]


@given(
    st.text(max_size=100),
    st.sampled_from(("", "https://x.example/", "https://ieeexplore.ieee.org/", "http://openreview.net/forum?id=")),
)
@tries(100)
def test_no_text_breaks_the_reading_and_an_address_stays_itself(text: str, before: str) -> None:
    found = parse_address(before + text)
    if found is not None:
        assert found.value.isascii()
        assert found.value.isprintable()
        assert parse_address(str(found)) == found
        assert " " not in abstract_url(found)
    implied_doi(before + text)
    find_links(text + before)


@pytest.mark.parametrize(
    ("link", "doi"),
    [
        ("https://www.nature.com/articles/s41586-026-00001-1_reference.pdf", "10.1038/s41586-026-00001-1"),
        ("http://xlink.rsc.org/?DOI=D6CP00001A", "10.1039/d6cp00001a"),
        ("https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4000001", "10.2139/ssrn.4000001"),
        ("https://papers.ssrn.com/sol3/delivery.cfm/x.pdf?abstractid=4000001&mirid=1", "10.2139/ssrn.4000001"),
        ("https://ssrn.com/abstract=4000001", "10.2139/ssrn.4000001"),
        ("https://osf.io/preprints/psyarxiv/abc12_v2", "10.31234/osf.io/abc12"),
        ("https://psyarxiv.com/abc12/", "10.31234/osf.io/abc12"),
        ("https://osf.io/preprints/socarxiv/abc12/download", "10.31235/osf.io/abc12"),
        ("https://osf.io/preprints/osf/abc12", "10.31219/osf.io/abc12"),
        ("https://www.researchsquare.com/article/rs-1234567/v1.pdf", "10.21203/rs.3.rs-1234567/v1"),
        ("https://www.preprints.org/manuscript/202601.0001/v1/download", "10.20944/preprints202601.0001.v1"),
        ("https://www.bmj.com/content/372/bmj.n1.full.pdf", "10.1136/bmj.n1"),
        ("https://academic.oup.com/x/advance-article/doi/10.1093/x/btag001/8000001?login=false", "10.1093/x/btag001"),
        (
            "https://academic.oup.com/x/advance-article-pdf/doi/10.1093/x/gkag001/60000001/gkag001.pdf",
            "10.1093/x/gkag001",
        ),
    ],
)
def test_more_publishers_and_servers_say_dois_in_their_ways(link: str, doi: str) -> None:
    assert parse(link) == PaperId("doi", doi)
    assert find_ids(f"see {link}.") == [PaperId("doi", doi)]


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("https://www.mdpi.com/1424-8220/26/1/1/pdf?version=1600000000", "mdpi.com/1424-8220/26/1/1"),
        ("https://www.mdpi.com/1424-8220/26/1/1", "mdpi.com/1424-8220/26/1/1"),
        ("https://inria.hal.science/hal-04000001v2/document", "hal.science/hal-04000001"),
        ("https://hal.archives-ouvertes.fr/hal-04000001", "hal.science/hal-04000001"),
        ("https://osf.io/abc12/", "osf.io/abc12"),
    ],
)
def test_what_says_no_doi_has_one_address(link: str, name: str) -> None:
    assert parse_address(link) == PaperId("url", name)
    assert implied_doi(link) is None


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://www.nature.com/articles/nphys3745", "10.1038/nphys3745"),
        ("https://www.nature.com/articles/nclimate1234.pdf", "10.1038/nclimate1234"),
        ("https://www.nature.com/articles/ismej2013159", "10.1038/ismej.2013.159"),
        ("https://www.nature.com/articles/ismej20085", "10.1038/ismej.2008.5"),
        ("https://www.nature.com/articles/npjquantmats201611", "10.1038/npjquantmats.2016.11"),
        ("https://www.nature.com/articles/srep20123", "10.1038/srep20123"),
        ("https://www.nature.com/articles/nature20123", "10.1038/nature20123"),
        ("http://dl.acm.org/citation.cfm?doid=3287560.3287586", "10.1145/3287560.3287586"),
        ("https://dl.acm.org/citation.cfm?id=1&doid=361002.361007&CFID=1", "10.1145/361002.361007"),
        ("https://osf.io/preprints/edarxiv/65fdn_v1", "10.35542/osf.io/65fdn"),
        ("https://edarxiv.org/65fdn", "10.35542/osf.io/65fdn"),
        ("https://osf.io/preprints/metaarxiv/6uhg5", "10.31222/osf.io/6uhg5"),
        ("https://egusphere.copernicus.org/preprints/2022/egusphere-2022-770/", "10.5194/egusphere-2022-770"),
        ("https://www.scipost.org/SciPostPhys.16.1.001/pdf", "10.21468/scipostphys.16.1.001"),
        ("https://link.springer.com/article/10.1007/s00220-026-01234-5/figures/3", "10.1007/s00220-026-01234-5"),
        ("https://link.springer.com/article/10.1007/s00220-026-01234-5/tables/12", "10.1007/s00220-026-01234-5"),
    ],
)
def test_older_forms_and_parts_of_articles(address: str, doi: str) -> None:
    assert parse_doi(address) == PaperId("doi", doi)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.nature.com/nphys",
        "https://www.nature.com/articles/news",
        "https://dl.acm.org/citation.cfm?doid=2906152",
    ],
)
def test_pages_that_imply_no_doi(address: str) -> None:
    assert implied_doi(address) is None
