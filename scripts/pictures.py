"""Takes the README's pictures from the page itself: the day's list, the first subscription, a DM. Needs Chromium."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from demo import Stage, has_read, playing, wait_for
from palette import shrink
from playwright.sync_api import Browser, ViewportSize, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-lcd-text"]


SIZE: ViewportSize = {"width": 820, "height": 600}


def take(browser: Browser, stage: Stage, channel: str, server: str, text: str, picture: Path) -> None:
    """Opens a conversation as Yuki for the first time and takes its picture once this text stands there."""
    page = browser.new_page(viewport=SIZE, timezone_id="Europe/Berlin", locale="en-GB")
    page.add_init_script("localStorage.setItem('members', 'hidden')")
    page.goto(f"{stage.http.base_url}/#/{stage.people['yuki']}/{server}/{channel}")
    page.get_by_text(text).last.wait_for()
    page.locator("#jump").evaluate("button => { button.hidden = true }")
    picture.write_bytes(shrink(page.screenshot()))
    page.close()


def take_all(browser: Browser, stage: Stage, folder: Path) -> None:
    """Three pictures, each after what it shows has happened."""
    server = stage.state()["guilds"][0]["id"]
    wait_for("the list in #papers", lambda: stage.messages("yuki", stage.channels["papers"]))
    take(browser, stage, stage.channels["papers"], server, "Get these by DM", folder / "daily-list.png")
    stage.command("yuki", "general", "subscribe keyword", words="diffusion", city="Berlin", hour=8)
    take(browser, stage, stage.channels["general"], server, "Nothing is saved yet", folder / "subscribe.png")
    stage.follow("yuki", "keyword", words="diffusion", city="Berlin", hour=8)
    wait_for("the first DM", lambda: stage.dms("yuki"))
    dm = stage.post("dms", **{"as": stage.people["yuki"]}, user_id=stage.bot)["id"]
    take(browser, stage, dm, "@me", "Manage", folder / "dm.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("docs/pictures"), help="where the pictures go")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("No Chromium is installed here (apt-get install chromium).")
    options.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="paperboy-") as state,
        playing(Path(state), 0) as url,
        sync_playwright() as play,
    ):
        stage = Stage(url)
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        wait_for("the first look at every source", lambda: has_read(Path(state)))
        take_all(browser, stage, options.folder)
        browser.close()
    for picture in sorted(options.folder.glob("*.png")):
        print(f"{picture} {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
