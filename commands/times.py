"""The two fields for a time: in words, read in the person's own time zone, and a picker."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import DateTimePickerElement, PlainTextInputElement

from bot.services import when
from bot.services.own_settings import zone_named
from bot.slack.blocks import Block, clip, input_block
from bot.texts import say
from commands.context import BotCall

WORDS, WHEN = "words", "when"
_ZONE_SECONDS = 1.5
_LONGEST = 100
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A time that somebody chose; None for now.

    Attributes:
        at: The time.
        note: What they should know of how it was read.
        wrong: What is wrong with it, by block.
    """

    at: datetime | None = None
    note: str = ""
    wrong: tuple[tuple[str, str], ...] = ()


async def own_zone(call: BotCall) -> ZoneInfo | None:
    """The time zone that the person has chosen; None where it is the one that Slack knows."""
    return zone_named((await call.services.own.of(call.user)).time_zone)


async def any_zone_of(call: BotCall) -> ZoneInfo:
    """The person's time zone: the chosen one, or Slack's."""
    if chosen_ := await own_zone(call):
        return chosen_
    zone = await call.slack.people.zone_of(call.user)
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


async def zone_of(call: BotCall) -> ZoneInfo | None:
    """The person's time zone, in time for an acknowledgement; None when Slack takes too long."""
    try:
        async with asyncio.timeout(_ZONE_SECONDS):
            return await any_zone_of(call)
    except TimeoutError:
        return None


async def chosen(call: BotCall, words: str, picked: int | None) -> Chosen:
    """What the two fields say; words win.

    Args:
        call: Whose time zone it is read in.
        words: What was typed, such as `tomorrow 9am`.
        picked: Unix seconds.
    """
    now = call.services.now()
    if not words.strip():
        return _picked(picked, now)
    zone = await zone_of(call)
    if zone is None:
        late = say("Slack does not say your time zone just now. Try again, or pick the time below.")
        return Chosen(wrong=((WORDS, late),))
    return said(words, now=now, zone=zone)


def said(words: str, *, now: datetime, zone: ZoneInfo) -> Chosen:
    """What words say; a time that is not in the future is now."""
    try:
        moment = when.read(words, now=now, zone=zone)
    except when.WhenError as error:
        return Chosen(wrong=((WORDS, clip(str(error), 500)),))
    at = moment.at.astimezone(UTC)
    return Chosen(at if at > now else None, moment.note)


def _picked(picked: int | None, now: datetime) -> Chosen:
    """What is wrong with the hour somebody picked."""
    if picked is None:
        return Chosen()
    at = datetime.fromtimestamp(picked, UTC)
    if at <= now:
        return Chosen(
            wrong=((WHEN, say("That time has passed. Pick a later one, or none to send it now.")),)
        )
    if at > now + _YEAR:
        return Chosen(wrong=((WHEN, say("That is more than a year away.")),))
    return Chosen(at)


def fields(words: str, picked: int | None, *, hint: str) -> list[Block]:
    """The two fields, with what was typed."""
    typed = PlainTextInputElement(
        action_id=WORDS,
        max_length=_LONGEST,
        initial_value=words or None,
        placeholder=say("tomorrow 9am"),
    )
    return [
        input_block(WORDS, say("When, in words"), typed, hint=hint, optional=True),
        input_block(
            WHEN,
            say("Or pick it"),
            DateTimePickerElement(action_id=WHEN, initial_date_time=picked),
            hint=say("The words above count, where there are both."),
            optional=True,
        ),
    ]
