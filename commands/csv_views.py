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
from bot.store.sends import State
from bot.texts import Phrase, say
from commands.answers import NOTHING, moment
from commands.changes import shown

YES, STOP, PAY, FILE = "job.yes", "job.stop", "job.pay", "job.file"
APPROVE, REFUSE = "job.approve", "job.refuse"
_WHY = Phrase("The file of the rejected rows with their reasons is in your direct messages.")
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
            (State.DENIED, say("was refused")),
            (State.EXPIRED, say("was not approved in time")),
            (State.UNDONE, say("was withdrawn")),
        )
        ended = next((words for state, words in ends if state in report.sends), None)
        rest = f"{ended}. {NOTHING}" if ended else say("was approved.")
        return _plain(say("The bulk SMS of <@{actor}> {rest}", actor=job.actor, rest=rest))
    price = amount(job.price, job.currency or "") if job.price is not None else "unknown"
    title = say(
        ":busts_in_silhouette: A bulk SMS of <@{actor}> needs a second yes until "
        "{approval}: {good:,} recipients, {price}",
        actor=job.actor,
        approval=moment(report.approval),
        good=job.good,
        price=price,
    )
    text = f">{escape(clip(spec.template, 2000))}".replace("\n", "\n>")
    ask = confirm(
        say("Approve it?"),
        say("{good:,} people get it, for {price}.", good=job.good, price=price),
        ok=say("Yes"),
        deny=say("No"),
    )
    pressed = buttons(
        button(say("Approve"), APPROVE, value=job.id, style="primary", ask=ask),
        button(say("Refuse"), REFUSE, value=job.id, style="danger"),
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
    comment = say(
        "{say} of {shown}",
        say=say("Rejected rows") if what == "rejected" else say("Results"),
        shown=shown(report.spec.name),
    )
    await slack.send_file(job.actor, f"{clip(stem, 60)}-{what}.csv", content, comment=comment)


def _plain(text: str) -> Message:
    return Message(text, (section(text),))


def _counts(report: Report) -> str:
    good, bad = report.job.good, report.job.bad
    return say("{many} good, {bad:,} rejected", many=_many(good, "row"), bad=bad)


def _many(count: int, name: str) -> str:
    return f"1 {name}" if count == 1 else f"{count:,} {name}s"


def _early(report: Report, what: str) -> list[str] | None:
    """What to say before the yes and where it ended badly; the same for both kinds."""
    job = report.job
    if job.state is JobState.CHECKING:
        return [
            say(
                ":hourglass_flowing_sand: Checking {what}: {counts} so far.",
                what=what,
                counts=_counts(report),
            )
        ]
    if job.state is JobState.FAILED:
        nothing = "" if job.confirmed_at else f" {NOTHING}"
        return [f":x: {what}: {escape(job.reason or '')}{nothing}"]
    if job.state is JobState.STOPPED and job.confirmed_at is None:
        return [say(":wastebasket: {what} was given up. {nothing}", what=what, nothing=NOTHING)]
    if job.state is JobState.READY and not job.good:
        return [
            say(
                ":x: {what}: no row can be used; {bad:,} were rejected. {nothing}",
                what=what,
                bad=job.bad,
                nothing=NOTHING,
            ),
            _WHY,
        ]
    return None


def _import(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    what = say(
        "the import of {shown} into the list *{shown2}*",
        shown=shown(spec.name),
        shown2=shown(spec.list_name),
    )
    if (early := _early(report, what)) is not None:
        return early
    rejected = (
        say("{many} rejected. {why}", many=_many(job.bad, "row"), why=_WHY) if job.bad else ""
    )
    if job.state is JobState.READY:
        title = say(
            ":inbox_tray: {many} can be imported: {what}.",
            many=_many(job.good, "contact"),
            what=what,
        )
        return [title, rejected, say("Nothing is imported until you say yes.")]
    if job.state is JobState.DONE:
        done = say(
            ":white_check_mark: {many} imported by <@{actor}>: {what}.",
            many=_many(job.good, "contact"),
            actor=job.actor,
            what=what,
        )
        return [done, rejected]
    total = sum(report.batches.values())
    through = total - report.batches.get(BatchState.WAITING, 0)
    progress = say(
        "{through:,} of {replace} handed over",
        through=through,
        replace=_many(total, "batch").replace("batchs", "batches"),
    )
    if job.state is JobState.STOPPED:
        return [
            say(
                ":octagonal_sign: {what} was stopped: {progress}; the rest is not imported.",
                what=what,
                progress=progress,
            )
        ]
    return [
        say(
            ":hourglass_flowing_sand: Importing {many}: {progress}; {what}.",
            many=_many(job.good, "contact"),
            progress=progress,
            what=what,
        )
    ]


def _bulk(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    what = say("the bulk SMS of <@{actor}> from {shown}", actor=job.actor, shown=shown(spec.name))
    if (early := _early(report, what)) is not None:
        return early
    text = f">{escape(clip(spec.template, 600))}".replace("\n", "\n>")
    if job.state is JobState.READY:
        return [say(":speech_balloon: Checked: {what}.", what=what), *_review(report)]
    return [f"{_mark(report)} {what[0].upper()}{what[1:]}", text, _standing(report)]


def _review(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    price = amount(job.price, job.currency or "") if job.price is not None else "unknown"
    refused = (
        say(" · ClickSend will refuse {refused:,}", refused=spec.refused) if spec.refused else ""
    )
    facts = f"*{_many(job.good, 'message')}* · {_many(spec.parts, 'part')} · *{price}*{refused}"
    rejected = (
        say("{many} rejected. {why}", many=_many(job.bad, "row"), why=_WHY) if job.bad else ""
    )
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
    (State.RECONCILED, Phrase("found sent")),
    (State.APPROVAL, Phrase("wait for a second yes")),
    (State.QUEUED, Phrase("wait to be sent")),
    (State.SENDING, Phrase("being sent")),
    (State.REPRICED, Phrase("wait, because the price rose")),
    (State.REFUSED, Phrase("refused by ClickSend, not charged")),
    (State.UNKNOWN, Phrase("of which nobody knows yet whether they were sent")),
    (State.UNDONE, Phrase("stopped, not sent")),
    (State.DROPPED, Phrase("given up")),
    (State.DENIED, Phrase("not approved")),
    (State.EXPIRED, Phrase("not approved in time")),
)


def _standing(report: Report) -> str:
    lines = [
        f"• {report.sends[state].recipients:,} {words}"
        for state, words in _STANDINGS
        if state in report.sends
    ]
    refused = sum(many for status, many in report.outcomes.items() if status != "SUCCESS")
    lines += (
        [say("• {refused:,} of them not taken by ClickSend", refused=refused)] if refused else []
    )
    spent = [report.sends[s].total for s in (State.SENT, State.RECONCILED) if s in report.sends]
    if spent:
        lines.append(
            say("• {spent} so far", spent=amount(sum(spent, Decimal(0)), report.job.currency or ""))
        )
    return "\n".join(lines)


def _buttons(report: Report) -> list[InteractiveElement]:
    job = report.job
    made: list[InteractiveElement] = []
    if job.state is JobState.READY and job.good:
        made.append(_yes(report))
    if job.kind == BULK and State.REPRICED in report.sends:
        risen = report.sends[State.REPRICED].price
        text = say("Send the rest for {risen}", risen=amount(risen, job.currency or ""))
        made.append(button(text, PAY, value=f"{job.id} {risen}", style="primary"))
    if _may_stop(report):
        name = say("Cancel") if job.state is JobState.READY else say("Stop")
        made.append(button(name, STOP, value=job.id, style="danger"))
    if job.bad and job.state is not JobState.CHECKING:
        made.append(button(say("Rejected rows"), f"{FILE}:rejected", value=f"rejected {job.id}"))
    if job.kind == BULK and job.state is JobState.RUNNING:
        made.append(button(say("Result file"), f"{FILE}:results", value=f"results {job.id}"))
    return made


def _yes(report: Report) -> InteractiveElement:
    job = report.job
    if job.kind == BULK:
        price = amount(job.price, job.currency or "") if job.price is not None else ""
        words = say("{good:,} messages for {price}.", good=job.good, price=price)
        ask = confirm(say("Send them?"), words, ok=say("Send"), deny=say("Not yet"))
        name = say("Send {many}", many=_many(job.good, "message"))
    else:
        words = say("{good:,} contacts.", good=job.good)
        ask = confirm(say("Import them?"), words, ok=say("Import"), deny=say("Not yet"))
        name = say("Import {many}", many=_many(job.good, "contact"))
    return button(name, YES, value=job.id, style="primary", ask=ask)


def _may_stop(report: Report) -> bool:
    state = report.job.state
    if state in {JobState.CHECKING, JobState.READY}:
        return True
    if report.job.kind == BULK:
        return bool(report.recipients(State.APPROVAL, State.QUEUED, State.REPRICED))
    return state is JobState.RUNNING
