"""The local Discord, the example bot and a browser at its page, for the tests of that page.
It knows processes and the page's few landmarks; it must not know what a test looks for."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import CHROMIUM, chromium, watched_page
from tests.patience import PATIENCE, wait_until
from tests.processes import python, running, stop

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on the PATH: the page is tested in a real browser"
)


class Discord:
    """The local Discord and the example bot as two processes that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.state_file = folder / "discord.db"
        self._server = contextlib.ExitStack()
        self._bot = contextlib.ExitStack()

    def _run(self, stack: contextlib.ExitStack, name: str, *args: str) -> None:
        log = stack.enter_context((self.folder / f"{name}.log").open("ab"))
        process = stack.enter_context(running(sys.executable, *args, stdout=log, stderr=log))
        stack.callback(stop, process)

    def start_server(self) -> None:
        args = ["-m", "playground", "--port", str(self.port), "--state", str(self.state_file)]
        self._run(self._server, "server", *args, "--answer-seconds", str(PATIENCE))
        wait_until(self._answers, f"the server; see {self.folder}/server.log")

    def _answers(self) -> bool:
        try:
            self.get("/play/state")
        except (urllib.error.URLError, ConnectionError):
            return False
        return True

    def start_bot(self) -> None:
        args = ["-m", "playground", "--state", str(self.state_file), "--print-token"]
        token = python(*args).stdout.strip()
        gateway = f"ws://127.0.0.1:{self.port}/gateway"
        bot = str(Path(__file__).with_name("example_bot.py"))
        self._run(self._bot, "bot", bot, "--api", f"{self.url}/api/v10", "--gateway", gateway, "--token", token)
        wait_until(self.online, f"the bot; see {self.folder}/bot.log")

    def online(self) -> bool:
        state = self.get("/play/state")
        return bool(state["bots"][0]["online"] and state["commands"])

    def stop_bot(self) -> None:
        self._bot.close()

    def stop_server(self) -> None:
        self._server.close()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, object]) -> Any:
        head = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), head)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    @contextlib.contextmanager
    def answers_within(self, seconds: float) -> Iterator[None]:
        """What a bot has for its first answer; outside the block as long as a slow machine may need."""
        self.post("/play/faults", {"answer_seconds": seconds})
        yield
        self.post("/play/faults", {"answer_seconds": PATIENCE})

    def person(self, username: str) -> str:
        return str(next(u["id"] for u in self.get("/play/state")["users"] if u["username"] == username))

    def channel(self, name: str) -> str:
        channels = self.get("/play/state")["guilds"][0]["channels"]
        return str(next(c["id"] for c in channels if c["name"] == name))


@pytest.fixture(name="discord", scope="module")
def local_discord(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Discord]:
    local = Discord(tmp_path_factory.mktemp("discord"))
    try:
        local.start_server()
        local.start_bot()
        yield local
    finally:
        local.stop_bot()
        local.stop_server()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, discord: Discord, tmp_path: Path) -> Iterator[Page]:
    """The page at #general as the server's owner; it must not break its policy, raise an error or ask anybody outside."""
    with watched_page(browser, discord.url, 1360, 860) as opened:
        opened.goto(discord.url)
        expect(box(opened)).to_be_enabled()
        yield opened
        opened.screenshot(path=tmp_path / "end.png")


def box(page: Page) -> Locator:
    return page.locator("#message-box")


def last(page: Page) -> Locator:
    return page.locator("li.message").last


def command(page: Page, name: str) -> None:
    """Runs a command without options: chosen with Enter, run with Enter."""
    box(page).fill(f"/{name}")
    expect(page.get_by_role("option").first).to_contain_text(f"/{name}")
    page.keyboard.press("Enter")
    expect(page.locator(".command-bar")).to_contain_text(f"/{name}")
    page.keyboard.press("Enter")


def shot(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png")
