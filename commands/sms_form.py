"""The form of an SMS: its fields, what is wrong with them, the draft they make."""

from __future__ import annotations

import json
from dataclasses import dataclass

from slack_sdk.models.blocks import PlainTextInputElement
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services import parts, recipients
from bot.services.sending import Draft
from bot.slack.blocks import Block, Modal, context, escape, input_block, modal
from bot.slack.blocks import section as paragraph
from bot.slack.calls import View
from bot.texts import many, say
from commands.audience import (
    LONGEST,
    SENDER,
    TO,
    TO_LIST,
    audience_fields,
    sender_field,
    targets,
    wrong_recipients,
    wrong_sender,
)
from commands.times import WHEN, WORDS, Chosen
from commands.times import fields as time_fields

FORM, COUNT = "sms.form", "sms.count"
BODY = "body"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for."""

    id: str
    channel: str
    to: str = ""
    list_id: str = ""
    list_name: str = ""
    sender: str = ""
    body: str = ""
    words: str = ""
    when: int | None = None
    previous: str | None = None
    replaces: str | None = None


def read(view: View) -> Typed:
    """What was typed in the form."""
    kept = json.loads(view.private_metadata or "{}")
    return Typed(
        id=str(kept.get("id", "")),
        channel=str(kept.get("channel", "")),
        previous=kept.get("previous"),
        replaces=kept.get("replaces"),
        to=view.text(TO),
        list_id=view.choice(TO_LIST) or "",
        list_name=view.choice_text(TO_LIST),
        sender=view.text(SENDER).strip(),
        body=view.text(BODY),
        words=view.text(WORDS).strip(),
        when=view.moment(WHEN),
    )


def check(
    typed: Typed, user: str, country: str | None, time: Chosen
) -> tuple[dict[str, str], Draft | None]:
    """What is wrong with a form, by block; or the draft it makes.

    Args:
        typed: The form.
        user: Whose it is.
        country: Of numbers without `+`.
        time: What the fields for the time say.
    """
    found = recipients.parse(typed.to, default_country=country)
    wrong = {
        **wrong_recipients(found, typed.list_id),
        **wrong_sender(typed.sender, SENDER),
        **dict(time.wrong),
    }
    if not typed.body.strip():
        wrong[BODY] = say("Write the message.")
    if wrong:
        return wrong, None
    common = {"body": typed.body, "from_": typed.sender or None, "schedule": time.at}
    messages = tuple(
        SmsMessage.model_validate({**common, **target}) for target in targets(found, typed.list_id)
    )
    return {}, Draft(
        typed.id,
        user,
        typed.channel,
        SendSms(messages=messages),
        typed.body,
        typed.previous,
        replaces=typed.replaces,
        notes=(time.note,) if time.note else (),
    )


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    kept = {
        "id": typed.id,
        "channel": typed.channel,
        "previous": typed.previous,
        "replaces": typed.replaces,
    }
    blocks: list[Block] = [
        *([paragraph(f":warning: {problem}")] if problem else []),
        *audience_fields(typed.to, typed.list_id, typed.list_name),
        input_block(
            BODY,
            say("Message"),
            PlainTextInputElement(
                action_id=COUNT,
                multiline=True,
                max_length=LONGEST,
                initial_value=typed.body or None,
                dispatch_action_config=DispatchActionConfig(
                    trigger_actions_on=["on_character_entered"]
                ),
            ),
            dispatch=True,
        ),
        context(counted(typed.body)),
        sender_field(typed.sender),
        *time_fields(typed.words, typed.when, hint=say("In your own time zone. Empty: now.")),
    ]
    return modal(
        FORM,
        say("Send an SMS"),
        blocks,
        submit=say("Price"),
        close=say("Cancel"),
        private_metadata=json.dumps(kept),
    )


def counted(body: str) -> str:
    """Characters, parts and encoding in words (mrkdwn)."""
    found = parts.count(body)
    encoding = str(found.encoding)
    if found.unicode_because:
        because = " ".join(f"`{escape(char)}`" for char in found.unicode_because[:5])
        encoding = say("{encoding} because of {signs}", encoding=encoding, signs=because)
    words = [
        say("{count:,} characters", count=found.characters),
        many("{count} part", "{count} parts", found.parts),
        encoding,
    ]
    if len(found.kept) < len(body):
        sent = len(found.kept)
        words.append(
            say(":warning: too long: only the first {count:,} characters are sent", count=sent)
        )
    return " · ".join(words)
