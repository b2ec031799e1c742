"""The command line: every command, and how each of its ends becomes one sentence and an exit code.

Builds nothing itself: the commands stand in `bot/commands`, what they use is built by `process/application`.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import click

from bot.commands.frame import EXIT_CODES
from bot.errors import PaperboyError, QueryError

log = logging.getLogger(__name__)

#: The module of `bot/commands` in which each command stands: the bot's life first, questions last.
MODULES: Final = {
    "run": "running", "playground": "running", "ingest": "keeping", "import": "keeping", "split": "keeping", "fit-scores": "keeping",
    "migrate": "keeping",
    "backup": "copying", "restore": "copying", "paper": "questions", "why": "questions", "similar": "questions", "search": "questions",
    "daily": "questions", "trending": "questions", "status": "questions", "doctor": "questions", "author": "authors",
    "audit": "audit",
}  # fmt: skip


class _Commands(click.Group):
    """Loads the module of a command when that is wanted: a question needs no sources."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = MODULES.get(cmd_name)
        return next(made for made in commands_of(module) if made.name == cmd_name) if module else None


def commands_of(module: str) -> tuple[click.Command, ...]:
    """The commands that stand in this module of `bot/commands`."""
    made: tuple[click.Command, ...] = importlib.import_module(f"bot.commands.{module}").COMMANDS
    return made


CLI: Final = _Commands(
    "paperboy",
    help="Brings research papers to the people who want them, inside Discord.",
    epilog=EXIT_CODES,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows no accents shows them in another way
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(list(sys.argv[1:] if arguments is None else arguments)))


def _run(words: list[str]) -> int:
    try:
        code = CLI.main(words, prog_name="paperboy", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        place = error.ctx.command_path if error.ctx else "paperboy"
        usage = error.ctx.get_usage() if error.ctx else ""
        print(f"{usage}\n{place}: {error.format_message()}", file=sys.stderr)
        return 64
    except PaperboyError as error:
        print(f"paperboy: {error}", file=sys.stderr)
        if isinstance(error, QueryError):
            _point(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _stopped(130)
    except asyncio.CancelledError:
        return _stopped(143)
    except BrokenPipeError:  # `paperboy … | head` has seen enough; Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        log.debug("a fault", exc_info=error)
        where = traceback.extract_tb(error.__traceback__)[-1]
        what = " ".join(f"{type(error).__name__}: {error}".split())
        print(
            f"paperboy: a fault in Paperboy ({what}, {os.path.basename(where.filename)}:{where.lineno})",
            file=sys.stderr,
        )
        return 70
    return int(code or 0)


def _point(error: QueryError) -> None:
    """Shows the place of a query that cannot be read. What draws it is loaded only then."""
    pointing = importlib.import_module("bot.show.pointing")
    for line in pointing.pointed_lines(error):
        print(line, file=sys.stderr)


def _stopped(code: int) -> int:
    print("paperboy: stopped; what was finished until then is kept. Run it again to go on.", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
