"""What does not fit one message is counted, and stands on a page: nothing can be reached only through what was cut."""

from __future__ import annotations

from tests.house import House, controls, labels, text_of, until

LISTS = 30


async def prepare(house: House) -> list[str]:
    """As many lists as channels were ever set up and lost, all of them stopped, each with long wishes."""
    made = []
    for number in range(LISTS):
        body = {"as": house.nadia, "name": f"list-{number}"}
        made.append(str((await house.ask("POST", f"/guilds/{house.guild}/channels", body))["id"]))
    await until(lambda: house.bot.get_channel(int(made[-1])))
    async with house.app.database.transaction() as write:
        for number, channel in enumerate(made):
            await write.execute(
                """INSERT INTO summaries (channel_id, guild_id, server_name, timezone, minute, weekdays, categories, words, size,
                       created_by, next_at, next_on, created_at, channel_name, stopped_at, stop_reason, stop_cause, stop_settled)
                   VALUES (:channel, :guild, 'Paper Lab', 'UTC', 540, 31, '[]', :words, 10, :who, 1, '2031-11-20', :number,
                       :name, 5, 'I am not allowed to write in the channel.', 'forbidden', 1)""",
                {"channel": int(channel), "guild": int(house.guild), "words": "tokamak " * 20 + "plasma", "number": number,
                 "who": int(house.nadia), "name": f"list-{number}"},
            )  # fmt: skip
    return made


async def test_every_list_of_a_server_can_be_read_and_resumed(house: House) -> None:
    channels = await prepare(house)
    shown = (await house.run("summary status"))["message"]
    read, offered = "", []
    while True:
        read += text_of(shown)
        offered += [o["label"] for c in controls(shown) if c["type"] == 3 for o in c["options"]]
        (on,) = [c for c in controls(shown) if c.get("label") == "▶"]
        if on["disabled"]:
            break
        shown = (await house.press(shown, "▶"))["message"]
    assert all(f"<#{channel}>: up to" in read for channel in channels)
    assert offered == [f"#list-{number}" for number in range(LISTS)]
    await house.choose(shown, f"#list-{LISTS - 1}")
    assert await house.rows("SELECT channel_id FROM summaries WHERE stopped_at IS NULL") == [(int(channels[-1]),)]
    back = (await house.press(shown, "◀"))["message"]
    assert "▶" in labels(back)


async def test_an_answer_tells_of_the_first_stops_whole_and_where_the_others_are(house: House) -> None:
    await prepare(house)
    text, _ = text_of((await house.run("help"))["message"]).split("\n### Paperboy\n")
    assert "**5.** The daily list in" in text
    assert text.endswith(f"… and {LISTS - 5} more: `/summary status`")


async def test_the_status_itself_says_how_many_stopped_and_is_led_by_no_other_word_of_it(house: House) -> None:
    await prepare(house)
    shown = (await house.run("summary status"))["message"]
    assert f"{LISTS} in this server, {LISTS} stopped" in text_of(shown)
    assert shown["content"] == ""


async def test_of_a_message_with_too_many_papers_the_rest_is_counted(house: House) -> None:
    text = " ".join(f"2511.{n:05}" for n in range(1, 33))
    message = await house.ask("POST", f"/channels/{house.general}/messages", {"as": house.tomasz, "content": text})
    body = {
        "as": house.nadia,
        "channel_id": house.general,
        "name": "Papers in this message",
        "target_id": message["id"],
    }
    said = text_of((await house.ask("POST", "/context", body))["message"])
    assert "7 more stand in it" in said
