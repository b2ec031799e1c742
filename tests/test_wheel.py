"""The wheel as somebody else installs it: nothing is missing, and it runs far from this repository."""

from __future__ import annotations

import os
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.processes import run

FOLDERS = ("bot", "cogs", "playground", "migrations")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    run(*command, cwd=folder).check_returncode()
    (built,) = folder.glob("*.whl")
    return built


def test_every_source_file_is_in_the_wheel(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    listed = run("git", "ls-files", *FOLDERS)
    listed.check_returncode()
    tracked = {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    assert tracked
    assert tracked - inside == set()
    assert {"playground/upstreams/sample_papers.json", "playground/page/index.html"} <= inside
    assert "migrations/0001_initial.sql" in inside
    assert not {name for name in inside if name.startswith(("tests/", "benchmarks/"))}


def test_the_installed_wheel_migrates_and_runs_elsewhere(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    scripts = python.parent
    places = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--quiet"]
    run(*pip, "--disable-pip-version-check", wheel).check_returncode()
    # Its dependencies are those of this environment; the repository itself is not on the path.
    (Path(places["purelib"]) / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERBOY_", "PYTHON", "DISCORD_"))}

    def says(*command: str) -> str:
        done = run(*command, cwd=elsewhere, env=own)
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = says(
        str(python), "-c", "import bot, cogs, playground; print(bot.__file__, cogs.__file__, playground.__file__)"
    )
    assert all(str(home) in path for path in where.split())
    assert "applied 0001" in says(str(scripts / "paperboy"), "migrate")
    assert (elsewhere / "var" / "paperboy.db").exists()
    assert "is up to date" in says(str(scripts / "paperboy"), "migrate")
    assert "run the bot" in says(str(python), "-m", "bot", "--help")
    assert says(str(python), "-m", "playground", "--state", "discord.db", "--print-token").strip()
    samples = "from playground.upstreams.samples import load_samples; print(len(load_samples()))"
    assert int(says(str(python), "-c", samples)) > 50
