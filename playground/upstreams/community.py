"""Sample papers → the JSON of Hugging Face's papers API in its present shape, votes growing with the hours.

Knows the shapes; must not know HTTP.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from playground.upstreams.samples import EASTERN, Announced, SampleCommunity

_GROWING = 48 * 3600.0  # seconds until a paper has all its votes


def row(item: Announced, now: datetime) -> dict[str, Any]:
    """One element of `/api/daily_papers`."""
    inner = paper(item, now)
    published = datetime.fromisoformat(inner["publishedAt"])
    # the outer date is US Eastern and says it is UTC: the trap is part of the format
    outer = published.astimezone(EASTERN).replace(tzinfo=UTC)
    element = {
        "paper": inner,
        "publishedAt": _stamp(outer),
        "title": inner["title"],
        "summary": inner["summary"],
        "thumbnail": f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{item.paper.id}.png",
        "numComments": _grown(_community(item).comments, item, now),
        "submittedBy": {**_person(item), "name": _person(item)["user"]},
        "isAuthorParticipating": False,
    }
    if "organization" in inner:
        element["organization"] = inner["organization"]
    return element


def paper(item: Announced, now: datetime) -> dict[str, Any]:
    """The inner object, which is also the answer of `/api/papers/{id}`."""
    known = _community(item)
    fields: dict[str, Any] = {
        "id": item.paper.id,
        "authors": [
            {"_id": _token(item.paper.id, str(n)), "name": name, "hidden": False}
            for n, name in enumerate(item.paper.authors)
        ],
        "publishedAt": _stamp(datetime.combine(item.first.date(), time(0), UTC)),
        "submittedOnDailyAt": _stamp(datetime.combine(item.day, time(0), UTC)),
        "title": item.paper.title,
        "submittedOnDailyBy": _person(item),
        "summary": item.paper.abstract,
        "upvotes": _grown(known.upvotes, item, now),
        "discussionId": _token(item.paper.id, "discussion"),
        "ai_summary": known.summary,
        "ai_keywords": list(known.keywords),
    }
    if known.project:
        fields["projectPage"] = known.project
    if known.code:
        fields |= {"githubRepo": known.code, "githubRepoAddedBy": "user", "githubStars": known.stars}
    if known.organization:
        handle, name = known.organization
        fields["organization"] = {"_id": _token(handle, ""), "name": handle, "fullname": name}
    return fields


def daily(items: Sequence[Announced], now: datetime) -> list[dict[str, Any]]:
    """A day's list, most upvoted first."""
    listed = [row(item, now) for item in items if item.paper.community is not None]
    return sorted(listed, key=lambda element: (-element["paper"]["upvotes"], element["paper"]["id"]))


def _community(item: Announced) -> SampleCommunity:
    assert item.paper.community is not None
    return item.paper.community


def _grown(full: int, item: Announced, now: datetime) -> int:
    """A third of the votes is there at once, the rest comes over two days."""
    age = (now - datetime.combine(item.day, time(0), UTC)).total_seconds()
    return round(full * (0.35 + 0.65 * min(max(age / _GROWING, 0.0), 1.0)))


def _person(item: Announced) -> dict[str, Any]:
    name = item.paper.authors[0]
    return {
        "_id": _token(item.paper.id, "submitter"),
        "avatarUrl": f"/avatars/{_token(item.paper.id, 'avatar')}.svg",
        "isPro": False,
        "fullname": name,
        "user": "".join(c for c in name.lower() if c.isascii() and c.isalnum()) or "reader",
        "type": "user",
    }


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _token(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:24]
