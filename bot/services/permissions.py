"""Who may do what, by the settings and by the roles that were given; each change is audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import roles
from bot.services.channels import channel_of
from bot.services.roles import Action, Decision, Grant, Role
from bot.store import Database, Scope, audit, rights
from bot.store.rights import StoredGrant
from bot.store.sends import Send


class LastAdminError(Exception):
    """Without this role nobody could give roles any more."""


class GroupsUnknownError(Exception):
    """It hangs on the person's user groups, which only Slack knows."""


class Groups(Protocol):
    """Knows the user groups of a person."""

    async def groups_of(self, user: str) -> frozenset[str]:
        """The user groups (S…) that a person is in."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whether who may do what; see `roles.decide`."""

    action: Action
    user: str
    channel: str | None = None
    kind: str | None = None
    acting: str | None = None


class Permissions:
    """Decides, gives roles and takes them away.

    Args:
        database: Where roles are kept.
        scope: Whose.
        groups: Asked only where a role was given to a group.
        admins: The setting BOT_ADMINS.
        senders: The setting BOT_SENDERS.
        now: The clock.

    Attributes:
        admins: See above.
        senders: See above; `*` in it means everybody.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        groups: Groups,
        *,
        admins: frozenset[str],
        senders: frozenset[str],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._scope = scope
        self._groups = groups
        self.admins = admins
        self.senders = senders
        self._now = now

    async def may_send(
        self, user: str, channel: str | None = None, *, kind: str | None = None
    ) -> Decision:
        """Whether a person may send, or cancel what is going to be sent.

        Args:
            user: A Slack user id.
            channel: Where, a Slack channel id.
            kind: The channel of sending, such as `sms`.
        """
        return await self._decide(_Asked(Action.SEND, user, channel, kind))

    async def may_confirm(self, user: str, send: Send) -> Decision:
        """Whether a person may say yes to a send; what is bought is for admins.

        Args:
            user: A Slack user id.
            send: The draft, or what waits for another yes.
        """
        return await self._decide(_yes_to(send, user))

    async def may_confirm_within(
        self,
        connection: AsyncConnection,
        user: str,
        send: Send,
        *,
        groups: frozenset[str] | None = None,
    ) -> Decision:
        """Whether a person may say yes to a send, by the roles as they are in its transaction.

        Args:
            connection: The transaction of the yes.
            user: A Slack user id.
            send: The draft.
            groups: The user groups the person is in, see `groups_of`; None: not asked yet.

        Raises:
            GroupsUnknownError: They may only if they are in a group that has a role.
        """
        asked = _yes_to(send, user)
        by_settings = self._by([], frozenset(), asked)
        if by_settings.allowed:
            return by_settings
        given = [_grant(row) for row in await rights.all_grants(connection, self._scope)]
        decision = self._by(given, groups or frozenset(), asked)
        if groups is None and not decision.allowed and _to_a_group(given):
            raise GroupsUnknownError
        return decision

    async def groups_of(self, user: str) -> frozenset[str]:
        """The user groups (S…) that a person is in."""
        return await self._groups.groups_of(user)

    async def may_approve(
        self,
        user: str,
        channel: str | None = None,
        *,
        kind: str | None = None,
        acting: str | None = None,
    ) -> Decision:
        """Whether a person may say the second yes.

        Args:
            user: A Slack user id.
            channel: Where it was asked for, a Slack channel id.
            kind: The channel of sending, such as `sms`.
            acting: Where they say it, a Slack channel id, or their own id where it is no channel;
                None: where it was asked for.
        """
        return await self._decide(_Asked(Action.APPROVE, user, channel, kind, acting))

    async def may_administer(self, user: str) -> Decision:
        """Whether a person may do everything."""
        return await self._decide(_Asked(Action.ADMINISTER, user, None, None))

    async def grants(self) -> list[StoredGrant]:
        """Every role that was given."""
        async with self._database.read() as connection:
            return await rights.all_grants(connection, self._scope)

    async def role_of(self, user: str) -> Role:
        """The highest role that a person has wherever they act."""
        given = await self._given()
        return roles.role_of(
            user,
            groups=await self._groups_of(user, given),
            grants=given,
            admins=self.admins,
            senders=self.senders,
        )

    async def grant(self, given: Grant, *, actor: str, where: str = "") -> bool:
        """Give a role; False when it was given before.

        Args:
            given: Which, to whom.
            actor: Who gives it, a Slack user id.
            where: The Slack channel in which they do, for the audit trail.
        """
        row = StoredGrant(
            subject=given.subject,
            role=given.role,
            place=given.place or "",
            granted_by=actor,
            granted_at=self._now(),
        )
        async with self._database.write() as connection:
            new = await rights.grant(connection, self._scope, row)
            if new:
                await self._record(connection, "access granted", given, actor, where)
        return new

    async def revoke(self, taken: Grant, *, actor: str, where: str = "") -> bool:
        """Take a role away; False when it was not given.

        Args:
            taken: Which, from whom.
            actor: Who takes it, a Slack user id.
            where: The Slack channel in which they do, for the audit trail.

        Raises:
            LastAdminError: Nobody would be left who could give roles; nothing changed.
        """
        groups = await self._groups.groups_of(actor)
        async with self._database.write() as connection:
            await rights.lock(connection)
            gone = await rights.revoke(
                connection,
                self._scope,
                subject=taken.subject,
                role=taken.role,
                place=taken.place or "",
            )
            left = [_grant(row) for row in await rights.all_grants(connection, self._scope)]
            if gone and taken.role is Role.ADMIN and not self._is_governed(left, groups):
                raise LastAdminError
            if gone:
                await self._record(connection, "access revoked", taken, actor, where)
        return gone

    def _is_governed(self, grants: list[Grant], groups: frozenset[str]) -> bool:
        """Whether somebody is certain to be an admin: a group may be empty, but not the actor's."""
        certain = groups | {g.subject for g in grants if not g.subject.startswith("S")}
        return bool(self.admins) or any(
            grant.role is Role.ADMIN and grant.place is None and grant.subject in certain
            for grant in grants
        )

    async def _decide(self, asked: _Asked) -> Decision:
        given = await self._given()
        return self._by(given, await self._groups_of(asked.user, given), asked)

    def _by(self, given: list[Grant], groups: frozenset[str], asked: _Asked) -> Decision:
        return roles.decide(
            asked.action,
            asked.user,
            groups=groups,
            channel=asked.channel or "",
            grants=given,
            admins=self.admins,
            senders=self.senders,
            kind=asked.kind,
            acting=asked.acting,
        )

    async def _given(self) -> list[Grant]:
        return [_grant(row) for row in await self.grants()]

    async def _groups_of(self, user: str, given: list[Grant]) -> frozenset[str]:
        """The person's user groups; Slack is asked only where a role was given to a group."""
        return await self.groups_of(user) if _to_a_group(given) else frozenset()

    async def _record(
        self, connection: AsyncConnection, action: str, grant: Grant, actor: str, where: str
    ) -> None:
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
            actor=actor,
            action=action,
            subject=grant.subject,
            place=where,
            detail={"role": grant.role, "place": grant.place},
        )


def _yes_to(send: Send, user: str) -> _Asked:
    """What somebody asks for who says yes to a send; what is bought is for admins."""
    channel = channel_of(send.operation)
    if not channel.traits.to_people:
        return _Asked(Action.ADMINISTER, user)
    return _Asked(Action.SEND, user, send.channel, channel.kind)


def _to_a_group(given: list[Grant]) -> bool:
    return any(grant.subject.startswith("S") for grant in given)


def _grant(row: StoredGrant) -> Grant:
    return Grant(row.subject, Role(row.role), row.place or None)
