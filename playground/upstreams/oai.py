"""Sample papers → OAI-PMH as `oaipmh.arxiv.org` speaks it: lists in pages, both metadata formats, errors in HTTP 200.

Knows the protocol and the shapes; must not know HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, quote, unquote, urlencode
from xml.sax.saxutils import escape

from playground.upstreams.samples import EASTERN, LICENSE, Announced

_PHYSICS = frozenset(
    {"astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th"}
    | {"math-ph", "nlin", "nucl-ex", "nucl-th", "physics", "quant-ph"}
)
_ARGUMENT = (
    "The request includes illegal arguments, is missing required arguments, includes a repeated argument, or values "
    "for arguments have an illegal syntax. Reason: "
)
_EXPIRED = "The value of the resumptionToken argument is invalid or expired. Reason: "


class OaiError(Exception):
    """`code` as in the protocol; the text is the explanation."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def datestamp(item: Announced) -> date:
    """The UTC day on which the announcement of the evening before reached the lists (about 22:30 US Eastern)."""
    eve = datetime.combine(item.day - timedelta(days=1), time(22, 30), EASTERN)
    return eve.astimezone(UTC).date()


def visible_from(item: Announced) -> datetime:
    """From when on the list shows the paper."""
    return datetime.combine(item.day - timedelta(days=1), time(22, 30), EASTERN).astimezone(UTC)


def answer(arguments: Sequence[tuple[str, str]], items: Sequence[Announced], now: datetime, page_size: int) -> str:
    """The document for one request; `items` are those that the repository holds at `now`."""
    given = dict(arguments)
    attributes = " ".join(f'{key}="{escape(value)}"' for key, value in given.items())
    try:
        if len(given) != len(arguments):
            raise OaiError("badArgument", _ARGUMENT + "duplicate parameters")
        verb = given.get("verb", "")
        if verb == "ListRecords":
            body = _list(given, items, now, page_size)
        elif verb == "GetRecord":
            body = _get(given, items)
        else:
            raise OaiError(
                "badVerb",
                "Value of the verb argument is not a legal OAI-PMH verb, the verb argument is missing, or the verb "
                "argument is repeated. Reason: Invalid verb provided",
            )
    except OaiError as error:
        if error.code in ("badArgument", "badVerb", "badResumptionToken"):
            attributes = ""
        body = f"<error code='{error.code}'>{escape(str(error))}</error>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" {""}
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">
    <responseDate>{now:%Y-%m-%dT%H:%M:%SZ}</responseDate>
                <request {attributes}>http://oaipmh.arxiv.org/oai</request>


    {body}
