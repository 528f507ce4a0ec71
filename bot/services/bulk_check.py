"""A bulk send up to the yes: each row merged and checked, batches of 1,000 built and priced."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Container
from datetime import datetime
from decimal import Decimal

from bot.clicksend import ClickSend
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services import guards, parts
from bot.services.account import AccountReader
from bot.services.channels import channel_of
from bot.services.checks import Checks
from bot.services.csv_file import CsvError, Row
from bot.services.csv_rows import PHONE, Checked, Checker, slug
from bot.services.csv_spec import Spec
from bot.services.csv_worker import CheckRows, CsvWorker
from bot.services.merging import merged
from bot.services.money import amount
from bot.services.places import country_name, region
from bot.services.rules import Rules
from bot.store import Database, Scope, bulk, csv_jobs, sends
from bot.store.csv_jobs import Job, StoredRow
from bot.store.sends import Send, State
from bot.texts import many, say

TEXT = "\u200btext"
"""Where a row keeps its merged text: no column's slug can be called so."""
_EXAMPLES = 3


class BulkPart:
    """What a bulk send does with its rows.

    Args:
        clicksend: The client.
        account: For the balance and the limit of message parts.
        checks: For who opted out.
        database: Where jobs and rows are.
        scope: Whose.
        rules: Countries, quiet hours.
        country: Of numbers without `+`.
        now: The clock.

    Attributes:
        worker: Holds the job meanwhile; set by whoever puts them together.
    """

    worker: CsvWorker

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        checks: Checks,
        database: Database,
        scope: Scope,
        *,
        rules: Rules,
        country: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._checks = checks
        self._database = database
        self._scope = scope
        self._rules = rules
        self._country = country
        self._now = now

    async def checker(self, job: Job, spec: Spec, known: Container[str]) -> CheckRows:
        """Checks number, duplicates, opt-outs, country, and the text that a row makes."""
        del known
        async with self._database.write() as connection:
            await bulk.forget_drafts(connection, self._scope, job.id)
        named = fields_of(spec)
        check = Checker(named, width=len(spec.columns), country=self._country, needs_phone=True)
        most = (await self._account.about()).most_parts
        unwilling = await self._checks.unwilling()
        allowed = self._rules.countries

        def one(row: Row) -> Checked:
            found = check.check(row)
            if found.problem:
                return found
            values = aliases(spec, found.values)
            text, missing = merged(spec.template, values)
            why = _against(
                found.key, text, missing, most=most, unwilling=unwilling, allowed=allowed
            )
            if why:
                return found._replace(problem=why)
            return found._replace(values={**found.values, TEXT: text})

        return lambda rows: [one(row) for row in rows]

    async def checked(self, job: Job, spec: Spec, good: int) -> dict[str, object]:
        """Build and price the batches; the price of the whole, and what speaks against it.

        Raises:
            ClickSendError: There is no price.
            CsvError: The balance does not cover it.
            LostHoldError: The job was stopped.
        """
        balance = await self._account.about()
        price, parts_, refused = Decimal(0), 0, 0
        kinds: Counter[str] = Counter()
        numbers: list[str] = []
        examples: list[tuple[str, str, int]] = []
        batches = -(-good // 1_000)
        for number in range(batches):
            async with self._database.read() as connection:
                rows = await csv_jobs.rows(connection, self._scope, job.id, batch=number)
            operation = operation_of_rows(spec, rows)
            quoted = await channel_of("sms.send").price(self._clicksend, operation)
            price += quoted.price
            parts_ += sum(line.parts or 0 for line in quoted.taken)
            refused += len(quoted.lines) - len(quoted.taken)
            keys = [row.key for row in rows]
            numbers += keys if self._rules.quiet else []
            found = await asyncio.to_thread(guards.recipients, "sms", keys)
            kinds.update({each.code: len(each.numbers) for each in found})
            examples += [_example(m) for m in operation.messages[: _EXAMPLES - len(examples)]]
            send = self._draft(job, spec, number, batches, operation)
            people = len(quoted.taken)
            priced = {"price": quoted.price, "currency": balance.currency, "recipients": people}
            async with self._database.write() as connection:
                await sends.add_draft(connection, self._scope, send(**priced))
            await self.worker.hold(job)
        if price > balance.amount:
            raise CsvError(
                say(
                    "It would cost {price}, and the balance is {balance}. "
                    "Recharge the account, and begin again.",
                    price=amount(price, balance.currency),
                    balance=amount(balance.amount, balance.currency),
                )
            )
        spec = spec.model_copy(
            update={
                "parts": parts_,
                "refused": refused,
                "examples": tuple(examples),
                "warnings": await self._warnings(spec, kinds, numbers),
            }
        )
        changes = {"price": price, "currency": balance.currency}
        return {**changes, "spec": spec.model_dump_json()}

    async def run(self, job: Job, spec: Spec) -> None:
        """Nothing: its batches are sends, and the worker of sends does them."""

    async def _warnings(
        self, spec: Spec, kinds: Counter[str], numbers: list[str]
    ) -> tuple[str, ...]:
        found = [_doubtful(code, count) for code, count in kinds.items()]
        found += [each.reason for each in guards.marketing(spec.template)]
        if self._rules.quiet and numbers:
            quiet = await asyncio.to_thread(
                guards.quiet_hours, numbers, self._now(), self._rules.quiet
            )
            found += [each.reason for each in quiet]
        return tuple(found)

    def _draft(
        self, job: Job, spec: Spec, number: int, batches: int, operation: SendSms
    ) -> Callable[..., Send]:
        now, send_id = self._now(), batch_id(job.id, number)
        referenced = channel_of("sms.send").referenced(operation, send_id)

        def made(*, price: Decimal, currency: str, recipients: int) -> Send:
            return Send(
                id=send_id,
                operation="sms.send",
                payload=referenced.model_dump_json(),
                state=State.DRAFT,
                actor=job.actor,
                channel=job.channel,
                recipients=recipients,
                summary=say(
                    "{number} of {batches}: {text}",
                    number=number + 1,
                    batches=batches,
                    text=spec.template,
                ),
                created_at=now,
                updated_at=now,
                seen_at=now,
                price=price,
                currency=currency,
                fingerprint=job.fingerprint,
                bulk=job.id,
            )

        return made


def fields_of(spec: Spec) -> dict[int, str]:
    """What each column is called in a row: its field, or its own name."""
    taken = set(spec.fields.values())
    own = {i: slug(name) for i, name in enumerate(spec.columns) if i not in spec.fields}
    return {**{i: name for i, name in own.items() if name and name not in taken}, **spec.fields}


def aliases(spec: Spec, values: dict[str, str]) -> dict[str, str]:
    """The fields of a row by their names and by their columns' names."""
    more = {slug(spec.columns[i]): values.get(field, "") for i, field in spec.fields.items()}
    return {**more, **values}


def batch_id(job_id: str, number: int) -> str:
    """The id of a batch's send: the same whenever it is built."""
    return hashlib.sha256(f"{job_id}:{number}".encode()).hexdigest()[:32]


def fingerprint(template: str) -> str:
    """What makes a bulk send a duplicate of another: its text, as for any SMS."""
    return hashlib.sha256(f"sms\0{template}".encode()).hexdigest()


def operation_of_rows(spec: Spec, rows: list[StoredRow]) -> SendSms:
    """The send of one batch, a message a row, in the order of the file."""
    return SendSms(
        messages=tuple(
            SmsMessage(to=row.key, body=json.loads(row.cells)[TEXT], from_=spec.sender)
            for row in rows
        )
    )


def _doubtful(code: str, count: int) -> str:
    if code == "landline":
        return many(
            "{count:,} number is a landline, which in most countries receives no text messages.",
            "{count:,} numbers are landlines, which in most countries receive no text messages.",
            count,
        )
    return many(
        "{count:,} number is no mobile number: a text message may not arrive.",
        "{count:,} numbers are no mobile numbers: a text message may not arrive.",
        count,
    )


def _example(message: SmsMessage) -> tuple[str, str, int]:
    return (message.to or "", message.body, parts.count(message.body).parts)


def _against(
    number: str,
    text: str,
    missing: tuple[str, ...],
    *,
    most: int,
    unwilling: Container[str],
    allowed: frozenset[str] | None,
) -> str | None:
    """Why a row's message is not sent."""
    if missing:
        return say("has no {names}, which the text needs", names=", ".join(missing))
    if not text.strip():
        return say("makes an empty text")
    if number in unwilling:
        return say("{field} {number} has opted out of your messages", field=PHONE, number=number)
    if allowed is not None and (country := region(number)) not in allowed:
        return say(
            "{field} {number} is in a country that is not allowed ({country})",
            field=PHONE,
            number=number,
            country=country_name(country) if country else say("unknown"),
        )
    counted = parts.count(text, most_parts=most)
    if counted.parts > most:
        return say(
            "makes a text of {parts} parts; this account sends at most {most}",
            parts=counted.parts,
            most=most,
        )
    return None
