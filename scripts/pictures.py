"""Takes the README's pictures from the page itself: the day's list, the first subscription, a DM. Needs Chromium."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from demo import Stage, playing, wait_for
from playwright.sync_api import Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def show(page: Page, stage: Stage, channel: str, server: str, text: str) -> None:
    """Opens a channel as Yuki and waits until this text stands there."""
    page.goto(f"{stage.http.base_url}/#/{stage.people['yuki']}/{server}/{channel}")
    page.reload()
    page.get_by_text(text).last.wait_for()


def take(page: Page, stage: Stage, folder: Path) -> None:
    """Three pictures, each after what it shows has happened."""
    server = stage.state()["guilds"][0]["id"]
    wait_for("the list in #papers", lambda: stage.messages("yuki", stage.channels["papers"]))
    show(page, stage, stage.channels["papers"], server, "Get these by DM")
    page.screenshot(path=folder / "daily-list.png")
    stage.command("yuki", "general", "subscribe keyword", words="diffusion", city="Berlin", hour=8)
    show(page, stage, stage.channels["general"], server, "You now follow")
    page.screenshot(path=folder / "subscribe.png")
    wait_for("the first DM", lambda: stage.dms("yuki"))
    dm = stage.post("dms", **{"as": stage.people["yuki"]}, user_id=stage.bot)["id"]
    show(page, stage, dm, "@me", "Stop all")
    page.screenshot(path=folder / "dm.png")


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
        page = browser.new_page(viewport={"width": 1000, "height": 640})
        take(page, stage, options.folder)
        browser.close()
    for picture in sorted(options.folder.glob("*.png")):
        print(f"{picture} {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
