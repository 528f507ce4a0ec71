"""Who may do what, by role: pure decisions, each with its reason in words.

A role includes those before it: an approver may also send, an admin may do everything. Nobody may
spend unless a setting or a grant says so. Looking needs no role.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from bot.texts import Phrase, say

EVERYBODY = "*"
_NAMED = 5
_SUBJECT = re.compile(r"[UWSCG][A-Z0-9]+|\*")
_PLACE = re.compile(r"[CG][A-Z0-9]+|[a-z_]+")


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with a reason that says whom to ask. The reason is mrkdwn made here."""

    allowed: bool
    reason: str = ""


class Role(StrEnum):
    """What somebody is here, the least first."""

    VIEWER = "viewer"
    SENDER = "sender"
    APPROVER = "approver"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether who has this role may do what the other may."""
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}


class Action(StrEnum):
    """What somebody wants to do."""

    VIEW = "view"
    SEND = "send"
    """Whatever writes or spends: sending, and changing or cancelling what waits."""
    APPROVE = "approve"
    ADMINISTER = "administer"


_MAY_NOT = {
    Action.VIEW: Phrase("You may not look at this"),
    Action.SEND: Phrase("You may not send with this bot"),
    Action.APPROVE: Phrase("You may not approve a send"),
    Action.ADMINISTER: Phrase("You may not do that"),
}

_NEEDS = {
    Action.SEND: Role.SENDER,
    Action.APPROVE: Role.APPROVER,
    Action.ADMINISTER: Role.ADMIN,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role given to somebody.

    Attributes:
        subject: A person (U…, W…), a user group (S…), a channel (C…, G…: everybody when they act
            in it), or `*` (everybody).
        role: The role.
        place: Where alone it counts, for sending and approving only: a Slack channel (C…, G…), or
            a channel of sending (`sms`, `fax`…); None: everywhere.

    Raises:
        ValueError: The subject or the place is none of these, or it would make everybody, or
            whoever joins a channel, an admin.
    """

    subject: str
    role: Role
    place: str | None = None

    def __post_init__(self) -> None:
        if not _SUBJECT.fullmatch(self.subject):
            raise ValueError("a role goes to a person, a user group, a channel or everybody (*)")
        if self.place is not None and not _PLACE.fullmatch(self.place):
            raise ValueError("a role counts in a Slack channel, or for a channel such as sms")
        if self.role is Role.ADMIN and self.subject[:1] not in {"U", "W", "S"}:
            raise ValueError("only people and user groups can be admins, not channels or everybody")


def decide(
    action: Action,
    user: str,
    *,
    groups: AbstractSet[str],
    channel: str,
    grants: Iterable[Grant],
    admins: AbstractSet[str],
    senders: AbstractSet[str],
    kind: str | None = None,
    acting: str | None = None,
) -> Decision:
    """Whether somebody may do something.

    Args:
        action: What.
        user: A Slack user id.
        groups: The user groups the person is in (S…).
        channel: Where it is, or was asked for: a Slack channel id.
        grants: All there are.
        admins: The people of the setting BOT_ADMINS.
        senders: The people of the setting BOT_SENDERS; `*` in it means everybody.
        kind: The channel of sending (`sms`, `fax`…), if it is about a send.
        acting: Where they act, where that is another Slack channel, or none (their own id): a role
            that was given to a channel is theirs when they act in it.

    Returns:
        The decision; a refusal names the missing role and who can give it, as mrkdwn.
    """
    needed = _NEEDS.get(action)
    if needed is None:
        return Decision(allowed=True)
    given = tuple(grants)
    if any(role.includes(needed) for role in _by_settings(user, admins, senders)):
        return Decision(allowed=True)
    where = channel if acting is None else acting
    held = [grant for grant in given if _holds(grant, user, groups, where)]
    enough = [grant for grant in held if grant.role.includes(needed)]
    if any(_counts(grant, action, channel, kind) for grant in enough):
        return Decision(allowed=True)
    places = sorted({grant.place for grant in enough if grant.place})
    return Decision(allowed=False, reason=_refusal(action, needed, places, given, admins))


def role_of(
    user: str,
    *,
    groups: AbstractSet[str],
    grants: Iterable[Grant],
    admins: AbstractSet[str],
    senders: AbstractSet[str],
) -> Role:
    """The highest role a person has everywhere, whatever channel they act in."""
    held = [grant for grant in grants if grant.place is None]
    roles = [grant.role for grant in held if _holds(grant, user, groups, channel="")]
    roles += _by_settings(user, admins, senders)
    return max(roles, key=_RANK.__getitem__, default=Role.VIEWER)


def _holds(grant: Grant, user: str, groups: AbstractSet[str], channel: str) -> bool:
    if grant.subject == EVERYBODY:
        return True
    if grant.subject[0] == "S":
        return grant.subject in groups
    return grant.subject == (channel if grant.subject[0] in "CG" else user)


def _by_settings(user: str, admins: AbstractSet[str], senders: AbstractSet[str]) -> list[Role]:
    roles = [Role.ADMIN] if user in admins else []
    return roles + ([Role.SENDER] if user in senders or EVERYBODY in senders else [])


def _counts(grant: Grant, action: Action, channel: str, kind: str | None) -> bool:
    if grant.place is None:
        return True
    return action is not Action.ADMINISTER and grant.place in {channel, kind}


def _refusal(
    action: Action,
    needed: Role,
    places: list[str],
    grants: tuple[Grant, ...],
    admins: AbstractSet[str],
) -> str:
    elsewhere = _either([_place(place) for place in places[:_NAMED]])
    if elsewhere:
        missing = say(
            "{may_not}: the role *{needed}* is missing here (you have it only for {elsewhere}).",
            may_not=_MAY_NOT[action],
            needed=needed,
            elsewhere=elsewhere,
        )
    else:
        missing = say(
            "{may_not}: the role *{needed}* is missing.", may_not=_MAY_NOT[action], needed=needed
        )
    return f"{missing} {_who_gives(grants, admins)}"


def _who_gives(grants: tuple[Grant, ...], admins: AbstractSet[str]) -> str:
    given = {grant.subject for grant in grants if grant.role is Role.ADMIN and not grant.place}
    people = sorted(admins) + sorted(s for s in given - set(admins) if s[:1] in {"U", "W"})
    names = [f"<@{person}>" for person in people[:_NAMED]]
    names = names or [
        say("somebody in {group}", group=f"<!subteam^{group}>") for group in sorted(given)[:_NAMED]
    ]
    if not names:
        return say(
            "The bot has no admins yet who could give it: whoever runs it can name some in the "
            "setting `BOT_ADMINS`."
        )
    who = _either(list(filter(None, [", ".join(names[:-1]), names[-1]])))
    return say("Ask {who} for it: they can give it to you with `/clicksend access`.", who=who)


def _either(names: list[str]) -> str:
    between = say("or")
    return f" {between} ".join(names)


def _place(place: str) -> str:
    return f"<#{place}>" if place[:1] in {"C", "G"} else place
