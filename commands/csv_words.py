"""What is said of an import or a bulk send: before the yes, on its way, at its end (mrkdwn)."""

from __future__ import annotations

from decimal import Decimal

from bot.services.csv_jobs import Report
from bot.services.csv_spec import BULK
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.slack.blocks import clip, escape
from bot.store.csv_batches import BatchState
from bot.store.csv_jobs import JobState
from bot.store.deliveries import Delivery
from bot.store.sends import State
from bot.texts import Phrase, figure, many, say
from commands.answers import NOTHING
from commands.changes import shown

_WHY = Phrase("The file of the rejected rows with their reasons is in your direct messages.")
_OPEN = (State.APPROVAL, State.QUEUED, State.SENDING, State.REPRICED)


def words(report: Report) -> list[str]:
    """The paragraphs of a job's message; some may be empty."""
    return _bulk(report) if report.job.kind == BULK else _import(report)


def price(report: Report) -> str:
    """What a bulk send costs."""
    job = report.job
    return say("unknown") if job.price is None else amount(job.price, job.currency or "")


def quoted(text: str, longest: int) -> str:
    """A text of somebody's as a quotation."""
    return f">{escape(clip(text, longest))}".replace("\n", "\n>")


def messages(count: int) -> str:
    """How many messages."""
    return many("{count:,} message", "{count:,} messages", count)


def contacts(count: int) -> str:
    """How many contacts."""
    return many("{count:,} contact", "{count:,} contacts", count)


def _parts(count: int) -> str:
    return many("{count:,} part", "{count:,} parts", count)


def _rejected(bad: int) -> str:
    if not bad:
        return ""
    return f"{many('{count:,} row rejected.', '{count:,} rows rejected.', bad)} {_WHY}"


def _early(report: Report, what: str) -> list[str] | None:
    """What to say before the yes and where it ended badly; the same for both kinds."""
    job = report.job
    if job.state is JobState.CHECKING:
        so_far = many(
            "{count:,} row good, {bad:,} rejected",
            "{count:,} rows good, {bad:,} rejected",
            job.good,
            bad=job.bad,
        )
        return [
            say(
                ":hourglass_flowing_sand: Checking {what}: {so_far} so far.",
                what=what,
                so_far=so_far,
            )
        ]
    if job.state is JobState.FAILED:
        nothing = "" if job.confirmed_at else f" {NOTHING}"
        return [f":x: {what}: {escape(job.reason or '')}{nothing}"]
    if job.state is JobState.STOPPED and job.confirmed_at is None:
        return [f"{say(':wastebasket: {what} was given up.', what=what)} {NOTHING}"]
    if job.state is JobState.READY and not job.good:
        none = say(":x: {what}: no row can be used; {bad:,} were rejected.", what=what, bad=job.bad)
        return [f"{none} {NOTHING}", str(_WHY)]
    return None


def _import(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    what = say(
        "the import of {file} into the list *{list}*",
        file=shown(spec.name),
        list=shown(spec.list_name),
    )
    if (early := _early(report, what)) is not None:
        return early
    if job.state is JobState.READY:
        title = many(
            ":inbox_tray: {count:,} contact can be imported: {what}.",
            ":inbox_tray: {count:,} contacts can be imported: {what}.",
            job.good,
            what=what,
        )
        return [title, _rejected(job.bad), say("Nothing is imported until you say yes.")]
    if job.state is JobState.DONE:
        done = many(
            ":white_check_mark: {count:,} contact imported by <@{actor}>: {what}.",
            ":white_check_mark: {count:,} contacts imported by <@{actor}>: {what}.",
            job.good,
            actor=job.actor,
            what=what,
        )
        return [done, _rejected(job.bad)]
    progress = _progress(report)
    if job.state is JobState.STOPPED:
        return [
            say(
                ":octagonal_sign: {what} was stopped: {progress}; the rest is not imported.",
                what=what,
                progress=progress,
            )
        ]
    return [
        many(
            ":hourglass_flowing_sand: Importing {count:,} contact: {progress}; {what}.",
            ":hourglass_flowing_sand: Importing {count:,} contacts: {progress}; {what}.",
            job.good,
            progress=progress,
            what=what,
        )
    ]


def _progress(report: Report) -> str:
    total = sum(report.batches.values())
    return many(
        "{through:,} of {count:,} batch handed over",
        "{through:,} of {count:,} batches handed over",
        total,
        through=total - report.batches.get(BatchState.WAITING, 0),
    )


def _bulk(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    file = shown(spec.name)
    what = say("the bulk SMS of <@{actor}> from {file}", actor=job.actor, file=file)
    if (early := _early(report, what)) is not None:
        return early
    if job.state is JobState.READY:
        return [say(":speech_balloon: Checked: {what}.", what=what), *_review(report)]
    title = say("The bulk SMS of <@{actor}> from {file}", actor=job.actor, file=file)
    return [f"{_mark(report)} {title}", quoted(spec.template, 600), _standing(report)]


def _review(report: Report) -> list[str]:
    job, spec = report.job, report.spec
    facts = [f"*{messages(job.good)}*", _parts(spec.parts), f"*{price(report)}*"]
    if spec.refused:
        facts.append(say("ClickSend will refuse {count:,}", count=spec.refused))
    examples = [
        f"*{escape(for_people(number))}* ({_parts(parts)})\n{quoted(body, 500)}"
        for number, body, parts in spec.examples
    ]
    warnings = [f":warning: {escape(each)}" for each in spec.warnings]
    repeats = f":warning: {report.repeats}" if report.repeats else ""
    against = "\n".join([*warnings, repeats]).strip()
    return [" · ".join(facts), *examples, against, _rejected(job.bad), str(NOTHING)]


def _mark(report: Report) -> str:
    if report.approval is not None:
        return ":busts_in_silhouette:"
    if report.recipients(*_OPEN):
        return ":hourglass_flowing_sand:"
    bad = report.recipients(State.REFUSED, State.UNKNOWN, State.UNDONE, State.DENIED, State.EXPIRED)
    return ":warning:" if bad else ":white_check_mark:"


_STANDINGS = (
    (State.SENT, Phrase("sent")),
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
        f"• {figure(report.sends[state].recipients)} {standing}"
        for state, standing in _STANDINGS
        if state in report.sends
    ]
    refused = sum(many for status, many in report.outcomes.items() if status != "SUCCESS")
    if refused:
        lines.append(say("• {count:,} of them not taken by ClickSend", count=refused))
    if report.arrived:
        done, lost = (report.arrived.get(each, 0) for each in (Delivery.DELIVERED, Delivery.FAILED))
        lines.append(say("• {done:,} delivered so far, {lost:,} not", done=done, lost=lost))
    spent = [report.sends[s].total for s in (State.SENT, State.RECONCILED) if s in report.sends]
    if spent:
        so_far = amount(sum(spent, Decimal(0)), report.job.currency or "")
        lines.append(say("• {amount} so far", amount=so_far))
    return "\n".join(lines)
