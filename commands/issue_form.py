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
from commands.answers import plain, refused
from commands.changes import shown
from commands.context import BotCall, BotRouter
from commands.fields import text_field
from commands.issue_buttons import MESSAGE, SEND
from commands.things import Words, change, denied, kept, metadata

REPORT = "issue.report"
LIST = "/clicksend issue list"
KIND, ID, WHAT, EMAIL, MORE = "kind", "message", "what", "email", "more"
_TYPES = {
    "SMS": "SMS",
    "MMS": "MMS",
    "VOICE": "Voice call",
    "FAX": "Fax",
    "EMAIL_TRANSACTIONAL": "Email",
    "EMAIL_MARKETING": "Email campaign",
    "POST": "Letter or postcard",
}
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
    summary="tell ClickSend of a delivery that went wrong",
    uses=("delivery_issues.create", "account.get"),
)
async def report(call: BotCall) -> None:
    """Open the form of a report."""
    filled = Filled(message_id=call.text.strip()[:_LONGEST_ID])
    call.later(_open(call, filled), doing="opening the form")


@router.action(MESSAGE)
async def of_message(call: BotCall) -> None:
    """The same of one failed message, from the alert."""
    about = json.loads(call.value)
    kind = type_of(str(about["kind"]))
    filled = Filled(kind, str(about["id"])[:_LONGEST_ID], f"Not delivered: {about['cause']}")
    call.later(_open(call, filled), doing="opening the form")


@router.action(SEND)
async def of_send(call: BotCall) -> None:
    """The same of the failed messages of a send, from its message."""
    call.later(_open_send(call), doing="opening the form")


@router.view(REPORT)
async def reported(call: BotCall) -> Ack:
    """Report it, once."""
    refusal = denied(await call.services.access.may_send(call.user, None))
    if refusal or call.view is None:
        return refusal
    view, about = call.view, kept(call)
    what, email = view.text(WHAT).strip(), view.text(EMAIL).strip()
    wrong = {} if what else {WHAT: "Say what went wrong."}
    if not is_email(email):
        wrong[EMAIL] = "Give the email address that ClickSend answers to."
    if wrong:
        return Errors(wrong)
    operation = CreateDeliveryIssue(
        type=view.choice(KIND) or "SMS",
        description=what,
        email_address=email,
        message_id=view.text(ID).strip() or None,
        client_comments=view.text(MORE).strip() or None,
    )
    of = f" of `{shown(operation.message_id)}`" if operation.message_id else ""
    done = f"The delivery issue{of} is reported; ClickSend answers by email."
    words = Words(done, f"The delivery issue{of} was not reported.", LIST)
    return await change(call, operation, words, key=about["id"], channel=about["channel"])


def type_of(kind: str) -> str:
    """ClickSend's name of a channel in a report.

    Args:
        kind: As the pipeline and receipts name it, such as `sms`.
    """
    return _OF_KIND.get(kind, kind.upper() if kind.upper() in _TYPES else "SMS")


async def _open_send(call: BotCall) -> None:
    found = await call.services.sending.report(call.value)
    if found is None:
        await call.reply(plain(f":warning: That send is not known here any more. See `{LIST}`."))
        return
    send, messages = found
    failed = [each for each in messages if each.delivery == Delivery.FAILED and each.message_id]
    if not failed:
        await call.reply(plain(":warning: No message of it is known to have failed now."))
        return
    first, *others = failed
    ids = "\n".join(each.message_id or "" for each in others[:_OTHERS_SHOWN])
    rest = len(others) - _OTHERS_SHOWN
    also = f"Also of these messages:\n{ids}" if others else ""
    also += f"\nand {rest:,} more" if rest > 0 else ""
    cause = first.delivery_text or "no cause given"
    kind = type_of(channel_of(send.operation).kind)
    await _open(call, Filled(kind, first.message_id or "", f"Not delivered: {cause}", also))


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
    options = {value: Option(value=value, text=text) for value, text in _TYPES.items()}
    menu = StaticSelectElement(
        action_id=KIND, options=list(options.values()), initial_option=options[filled.kind]
    )
    blocks = [
        section("ClickSend's staff reads this, and answers by email. Nothing is sent again by it."),
        input_block(KIND, "Which kind", menu),
        text_field(
            ID, "Message id", clip(filled.message_id, _LONGEST_ID), most=_LONGEST_ID, optional=True
        ),
        text_field(WHAT, "What went wrong", clip(filled.what, _LONGEST_WHAT), most=_LONGEST_WHAT),
        text_field(
            EMAIL,
            "Email that ClickSend answers to",
            clip(email, _LONGEST_EMAIL),
            most=_LONGEST_EMAIL,
        ),
        text_field(
            MORE,
            "Anything more",
            clip(filled.more, _LONGEST_MORE),
            most=_LONGEST_MORE,
            optional=True,
            multiline=True,
        ),
    ]
    title = "Report a delivery"
    return modal(REPORT, title, blocks, submit="Report it", close="Cancel", private_metadata=kept_)
