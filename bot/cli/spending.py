"""`clicksend-slack api` for what spends: the way of every send, with the yes at the terminal.

The row is durable from the yes on. If a bot lives on the database it does the send, and its outcome
is waited for here; if none does, it is done here, under the lock that keeps a bot from starting. A
kill at any instant neither loses nor repeats it: what the row says is what the next bot goes by.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import JsonValue
from sqlalchemy.exc import SQLAlchemyError

from bot.cli import printing, terminal
from bot.cli.arguments import UsageError
from bot.cli.interrupting import unless_stopped, wish_to_stop
from bot.cli.pipeline import Pipeline, actor, now, opened
from bot.cli.terminal import FAILED, USAGE, WAITS, stop
from bot.clicksend import ClickSendError, Operation
from bot.clicksend.fields import EFFECTS
from bot.clicksend.shown import shown_request
from bot.services import api_drafts
from bot.services.channels import ACCEPTED, SendOperation, channel_of
from bot.services.guards import Finding, Level
from bot.services.journal import CLI
from bot.services.money import amount
from bot.services.sending import Confirmation, Draft, Outcome, Quote, new_id
from bot.settings_cli import CliSettings
from bot.store import SchemaError
from bot.store.deliveries import SentMessage
from bot.store.sends import Send, State

_T = TypeVar("_T")
_LOOK = 0.25
_GRACE = 5.0
"""Seconds that a bot on PostgreSQL gets to take a send, before it is done here."""
_OPEN = frozenset({State.QUEUED, State.SENDING})
_DONE = frozenset({State.SENT, State.RECONCILED})
_ELSEWHERE = "It is kept; see `/clicksend history` in Slack for how it goes."
_UNSENT = "Interrupted. Nothing was sent or charged."
_WHY_NOT = {
    Outcome.GONE: "Nothing was sent or charged: the draft is gone.",
    Outcome.ALREADY: f"It was said yes to before. {_ELSEWHERE}",
    Outcome.SETTLED: "Nothing was sent or charged: somebody settled it in the meantime.",
}


@dataclass(frozen=True, slots=True)
class Report:
    """A send as it stands, and what became of each recipient."""

    send: Send
    messages: tuple[SentMessage, ...]

    def as_json(self) -> dict[str, JsonValue]:
        """The outcome, in the wire's names where it has some."""
        send = self.send
        return {
            "send_id": send.id,
            "operation": send.operation,
            "state": send.state.value,
            "reason": send.reason,
            "quoted_price": None if send.price is None else str(send.price),
            "total_price": None if send.total is None else str(send.total),
            "currency": send.currency,
            "messages": [
                {
                    "to": message.recipient,
                    "status": message.status,
                    "message_id": message.message_id,
                    "message_price": None if message.price is None else str(message.price),
                    "message_parts": message.parts,
                }
                for message in self.messages
            ],
        }

    @property
    def not_taken(self) -> tuple[str, ...]:
        """The status of each recipient that ClickSend did not take."""
        return tuple(each.status for each in self.messages if each.status != ACCEPTED)


def perform(settings: CliSettings, operation: Operation[Any], *, yes: bool, anyway: bool) -> Report:
    """Price it, ask, send it once, wait for how it ends.

    Args:
        settings: Complete and checked.
        operation: What spends.
        yes: Do not ask.
        anyway: In spite of what speaks against it.

    Returns:
        How it ended, or stands where it waits for a second person or for the bot.

    Raises:
        typer.Exit: It was not sent; why was said.
    """
    if not yes and not terminal.is_there():
        raise UsageError(
            f"{operation.route.id} {EFFECTS[operation.route.effect]}, and nobody is here to be "
            "asked: there is no terminal. Nothing was done. If you mean it, add --yes."
        )
    draft = _draft(settings, operation)
    try:
        quote = kept(_priced(settings, draft))
        if quote.problem:
            stop(FAILED, f"{quote.problem} Nothing was sent or charged.")
        _agreed(settings, draft, quote, yes=yes, anyway=anyway)
    except ClickSendError as error:
        stop(FAILED, "There is no price, so nothing was sent or charged.", *printing.cause(error))
    except KeyboardInterrupt:
        stop(FAILED, _UNSENT)
    return kept(_carried_out(settings, draft.id))


