"""What people decide of a send after the yes: undo it, approve it, pay a risen price, settle it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.account import AccountReader
from bot.services.channels import channel_of, operation_of
from bot.services.checks import Checks
from bot.services.guards import Finding, Level
from bot.services.journal import BOT, Journal
from bot.services.money import amount
from bot.services.rules import Rules
from bot.services.sending import IN_SPITE, Limits
from bot.store import Database, Scope, ledger, sends
from bot.store.sends import Send, State
from bot.texts import Phrase, say

_LATE = Phrase("Nobody approved it in time.")


class OverLimitError(Exception):
    """A limit forbids it; the text says which and what to do, plain text. Nothing changed."""


class AskAgainError(Exception):
    """Something came up since the last yes; nothing changed, and a yes in spite of it counts."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(" ".join(finding.reason for finding in findings))
        self.findings = findings


class Decisions:
    """Each decision is one conditional write: it counts once, and the second press is told so.

    Args:
        database: Where the sends are.
        scope: Whose.
        journal: Moves them.
        limits: The limits of people, channels and the workspace.
        checks: The warnings.
        account: For the balance.
        rules: When a second person has to say yes.
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
        checks: Checks,
        account: AccountReader,
        rules: Rules,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._scope = scope
        self._journal = journal
        self._limits = limits
        self._checks = checks
        self._account = account
        self._rules = rules
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

    async def approve(
        self,
        send_id: str,
        *,
        actor: str,
        knowing: Collection[str] = (),
        since: datetime | None = None,
    ) -> Send | None:
        """Say the second yes; None when it was decided before, or by whom it may not be.

        What may have changed since it was asked for is looked at again; what the first person said
        yes to in spite of is known already.

        Args:
            send_id: Which.
            actor: Who; never who asked for it.
            knowing: The codes of the findings in spite of which they say yes.
            since: When they saw those; None: they saw none.

        Raises:
            OverLimitError: A limit, the balance or somebody's STOP forbids it now.
            AskAgainError: Something speaks against it that did not before.
            ClickSendError: What is needed to know could not be read; nothing changed.
        """
        async with self._database.read() as connection:
            asked = await sends.get(connection, self._scope, send_id)
        if asked is None or asked.state is not State.APPROVAL or asked.actor == actor:
            return None
        known = {*knowing, *_in_spite_of(asked)}
        found = await self._checks.findings(operation_of(asked))
        await self._afford(asked)
        async with self._database.write() as connection:
            await ledger.lock(connection)
            send = await sends.get(connection, self._scope, send_id)
            now = self._now()
            if send is None or send.actor == actor or not send.expires_at or send.expires_at <= now:
                return None
            blocked = [f for f in found if f.level is Level.BLOCK]
            await self._allowed(connection, send, blocked)
            new = [f for f in found if f.level is Level.WARN and f.code not in known]
            new += await self._checks.duplicates(connection, send, since=since or send.seen_at)
            if new:
                raise AskAgainError(tuple(new))
            moved = await self._journal.move(
                connection,
                send_id,
                frm={State.APPROVAL},
                to=State.QUEUED,
                actor=actor,
                changes={"decided_by": actor, "seen_at": now, "confirmed_at": now},
            )
        self._wake()
        return moved

    async def refuse(self, send_id: str, *, actor: str, reason: str) -> Send | None:
        """Say no, with a reason; None when it was decided before."""
        return await self._decide(
            send_id, frm={State.APPROVAL}, to=State.DENIED, actor=actor, changes={"reason": reason}
        )

    async def pay(self, send_id: str, *, actor: str, price: Decimal) -> Send | None:
        """Say yes to the risen price; None when it was decided before, or has risen again.

        The limits count it anew, and duplicates and STOPs are looked for: since the first yes
        others may have sent.

        Args:
            send_id: Which.
            actor: Who; where it needs a second person's yes now, not who asked for it.
            price: The one they saw.

        Raises:
            OverLimitError: A limit, somebody's STOP or the lack of a second person forbids it now.
            AskAgainError: Somebody sent the same in the meantime; the next yes counts.
        """
        async with self._database.write() as connection:
            await ledger.lock(connection)
            send = await sends.get(connection, self._scope, send_id)
            if send is None or send.state is not State.REPRICED or send.price != price:
                return None
            self._second(send, actor)
            stopped = await self._checks.opted_out(connection, operation_of(send))
            await self._allowed(connection, send, stopped)
            now = self._now()
            same = await self._checks.duplicates(connection, send, since=send.seen_at)
            if same:
                await sends.change(
                    connection, self._scope, send_id, state=State.REPRICED, seen_at=now
                )
            moved = None if same else await self._paid(connection, send_id, actor)
        if same:
            raise AskAgainError(same)
        self._wake()
        return moved

    async def _paid(self, connection: AsyncConnection, send_id: str, actor: str) -> Send | None:
        return await self._journal.move(
            connection,
            send_id,
            frm={State.REPRICED},
            to=State.QUEUED,
            actor=actor,
            changes={"reason": None, "decided_by": actor, "confirmed_at": self._now()},
        )

    async def _allowed(
        self, connection: AsyncConnection, send: Send, blocked: Sequence[Finding]
    ) -> None:
        """Look at what no yes can allow.

        Raises:
            OverLimitError: There is something.
        """
        reasons = [f.reason for f in blocked] or await self._limits.breaches(connection, send)
        if reasons:
            raise OverLimitError(" ".join(reasons))

    def _second(self, send: Send, actor: str) -> None:
        """Look whether who asked for it may pay its risen price alone.

        Raises:
            OverLimitError: They may not.
        """
        price, currency = send.price or Decimal(0), send.currency or ""
        why = self._rules.approval_because(price, currency, send.recipients)
        if why and actor == send.actor:
            raise OverLimitError(
                say("An admin has to say this yes in your place, because {why}.", why=why)
            )

    async def _afford(self, send: Send) -> None:
        """Look at the balance.

        Raises:
            OverLimitError: It does not cover the send.
        """
        price = send.price or Decimal(0)
        if not channel_of(send.operation).traits.from_balance:
            return
        balance = await self._account.balance(fresh=True)
        if balance.amount < price:
            left, costs = amount(balance.amount, balance.currency), amount(price, balance.currency)
            raise OverLimitError(
                say(
                    "The balance ({left}) does not cover it ({costs}). Recharge the account first.",
                    left=left,
                    costs=costs,
                )
            )

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
            changes={"reason": say("A person looked, and says that it was sent.")},
        )

    async def expire(self) -> int:
        """End the requests for approval whose time is over; how many there were."""
        async with self._database.write() as connection:
            late = await sends.expire_approvals(
                connection, self._scope, now=self._now(), reason=str(_LATE)
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


def _in_spite_of(send: Send) -> frozenset[str]:
    """The codes of the warnings in spite of which the first yes was said."""
    said = next((p for p in (send.rule or "").split("; ") if p.startswith(IN_SPITE)), "")
    return frozenset(said.removeprefix(IN_SPITE).split(", "))
