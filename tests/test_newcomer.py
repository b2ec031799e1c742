"""A newcomer's way through Paperboy as `make run` starts it, in a real Chromium: from the first screen to tomorrow's papers.

One start for the whole module; every test finds its own way from the first screen. Pictures lie in pytest's folders.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import CHROMIUM, chromium, watched_page
from tests.patience import PATIENCE, wait_until
from tests.processes import run, running, stop

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH: this is tested in a real browser")

BERLIN: Final = ZoneInfo("Europe/Berlin")


class Paperboy:
    """`python -m bot playground`, and what can be asked of it without a browser."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url
        self.http = httpx.Client(base_url=url, timeout=PATIENCE)
        guild = self.state()["guilds"][0]
        self.owner = str(guild["owner_id"])
        self.bot_id = str(self.state()["bots"][0]["id"])
        self.channels = {str(c["name"]): str(c["id"]) for c in guild["channels"]}

    def state(self) -> Any:
        return self.http.get("/play/state").json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.http.post(f"/play/{path}", json={"as": self.owner, **body})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def messages(self, channel: str) -> list[Any]:
        found: list[Any] = self.http.get(f"/play/channels/{channel}/messages", params={"as": self.owner}).json()
        return found

    def posts(self, channel: str) -> list[Any]:
        """What everybody sees there."""
        return [m for m in self.messages(channel) if not m["flags"] & 64]

    def now(self) -> datetime:
        return datetime.fromisoformat(self.state()["now"]).astimezone(BERLIN)

    def online(self) -> bool:
        state = self.state()
        return bool(state["bots"][0]["online"] and state["commands"])

    def bot_process(self) -> int | None:
        """The id of the bot's own process, a child of the one that was started."""
        found = run("pgrep", "-P", str(self.process.pid), "-f", "bot run")
        return int(found.stdout) if found.stdout.strip() else None


@pytest.fixture(scope="module")
def paperboy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paperboy]:
    folder = tmp_path_factory.mktemp("newcomer")
    arguments = ["-m", "bot", "playground", "--samples", "--folder", str(folder), "--port", "0"]
    with running(sys.executable, *arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://[\d.:]+", line)
        assert found, f"it did not start ({line!r}); its logs are in {folder}"
        started = Paperboy(process, found[0])
        started.http.post("/play/faults", json={"answer_seconds": PATIENCE}).raise_for_status()
        wait_until(lambda: started.messages(started.channels["papers"]), "the day's list in #papers")
        yield started
        started.http.close()
        assert stop(process) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, paperboy: Paperboy, tmp_path: Path) -> Iterator[Page]:
    """The first screen, as it is for whoever opens the address."""
    with watched_page(browser, paperboy.url) as opened:
        opened.goto(paperboy.url)
        expect(box(opened)).to_be_enabled()
        yield opened
        opened.screenshot(path=tmp_path / "end.png")


def box(page: Page) -> Locator:
    return page.locator("#message-box")


def last(page: Page) -> Locator:
    return page.locator("li.message").last


def go(page: Page, channel: str) -> None:
    page.get_by_role("link", name=re.compile(rf"^{channel}( unread)?$")).click()
    expect(page.get_by_role("heading", name=channel, exact=True)).to_be_visible()


def command(page: Page, text: str) -> None:
    """Types a whole command and runs it, without the mouse."""
    box(page).press_sequentially(text)
    expect(page.locator(".command-bar")).to_be_visible()
    page.keyboard.press("Enter")


def follow_diffusion(paperboy: Paperboy) -> None:
    options = {"words": "diffusion", "city": "Berlin", "hour": 8}
    done = paperboy.post(
        "commands", channel_id=paperboy.channels["general"], name="subscribe keyword", options=options, wait=PATIENCE
    )
    assert done["state"] == "answered", done
    (save,) = [c for row in done["message"]["components"] for c in row["components"] if c.get("style") == 1]
    pressed = {"message_id": done["message"]["id"], "custom_id": save["custom_id"], "values": None, "wait": PATIENCE}
    done = paperboy.post("components", channel_id=paperboy.channels["general"], **pressed)
    assert done["state"] == "answered", done


def dm_of(paperboy: Paperboy) -> str:
    return str(paperboy.post("dms", user_id=paperboy.bot_id)["id"])


def test_the_first_screen_leads_to_the_days_list(page: Page, tmp_path: Path) -> None:
    expect(page.get_by_role("link", name="papers unread")).to_be_visible()
    page.screenshot(path=tmp_path / "first.png")
    go(page, "papers")
    expect(page.locator("li.message")).to_have_count(1)
    expect(last(page)).to_contain_text("Paper Lab Daily Papers ·")
    expect(page.locator(".day.new")).to_be_in_viewport()
    expect(last(page).get_by_role("button", name="▲ 0").first).to_be_in_viewport()
    page.screenshot(path=tmp_path / "papers.png")


