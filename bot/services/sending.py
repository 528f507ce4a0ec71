"""The send pipeline up to the yes: a draft with its price and warnings, then the work.

A draft is stored with the price the person saw; the yes turns it into work, or into a request for
approval, committed before it is acknowledged. The worker does the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend
from bot.services import notices
from bot.services.account import AccountReader
from bot.services.channels import SendOperation, channel_of, operation_of
from bot.services.checks import Checks
from bot.services.drafts import Confirmation, Draft, Outcome, Quote, new_id
from bot.services.guards import Finding, Level
from bot.services.journal import Journal
from bot.services.rules import Rules
from bot.store import Database, Scope, deliveries, ledger, sends
from bot.store.deliveries import SentMessage
from bot.store.sends import Send, State
from bot.texts import Phrase, say

__all__ = ["IN_SPITE", "Confirmation", "Draft", "Limits", "Outcome", "Quote", "Sending", "new_id"]

IN_SPITE = "in spite of "
"""In a send's `rule`: goes before the codes of the warnings that were shown."""
_RETRIED = Phrase("It was tried again for these already, see `/clicksend history`.")
_ONCE = Phrase("You said yes to this one, in another form of yours, and it is sent once only.")
_CHANGED = Phrase("Somebody is changing this scheduled message already.")


class Limits(Protocol):
    """Says what a send would exceed."""

    async def breaches(self, connection: AsyncConnection, send: Send) -> tuple[str, ...]:
        """The limits that forbid it, each in words.

        Args:
            connection: The transaction in which it is confirmed.
            send: The draft.
        """


