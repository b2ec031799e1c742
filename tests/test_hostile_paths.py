"""Every path that a command takes, with everything that may stand there instead of what is meant: one sentence and its code."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from bot.store import migrations
from tests import broken
from tests.conftest import ROOT
from tests.processes import run

#: Runs many commands in one process, each with its variables and in its folder.
SEVERAL: Final = """
import contextlib, io, json, logging, os, sys
from bot.__main__ import main
jobs, out = json.load(sys.stdin), sys.stdout
own, ended = dict(os.environ), []
for words, variables, folder in jobs:
    os.environ.clear(); os.environ.update(own | variables); os.chdir(folder)
    said, told, code = io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(told):
        try:
            main(words)
        except SystemExit as end:
            code = end.code
    logging.root.handlers.clear()
    ended.append([code, said.getvalue(), told.getvalue()])
json.dump(ended, out)
"""

#: What each is given, by variables or by hand. `{it}` is the path in question.
PLACES: Final[dict[str, tuple[list[str], dict[str, str]]]] = {
    "import": (["import", "{it}"], {}),
    "restore": (["restore", "{it}"], {}),
    "backup": (["backup", "{it}"], {}),
    "backups": (["backup"], {"PAPERBOY_BACKUPS": "{it}"}),
    "clock": (["status"], {"PAPERBOY_CLOCK_FILE": "{it}"}),
    ".env": (["status"], {}),
    "folder": (["playground", "--samples", "--port", "0", "--folder", "{it}"], {}),
    "status": (["status"], {"PAPERBOY_DATABASE": "{it}"}),
    "audit": (["audit", "--json"], {"PAPERBOY_DATABASE": "{it}"}),
    "repair": (["audit", "--repair"], {"PAPERBOY_DATABASE": "{it}"}),
    "ingest": (["ingest"], {"PAPERBOY_DATABASE": "{it}"}),
    "migrate": (["migrate"], {"PAPERBOY_DATABASE": "{it}"}),
}


def nothing(path: Path) -> None: ...


def a_folder(path: Path) -> None:
    path.mkdir()


def unreadable(path: Path) -> None:
    path.write_text("1")
    path.chmod(0)


def no_bytes(path: Path) -> None:
    path.write_bytes(b"")


def links_in_a_circle(path: Path) -> None:
    path.symlink_to(path)


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "gone" / "file")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # its address has room for a hundred characters
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)


def in_a_folder_to_read(path: Path) -> None:
    path.parent.chmod(0o500)


def in_a_closed_folder(path: Path) -> None:
    path.parent.chmod(0)


def other_bytes(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00\x00=1\n")


#: The code of each place, in the order of PLACES; None where it is not asked: a pipe for `.env` is one that somebody fills, and
#: a folder that works is played in.
CODES: Final[dict[Callable[[Path], None], tuple[int | None, ...]]] = {
    #                    import restore backup backups clock .env folder status audit repair ingest migrate
    nothing:              (66,   66,     0,     0,      0,    0,  None,  65,    65,    0,    69,    0),
    a_folder:             (64,   64,     0,     0,     78,    0,  None,  78,    78,   78,    78,   78),
    unreadable:           (78,   78,    78,    78,      0,   78,   78,   78,    78,   78,    78,   78),
    no_bytes:             (65,   65,     0,    78,      0,    0,   78,   65,    65,   65,    65,   65),
    links_in_a_circle:    (78,   78,    78,    78,      0,    0,   78,   78,    78,   78,    78,   78),
    a_link_to_nothing:    (66,   66,     0,     0,      0,    0,  None,  65,    65,    0,    69,    0),
    a_pipe:               (64,   64,    64,    78,     78, None,   78,   78,    78,   78,    78,   78),
    a_socket:             (64,   64,    64,    78,     78,    0,   78,   78,    78,   78,    78,   78),
    in_a_folder_to_read:  (66,   66,    78,    78,      0,    0,   78,   65,    65,   78,    78,   78),
    in_a_closed_folder:   (78,   78,    78,    78,      0, None,   78,   78,    78,   78,    78,   78),
    other_bytes:          (65,   65,    64,    78,     78,   78,   78,   65,    65,   65,    65,   65),
}  # fmt: skip
BOUND: Final = {unreadable, in_a_folder_to_read, in_a_closed_folder}


@pytest.mark.skipif(sys.platform == "win32", reason="it has other kinds of files")
@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_each_path_that_is_not_what_it_should_be_is_said_in_a_sentence(
    kind: Callable[[Path], None], tmp_path: Path
) -> None:
    drop = broken.bound_by_permissions()
    if kind in BOUND and drop is None:
        pytest.skip("this user passes over permissions, and cannot be bound by them here")
    sound, jobs, places = tmp_path / "sound.db", [], []
    migrations.migrate(sound)
    for (place, (words, variables)), code in zip(PLACES.items(), CODES[kind], strict=True):
        if code is None:
            continue
        folder = tmp_path / place.strip(".")
        (folder / "inner").mkdir(parents=True)
        shutil.copy(sound, folder / "paperboy.db")
        it = folder / "inner" / (".env" if place == ".env" else "it.db")
        kind(it)
        given = {"PAPERBOY_DATABASE": str(folder / "paperboy.db")} | {k: v.format(it=it) for k, v in variables.items()}
        where = it.parent if place == ".env" else folder
        jobs.append(([word.format(it=it) for word in words], given, str(where)))
        places.append((place, code))
    try:
        done = asked(jobs, tmp_path, sys.executable, "-c", SEVERAL, preexec_fn=drop if kind in BOUND else None)
    finally:
        for inner in tmp_path.glob("*/inner"):
            inner.chmod(0o700)
    assert done.returncode == 0, done.stderr
    for (place, wanted), (code, said, told) in zip(places, json.loads(done.stdout), strict=True):
        assert code == wanted, (place, said)
        check_said(place, code, said, told)
    assert not list(tmp_path.rglob("*.partial"))


def asked(
    jobs: list[Any], folder: Path, *command: str, env: dict[str, str] | None = None, **how: Any
) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERBOY_", "DISCORD_"))}
    upstreams = (
        "DISCORD_API",
        "ARXIV_RSS_URL",
        "ARXIV_OAI_URL",
        "ARXIV_API_URL",
        "HUGGINGFACE_URL",
        "SEMANTIC_SCHOLAR_URL",
    )
    own |= {f"PAPERBOY_{name}": "http://127.0.0.1:9" for name in upstreams}
    own |= {"PAPERBOY_LOG_LEVEL": "ERROR", "PAPERBOY_CATEGORIES": "cs.CV", "PYTHONPATH": str(ROOT)}
    jobs_file = folder / "jobs.json"
    jobs_file.write_text(json.dumps(jobs))
    with jobs_file.open() as given:
        return run(*command, env=own | (env or {}), cwd=folder, stdin=given, **how)


def check_said(place: str, code: int, said: str, told: str) -> None:
    """One sentence, unless the command has answered (an import that says what came of each file)."""
    assert "a fault in Paperboy" not in said, (place, said)
    assert "Traceback" not in said, (place, said)
    if code and not told:
        assert len(said.splitlines()) == 1, (place, said)
    if place == "audit" and not code:
        json.loads(told)


FULL: Final = """
mount -t tmpfs -o size=3m none "$PLACE" && cp "$SOUND" "$PLACE/paperboy.db" || exit 77
dd if=/dev/zero of="$PLACE/rest" bs=4096 2>/dev/null
"$PYTHON" -c "$SEVERAL" && ls "$PLACE" >"$PLACE.listed"
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="makes a disk of its own, by Linux's unshare")
def test_on_a_disk_without_room_questions_are_answered_and_writers_say_so(tmp_path: Path) -> None:
    sound, place, rows = tmp_path / "sound.db", tmp_path / "disk", tmp_path / "rows.json"
    migrations.migrate(sound)
    place.mkdir()
    rows.write_text('{"id": "2611.09999", "title": "A tokamak", "abstract": "None.", "authors": "A. B."}\n')
    codes = {
        "status": 0, "search tokamak": 0, "audit": 0, "doctor": 0, "migrate": 0, "ingest": 78, f"import {rows}": 78,
        f"backup {place}/copy.db": 78, f"restore {sound}": 78, "audit --repair": 78,
    }  # fmt: skip
    jobs = [(words.split(), {"PAPERBOY_DATABASE": str(place / "paperboy.db")}, str(tmp_path)) for words in codes]
    env = {"PLACE": str(place), "SOUND": str(sound), "PYTHON": sys.executable, "SEVERAL": SEVERAL}
    done = asked(jobs, tmp_path, "unshare", "--mount", "sh", "-c", FULL, env=env)
    if not done.stdout:
        pytest.skip(f"no disk of its own can be made here: {done.stderr.strip()}")
    for (words, wanted), (code, said, _) in zip(codes.items(), json.loads(done.stdout), strict=True):
        assert (code, len(said.splitlines())) == (wanted, 1 if wanted else 0), (words, said)
    assert (tmp_path / "disk.listed").read_text().split() == ["paperboy.db", "paperboy.db.lock", "rest"]