def test_a_subscription_by_keyboard_alone(page: Page, tmp_path: Path) -> None:
    """From "/" through the forecast to the first DM; a city that is not known yet is asked for behind it."""
    box(page).press_sequentially("/sub")
    expect(page.get_by_role("option").filter(has_text="/subscribe keyword")).to_be_visible()
    page.screenshot(path=tmp_path / "commands.png")
    page.keyboard.type("scribe keyword ")
    expect(page.locator("[data-option=words]")).to_be_focused()
    page.keyboard.type("diffusion")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Follow diffusion? Nothing is saved yet.")
    expect(last(page)).to_contain_text("In the last 7 days it would have matched")
    expect(last(page)).to_contain_text("Only you can see this")
    page.screenshot(path=tmp_path / "forecast.png")
    save = last(page).get_by_role("button", name="Follow", exact=True)
    save.focus()
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("You now follow diffusion.")
    expect(last(page)).to_contain_text("I take 8:00 UTC until I know where you live.")
    page.screenshot(path=tmp_path / "answer.png")
    last(page).get_by_role("button", name="Change the time").focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="When should your papers come?")
    expect(form.get_by_label("Your city")).to_be_focused()
    page.keyboard.type("Berlin")
    page.screenshot(path=tmp_path / "form.png")
    page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(last(page)).to_contain_text("(Europe/Berlin)")
    messages = page.get_by_role("link", name="Direct messages, unread")
    expect(messages).to_be_visible()
    messages.focus()
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("diffusion in the title")
    expect(last(page).get_by_role("button", name="Manage")).to_be_visible()
    page.screenshot(path=tmp_path / "dm.png")


def test_the_select_opens_an_abstract_for_me_alone(page: Page, tmp_path: Path) -> None:
    go(page, "papers")
    select = last(page).get_by_role("combobox", name=re.compile("Read an abstract"))
    select.click()
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    page.screenshot(path=tmp_path / "select.png")
    title = options.nth(1).inner_text().splitlines()[0]
    options.nth(1).click()
    expect(page.locator("li.message")).to_have_count(2)
    expect(last(page)).to_contain_text("Only you can see this")
    expect(last(page).get_by_role("link", name=title[:40])).to_have_attribute("href", re.compile("arxiv.org/abs/"))
    page.screenshot(path=tmp_path / "abstract.png")
    last(page).get_by_role("button", name="Dismiss message").click()
    expect(page.locator("li.message")).to_have_count(1)


def test_a_search_forgives_and_turns_its_pages(page: Page, tmp_path: Path) -> None:
    command(page, "/search modles")
    answer = last(page)
    expect(answer).to_contain_text("Showing results for models")
    page.screenshot(path=tmp_path / "search.png")
    expect(answer.get_by_role("button", name="page 1")).to_be_disabled()
    expect(answer.get_by_role("button", name="◀")).to_be_disabled()
    answer.get_by_role("button", name="▶").click()
    expect(answer).to_contain_text("11.")
    expect(answer.get_by_role("button", name="page 2")).to_be_visible()
    page.screenshot(path=tmp_path / "second-page.png")
    answer.get_by_role("button", name="◀").click()
    expect(answer.get_by_role("button", name="page 1")).to_be_visible()


def test_a_persons_page_with_its_chart_and_who_may_be_meant(page: Page, tmp_path: Path) -> None:
    command(page, "/author Dawn Song")
    answer = last(page)
    expect(answer).to_contain_text("h-index")
    expect(answer).to_contain_text("whole career, Semantic Scholar")
    chart = answer.get_by_role(
        "img", name=re.compile("^Dawn Song, by year since [0-9]{4}, whole career: papers .*; citations ")
    )
    expect(chart).to_be_visible()
    assert chart.evaluate("image => image.complete && image.naturalWidth") == 600
    page.screenshot(path=tmp_path / "author.png")
    answer.get_by_role("button", name="Not this person").click()
    expect(answer).to_contain_text("Dawn Song may be this person. Who is meant?")
    page.screenshot(path=tmp_path / "who.png")
    answer.get_by_role("combobox", name="Choose a person").click()
    page.get_by_role("option").first.click()
    expect(answer).to_contain_text("whole career, Semantic Scholar")
    expect(answer.get_by_role("button", name="Follow Dawn Song")).to_be_visible()


