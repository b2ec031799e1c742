"""One paper, several tellings, as a person meets them: journals' feeds beside arXiv, over days, with the bot and a reader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.house import (
    CATEGORY,
    FRIDAY,
    THURSDAY,
    WEDNESDAY,
    House,
    check_manners,
    london,
    open_all,
    page,
    papers_of,
    sample,
    shown_text,
    text_of,
)
from tests.test_cli import paperboy, variables

_ITEM = """<item><title>{title}</title><link>https://journal.example/{doi}</link><prism:doi>{doi}</prism:doi>{people}
<prism:publicationName>Letters on Chains</prism:publicationName><pubDate>{day}</pubDate></item>"""
_FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><title>Letters</title>{}</channel></rss>"""


def feed(day: date, *articles: tuple[str, str], people: str = "Ada Marlow") -> str:
    author = f"<dc:creator>{people}</dc:creator>" if people else ""
    return _FEED.format(
        "".join(
            _ITEM.format(title=t, doi=d, day=f"{day:%a, %d %b %Y} 00:00:00 GMT", people=author) for d, t in articles
        )
    )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A journal's feed stands beside the others; its first look has passed, and Nadia follows solitons."""
    async with open_all(tmp_path) as opened:
        opened.upstream.put("/journal", feed(WEDNESDAY, ("10.9999/old", "Tides in rivers")))
        opened.settings = opened.settings.model_copy(update={"feeds": (f"{opened.upstream.url}/journal",)})
        await opened.start()
        await opened.first_look()
        await opened.app.ingest.ingest_all()
        await opened.follow("solitons")
        await opened.dms_of(None, 1)
        yield opened
        check_manners(opened.play)


async def read(house: House, day: date, body: str, hour: int = 20) -> Any:
    """The journal brings this in the evening of the day; what came of it."""
    house.upstream.put("/journal", body)
    await house.move_to(london(day, hour))
    return next(v for v in await house.app.ingest.ingest_all() if v.source.startswith("feed:"))


async def alerts(house: House) -> int:
    return int((await house.rows("SELECT count(*) FROM alerts"))[0][0])


async def test_versions_are_one_alert_and_revisions(house: House) -> None:
    for after, value in ((1, "10.7554/eLife.101010.1"), (6, "10.7554/eLife.101010.2"), (11, "10.7554/eLife.101010")):
        day = WEDNESDAY + timedelta(days=after)
        assert (await read(house, day, feed(day, (value, "On solitons")))).failure is None
    assert await alerts(house) == 1
    assert await house.rows(
        "SELECT kind, occurrence FROM events WHERE paper_id = (SELECT paper_id FROM alerts) ORDER BY 1"
    ) == [
        ("announced", ""),
        ("revised", "v2"),
    ]
    for value in ("10.7554/eLife.101010.1", "https://doi.org/10.7554/eLife.101010.3"):
        assert "On solitons" in shown_text(await house.run("paper", paper=value))


async def test_review_comments_are_left_out_quietly_and_alone_are_no_fault(house: House) -> None:
    both = (
        ("10.5194/egusphere-2026-5-rc1", "Comment on egusphere-2026-5: On solitons"),
        ("10.5194/egusphere-2026-5-ac1", "Reply: solitons"),
    )
    visit = await read(house, THURSDAY, feed(THURSDAY, ("10.5194/egusphere-2026-5", "On solitons"), *both))
    assert (visit.new_papers, visit.skipped, visit.failure, await alerts(house)) == (1, 0, None, 1)
    visit = await read(house, FRIDAY, feed(FRIDAY, *both))
    assert (visit.new_papers, visit.skipped, visit.failure, await alerts(house)) == (0, 0, None, 1)
    proof = await house.app.repairer.repair(3)
    assert not [lost for day in proof.proof.days for lost in day.lost]


