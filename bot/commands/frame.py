"""What every command has in common: its settings, its exit code, its answer as lines or as JSON. Knows click; knows no command."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import click

from bot.config import load_settings
from bot.logs import set_up_logging
from bot.show.printing import plain_json

EXIT_CODES: Final = """\b
exit codes:
  0 done   64 bad usage or input   65 bad data   66 not found   69 upstream unavailable
  70 a fault in Paperboy   75 try again (another process is using the database)   78 configuration
  130, 143: stopped by Ctrl+C, by SIGTERM"""

#: A path that is typed. Each command says itself what is wrong with it.
FILE: Final = click.Path(path_type=Path, readable=False)

#: Does a command with its settings and what was typed. Returns the exit code.
Work = Callable[..., Awaitable[int]]


class Words(click.Command):
    """A command whose words may begin with a hyphen: `search diffusion -survey` leaves the word out and is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        flags = {
            name: option.is_flag
            for option in self.get_params(ctx)
            if isinstance(option, click.Option)
            for name in option.opts
        }
        options: list[str] = []
        words: list[str] = []
        rest = list(args)
        while rest:
            word = rest.pop(0)
            name, has_value, _ = word.partition("=")
            if word == "--":
                words += rest
                break
            if not (name in flags or (word.startswith("--") and len(word) > 2)):
                words.append(word)
                continue
            options.append(word)
            if flags.get(name) is False and not has_value:
                options += rest[:1]
                rest = rest[1:]
        return super().parse_args(ctx, [*options, "--", *words])


def command(
    does: Work,
    name: str,
    text: str,
    *parameters: click.Parameter,
    answers: bool = False,
    kind: type[click.Command] = click.Command,
) -> click.Command:
    """One command of the command line. With `answers` it takes `--json`."""

    def run(**values: Any) -> int:
        settings = load_settings()
        set_up_logging(settings.log_level)

        async def work() -> int:
            task = asyncio.current_task()
            assert task is not None
            with contextlib.suppress(NotImplementedError):  # Windows ends a process without asking it
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
            return await does(settings, **values)

        return asyncio.run(work())

    given = list(parameters)
    if answers:
        given.append(click.Option(["--json", "as_json"], is_flag=True, help="print the answer as JSON"))
    return kind(name, callback=run, params=given, help=text, short_help=text)


def argument(
    name: str, *, metavar: str | None = None, many: bool = False, required: bool = True, **more: Any
) -> click.Argument:
    """What is typed without a name in front."""
    return click.Argument([name], nargs=-1 if many else 1, required=required, metavar=metavar, **more)


def option(*names: str, text: str, **more: Any) -> click.Option:
    """What is typed behind a name."""
    return click.Option(list(names), help=text, **more)


def limit(default: int) -> click.Option:
    return option(
        "--limit",
        type=click.IntRange(min=0),
        metavar="N",
        default=default,
        text=f"how many to show (default: {default})",
    )


def show(as_json: bool, value: Any, lines: Sequence[str]) -> None:
    """Prints an answer."""
    if as_json:
        print(json.dumps(plain_json(value), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines))
