"""A log line is one line, shows what a terminal would obey, and tells no secret."""

from __future__ import annotations

import logging
import sys

import pytest

from bot.logs import LONGEST, OneLine


def written(message: str, *arguments: object, exc_info: bool = False) -> str:
    info = sys.exc_info() if exc_info else None
    record = logging.LogRecord("bot.x", logging.WARNING, "x.py", 1, message, arguments, info)
    return OneLine("%(levelname)s %(name)s: %(message)s").format(record)


@pytest.mark.parametrize("sign", [*map(chr, range(32)), "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\u2066", "\u200b"])
def test_controls_are_seen_not_obeyed(sign: str) -> None:
    line = written("a title: %s", f"a{sign}b")
    assert sign == "\t" or (sign not in line and line.count("\n") == 0)
    assert line.startswith("WARNING bot.x: a title: a")


def test_no_text_from_outside_looks_like_a_traceback_of_ours() -> None:
    line = written("a title: %s", 'x\nTraceback (most recent call last):\n  File "a.py"\x1b[2J')
    assert "\n" not in line
    assert "\x1b" not in line


def test_a_traceback_keeps_its_lines_and_shows_the_controls_in_it() -> None:
    try:
        raise ValueError("bad \x1b[31m text\r\nsecond line")
    except ValueError:
        lines = written("it failed", exc_info=True).splitlines()
    assert lines[0] == "WARNING bot.x: it failed"
    assert lines[1].startswith("  Traceback ")
    assert all(line.startswith("  ") for line in lines[1:])
    assert not {"\x1b", "\r"} & set("".join(lines))


SECRETS = (
    "MTA1NTU1NTU1NTU1NTU1NTU1.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB",
    "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "Bearer sk-abc.def-123/456",
)  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "around", ["{}", "token: {}", "('{}',)", "https://x.example/?a={}&b=1", '{{"t": "{}"}}', "a={}\n"]
)
def test_no_token_is_written(secret: str, around: str) -> None:
    assert secret.removeprefix("Bearer ") not in written("%s", around.format(secret))


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example/search?q=a&api_key=S3CRET&x=1", "https://api.example/?token=S3CRET",
        "https://discord.com/api/webhooks/123/S3CRET-abc", "https://api.example/?client_secret=S3CRET",
    ],
)  # fmt: skip
def test_no_secret_of_an_address_is_written(address: str) -> None:
    try:
        raise RuntimeError(f"cannot reach {address}")
    except RuntimeError:
        assert "S3CRET" not in written("failed: %s", address, exc_info=True)


def test_an_ordinary_line_stays_as_it_is() -> None:
    text = "source arxiv:cs.LG: 1,312 records, Schrödinger’s 王伟 hf_daily 2606.00001 – key words"
    assert written("%s", text).endswith(text)


def test_a_huge_text_is_cut_in_the_middle() -> None:
    line = written("%s", "a" * 1_000_000)
    assert len(line) < 2 * LONGEST
