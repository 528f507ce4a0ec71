"""`/clicksend alert`: what is wrong, who is on it; acknowledge, snooze, assign."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import DateTimePickerElement, UserMultiSelectElement

from bot.services import when
from bot.services.alerts import engine
from bot.services.alerts.model import Group
from bot.slack.blocks import escape, input_block, modal
from bot.slack.router import Ack, Clear, Errors
from bot.texts import Phrase, say, speaking
from commands import alert_text
from commands.alert_rights import found, theirs
from commands.alert_text import ACKNOWLEDGE, ASSIGN, HOUR, SNOOZE, TOMORROW, WAKE
from commands.answers import moment, plain
from commands.context import BotCall, BotRouter
from commands.times import any_zone_of

PICK, MOMENT = "alert.until", "moment"
PERSON, PEOPLE = "alert.person", "people"
_MORNING = time(9)
_LONGEST = timedelta(days=30)
router: BotRouter = BotRouter()


@router.command(
    "alert list", summary=Phrase("what is wrong now, and what was lately"), default=True
)
async def alerts(call: BotCall) -> None:
    """List them."""
    call.later(_list(call), doing=Phrase("listing the alerts"))


@router.command("alert show", args="ID", summary=Phrase("one alert"))
async def show(call: BotCall) -> None:
    """Show one."""
    call.later(_show(call), doing=Phrase("showing an alert"))


@router.command(
    "alert snooze", args="ID 2 hours|tomorrow|fri 14:30", summary=Phrase("be quiet about one")
)
async def snooze(call: BotCall) -> None:
    """Snooze one until what was typed."""
    call.later(_snooze_typed(call), doing=Phrase("snoozing an alert"))


@router.command("alert unsnooze", args="ID", summary=Phrase("be told of one again"))
async def unsnooze(call: BotCall) -> None:
    """Wake one."""
    call.later(_wake(call, call.text.strip()), doing=Phrase("waking an alert"))


@router.action(ACKNOWLEDGE)
async def acknowledge(call: BotCall) -> None:
    """Take one."""
    call.later(_acknowledge(call), doing=Phrase("acknowledging an alert"))


@router.action(SNOOZE)
async def snooze_chosen(call: BotCall) -> None:
    """Snooze one for as long as was chosen, or ask until when."""
    how, _, alert_id = call.value.partition(" ")
    call.later(_snooze_chosen(call, how, alert_id), doing=Phrase("snoozing an alert"))


@router.action(WAKE)
async def wake(call: BotCall) -> None:
    """Wake one."""
    call.later(_wake(call, call.value), doing=Phrase("waking an alert"))


@router.action(ASSIGN)
async def assign(call: BotCall) -> None:
    """Ask who is to be on it."""
    call.later(_ask_who(call), doing=Phrase("asking who is on it"))


async def _ask_who(call: BotCall) -> None:
    if not await theirs(call, call.value):
        return
    people = UserMultiSelectElement(action_id=PEOPLE, max_selected_items=1)
    form = modal(
        PERSON,
        say("Who is on it?"),
        [
            input_block(
                PEOPLE, say("Person"), people, hint=say("They are told in a direct message.")
            )
        ],
        submit=say("Assign"),
        private_metadata=call.value,
    )
    await call.open(form)


@router.view(PERSON)
async def assigned(call: BotCall) -> Ack:
    """Put somebody on it."""
    people = call.view.people(PEOPLE) if call.view else ()
    if call.view is None or not people:
        return Errors({PEOPLE: say("Choose a person.")})
    call.later(
        _assign(call, call.view.private_metadata, people[0]), doing=Phrase("assigning an alert")
    )
    return Clear()


@router.view(PICK)
async def picked(call: BotCall) -> Ack:
    """Snooze it until the moment that was picked."""
    stamp = call.view.moment(MOMENT) if call.view else None
    now = call.services.now()
    if call.view is None or stamp is None:
        return Errors({MOMENT: say("Choose a day and a time.")})
    until = datetime.fromtimestamp(stamp, now.tzinfo)
    if not now < until <= now + _LONGEST:
        return Errors({MOMENT: say("Choose a time in the future, at most 30 days from now.")})
    call.later(_snooze(call, call.view.private_metadata, until), doing=Phrase("snoozing an alert"))
    return Clear()


async def _list(call: BotCall) -> None:
    if call.text.strip():
        await call.reply(plain(say(":warning: Type `/clicksend alert` alone, or `help alert`.")))
        return
    groups = await call.services.alerts.recent(limit=15)
    await call.reply(alert_text.listed([(group, _title(call, group)) for group in groups]))


async def _show(call: BotCall) -> None:
    group = await found(call, call.text.strip())
    if group is not None:
        await call.reply(alert_text.render(group, _title(call, group)))


async def _acknowledge(call: BotCall) -> None:
    if await theirs(call, call.value):
        await call.services.alerts.acknowledge(call.value, by=call.user)
        call.services.deliver()


async def _assign(call: BotCall, alert_id: str, person: str) -> None:
    # Whether they may was asked when the form opened, in the channel.
    if not await found(call, alert_id):
        return
    group = await call.services.alerts.act(
        alert_id, lambda found: engine.assign(found, to=person), actor=call.user, what="assigned"
    )
    call.services.deliver()
    if group is not None and person != call.user:
        with speaking(await call.slack.people.locale_of(person)):
            said = say(
                ":wave: <@{user}> put you on *{alert}*. `/clicksend alert show {id}` shows it.",
                user=call.user,
                alert=_title(call, group),
                id=group.id,
            )
        await call.slack.dm(person, plain(said))


async def _snooze_typed(call: BotCall) -> None:
    alert_id, _, typed = call.text.strip().partition(" ")
    zone = await any_zone_of(call)
    try:
        until = _until(typed or "1 hour", call.services.now(), zone)
    except when.WhenError as error:
        await call.reply(plain(say(":warning: {error} Nothing changed.", error=escape(str(error)))))
        return
    if until > call.services.now() + _LONGEST:
        await call.reply(plain(say(":warning: At most 30 days. Nothing changed.")))
        return
    await _snooze(call, alert_id, until)


def _until(typed: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Until when: `2 hours` is that long from now, as `in 2 hours` is.

    Raises:
        WhenError: It cannot be read.
    """
    with suppress(when.WhenError):
        return when.read(f"in {typed}", now=now, zone=zone).at
    return when.read(typed, now=now, zone=zone).at


