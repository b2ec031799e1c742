"""Layouts on the local Discord: sent, found again, edited, answered with, refreshed; and once of Components V2, always so."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from bot.chat import messenger
from bot.chat.app import Interaction
from bot.chat.messenger import DiscordMessenger
from bot.delivery.composing import Composer
from bot.errors import MessageRefusedError
from bot.show import controls
from bot.show.blocks import AnyCard, Entry, Layout, Line, Text, Thumbnail, as_layout, load_payload
from bot.show.cards import Button, Card, Embed, Option, Picture, Select
from tests.house import THURSDAY, House, labels, london, page, papers_of, sample, text_of, until
from tests.playground import referee
from tests.test_refresh import listed

V2, EPHEMERAL = 1 << 15, 1 << 6
NONCE = "0123abcd-18446744073709"
PRESS = Button("Press", controls.ShowSubscriptions().encode())
MENU = Select("abs", "Read", (Option("One", "1"),))


def png(width: int) -> bytes:
    """A blue picture."""
    made = io.BytesIO()
    Image.new("RGB", (width, 1), "blue").save(made, "PNG")
    return made.getvalue()


LINKED = "https://arxiv.org/abs/2512.16093"

BESIDE = Layout((Entry("### Beside", PRESS),))
IN_A_ROW = Layout((Text("### In a row"), (Button("Other", "other"), PRESS)))
FRAMED = Layout((Entry("### Framed", PRESS), Line(), Text("more")), framed=True)
BELOW = Layout((Text("### Below"), Line(), MENU), framed=True)
LONELY = Card("Plain words.", (Embed("A title", LINKED, "What it says."),), ((PRESS,),))


async def message_of(house: House, message_id: int) -> Any:
    found = await house.ask("GET", f"/channels/{house.general}/messages?as={house.nadia}&limit=100")
    return next(m for m in found if m["id"] == str(message_id))


@pytest.fixture(autouse=True)
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Discord's own description judges every request and answer, where it is at hand."""
    faults = referee.watch(monkeypatch) if referee.present() else []
    yield
    assert faults == []


@pytest.fixture
def discord(house: House) -> DiscordMessenger:
    return DiscordMessenger(house.bot)


# -- sent, found and edited -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", [BESIDE, IN_A_ROW, FRAMED, BELOW])
async def test_a_layout_is_sent_once_and_found_again_wherever_its_controls_stand(
    house: House, discord: DiscordMessenger, layout: Layout
) -> None:
    channel = int(house.general)
    before = await discord.send(channel, IN_A_ROW, "another")
    first = await discord.send(channel, layout, NONCE)
    assert await discord.send(channel, layout, NONCE) == first
    message = await message_of(house, first)
    assert message["flags"] & V2
    assert text_of(message).split("\n")[1].startswith("### ")
    assert (await discord.find(channel, NONCE, before - 1)).found == first
    assert (await discord.find(channel, NONCE + "0", before - 1)).found is None


async def test_no_name_in_a_layout_pings_anybody(house: House, discord: DiscordMessenger) -> None:
    named = Layout((Text(f"<@{house.tomasz}> @everyone"), (PRESS,)))
    message = await message_of(house, await discord.send(int(house.general), named, NONCE))
    assert (message["mentions"], message["mention_everyone"]) == ([], False)


async def test_embeds_become_a_layout_and_lose_all_that_stood_there(house: House, discord: DiscordMessenger) -> None:
    channel = int(house.general)
    sent = await discord.send(channel, LONELY, NONCE)
    await discord.edit(channel, sent, FRAMED, NONCE)
    message = await message_of(house, sent)
    assert (message["content"], message["embeds"], message["flags"] & V2) == ("", [], V2)
    assert (await discord.find(channel, NONCE, sent - 1)).found == sent
    await discord.edit(channel, sent, FRAMED.without_controls(), NONCE)
    bare = await message_of(house, sent)
    assert text_of(bare) == text_of(message)
    assert labels(bare) == []
    with pytest.raises(MessageRefusedError):  # which is why nobody tries it
        await discord.edit(channel, sent, LONELY, NONCE)


