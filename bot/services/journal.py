"""The one place where a send changes its state: move, audit record and notice at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tracing
from bot.services import job_news, notices
from bot.services.heads import tell_changed
from bot.store import Scope, audit, conversations, deliveries, outbox, sends
from bot.store.sends import Send, State

BOT = "bot"
"""The actor of what nobody pressed."""
CLI = "cli:"
"""Begins the actor, and makes the channel, of what somebody does at the command line."""


_NOT_SENT = frozenset({State.REFUSED, State.UNDONE, State.DENIED, State.EXPIRED})


class Journal:
    """Moves sends, in the transaction it is handed.

    Args:
        scope: Whose.
        now: The clock.
        bodies: Whether the audit trail keeps what was sent.
    """

    def __init__(self, scope: Scope, *, now: Callable[[], datetime], bodies: bool = False) -> None:
        self._scope = scope
        self._now = now
        self._bodies = bodies

    async def move(
        self,
        connection: AsyncConnection,
        send_id: str,
        *,
        frm: Collection[State],
        to: State,
        actor: str,
        owner: str | None = None,
        changes: Mapping[str, object] = MappingProxyType({}),
    ) -> Send | None:
        """Take a send from one state to another; see `sends.move`.

        Args:
            connection: A writing connection.
            send_id: Which.
            frm: The states it may be in.
            to: The state it gets.
            actor: Who did it, a Slack user id or `bot`.
            owner: Who must hold it, for what is being sent.
            changes: Columns that change with it.

        Returns:
            The send as it is now; None when it was not in those states.
        """
        now = self._now()
        if to is State.QUEUED and actor != BOT:  # a yes: what it leads to goes on from here
            changes = {**changes, "origin": tracing.origin()}
        send = await sends.move(
            connection, self._scope, send_id, frm=frm, to=to, at=now, owner=owner, changes=changes
        )
        if send is not None:
            await self.moved(connection, send, actor=actor)
        return send

    async def moved(self, connection: AsyncConnection, send: Send, *, actor: str) -> None:
        """Record a move that was made already, and tell of it.

        A send that goes at once says nothing until it is done; a batch of a bulk send only moves
        the message of the whole.
        """
        await self.record(connection, send, actor=actor, what=send.state)
        never_sent = send.state is State.DROPPED and send.asked_at is None
        if send.previous and (send.state in _NOT_SENT or never_sent):
            for failed in await deliveries.leave_retry(connection, self._scope, by=send.id):
                await self.tell(connection, notices.SendChanged(send_id=failed))
        if send.bulk:
            await job_news.progress(connection, self._scope, send.bulk, now=self._now())
            if send.state is State.EXPIRED:
                await job_news.approval(
                    connection, self._scope, send.bulk, send.state, now=self._now()
                )
        elif send.state is not State.QUEUED or send.not_before:
            await self.tell(connection, notices.SendChanged(send_id=send.id))
        if send.expires_at and not send.bulk:
            await self.tell(connection, notices.ApprovalChanged(send_id=send.id))
        if send.asked_at:
            await self.tell(connection, notices.SendUnsettled(send_id=send.id))
        if send.thread_ts:
            await self._answered(connection, send.channel, send.thread_ts)

    async def _answered(self, connection: AsyncConnection, channel: str, ts: str) -> None:
        """Have a conversation say that it is answered, or that it is not after all."""
        talk = await conversations.in_thread(connection, self._scope, channel=channel, ts=ts)
        if talk is not None:
            await tell_changed(connection, self._scope, talk, at=self._now())

    async def record(
        self, connection: AsyncConnection, send: Send, *, actor: str, what: str
    ) -> None:
        """Write an audit record of a send."""
        body = {"text": send.summary} if self._bodies else {}
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
            actor=actor,
            place=send.channel,
            action=f"{send.operation} {what}",
            subject=send.id,
            detail={
                "recipients": send.recipients,
                "price": None if send.price is None else str(send.price),
                "total": None if send.total is None else str(send.total),
                "currency": send.currency,
                "rule": send.rule,
                "reason": send.reason,
                **body,
            },
        )

    async def tell(
        self, connection: AsyncConnection, notice: notices.AboutSend, *, at: datetime | None = None
    ) -> None:
        """Have a send's message brought up to date: once, however much happens before it is.

        Args:
            connection: A writing connection.
            notice: What to say.
            at: Not before then; at once when None.
        """
        now = self._now()
        due = at or now
        await outbox.add(
            connection,
            self._scope,
            key=f"{notice.kind}:{notice.send_id}:{due.timestamp():.6f}",
            kind=notice.kind,
            payload=notices.to_json(notice),
            at=now,
            topic=notices.topic(notice),
            due_at=due,
        )