async def _snooze_chosen(call: BotCall, how: str, alert_id: str) -> None:
    now = call.services.now()
    if how == HOUR:
        await _snooze(call, alert_id, now + timedelta(hours=1))
    elif how == TOMORROW:
        here = now.astimezone(await any_zone_of(call))
        day = here.date() + timedelta(days=1)
        await _snooze(call, alert_id, datetime.combine(day, _MORNING, here.tzinfo))
    elif await theirs(call, alert_id):
        picker = DateTimePickerElement(action_id=MOMENT)
        form = modal(
            PICK,
            say("Snooze it"),
            [input_block(MOMENT, say("Until"), picker)],
            submit=say("Snooze"),
            private_metadata=alert_id,
        )
        await call.open(form)


async def _snooze(call: BotCall, alert_id: str, until: datetime) -> None:
    if not await (found if call.view else theirs)(call, alert_id):
        return
    await call.services.alerts.act(
        alert_id,
        lambda group: engine.snooze(group, until=until, by=call.user),
        actor=call.user,
        what="snoozed",
    )
    call.services.deliver()
    await call.reply(plain(say(":zzz: Snoozed until {until}.", until=moment(until))))


async def _wake(call: BotCall, alert_id: str) -> None:
    if not await theirs(call, alert_id):
        return
    await call.services.alerts.act(alert_id, engine.unsnooze, actor=call.user, what="woken")
    call.services.deliver()
    await call.reply(plain(say(":bell: You are told of it again.")))


def _title(call: BotCall, group: Group) -> str:
    rule = call.services.alerts.rules.get(group.rule)
    return str(rule.title) if rule else group.rule