@pytest.mark.parametrize("article_first", [False, True])
async def test_a_preprint_and_its_article_are_told_once_and_split_again(house: House, article_first: bool) -> None:
    rss = page(THURSDAY, [sample("3111.00001", "On solitons in chains", authors=("Ada Marlow",))])
    journal = feed(THURSDAY, ("10.1000/demo.3", "On Solitons in Chains"))
    if article_first:
        await read(house, THURSDAY, journal)
    house.upstream.put(f"/rss/{CATEGORY}", rss)
    await house.morning(THURSDAY if not article_first else FRIDAY)
    await read(house, FRIDAY, journal)
    assert await alerts(house) == 1
    shown = shown_text(await house.run("paper", paper="10.1000/demo.3"))
    assert "published in Letters on Chains, Nov 2" in shown
    assert "arxiv:3111.00001" in shown
    (digest,) = [m for m in await house.dms() if "On" in text_of(m) and papers_of(m)]
    await house.bot.refresher.refresh()  # type: ignore[union-attr]
    (digest,) = [m for m in await house.dms() if m["id"] == digest["id"]]
    assert "published in Letters on Chains" in text_of(digest)
    # somebody sees that it is another work
    busy = await paperboy("split", "10.1000/demo.3", database=house.settings.database, **variables(house))
    assert busy.code == 75
    await house.stop()
    done = await paperboy("split", "10.1000/demo.3", database=house.settings.database, **variables(house))
    assert (done.code, "two papers" in done.out) == (0, True), done.err
    again = await paperboy("split", "arxiv:3111.00001", database=house.settings.database, **variables(house))
    assert (again.code, "nothing to split" in again.err) == (64, True)
    await house.start()
    await house.move_to(house.now() + timedelta(minutes=2))
    await house.bot.refresher.refresh()  # type: ignore[union-attr]
    (digest,) = [m for m in await house.dms() if m["id"] == digest["id"]]
    assert "published in" not in text_of(digest)
    await read(
        house,
        FRIDAY + timedelta(days=1),
        feed(FRIDAY, ("10.1000/demo.3", "On Solitons in Chains"), ("10.1000/d.4", "Tides")),
    )
    assert "published in" not in shown_text(await house.run("paper", paper="arxiv:3111.00001"))
    assert await house.rows(
        "SELECT count(DISTINCT paper_id) FROM paper_ids WHERE value IN ('3111.00001', '10.1000/demo.3')"
    ) == [(2,)]


async def test_corrections_are_lines_on_the_paper_also_where_it_was_sent(house: House) -> None:
    await read(house, THURSDAY, feed(THURSDAY, ("10.1000/demo.0", "On solitons")))
    await house.move_to(london(FRIDAY, 8))
    await house.round()
    sent = (await house.dms())[-1]
    assert "On solitons" in text_of(sent)
    notes = [
        ("10.1000/demo.1", "Author Correction: On solitons"),
        ("10.1000/demo.3", "Publisher Correction to: On solitons"),
        ("10.1000/demo.4", "Erratum: Solitons that nobody knows"),
    ]
    visit = await read(house, FRIDAY, feed(FRIDAY, *notes))
    assert (visit.new_papers, visit.alerts, visit.skipped, visit.failure) == (0, 0, 0, None)
    await house.bot.refresher.refresh()  # type: ignore[union-attr]
    text = text_of(next(m for m in await house.dms() if m["id"] == sent["id"]))
    assert (
        "[correction](https://doi.org/10.1000/demo.1), Nov 21 · [correction](https://doi.org/10.1000/demo.3), Nov 21"
        in text
    )
    assert "withdrawn" not in text
    await read(
        house,
        FRIDAY,
        feed(
            FRIDAY,
            ("10.1000/demo.2", "Retraction Note: On solitons"),
            ("10.1000/d5", "Correction of errors in solitons"),
        ),
        hour=21,
    )
    await house.bot.refresher.refresh()  # type: ignore[union-attr]
    text = text_of(next(m for m in await house.dms() if m["id"] == sent["id"]))
    assert "[retraction](https://doi.org/10.1000/demo.2), Nov 21" in text
    assert "**withdrawn**" in text
    assert await alerts(house) == 2  # and the paper that is only called so
    asked = await paperboy("paper", "10.1000/demo.0", "--json", database=house.settings.database, **variables(house))
    assert [note["kind"] for note in asked.json["notes"]] == ["corrected", "corrected", "retracted"]
    assert not [lost for day in (await house.app.repairer.repair(3)).proof.days for lost in day.lost]
