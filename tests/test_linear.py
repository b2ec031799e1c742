"""Text from outside cannot hold the machine: two megabytes of what once took quadratic time are read within seconds of CPU.

`benchmarks/bench_patterns.py` tries every reader on every bad piece and has the figures. Here each pair is one that was found to
be dangerous; a quadratic pattern needs many minutes for it, and the operating system ends the process after one.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

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
    ("notes.note_of", "Correction: "), ("notes.note_of", "et al. "), ("kinship.statements", "/v1/review"),
    ("titles.title_key", "a\u0316\u0300"),
)  # fmt: skip

CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from benchmarks.bench_patterns import READERS, repeated, seconds
seconds(READERS[sys.argv[1]], repeated(sys.argv[2], 2_000_000))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the CPU time of a process")
@pytest.mark.parametrize(("reader", "piece"), PAIRS)
def test_the_worst_text_is_read_in_time(reader: str, piece: str) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD, reader, piece], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_price_with_many_spaces_is_read() -> None:
    """Three runs of spaces in a row once took cubic time."""
    text = "$5" + " " * 1_900 + "x$5"
    code = CHILD.split("from benchmarks")[0] + "from bot.language.text import plain\nplain(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", code, text], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
