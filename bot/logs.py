"""Logging: one line per event, no line broken by text from outside, nothing that a terminal obeys, no token ever.

Knows the format only.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from typing import Final

#: Whatever opens a door: Discord's tokens and webhooks, tokens of Hugging Face and GitHub, headers, values in query strings.
_SECRETS: Final = re.compile(
    r"(?<![\w-])[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}"
    r"|(?<=/webhooks/)[0-9]+/[\w-]+"
    r"|(?<![A-Za-z0-9])(?:hf_|gh[opsru]_|github_pat_)\w{8,}"
    r"|(?<=\bBearer )[^\s'\",;]+|(?<=\bBot )[\w.-]{20,}"
    r"|(?:(?<=key=)|(?<=token=)|(?<=secret=)|(?<=password=)|(?<=signature=))[^&\s'\"]+",
    re.IGNORECASE,
)
#: Characters of one event; what an upstream sent may be longer than anybody wants to read.
LONGEST: Final = 20_000


class _Visible(dict[int, str | int]):
    """`str.translate` table: controls, format characters and line separators as escapes; everything else as it is."""

    def __missing__(self, code: int) -> str | int:
        unseen = unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp") and chr(code) not in "\n\t"
        self[code] = ascii(chr(code))[1:-1] if unseen else code
        return self[code]


_VISIBLE: Final = _Visible()


class OneLine(logging.Formatter):
    """Escapes line breaks and controls in messages and removes secrets. Only our own traceback has lines, indented."""

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        text = _readable(self.formatMessage(record)).replace("\n", "\\n")
        if record.exc_info:
            text += "\n  " + _readable(self.formatException(record.exc_info)).replace("\n", "\n  ")
        if record.stack_info:
            text += "\n  " + _readable(self.formatStack(record.stack_info)).replace("\n", "\n  ")
        return text


def _readable(text: str) -> str:
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} […] {text[-LONGEST // 2 :]}"
    return _SECRETS.sub("[removed]", text.translate(_VISIBLE))


def set_up_logging(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # The libraries' own chatter: their warnings are enough.
    for name in ("discord", "httpx", "httpcore", "apscheduler", "aiosqlite"):
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
