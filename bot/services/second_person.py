"""The second person's yes to what destroys something: asked for, given or refused, each once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import Effect, registry
from bot.services import notices
from bot.services.journal import BOT
from bot.services.rules import Rules
from bot.store import Database, Scope, audit, calls, outbox
from bot.store.calls import Call, CallState
from bot.texts import Phrase

_LATE = Phrase("Nobody approved it in time.")


class SecondPerson:
    """Each decision is one conditional write; the second press is told so.

    Args:
        database: Where the calls are.
        scope: Whose.
        rules: Whether a second person is asked, and for how long.
        lease: How long a call to ClickSend may take at most.
        now: The clock.
        told: Called when there is something to say.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        rules: Rules,
        lease: timedelta,
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._database = database
        self._scope = scope
        self._rules = rules
        self._lease = lease
        self._now = now
        self._told = told

    def needed(self, operation_id: str) -> bool:
        """Whether a second person has to say yes to an operation."""
        destroys = registry.operation(operation_id).route.effect is Effect.DESTROY
        return destroys and self._rules.approval_destroys

    async def asked(self, connection: AsyncConnection, call_id: str, *, actor: str) -> Call | None:
        """Turn a draft, at its yes, into a request; None when it is no draft of theirs (any more).

        Args:
            connection: The transaction of the yes.
            call_id: Which.
            actor: Who said it.
        """
        now = self._now()
        call = await calls.move(
            connection,
            self._scope,
            call_id,
            frm=CallState.DRAFT,
            to=CallState.APPROVAL,
            at=now,
            actor=actor,
            changes={"expires_at": now + self._rules.approval_time},
        )
        if call is not None:
            await self.moved(connection, call, actor=actor)
        return call

    async def approve(self, call_id: str, *, actor: str) -> Call | None:
        """Say the second yes: the call is claimed by it, to be run once.

        Args:
            call_id: Which.
            actor: Who; never who asked for it.

        Returns:
            The call to run; None when it was decided before, is too old, or is their own.
        """
        now = self._now()
        return await self._decide(
            call_id,
            CallState.RUNNING,
            actor,
            but=actor,
            changes={"lease_until": now + self._lease},
        )

    async def refuse(self, call_id: str, *, actor: str, reason: str) -> Call | None:
        """Say no, with a reason; None when it was decided before, or is their own."""
        return await self._decide(
            call_id, CallState.DENIED, actor, but=actor, changes={"reason": reason}
        )

    async def withdraw(self, call_id: str, *, actor: str) -> Call | None:
        """Take a request back; None when it was decided before."""
        return await self._decide(call_id, CallState.WITHDRAWN, actor)

    async def expire(self) -> int:
        """End the requests whose time is over; how many there were."""
        async with self._database.write() as connection:
            late = await calls.expire_requests(connection, self._scope, now=self._now())
            for call in late:
                await self.moved(connection, call, actor=BOT, reason=str(_LATE))
        if late:
            self._told()
        return len(late)

    async def report(self, call_id: str) -> Call | None:
        """A call as it stands; None when there is none of this id."""
        async with self._database.read() as connection:
            return await calls.get(connection, self._scope, call_id)

    async def moved(
        self, connection: AsyncConnection, call: Call, *, actor: str, reason: str | None = None
    ) -> None:
        """See `record`."""
        await record(connection, self._scope, call, actor=actor, reason=reason, at=self._now())

    async def _decide(
        self,
        call_id: str,
        to: CallState,
        actor: str,
        *,
        but: str | None = None,
        changes: Mapping[str, object] = MappingProxyType({}),
    ) -> Call | None:
        now = self._now()
        async with self._database.write() as connection:
            call = await calls.move(
                connection,
                self._scope,
                call_id,
                frm=CallState.APPROVAL,
                to=to,
                at=now,
                but=but,
                open_until=now,
                changes={"decided_by": actor, **changes},
            )
            if call is not None:
                await self.moved(connection, call, actor=actor)
        if call is not None:
            self._told()
        return call


async def record(
    connection: AsyncConnection,
    scope: Scope,
    call: Call,
    *,
    actor: str,
    reason: str | None = None,
    at: datetime,
) -> None:
    """Record that a call moved; have the messages of one that was asked for say so.

    Args:
        connection: The transaction of the move.
        scope: Whose.
        call: As it is now.
        actor: Who moved it, a Slack user id, `bot`, or somebody at the command line.
        reason: Why, in words; the call's own when None.
        at: Now.
    """
    begun = "approved" if call.decided_by else "started"
    did = begun if call.state is CallState.RUNNING else call.state
    await audit.add(
        connection,
        scope,
        at=at,
        actor=actor,
        action=f"{call.operation} {did}",
        subject=call.id,
        detail={
            "call": target(call),
            "what": call.what or None,
            "reason": reason or call.reason,
        },
        place=call.channel,
    )
    if call.expires_at is None:
        return
    for notice in (notices.CallApproval(call_id=call.id), notices.CallChanged(call_id=call.id)):
        await outbox.add(
            connection,
            scope,
            key=f"{notice.kind}:{call.id}:{call.state}",
            kind=notice.kind,
            payload=notices.to_json(notice),
            at=at,
            topic=notices.topic(notice),
        )


def target(call: Call) -> str:
    """Method and path, with the ids that are in it; no other field."""
    cls = registry.operation(call.operation)
    try:
        wire = cls.model_validate_json(call.payload).wire()
    except ValidationError:  # a secret that was masked need not be a valid one
        return f"{cls.route.method} {cls.route.path}"
    return f"{wire.method} {wire.target.partition('?')[0]}"
