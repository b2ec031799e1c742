"""What members read of what they do for their server's list, and moderators of all that was done.

PURE. The list itself is `channel_lists`' word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from bot.language.text import blank
from bot.models import Act, Deed, Discussion, Paper, Rules, Submitted, Tally
from bot.papers.links import abstract_url
from bot.show.cards import AMBER, Button, Card, Embed, Field, Form, cut
from bot.show.curation_controls import Discuss, ExplainPlace, Propose, ProposeForm, ShowDeeds, Vote
from bot.show.lists import paper_answer, turning
from bot.show.papers import paper_card
from bot.show.safe import safe
from bot.show.wording import counted, joined, title_text, title_words, when

#: Characters of a note, and of a thread's name.
NOTE: Final = 200
_THREAD: Final = 100

_ACTS: Final = {
    Act.SUBMITTED: "proposed",
    Act.VOTED: "voted for",
    Act.TOOK_BACK: "took back the vote for",
    Act.OPENED: "opened the discussion of",
    Act.REMOVED: "removed the proposals of",
    Act.RESET: "reset the votes for",
}


def _named(paper: Paper, limit: int = 200) -> str:
    return f"**[{title_text(paper, limit)}]({abstract_url(paper.main_id)})**"


def _said(text: str, *rows: tuple[Button, ...], color: int | None = None) -> Card:
    embed = Embed(description=text) if color is None else Embed(description=text, color=color)
    return Card(embeds=(embed,), rows=rows)


# -- members -----------------------------------------------------------------------------------------------------------


def voted(paper: Paper, votes: int, *, stands: bool) -> Card:
    """That a vote was counted, or taken back."""
    if stands:
        return _said(f"You voted for {_named(paper)}: {counted(votes, 'vote')} here. Press again to take it back.")
    return _said(f"Your vote for {_named(paper)} is taken back: {counted(votes, 'vote')} here.")


def proposed(submitted: Submitted, paper: Paper) -> Card:
    """When a proposed paper is on the list."""
    at = f"{when(submitted.at)} ({when(submitted.at, 'R')})" if submitted.at else "its next hour"
    place = f"the list of <#{submitted.channel_id}>, {at}"
    if submitted.was_there:
        return _said(f"{_named(paper)} was proposed before, and now has your vote too. It waits for {place}.")
    return _said(f"You proposed {_named(paper)}, and your vote for it is counted. It waits for {place}.")


def proposal_form() -> Form:
    """Which paper, and why."""
    return Form(
        ProposeForm().encode(),
        "Propose a paper for the list",
        (
            Field("paper", "Which paper?", placeholder="An arXiv id, a link, a DOI or its title", max_length=300),
            Field(
                "note", "Why should others read it?", required=False, max_length=NOTE,
                placeholder="A sentence, shown with your name",
            ),
        ),
    )  # fmt: skip


def listed_paper(paper: Paper, tally: Tally, today: date) -> Card:
    """One paper of a server's list, with its whole abstract, and what members can do with it beside what everybody can."""
    card = paper_answer(paper, today, share=False)
    row = (
        Button(f"Upvote · {tally.votes:,}", Vote(paper.id).encode(), style="primary"),
        Button(f"Discuss · {tally.comments:,}" if tally.comments else "Discuss", Discuss(paper.id).encode()),
        Button("Why this place", ExplainPlace(paper.id).encode()),
    )
    return Card(card.text, card.embeds, (*card.rows, row))


def place_card(paper: Paper, tally: Tally, parts: Mapping[str, float], total: float) -> Card:
    """What a paper's place is made of: its points in `parts`, by `own`, `wider`, `followed` and `expected`."""
    community = paper.community
    elsewhere = (
        f"{counted(community.upvotes, 'upvote')} and {counted(community.comments, 'comment')} on Hugging Face"
        if community
        else "it is on no list of Hugging Face"
    )
    lines = [
        f"{_named(paper)} has **{total:.1f} points** on this server's list.",
        f"- {parts['own']:.1f} from this server: {counted(tally.votes, 'vote')} and {counted(tally.comments, 'comment')}",
        f"- {parts['wider']:.1f} from the wider community: {elsewhere}",
        f"- {parts['followed']:.1f} from what members follow: how many of them it matches",
        f"- {parts['expected']:.1f} from expected interest: by its authors, topic and text, before anybody has voted",
        "",
        "Of the last three the largest counts, so that a vote never does a paper harm. What members propose has a place anyway.",
        "-# The formula: docs/curation.md",
    ]
    return _said("\n".join(lines))


def discussion(found: Discussion) -> Card:
    """Where members talk about a paper."""
    if found.thread_id is None:
        return _said("Its discussion is being opened. Press again in a moment.", color=AMBER)
    return _said(f"Talk about it in <#{found.thread_id}>.")


def thread_name(paper: Paper) -> str:
    """What the paper's thread is called."""
    return cut(title_words(paper), _THREAD)


def thread_head(paper: Paper, today: date) -> Card:
    """The first message of a paper's thread."""
    card = paper_card(paper, today)
    return Card("What do you think of it?", card.embeds)


# -- moderators --------------------------------------------------------------------------------------------------------


def removed(paper: Paper, count: int) -> Card:
    return _said(
        f"{_named(paper)} is no longer proposed here ({counted(count, 'proposal')} removed). Lists of the last two days lose it "
        "within a minute; older ones keep it, so delete their message if nobody is to read it."
    )


def votes_reset(paper: Paper, count: int) -> Card:
    return _said(f"{counted(count, 'vote')} for {_named(paper)} {'is' if count == 1 else 'are'} taken away.")


def rules_card(rules: Rules) -> Card:
    """Who may take part in a server."""

    def who(role: int | None) -> str:
        return "every member" if role is None else f"<@&{role}>"

    lines = [
        "**Who makes the list here**",
        f"- Propose papers: {who(rules.submit_role)}, {counted(rules.submissions, 'paper')} a day each",
        f"- Vote: {who(rules.vote_role)}",
        f"- Open discussions: {who(rules.discuss_role)}, {counted(rules.discussions, 'thread')} a day in all",
    ]
    if rules.member_days:
        lines.append(f"- Only who has been here for {counted(rules.member_days, 'day')}")
    lines += ["", "Who may manage messages is bound by the number of discussions alone."]
    return _said("\n".join(lines))


def deeds_card(deeds: Sequence[Deed], papers: Mapping[int, Paper], page: int, pages: int, member: int | None) -> Card:
    """Who did what, the newest first."""
    if not deeds:
        return _said("Nobody has proposed, voted or discussed anything here yet.", color=AMBER)
    lines = [_deed_line(deed, papers.get(deed.paper_id)) for deed in deeds]
    row = turning(partial(ShowDeeds, member), page, pages)
    return _said("\n".join(["**Who did what**, the newest first, for 90 days", *lines]), *((row,) if row else ()))


def _deed_line(deed: Deed, paper: Paper | None) -> str:
    named = f"[{title_text(paper, 80)}]({abstract_url(paper.main_id)})" if paper else "a paper that is gone"
    return f"- {when(deed.at, 'R')} <@{deed.user_id}> {_ACTS[deed.act]} {named}"


# -- on a list ---------------------------------------------------------------------------------------------------------


def proposer_text(tally: Tally) -> str:
    """`proposed by Ada: read §3`; empty for a paper that nobody proposed."""
    if blank(tally.proposer):
        return ""
    note = "" if blank(tally.note) else f": {joined([safe(tally.note, NOTE)], NOTE)}"
    return f"proposed by {safe(tally.proposer, 40)}{note}"


def propose_button() -> Button:
    return Button("Propose a paper", Propose().encode())
