"""Sends that an admin wrote field by field, made ready for the pipeline that every send takes."""

from __future__ import annotations

from datetime import datetime

from bot.clicksend.requests import Recipient
from bot.services import recipients
from bot.services.channels import SendOperation, channel_of, messages_of
from bot.texts import say

_SAME = ("body", "subject", "from_", "schedule", "from_email", "voice", "lang", "require_input")


def ready(operation: SendOperation, *, country: str | None, now: datetime) -> SendOperation | str:
    """Check what the price operation does not, and write the numbers in E.164.

    The yes is to one text, at one hour: messages that differ in more than their recipient are
    refused, for nobody could see all that they say yes to.

    Args:
        operation: As it was typed.
        country: Of numbers without `+`, where the message names none.
        now: The present.

    Returns:
        The operation, or what is wrong with its messages.
    """
    messages = messages_of(operation)
    each = messages or getattr(operation, "recipients", ())
    for name in _SAME:
        given = {getattr(message, name, None) for message in each}
        if len(given) > 1:
            return say(
                "the messages differ in {field}; send those one after another",
                field=name.strip("_"),
            )
    if any(message.custom_string for message in messages):
        return say("custom_string is the bot's own reference; leave it out")
    schedule = channel_of(operation.route.id).schedule(operation)
    if schedule and schedule <= now:
        return say("schedule has passed; give a later time, or none to send it now")
    return _addressed(operation, country) if messages else operation


def _addressed(operation: SendOperation, country: str | None) -> SendOperation | str:
    messages: list[Recipient] = []
    seen: set[str | int | None] = set()
    for index, message in enumerate(messages_of(operation)):
        number = message.to
        if number is not None:
            found = recipients.parse(number, default_country=message.country or country)
            if len(found.valid) != 1 or found.problems:
                why = found.problems[0].why if found.problems else say("it is not one number")
                return f"{index}.to: {why}"
            number = found.valid[0]
        if (number or message.list_id) in seen:
            return say("{index}: this recipient is there twice", index=index)
        seen.add(number or message.list_id)
        messages.append(message.model_copy(update={"to": number}))
    return operation.model_copy(update={"messages": tuple(messages)})


def summary(operation: SendOperation) -> str:
    """What is sent, in words: an SMS's text, a fax's file."""
    return channel_of(operation.route.id).text(operation)
