"""Settings that cannot work are refused at the start, each by its name, and no secret is repeated."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Settings, environment, load_settings, variable_name
from bot.errors import ConfigurationError
from bot.when.clock import clock_of, system_clock

WRONG = {
    "DISCORD_TOKEN": ("MTIz.abc.S3CRET\nX-Other: 1", "MTIz.abc.S3CRÉT", "MTIz.abc.S3CRET\x00"),
    "PAPERBOY_HUGGINGFACE_TOKEN": ("hf_S3CRÉT", "hf_S3CRET\nX"),
    "PAPERBOY_SEMANTIC_SCHOLAR_KEY": ("S3CRÉT", "S3CRET\nX"),
    "PAPERBOY_OPENALEX_KEY": ("S3CRÉT", "S3CRET\r\nX"),
    "PAPERBOY_PROFILE_REQUESTS": ("-1", "many", "1e9", "100001"),
    "PAPERBOY_CONTACT": ("Jürgen <j@example.org>", "j@example.org\r\nX-Other: 1", "j@example.org\x1b[31m"),
    "PAPERBOY_OWNER_ID": ("-5", "0", "999999999999999999999999", "me"),
    "PAPERBOY_DISCORD_API": (
        "http://[::bad/api",
        "https://host:99999/",
        "https://:443/",
        "https://exämple.org/x",
        "ftp://host",
    ),
    "PAPERBOY_DISCORD_GATEWAY": ("ws://[::bad", "wss://host:0x1", "https://gateway.discord.gg"),
    "PAPERBOY_ARXIV_RSS_URL": ("https://[", "https://host:-1"),
    "PAPERBOY_PREPRINTS": (
        "biorxiv:",
        "biorxiv: ",
        "medrxiv:,biorxiv",
        "biorxiv:/../x",
        "biorxiv:a:b",
        "arxiv",
        ":",
        "biorxiv:" + "x" * 99,
    ),
    "PAPERBOY_DATABASE": ("papers\x00.db", "papers\n.db"),
    "PAPERBOY_CATEGORIES": (",", "cs.lg", "nan"),
    "PAPERBOY_FEEDS": ("https://", "https://[x", "https://one.example/feed https://two.example:123456/feed"),
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("no .env"))
    for field in Settings.model_fields:
        monkeypatch.delenv(variable_name(field), raising=False)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_what_cannot_work_is_refused_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # An environment holds no NUL; a file may.
    field = next(f for f in Settings.model_fields if variable_name(f) == name)
    with pytest.raises(ConfigurationError, match=name) as refused:
        load_settings(**{name if field == "discord_token" else field: value})
    assert "S3CR" not in str(refused.value)
    assert str(refused.value).isprintable() or "\n" in str(refused.value)
    assert refused.value.exit_code == 78


def test_what_works_comes_through_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "DISCORD_TOKEN": " MTIz.abc.S3CRET ",
        "PAPERBOY_CONTACT": "Ada <ada@example.org>; https://example.org/~ada",
        "PAPERBOY_OWNER_ID": str(2**63 - 1),
        "PAPERBOY_DISCORD_API": "http://127.0.0.1:8765/api/v10",
        "PAPERBOY_DISCORD_GATEWAY": "ws://[::1]:8765/gateway",
        "PAPERBOY_FEEDS": "https://one.example/feed?a=b&c=%20, https://xn--exmple-cua.org:8443/feed",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "MTIz.abc.S3CRET"
    told = environment(settings)
    assert told["PAPERBOY_FEEDS"] == given["PAPERBOY_FEEDS"].replace(",", "")
    for name in given.keys() - {"DISCORD_TOKEN", "PAPERBOY_FEEDS"}:
        assert told[name] == given[name]


def test_the_home_folder_is_meant_by_its_sign(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (Path.cwd() / ".env").write_text("PAPERBOY_DATABASE=~/papers/x.db\nPAPERBOY_BACKUPS=~/copies\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    settings = load_settings()
    assert (settings.database, settings.backups) == (tmp_path / "papers" / "x.db", tmp_path / "copies")
    monkeypatch.setenv("PAPERBOY_DATABASE", "~nobody-of-that-name/x.db")
    with pytest.raises(ConfigurationError, match="PAPERBOY_DATABASE"):
        load_settings()


@pytest.mark.parametrize("blank", ["", " ", "\t \n"])
@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_blank_setting_is_not_set(field: str, blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable_name(field), blank)
    assert load_settings() == Settings.model_construct()


ODD = (
    "nan",
    "inf",
    "-inf",
    "-1",
    "0",
    "1e999",
    "9" * 5_000,
    "x" * 5_000,
    ":",
    ",",
    "\x00",
    "a\x1b[31m",
    "٣",
    "²",
    "/dev/zero",
)


@pytest.mark.parametrize("field", Settings.model_fields)
@pytest.mark.parametrize("odd", ODD)
def test_no_odd_value_gets_through_or_is_refused_without_a_word(field: str, odd: str) -> None:
    name = variable_name(field)
    given = {name if field == "discord_token" else field: odd}
    if _is_refused(given, name):
        return
    told = environment(load_settings(**given))[name]
    assert told.isprintable()
    if field not in _PATHS:
        assert len(told) <= 2_000
    if field not in (*_PATHS, *_ANY_TEXT) and (field, odd) not in _MEANT:
        assert told == environment(load_settings()).get(name, "")  # it says nothing, as `,` does


_PATHS = ("database", "backups", "clock_file")
_ANY_TEXT = ("contact", "discord_token", "huggingface_token", "semantic_scholar_key", "openalex_key")
_MEANT = {("profile_requests", "0")}


def _is_refused(given: dict[str, str], name: str) -> bool:
    """Whether the settings are refused, and then in few words that name the one."""
    with contextlib.suppress(ConfigurationError):
        load_settings(**given)
        return False
    with pytest.raises(ConfigurationError, match=name) as refused:
        load_settings(**given)
    assert len(str(refused.value)) < 1_000
    return True


def test_what_is_named_twice_is_watched_once() -> None:
    settings = load_settings(
        categories="cs.LG, cs.CV cs.LG", preprints="biorxiv, biorxiv", feeds="https://one.example https://one.example"
    )
    assert settings.categories == ("cs.LG", "cs.CV")
    assert settings.preprints == ("biorxiv",)
    assert settings.feeds == ("https://one.example",)


@pytest.mark.parametrize("text", ["0", " 86400.5\n", "", "-3600", "1e9"])
def test_a_clock_file_shifts_the_clock(text: str, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = clock_of(file)
    before = clock()
    file.write_text(text)
    assert clock() - before >= timedelta(seconds=float(text or 0))


WRONG_CLOCKS = (
    "nan",
    "inf",
    "-inf",
    "1e999",
    "1e12",
    "-1e12",
    "9" * 5_000,
    "soon",
    "٣",
    "²",
    "0x10",
    "1" + " " * 100 + "2",
)


@pytest.mark.parametrize("text", [*WRONG_CLOCKS, "/dev/zero", "/"])
def test_a_clock_file_that_is_none_is_refused_at_the_start_and_ignored_later(text: str, tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = clock_of(file)
    file.symlink_to(text) if text.startswith("/") else file.write_text(text)
    with pytest.raises(ConfigurationError, match="PAPERBOY_CLOCK_FILE"):
        clock_of(file)
    assert abs(clock() - system_clock()) < timedelta(days=1)
