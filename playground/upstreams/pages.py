"""Sample papers → the documents of arXiv (feeds, query API) in the upstream's exact formats.

Knows the shapes, down to white space and element order; must not know HTTP.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from playground.upstreams.samples import EASTERN, LICENSE, Announced

_ORDER = {"new": 0, "cross": 1, "replace": 2, "replace-cross": 3}


def announce_type(item: Announced, categories: Sequence[str]) -> str | None:
    """As which kind a feed over `categories` (or archives) shows the paper; None: not at all."""

    def within(category: str) -> bool:
        return any(category.lower() == c.lower() or category.lower().startswith(c.lower() + ".") for c in categories)

    if not any(within(category) for category in item.paper.categories):
        return None
    primary = within(item.paper.categories[0])
    if item.paper.announce == "replace":
        return "replace" if primary else "replace-cross"
    return "new" if primary else "cross"


def in_feed_order(items: Sequence[Announced], categories: Sequence[str]) -> list[tuple[Announced, str]]:
    """The papers that the feed shows, with their announce types: new, cross, replace, replace-cross, ids ascending."""
    typed = [(item, announce_type(item, categories)) for item in items]
    shown = [(item, kind) for item, kind in typed if kind is not None]
    return sorted(shown, key=lambda pair: (_ORDER[pair[1]], pair[0].paper.id))


def rss(query: str, day: date, items: Sequence[Announced]) -> str:
    """The RSS 2.0 announcement feed of `day` for `query` (`cs.LG` or `cs.LG+cs.CL`)."""
    categories = query.split("+")
    midnight = datetime.combine(day, time(0), EASTERN)
    built = datetime.combine(day, time(0, 0, 7), EASTERN).astimezone(UTC)
    names = escape(", ".join(categories))
    link = f"http://rss.arxiv.org/rss/{escape(query)}"
    entries = "".join(_item(item, kind, midnight) for item, kind in in_feed_order(items, categories))
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">
  <channel>
    <title>{names} updates on arXiv.org</title>
    <link>{link}</link>
    <description>{names} updates on the arXiv.org e-print archive.</description>
    <atom:link href={quoteattr(link)} rel="self" type="application/rss+xml"/>
    <docs>http://www.rssboard.org/rss-specification</docs>
    <language>en-us</language>
    <lastBuildDate>{format_datetime(built)}</lastBuildDate>
    <managingEditor>rss-help@arxiv.org</managingEditor>
    <pubDate>{format_datetime(midnight)}</pubDate>
    <skipDays>
      <day>Sunday</day>
      <day>Saturday</day>
    </skipDays>
{entries}  </channel>
</rss>
"""


def _item(item: Announced, kind: str, midnight: datetime) -> str:
    paper = item.paper
    categories = "".join(f"      <category>{escape(c)}</category>\n" for c in paper.categories)
    return f"""    <item>
      <title>{escape(paper.title)}</title>
      <link>https://arxiv.org/abs/{paper.id}</link>
      <description>{_description(item, kind)}</description>
      <guid isPermaLink="false">oai:arXiv.org:{paper.id}v{paper.version}</guid>
{categories}      <pubDate>{format_datetime(midnight)}</pubDate>
      <arxiv:announce_type>{kind}</arxiv:announce_type>
      <dc:rights>{LICENSE}</dc:rights>
      <dc:creator>{escape(", ".join(paper.authors))}</dc:creator>
    </item>
"""


def _description(item: Announced, kind: str) -> str:
    paper = item.paper
    return f"arXiv:{paper.id}v{paper.version} Announce Type: {kind} \nAbstract: {escape(paper.abstract)}"


def rss_error(query: str, message: str) -> str:
    """What arXiv answers, with HTTP 400, to a feed that it does not know: a valid feed without items."""
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">
  <channel>
    <title>Feed error for query: {escape(query)}</title>
    <link>http://rss.arxiv.org/rss/{escape(query)}</link>
    <description>{escape(message)}</description>
    <docs>http://www.rssboard.org/rss-specification</docs>
    <language>en-us</language>
  </channel>
