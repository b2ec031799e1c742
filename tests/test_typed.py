"""Whatever somebody types into any option of any command: a card or a kind refusal, and none of their markup alive."""

from __future__ import annotations

import re
from typing import Any, Final

from discord import AppCommandOptionType

from playground.discord.interactions import AUTOCOMPLETE, COMMAND, MODAL_SUBMIT
from tests.house import House
from tests.walking import FORMS, Hand, SlashCommand, check_kind, form, meant, slash_commands, typed

LONGEST: Final = 6_000  # of Discord, for an option without a limit of its own
EVIL: Final = "**[x](https://evil.example)** @everyone @here <@1> <@&2> <#3> `code` ||s|| https://evil.example"
TYPED: Final = {
    "the longest": "x" * LONGEST,
    "the longest in words": ("word " * LONGEST)[: LONGEST - 1] + "d",
    "the longest in signs": "*" * LONGEST,
    "quotes": '"' * LONGEST,
    "minus": "- " * (LONGEST // 2),
    "right to left": "שלום עולם \u202eمرحبا بالعالم\u202c \u200f",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 🧬\ufe0f 🇩🇪 \U000e0041",
    "combining marks alone": "\u0301\u0302\u0303" * 20,
    "fillers": "\u3164\u115f\u1160\uffa0",
    "blank": "   ",
    "markup": EVIL,
    "markup in quotes": f'"{EVIL}"',
    "a link": "[x](https://evil.example)",
    "everyone": "@everyone",
    "a mention": "<@1>",
    "lines": "a\n# b\r\n> c\n\u2028d\u0085e",
    "nul": "a\x00b\x1b[31m\x7f",
    "signs": "\\",
    "an id": "arxiv:9999.99999v99999",
    "a number": "#1",
    "a surrogate's name": "\ufffd\ufffe\uffff",
}
#: What would be alive in Discord: no backslash stands before it.
ALIVE: Final = re.compile(
    r"(?<!\\)(?:@everyone|@here|<@&?[12]>|\]\(https?://evil|https?://evil|\*\*\[x|\|\|s\|\||`code`|<#3>)|^(?:# b|> c)",
    re.MULTILINE,
)


def check(name: object, answer: Any) -> None:
    text = check_kind(name, answer)
    assert (found := ALIVE.search(text)) is None, (name, found, text)


def text_options(command: SlashCommand) -> list[str]:
    return [p.display_name for p in command.parameters if p.type is AppCommandOptionType.string and not p.choices]


def fits(command: SlashCommand, option: str, text: str) -> str:
    """As much of the text as the client lets somebody type."""
    (parameter,) = [p for p in command.parameters if p.display_name == option]
    return text[: int(parameter.max_value or LONGEST)].ljust(int(parameter.min_value or 0), text[-1])


async def test_whatever_is_typed_into_any_option_gets_a_kind_answer(house: House) -> None:
    await house.follow("stellarator")
    hand = Hand(house, house.nadia, house.general)
    for command in slash_commands(house.bot):
        for option in text_options(command):
            for name, text in TYPED.items():
                options = meant(command, house.general) | {option: fits(command, option, text)}
                check((command.qualified_name, option, name), await hand.send(COMMAND, typed(command, options)))
                await offered(hand, command, option, options)
    for command in slash_commands(house.bot):  # what was kept of it is shown again
        check(command.qualified_name, await hand.send(COMMAND, typed(command, meant(command, house.general))))


async def offered(hand: Hand, command: SlashCommand, option: str, options: dict[str, Any]) -> None:
    """While it is typed, Discord asks for what to offer, where the command offers anything."""
    (parameter,) = [p for p in command.parameters if p.display_name == option]
    if parameter.autocomplete:
        data = typed(command, options)
        inner = data["options"]
        while inner and "options" in inner[0]:
            inner = inner[0]["options"]
        next(o for o in inner if o["name"] == option)["focused"] = True
        answer = await hand.send(AUTOCOMPLETE, data)
        assert answer["state"] == "answered", (command.qualified_name, option, answer["error"])


async def test_whatever_is_typed_over_an_options_length_is_refused_kindly(house: House) -> None:
    hand = Hand(house, house.nadia, house.general)
    for command in slash_commands(house.bot):
        for option in text_options(command):
            options = meant(command, house.general) | {option: "x" * LONGEST}
            check((command.qualified_name, option), await hand.send(COMMAND, typed(command, options)))


async def test_whatever_is_typed_into_a_form_gets_a_kind_answer(house: House) -> None:
    hand = Hand(house, house.nadia, house.general)
    shown = (await house.run("help"))["message"]
    for verb, fields in FORMS.items():
        kinds = ("keyword", "author", "category", "trending") if verb == "follow" else ("",)
        for custom_id in (f"pb1:{verb}:{kind}".rstrip(":") for kind in kinds):
            for field in (name for name, value in fields.items() if isinstance(value, str)):
                for name, text in TYPED.items():
                    answer = await hand.send(MODAL_SUBMIT, form(custom_id, fields | {field: text[:4_000]}), shown)
                    check((custom_id, field, name), answer)


async def test_whatever_stands_in_a_message_gets_a_kind_answer(house: House) -> None:
    for name, text in TYPED.items():
        body = {"as": house.tomasz, "content": f"{text[:1_500]} 2511.00001 10.1000/{text[:300]}"}
        message = await house.ask("POST", f"/channels/{house.general}/messages", body)
        body = {
            "as": house.nadia,
            "channel_id": house.general,
            "name": "Papers in this message",
            "target_id": message["id"],
        }
        check(name, await house.ask("POST", "/context", body))