def end(report: Report) -> None:
    """Say how it ended, and end with the exit code for it; return where all went well.

    Raises:
        typer.Exit: It was not sent, not to all, or not yet.
    """
    send, reason = report.send, report.send.reason or ""
    if send.state in _DONE and not report.not_taken:
        return
    if send.state in _DONE:
        counted = ", ".join(dict.fromkeys(report.not_taken))
        stop(FAILED, f"ClickSend did not take {len(report.not_taken)} of it: {counted}.")
    if send.state is State.UNKNOWN:
        stop(FAILED, reason, printing.may_have(send.operation), f"It is kept as {send.id}.")
    if send.state is State.APPROVAL:
        asked = "A second person is asked in Slack to approve it."
        stop(WAITS, asked, f"Nothing is sent or charged until then. {_ELSEWHERE}")
    if send.state in _OPEN:
        stop(WAITS, f"It is not settled yet ({send.state.value}). {reason} {_ELSEWHERE}")
    stop(FAILED, f"{reason} Nothing was sent or charged.".strip())


def _draft(settings: CliSettings, operation: Operation[Any]) -> Draft:
    """A draft that the pipeline takes.

    Raises:
        UsageError: What is wrong with it.
    """
    send: SendOperation = operation
    found = api_drafts.ready(send, country=settings.default_country, now=now())
    if isinstance(found, str):
        raise UsageError(f"{operation.route.id}: {found}. Nothing was sent or charged.")
    return Draft(new_id(), actor(), CLI, found, api_drafts.summary(found))


def kept(work: Coroutine[Any, Any, _T]) -> _T:
    """Run it; without a place to keep the send nothing is sent."""
    try:
        return asyncio.run(work)
    except SchemaError as error:
        stop(USAGE, f"Nothing was done: {error}.")
    except (SQLAlchemyError, OSError) as error:
        why = str(error).splitlines()[0]
        stop(USAGE, f"DATABASE_URL: the database cannot be used ({why}).", _UNSURE)


_UNSURE = "Before the yes nothing was done; after it, look in ClickSend before you repeat it."


async def _priced(settings: CliSettings, draft: Draft) -> Quote:
    async with opened(settings) as pipeline:
        return await pipeline.sending.quote(draft)


async def _carried_out(settings: CliSettings, draft_id: str) -> Report:
    stopped = wish_to_stop()
    async with opened(settings) as pipeline:
        answer = await pipeline.sending.confirm(draft_id, actor=actor())
        if answer.outcome not in {Outcome.QUEUED, Outcome.HELD, Outcome.APPROVAL}:
            stop(FAILED, *_no(answer))
        await _settle(pipeline, draft_id, stopped)
        report = await _report(pipeline, draft_id)
        if report.send.state is State.REPRICED:
            await pipeline.decisions.drop(draft_id, actor=actor())
        return report


async def _settle(pipeline: Pipeline, send_id: str, stopped: asyncio.Event) -> None:
    """Wait until it is over; do it here where no bot lives to do it."""
    began = time.monotonic()
    while (send := (await _report(pipeline, send_id)).send).state in _OPEN:
        waited = time.monotonic() - began
        if stopped.is_set():
            stop(FAILED, *await _interrupted(pipeline, send_id))
        if waited > pipeline.patience.total_seconds():
            return
        due = send.not_before is None or send.not_before <= now()
        mine = send.state is State.QUEUED and due
        if not (mine and await _done_here(pipeline, send_id, waited, stopped)):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _LOOK)


