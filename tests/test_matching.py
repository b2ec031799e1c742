"""What the matcher promises: the same answer as asking every subscription, one match a recipient, reasons in words."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.errors import QueryError
from bot.models import (
    Author,
    Cadence,
    Community,
    EventKind,
    OwnerKind,
    Paper,
    PaperId,
    Recipient,
    Subscription,
    SubscriptionKind,
)
from bot.query.document import of_paper
from bot.query.language import Explanation, parse
from bot.query.matching import Matcher, News, hits, trouble, why
from tests.amount import real_rows
from tests.properties import rounds

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
ADA, BEN = Recipient(OwnerKind.USER, 1), Recipient(OwnerKind.USER, 2)
ROOM = Recipient(OwnerKind.CHANNEL, 1)
KEYWORD, AUTHOR = SubscriptionKind.KEYWORD, SubscriptionKind.AUTHOR
CATEGORY, TRENDING = SubscriptionKind.CATEGORY, SubscriptionKind.TRENDING


def paper(
    title: str = "Diffusion policies",
    abstract: str = "We fine-tune robots.",
    authors: tuple[str, ...] = ("Julia Kempe", "Alan Turing"),
    categories: tuple[str, ...] = ("cs.RO", "cs.LG"),
    number: int = 7,
    listed_on: date | None = None,
) -> Paper:
    people = tuple(Author(name) for name in authors)
    community = Community(listed_on=listed_on) if listed_on else None
    ids = (PaperId("arxiv", "2611.00001"),)
    return Paper(number, ids, title, abstract, people, categories, NOW, community=community)


def sub(
    number: int,
    kind: SubscriptionKind,
    query: str,
    owner: Recipient = ADA,
    cadence: Cadence = Cadence.DAILY,
    paused: bool = False,
) -> Subscription:
    return Subscription(number, owner, kind, query, cadence, NOW, paused)


def why_of(subscription: Subscription, one: Paper) -> Explanation:
    return why(subscription, of_paper(one), one)


def test_one_match_names_every_subscription_and_term() -> None:
    matcher = Matcher(
        [
            sub(1, KEYWORD, "diffusion policy"),
            sub(2, KEYWORD, "robots", cadence=Cadence.INSTANT),
            sub(3, AUTHOR, "J. Kempe"),
            sub(4, CATEGORY, "cs.LG", cadence=Cadence.WEEKLY),
            sub(5, KEYWORD, "quantum"),
            sub(6, CATEGORY, "cs", BEN),
            sub(7, KEYWORD, '"diffusion policies" -quantum', ROOM),
        ]
    )
    ada, ben, room = sorted(matcher.match(paper()), key=lambda m: (m.recipient.kind == "channel", m.recipient.id))
    assert [m.recipient for m in (ada, ben, room)] == [ADA, BEN, ROOM]
    assert ada.paper_id == 7
    assert ada.cadence is Cadence.INSTANT
    assert [(r.subscription_id, r.kind, r.query) for r in ada.reasons] == [
        (1, KEYWORD, "diffusion policy"),
        (2, KEYWORD, "robots"),
        (3, AUTHOR, "J. Kempe"),
        (4, CATEGORY, "cs.LG"),
    ]
    assert [(h.term, h.field, h.text) for r in ada.reasons for h in r.hits] == [
        ("diffusion", "title", "Diffusion"),
        ("policy", "title", "policies"),
        ("robots", "abstract", "robots"),
        ("J. Kempe", "author", "Julia Kempe"),
        ("cs.LG", "category", "cs.LG"),
    ]
    assert [(h.term, h.text) for h in ben.reasons[0].hits] == [("cs", "cs.RO")]
    assert [h.text for h in room.reasons[0].hits] == ["Diffusion policies"]
    assert len(matcher) == 7


@pytest.mark.parametrize(
    ("wanted", "printed", "certainty"),
    [
        ("Julia Kempe", ("J. Kempe", "Julia Kempe"), ""),
        ("Julia Kempe", ("Kempe, Julia",), ""),
        ("Julia Kempe", ("David Kempe", "J. Kempe"), "initials"),
        ("Jean-Pierre Serre", ("J.-P. Serre", "Jean Serre"), "initials"),
        ("Jean-Pierre Serre", ("Jean Serre",), "possible"),
        ("Andrey Karpov", ("Andrei Karpov†",), "possible"),
    ],
)
def test_a_hit_says_how_surely_the_author_is_meant(wanted: str, printed: tuple[str, ...], certainty: str) -> None:
    (match,) = Matcher([sub(1, AUTHOR, wanted)]).match(paper(authors=printed))
    ((hit,),) = (reason.hits for reason in match.reasons)
    assert (hit.term, hit.field, hit.certainty) == (wanted, "author", certainty)
    assert hit.text in {name.strip("†") for name in printed}


def test_one_person_is_followed_by_several_spellings() -> None:
    matcher = Matcher([sub(1, AUTHOR, "Jim Kurose OR James Kurose")])
    for printed, spelling in (("James F. Kurose", "James Kurose"), ("Kurose, Jim", "Jim Kurose")):
        (match,) = matcher.match(paper(authors=(printed, "Ada Example")))
        assert [(h.term, h.text) for r in match.reasons for h in r.hits] == [(spelling, printed)]
    (match,) = matcher.match(paper(authors=("Jim Kurose", "James Kurose")))
    assert [len(r.hits) for r in match.reasons] == [1]
    assert matcher.ids(paper(authors=("John Kurose",))) == []
    matcher.add(sub(1, AUTHOR, "Jim Kurose"))
    assert matcher.ids(paper(authors=("James Kurose",))) == []
    assert matcher.ids(paper(authors=("Jim Kurose",))) == [1]
    matcher.remove(1)
    assert kept(matcher) == kept(Matcher())


def test_nothing_matches_where_nothing_agrees() -> None:
    matcher = Matcher([sub(1, KEYWORD, "quantum"), sub(2, AUTHOR, "David Kempe"), sub(3, CATEGORY, "math")])
    assert matcher.match(paper()) == []
    assert Matcher().match(paper()) == []


def test_a_paused_subscription_waits() -> None:
    matcher = Matcher([sub(1, KEYWORD, "diffusion", paused=True), sub(2, AUTHOR, "Julia Kempe", paused=True)])
    assert len(matcher) == 2
    assert matcher.match(paper()) == []
    matcher.add(sub(1, KEYWORD, "diffusion"))
    assert [r.subscription_id for m in matcher.match(paper()) for r in m.reasons] == [1]
    matcher.add(sub(1, KEYWORD, "diffusion", paused=True))
    assert matcher.match(paper()) == []


def test_category_subscriptions_fire_for_cross_lists_and_archives() -> None:
    for query in ("cs.LG", "cs.RO", "cs", "cs.*", "CS.lg"):
        assert Matcher([sub(1, CATEGORY, query)]).ids(paper()) == [1]
    assert Matcher([sub(1, CATEGORY, "stat")]).ids(paper()) == []


def test_a_keyword_does_not_look_at_authors() -> None:
    assert Matcher([sub(1, KEYWORD, "Kempe")]).ids(paper()) == []


def test_listings_are_for_trending_and_other_events_for_the_rest() -> None:
    matcher = Matcher(
        [
            sub(1, KEYWORD, "diffusion"),
            sub(2, TRENDING, "", BEN),
            sub(3, TRENDING, "robots -quantum", BEN),
            sub(4, TRENDING, "quantum"),
            sub(5, CATEGORY, "cs"),
        ]
    )
    listed = paper(listed_on=date(2026, 11, 17))
    assert sorted(matcher.ids(listed, EventKind.LISTED)) == [2, 3]
    for kind in set(EventKind) - {EventKind.LISTED}:
        assert sorted(matcher.ids(listed, kind)) == [1, 5]
    (match,) = matcher.match(listed, EventKind.LISTED)
    assert match.recipient == BEN
    assert [(h.term, h.field, h.text) for h in match.reasons[1].hits] == [
        ("trending", "list", "2026-11-17"),
        ("robots", "abstract", "robots"),
    ]


def test_a_bad_text_is_refused_and_changes_nothing() -> None:
    matcher = Matcher([sub(1, KEYWORD, "diffusion")])
    for kind, text in ((KEYWORD, '"open'), (TRENDING, "-x"), (AUTHOR, " , "), (CATEGORY, " ")):
        with pytest.raises(QueryError):
            matcher.add(sub(1, kind, text))
    assert matcher.ids(paper()) == [1]
    assert [s.query for s in matcher] == ["diffusion"]


def kept(one: object) -> object:
    """All that the parts of a matcher hold, but for how often and how many they counted."""
    if not type(one).__module__.startswith("bot.query") and not type(one).__module__.startswith("bot.language"):
        return repr(one)
    slots = [name for name in getattr(type(one), "__slots__", ()) if hasattr(one, name)]
    parts = vars(one) if hasattr(one, "__dict__") else {name: getattr(one, name) for name in slots}
    return {name: kept(part) for name, part in parts.items() if name not in ("_next", "_changes")}


def test_changing_and_removing_leave_nothing_behind() -> None:
    matcher = Matcher()
    empty = kept(matcher)
    many = [
        "diffusion", "fine-tuning", "finetuning", '"diffusion policies"', "diffusion policy", "policy diffusion -image",
        "a b c", "GPT-3.5", '"policies"', "fine/tuning", "fine-tuning robots", "diffusion", "diffus* OR quantum", "ti:diffusion",
        "(robots OR llms) -ti:diffusion", 'au:"Julia Kempe" OR upvotes>3', "upvotes>3", "cat:cs.LG robot* abs:tun*", "primary:cs",
    ]  # fmt: skip
    for number, text in enumerate(many):
        matcher.add(sub(number, KEYWORD, text))
    matcher.add(sub(100, AUTHOR, "Julia Kempe"))
    matcher.add(sub(101, CATEGORY, "cs.LG"))
    matcher.add(sub(102, TRENDING, ""))
    before = sorted(matcher.ids(paper()))
    matcher.add(sub(0, KEYWORD, "quantum"))
    assert sorted(matcher.ids(paper())) == [n for n in before if n != 0]
    matcher.add(sub(0, AUTHOR, "Alan Turing"))
    assert sorted(matcher.ids(paper())) == before
    for number in random.Random(1).sample([*range(len(many)), 100, 101, 102], len(many) + 3):
        matcher.remove(number)
    matcher.remove(12_345)
    assert len(matcher) == 0
    assert kept(matcher) == empty
    assert matcher.ids(paper()) == []


def test_recipients_are_told_their_subscriptions_without_reasons() -> None:
    matcher = Matcher([sub(1, KEYWORD, "diffusion"), sub(2, CATEGORY, "cs"), sub(3, KEYWORD, "robot", BEN)])
    found = {owner: sorted(ids) for owner, ids in matcher.recipients(paper()).items()}
    assert found == {ADA: [1, 2], BEN: [3]}


# --- why and why not


@pytest.mark.parametrize(
    ("kind", "query", "says"),
    [
        (KEYWORD, "diffusion", "Matches: diffusion – “Diffusion” (title)"),
        (KEYWORD, "quantum", "Does not match: quantum is neither in the title nor in the abstract."),
        (KEYWORD, "diffusion -robot", "Does not match: robot is excluded, but “robots” is in the abstract."),
        (AUTHOR, "J. Kempe", "Matches: J. Kempe – “Julia Kempe” (author)"),
        (AUTHOR, "David Kempe", "Does not match: none of the 2 authors is David Kempe."),
        (CATEGORY, "cs", "Matches: cs – “cs.RO” (category)"),
        (CATEGORY, "math", "Does not match: math is not among the paper's categories (cs.RO, cs.LG)."),
        (TRENDING, "", "Does not match: the paper has not been on the daily list."),
    ],
)
def test_why_says_why_and_why_not(kind: SubscriptionKind, query: str, says: str) -> None:
    assert str(why_of(sub(1, kind, query), paper())) == says


def test_why_knows_paused_and_listed() -> None:
    paused = [str(why_of(sub(1, KEYWORD, words, paused=True), paper())) for words in ("diffusion", "quantum")]
    assert paused == [
        "Does not match: the subscription is paused, else it would match.",
        "Does not match: the subscription is paused; quantum is neither in the title nor in the abstract.",
    ]
    listed = paper(listed_on=date(2026, 11, 17))
    assert str(why_of(sub(1, TRENDING, ""), listed)) == "Matches: trending – “2026-11-17” (list)"
    assert not why_of(sub(1, TRENDING, "quantum"), listed).agrees


# --- the index gives what asking every subscription gives


TANGLED = (
    "fine tuning fine-tuning finetuning fine-tuned finetune model models modelling policy policies GPT-4 GPT4 GPT 4 3 5 "
    "GPT-3.5 state-of-the-art state of the art stateof the-art multi-agent multiagent agent agents C++ C K-means k means "
    "the/gpt4 of/finetuning art/multiagent"
)
VOCABULARY = TANGLED.split()


def random_query(rng: random.Random, words: list[str]) -> str:
    terms: list[str] = []
    for _ in range(rng.randint(1, 4)):
        term = rng.choice(words)
        if rng.random() < 0.3:
            term = '"' + " ".join(rng.choices(words, k=rng.randint(1, 3))) + '"'
        terms.append(f"-{term}" if terms and rng.random() < 0.3 else term)
    return " ".join(terms)


def random_text(rng: random.Random, words: list[str]) -> str:
    return "".join(rng.choice(words) + rng.choice([" ", " ", "-", ", "]) for _ in range(rng.randint(0, 14)))


def test_the_index_agrees_with_the_loop_on_tangled_words_while_subscriptions_come_and_go() -> None:
    rng = random.Random(4)
    matcher, kept = Matcher(), dict[int, Subscription]()
    for turn in range(rounds(120)):
        for _ in range(12):
            number = rng.randrange(400)
            if rng.random() < 0.3:
                matcher.remove(number)
                kept.pop(number, None)
            else:
                wanted = sub(number, KEYWORD, random_query(rng, VOCABULARY), paused=rng.random() < 0.1)
                if trouble(wanted) is None:  # dice make queries to which nothing can agree
                    kept[number] = wanted
                    matcher.add(wanted)
        doc = of_paper(paper(random_text(rng, VOCABULARY), random_text(rng, VOCABULARY), number=turn))
        expected = [n for n, s in sorted(kept.items()) if not s.paused and parse(s.query).matches(doc)]
        assert sorted(matcher.ids(doc)) == expected
        assert len(matcher) == len(kept)


def test_the_index_agrees_with_the_loop_on_real_papers(data: Path) -> None:
    rows = list(real_rows(data / "arxiv_dev.jsonl.gz", 4_000, 20))
    papers = [
        paper(r["title"], r["abstract"], tuple(r["authors"]), tuple(r["categories"]), number)
        for number, r in enumerate(rows)
    ]
    rng = random.Random(6)
    subscriptions: list[Subscription] = []
    while len(subscriptions) < 1_500:
        row, dice = rng.choice(rows), rng.random()
        if dice < 0.7:
            kind, text = KEYWORD, random_query(rng, [w.strip('"-') for w in row["title"].replace('"', "").split()])
        elif dice < 0.9:
            name = rng.choice(row["authors"]).split()
            kind, text = (
                AUTHOR,
                rng.choice([" ".join(name), f"{name[-1]}, {' '.join(name[:-1])}", f"{name[0][0]}. {name[-1]}"]),
            )
        else:
            kind, text = CATEGORY, rng.choice(row["categories"])
        owner = Recipient(OwnerKind.USER, rng.randrange(300))
        candidate = sub(len(subscriptions) + 1, kind, text, owner)
        try:
            Matcher([candidate])
        except QueryError:
            continue
        subscriptions.append(candidate)
    matcher = Matcher(subscriptions)
    agreed = 0
    for one in papers[:60]:
        doc = of_paper(one)
        expected = [s for s in subscriptions if hits(s, doc, one)]
        assert sorted(matcher.ids(doc)) == [s.id for s in expected]
        matches = matcher.match(one)
        assert {m.recipient for m in matches} == {s.owner for s in expected}
        assert len(matches) == len({m.recipient for m in matches})
        assert sorted(r.subscription_id for m in matches for r in m.reasons) == [s.id for s in expected]
        for match, reason in ((m, r) for m in matches for r in m.reasons):
            assert reason.hits, (match, reason)
        for s in subscriptions[:40]:
            assert why_of(s, one).agrees is (s in expected)
        agreed += len(expected)
    assert agreed > 500


def test_wording_of_hits_is_found_in_the_paper(data: Path) -> None:
    rows = list(real_rows(data / "arxiv_dev.jsonl.gz", 600, 3))
    matcher = Matcher([sub(1, KEYWORD, "model"), sub(2, KEYWORD, "fine-tuning"), sub(3, KEYWORD, "state-of-the-art")])
    seen = set()
    for number, row in enumerate(rows):
        one = replace(paper(row["title"], row["abstract"], number=number))
        fields = {field.name: field.text for field in of_paper(one).fields}
        for hit in (h for m in matcher.match(one) for r in m.reasons for h in r.hits):
            assert hit.text in fields[hit.field]
            seen.add(hit.text.lower())
    assert {"model", "models", "state-of-the-art"} <= seen


def test_what_comes_to_hold_later_is_told_to_those_for_whom_it_did_not() -> None:
    def counted(votes: int | None, *, listed: bool = True, version: int = 1) -> Paper:
        crowd = Community(votes, listed_on=NOW.date() if listed else None) if votes is not None else None
        return replace(paper(), community=crowd, version=version)

    matcher = Matcher(
        [
            sub(1, KEYWORD, "diffusion upvotes>=50"),
            sub(2, KEYWORD, "diffusion", BEN),
            sub(3, TRENDING, "upvotes>=50", BEN),
            sub(4, KEYWORD, "is:revision robots", ROOM),
            sub(5, KEYWORD, "upvotes>=50", paused=True),
        ]
    )

    def told(before: Paper, after: Paper) -> list[int]:
        return [r.subscription_id for m in matcher.each_match([News(after, before=before)]) if m for r in m.reasons]

    assert told(counted(None), counted(49)) == []
    assert sorted(told(counted(49), counted(50))) == [1, 3]
    assert told(counted(50), counted(70)) == []
    assert told(counted(70), counted(20)) == []
    assert told(counted(None), counted(60, listed=False)) == [1]
    assert told(counted(60, listed=False), counted(60)) == [3]
    assert told(counted(60), counted(60, version=2)) == [4]
    matcher.remove(1)
    assert told(counted(49), counted(50)) == [3]
    assert list(Matcher([sub(2, KEYWORD, "diffusion")]).each_match([News(counted(2), before=counted(1))])) == []


# --- papers together


def test_papers_that_are_asked_together_are_matched_as_each_alone(data: Path) -> None:
    rows = list(real_rows(data / "arxiv_dev.jsonl.gz", 2_600, 20))
    papers = [
        replace(paper(r["title"], r["abstract"], tuple(r["authors"]), tuple(r["categories"]), n), withdrawn=n % 3 == 0)
        for n, r in enumerate(rows)
    ]
    titles = [r["title"].replace('"', "").split() for r in rows]
    rng = random.Random(9)
    texts = [
        f"{rng.choice(rng.choice(titles))} {rng.choice('-|')} {rng.choice(rng.choice(titles))}" for _ in range(400)
    ]
    texts += ["learn* -ti:learning", "is:withdrawn model", "primary:cs OR robot", "-is:withdrawn cat:math"]
    wishes = [sub(n, KEYWORD, text, Recipient(OwnerKind.USER, n % 50)) for n, text in enumerate(texts)]
    wishes += [sub(1_000 + n, AUTHOR, r["authors"][0], BEN) for n, r in enumerate(rows[:40]) if r["authors"]]
    matcher = Matcher(one for one in wishes if trouble(one) is None)
    together = [match for match in matcher.each_match([News(one, (EventKind.ANNOUNCED,)) for one in papers]) if match]
    assert together == [match for one in papers for match in matcher.match(one)]
    assert len(together) > 500


def test_each_paper_of_a_batch_is_told_for_its_own_reasons() -> None:
    matcher = Matcher(
        [
            sub(1, KEYWORD, "diffusion"),
            sub(2, TRENDING, "", BEN),
            sub(3, AUTHOR, "Julia Kempe", BEN),
            sub(4, KEYWORD, "robots upvotes>=3", ROOM),
        ]
    )
    first, other = paper(number=1), paper("Robots", "Nothing.", number=2, listed_on=NOW.date())
    liked = replace(other, id=3, community=Community(5, listed_on=NOW.date()))
    found = matcher.each_match(
        [
            News(first, (EventKind.ANNOUNCED,)),
            News(other, (EventKind.LISTED, EventKind.ANNOUNCED)),
            News(replace(first, id=4), late=frozenset((AUTHOR,)), followed_by=NOW),
            News(liked, before=other),
            News(liked, before=liked),
        ]
    )
    told = [(m.paper_id, m.recipient, [r.subscription_id for r in m.reasons]) for m in found if m]
    assert told == [(1, ADA, [1]), (1, BEN, [3]), (2, BEN, [2]), (2, BEN, [3]), (4, BEN, [3]), (3, ROOM, [4])]


def test_what_changes_while_a_batch_is_asked_brings_nobody_a_paper_that_is_not_theirs() -> None:
    """A query that comes between two steps has terms that the first papers were not asked for."""
    papers = [paper("Diffusion", "policies for robots", number=n) for n in range(4)]
    news = [News(one, (EventKind.ANNOUNCED,)) for one in papers]
    steps = len(list(Matcher([sub(1, KEYWORD, "diffusion")]).each_match(news)))
    for moment in range(steps):
        matcher = Matcher(
            [sub(1, KEYWORD, "diffusion"), sub(2, KEYWORD, "policies", BEN), sub(3, KEYWORD, "diffusion", ROOM)]
        )
        told: list[tuple[int, str]] = []
        for step, match in enumerate(matcher.each_match(news)):
            if step == moment:
                matcher.add(sub(4, KEYWORD, "diffusion -robots", BEN))
                matcher.add(sub(2, KEYWORD, "quantum", BEN))
                matcher.remove(3)
            if match and step > moment + 1:
                told += [(reason.subscription_id, reason.query) for reason in match.reasons]
        assert (4, "diffusion -robots") not in told
        assert (2, "quantum") not in told
