"""The buttons of imports and bulk sends: the match of columns, the yes, stopping, the files."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Literal

from bot.services.bulk_decisions import Yes
from bot.services.csv_file import CsvError
from bot.services.csv_jobs import Report
from bot.services.csv_matching import unmatched
from bot.slack.blocks import Modal, escape, modal, section
from bot.slack.client import SlackError
from bot.slack.router import Ack, Clear, Errors, Update
from bot.texts import Phrase, say
from commands.answers import NOTHING, plain
from commands.changes import NOT_CHANGED, may_not
from commands.context import BotCall, BotRouter
from commands.csv_form import HEADER, MATCH, TITLES, match, read
from commands.csv_views import APPROVE, FILE, PAY, REFUSE, STOP, YES, send_file
from commands.review import DONE

_ANSWERING, _READING = Phrase("answering"), Phrase("reading the file")
_PRESS_AGAIN = Phrase("Press the button once more to send it all the same.")
_PAY_AGAIN = Phrase("Press it once more to send it all the same.")
_APPROVE_AGAIN = Phrase("Press it once more to approve it all the same.")

router: BotRouter = BotRouter()


@router.view(MATCH)
async def matched(call: BotCall) -> Ack:
    """Take the match of columns, and have the rows checked."""
    if call.view is None:
        return None
    jobs, job_id = call.services.csv.jobs, call.view.private_metadata
    report = await jobs.report(job_id)
    if report is None:
        return Update(_gone())
    fields = read(call.view, len(report.spec.columns))
    problem = unmatched(report.job.kind, report.spec, fields)
    if problem:
        return Errors({TITLES: problem})
    if not await jobs.start(job_id, fields, actor=call.user):
        return Update(_gone())
    return Clear()


@router.action(HEADER)
async def header(call: BotCall) -> None:
    """Read the file anew, with or without a header."""
    call.later(_reread(call), doing=_READING)


async def _reread(call: BotCall) -> None:
    if call.view is None:
        return
    jobs, job_id, view_id = call.services.csv.jobs, call.view.private_metadata, call.view.id
    try:
        found = await jobs.look_again(job_id, header=call.value == "yes", actor=call.user)
    except (CsvError, SlackError) as error:
        await call.slack.update_view(view_id, _ended(f":warning: {escape(str(error))} {NOTHING}"))
        return
    report = await jobs.report(job_id)
    if found is None or report is None:
        await call.slack.update_view(view_id, _gone())
        return
    await call.slack.update_view(view_id, match(report.job.kind, job_id, *found))


@router.action(YES)
async def yes(call: BotCall) -> None:
    """Take the yes; it is durable before Slack is answered."""
    if await _not_mine(call):
        return
    outcome, words = await call.services.csv.jobs.say_yes(call.value, actor=call.user)
    said = {
        Yes.LATE: say("That was decided before; nothing changed."),
        Yes.AGAIN: f"{words} {NOTHING} {_PRESS_AGAIN}",
        Yes.LIMITED: f"{escape(words)} {NOTHING}",
    }
    if outcome in said:
        call.later(call.reply(plain(f":warning: {said[outcome]}")), doing=_ANSWERING)


@router.action(STOP)
async def stop(call: BotCall) -> None:
    """Stop it: what waits is not done."""
    if await _not_theirs(call):
        return
    if not await call.services.csv.jobs.stop(call.value, actor=call.user):
        late = say("There is nothing left to stop. See its message for how it stands.")
        call.later(call.reply(plain(f":warning: {late}")), doing=_ANSWERING)


@router.action(PAY)
async def pay(call: BotCall) -> None:
    """Say yes to the risen price of what waits for it."""
    job_id, _, price = call.value.partition(" ")
    if await _not_theirs(replace(call, value=job_id)) or await may_not(call):
        return
    outcome, words = await call.services.csv.decisions.pay(
        job_id, actor=call.user, price=Decimal(price or -1)
    )
    await _answered(call, outcome, words, _PAY_AGAIN)


async def _answered(call: BotCall, outcome: Yes, words: str, again: Phrase) -> None:
    """Say why a yes did not count."""
    if outcome is Yes.LATE:
        await _too_late(call)
    elif outcome is Yes.LIMITED:
        call.later(call.reply(plain(f":warning: {escape(words)}")), doing=_ANSWERING)
    elif outcome is Yes.AGAIN:
        call.later(call.reply(plain(f":warning: {words} {again}")), doing=_ANSWERING)


@router.action(APPROVE)
async def approve(call: BotCall) -> None:
    """Say the second yes."""
    if not await _to_decide(call):
        return
    outcome, words = await call.services.csv.decisions.approve(call.value, actor=call.user)
    await _answered(call, outcome, words, _APPROVE_AGAIN)


@router.action(REFUSE)
async def refuse(call: BotCall) -> None:
    """Say no."""
    report = await _to_decide(call)
    if report and not await call.services.csv.decisions.refuse(call.value, actor=call.user):
        await _too_late(call)


@router.action(FILE)
async def file(call: BotCall) -> None:
    """Give whoever began it one of its files."""
    call.later(_send(call), doing=Phrase("writing the file"))


async def _send(call: BotCall) -> None:
    what, _, job_id = call.value.partition(" ")
    report = await call.services.csv.jobs.report(job_id)
    if report is None:
        return
    if report.job.actor != call.user:
        who = say(
            "Only <@{actor}> gets this file: it holds the numbers of customers.",
            actor=report.job.actor,
        )
        await call.reply(plain(f":no_entry: {who}"))
        return
    named: Literal["rejected", "results"] = "rejected" if what == "rejected" else "results"
    await send_file(call.slack, call.services.csv.results, report, named)


async def _not_mine(call: BotCall) -> bool:
    """Whether this is somebody else's, or this person may not send; they are told."""
    report = await call.services.csv.jobs.report(call.value)
    if report is None:
        return True
    if report.job.actor != call.user:
        who = say("Only <@{actor}> can decide this.", actor=report.job.actor)
        await call.reply(plain(f":no_entry: {who} {NOTHING}"))
        return True
    return await may_not(call)


async def _not_theirs(call: BotCall) -> bool:
    """Whether this is somebody else's, and this person no admin; they are told."""
    report = await call.services.csv.jobs.report(call.value)
    if report is None or report.job.actor == call.user:
        return report is None
    decision = await call.services.access.may_administer(call.user)
    if not decision.allowed:
        who = say("Only <@{actor}> or an admin can decide this.", actor=report.job.actor)
        await call.reply(plain(f":no_entry: {who} {NOT_CHANGED}"))
    return not decision.allowed


async def _to_decide(call: BotCall) -> Report | None:
    """The bulk send that this person may decide on as the second; they are told if not."""
    report = await call.services.csv.jobs.report(call.value)
    if report is None:
        return None
    if report.job.actor == call.user:
        await call.reply(plain(say(":no_entry: Your own request needs another person's yes.")))
        return None
    decision = await call.services.access.may_approve(
        call.user, report.job.channel, acting=call.channel or call.user
    )
    if not decision.allowed:
        await call.reply(plain(f":no_entry: {decision.reason} {NOT_CHANGED}"))
        return None
    return report


async def _too_late(call: BotCall) -> None:
    await call.reply(plain(say(":warning: That was decided before, or is too old.")))


def _gone() -> Modal:
    return _ended(f"{say('This form is too old or was submitted before.')} {NOTHING}")


def _ended(text: str) -> Modal:
    return modal(DONE, say("Not done"), [section(text)])
