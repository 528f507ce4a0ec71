"""The rules at ClickSend without which nothing comes in: looked at, made, and tried out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend, Operation
from bot.clicksend.operations.sms import CreateTestInboundSms, CreateTestSmsReceipt
from bot.clicksend.operations.sms_inbound_rules import WebhookType
from bot.clicksend.paging import Page
from bot.clicksend.rules import Rule, RuleAction
from bot.services import automations, rule_words
from bot.store import Database, Scope, audit, kept
from bot.texts import Phrase, say

_PUSHED, _POLLED = Phrase("pushed"), Phrase("kept for polling")
NAME: Final = "clicksend-slack"
SECRET: Final = "webhook_secret"
_TRIES, _PAUSE = 40, 0.5


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of thing that comes in.

    Attributes:
        rules: The family of rules that decides about it.
        path: Where it is pushed, below the webhooks' address.
        polled: Whether there is a list to poll, too.
    """

    rules: automations.Family
    path: str
    polled: bool = True

    @property
    def what(self) -> Phrase:
        """In words."""
        return self.rules.what

    @property
    def is_needed(self) -> bool:
        """Whether every account has it; calls and faxes many have none of."""
        return self.path.endswith("/sms")

    def make(self, action: RuleAction, address: str) -> Operation[Any]:
        """The operation that makes the rule the bot needs; of Any, as each family's is its own."""
        return automations.creation(
            automations.Wish(
                family=self.rules,
                name=f"{NAME} {action.value.lower()}",
                action=action,
                address=address,
                webhook=WebhookType.JSON if action is RuleAction.URL else None,
            )
        )


FAMILIES: Final = (
    Family(automations.Family.SMS_IN, "inbound/sms"),
    Family(automations.Family.SMS_RECEIPT, "receipts/sms"),
    Family(automations.Family.VOICE_RECEIPT, "receipts/voice"),
    Family(automations.Family.FAX_RECEIPT, "receipts/fax"),
    Family(automations.Family.FAX_IN, "inbound/fax", polled=False),
)
USES: Final = (
    *(f"{family}.list" for family in ("sms_inbound_rules", "sms_receipt_rules")),
    *(f"{family}.list" for family in ("voice_receipt_rules", "fax_receipt_rules")),
    *("fax_inbound_rules.list", "sms_inbound_rules.create", "sms_receipt_rules.create"),
    *("voice_receipt_rules.create", "fax_receipt_rules.create", "fax_inbound_rules.create"),
    *("sms.create_test_receipt", "sms.create_test_inbound"),
)
"""The operations that setting up runs."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How one family stands.

    Attributes:
        family: Which.
        polled: Whether a rule has it kept for polling; None where there is nothing to poll.
        pushed: Whether a rule pushes it to us; None where the bot has no public address.
        others: The other rules that are on, in words, without any secret.
    """

    family: Family
    polled: bool | None
    pushed: bool | None
    others: tuple[str, ...]

    @property
    def missing(self) -> tuple[RuleAction, ...]:
        """The rules that should be made."""
        return (
            *([RuleAction.POLL] if self.polled is False else []),
            *([RuleAction.URL] if self.pushed is False else []),
        )

    @property
    def is_deaf(self) -> bool:
        """Whether nothing of it reaches the bot at all."""
        return not self.polled and not self.pushed