async def test_pictures_are_files_with_words_and_an_edit_keeps_them(house: House, discord: DiscordMessenger) -> None:
    one, two = (Picture(png(n), f"Picture {n}") for n in (1, 2))
    layout = Layout((Text("x"), one, Entry("y", thumbnail=two), Entry("z", thumbnail=Thumbnail(LINKED, "T")), (PRESS,)))
    channel = int(house.general)
    sent = await discord.send(channel, layout, NONCE)
    await discord.edit(channel, sent, layout, NONCE)
    message = await message_of(house, sent)
    assert [a["description"] for a in message["attachments"]] == ["Picture 1", "Picture 2"]
    _, gallery, section, linked, _ = message["components"]
    shown = [gallery["items"][0], section["accessory"]]
    assert [part["description"] for part in shown] == ["Picture 1", "Picture 2"]
    assert [part["media"]["url"] for part in shown] == [a["url"] for a in message["attachments"]]
    assert (linked["accessory"]["media"]["url"], linked["accessory"]["description"]) == (LINKED, "T")


# -- answers ----------------------------------------------------------------------------------------------------------

Answer = Callable[[Interaction], Awaitable[None]]


async def pressed(house: House, discord: DiscordMessenger, on: AnyCard, answer: Answer) -> Any:
    """Somebody presses a message's button, which does what a test wants."""

    async def act(interaction: Interaction, _control: controls.ShowSubscriptions) -> None:
        await answer(interaction)
        ended.append(interaction)

    ended: list[Interaction] = []
    house.bot.actions[controls.ShowSubscriptions.verb] = act
    sent = await discord.send(int(house.general), on, NONCE)
    done = await house.press(await message_of(house, sent), "Press")
    await until(lambda: ended)
    done = await house.ask("GET", f"/interactions/{done['id']}?as={house.nadia}")
    assert done["state"] == "answered", done
    return done, await message_of(house, sent)


@pytest.mark.parametrize("waits", [False, True])
async def test_a_layout_is_an_answer_for_one_person(house: House, discord: DiscordMessenger, waits: bool) -> None:
    async def answer(interaction: Interaction) -> None:
        if waits:
            await messenger.thinking(interaction)
        await messenger.answer(interaction, FRAMED)

    done, asked = await pressed(house, discord, BESIDE, answer)
    assert done["message"]["flags"] & (V2 | EPHEMERAL) == V2 | EPHEMERAL
    assert "### Framed" in text_of(done["message"])
    assert "### Beside" in text_of(asked)


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("put", [FRAMED, LONELY])
@pytest.mark.parametrize("on", [BESIDE, LONELY])
async def test_any_card_takes_the_place_of_any(
    house: House, discord: DiscordMessenger, on: AnyCard, put: AnyCard, waits: bool
) -> None:
    async def answer(interaction: Interaction) -> None:
        if waits:
            await messenger.changing(interaction)
        await messenger.update(interaction, put)

    _, message = await pressed(house, discord, on, answer)
    assert bool(message["flags"] & V2) is not (on is put is LONELY)
    said = ("### Framed", "more") if put is FRAMED else ("Plain words.", "A title", LINKED, "What it says.")
    assert all(part in str(message) for part in said)
    assert labels(message) == ["Press"]
    assert "### Beside" not in str(message)


async def test_beside_a_layout_that_changes_stands_what_is_answered(house: House, discord: DiscordMessenger) -> None:
    async def answer(interaction: Interaction) -> None:
        await messenger.changing(interaction)
        await messenger.answer(interaction, LONELY)
        await messenger.answer(interaction, FRAMED)

    done, message = await pressed(house, discord, BESIDE, answer)
    assert [one["flags"] & V2 for one in done["followups"]] == [0, V2]
    assert "### Beside" in text_of(message)


async def test_what_is_said_after_a_layout_in_its_place_is_one_too(house: House, discord: DiscordMessenger) -> None:
    """An error, for instance, once the answer is given."""

    async def answer(interaction: Interaction) -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, FRAMED)
        await messenger.answer(interaction, LONELY)

    done, _ = await pressed(house, discord, BESIDE, answer)
    assert done["message"]["flags"] & V2
    assert "What it says." in text_of(done["message"])


async def test_what_has_to_be_known_first_leads_a_layout(house: House, discord: DiscordMessenger) -> None:
    async def lost() -> None:
        raise AssertionError

    async def leading(_: Interaction) -> messenger.Lead | None:
        return messenger.Lead(Card("Know this first."), lost)

    async def answer(interaction: Interaction) -> None:
        await messenger.answer(interaction, FRAMED)

    house.bot.leading = leading
    done, _ = await pressed(house, discord, BESIDE, answer)
    assert text_of(done["message"]).split("\n")[1:] == ["Know this first.", "### Framed", "more"]