</OAI-PMH>"""


def _list(given: Mapping[str, str], items: Sequence[Announced], now: datetime, page_size: int) -> str:
    skip = 0
    resumed = "resumptionToken" in given
    if resumed:
        given = dict(parse_qsl(unquote(given["resumptionToken"])))
        if not given.get("skip", "").isdigit():
            raise OaiError("badResumptionToken", _EXPIRED + "Token decoding failed or format is invalid.")
        skip = int(given["skip"])
    prefix = given.get("metadataPrefix", "")
    if prefix not in ("arXiv", "arXivRaw"):
        raise OaiError(
            "cannotDisseminateFormat",
            "The metadata format identified by the value given for the metadataPrefix argument is not supported by the "
            "item or by the repository. Reason: Did not recognize requested format",
        )
    first, last = _day(given, "from"), _day(given, "until")
    if last is not None and last > now.date():
        raise OaiError("badArgument", _ARGUMENT + "until date too late")
    wanted = [
        item
        for item in sorted(items, key=lambda item: item.paper.id)
        if (first is None or datestamp(item) >= first)
        and (last is None or datestamp(item) <= last)
        and _in_set(item, given.get("set"))
    ]
    if not wanted:
        raise OaiError(
            "noRecordsMatch",
            "The combination of the values of the from, until, set and metadataPrefix arguments results in an empty "
            "list.",
        )
    records = "".join(_record(item, prefix) for item in wanted[skip : skip + page_size])
    token = ""
    if skip + page_size < len(wanted):
        query = urlencode({**{k: v for k, v in given.items() if k != "skip"}, "skip": skip + page_size})
        tomorrow = now.date() + timedelta(days=1)
        token = f"<resumptionToken expirationDate='{tomorrow}T00:00:00Z'>{quote(query, safe='')}</resumptionToken>"
    elif resumed:
        token = "<resumptionToken/>"  # noqa: S105  (the protocol's word, not a secret)
    return f"<ListRecords>\n                    {records}\n\n                    {token}\n\n    </ListRecords>"


def _get(given: Mapping[str, str], items: Sequence[Announced]) -> str:
    for item in items:
        if given.get("identifier") == f"oai:arXiv.org:{item.paper.id}":
            return f"<GetRecord>\n                {_record(item, given.get('metadataPrefix', ''))}\n\n    </GetRecord>"
    raise OaiError(
        "idDoesNotExist",
        "The value of the identifier argument is unknown or illegal in this repository. Reason: Nothing found for "
        "this ID",
    )


def _day(given: Mapping[str, str], name: str) -> date | None:
    if name not in given:
        return None
    try:
        return date.fromisoformat(given[name])
    except ValueError:
        raise OaiError("badArgument", _ARGUMENT + f"{name} date format must be YYYY-MM-DD") from None


def _set_spec(category: str) -> str:
    archive, _, subject = category.partition(".")
    group = "physics" if archive in _PHYSICS else archive
    return f"{group}:{archive}" + (f":{subject}" if subject else "")


def _in_set(item: Announced, wanted: str | None) -> bool:
    specs = [_set_spec(category) for category in item.paper.categories]
    return wanted is None or any(spec == wanted or spec.startswith(wanted + ":") for spec in specs)


def _record(item: Announced, prefix: str) -> str:
    specs = "\n            ".join(f"<setSpec>{_set_spec(c)}</setSpec>" for c in item.paper.categories)
    metadata = _raw(item) if prefix == "arXivRaw" else _arxiv(item)
    return f"""<record>
                <header>
        <identifier>oai:arXiv.org:{item.paper.id}</identifier>
        <datestamp>{datestamp(item)}</datestamp>
            {specs}
    </header>

            <metadata>
                        {metadata}

            </metadata>
        </record>"""


def _arxiv(item: Announced) -> str:
    paper = item.paper
    people = ""
    for name in paper.authors:
        forenames, _, last = name.rpartition(" ")
        first = f"\n                        <forenames>{_text(forenames)}</forenames>" if forenames else ""
        people += f"""
                <author>
                    <keyname>{_text(last)}</keyname>{first}
                </author>"""
    return f"""<arXiv xmlns="http://arxiv.org/OAI/arXiv/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://arxiv.org/OAI/arXiv/ https://oaipmh.arxiv.org/OAI/arXiv.xsd">
        <id>{paper.id}</id>
        <created>{item.submitted.date()}</created>
            <updated>{datestamp(item)}</updated>
        <authors>{people}
        </authors>
        <title>{_text(paper.title)}</title>
            <categories>{" ".join(paper.categories)}</categories>
            <license>{LICENSE}</license>
            <abstract>{_text(paper.abstract)}</abstract>
    </arXiv>"""


def _raw(item: Announced) -> str:
    paper = item.paper
    dates = [item.first, item.submitted] if paper.version > 1 else [item.submitted]
    versions = "".join(
        f"""
            <version version="v{number}">
                <date>{format_datetime(at).replace("+0000", "GMT")}</date>
                <size>{900 + len(paper.abstract)}kb</size>
            </version>"""
        for number, at in enumerate(dates, 1)
    )
    return f"""<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://arxiv.org/OAI/arXivRaw/ https://oaipmh.arxiv.org/OAI/arXivRaw.xsd">
        <id>{paper.id}</id>
        <submitter>{_text(paper.authors[0])}</submitter>{versions}
        <title>{_text(paper.title)}</title>
        <authors>{_text(", ".join(paper.authors))}</authors>
        <categories>{" ".join(paper.categories)}</categories>
            <license>{LICENSE}</license>
            <abstract>  {_text(paper.abstract)}</abstract>
    </arXivRaw>"""


def _text(text: str) -> str:
    return escape(text, {"'": "&#39;"})
