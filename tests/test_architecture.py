"""Who may import whom: DESIGN's layers, read from the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deadlines import READERS, clocks, deadlines, named, parsed

ROOT = Path(__file__).resolve().parents[1]

PURE = {
    "bot.allowance", "bot.answers", "bot.cards", "bot.categories", "bot.controls", "bot.digest", "bot.document", "bot.errors",
    "bot.forgiving", "bot.links", "bot.lists", "bot.matching", "bot.merging", "bot.models", "bot.names", "bot.paper_ids",
    "bot.outgoing", "bot.percolator", "bot.places", "bot.presence", "bot.printing", "bot.proof", "bot.query", "bot.reasons",
    "bot.rebuilding", "bot.reports", "bot.rotation",
    "bot.openings", "bot.plainer", "bot.rhythm",
    "bot.schedule", "bot.spelling", "bot.stems", "bot.tex", "bot.texsymbols", "bot.text", "bot.wording",
}  # fmt: skip
SERVICES = {
    "bot.attempts", "bot.sending",
    "bot.audit", "bot.backups", "bot.composing", "bot.deliver", "bot.gate", "bot.guarding", "bot.imports", "bot.ingest", "bot.listings",
    "bot.looks", "bot.lookups", "bot.recent", "bot.refresh", "bot.repairs", "bot.search",
    "bot.status", "bot.stops", "bot.subscriptions", "bot.summaries", "bot.titles", "bot.todays", "bot.verdicts",
}  # fmt: skip
ROOTS = {
    "bot.__main__", "bot.bulk", "bot.commands", "bot.commands.audit", "bot.commands.copying", "bot.commands.frame",
    "bot.commands.keeping",
    "bot.commands.questions", "bot.commands.running", "bot.compose", "bot.doctor", "bot.file_watch", "bot.local",
    "bot.online", "bot.owner",
}  # fmt: skip
#: These render what services return, so they know the value types; they call no service.
RESULTS_OF_SERVICES = {
    "bot.answers": {"bot.store.users", "bot.subscriptions", "bot.todays"},
    "bot.reports": {"bot.status", "bot.store.pauses", "bot.store.summaries", "bot.store.users"},
    "bot.lists": {"bot.listings", "bot.search"},
}
#: Libraries that reach outside the process.
OUTSIDE = {
    "aiohttp",
    "aiosqlite",
    "apscheduler",
    "click",
    "discord",
    "httpx",
    "lxml",
    "socket",
    "sqlite3",
    "urllib.request",
}


def modules(folder: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield name.removesuffix(".__init__"), path


def imports(path: Path) -> set[str]:
    """Every module that a file imports, as dotted names; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


KNOWN = {name for folder in ("bot", "cogs", "playground") for name, _ in modules(folder)}


def own(path: Path) -> set[str]:
    """The project's own modules among the imports."""
    return imports(path) & KNOWN - {"bot", "cogs", "playground"}


