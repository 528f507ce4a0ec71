"""What people decide of a send after the yes: undo it, approve it, pay a risen price, settle it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import MappingProxyType

from bot.services.journal import BOT, Journal
from bot.services.sending import Limits
from bot.store import Database, Scope, ledger, sends
from bot.store.sends import Send, State

_LATE = "Nobody approved it in time."


class OverLimitError(Exception):
    """A limit forbids it; the text says which and what to do, plain text. Nothing changed."""


class Decisions:
    """Each decision is one conditional write: it counts once, and the second press is told so.

    Args:
        database: Where the sends are.
        scope: Whose.
        journal: Moves them.
        limits: The limits of people, channels and the workspace.
        now: The clock.
        wake: Called when there is work, or something to say.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        journal: Journal,
        limits: Limits,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._scope = scope
        self._journal = journal
        self._limits = limits
        self._now = now
        self._wake = wake

    async def undo(self, send_id: str, *, actor: str) -> Send | None:
        """Withdraw a send that is held, or waits for approval; None when it is too late."""
        return await self._decide(
            send_id,
            frm={State.QUEUED, State.APPROVAL},
            to=State.UNDONE,
            actor=actor,
            changes={"not_before": None},
        )

    async def approve(self, send_id: str, *, actor: str) -> Send | None:
        """Say the second yes; None when it was decided before, or by whom it may not be.

        Args:
            send_id: Which.
            actor: Who; never who asked for it.
        """
        async with self._database.write() as connection:
            send = await sends.get(connection, self._scope, send_id)
            now = self._now()
            if send is None or send.actor == actor or not send.expires_at or send.expires_at <= now:
                return None
            moved = await self._journal.move(
                connection,
                send_id,
                frm={State.APPROVAL},
                to=State.QUEUED,
                actor=actor,
                changes={"decided_by": actor, "seen_at": now},
            )
        self._wake()
        return moved

    async def refuse(self, send_id: str, *, actor: str, reason: str) -> Send | None:
        """Say no, with a reason; None when it was decided before."""
        return await self._decide(
            send_id, frm={State.APPROVAL}, to=State.DENIED, actor=actor, changes={"reason": reason}
        )

    async def pay(self, send_id: str, *, actor: str) -> Send | None:
        """Say yes to the risen price; None when it was decided before.

        The limits count it anew: since the first yes others may have used them up.

        Args:
            send_id: Which.
            actor: Who.

        Raises:
            OverLimitError: A limit forbids it now.
        """
        async with self._database.write() as connection:
            await ledger.lock(connection)
            send = await sends.get(connection, self._scope, send_id)
            if send is None or send.state is not State.REPRICED:
                return None
            if breaches := await self._limits.breaches(connection, send):
                raise OverLimitError(" ".join(breaches))
            moved = await self._journal.move(
                connection,
                send_id,
                frm={State.REPRICED},
                to=State.QUEUED,
                actor=actor,
                changes={"reason": None, "decided_by": actor, "confirmed_at": self._now()},
            )
        self._wake()
        return moved

    async def drop(self, send_id: str, *, actor: str) -> Send | None:
        """Give up a send whose price rose, or of which nobody knows what became."""
        return await self._decide(
            send_id, frm={State.REPRICED, State.UNKNOWN}, to=State.DROPPED, actor=actor
        )

    async def was_sent(self, send_id: str, *, actor: str) -> Send | None:
        """Take a person's word that an unknown send was sent."""
        return await self._decide(
            send_id,
            frm={State.UNKNOWN},
            to=State.RECONCILED,
            actor=actor,
            changes={"reason": "A person looked, and says that it was sent."},
        )

    async def expire(self) -> int:
        """End the requests for approval whose time is over; how many there were."""
        async with self._database.write() as connection:
            late = await sends.expire_approvals(
                connection, self._scope, now=self._now(), reason=_LATE
            )
            for send in late:
                await self._journal.moved(connection, send, actor=BOT)
        if late:
            self._wake()
        return len(late)

    async def _decide(
        self,
        send_id: str,
        *,
        frm: Collection[State],
        to: State,
        actor: str,
        changes: Mapping[str, object] = MappingProxyType({}),
    ) -> Send | None:
        async with self._database.write() as connection:
            moved = await self._journal.move(
                connection,
                send_id,
                frm=frm,
                to=to,
                actor=actor,
                changes={"decided_by": actor, **changes},
            )
        if moved is not None:
            self._wake()
        return moved