def test_the_months_most_upvoted(page: Page, tmp_path: Path) -> None:
    box(page).press_sequentially("/trending ")
    page.keyboard.press("Tab")
    page.keyboard.type("month")
    expect(page.get_by_role("option", name="month")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Most upvoted this month")
    expect(last(page)).to_contain_text("upvotes")
    page.screenshot(path=tmp_path / "month.png")


def test_the_papers_in_somebodys_message(page: Page, paperboy: Paperboy, tmp_path: Path) -> None:
    text = "Has anybody read arxiv.org/abs/2512.16093 yet?"
    paperboy.post(f"channels/{paperboy.channels['reading-group']}/messages", content=text)
    go(page, "reading-group")
    page.locator("li.message").filter(has_text=text).click(button="right")
    page.screenshot(path=tmp_path / "menu.png")
    page.get_by_role("menuitem", name="Papers in this message").click()
    expect(last(page)).to_contain_text("TurboDiffusion")
    expect(last(page)).to_contain_text("Only you can see this")
    page.screenshot(path=tmp_path / "in-message.png")


def test_tomorrow_morning_comes_with_the_clocks_button(page: Page, paperboy: Paperboy, tmp_path: Path) -> None:
    """A digest in the DM and the next list in #papers, live; on a weekend, until the day after arXiv's next announcement."""
    follow_diffusion(paperboy)
    dm, papers = dm_of(paperboy), paperboy.channels["papers"]
    wait_until(lambda: paperboy.messages(dm), "the first DM")
    before = len(paperboy.messages(dm)), len(paperboy.posts(papers))
    page.reload()
    page.evaluate("window.notReloaded = true")
    page.get_by_role("button", name="Behind the scenes", exact=True).click()
    page.get_by_role("tab", name="Clock").click()
    skip = page.get_by_role("button", name="Skip to tomorrow 08:05")
    while True:
        day = paperboy.now().date()
        skip.click()
        wait_until(lambda day=day: paperboy.now().date() > day, "tomorrow")  # type: ignore[misc]
        if paperboy.now().weekday() in (1, 2, 3, 4):
            break
    expect(page.locator(".clock-face")).to_contain_text("8:05")
    page.screenshot(path=tmp_path / "clock.png")
    wait_until(lambda: len(paperboy.messages(dm)) > before[0], "the digest")
    page.get_by_role("link", name=re.compile("^Direct messages")).click()
    expect(last(page)).to_contain_text("Your papers for")
    expect(last(page)).to_contain_text("diffusion in the title")
    page.screenshot(path=tmp_path / "digest.png")
    page.get_by_role("link", name="Paper Lab").click()
    go(page, "papers")
    shown = page.locator("li.message").filter(has_text="Paper Lab Daily Papers ·")
    if len(paperboy.posts(papers)) == before[1]:
        for _ in range(2):
            page.get_by_role("button", name="+1 hour").click()
    expect(shown.nth(before[1])).to_be_visible()
    page.screenshot(path=tmp_path / "next-list.png")
    assert page.evaluate("window.notReloaded") is True


def test_old_buttons_work_after_the_bot_was_killed(page: Page, paperboy: Paperboy, tmp_path: Path) -> None:
    """The bot's process is killed as by a power cut; it comes back by itself, and the page needs no reload."""
    command(page, "/search models")
    answer = last(page)
    expect(answer.get_by_role("button", name="page 1")).to_be_visible()
    killed = paperboy.bot_process()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    bot = page.get_by_role("complementary", name="Members").get_by_role("button", name=re.compile("APP"))
    expect(bot).to_contain_text("offline")
    page.screenshot(path=tmp_path / "offline.png")
    expect(bot).not_to_contain_text("offline")
    assert paperboy.bot_process() not in (None, killed)
    answer.get_by_role("button", name="▶").click()
    expect(answer.get_by_role("button", name="page 2")).to_be_visible()


def test_all_of_it_on_a_phone(browser: Browser, paperboy: Paperboy, tmp_path: Path) -> None:
    with watched_page(browser, paperboy.url, 375, 720) as page:
        page.goto(paperboy.url)
        expect(box(page)).to_be_enabled()
        page.screenshot(path=tmp_path / "general.png")
        page.get_by_role("button", name="Servers and channels").click()
        page.screenshot(path=tmp_path / "places.png")
        page.get_by_role("link", name=re.compile("^papers")).click()
        newest = page.locator("li.message").filter(has_text="Paper Lab Daily Papers ·").last
        expect(newest).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.screenshot(path=tmp_path / "papers.png")
        newest.get_by_role("combobox", name=re.compile("Read an abstract")).click()
        page.screenshot(path=tmp_path / "select.png")
        page.get_by_role("option").first.click()
        expect(last(page)).to_contain_text("Only you can see this")
        page.screenshot(path=tmp_path / "abstract.png")
        command(page, "/subscriptions ")
        expect(last(page)).to_contain_text("follow")
        page.screenshot(path=tmp_path / "subscriptions.png")