# -- the outbox -------------------------------------------------------------------------------------------------------


def in_blocks(payload: str, *, beside: bool) -> str:
    """What waits in the outbox, as a layout; `beside`: with its only control beside a text."""
    layout = as_layout(load_payload(payload))  # type: ignore[arg-type]
    if not beside:
        return layout.to_json()
    (row,) = (block for block in layout.blocks if isinstance(block, tuple))
    return Layout((Entry(layout.blocks[0].text, row[0]),), framed=True).to_json()  # type: ignore[union-attr]


async def waiting(house: House, *, beside: bool = False) -> str:
    """A digest with one paper is made as a layout and waits. Returns its payload."""
    await house.follow("diffusion")
    await house.dms_of(None, 1)
    await house.bot.jobs.stop()
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2611.00002", "Mittens by diffusion")]))
    await house.move_to(london(THURSDAY, 8))
    await house.app.ingest.ingest_all()
    assert await Composer(house.app.database, house.now).compose_portion() == (1, False)
    ((payload,),) = await house.rows("SELECT payload FROM messages WHERE kind = 'digest'")
    made = in_blocks(payload, beside=beside)
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE messages SET payload = :payload WHERE kind = 'digest'", {"payload": made})
    return made


async def deliver(house: House, **by: float) -> None:
    assert house.bot.deliverer is not None
    if by:
        await house.move_to(house.now() + timedelta(**by))
    await house.bot.deliverer.deliver()


@pytest.mark.parametrize("beside", [False, True])
async def test_a_layout_in_doubt_is_looked_for_and_not_sent_twice(house: House, beside: bool) -> None:
    await waiting(house, beside=beside)
    await house.ask("POST", "/faults", {"nonce_window": 0})
    fault = {"method": "POST", "path": r"/channels/\d+/messages", "kind": "accept_then_reset", "count": 1}
    await house.ask("POST", "/faults", fault)
    await deliver(house)
    await deliver(house, seconds=60)
    assert await house.rows("SELECT state FROM messages WHERE kind = 'digest'") == [("sent",)]
    (_, digest) = await house.dms_of(None, 2)
    assert digest["flags"] & V2
    assert "Mittens by diffusion" in text_of(digest)


async def test_a_stored_layout_that_cannot_be_read_is_made_anew(house: House) -> None:
    await waiting(house)
    async with house.app.database.transaction() as write:
        await write.execute("""UPDATE messages SET payload = '{"blocks": [], "framed": false}' WHERE kind = 'digest'""")
    await deliver(house)
    await deliver(house, seconds=60)
    assert papers_of((await house.dms_of(None, 2))[1]) == ["2611.00002"]


async def test_a_layout_that_stands_is_brought_up_to_date_as_one(house: House) -> None:
    """Although its card would be made of embeds by now."""
    await waiting(house)
    await deliver(house)
    house.upstream.put("/api/daily_papers", listed("2611.00002", 57), "application/json")
    await house.move_to(house.now() + timedelta(minutes=70))
    await house.app.ingest.ingest_all()
    assert house.bot.refresher is not None
    assert await house.bot.refresher.refresh() == 1
    (_, digest) = await house.dms_of(None, 2)
    assert digest["edited_timestamp"]
    assert "57 upvotes" in text_of(digest)
    assert digest["flags"] & V2
    assert await house.bot.refresher.refresh() == 0


# -- read -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layout",
    [
        Layout((Text("see arxiv:2512.16093"), (PRESS,))),
        Layout((Text("x"), Entry(f"[A paper]({LINKED})", PRESS)), framed=True),
        Layout((Entry("x", Button("arXiv", url=LINKED)), (PRESS,))),
        Layout((Picture(png(4), "about arXiv:2512.16093"), (PRESS,))),
    ],
)
async def test_the_papers_of_a_layout_are_found(house: House, discord: DiscordMessenger, layout: Layout) -> None:
    sent = await discord.send(int(house.general), layout, NONCE)
    body = {"as": house.nadia, "channel_id": house.general, "name": "Papers in this message", "target_id": str(sent)}
    assert "TurboDiffusion" in text_of((await house.ask("POST", "/context", body))["message"])