class Sending:
    """Prices drafts and takes the yes.

    Args:
        clicksend: The client.
        account: For the balance.
        database: Where drafts are kept.
        scope: Whose they are.
        checks: The warnings.
        limits: The limits of people, channels and the workspace.
        journal: Moves the sends.
        rules: When a second person is asked, and for how long a send can be undone.
        now: The clock.
        wake: Called when there is work.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        checks: Checks,
        limits: Limits,
        journal: Journal,
        rules: Rules,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._database = database
        self._scope = scope
        self._checks = checks
        self._limits = limits
        self._journal = journal
        self._rules = rules
        self._now = now
        self._wake = wake

    async def quote(self, draft: Draft) -> Quote:
        """Ask for the price and the balance, look for what speaks against it, keep the draft.

        Raises:
            ClickSendError: There is no price; nothing was sent or charged, nothing is kept.
        """
        began = self._now()  # what came up from here on is looked for again at the yes
        channel = channel_of(draft.operation.route.id)
        balance = await self._account.about()
        priced = await channel.price(self._clicksend, draft.operation)
        people = priced.people
        quote = Quote(
            price=priced.price,
            currency=balance.currency,
            balance=balance.amount,
            recipients=people,
            parts=sum(line.parts or 0 for line in priced.taken),
            refused=tuple(line for line in priced.lines if not line.accepted),
            findings=await self._findings(draft),
            approval=self._rules.approval_because(priced.price, balance.currency, people),
            too_much=priced.problem,
            from_balance=channel.traits.from_balance,
            sample=priced.sample,
        )
        if quote.problem is None and not await self._keep(draft, quote, began):
            return replace(quote, taken=True)
        return quote

    async def confirm(self, draft_id: str, *, actor: str) -> Confirmation:
        """Take a person's yes: durable when this returns, and counted once.

        Args:
            draft_id: Of a draft that was priced.
            actor: Who says yes; must be who drafted it.
        """
        async with self._database.write() as connection:
            await ledger.lock(connection)
            send = await sends.get(connection, self._scope, draft_id)
            if send is None or send.actor != actor:
                return Confirmation(Outcome.GONE)
            if send.state is not State.DRAFT:
                return Confirmation(Outcome.ALREADY)
            against = await self._against(connection, send)
            if against is not None:
                return against
            moved = await self._begin(connection, send)
        if moved is None:
            return Confirmation(Outcome.ALREADY)
        self._wake()
        if moved.state is State.APPROVAL:
            return Confirmation(Outcome.APPROVAL)
        return Confirmation(Outcome.HELD if moved.not_before else Outcome.QUEUED)

    async def _against(self, connection: AsyncConnection, send: Send) -> Confirmation | None:
        """What came up since the person saw the price."""
        before = await self._repeated(connection, send)
        if await self._is_elsewhere(connection, send, before):
            return Confirmation(Outcome.SETTLED, words=str(_ONCE))
        same = await self._checks.duplicates(
            connection, send, since=send.seen_at or send.created_at
        )
        if same:
            await sends.change(
                connection, self._scope, send.id, state=State.DRAFT, seen_at=self._now()
            )
            return Confirmation(Outcome.DUPLICATE, same)
        stopped = await self._checks.opted_out(connection, operation_of(send))
        forbidden = [f.reason for f in stopped] or await self._limits.breaches(connection, send)
        if forbidden:
            return Confirmation(Outcome.LIMITED, words=" ".join(forbidden))
        if send.replaces and await sends.replaced_by_another(
            connection,
            self._scope,
            send.replaces.rstrip(sends.CANCEL_ASKED),
            but=[send.id, *([before.id] if before else [])],
        ):
            return Confirmation(Outcome.SETTLED, words=str(_CHANGED))
        if before and not await self._settled(connection, send, before):
            return Confirmation(Outcome.SETTLED)
        return await self._retried(connection, send, before) if before else None

    async def _retried(
        self, connection: AsyncConnection, send: Send, before: Send
    ) -> Confirmation | None:
        """Take the recipients for whom it failed; whose they are, when somebody has them already.

        A scheduled message that is moved to another hour has none that failed.
        """
        if send.replaces or before.state not in {State.SENT, State.RECONCILED}:
            return None
        recipients = channel_of(send.operation).recipients(operation_of(send))
        other = await deliveries.take_retry(
            connection, self._scope, before.id, by=send.id, recipients=recipients
        )
        if other is None:
            await self._journal.tell(connection, notices.SendChanged(send_id=before.id))
            return None
        found = await sends.get(connection, self._scope, other)
        return Confirmation(Outcome.SETTLED, words=str(_RETRIED), by=found.actor if found else "")

    async def _repeated(self, connection: AsyncConnection, send: Send) -> Send | None:
        """The send that this one repeats, past the drafts that were changed or made better."""
        before, seen = send, {send.id}
        while before.previous is not None and before.previous not in seen:
            seen.add(before.previous)
            found = await sends.get(connection, self._scope, before.previous)
            if found is None or found.state is not State.DRAFT:
                return found
            before = found
        return None

    async def _is_elsewhere(
        self, connection: AsyncConnection, send: Send, before: Send | None
    ) -> bool:
        """Whether a yes was said, since its price was asked, to what this draft was made of.

        Or to what was made of it: two forms of one draft can be open at once, such as on a
        computer and on a phone.
        """
        if before and before.confirmed_at and before.confirmed_at > send.created_at:
            return True
        return await sends.overtaken(connection, self._scope, send.id)

    async def _settled(self, connection: AsyncConnection, send: Send, before: Send) -> bool:
        """Give up the unknown send that this one repeats; False when somebody settled it first."""
        if before.asked_at is None:
            return True
        if before.state is not State.UNKNOWN:
            return before.updated_at < send.created_at  # settled before anybody wanted to repeat it
        dropped = await self._journal.move(
            connection,
            before.id,
            frm={State.UNKNOWN},
            to=State.DROPPED,
            actor=send.actor,
            changes={"decided_by": send.actor, "reason": say("It is sent again.")},
        )
        return dropped is not None

    async def _begin(self, connection: AsyncConnection, send: Send) -> Send | None:
        """Make a draft work, or a request for approval."""
        now, rules = self._now(), self._rules
        why = rules.approval_because(send.price or Decimal(0), send.currency or "", send.recipients)
        if why:
            to = State.APPROVAL
            more: dict[str, object] = {"expires_at": now + rules.approval_time}
            because = say("approval because {why}", why=why)
            more["rule"] = "; ".join(filter(None, [send.rule, because]))
        else:
            to, more = State.QUEUED, {"not_before": now + rules.undo if rules.undo else None}
        return await self._journal.move(
            connection,
            send.id,
            frm={State.DRAFT},
            to=to,
            actor=send.actor,
            changes={"confirmed_at": now, **more},
        )

    async def draft(self, draft_id: str) -> tuple[Send, SendOperation] | None:
        """A send with its operation; None when there is none of this id."""
        async with self._database.read() as connection:
            send = await sends.get(connection, self._scope, draft_id)
        return (send, operation_of(send)) if send else None

    async def report(self, send_id: str) -> tuple[Send, list[SentMessage]] | None:
        """A send and what became of each recipient."""
        async with self._database.read() as connection:
            send = await sends.get(connection, self._scope, send_id)
            if send is None:
                return None
            return send, await deliveries.of_send(connection, self._scope, send_id)

    async def recent(self, *, limit: int, offset: int = 0) -> list[Send]:
        """The newest sends first."""
        async with self._database.read() as connection:
            return await sends.recent(connection, self._scope, limit=limit, offset=offset)

    async def _findings(self, draft: Draft) -> tuple[Finding, ...]:
        found = [
            *(Finding("note", Level.NOTE, note) for note in draft.notes),
            *await self._checks.findings(draft.operation),
        ]
        async with self._database.read() as connection:
            same = await self._checks.duplicates(connection, self._row(draft))
        return (*found, *same)

    async def _keep(self, draft: Draft, quote: Quote, began: datetime) -> bool:
        """Keep a draft; False when another one, or one that was said yes to, has its id."""
        send = replace(self._row(draft, quote), created_at=began, seen_at=began)
        async with self._database.write() as connection:
            if await sends.add_draft(connection, self._scope, send):
                return True
            kept = await sends.get(connection, self._scope, send.id)
        same = kept is not None and (kept.payload, kept.actor) == (send.payload, send.actor)
        return same and kept is not None and kept.state is State.DRAFT and kept.price == send.price

    def _row(self, draft: Draft, quote: Quote | None = None) -> Send:
        """A draft as it is stored."""
        now = self._now()
        channel = channel_of(draft.operation.route.id)
        operation = channel.referenced(draft.operation, draft.id)
        codes = sorted({f.code for f in quote.findings if f.level is Level.WARN}) if quote else []
        return Send(
            id=draft.id,
            operation=operation.route.id,
            payload=operation.model_dump_json(),
            state=State.DRAFT,
            actor=draft.actor,
            channel=draft.channel,
            recipients=quote.recipients if quote else 0,
            summary=draft.summary,
            created_at=now,
            updated_at=now,
            seen_at=now,
            price=quote.price if quote else None,
            currency=quote.currency if quote else None,
            previous=draft.previous,
            replaces=draft.replaces,
            thread_ts=draft.thread_ts,
            scheduled_for=channel.schedule(operation),
            fingerprint=draft.fingerprint,
            rule=f"{IN_SPITE}{', '.join(codes)}" if codes else None,
        )
