"""*Not this person*: said in a DM, told again where it matters, and taken back, through the whole house."""

from __future__ import annotations

from typing import Any

from tests.conftest import ROOT
from tests.house import FRIDAY, THURSDAY, House, controls, labels, page, sample, shown_text, text_of

WRONG = sample("2511.00001", "Liquid *walls*", authors=("K. He", "Ada Example", "Ben Sample"))
ALSO_WRONG = sample("2511.00002", "Solid walls", authors=("K. He", "Ada Example"))
RIGHT = sample("2511.00003", "Residual learning", authors=("Kaiming He", "Bea Else"))


async def digest(house: House, number: int, *papers: Any, day: Any = THURSDAY) -> Any:
    """The DM that these papers make, the `number`th of all."""
    house.upstream.put("/rss/cs.CV", page(day, papers))
    await house.morning(day)
    return (await house.dms_of(None, number))[-1]


def menu(message: Any) -> list[tuple[str, str]]:
    """Label and description of each option of *Not this person?*."""
    found = [c for c in controls(message) if c.get("placeholder") == "Not this person?"]
    return [(o["label"], o["description"]) for c in found for o in c["options"]]


async def follow(house: House) -> None:
    await house.subscribe("author", name="Kaiming He", city="London", hour=8)
    await house.dms_of(None, 1)


async def managed(house: House, count: int, *papers: Any) -> Any:
    """What stands behind the newest DM."""
    return (await house.press(await digest(house, count, *papers), "Manage"))["message"]


async def test_it_is_said_in_the_dm_and_holds_until_it_is_taken_back(house: House) -> None:
    await follow(house)
    told = await managed(house, 2, WRONG, RIGHT)
    assert set(menu(told)) == {
        ("K. He · Liquid *walls*", "initials that agree with Kaiming He, whom you follow"),
        ("Kaiming He · Residual learning", "Kaiming He, whom you follow"),
    }
    said = await house.choose(told, "K. He · Liquid *walls*")
    assert shown_text(said) == (
        "\n\nNoted: the **K. He** of [Liquid \\*walls\\*](https://arxiv.org/abs/2511.00001) is not your **Kaiming He**.\n\n"
        "A later paper by **K. He** does not come to you when another author of this paper is on it too: one who is written out, or "
        "two with initials. Other papers by **K. He** still come. `/why` tells when one was left out.\n"
    )
    assert labels(said["message"]) == ["Undo", "My subscriptions"]
    again = await house.choose(told, "K. He · Liquid *walls*")
    assert "You said so already: the **K. He** of" in shown_text(again)

    house.upstream.put("/rss/cs.CV", page(FRIDAY, [ALSO_WRONG]))
    await house.morning(FRIDAY)
    await house.dms_of(None, 2)  # nothing came
    assert "Solid walls" not in text_of((await house.run("today"))["message"])
    asked = (await house.run("subscribe author", name="Kaiming He"))["message"]
    assert "You follow papers by **Kaiming He** already" in text_of(asked)
    assert "matched **1 of " in text_of(asked)

    way = (await house.run("why", paper="2511.00002"))["message"]
    assert (
        "✗ papers by **Kaiming He**: you said that the K. He of “Liquid \\*walls\\*” is somebody else; Ada Example is on both papers"
        in text_of(way)
    )
    assert "It did not come to you, since nothing that you follow matches it." in text_of(way)
    assert labels(way) == ["Your subscriptions", "Take back: K. He on “Liquid *walls*”"]
    back = await house.press(way, "Take back: K. He on “Liquid *walls*”")
    assert "Taken back: the **K. He** of [Liquid" in shown_text(back)
    found = (await house.run("why", paper="2511.00002"))["message"]
    assert "✓ papers by **Kaiming He**" in text_of(found)
    assert "**K. He** (author, by initials)" in text_of(found)
    assert menu(found) == [("K. He · Solid walls", "initials that agree with Kaiming He, whom you follow")]
    assert await house.app.repairer.repair()
    assert ("Solid walls",) in await house.rows(
        "SELECT p.title FROM alerts AS a JOIN papers AS p ON p.id = a.paper_id WHERE a.late IS NOT NULL"
    )


async def test_undo_stands_in_the_answer_and_in_the_subscriptions(house: House) -> None:
    await follow(house)
    told = await managed(house, 2, sample("2511.00004", "Alone", authors=("K. He",)), WRONG)
    alone = await house.choose(told, "K. He · Alone")
    assert "Nobody else is on this paper, so I leave out this one alone." in shown_text(alone)
    undone = await house.press(alone["message"], "Undo")
    assert "is your **Kaiming He**. Later papers come as before" in shown_text(undone)
    assert await house.rows("SELECT * FROM namesakes") == []

    await house.choose(told, "K. He · Liquid *walls*")
    await house.choose(told, "K. He · Alone")
    own = (await house.run("subscriptions"))["message"]
    one = (await house.choose(own, "Kaiming He"))["message"]
    assert "You said of 2 papers that their authors are somebody else:" in text_of(one)
    assert "- **K. He** on Liquid \\*walls\\*" in text_of(one)
    assert [c["placeholder"] for c in controls(one) if c["type"] == 3] == ["It is the right person after all"]
    back = await house.choose(one, "K. He · Liquid *walls*")
    assert "Taken back: the **K. He** of [Liquid" in shown_text(back)
    assert len(await house.rows("SELECT 1 FROM namesakes")) == 1


async def test_a_strangers_press_and_an_old_one_get_a_kind_answer(house: House) -> None:
    await follow(house)
    told = await managed(house, 2, WRONG)
    await house.restart()
    assert "Noted:" in shown_text(await house.choose(told, "K. He · Liquid *walls*"))
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE subscriptions SET removed_at = 5")
    gone = shown_text(await house.choose(told, "K. He · Liquid *walls*"))
    assert "That subscription is not yours, or is gone." in gone


async def test_help_and_the_readme_say_that_it_can_be_said(house: House) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for text in (text_of((await house.run("help"))["message"]), readme):
        assert "*Not this person?* behind *Manage*" in text


async def test_what_words_brought_has_no_such_menu(house: House) -> None:
    await house.follow("walls")
    await house.dms_of(None, 1)
    assert menu(await digest(house, 2, WRONG)) == []
