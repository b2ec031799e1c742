"""The table of messages is made anew with everything that stood in it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import migrations

STATES = ("pending", "sending", "sent", "failed")


def older(tmp_path: Path, number: int = 4) -> Path:
    """The migrations up to this number alone."""
    folder = tmp_path / f"until-{number}"
    folder.mkdir()
    for path in sorted(migrations.FOLDER.glob("[0-9]*.sql"))[:number]:
        shutil.copy(path, folder)
    return folder


def fill(connection: sqlite3.Connection) -> None:
    """A message in each state with an alert of its own, an alert without, and a number that was used and is free again."""
    connection.execute("INSERT INTO papers (id, title, first_seen_at) VALUES (1, 'A paper', 1)")
    for number, state in enumerate(STATES, 1):
        connection.execute(
            """INSERT INTO messages (recipient_kind, recipient_id, kind, local_date, part, payload, nonce, state, sending_since,
                                     attempts, next_attempt_at, channel_id, discord_id, created_at, sent_at, error, shown,
                                     shown_at, checked_at, frozen)
               VALUES ('user', 7, 'digest', '2026-11-20', :n, '{"n": 1}', 'x-' || :n, :state, 10 * :n, :n, 20, 30, 40 * :n, 50,
                       60, 'why', 'shown', 70, 80, 'frozen')""",
            {"n": number, "state": state},
        )
        connection.execute(
            """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, occurrence, cadence, reasons, created_at, message_id)
               VALUES ('user', 7, 1, :n, 'daily', '[]', 1, :n)""",
            {"n": number},
        )
    connection.execute(
        "INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at) VALUES ('user', 7, 1, 'daily', '[]', 1)"
    )
    connection.execute(
        """INSERT INTO messages (id, recipient_kind, recipient_id, kind, local_date, part, payload, nonce, next_attempt_at, created_at)
           VALUES (41, 'user', 8, 'welcome', '2026-11-20', 1, '{}', 'x-41', 1, 1)"""
    )
    connection.execute("DELETE FROM messages WHERE id = 41")


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    migrations.migrate(path, older(tmp_path))
    with closing(sqlite3.connect(path)) as connection, connection:
        fill(connection)
        before = connection.execute("SELECT * FROM messages ORDER BY id").fetchall()
    names = [
        "id", "recipient_kind", "recipient_id", "kind", "local_date", "part", "payload", "nonce", "state", "sending_since",
        "attempts", "next_attempt_at", "channel_id", "discord_id", "created_at", "sent_at", "error", "shown", "shown_at",
        "checked_at", "frozen",
    ]  # fmt: skip
    migrations.migrate(path, older(tmp_path, 5))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(f"SELECT {', '.join(names)} FROM messages ORDER BY id").fetchall() == before
        assert [row[8] for row in before] == list(STATES)
    migrations.migrate(path)
    return path


def test_no_message_and_no_alert_is_lost_or_parted(migrated: Path) -> None:
    with closing(sqlite3.connect(migrated)) as connection:
        pairs = connection.execute(
            "SELECT a.occurrence, m.state FROM alerts AS a LEFT JOIN messages AS m ON m.id = a.message_id ORDER BY a.id"
        ).fetchall()
        assert pairs == [*((str(n), state) for n, state in enumerate(STATES, 1)), ("", None)]
        assert connection.execute("SELECT count(*) FROM alerts WHERE late IS NOT NULL").fetchone() == (0,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_numbers_go_on_where_they_were(migrated: Path) -> None:
    """A nonce carries its message's number: one that was used and deleted must never come again."""
    with closing(sqlite3.connect(migrated)) as connection:
        assert connection.execute("SELECT name, seq FROM sqlite_sequence WHERE name LIKE 'messages%'").fetchall() == [
            ("messages", 41)
        ]


def test_what_was_being_sent_has_a_lease_that_is_over(migrated: Path) -> None:
    with closing(sqlite3.connect(migrated)) as connection:
        rows = connection.execute("SELECT state, lease_until FROM messages WHERE lease_until IS NOT NULL").fetchall()
    assert rows == [("sending", 20)]


def test_what_must_be_unique_or_known_is_still_held(migrated: Path) -> None:
    add = """INSERT INTO messages (recipient_kind, recipient_id, kind, local_date, part, payload, nonce, state, next_attempt_at, created_at)
             VALUES ('user', 7, :kind, :day, :part, '{}', :nonce, :state, 1, 1)"""
    good = {"kind": "notice", "day": "2026-11-21", "part": 1, "nonce": "y-1", "state": "closed"}
    with closing(sqlite3.connect(migrated)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(add, good)
        for change in (
            {"part": 2},  # the same nonce
            {"nonce": "y-2"},  # the same recipient, kind, date and part
            {"part": 3, "nonce": "y-3", "kind": "other"},
            {"part": 3, "nonce": "y-3", "state": "other"},
            {"part": 3, "nonce": "y-3", "state": "sending"},  # without a lease
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(add, good | change)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE alerts SET message_id = 999")
        indexes = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE tbl_name = 'messages'")}
    assert {"messages_open", "messages_queue", "messages_sent"} <= indexes
