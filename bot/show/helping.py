"""`/help`: every command, and one matter explained on one card. PURE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.show.blocks import Layout, Text
from bot.show.cards import Card, Embed

__all__ = ["help_layout", "query_help", "scores_help"]

_QUERY: Final = """
What you write means the same in `/search`, `/subscribe query` and `/summary setup`.

**Words** – in title or abstract; plural and spelling make no difference
`diffusion policy` both · `"diffusion policy"` side by side · `transform*` begins so
`drone OR robot` one of them · `-survey` without · `(drone OR robot) grasp` together
Side by side binds tighter than `OR`, `-` tightest.

**Fields** – no space behind the colon
`ti:robot` title · `abs:robot` abstract · `au:"Julia Kempe"` author
`cat:cs.RO` or `cat:cs.*` category · `primary:cs.RO` the first one
`kw:` keyword · `co:` comment · `jr:` journal · `org:` organization · `id:` · `doi:`
`like:2506.08632` papers whose words are like its · `like:2506.08632>=30` at least 30%

**Facts** – not known is not so; a subscription fires once they come to hold
`upvotes>=10` `comments>=3` `stars>100` `citations>=50` `score>=80` `novelty>=60`
`has:code` `has:org` `has:summary` · `is:new` `is:cross` `is:revision` `is:withdrawn`

**In a search alone**
`since:2024-05` `until:2024` `year:2024` · `sort:new` `sort:relevance` `sort:votes` `sort:citations` `sort:score`

*For example* `ti:(robot OR drone) cat:cs.RO -survey upvotes>=5`
"""


def query_help() -> Card:
    """How queries are written: the short form of docs/query-language.md."""
    return Card(embeds=(Embed(title="How to write a query", description=_QUERY.strip()),))


_SCORES: Final = (
    (
        "**Interest** is the share of papers of the same category and quarter that have fewer points. The points of a paper on a daily "
        "list say how much interest it finds there; those of any other paper, how likely it is to be listed. They are sums of parts: "
        "what its authors' earlier papers found, how many authors there are, how warm the topic is, code, the words of the text. "
        "*Why this score* under a paper shows them. A paper whose authors nobody knows has none, and outside computer science there is "
        "little to say."
    ),
    (
        "**Novelty** is how far a paper's words are from those of earlier papers here, as a share of its category. The low end is to be "
        "trusted: a paper that is near another one has a real sibling, which is named. The high end may only mean that the topic is "
        "rare here."
    ),
    (
        "**A person's interest** is the mean of their ten best papers, with two papers in the middle beside them; **their novelty** is "
        "the mean of their papers. h-index and citations are of the whole career, as Semantic Scholar and OpenAlex count them, with "
        "their age."
    ),
    (
        "No figure judges what a paper or a person is worth. The formulas, and what they were judged on, stand in `docs/scores.md`."
    ),
)


def scores_help() -> Card:
    """What the figures of papers and of people say: the short form of docs/scores.md."""
    return Card(embeds=(Embed(title="What the figures say", description="\n\n".join(_SCORES)),))


#: What is found where, by the first word of a command; what stands in none of them, stands in the last.
_GROUPS: Final = (
    (
        "Follow",
        ("subscribe",),
        (
            'New papers by DM. Words like `diffusion policy` must both occur, `"world model"` is a phrase, `-survey` leaves out. Plural, '
            "possessive, British or American spelling make no difference, nicknames do: `Jim Kurose OR James Kurose`."
        ),
    ),
    (
        "Read",
        ("today", "library", "search", "paper", "similar", "author", "why", "daily", "trending"),
        "In the menu of a message, *Apps → Papers in this message* shows what it links to.",
    ),
    (
        "Change",
        ("subscriptions", "unsubscribe", "settings"),
        (
            "What you follow, how often, and your hour. Where a followed name brings somebody else, *Not this person?* behind "
            "*Manage* says so."
        ),
    ),
    (
        "This server",
        ("submit", "summary", "curation"),
        "Its daily list. Members propose papers, vote with ▲ and discuss; who looks after the server sets the list and the rules.",
    ),
)
_LAST: Final = (
    "More",
    (
        "`/help topic:query` says how a query is written, `/help topic:scores` what the figures mean. In a server, personal answers "
        "are seen by you alone. I read no message but the one you choose there."
    ),
)


def help_layout(commands: Sequence[str], ids: Mapping[str, int]) -> Layout:
    """These commands (`subscribe keyword`) by what they are for, and where to begin. `ids` are Discord's, by a command's first word:
    with its id a click starts it."""
    known = {word for _, words, _ in _GROUPS for word in words}
    parts = [(name, [c for c in commands if c.split()[0] in words], said) for name, words, said in _GROUPS]
    parts.append((_LAST[0], [c for c in commands if c.split()[0] not in known], _LAST[1]))
    first = "I bring you the new research papers that match what you follow, once, at your hour, with the reason why."
    texts = [f"### Paperboy\n{first}"]
    for name, own, said in parts:
        if own:
            texts.append(f"**{name}** · {' · '.join(_started(command, ids) for command in own)}\n-# {said}")
    return Layout(tuple(Text(text) for text in texts), framed=True)


def _started(command: str, ids: Mapping[str, int]) -> str:
    identity = ids.get(command.split()[0])
    return f"`/{command}`" if identity is None else f"</{command}:{identity}>"
