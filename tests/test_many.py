"""Many wishes at once: each line is understood as what it is, nothing is saved before it was read, and one press follows them all."""

from __future__ import annotations

from typing import Any

from tests.house import THURSDAY, House, labels, london, page, sample, shown_text

PAPERS = (
    sample("2511.00001", "A diffusion policy", authors=("Julia Kempe", "Yann LeCun")),
    sample("2511.00002", "Heat", "Diffusion of it.", authors=("Ada Example",)),
)


async def asked(house: House, lines: str) -> Any:
    house.upstream.put("/rss/cs.CV", page(THURSDAY, PAPERS))
    await house.move_to(london(THURSDAY, 6, 30))
    await house.round()
    return await house.submit(await house.run("subscribe many"), lines=lines)


async def followed(house: House) -> list[Any]:
    return await house.rows("SELECT kind, query, cadence FROM subscriptions WHERE removed_at IS NULL ORDER BY id")


async def test_each_line_is_what_it_is_and_one_press_follows_them(house: House) -> None:
    shown = await asked(
        house, "Julia Kempe\n- cs.LG\n\n3. diffusion policy -survey\nti:robot cat:cs.RO\n• Nobody Unheard"
    )
    told = shown_text(shown)
    assert "5 lines can be followed. Nothing is saved yet." in told
    assert "**People** Julia Kempe\n" in told
    assert "**Categories** cs.LG (Machine Learning)" in told
    assert "**Words and queries** diffusion policy -survey, ti:robot cat:cs.RO, Nobody Unheard" in told
    assert "Together they would have brought **4 papers** in the last 7 days" in told
    assert await followed(house) == []
    done = await house.press(shown["message"], "Follow these 5")
    assert "You now follow 5 more." in shown_text(done)
    assert await followed(house) == [
        ("author", "Julia Kempe", "daily"),
        ("category", "cs.LG", "daily"),
        ("keyword", "diffusion policy -survey", "daily"),
        ("keyword", "ti:robot cat:cs.RO", "daily"),
        ("keyword", "Nobody Unheard", "daily"),
    ]


async def test_what_is_followed_already_or_twice_is_said_once_and_a_bad_line_says_why(house: House) -> None:
    await house.follow("tokamak")
    shown = await asked(house, "tokamaks\nheat\nHeat\n-survey\ncatt:cs.RO x")
    told = shown_text(shown)
    assert "1 line can be followed." in told
    assert "**You follow already** tokamaks" in told
    assert "- \\-survey: The query only excludes" in told
    assert "There is no field" in told
    await house.press(shown["message"], "Follow these 1")
    assert [query for _, query, _ in await followed(house)] == ["tokamak", "heat"]


async def test_a_list_with_nothing_new_offers_nothing(house: House) -> None:
    shown = await asked(house, "-survey\n \n")
    assert "Nothing in this list can be followed anew." in shown_text(shown)
    assert labels(shown["message"]) == []


async def test_a_hundred_lines_are_read_and_the_rest_is_named(house: House) -> None:
    told = shown_text(await asked(house, "\n".join(f"word{n}" for n in range(103))))
    assert "100 lines can be followed." in told
    assert "I read 100 lines at a time; 3 lines behind them I did not." in told
    assert " more\n" in told  # not all are named
    assert "brought nothing in the last 7 days." in told


async def test_more_than_a_person_may_follow_is_refused_before_anything_is_saved(house: House) -> None:
    await house.follow("tokamak")
    async with house.app.database.transaction() as write:
        await write.execute_many(
            "INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)"
            " VALUES ('user', :owner, 'keyword', :query, 'daily', 1)",
            [{"owner": int(house.nadia), "query": f"plasma x{n}"} for n in range(298)],
        )
    told = shown_text(await asked(house, "heat\nmetal"))
    assert "300" in told
    assert len(await followed(house)) == 299


async def test_text_from_outside_stays_text(house: House) -> None:
    told = shown_text(await asked(house, "@everyone <@&1> **bold**\n[x](https://evil.example) -"))
    assert "@everyone" not in told
    assert "](https" not in told.replace("\\", "x")
