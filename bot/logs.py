"""Logging: one line per event, no line broken by text from outside, no token ever. Knows the format only."""

from __future__ import annotations

import logging
import re
from typing import Final

#: Discord tokens, and secrets in query strings.
_SECRETS: Final = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}|(?<=key=)[^&\s]+|(?<=/webhooks/)\d+/[\w-]+")
_BREAKS: Final = str.maketrans({"\r": "\\r", "\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\x85"})


class OneLine(logging.Formatter):
    """Escapes line breaks in messages (a traceback keeps its lines, indented) and removes secrets."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        head, _, rest = text.partition("\nTraceback ")
        head = head.replace("\n", "\\n").translate(_BREAKS)
        if rest:
            head += "\n  Traceback " + rest.replace("\n", "\n  ")
        return _SECRETS.sub("[removed]", head)


def set_up_logging(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # The libraries' own chatter: their warnings are enough.
    for name in ("discord", "httpx", "httpcore", "apscheduler", "aiosqlite"):
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
