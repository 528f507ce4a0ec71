"""`/clicksend report`: what a month came to; what a channel gets by itself, set by admins."""

from __future__ import annotations

import json
from datetime import time
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from slack_sdk.models.blocks import PlainTextInputElement, StaticSelectElement

from bot.clicksend import ClickSendError
from bot.services.reports.period import Digest, Period
from bot.services.sending import new_id
from bot.services.usage import Month, MonthError
from bot.slack.blocks import Block, Modal, Option, escape, input_block, modal
from bot.slack.calls import View
from bot.slack.client import SlackError
from bot.slack.router import Ack, Clear, Errors
from bot.texts import Phrase, clock, say
from commands import report_text
from commands.access_text import may_not
from commands.answers import plain, trouble
from commands.context import BotCall, BotRouter
from commands.report_posts import files

FORM = "report.settings"
EVERY, WEEKDAY, HOUR, ZONE = "every", "weekday", "hour", "zone"
NEVER = "never"
_DAYS = (
    Phrase("Monday"),
    Phrase("Tuesday"),
    Phrase("Wednesday"),
    Phrase("Thursday"),
    Phrase("Friday"),
    Phrase("Saturday"),
    Phrase("Sunday"),
)
_USES = (
    *("account.usage", "account.get", "sms.history", "mms.history", "voice.history"),
    *("fax.history", "email.history", "letters.history", "postcards.history"),
)

router: BotRouter = BotRouter()


@router.command(
    "report",
    args="[YYYY-MM]",
    summary=Phrase("a month by channel, subaccount and country, as text, picture and CSV"),
    uses=_USES,
)
async def show(call: BotCall) -> None:
    """Answer with a month's report; its files come in a direct message."""
    call.later(_show(call), doing=Phrase("making the report"))


@router.command("report settings", summary=Phrase("a report for this channel each day or week"))
async def settings(call: BotCall) -> None:
    """Open the form of this channel."""
    call.later(_settings(call), doing=Phrase("opening the settings of reports"))


@router.action(report_text.POST)
async def post(call: BotCall) -> None:
    """Have the report posted in the channel."""
    call.later(_post(call), doing=Phrase("posting the report"))


@router.view(FORM)
async def changed(call: BotCall) -> Ack:
    """Set what a channel gets."""
    if call.view is None:
        return None
    try:
        wanted = _read(call.view)
    except ValidationError:
        return Errors(
            {ZONE: say("There is no such time zone. Write one such as Australia/Sydney.")}
        )
    work = _set(call, call.view.private_metadata, wanted)
    call.later(work, doing=Phrase("setting the reports of a channel"))
    return Clear()


async def _show(call: BotCall) -> None:
    zone = await _zone(call)
    try:
        month = Month.read(call.text, today=call.services.now().astimezone(zone))
    except MonthError as error:
        await call.reply(plain(f":warning: `{escape(call.text.strip()[:40])}`: {error}."))
        return
    period = Period.of_month(month, zone)
    try:
        report = await call.services.reports.read(period)
    except ClickSendError as error:
        await call.reply(trouble(say("The report could not be read"), error))
        return
    value = json.dumps([str(month), str(zone), new_id()])
    await call.reply(report_text.render(report, post=value if call.channel else None))
    if report.is_empty:
        return
    try:
        dm, made = await call.slack.opened(call.user), await files(report)
        comment = say("Report of {period}: picture and CSV", period=period.title)
        await call.slack.share(dm, *made, comment=comment)
    except SlackError as error:
        said = say(
            ":warning: Slack did not take the picture and the CSV: {why}. "
            "The numbers above are complete. Try again later.",
            why=escape(error.words),
        )
        await call.reply(plain(said))


async def _post(call: BotCall) -> None:
    typed, zone, name = json.loads(call.value)
    month = Month.read(typed, today=call.services.now().astimezone(ZoneInfo(zone)))
    period, channel = Period.of_month(month, ZoneInfo(zone)), call.channel or call.user
    await call.services.digests.ask(channel, period, by=call.user, name=name)
    call.services.deliver()
    said = say(":bar_chart: The report of {period} goes to this channel now.", period=period.title)
    await call.reply(plain(said))


async def _settings(call: BotCall) -> None:
    if await may_not(call):
        return
    channel = call.channel or call.user
    now = await call.services.digests.of(channel)
    await call.open(form(channel, now, zone=str(await _zone(call))))


async def _set(call: BotCall, channel: str, wanted: Digest | None) -> None:
    if await may_not(call):
        return
    await call.services.digests.set(channel, wanted, actor=call.user)
    await call.reply(plain(f":bar_chart: {_gets(channel, wanted)}"))


def _gets(channel: str, wanted: Digest | None) -> str:
    """What a channel gets, in words (mrkdwn)."""
    if wanted is None:
        return say("<#{channel}> gets no reports.", channel=channel)
    hour = f"{clock(time(wanted.hour))} ({wanted.zone})"
    if wanted.every == "day":
        return say(
            "<#{channel}> gets a report every day at {hour}: the day before.",
            channel=channel,
            hour=hour,
        )
    return say(
        "<#{channel}> gets a report every {weekday} at {hour}: the week before.",
        channel=channel,
        weekday=_DAYS[wanted.weekday],
        hour=hour,
    )


def form(channel: str, now: Digest | None, *, zone: str) -> Modal:
    """The form of what a channel gets.

    Args:
        channel: A Slack channel id.
        now: What it gets; None: nothing.
        zone: The time zone of whoever asks, for a channel that has none yet.
    """
    shown = now or Digest(every="week", zone=zone)
    every = [
        Option(value=NEVER, label=say("Never")),
        Option(value="day", label=say("Every day: the day before")),
        Option(value="week", label=say("Every week: the seven days before")),
    ]
    days = [Option(value=str(number), label=str(day)) for number, day in enumerate(_DAYS)]
    hours = [Option(value=str(hour), label=clock(time(hour))) for hour in range(24)]
    chosen = next(each for each in every if each.value == (now.every if now else NEVER))
    return modal(
        FORM,
        say("Reports"),
        [
            _menu(EVERY, say("How often this channel gets one"), every, chosen),
            _menu(WEEKDAY, say("On which day, if every week"), days, days[shown.weekday]),
            _menu(HOUR, say("At which hour"), hours, hours[shown.hour]),
            input_block(
                ZONE,
                say("Time zone"),
                PlainTextInputElement(action_id=ZONE, initial_value=shown.zone, max_length=64),
                hint=say("As Australia/Sydney. In it the days begin, too."),
            ),
        ],
        submit=say("Save"),
        private_metadata=channel,
    )


def _menu(block_id: str, label: str, options: list[Option], chosen: Option) -> Block:
    element = StaticSelectElement(action_id=block_id, options=options, initial_option=chosen)
    return input_block(block_id, label, element)


def _read(view: View) -> Digest | None:
    every = view.choice(EVERY) or NEVER
    if every == NEVER:
        return None
    return Digest.model_validate(
        {
            "every": every,
            "weekday": int(view.choice(WEEKDAY) or 0),
            "hour": int(view.choice(HOUR) or 0),
            "zone": view.text(ZONE).strip(),
        }
    )


async def _zone(call: BotCall) -> ZoneInfo:
    found = await call.slack.people.zone_of(call.user)
    return found if isinstance(found, ZoneInfo) else ZoneInfo("UTC")