async def _done_here(
    pipeline: Pipeline, send_id: str, waited: float, stopped: asyncio.Event
) -> bool:
    """Do it, unless a bot lives; the claim is its own guard where nothing tells (PostgreSQL)."""
    database = pipeline.database
    is_ours = database.take()
    if not is_ours and not (database.is_shared and waited > _GRACE):
        return False
    try:
        work = pipeline.worker.work_on(send_id)
        operation = (await _report(pipeline, send_id)).send.operation
        await unless_stopped(work, stopped, lambda: _in_between(operation, send_id))
    finally:
        if is_ours:
            database.give_back()
    return True


async def _interrupted(pipeline: Pipeline, send_id: str) -> list[str]:
    """What to say after Ctrl+C: what was not taken up yet is withdrawn."""
    if await pipeline.decisions.undo(send_id, actor=actor()):
        return ["Interrupted, and withdrawn: nothing was sent or charged."]
    send = (await _report(pipeline, send_id)).send
    if send.state in {State.SENDING, State.UNKNOWN}:
        return _in_between(send.operation, send_id)
    return [f"Interrupted. It stands as {send.state.value}. {_ELSEWHERE}"]


def _in_between(operation_id: str, send_id: str) -> list[str]:
    kept_as = f"It is kept as {send_id}, never sent again by itself, and settled by the bot."
    return ["Interrupted.", printing.may_have(operation_id), kept_as]


async def _report(pipeline: Pipeline, send_id: str) -> Report:
    found = await pipeline.sending.report(send_id)
    if found is None:
        stop(FAILED, _WHY_NOT[Outcome.GONE])
    return Report(found[0], tuple(found[1]))


def _no(answer: Confirmation) -> list[str]:
    """Why a yes did not count."""
    reasons = [_finding(each) for each in answer.reasons]
    if answer.outcome is Outcome.DUPLICATE:
        return [*reasons, "Nothing was sent or charged. If you mean it, run it with --anyway."]
    if answer.outcome is Outcome.LIMITED:
        return [f"{answer.words} Nothing was sent or charged."]
    return [answer.words or _WHY_NOT.get(answer.outcome, answer.outcome.value)]


def _agreed(settings: CliSettings, draft: Draft, quote: Quote, *, yes: bool, anyway: bool) -> None:
    """Show what would be sent and what it costs, and wait for the yes.

    Raises:
        typer.Exit: There was none.
    """
    against = [_finding(each) for each in quote.findings if each.level is Level.WARN]
    if yes:
        if against and not anyway:
            end = "Nothing was sent or charged. If you mean it all the same, add --anyway."
            stop(FAILED, *against, end)
        return
    for line in _question(settings, draft, quote):
        terminal.say(line)
    for finding in quote.findings:
        terminal.say(_finding(finding))
    if quote.approval:
        terminal.say(f"A second person has to approve it in Slack, because {quote.approval}.")
    do = channel_of(draft.operation.route.id).traits.verb.do
    question = f"{do} it{' anyway' if against else ''}? [y/N] "
    if terminal.ask(question).lower() not in {"y", "yes"}:
        stop(FAILED, "Not done: nothing was sent, changed or charged.")


def _question(settings: CliSettings, draft: Draft, quote: Quote) -> list[str]:
    route, currency = draft.operation.route, quote.currency
    lines = [
        f"{route.id} ({route.method} {route.path}) {EFFECTS[route.effect]}.",
        f"On the account {settings.clicksend_username}:",
        printing.as_json(shown_request(draft.operation)),
        f"Price {amount(quote.price, currency)}, recipients {quote.recipients:,}"
        + (f", parts {quote.parts:,}" if quote.parts else "")
        + f"; balance {amount(quote.balance, currency)}, after it "
        f"{amount(quote.balance_after, currency)}.",
    ]
    if quote.refused:
        named = ", ".join(f"{each.recipient} ({each.status})" for each in quote.refused)
        lines.append(f"ClickSend will not take {named}.")
    return lines


def _finding(finding: Finding) -> str:
    who = f"{finding.actor.removeprefix(CLI)} " if finding.actor else ""
    return f"{'Note' if finding.level is Level.NOTE else 'Warning'}: {who}{finding.reason}"