</rss>
"""


def atom(query: str, day: date, items: Sequence[Announced]) -> str:
    """The Atom flavour of the same feed."""
    categories = query.split("+")
    midnight = datetime.combine(day, time(0), EASTERN)
    built = datetime.combine(day, time(0, 0, 11, 600500), EASTERN).astimezone(UTC).isoformat()
    link = quoteattr(f"http://rss.arxiv.org/atom/{query}")
    entries = ""
    for item, kind in in_feed_order(items, categories):
        paper = item.paper
        terms = "".join(f"    <category term={quoteattr(c)}/>\n" for c in paper.categories)
        entries += f"""  <entry>
    <id>oai:arXiv.org:{paper.id}v{paper.version}</id>
    <title>{escape(paper.title)}</title>
    <updated>{built}</updated>
    <link href="https://arxiv.org/abs/{paper.id}" rel="alternate" type="text/html"/>
    <summary>{_description(item, kind)}</summary>
{terms}    <published>{midnight.isoformat()}</published>
    <arxiv:announce_type>{kind}</arxiv:announce_type>
    <dc:rights>{LICENSE}</dc:rights>
    <dc:creator>{escape(", ".join(paper.authors))}</dc:creator>
  </entry>
"""
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">
  <id>{link[1:-1]}</id>
  <title>{escape(", ".join(categories))} updates on arXiv.org</title>
  <updated>{built}</updated>
  <link href={link} rel="self" type="application/atom+xml"/>
  <subtitle>{escape(", ".join(categories))} updates on the arXiv.org e-print archive.</subtitle>
{entries}</feed>
"""


def api(query: str, now: datetime, start: int, size: int, total: int, items: Sequence[Announced]) -> str:
    """One page of the query API, in the shape that it has since 2026 (authors last)."""
    token = hashlib.sha256(query.encode()).hexdigest()[:27]
    entries = "".join(_api_entry(item) for item in items)
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" \
xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/{token}</id>
  <title>arXiv Query: {escape(query)}</title>
  <updated>{now:%Y-%m-%dT%H:%M:%SZ}</updated>
  <link href={quoteattr("https://arxiv.org/api/query?" + query)} type="application/atom+xml"/>
  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
{entries}</feed>
"""


def _api_entry(item: Announced) -> str:
    paper = item.paper
    link = f"arxiv.org/abs/{paper.id}v{paper.version}"
    terms = "".join(f'    <category term="{c}" scheme="http://arxiv.org/schemas/atom"/>\n' for c in paper.categories)
    people = "".join(f"    <author>\n      <name>{escape(name)}</name>\n    </author>\n" for name in paper.authors)
    return f"""  <entry>
    <id>http://{link}</id>
    <title>{escape(paper.title)}</title>
    <updated>{item.submitted:%Y-%m-%dT%H:%M:%SZ}</updated>
    <link href="https://{link}" rel="alternate" type="text/html"/>
    <link href="https://{link.replace("/abs/", "/pdf/")}" rel="related" type="application/pdf" title="pdf"/>
    <summary>{escape(paper.abstract)}</summary>
{terms}    <published>{item.first:%Y-%m-%dT%H:%M:%SZ}</published>
    <arxiv:primary_category term="{paper.categories[0]}"/>
{people}  </entry>
"""


def api_error(message: str, now: datetime) -> str:
    """What the query API answers, with HTTP 400, to what it cannot read: a feed of one entry titled Error."""
    link = "https://arxiv.org/api/errors#" + message.replace(" ", "_")
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" \
xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/</id>
  <title>arXiv Search Results</title>
  <updated>{now:%Y-%m-%dT%H:%M:%SZ}</updated>
  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>
  <opensearch:totalResults>1</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
  <entry>
    <id>{escape(link)}</id>
    <title>Error</title>
    <updated>{now:%Y-%m-%dT%H:%M:%SZ}</updated>
    <link href={quoteattr(link)} rel="alternate" type="text/html"/>
    <summary>{escape(message)}</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
</feed>
"""