def libraries(path: Path) -> set[str]:
    tops = {name.split(".")[0] for name in imports(path)}
    return {library for library in OUTSIDE if library.split(".")[0] in tops} - ({"urllib.request"} - imports(path))


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_module_imports_pure_modules_only_and_nothing_from_outside(name: str) -> None:
    path = ROOT / f"{name.replace('.', '/')}.py"
    allowed = PURE | RESULTS_OF_SERVICES.get(name, set())
    assert own(path) <= allowed
    assert not libraries(path)
    assert not imports(path) & {"time.time", "random", "secrets", "os", "asyncio"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_knows_pure_modules_the_store_and_protocols(name: str) -> None:
    path = ROOT / f"{name.replace('.', '/')}.py"
    allowed = PURE | SERVICES | {"bot.clock", "bot.pace", "bot.turns", "bot.sources.base", "bot.sources.timetable"}
    strangers = {m for m in own(path) - allowed if not m.startswith("bot.store")}
    assert not strangers
    assert not libraries(path)


@pytest.mark.parametrize(("name", "path"), [m for m in modules("bot") if m[0].startswith("bot.sources")])
def test_sources_know_http_and_documents_and_nothing_of_the_store(name: str, path: Path) -> None:
    allowed = PURE | {m for m in KNOWN if m.startswith("bot.sources")}
    assert own(path) <= allowed
    assert libraries(path) <= {"httpx", "lxml"}


@pytest.mark.parametrize(("name", "path"), [m for m in modules("bot") if m[0].startswith("bot.store")])
def test_the_store_knows_sqlite_and_pure_modules(name: str, path: Path) -> None:
    assert own(path) <= PURE | {m for m in KNOWN if m.startswith("bot.store")}
    assert libraries(path) <= {"aiosqlite", "sqlite3"}


@pytest.mark.parametrize(("name", "path"), list(modules("cogs")))
def test_a_cog_imports_no_other_cog_no_source_no_store_and_no_sql(name: str, path: Path) -> None:
    strangers = {m for m in own(path) if m.startswith(("cogs.", "bot.sources", "bot.store"))} | own(path) & ROOTS
    assert not strangers
    assert libraries(path) <= {"discord"}
    text = path.read_text(encoding="utf-8")
    assert not any(f"{verb} " in text for verb in ("SELECT", "INSERT INTO", "UPDATE ", "DELETE FROM"))


@pytest.mark.parametrize(("name", "path"), list(modules("bot")))
def test_the_bot_imports_neither_cogs_nor_playground(name: str, path: Path) -> None:
    assert not {m for m in imports(path) if m.split(".")[0] in ("cogs", "playground")}


@pytest.mark.parametrize(("name", "path"), list(modules("playground")))
def test_the_playground_imports_neither_bot_nor_cogs(name: str, path: Path) -> None:
    assert not {m for m in imports(path) if m.split(".")[0] in ("cogs", "bot")}


def test_discord_apscheduler_httpx_and_sqlite_each_have_their_one_place() -> None:
    places: dict[str, set[str]] = {}
    for name, path in modules("bot"):
        for library in libraries(path):
            places.setdefault(library, set()).add(name)
    assert places["apscheduler"] == {"bot.jobs"}
    assert places["discord"] == {
        "bot.acknowledging",
        "bot.app",
        "bot.messenger",
        "bot.online",
        "bot.owner",
        "bot.permissions",
        "bot.signatures",
    }
    assert {m for m in places["httpx"] if not m.startswith("bot.sources")} <= {"bot.local"}
    outside_store = {m for m in places["sqlite3"] | places["aiosqlite"] if not m.startswith("bot.store")}
    assert outside_store <= {"bot.doctor"}
    assert all(m == "bot.__main__" or m.startswith("bot.commands.") for m in places["click"])


def test_only_the_root_imports_the_modules_that_build_everything() -> None:
    for name, path in modules("bot"):
        if name not in ROOTS:
            assert not own(path) & ROOTS, name


def test_every_module_of_the_bot_has_its_layer() -> None:
    others = {
        "bot.acknowledging",
        "bot.app",
        "bot.clock",
        "bot.config",
        "bot.jobs",
        "bot.logs",
        "bot.messenger",
        "bot.pace",
        "bot.permissions",
        "bot.signatures",
        "bot.tracing",
        "bot.turns",
        "bot.watchdog",
    }
    unknown = {
        name
        for name, _ in modules("bot")
        if name not in PURE | SERVICES | ROOTS | others
        and not name.startswith(("bot.sources", "bot.store"))
        and name != "bot"
    }
    assert not unknown


def test_sql_lives_in_the_store_alone() -> None:
    for name, path in modules("bot"):
        if name.startswith("bot.store"):
            continue
        strings = [
            n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]  # fmt: skip
        assert not [
            s for s in strings if s.lstrip().startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA "))
        ], name


def test_every_deadline_is_the_one_patience() -> None:
    assert [f"{name}:{line}" for name, tree in parsed() for line in deadlines(tree)] == []


def test_no_test_reads_a_clock_of_the_machine() -> None:
    found = [f"{name}:{line}" for name, tree in parsed() if name not in READERS for line in clocks(tree)]
    assert found == []


def test_every_property_is_tried_as_one_profile_says() -> None:
    """Else an example of chance decides whether `make test` passes."""
    own = [
        name
        for name, tree in parsed()
        for node in ast.walk(tree)
        if named(node, "settings") and name not in ("properties.py", "test_deadlines.py")
    ]
    assert own == []