class Hooks:
    """Sets up what comes in.

    Args:
        clicksend: The client.
        database: Where it is kept that a test arrived.
        scope: Whose.
        public_url: The setting PUBLIC_URL.
        secret: What stands in the webhooks' address.
        path: Where the webhooks are, below the public address.
        now: The clock.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        public_url: str | None,
        secret: str,
        path: str,
        now: Callable[[], datetime],
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._secret = secret
        self._base = f"{public_url}{path}/{secret}" if public_url else None
        self._now = now

    @property
    def is_public(self) -> bool:
        """Whether ClickSend can push to the bot."""
        return self._base is not None

    async def state(self) -> list[Rules]:
        """How each family stands.

        Raises:
            ClickSendError: The rules could not be read.
        """
        return [await self._state(family) for family in FAMILIES]

    async def _state(self, family: Family) -> Rules:
        listing: Operation[Page[Rule]] = automations.listing(family.rules)
        async with aclosing(self._clicksend.pages(listing)) as items:
            found: list[Rule] = [each async for each in items if each.enabled]
        address = f"{self._base}/{family.path}" if self._base else None
        polls = [each for each in found if each.action == RuleAction.POLL]
        ours = [each for each in found if address and each.action_address == address]
        rest = [each for each in found if each not in polls and each not in ours]
        return Rules(
            family,
            polled=bool(polls) if family.polled else None,
            pushed=bool(ours) if address else None,
            others=tuple(_shown(family.rules, each) for each in rest),
        )

    async def create(self, *, actor: str) -> list[str]:
        """Make the rules that are missing; each is audited.

        Args:
            actor: Who wants it, a Slack user id.

        Returns:
            What was made, in words.

        Raises:
            ClickSendError: Not all of them could be made; the next time makes the others.
        """
        made = []
        for rules in await self.state():
            for action in rules.missing:
                address = f"{self._base}/{rules.family.path}" if action is RuleAction.URL else ""
                operation = rules.family.make(action, address)
                await self._clicksend.run(operation)
                how = _PUSHED if action is RuleAction.URL else _POLLED
                made.append(f"{rules.family.what}: {how}")
                await self._record(operation.route.id, rules.family.what.text, how.text, actor)
        return made

    async def verify(self) -> Mapping[str, bool]:
        """Have ClickSend push a test of each kind to the public address, and wait for it.

        Returns:
            Whether each arrived, by what it is; empty where the bot has no public address.

        Raises:
            ClickSendError: ClickSend could not be asked for a test.
        """
        if self._base is None:
            return {}
        tests: Sequence[tuple[str, Callable[[str], Operation[Any]]]] = (
            (say("a test receipt"), lambda url: CreateTestSmsReceipt(url=url)),
            (say("a test message"), lambda url: CreateTestInboundSms(url=url)),
        )
        arrived = {}
        for what, operation in tests:
            token = secrets.token_urlsafe(16)
            await self._clicksend.run(operation(f"{self._base}/test/{token}"))
            arrived[what] = await self._came(token)
        return arrived

    async def _came(self, token: str) -> bool:
        """Whether a test came back, to whichever process: within 20 seconds."""
        for _ in range(_TRIES):
            async with self._database.read() as connection:
                if await kept.get(connection, self._scope, f"test:{token}"):
                    break
            await asyncio.sleep(_PAUSE)
        else:
            return False
        async with self._database.write() as connection:
            await kept.drop(connection, self._scope, f"test:{token}")
        return True

    def probe(self) -> tuple[str, str] | None:
        """An address of ours that only has to answer, and its token; None without a public one."""
        token = secrets.token_urlsafe(16)
        return (f"{self._base}/test/{token}", token) if self._base else None

    async def forget(self, token: str) -> bool:
        """Drop a test; whether it had arrived."""
        async with self._database.write() as connection:
            found = await kept.get(connection, self._scope, f"test:{token}")
            await kept.drop(connection, self._scope, f"test:{token}")
        return found is not None

    async def _record(self, operation: str, what: str, how: str, actor: str) -> None:
        async with self._database.write() as connection:
            await audit.add(
                connection,
                self._scope,
                at=self._now(),
                actor=actor,
                action=f"{operation} done",
                subject=what,
                detail={"how": how},
            )


def _shown(family: automations.Family, rule: Rule) -> str:
    """A rule in words; of an address it keeps the host alone, as its path may be a secret."""
    words = rule_words.sentence(automations.found(family, rule).wish)
    name = rule.rule_name or say("a rule")
    return f"{name}: {words}"


async def secret_of(database: Database, scope: Scope, given: str | None, *, at: datetime) -> str:
    """The secret in the webhooks' address: the setting, or one made once and kept.

    Args:
        database: Where it is kept, so that every replica and every restart has the same.
        scope: Whose.
        given: The setting WEBHOOK_SECRET.
        at: Now.
    """
    if given:
        return given
    async with database.write() as connection:
        return await made_secret(connection, scope, at=at)


async def made_secret(connection: AsyncConnection, scope: Scope, *, at: datetime) -> str:
    """The secret that is kept; one is made where there is none yet."""
    await kept.put_new(connection, scope, SECRET, secrets.token_urlsafe(32), at=at)
    found = await kept.get(connection, scope, SECRET)
    return found[0] if found else secrets.token_urlsafe(32)
