"""What speaks against a send: the guards, with what they need to know fetched for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend
from bot.clicksend.operations.contacts import ListContacts
from bot.services import guards
from bot.services.account import AccountReader
from bot.services.channels import SendOperation, channel_of, operation_of
from bot.services.guards import Earlier, Finding
from bot.services.rules import Rules
from bot.store import Database, Scope, ledger, opt_outs
from bot.store.sends import Send

_FRESH = timedelta(minutes=5)


class Checks:
    """Runs the guards.

    Args:
        clicksend: For the contacts who opted out.
        account: For the account's limit of message parts.
        database: For who said STOP.
        scope: Whose sends are compared.
        rules: What is set.
        now: The clock.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        rules: Rules,
        now: Callable[[], datetime],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._database = database
        self._scope = scope
        self._rules = rules
        self._now = now
        self._opted_out: tuple[datetime, frozenset[str]] | None = None

    async def findings(self, operation: SendOperation) -> tuple[Finding, ...]:
        """Everything but duplicates.

        Raises:
            ClickSendError: What is needed to know could not be read.
        """
        channel = channel_of(operation.route.id)
        recipients = channel.recipients(operation)
        numbers = channel.numbers(operation)
        at = channel.schedule(operation) or self._now()
        quiet = self._rules.quiet
        found = [
            *(guards.recipients(channel.kind, numbers) if numbers else ()),
            *guards.countries(numbers, self._rules.countries),
            *guards.opted_out(numbers, await self.unwilling() | await self._said_stop(numbers)),
            *(guards.quiet_hours(numbers, at, quiet) if quiet else ()),
        ]
        for body in channel.sms_texts(operation):
            found += guards.text(body, (await self._account.about()).most_parts)
            found += guards.marketing(body) if len(numbers) < len(recipients) else []
        return tuple(found)

    async def duplicates(
        self, connection: AsyncConnection, send: Send, *, since: datetime | None = None
    ) -> tuple[Finding, ...]:
        """Whether the same went to the same numbers lately.

        Args:
            connection: Any connection.
            send: What is to be sent.
            since: Only what was sent after the person last saw the warnings.
        """
        window = self._rules.duplicates
        if not window or send.fingerprint is None:
            return ()
        now = self._now()
        earlier = await ledger.earlier(
            connection,
            self._scope,
            fingerprint=send.fingerprint,
            since=max(since or now - window, now - window),
            but=[send.id, *([send.previous] if send.previous else [])],
        )
        mine = channel_of(send.operation).recipients(operation_of(send))
        return tuple(guards.duplicates(mine, [_earlier(each, send) for each in earlier], now))

    async def opted_out(
        self, connection: AsyncConnection, operation: SendOperation
    ) -> tuple[Finding, ...]:
        """Whether somebody said STOP to us, by what is stored at this instant.

        Args:
            connection: Any connection.
            operation: What is to be sent.
        """
        numbers = channel_of(operation.route.id).numbers(operation)
        out = await opt_outs.among(connection, self._scope, numbers)
        return tuple(guards.opted_out(numbers, out))

    async def _said_stop(self, numbers: tuple[str, ...]) -> frozenset[str]:
        async with self._database.read() as connection:
            return await opt_outs.among(connection, self._scope, numbers)

    async def unwilling(self) -> frozenset[str]:
        """The numbers of the contacts who opted out, kept for five minutes."""
        if self._rules.opt_out_list is None:
            return frozenset()
        kept = self._opted_out
        if kept and self._now() - kept[0] < _FRESH:
            return kept[1]
        listing = ListContacts(list_id=self._rules.opt_out_list)
        async with aclosing(self._clicksend.pages(listing)) as contacts:
            found = frozenset(
                [c.phone_number async for c in contacts if c.phone_number is not None]
            )
        self._opted_out = (self._now(), found)
        return found


def _earlier(earlier: Send, send: Send) -> Earlier:
    recipients = channel_of(earlier.operation).recipients(operation_of(earlier))
    return Earlier(
        actor=earlier.actor,
        at=earlier.confirmed_at or earlier.created_at,
        numbers=recipients,
        same_person=earlier.actor == send.actor,
    )
