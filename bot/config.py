"""Settings from the environment or `.env`. Knows names, defaults and what makes them wrong; every fault is reported at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import ConfigurationError
from bot.papers.categories import resolve

#: No address and no header is nearly as long; servers refuse longer ones.
_LONGEST: Final = 2_000
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SUBJECT: Final = re.compile(r"[A-Za-z](?:[ ,&()/-]{0,3}[A-Za-z]){2,60}")


def _repeated(value: str) -> str:
    """What was written, as a message repeats it: printable, and no longer than a line or two."""
    return ascii(value)[1:-1][:200]


def _address(value: str) -> str:
    """A URL whose host and port can be read. Raises ValueError, whose words the owner sees."""
    try:
        parts = urlsplit(value)
        readable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket without its other half, a port above 65535
        readable = False
    if not readable or not value.isascii() or not value.isprintable() or " " in value or len(value) > _LONGEST:
        raise ValueError(f"not a URL: {_repeated(value)} (write it like https://example.org/path)")
    return value


def _header(value: str) -> str:
    """What is sent in a header of HTTP: printable ASCII. The words do not repeat it, for it may be a secret."""
    if not (value.isascii() and value.isprintable() and len(value) <= _LONGEST):
        raise ValueError(
            f"write it with plain letters, digits and signs (ASCII), on one line of at most {_LONGEST} characters"
        )
    return value


def _secret(value: SecretStr) -> SecretStr:
    return SecretStr(_header(value.get_secret_value().strip()))


def _at_home(value: Path) -> Path:
    """`~` means the home folder in .env as well, where no shell replaces it."""
    if not str(value).isprintable():
        raise ValueError("a path has no line breaks and no control characters; write it on one line")
    try:
        return value.expanduser()
    except RuntimeError as error:
        raise ValueError(str(error)) from None


Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+[^\s]*$"), AfterValidator(_address)]
WebSocketUrl = Annotated[str, Field(pattern=r"^wss?://[^\s/]+[^\s]*$"), AfterValidator(_address)]
Place = Annotated[Path, AfterValidator(_at_home)]
Header = Annotated[str, AfterValidator(_header)]
Token = Annotated[SecretStr, AfterValidator(_secret)]
#: Discord's ids have 64 bits, and SQLite's numbers a sign.
Snowflake = Annotated[int, Field(gt=0, lt=2**63)]

DEFAULT_CATEGORIES: Final = (
    "cs.AI cs.CL cs.CR cs.CV cs.DS cs.HC cs.IR cs.IT cs.LG cs.MA cs.NE cs.RO cs.SD cs.SE "
    "eess.AS eess.IV eess.SP math.OC q-bio.BM q-bio.NC q-bio.QM quant-ph stat.ME stat.ML"
)


class Settings(BaseSettings):
    """Every setting has a default that works. `discord_token` is read from DISCORD_TOKEN, the others from PAPERBOY_<NAME>."""

    model_config = SettingsConfigDict(
        env_prefix="PAPERBOY_", env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    discord_token: Token | None = Field(
        None, validation_alias="DISCORD_TOKEN", description="the bot's token; without it the local Discord is started"
    )
    database: Place = Field(Path("var/paperboy.db"), description="path of the SQLite file")
    backups: Place | None = Field(
        None,
        description="folder for a copy each night; those of the last 7 days and 4 weeks are kept (default: no copies)",
    )
    categories: Annotated[tuple[str, ...], NoDecode] = Field(
        tuple(DEFAULT_CATEGORIES.split()), description="arXiv categories to watch, separated by spaces"
    )
    similar: str = Field(
        "on",
        pattern="^(on|off)$",
        description="on or off: comparing papers, for /similar, like: and novelty (2 kB a paper on disk)",
    )
    lists_since: date = Field(
        date(2024, 3, 1),
        description="the first of Hugging Face's past daily lists to read, as YYYY-MM-DD, in the background; scores rest on them",
    )
    contact: Header = Field("", description="an address or URL of yours, sent to upstreams in the User-Agent")
    owner_id: Snowflake | None = Field(
        None,
        description="your Discord user id: you get a DM when the database is damaged, and see each source's fault in /status",
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR")
    discord_api: Url = Field(
        "https://discord.com/api/v10", description="base URL of Discord's REST API, with its version"
    )
    discord_gateway: WebSocketUrl = Field("wss://gateway.discord.gg", description="URL of Discord's gateway")
    arxiv_rss_url: Url = Field("https://rss.arxiv.org/rss", description="arXiv's announcement feeds")
    arxiv_oai_url: Url = Field("https://oaipmh.arxiv.org/oai", description="arXiv's OAI-PMH interface")
    arxiv_api_url: Url = Field("https://export.arxiv.org/api/query", description="arXiv's query API")
    huggingface_url: Url = Field("https://huggingface.co", description="Hugging Face, for its Daily Papers")
    huggingface_token: Token | None = Field(
        None, description="a token of yours for Hugging Face; raises its limits, is not needed"
    )
    semantic_scholar_url: Url = Field(
        "https://api.semanticscholar.org/graph/v1",
        description="Semantic Scholar's Graph API, for authors and citations",
    )
    semantic_scholar_key: Token | None = Field(
        None, description="a key of yours for Semantic Scholar; makes it four times as fast, is not needed"
    )
    openalex_url: Url = Field("https://api.openalex.org", description="OpenAlex, for authors and citations")
    openalex_key: Token | None = Field(
        None, description="a key of yours for OpenAlex, which is free; without one it is not asked"
    )
    profile_requests: int = Field(
        400,
        ge=0,
        le=100_000,
        description="requests a day to Semantic Scholar and OpenAlex together; 0 asks neither",
    )
    biorxiv_url: Url = Field("https://api.biorxiv.org", description="bioRxiv's and medRxiv's API")
    preprints: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="biorxiv and medrxiv, or one subject of them like biorxiv:neuroscience, separated by commas"
    )
    feeds: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="URLs of journals' RSS or Atom feeds to watch, separated by spaces"
    )
    clock_file: Place | None = Field(
        None, description="a file with seconds to add to the clock; only the local Discord uses it"
    )

    @model_validator(mode="before")
    @classmethod
    def _set(cls, values: Any) -> Any:
        """What is blank is not set."""
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if not (isinstance(value, str) and not value.strip())}

    @field_validator("lists_since", mode="before")
    @classmethod
    def _dated(cls, value: Any) -> Any:
        """A number of seconds is no day."""
        if isinstance(value, str) and not _DAY.fullmatch(value):
            raise ValueError(f"not a day: {_repeated(value)} (write it like 2024-03-01)")
        return value

    @field_validator("preprints", mode="before")
    @classmethod
    def _split_subjects(cls, value: Any) -> Any:
        """By commas only: subjects have spaces in them (`biorxiv:cell biology`)."""
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))

    @field_validator("preprints")
    @classmethod
    def _servers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            server, colon, subject = name.partition(":")
            if server not in ("biorxiv", "medrxiv") or (colon and not _SUBJECT.fullmatch(subject)):
                raise ValueError(
                    f"no preprint server and no subject of one: {_repeated(name)} "
                    "(write biorxiv, medrxiv, or a subject like biorxiv:neuroscience)"
                )
        return value

    @field_validator("feeds")
    @classmethod
    def _web_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [url for url in value if not url.startswith("https://") and not url.startswith("http://127.0.0.1")]:
            raise ValueError(f"not https URLs: {_repeated(' '.join(wrong))}")
        return tuple(map(_address, value))

    @field_validator("categories", "feeds", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(dict.fromkeys(value.replace(",", " ").split())) if isinstance(value, str) else value

    @field_validator("categories")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [code for code in value if code not in resolve(code)]
        if unknown:
            raise ValueError(f"not arXiv categories: {_repeated(' '.join(unknown))} (write them like cs.LG)")
        if not value:
            raise ValueError("name at least one arXiv category, like cs.LG")
        return value


def variable_name(field: str) -> str:
    """The environment variable that sets a field."""
    return "DISCORD_TOKEN" if field == "discord_token" else f"PAPERBOY_{field.upper()}"


def load_settings(**overrides: Any) -> Settings:
    """Settings from environment and `.env`. Raises ConfigurationError that names every fault."""
    try:
        return Settings(**overrides)
    except OSError as error:
        raise ConfigurationError(
            f"The settings file .env cannot be read ({(error.strerror or str(error)).lower()})"
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError(
            "The settings file .env is no text in UTF-8: write it anew; .env.example shows how"
        ) from None
    except ValidationError as error:
        lines = [f"  {_place(fault['loc'])}: {fault['msg']}" for fault in error.errors(include_input=False)]
        raise ConfigurationError(
            "These settings cannot be used (environment or .env; .env.example lists them all):\n" + "\n".join(lines)
        ) from None


def _place(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else "?"
    return name if name == "DISCORD_TOKEN" else variable_name(name)


def environment(settings: Settings) -> Mapping[str, str]:
    """The settings as environment variables, for a child process."""
    values: dict[str, str] = {}
    for field in Settings.model_fields:
        value = getattr(settings, field)
        if isinstance(value, SecretStr):
            values[variable_name(field)] = value.get_secret_value()
        elif isinstance(value, tuple):
            values[variable_name(field)] = (", " if field == "preprints" else " ").join(value)
        elif value is not None:
            values[variable_name(field)] = str(value)
    return values
