"""A migration happens with its number or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import BadDataError
from bot.store import migrations


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name").fetchall()
        return [*rows, ("version", str(connection.execute("PRAGMA user_version").fetchone()[0]))]


def test_an_empty_file_comes_to_the_newest_schema_and_again_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    applied = migrations.migrate(path)
    assert applied[0] == "0001_initial"
    assert migrations.version(path) == len(migrations.load())
    assert migrations.migrate(path) == []


def test_a_failure_in_any_statement_leaves_the_schema_as_it_was(tmp_path: Path) -> None:
    statements = [s for m in migrations.load() for s in m.statements]
    path = tmp_path / "x.db"
    for n in range(len(statements)):
        folder = tmp_path / f"m{n}"
        folder.mkdir()
        (folder / "0001_all.sql").write_text("\n".join(statements[:n]) + "\nSELECT broken FROM nowhere;\n")
        with pytest.raises(sqlite3.OperationalError):
            migrations.migrate(path, folder)
        assert not list(tmp_path.glob("x.db*"))  # a new file gets its name once it is whole


def test_a_failure_in_a_later_migration_leaves_the_file_at_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("CREATE TABLE a (x TEXT) STRICT;")
    path = tmp_path / "x.db"
    migrations.migrate(path, folder)
    before = schema(path)
    (folder / "0002_second.sql").write_text("CREATE TABLE b (x TEXT) STRICT;\nSELECT broken FROM nowhere;\n")
    with pytest.raises(sqlite3.OperationalError):
        migrations.migrate(path, folder)
    assert schema(path) == before


def test_an_existing_file_is_backed_up_before_it_changes(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("CREATE TABLE a (x TEXT) STRICT;")
    path = tmp_path / "x.db"
    migrations.migrate(path, folder)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO a VALUES ('kept')")
    (folder / "0002_second.sql").write_text("DROP TABLE a;")
    assert migrations.migrate(path, folder) == ["0002_second"]
    copy = tmp_path / "x.db.before-0002"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT x FROM a").fetchall() == [("kept",)]
    assert copy.stat().st_mode & 0o077 == 0


def test_a_semicolon_in_a_string_or_comment_ends_no_statement() -> None:
    assert migrations.split("-- a; b\nINSERT INTO t VALUES ('x; y');\nSELECT 1;\n-- the end\n") == (
        "-- a; b\nINSERT INTO t VALUES ('x; y');",
        "SELECT 1;",
    )


def test_a_script_that_ends_within_a_statement_is_refused() -> None:
    with pytest.raises(BadDataError, match="within a statement"):
        migrations.split("CREATE TABLE a (x")


def test_numbers_without_gap(tmp_path: Path) -> None:
    (tmp_path / "0002_second.sql").write_text("SELECT 1;")
    with pytest.raises(BadDataError, match="numbered"):
        migrations.load(tmp_path)


def test_a_file_made_by_us_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    migrations.migrate(tmp_path / "x.db")
    assert (tmp_path / "x.db").stat().st_mode & 0o077 == 0


def test_every_table_is_strict() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for migration in migrations.load():
            for statement in migration.statements:
                connection.execute(statement)
        rows = connection.execute("SELECT name, type, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    ours = [r for r in rows if r[1] == "table" and not r[0].startswith("sqlite_")]
    assert len(ours) > 8
    assert not [name for name, _, strict in ours if not strict]


def test_no_index_leads_through_rows_whose_value_is_not_set(tmp_path: Path) -> None:
    """Such an index answers `IS NULL`, which is most of a table, before one that leads straight to the rows."""
    path = tmp_path / "x.db"
    migrations.migrate(path)
    whole = []
    with closing(sqlite3.connect(path)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            unset = {c[1] for c in connection.execute(f"PRAGMA table_info({table})") if not c[3] and not c[5]}
            for _, index, unique, _, partial in connection.execute(f"PRAGMA index_list({table})").fetchall():
                first = connection.execute(f"PRAGMA index_info({index})").fetchone()[2]
                if first in unset and not partial and not unique:
                    whole.append(index)
    assert whole == []
