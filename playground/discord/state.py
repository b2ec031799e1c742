"""Everything that must survive a restart, as Discord's own objects in one SQLite file.
It knows kinds, ids and parents; it must not know what the objects mean."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from playground.discord.wire import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, parent INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, parent, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS objects_by_id ON objects (kind, id);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, content_type TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS nonces (
    author INTEGER NOT NULL, nonce TEXT NOT NULL, message INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (author, nonce)
) STRICT, WITHOUT ROWID;
"""


class State:
    """A store of JSON objects by kind, parent and id; every write is in the file when the call returns.

    Kinds and parents: user, application, guild, webhook (0), member and role (guild), channel (guild, or 0 for a DM),
    message and ephemeral (channel), command (guild, or 0), interaction (0), read (user), thread_member (thread),
    dm (the lower of its two people; the higher is the id), token (0).
    """

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        # A killed process loses nothing: written pages belong to the system. Only a power cut would, and this is a toy.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    def get(self, kind: str, id_: int | str, parent: int | str | None = None) -> Json | None:
        """A fresh copy of the object, or None; without a parent the id must be unique in its kind."""
        if parent is None:
            rows = self._db.execute("SELECT body FROM objects WHERE kind = ? AND id = ?", (kind, int(id_)))
        else:
            key = (kind, int(parent), int(id_))
            rows = self._db.execute("SELECT body FROM objects WHERE kind = ? AND parent = ? AND id = ?", key)
        row = rows.fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, kind: str, thing: Json, parent: int | str = 0, id_: int | str | None = None) -> None:
        key = (kind, int(parent), int(thing["id"] if id_ is None else id_))
        body = json.dumps(thing, separators=(",", ":"), ensure_ascii=False)
        # A lone surrogate is JSON, but not UTF-8.
        body = body.encode("utf-8", "replace").decode()
        self._db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", (*key, body))

    def delete(self, kind: str, id_: int | str, parent: int | str) -> None:
        self._db.execute("DELETE FROM objects WHERE kind = ? AND parent = ? AND id = ?", (kind, int(parent), int(id_)))

    def delete_all(self, kind: str, parent: int | str) -> None:
        self._db.execute("DELETE FROM objects WHERE kind = ? AND parent = ?", (kind, int(parent)))

    def all(self, kind: str, parent: int | str | None = None) -> list[Json]:
        """All of a kind (below one parent), in the order of their ids."""
        if parent is None:
            rows = self._db.execute("SELECT body FROM objects WHERE kind = ? ORDER BY id", (kind,))
        else:
            rows = self._db.execute(
                "SELECT body FROM objects WHERE kind = ? AND parent = ? ORDER BY id", (kind, int(parent))
            )
        return [json.loads(row[0]) for row in rows]

    def parents(self, kind: str, id_: int | str) -> list[int]:
        """Below which parents the id exists: the guilds of a member, for one."""
        sql = "SELECT parent FROM objects WHERE kind = ? AND id = ?"
        return [int(row[0]) for row in self._db.execute(sql, (kind, int(id_)))]

    def count(self, kind: str, parent: int | str) -> int:
        row = self._db.execute("SELECT count(*) FROM objects WHERE kind = ? AND parent = ?", (kind, int(parent)))
        return int(row.fetchone()[0])

    def page(
        self, kind: str, parent: int | str, *, above: int = -1, below: int = 1 << 62, limit: int, newest: bool = True
    ) -> list[Json]:
        """At most limit objects with above < id < below, newest or oldest first."""
        sql = "SELECT body FROM objects WHERE kind = ? AND parent = ? AND id > ? AND id < ? ORDER BY id "
        sql += "DESC LIMIT ?" if newest else "ASC LIMIT ?"
        return [json.loads(row[0]) for row in self._db.execute(sql, (kind, int(parent), above, below, limit))]

    def meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def put_file(self, id_: int, name: str, content_type: str, body: bytes) -> None:
        self._db.execute("INSERT INTO files VALUES (?, ?, ?, ?)", (id_, name, content_type, body))

    def file(self, id_: int) -> tuple[str, str, bytes] | None:
        row = self._db.execute("SELECT name, content_type, body FROM files WHERE id = ?", (id_,)).fetchone()
        return None if row is None else (str(row[0]), str(row[1]), bytes(row[2]))

    def nonce(self, author: int | str, nonce: str, since: float) -> int | None:
        """The message this author sent with this nonce since then."""
        row = self._db.execute(
            "SELECT message FROM nonces WHERE author = ? AND nonce = ? AND at >= ?", (int(author), nonce, since)
        ).fetchone()
        return None if row is None else int(row[0])

    def remember_nonce(self, author: int | str, nonce: str, message: int, at: float) -> None:
        self._db.execute("INSERT OR REPLACE INTO nonces VALUES (?, ?, ?, ?)", (int(author), nonce, message, at))
