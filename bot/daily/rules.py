"""Whether somebody may take part in making a server's list. PURE."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from bot.errors import BadInputError
from bot.models import Member, Rules


class Part(Enum):
    """A way to take part, with the words for it."""

    SUBMIT = "propose papers"
    VOTE = "vote"
    DISCUSS = "open discussions"


def check(rules: Rules, part: Part, member: Member, now: datetime) -> None:
    """Raises BadInputError that says what is missing. Moderators may always; a Discord that does not say since when somebody
    has been here keeps nobody out."""
    if member.moderates:
        return
    role = {Part.SUBMIT: rules.submit_role, Part.VOTE: rules.vote_role, Part.DISCUSS: rules.discuss_role}[part]
    if role is not None and role not in member.server_roles:
        raise BadInputError(
            f"The role that may {part.value} here was deleted. Who manages this server chooses another with `/curation rules`."
        )
    if role is not None and role not in member.roles:
        raise BadInputError(f"In this server only members with the role <@&{role}> {part.value}.")
    if rules.member_days and member.joined is not None:
        since = member.joined + timedelta(days=rules.member_days)
        if now < since:
            raise BadInputError(
                f"In this server you can {part.value} {rules.member_days} days after you joined: "
                f"from <t:{int(since.timestamp())}:f> on."
            )


def check_submissions(rules: Rules, member: Member, done: int) -> None:
    """Raises BadInputError for one proposal too many within 24 hours."""
    if member.moderates or done < rules.submissions:
        return
    if not rules.submissions:
        raise BadInputError("In this server only moderators propose papers.")
    raise BadInputError(
        f"Within 24 hours you have proposed {done} of the {rules.submissions} that a member may. Propose this one tomorrow."
    )


def check_discussions(rules: Rules, opened: int) -> None:
    """Raises BadInputError for one thread too many within 24 hours."""
    if opened < rules.discussions:
        return
    if not rules.discussions:
        raise BadInputError("In this server no discussions are opened.")
    raise BadInputError(
        f"Within 24 hours {opened} of the {rules.discussions} discussions that may be opened here were. "
        "Write in one of those, or come back tomorrow."
    )
