"""Text from outside cannot hold the machine: half a megabyte of what once took quadratic time is read within seconds of CPU.

`benchmarks/bench_patterns.py` tries every reader on every bad piece and has the figures. Here each pair is one that was found to
be dangerous; a quadratic pattern needs minutes for it, and the operating system ends the process after twenty seconds of CPU.
"""

from __future__ import annotations

import sys

import pytest

from tests import processes
from tests.patience import LONG

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the CPU time of a process")

PAIRS = (
    ("documents.without_markup", "<!--"), ("documents.without_markup", "&lt;!--"), ("documents.without_markup", "<a "),
    ("a journal's feed", "<!--"),
    ("text.clean", "\u0300\u0316"), ("text.plain", "$5      "), ("creators.split_creators", "Jr, "),
    ("creators.split_creators", " and "), ("creators.split_creators", "for the "), ("creators.split_creators", "* "),
    ("creators.split_creators", "((1) "), ("creators.split_creators", "team : "),
    ("name_marks.without_marks", "a,"), ("name_marks.without_marks", "1,"), ("name_marks.without_brackets", "("),
    ("name_marks.without_titles", "Dr. "), ("name_marks.without_titles", "PhD, "), ("groups.person_of", " for a"),
    ("groups.called", "the "), ("groups.called", "team, "),
    ("paper_ids.parse_id", "2106.15928 "),
    ("paper_ids.parse_doi", ")"), ("paper_ids.find_ids", "10.1000/a))))"), ("paper_ids.parse", "doi: "), ("a log line", "a"),
    ("arxiv.is_withdrawal", "this paper has been "), ("text.safe", "*"), ("a journal's feed", "@"),
    ("a journal's feed", "a@(((((((("), ("bylines.read_bylines", "."), ("bylines.read_bylines", "A B\n"),
    ("a feed that is no XML", "<item>"), ("a feed that is no XML", "<!--"),
    ("a feed that is no XML", "<p>"), ("a feed that is no XML", "</x>"), ("a feed that is no XML", "<![CDATA["),
    ("a feed that is no XML", "<![CDATA[a</title>"), ("a feed that is no XML", "<a b='c'"),
    ("notes.note_of", "Correction: "), ("notes.note_of", "et al. "), ("kinship.statements", "/v1/review"),
    ("titles.title_key", "a\u0316\u0300"),
)  # fmt: skip

#: Each pair in a process of its own, all of them begun by one that has loaded what they need.
CHILD = """
import os, resource, sys, traceback
from benchmarks.bench_patterns import READERS, repeated, seconds
from bot.language.text import plain
from tests.test_linear import PAIRS, PRICE

def limited(read):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        read()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)

for reader, piece in PAIRS:
    print(limited(lambda: seconds(READERS[reader], repeated(piece, 500_000))), flush=True)
print(limited(lambda: plain(PRICE)))
"""
#: Three runs of spaces in a row once took cubic time.
PRICE = "$5" + " " * 1_900 + "x$5"


@pytest.fixture(scope="module")
def ends() -> dict[tuple[str, str], int]:
    """How the process of each pair ended, and that of the price."""
    done = processes.run(sys.executable, "-c", CHILD, patience=LONG)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip((*PAIRS, ("text.plain", PRICE)), map(int, done.stdout.split()), strict=True))


@pytest.mark.parametrize(("reader", "piece"), PAIRS)
def test_the_worst_text_is_read_in_time(ends: dict[tuple[str, str], int], reader: str, piece: str) -> None:
    assert ends[reader, piece] == 0


def test_a_price_with_many_spaces_is_read(ends: dict[tuple[str, str], int]) -> None:
    assert ends["text.plain", PRICE] == 0
