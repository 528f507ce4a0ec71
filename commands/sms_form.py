"""The form of an SMS: its fields, what is wrong with them, the draft they make."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from slack_sdk.models.blocks import ExternalDataSelectElement, PlainTextInputElement
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services import parts, recipients
from bot.services.sending import Draft
from bot.slack.blocks import Block, Modal, Option, clip, context, escape, input_block, modal
from bot.slack.blocks import section as paragraph
from bot.slack.calls import View
from commands.times import WHEN, WORDS, Chosen
from commands.times import fields as time_fields

FORM, COUNT, LIST = "sms.form", "sms.count", "sms.list"
TO, TO_LIST, SENDER, BODY = "to", "list", "sender", "body"
LONGEST = 3000
MOST_RECIPIENTS = 1000
_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", re.ASCII)


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
        **_wrong_recipients(typed, found),
        **wrong_sender(typed.sender, SENDER),
        **dict(time.wrong),
    }
    if not typed.body.strip():
        wrong[BODY] = "Write the message."
    if wrong:
        return wrong, None
    common = {"body": typed.body, "from_": typed.sender or None, "schedule": time.at}
    targets: list[dict[str, object]] = [{"to": number} for number in found.valid]
    if typed.list_id:
        targets.append({"list_id": int(typed.list_id)})
    messages = tuple(SmsMessage.model_validate({**common, **target}) for target in targets)
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


def wrong_sender(sender: str, block: str) -> dict[str, str]:
    """What is wrong with a sender ID: at most 11 letters and digits, or a number."""
    if not sender or _SENDER.fullmatch(sender):
        return {}
    if recipients.parse(sender, default_country=None).valid:
        return {}
    return {block: "At most 11 letters, digits and spaces, or a number such as +61411111111."}


def _wrong_recipients(typed: Typed, found: recipients.Recipients) -> dict[str, str]:
    if found.problems:
        named = "; ".join(f"{each.typed}: {each.why}" for each in found.problems[:5])
        return {TO: clip(f"Not a phone number: {named}.", 500)}
    if not found.valid and not typed.list_id:
        return {TO: "Give a number, or choose a contact list below."}
    if len(found.valid) > MOST_RECIPIENTS:
        return {TO: f"At most {MOST_RECIPIENTS:,} numbers; these are {len(found.valid):,}."}
    if typed.list_id and not typed.list_id.isdigit():
        return {TO_LIST: "Choose a list that is offered."}
    return {}


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    kept = {
        "id": typed.id,
        "channel": typed.channel,
        "previous": typed.previous,
        "replaces": typed.replaces,
    }
    chosen = Option(value=typed.list_id, text=clip(typed.list_name, 75)) if typed.list_id else None
    blocks: list[Block] = [
        *([paragraph(f":warning: {problem}")] if problem else []),
        input_block(
            TO,
            "To",
            PlainTextInputElement(
                action_id=TO,
                multiline=True,
                max_length=LONGEST,
                initial_value=typed.to or None,
                placeholder="+61411111111, +61422222222",
            ),
            hint="One or many numbers, with country code, separated by commas or lines.",
            optional=True,
        ),
        input_block(
            TO_LIST,
            "Or a contact list",
            ExternalDataSelectElement(
                action_id=LIST,
                placeholder="Type to search",
                min_query_length=0,
                initial_option=chosen,
            ),
            optional=True,
        ),
        input_block(
            BODY,
            "Message",
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
        input_block(
            SENDER,
            "From",
            PlainTextInputElement(
                action_id=SENDER,
                max_length=20,
                initial_value=typed.sender or None,
                placeholder="Your sender ID; empty: ClickSend chooses",
            ),
            optional=True,
        ),
        *time_fields(typed.words, typed.when, hint="In your own time zone. Empty: now."),
    ]
    return modal(
        FORM,
        "Send an SMS",
        blocks,
        submit="Price",
        close="Cancel",
        private_metadata=json.dumps(kept),
    )


def counted(body: str) -> str:
    """Characters, parts and encoding in words (mrkdwn)."""
    found = parts.count(body)
    unit = "part" if found.parts == 1 else "parts"
    words = f"{found.characters:,} characters · {found.parts} {unit} · {found.encoding}"
    if found.unicode_because:
        because = " ".join(f"`{escape(char)}`" for char in found.unicode_because[:5])
        words += f" because of {because}"
    if len(found.kept) < len(body):
        words += f" · :warning: too long: only the first {len(found.kept):,} characters are sent"
    return words
