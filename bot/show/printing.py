"""Papers and other values for the command line: as lines for people, as JSON for programs. PURE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from bot.language.text import plain
from bot.models import Alike, Paper
from bot.papers.links import noted_url, paper_links
from bot.query.tracing import Trace
from bot.show.scores import scored_words
from bot.show.wording import (
    byline_words,
    counted,
    facts_words,
    followed_words,
    kind_word,
    notes_words,
    paper_date,
    title_words,
)

__all__ = ["list_lines", "paper_json", "paper_lines", "plain_json", "short_lines", "trace_json", "trace_lines"]


def paper_lines(paper: Paper, today: date) -> list[str]:
    """Everything about one paper."""
    noted = [f"  {text}" for text in (scored_words(paper), notes_words(paper, today)) if text]
    lines = [*short_lines(paper, today), *noted, "", plain(paper.abstract) or "No abstract is known.", ""]
    return lines + [f"{label}: {url}" for label, url in paper_links(paper)]


def short_lines(paper: Paper, today: date) -> list[str]:
    """One paper of a list: title, who, id and facts."""
    facts = f"  {paper.main_id}" + (f" · {facts_words(paper, today)}" if paper_date(paper) else "")
    return [title_words(paper), f"  {byline_words(paper)}", facts]


def list_lines(papers: Sequence[Paper], today: date, alike: Mapping[int, Alike] | None = None) -> list[str]:
    """The papers of a list with a blank line between them; of those `alike`, how much and in which words."""
    lines: list[str] = []
    for paper in papers:
        lines += ["", *short_lines(paper, today)]
        if alike and paper.id in alike:
            own = alike[paper.id]
            lines.append(f"  {own.percent}% alike: {', '.join(own.words)}")
    return lines


def paper_json(paper: Paper) -> dict[str, Any]:
    """A paper for `--json`: text as stored, identities as `scheme:value`, links as shown."""
    return {
        "id": str(paper.main_id),
        "ids": [str(i) for i in paper.ids],
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [{"name": a.name, "affiliation": a.affiliation} for a in paper.authors],
        "categories": list(paper.categories),
        "version": paper.version,
        "published": paper.published,
        "updated": paper.updated,
        "announced": paper.announced,
        "comment": paper.comment,
        "journal_ref": paper.journal_ref,
        "withdrawn": paper.withdrawn,
        "notes": [{"kind": n.kind, "at": n.at, "url": noted_url(n)} for n in paper.notes],
        "community": paper.community,
        "score": paper.score,
        "novelty": paper.novelty,
        "cited": paper.cited
        and {"citations": paper.cited.citations, "by": paper.cited.registry, "as_of": paper.cited.fetched},
        "links": dict(paper_links(paper)),
    }


def trace_lines(trace: Trace, alerts: Mapping[str, int], user: int | None, today: date) -> list[str]:
    """A paper's way: to everybody in numbers, and with a `user` to this person."""
    lines = [*short_lines(trace.paper, today), ""]
    for seen in trace.sightings:
        told = "told" if seen.told else "quietly"
        lines.append(
            f"{seen.kind} {seen.at:%Y-%m-%d}, read {seen.recorded:%Y-%m-%d %H:%M} UTC from {seen.source}, {told}"
        )
    lines.append("alerts: " + (", ".join(f"{count:,} {state}" for state, count in alerts.items()) or "none"))
    if user is None:
        return lines
    lines += ["", f"user {user}: {counted(len(trace.verdicts), 'subscription')}"]
    for verdict in trace.verdicts:
        one = verdict.subscription
        silence = f" Nobody was told: {verdict.silence}." if verdict.silence else ""
        lines.append(f"#{one.id} {followed_words(one)} ({kind_word(one)}): {verdict.explanation}{silence}")
    if standing := trace.standing:
        why = f": {standing.reason}" if standing.reason else ""
        late = f"; {standing.alert.late}" if standing.alert.late else ""
        lines.append(
            f"alert of {standing.alert.created:%Y-%m-%d %H:%M} UTC, {standing.alert.cadence}: {standing.state}{why}{late}"
        )
    for carrier in trace.carriers:
        sent = f" {carrier.sent:%Y-%m-%d %H:%M} UTC" if carrier.sent else ""
        error = f": {carrier.error}" if carrier.error else ""
        lines.append(
            f"{carrier.kind} of {carrier.day} with {counted(carrier.papers, 'paper')}: {carrier.state}{sent}{error}"
        )
    return lines


def trace_json(trace: Trace, alerts: Mapping[str, int], user: int | None) -> dict[str, Any]:
    """The same for `--json`."""
    value: dict[str, Any] = {
        "paper": paper_json(trace.paper), "events": list(trace.sightings), "alerts": dict(alerts)
    }  # fmt: skip
    if user is not None:
        verdicts = [
            {
                "subscription": v.subscription.id, "kind": v.subscription.kind, "query": v.subscription.query,
                "agrees": v.agrees, "says": str(v.explanation), "silence": v.silence,
            }
            for v in trace.verdicts
        ]  # fmt: skip
        value |= {"user": user, "verdicts": verdicts, "alert": trace.standing, "messages": list(trace.carriers)}
    return value


def plain_json(value: Any) -> Any:
    """The value in JSON's own types: dataclasses as objects, enums by value, dates in ISO 8601."""
    if isinstance(value, dict):
        return {str(k): plain_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
