"""A day of Paperboy that can be watched: subscriptions, the night's announcement, morning DMs, the channel's list, a search, a click.

Plays people over the local Discord's human side; knows neither the bot's nor the playground's insides. Time is skipped, not waited for.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

import httpx

PATIENCE = 300.0  # seconds for one step; a slow machine plays the day as well
NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
PEOPLE = ("yuki", "samir", "tomasz")


class Stage:
    """The local Discord seen by its people."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=PATIENCE)
        state = self.state()
        guild = state["guilds"][0]
        self.owner: str = guild["owner_id"]
        self.bot = next(u["id"] for u in state["users"] if u.get("bot"))
        self.people = {u["username"]: u["id"] for u in state["users"] if not u.get("bot")}
        self.channels = {c["name"]: c["id"] for c in guild["channels"]}

    def state(self) -> Any:
        return self._answer(self.http.get("/play/state"))

    def post(self, path: str, **body: Any) -> Any:
        return self._answer(self.http.post(f"/play/{path}", json=body))

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        answer = response.json()
        if response.status_code != 200:
            raise SystemExit(f"The local Discord refused: {answer.get('message')}")
        return answer

    def command(self, who: str, channel: str, name: str, **options: Any) -> Any:
        """Types a slash command and returns the answer's message."""
        body = {
            "as": self.people[who],
            "channel_id": self.channels[channel],
            "name": name,
            "options": options,
            "wait": PATIENCE,
        }
        answer = self.post("commands", **body)
        if answer["state"] != "answered":
            raise SystemExit(f"/{name} was not answered: {answer}")
        return answer["message"]

    def follow(self, who: str, kind: str, **options: Any) -> Any:
        """Asks what a subscription would bring, and takes it. Returns what the answer says then."""
        asked = self.command(who, "general", f"subscribe {kind}", **options)
        (save,) = [c for c in parts_of(asked["components"]) if c.get("style") == 1]
        where = {"as": self.people[who], "channel_id": asked["channel_id"], "message_id": asked["id"]}
        return self.post("components", **where, custom_id=save["custom_id"], values=None, wait=PATIENCE)["message"]

    def choose(self, who: str, message: Any, number: int) -> Any:
        """Chooses an option in the message's select and returns the answer's message."""
        select = next(c for c in parts_of(message["components"]) if c["type"] == 3)
        value = select["options"][number]["value"]
        where = {"as": self.people[who], "channel_id": message["channel_id"], "message_id": message["id"]}
        return self.post("components", **where, custom_id=select["custom_id"], values=[value], wait=PATIENCE)["message"]

    def messages(self, who: str, channel_id: str) -> list[Any]:
        found = self._answer(self.http.get(f"/play/channels/{channel_id}/messages", params={"as": self.people[who]}))
        return [m for m in found if m["author"]["id"] == self.bot and not m["flags"] & 64]

    def dms(self, who: str) -> list[Any]:
        channel = self.post("dms", **{"as": self.people[who]}, user_id=self.bot)["id"]
        return self.messages(who, channel)

    def wait_for_dms(self, who: str, count: int) -> None:
        wait_for(f"{who}'s DM number {count}", lambda: len(self.dms(who)) >= count)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.state()["now"])

    def skip_to(self, instant: datetime) -> None:
        self.post("clock", to=instant.isoformat())


