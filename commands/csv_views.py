"""How an import or a bulk send looks: its columns to match, its progress, its end, its files."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from slack_sdk.models.blocks import InteractiveElement

from bot.services.csv_jobs import Report
from bot.services.csv_results import CsvResults
from bot.services.csv_spec import BULK
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    confirm,
    escape,
    section,
)
from bot.slack.client import Slack
from bot.store.csv_batches import BatchState
from bot.store.csv_jobs import JobState
from bot.store.deliveries import Delivery
from bot.store.sends import State
from commands.answers import NOTHING, moment
from commands.changes import shown

YES, STOP, PAY, FILE = "job.yes", "job.stop", "job.pay", "job.file"
APPROVE, REFUSE = "job.approve", "job.refuse"
_WHY = "The file of the rejected rows with their reasons is in your direct messages."
_OPEN = (State.APPROVAL, State.QUEUED, State.SENDING, State.REPRICED)


def render(report: Report) -> Message:
    """How a job stands, with what can be done about it."""
    texts = _bulk(report) if report.job.kind == BULK else _import(report)
    pressed = _buttons(report)
    blocks: list[Block] = [section(clip(text, 2900)) for text in texts if text]
    blocks += [buttons(*pressed)] if pressed else []
    return Message(clip("\n".join(filter(None, texts)), 3900), tuple(blocks))


def approval(report: Report) -> Message:
    """The request for a second yes to a bulk send, or what became of it."""
    job, spec = report.job, report.spec
    if report.approval is None:
        ends = (
            (State.DENIED, "was refused"),
            (State.EXPIRED, "was not approved in time"),
            (State.UNDONE, "was withdrawn"),
        )
        ended = next((words for state, words in ends if state in report.sends), None)
        rest = f"{ended}. {NOTHING}" if ended else "was approved."
        return _plain(f"The bulk SMS of <@{job.actor}> {rest}")
    price = amount(job.price, job.currency or "") if job.price is not None else "unknown"
    title = (
        f":busts_in_silhouette: A bulk SMS of <@{job.actor}> needs a second yes until "
        f"{moment(report.approval)}: {job.good:,} recipients, {price}"
    )
    text = f">{escape(clip(spec.template, 2000))}".replace("\n", "\n>")
    ask = confirm("Approve it?", f"{job.good:,} people get it, for {price}.", ok="Yes", deny="No")
    pressed = buttons(
        button("Approve", APPROVE, value=job.id, style="primary", ask=ask),
        button("Refuse", REFUSE, value=job.id, style="danger"),
    )
    return Message(f"{title}\n{text}", (section(title), section(text), pressed))


async def send_file(
    slack: Slack, results: CsvResults, report: Report, what: Literal["rejected", "results"]
) -> None:
    """Give whoever began a job one of its files, in their direct messages.

    Raises:
        SlackError: Slack did not take it.
    """
    job = report.job
    content = await (results.rejected if what == "rejected" else results.results)(job.id)
    stem = report.spec.name.rpartition(".")[0] or report.spec.name
    comment = f"{'Rejected rows' if what == 'rejected' else 'Results'} of {shown(report.spec.name)}"
    await slack.send_file(job.actor, f"{clip(stem, 60)}-{what}.csv", content, comment=comment)


def _plain(text: str) -> Message:
    return Message(text, (section(text),))


def _counts(report: Report) -> str:
    good, bad = report.job.good, report.job.bad
    return f"{_many(good, 'row')} good, {bad:,} rejected"


def _many(count: int, name: str) -> str:
    return f"1 {name}" if count == 1 else f"{count:,} {name}s"


def _early(report: Report, what: str) -> list[str] | None:
    """What to say before the yes and where it ended badly; the same for both kinds."""
    job = report.job
    if job.state is JobState.CHECKING:
        return [f":hourglass_flowing_sand: Checking {what}: {_counts(report)} so far."]
    if job.state is JobState.FAILED:
        nothing = "" if job.confirmed_at else f" {NOTHING}"
        return [f":x: {what}: {escape(job.reason or '')}{nothing}"]
    if job.state is JobState.STOPPED and job.confirmed_at is None:
        return [f":wastebasket: {what} was given up. {NOTHING}"]
    if job.state is JobState.READY and not job.good:
        return [
            f":x: {what}: no row can be used; {job.bad:,} were rejected. {NOTHING}",
            _WHY,
        ]
    return None


def _import(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    what = f"the import of {shown(spec.name)} into the list *{shown(spec.list_name)}*"
    if (early := _early(report, what)) is not None:
        return early
    rejected = f"{_many(job.bad, 'row')} rejected. {_WHY}" if job.bad else ""
    if job.state is JobState.READY:
        title = f":inbox_tray: {_many(job.good, 'contact')} can be imported: {what}."
        return [title, rejected, "Nothing is imported until you say yes."]
    if job.state is JobState.DONE:
        done = (
            f":white_check_mark: {_many(job.good, 'contact')} imported by <@{job.actor}>: {what}."
        )
        return [done, rejected]
    total = sum(report.batches.values())
    through = total - report.batches.get(BatchState.WAITING, 0)
    progress = f"{through:,} of {_many(total, 'batch').replace('batchs', 'batches')} handed over"
    if job.state is JobState.STOPPED:
        return [f":octagonal_sign: {what} was stopped: {progress}; the rest is not imported."]
    return [f":hourglass_flowing_sand: Importing {_many(job.good, 'contact')}: {progress}; {what}."]


def _bulk(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    what = f"the bulk SMS of <@{job.actor}> from {shown(spec.name)}"
    if (early := _early(report, what)) is not None:
        return early
    text = f">{escape(clip(spec.template, 600))}".replace("\n", "\n>")
    if job.state is JobState.READY:
        return [f":speech_balloon: Checked: {what}.", *_review(report)]
    return [f"{_mark(report)} {what[0].upper()}{what[1:]}", text, _standing(report)]


def _review(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    price = amount(job.price, job.currency or "") if job.price is not None else "unknown"
    refused = f" · ClickSend will refuse {spec.refused:,}" if spec.refused else ""
    facts = f"*{_many(job.good, 'message')}* · {_many(spec.parts, 'part')} · *{price}*{refused}"
    rejected = f"{_many(job.bad, 'row')} rejected. {_WHY}" if job.bad else ""
    examples = [
        f"*{escape(for_people(number))}* ({_many(parts, 'part')})\n>"
        + escape(clip(body, 500)).replace("\n", "\n>")
        for number, body, parts in spec.examples
    ]
    warnings = [f":warning: {escape(each)}" for each in spec.warnings]
    repeats = f":warning: {report.repeats}" if report.repeats else ""
    return [facts, *examples, "\n".join([*warnings, repeats]).strip(), rejected, NOTHING]


def _mark(report: Report) -> str:
    if report.approval is not None:
        return ":busts_in_silhouette:"
    if report.recipients(*_OPEN):
        return ":hourglass_flowing_sand:"
    bad = report.recipients(State.REFUSED, State.UNKNOWN, State.UNDONE, State.DENIED, State.EXPIRED)
    return ":warning:" if bad else ":white_check_mark:"


_STANDINGS = (
    (State.SENT, "sent"),
    (State.RECONCILED, "found sent"),
    (State.APPROVAL, "wait for a second yes"),
    (State.QUEUED, "wait to be sent"),
    (State.SENDING, "being sent"),
    (State.REPRICED, "wait, because the price rose"),
    (State.REFUSED, "refused by ClickSend, not charged"),
    (State.UNKNOWN, "of which nobody knows yet whether they were sent"),
    (State.UNDONE, "stopped, not sent"),
    (State.DROPPED, "given up"),
    (State.DENIED, "not approved"),
    (State.EXPIRED, "not approved in time"),
)


def _standing(report: Report) -> str:
    lines = [
        f"• {report.sends[state].recipients:,} {words}"
        for state, words in _STANDINGS
        if state in report.sends
    ]
    refused = sum(many for status, many in report.outcomes.items() if status != "SUCCESS")
    lines += [f"• {refused:,} of them not taken by ClickSend"] if refused else []
    done, lost = (report.arrived.get(each, 0) for each in (Delivery.DELIVERED, Delivery.FAILED))
    lines += [f"• {done:,} delivered so far, {lost:,} not"] if report.arrived else []
    spent = [report.sends[s].total for s in (State.SENT, State.RECONCILED) if s in report.sends]
    if spent:
        lines.append(f"• {amount(sum(spent, Decimal(0)), report.job.currency or '')} so far")
    return "\n".join(lines)


def _buttons(report: Report) -> list[InteractiveElement]:
    job = report.job
    made: list[InteractiveElement] = []
    if job.state is JobState.READY and job.good:
        made.append(_yes(report))
    if job.kind == BULK and State.REPRICED in report.sends:
        risen = report.sends[State.REPRICED].price
        text = f"Send the rest for {amount(risen, job.currency or '')}"
        made.append(button(text, PAY, value=f"{job.id} {risen}", style="primary"))
    if _may_stop(report):
        name = "Cancel" if job.state is JobState.READY else "Stop"
        made.append(button(name, STOP, value=job.id, style="danger"))
    if job.bad and job.state is not JobState.CHECKING:
        made.append(button("Rejected rows", f"{FILE}:rejected", value=f"rejected {job.id}"))
    if job.kind == BULK and job.state is JobState.RUNNING:
        made.append(button("Result file", f"{FILE}:results", value=f"results {job.id}"))
    return made


def _yes(report: Report) -> InteractiveElement:
    job = report.job
    if job.kind == BULK:
        price = amount(job.price, job.currency or "") if job.price is not None else ""
        words = f"{job.good:,} messages for {price}."
        ask = confirm("Send them?", words, ok="Send", deny="Not yet")
        name = f"Send {_many(job.good, 'message')}"
    else:
        words = f"{job.good:,} contacts."
        ask = confirm("Import them?", words, ok="Import", deny="Not yet")
        name = f"Import {_many(job.good, 'contact')}"
    return button(name, YES, value=job.id, style="primary", ask=ask)


def _may_stop(report: Report) -> bool:
    state = report.job.state
    if state in {JobState.CHECKING, JobState.READY}:
        return True
    if report.job.kind == BULK:
        return bool(report.recipients(State.APPROVAL, State.QUEUED, State.REPRICED))
    return state is JobState.RUNNING
