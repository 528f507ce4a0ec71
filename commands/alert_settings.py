"""`/clicksend alert route` and `settings`: where alerts go, how loudly; changed by admins."""

from __future__ import annotations

import asyncio
import json

from pydantic import ValidationError

from bot.services.alerts.routing import ChannelSettings
from bot.slack.calls import View
from bot.slack.router import Ack, Clear, Errors, Options
from bot.texts import Phrase, say
from commands.access_text import may_not
from commands.alert_forms import (
    ADD,
    ANY,
    ESCALATE,
    FORM,
    GROUP,
    INTERVAL,
    LIST,
    MENTION,
    NOBODY,
    NUMBERS,
    ONCALL,
    PERSON,
    REMOVE,
    REPEAT,
    RULE,
    SETTINGS,
    SEVERITY,
    SUBACCOUNT,
    WHERE,
    group_option,
    route_form,
    routes_shown,
    settings_form,
)
from commands.answers import plain
from commands.context import BotCall, BotRouter

_MENU_SECONDS = 2.5
_MOST_OFFERED = 100

router: BotRouter = BotRouter()


@router.command("alert route", summary=Phrase("which alerts go to which channel"))
async def route(call: BotCall) -> None:
    """Show the routes, with buttons that change them."""
    call.later(_routes(call), doing=Phrase("reading the routes of alerts"))


@router.command("alert settings", summary=Phrase("how loud alerts are in this channel"))
async def settings(call: BotCall) -> None:
    """Open the form of this channel."""
    call.later(_settings(call), doing=Phrase("opening the settings of alerts"))


@router.action(ADD)
async def add(call: BotCall) -> None:
    """Open the form of a route."""
    call.later(_add(call), doing=Phrase("opening the form of a route"))


@router.action(REMOVE)
async def remove(call: BotCall) -> None:
    """Take a route away."""
    call.later(_remove(call), doing=Phrase("removing a route"))


@router.options(GROUP)
async def offer_groups(call: BotCall) -> Ack:
    """Offer the user groups whose handle or name has what is typed in it, a hundred at most."""
    typed = call.value.strip().lstrip("@").casefold()
    try:
        async with asyncio.timeout(_MENU_SECONDS):
            groups = await call.slack.people.groups()
    except TimeoutError:
        return Options(())
    fitting = [
        group_option(id_, group)
        for id_, group in sorted(groups.items(), key=lambda each: each[1].handle)
        if typed in f"{group.handle} {group.name}".casefold()
    ]
    return Options(fitting[:_MOST_OFFERED])


@router.view(FORM)
async def added(call: BotCall) -> Ack:
    """Set a route."""
    channel = call.view.conversation(WHERE) if call.view else None
    if call.view is None or channel is None:
        return Errors({WHERE: say("Choose a channel.")})
    call.later(_set_route(call, call.view, channel), doing=Phrase("setting a route"))
    return Clear()


@router.view(SETTINGS)
async def changed(call: BotCall) -> Ack:
    """Set how loud alerts are in a channel."""
    if call.view is None:
        return None
    try:
        wanted = _read(call.view)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        block = {"interval_minutes": INTERVAL, "repeat_hours": REPEAT}.get(field, ESCALATE)
        most = NUMBERS[block][1]
        return Errors({block: say("Write a whole number from 0 to {most:,}.", most=most)})
    call.later(
        _set(call, call.view.private_metadata, wanted), doing=Phrase("setting how loud alerts are")
    )
    return Clear()


async def _routes(call: BotCall) -> None:
    book = await call.services.clerk.book()
    await call.reply(routes_shown(book, call.services.alerts.rules))


async def _add(call: BotCall) -> None:
    if not await may_not(call):
        await call.open(route_form(call.services.alerts.rules))


async def _remove(call: BotCall) -> None:
    if await may_not(call):
        return
    rule, severity, subaccount, list_name = json.loads(call.value)
    gone = await call.services.clerk.drop_route(
        rule=rule, severity=severity, subaccount=subaccount, list_name=list_name, actor=call.user
    )
    said = say("That route is gone.") if gone else say("That route was gone already.")
    await call.reply(plain(f":twisted_rightwards_arrows: {said}"))


async def _set_route(call: BotCall, view: View, channel: str) -> None:
    if await may_not(call):
        return
    rule, severity = view.choice(RULE) or ANY, view.choice(SEVERITY) or ANY
    await call.services.clerk.set_route(
        channel,
        rule="" if rule == ANY else rule,
        severity="" if severity == ANY else severity,
        subaccount=view.text(SUBACCOUNT).strip()[:128],
        list_name=view.text(LIST).strip()[:128],
        actor=call.user,
    )
    await call.reply(
        plain(
            say(":twisted_rightwards_arrows: Those alerts go to <#{channel}> now.", channel=channel)
        )
    )


async def _settings(call: BotCall) -> None:
    if await may_not(call):
        return
    book = await call.services.clerk.book()
    channel = call.channel or call.user
    now = book.of(channel)
    groups = await call.slack.people.groups() if now.mention.startswith("S") else {}
    await call.open(settings_form(channel, now, groups=groups))


async def _set(call: BotCall, channel: str, wanted: ChannelSettings) -> None:
    if await may_not(call):
        return
    await call.services.clerk.set_settings(channel, wanted, actor=call.user)
    await call.reply(
        plain(
            say(":level_slider: Alerts in <#{channel}> follow that from now on.", channel=channel)
        )
    )


def _read(view: View) -> ChannelSettings:
    people, chosen = view.people(PERSON), view.choice(MENTION) or NOBODY
    named = people[0] if people else view.choice(GROUP)
    mention = named or ("" if chosen == NOBODY else chosen)
    return ChannelSettings.model_validate(
        {
            "mention": mention,
            "interval_minutes": view.text(INTERVAL) or None,
            "repeat_hours": view.text(REPEAT) or None,
            "escalate_minutes": view.text(ESCALATE) or None,
            "oncall": view.people(ONCALL),
        }
    )
