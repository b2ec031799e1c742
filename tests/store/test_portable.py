"""Ordinary statements are written in the form that SQLite and PostgreSQL both take. What differs stands in one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from bot.store.database import Database
from tests.conftest import ROOT

#: They are about one engine: its full-text search, its file, its schema; and the one place that spells lists and ids for it.
OWN: Final = {"search.py", "migrations.py", "copies.py", "files.py", "restoring.py", "database.py"}
STORES: Final = sorted(path for path in (ROOT / "bot" / "store").glob("*.py") if path.name not in OWN)
#: What SQLite alone has, or takes otherwise than others do.
ALONE: Final = re.compile(
    r"json_|->|\bGLOB\b|\bOR (?:IGNORE|REPLACE)\b|\bIS NOT :|\bIS :|\bLIMIT -1|\biif\(|sqlite_|\browid\b|\bPRAGMA\b|total_changes"
    r"|\b(?:max|min)\([^()]*,|:\w+ IS (?:NOT )?NULL|:\w+ [+-] :|\bINTEGER\b|\bREPLACE INTO\b|unixepoch|strftime"
)
_VERB: Final = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b")


def statements(path: Path) -> list[str]:
    """Every text of a module that is SQL, f-strings as they stand."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        if isinstance(node, ast.JoinedStr)
        else str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant)
    ]
    return [text for text in texts if _VERB.match(text)]


@pytest.mark.parametrize("path", STORES, ids=lambda path: path.name)
def test_a_store_says_nothing_that_one_engine_alone_understands(path: Path) -> None:
    assert [found.group() for text in statements(path) if (found := ALONE.search(text))] == []


def test_there_is_sql_to_look_at() -> None:
    assert sum(len(statements(path)) for path in STORES) > 150


async def test_a_list_stands_behind_in_whatever_its_length(database: Database) -> None:
    async with database.transaction() as write:
        await write.execute_many("INSERT INTO meta VALUES (:key, 'x')", [{"key": f"a{n}"} for n in range(3)])
    for keys, count in ([], 0), (["a1"], 1), ([f"a{n}" for n in range(40_000)], 3):
        async with database.reading() as read:
            sql = "SELECT count(*) FROM meta WHERE key IN :keys"
            assert await read.value(sql, {"keys": keys}) == count
