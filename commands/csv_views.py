"""How an import or a bulk send looks: its message with its buttons, its request, its files."""

from __future__ import annotations

from typing import Literal

from slack_sdk.models.blocks import InteractiveElement

from bot.services.csv_jobs import Report
from bot.services.csv_results import CsvResults
from bot.services.csv_spec import BULK
from bot.services.money import amount
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    confirm,
    section,
)
from bot.slack.client import Slack
from bot.store.csv_jobs import JobState
from bot.store.sends import State
from bot.texts import many, say
from commands.answers import NOTHING, moment
from commands.changes import shown
from commands.csv_words import contacts, messages, price, quoted, words

YES, STOP, PAY, FILE = "job.yes", "job.stop", "job.pay", "job.file"
APPROVE, REFUSE = "job.approve", "job.refuse"


def render(report: Report) -> Message:
    """How a job stands, with what can be done about it."""
    texts = words(report)
    pressed = _buttons(report)
    blocks: list[Block] = [section(clip(text, 2900)) for text in texts if text]
    blocks += [buttons(*pressed)] if pressed else []
    return Message(clip("\n".join(filter(None, texts)), 3900), tuple(blocks))


def approval(report: Report) -> Message:
    """The request for a second yes to a bulk send, or what became of it."""
    job = report.job
    if report.approval is None:
        return _plain(_decided(report))
    costs = price(report)
    title = say(
        ":busts_in_silhouette: A bulk SMS of <@{actor}> needs a second yes until "
        "{until}: {recipients}, {price}",
        actor=job.actor,
        until=moment(report.approval),
        recipients=many("{count:,} recipient", "{count:,} recipients", job.good),
        price=costs,
    )
    text = quoted(report.spec.template, 2000)
    ask = confirm(
        say("Approve it?"),
        many(
            "{count:,} person gets it, for {price}.",
            "{count:,} people get it, for {price}.",
            job.good,
            price=costs,
        ),
        ok=say("Yes"),
        deny=say("No"),
    )
    pressed = buttons(
        button(say("Approve"), APPROVE, value=job.id, style="primary", ask=ask),
        button(say("Refuse"), REFUSE, value=job.id, style="danger"),
    )
    return Message(f"{title}\n{text}", (section(title), section(text), pressed))


def _decided(report: Report) -> str:
    """What became of the request for a second yes."""
    actor = report.job.actor
    ends = (
        (State.DENIED, say("The bulk SMS of <@{actor}> was refused.", actor=actor)),
        (State.EXPIRED, say("The bulk SMS of <@{actor}> was not approved in time.", actor=actor)),
        (State.UNDONE, say("The bulk SMS of <@{actor}> was withdrawn.", actor=actor)),
    )
    ended = next((said for state, said in ends if state in report.sends), None)
    if ended is not None:
        return f"{ended} {NOTHING}"
    return say("The bulk SMS of <@{actor}> was approved.", actor=actor)


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
    name = shown(report.spec.name)
    comment = (
        say("Rejected rows of {file}", file=name)
        if what == "rejected"
        else say("Results of {file}", file=name)
    )
    await slack.send_file(job.actor, f"{clip(stem, 60)}-{what}.csv", content, comment=comment)


def _plain(text: str) -> Message:
    return Message(text, (section(text),))


def _buttons(report: Report) -> list[InteractiveElement]:
    job = report.job
    made: list[InteractiveElement] = []
    if job.state is JobState.READY and job.good:
        made.append(_yes(report))
    if job.kind == BULK and State.REPRICED in report.sends:
        risen = report.sends[State.REPRICED].price
        text = say("Send the rest for {price}", price=amount(risen, job.currency or ""))
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
        asked = many(
            "{count:,} message for {price}.",
            "{count:,} messages for {price}.",
            job.good,
            price=price(report),
        )
        ask = confirm(say("Send them?"), asked, ok=say("Send"), deny=say("Not yet"))
        name = say("Send {messages}", messages=messages(job.good))
    else:
        asked = many("{count:,} contact.", "{count:,} contacts.", job.good)
        ask = confirm(say("Import them?"), asked, ok=say("Import"), deny=say("Not yet"))
        name = say("Import {contacts}", contacts=contacts(job.good))
    return button(name, YES, value=job.id, style="primary", ask=ask)


def _may_stop(report: Report) -> bool:
    state = report.job.state
    if state in {JobState.CHECKING, JobState.READY}:
        return True
    if report.job.kind == BULK:
        return bool(report.recipients(State.APPROVAL, State.QUEUED, State.REPRICED))
    return state is JobState.RUNNING
