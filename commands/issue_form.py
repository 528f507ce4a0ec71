"""The report of a delivery that went wrong: prefilled from a failed message, sent after a look."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from slack_sdk.models.blocks import StaticSelectElement

from bot.clicksend import ClickSendError
from bot.clicksend.operations.delivery_issues import CreateDeliveryIssue
from bot.services.channels import channel_of
from bot.services.csv_rows import is_email
from bot.slack.blocks import Modal, Option, clip, input_block, modal, section
from bot.slack.router import Ack, Errors
from bot.store.deliveries import Delivery
from bot.texts import Phrase, Text, say
from commands.answers import plain, refused
from commands.changes import shown
from commands.context import BotCall, BotRouter
from commands.fields import text_field
from commands.issue_buttons import MESSAGE, SEND
from commands.things import Words, change, denied, kept, metadata

REPORT = "issue.report"
LIST = "/clicksend issue list"
KIND, ID, WHAT, EMAIL, MORE = "kind", "message", "what", "email", "more"
_TYPES: dict[str, Text] = {
    "SMS": "SMS",
    "MMS": "MMS",
    "VOICE": Phrase("Voice call"),
    "FAX": Phrase("Fax"),
    "EMAIL_TRANSACTIONAL": Phrase("Email"),
    "EMAIL_MARKETING": Phrase("Email campaign"),
    "POST": Phrase("Letter or postcard"),
}
_REPORTED = Words(
    Phrase("The delivery issue is reported; ClickSend answers by email."),
    Phrase("The delivery issue was not reported."),
    LIST,
)
_OF_KIND = {"email": "EMAIL_TRANSACTIONAL", "letter": "POST", "postcard": "POST"}
_LONGEST_ID, _LONGEST_WHAT, _LONGEST_MORE, _LONGEST_EMAIL = 100, 1000, 3000, 200
_OTHERS_SHOWN = 50
_ACCOUNT_SECONDS = 1.5
"""A form must open within 3 seconds of the press, with the email in it or without."""

router: BotRouter = BotRouter()


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form when it opens."""

    kind: str = "SMS"
    message_id: str = ""
    what: str = ""
    more: str = ""


@router.command(
    "issue report",
    args="[message id]",
    summary=Phrase("tell ClickSend of a delivery that went wrong"),
    uses=("delivery_issues.create", "account.get"),
)
async def report(call: BotCall) -> None:
    """Open the form of a report."""
    filled = Filled(message_id=call.text.strip()[:_LONGEST_ID])
    call.later(_open(call, filled), doing=Phrase("opening the form"))


@router.action(MESSAGE)
async def of_message(call: BotCall) -> None:
    """The same of one failed message, from the alert."""
    about = json.loads(call.value)
    kind = type_of(str(about["kind"]))
    what = say("Not delivered: {cause}", cause=about["cause"])
    filled = Filled(kind, str(about["id"])[:_LONGEST_ID], what)
    call.later(_open(call, filled), doing=Phrase("opening the form"))


@router.action(SEND)
async def of_send(call: BotCall) -> None:
    """The same of the failed messages of a send, from its message."""
    call.later(_open_send(call), doing=Phrase("opening the form"))


@router.view(REPORT)
async def reported(call: BotCall) -> Ack:
    """Report it, once."""
    refusal = denied(await call.services.access.may_send(call.user, None))
    if refusal or call.view is None:
        return refusal
    view, about = call.view, kept(call)
    what, email = view.text(WHAT).strip(), view.text(EMAIL).strip()
    wrong = {} if what else {WHAT: say("Say what went wrong.")}
    if not is_email(email):
        wrong[EMAIL] = say("Give the email address that ClickSend answers to.")
    if wrong:
        return Errors(wrong)
    operation = CreateDeliveryIssue(
        type=view.choice(KIND) or "SMS",
        description=what,
        email_address=email,
        message_id=view.text(ID).strip() or None,
        client_comments=view.text(MORE).strip() or None,
    )
    words = _words(operation.message_id)
    return await change(call, operation, words, key=about["id"], channel=about["channel"])


def _words(message_id: str | None) -> Words:
    if not message_id:
        return _REPORTED
    about = shown(message_id)

    def done() -> str:
        return say(
            "The delivery issue of `{id}` is reported; ClickSend answers by email.", id=about
        )

    return Words(done, say("The delivery issue of `{id}` was not reported.", id=about), LIST)


def type_of(kind: str) -> str:
    """ClickSend's name of a channel in a report.

    Args:
        kind: As the pipeline and receipts name it, such as `sms`.
    """
    return _OF_KIND.get(kind, kind.upper() if kind.upper() in _TYPES else "SMS")


async def _open_send(call: BotCall) -> None:
    found = await call.services.sending.report(call.value)
    if found is None:
        gone = say("That send is not known here any more. See `{command}`.", command=LIST)
        await call.reply(plain(f":warning: {gone}"))
        return
    send, messages = found
    failed = [each for each in messages if each.delivery == Delivery.FAILED and each.message_id]
    if not failed:
        await call.reply(plain(say(":warning: No message of it is known to have failed now.")))
        return
    first, *others = failed
    ids = "\n".join(each.message_id or "" for each in others[:_OTHERS_SHOWN])
    rest = len(others) - _OTHERS_SHOWN
    also = f"{say('Also of these messages:')}\n{ids}" if others else ""
    also += "\n" + say("and {count:,} more", count=rest) if rest > 0 else ""
    what = say("Not delivered: {cause}", cause=first.delivery_text or say("no cause given"))
    kind = type_of(channel_of(send.operation).kind)
    await _open(call, Filled(kind, first.message_id or "", what, also))


async def _open(call: BotCall, filled: Filled) -> None:
    if await refused(call):
        return
    try:
        async with asyncio.timeout(_ACCOUNT_SECONDS):
            email = (await call.services.account.balance()).email or ""
    except (TimeoutError, ClickSendError):
        email = ""
    await call.open(form(filled, email, metadata(call)))


def form(filled: Filled, email: str, kept_: str) -> Modal:
    """The form of a report."""
    options = {value: Option(value=value, text=str(text)) for value, text in _TYPES.items()}
    menu = StaticSelectElement(
        action_id=KIND, options=list(options.values()), initial_option=options[filled.kind]
    )
    blocks = [
        section(
            say("ClickSend's staff reads this, and answers by email. Nothing is sent again by it.")
        ),
        input_block(KIND, say("Which kind"), menu),
        text_field(
            ID,
            say("Message id"),
            clip(filled.message_id, _LONGEST_ID),
            most=_LONGEST_ID,
            optional=True,
        ),
        text_field(
            WHAT, say("What went wrong"), clip(filled.what, _LONGEST_WHAT), most=_LONGEST_WHAT
        ),
        text_field(
            EMAIL,
            say("Email that ClickSend answers to"),
            clip(email, _LONGEST_EMAIL),
            most=_LONGEST_EMAIL,
        ),
        text_field(
            MORE,
            say("Anything more"),
            clip(filled.more, _LONGEST_MORE),
            most=_LONGEST_MORE,
            optional=True,
            multiline=True,
        ),
    ]
    title = say("Report a delivery")
    return modal(
        REPORT, title, blocks, submit=say("Report it"), close=say("Cancel"), private_metadata=kept_
    )
