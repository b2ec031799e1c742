"""Who may import whom: DESIGN's layers, read from the imports themselves."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.deadlines import READERS, clocks, deadlines, named, parsed, syntax

ROOT = Path(__file__).resolve().parents[1]

#: What a package of the bot may import beside itself and `bot.errors`; the modules at the top may import what they need.
PURE = {"models", "language", "papers", "when", "query"}
MAY_IMPORT: dict[str, set[str]] = {
    "models": set(),
    "language": {"models"},
    "papers": {"models", "language"},
    "when": {"models", "language"},
    "query": {"models", "language", "papers"},
    "store": PURE,
    "sources": PURE,
    "show": PURE,
    "ingest": PURE | {"store", "sources"},
    "similar": PURE | {"store"},
    "scores": PURE | {"store"},
    "search": PURE | {"store", "sources", "ingest", "similar"},
    "authors": PURE | {"store", "sources", "ingest", "search", "similar", "scores"},
    "delivery": PURE | {"store", "show"},
    "daily": PURE | {"store", "show", "delivery", "similar"},
    "following": PURE | {"store", "show", "delivery", "search", "similar"},
    "audit": PURE | {"store", "sources", "ingest", "similar"},
    "health": PURE | {"store", "sources", "show", "config"},
}
MAY_IMPORT["chat"] = {*MAY_IMPORT, "config"}
MAY_IMPORT["process"] = {*MAY_IMPORT, "config"}
MAY_IMPORT["commands"] = {*MAY_IMPORT, "config", "logs"}
#: Which libraries a package may use, of those that reach outside the process.
LIBRARIES: dict[str, set[str]] = {
    "when": {"apscheduler"},
    "store": {"aiosqlite", "sqlite3"},
    "sources": {"httpx", "lxml"},
    "health": {"sqlite3"},
    "chat": {"aiohttp", "discord"},
    "process": {"discord", "httpx", "aiohttp", "socket", "urllib.request"},
    "commands": {"click"},
}
#: The same of the playground: what each of its packages, and of the modules at its top, may import beside itself.
SERVED = {"discord", "http"}
PLAYGROUND: dict[str, set[str]] = {
    "upstreams": set(),
    "discord": set(),
    "http": {"discord"},
    "rest": SERVED,
    "gateway": SERVED,
    "human": SERVED,
    "pages": SERVED,
    "server": SERVED | {"rest", "gateway", "human", "pages"},
    "__main__": {"discord", "server"},
}
PLAYGROUND_LIBRARIES: dict[str, set[str]] = {
    "discord": {"sqlite3"},
    **{name: {"aiohttp"} for name in ("upstreams", "http", "rest", "gateway", "human", "pages", "server")},
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


@functools.cache
def imports(path: Path) -> set[str]:
    """Every module that a file imports, as dotted names; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(syntax(path)):
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


def package(name: str) -> str:
    """`bot.store.alerts` → `store`; a module at the top → its own name."""
    return name.split(".")[1]


PACKAGED = [(name, path) for name, path in modules("bot") if "." in name and package(name) in MAY_IMPORT]


@pytest.mark.parametrize(("name", "path"), PACKAGED)
def test_a_package_imports_what_lies_below_it(name: str, path: Path) -> None:
    allowed = MAY_IMPORT[package(name)] | {package(name), "errors"}
    assert not {m for m in own(path) if package(m) not in allowed}
    assert libraries(path) <= LIBRARIES.get(package(name), set())


@pytest.mark.parametrize(("name", "path"), [m for m in modules("playground") if "." in m[0]])
def test_a_package_of_the_playground_imports_what_lies_below_it(name: str, path: Path) -> None:
    allowed = PLAYGROUND[package(name)] | {package(name)}
    assert not {m for m in own(path) if package(m) not in allowed}
    assert libraries(path) <= PLAYGROUND_LIBRARIES.get(package(name), set())


@pytest.mark.parametrize(("name", "path"), [m for m in PACKAGED if package(m[0]) in PURE - {"when"} | {"show"}])
def test_a_pure_package_reads_no_clock_and_draws_no_number(name: str, path: Path) -> None:
    assert not imports(path) & {"time.time", "random", "secrets", "os", "asyncio"}


@pytest.mark.parametrize(("folder", "table"), [("bot", MAY_IMPORT), ("playground", PLAYGROUND)])
def test_every_package_stands_in_the_table_and_says_what_it_knows(folder: str, table: dict[str, set[str]]) -> None:
    packages = {path.parent.name: path for name, path in modules(folder) if path.name == "__init__.py" and "." in name}
    tops = {name for name in table if (ROOT / folder / f"{name}.py").exists()}
    assert packages.keys() == table.keys() - tops
    for path in packages.values():
        assert len(ast.get_docstring(syntax(path)) or "") > 40, path


@pytest.mark.parametrize("folder", ["bot", "cogs", "playground"])
def test_no_module_imports_itself_by_way_of_others(folder: str) -> None:
    sorter = TopologicalSorter({name: own(path) - {name} for name, path in modules(folder)})
    sorter.prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize(("name", "path"), list(modules("cogs")))
def test_a_cog_imports_no_other_cog_no_source_no_store_and_no_sql(name: str, path: Path) -> None:
    strangers = {
        m for m in own(path) if m.startswith(("cogs.", "bot.sources.", "bot.store.", "bot.process.", "bot.commands."))
    }
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


def test_sql_lives_in_the_store_alone() -> None:
    for name, path in modules("bot"):
        if name.startswith("bot.store"):
            continue
        strings = [
            n.value for n in ast.walk(syntax(path))
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]  # fmt: skip
        assert not [
            s for s in strings if s.lstrip().startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA "))
        ], name


@pytest.mark.parametrize("folder", ["bot", "cogs"])
def test_a_pattern_names_its_digits(folder: str) -> None:
    r"""`\d` takes the digits of every script: an id written with others would be another paper, and `int` reads them too."""
    found = [
        f"{name}:{node.lineno}"
        for name, path in modules(folder)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\\d(?![a-z])", node.value)
    ]
    assert found == []


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