def wait_for(what: str, check: Callable[[], Any]) -> Any:
    """The first true value of `check`; gives up with a plain word."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.2)
    raise SystemExit(f"This did not happen within {PATIENCE:.0f} s: {what}")


@contextmanager
def playing(folder: Path, port: int) -> Iterator[str]:
    """Paperboy in the local Discord with sample papers; its page's address."""
    arguments = ["playground", "--samples", "--folder", str(folder), "--port", str(port)]
    process = subprocess.Popen([sys.executable, "-m", "bot", *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://[\d.:]+", line)
        if found is None:
            raise SystemExit("Paperboy did not start; the folder's logs say why.")
        yield found[0]
    finally:
        process.terminate()
        process.wait(PATIENCE)


def weekday_after(day: date) -> date:
    """The next day from Tuesday to Friday: the evening before it, arXiv announced."""
    day += timedelta(days=1)
    while day.weekday() not in (1, 2, 3, 4):
        day += timedelta(days=1)
    return day


def words_of(message: Any) -> str:
    embeds = [e.get("title", "") + "\n" + e.get("description", "") for e in message["embeds"]]
    texts = [part["content"] for part in parts_of(message["components"]) if "content" in part]
    return "\n".join(text for text in (message["content"], *embeds, *texts) if text)


def parts_of(components: list[Any]) -> Iterator[Any]:
    """The components of a message with all that is in them, in order."""
    for component in components:
        yield component
        beside = component.get("accessory")
        yield from parts_of([*component.get("components", []), *([beside] if beside else [])])


def plain(text: str) -> str:
    """Discord's markup taken away, timestamps said in UTC."""

    def instant(found: re.Match[str]) -> str:
        return f"{datetime.fromtimestamp(int(found[1]), UTC):%b %d %H:%M} UTC"

    text = re.sub(r"<t:(\d+)(?::\w)?>", instant, text)
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    return re.sub(r"\*\*|\\|^-# ", "", text, flags=re.MULTILINE)


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def show(step: str, message: Any, lines: int = 6) -> None:
    """What a person sees, its first lines."""
    heading(step)
    said = [line for line in plain(words_of(message)).splitlines() if line.strip()]
    for line in said[:lines]:
        print(f"  {shorten(line, 116, placeholder=' …')}")
    if len(said) > lines:
        print("  …")


def play(stage: Stage) -> None:
    """The day, step by step."""
    city = {"city": "London", "hour": 8}
    show(
        "Yuki asks what diffusion would bring",
        stage.command("yuki", "general", "subscribe keyword", words="diffusion"),
        7,
    )
    show("... and follows it", stage.follow("yuki", "keyword", words="diffusion", **city), 3)
    show("Samir follows robots", stage.follow("samir", "keyword", words="robot -survey", **city), 3)
    show("... and everything in cs.CV", stage.follow("samir", "category", category="cs.CV"), 2)
    show("Tomasz follows the Daily Papers", stage.follow("tomasz", "trending", **city), 3)
    for who in PEOPLE:
        stage.wait_for_dms(who, 1)

    first_list = wait_for("the list in #papers", lambda: stage.messages("yuki", stage.channels["papers"]))[-1]
    show("The day's list stands in #papers", first_list, 7)
    show("Yuki opens the second abstract, which nobody else sees", stage.choose("yuki", first_list, 1), 6)

    morning = weekday_after(stage.now().date())
    night = datetime.combine(morning, clock_time(0, 10), NEW_YORK).astimezone(UTC)
    eight = datetime.combine(morning, clock_time(8, 0, 5), LONDON).astimezone(UTC)
    heading("The night")
    print(f"  arXiv's feeds are rebuilt at midnight in New York: the clock skips to {night:%A %b %d, %H:%M} UTC,")
    print(f"  then to 8 o'clock in London, {max(eight, night):%H:%M} UTC.")
    before = {who: len(stage.dms(who)) for who in PEOPLE}
    stage.skip_to(night)
    stage.skip_to(max(eight, night))
    for who in ("yuki", "samir"):
        stage.wait_for_dms(who, before[who] + 1)
        show(f"{who.title()}'s morning DM", stage.dms(who)[-1], 7)

    lists = len(stage.messages("yuki", stage.channels["papers"]))
    stage.skip_to(datetime.combine(morning, clock_time(10, 0, 5), UTC))
    wait_for("the next list", lambda: len(stage.messages("yuki", stage.channels["papers"])) > lists)
    show("#papers has the new day's list", stage.messages("yuki", stage.channels["papers"])[-1], 7)

    found = stage.command("yuki", "general", "search", text="difusion robot")
    show("Yuki searches for “difusion robot”, with a typing error", found, 7)
    show("... and opens the first hit", stage.choose("yuki", found, 0), 6)


def papers_of(message: Any) -> list[tuple[str, str]]:
    """Title and reason of each paper that a DM shows: an embed each, or three lines each."""
    found = []
    for embed in message["embeds"]:
        text = embed.get("description", "")
        if embed.get("url"):
            why = re.search(r"^Why: (.*)$", text, re.MULTILINE)
            found.append((embed["title"], why[1] if why else ""))
        found += [(title, why) for why, title in re.findall(r"^-# (.*)\n\*\*\d+\.\*\* \[(.*)\]\(", text, re.MULTILINE)]
    return found


def report(stage: Stage, folder: Path) -> None:
    """What was sent, to whom, and why."""
    heading("Report: what was sent, and why")
    for who in PEOPLE:
        for message in stage.dms(who):
            print(f"  To {who.title()}: {plain(message['content']).splitlines()[0]}")
            for title, why in papers_of(message):
                reason = shorten(plain(why or "no reason"), 80, placeholder=" …")
                room = min(64, 114 - len(reason))
                print(f"    {shorten(plain(title), room, placeholder=' …'):<{room}}  {reason}")
    for message in stage.messages("yuki", stage.channels["papers"]):
        papers = len(re.findall(r"^\*\*\d+\.\*\* ", words_of(message), re.MULTILINE))
        print(f"  To #papers: {plain(words_of(message)).splitlines()[0].removeprefix('### ')}: {papers} papers")
    sent = [
        r for r in stage.http.get("/play/requests").json() if r["method"] == "POST" and r["path"].endswith("/messages")
    ]
    refused = [r for r in sent if r["status"] >= 400]
    state = status(folder)
    print(
        f"\n  {len(sent)} messages sent by the bot, {len(refused)} refused; {state['papers']} papers in the collection; "
        f"{state['outbox']['waiting']} alerts wait for their hour, {state['outbox']['failed_messages']} messages failed."
    )


def status(folder: Path) -> Any:
    """`python -m bot status`, beside the running bot."""
    variables = {"PAPERBOY_DATABASE": str(folder / "paperboy.db"), "PAPERBOY_CLOCK_FILE": str(folder / "clock")}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "status", "--json"],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def has_read(folder: Path) -> bool:
    """Whether every source was read once, so that there is something to follow."""
    sources = status(folder)["sources"]
    return bool(sources) and all(source["last_ok"] for source in sources)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="port of the page to watch (default: 8765)")
    parser.add_argument("--folder", type=Path, help="where its state is kept (default: a folder that is thrown away)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="paperboy-demo-") as thrown_away:
        folder = options.folder or Path(thrown_away)
        with playing(folder, options.port) as url:
            print(f"A day of Paperboy. Watch it at {url}/", flush=True)
            stage = Stage(url)
            stage.post("faults", answer_seconds=PATIENCE)
            wait_for("the bot's commands", lambda: stage.state()["commands"])
            print("The bot reads its sources for the first time, silently ...", flush=True)
            wait_for("the first look at every source", lambda: has_read(folder))
            play(stage)
            report(stage, folder)


if __name__ == "__main__":
    main()
