"""`/clicksend sender number`: a number of one's own is verified, and messages can come from it.

The code of a verification is typed in a form, and in nothing else: what is typed after a slash
command stays in Slack's own records. It is kept nowhere here.
"""

from __future__ import annotations

import json

from pydantic import SecretStr

from bot.clicksend.operations.own_numbers import RequestNumberVerification, VerifyNumber
from bot.services.by_hand import Ended
from bot.services.csv_rows import number_of
from bot.services.recipients import for_people
from bot.services.sending import new_id
from bot.slack.blocks import (
    Block,
    Message,
    Modal,
    button,
    buttons,
    clip,
    escape,
    modal,
    section,
)
from bot.slack.router import Ack, Clear, Errors
from bot.store.calls import CallState
from bot.texts import Phrase, many, say
from commands.access_text import may_not
from commands.answers import plain
from commands.context import BotCall, BotRouter
from commands.fields import text_field
from commands.things import denied, kept, metadata

NUMBER, VERIFY, ENTER = "sender.number", "sender.verify", "sender.enter"
PHONE, LABEL, CODE = "phone", "label", "code"
_DIGITS, _LONGEST_LABEL, _LONGEST_PHONE = 6, 200, 30
_APPROVED = "APPROVED"
_HOW = Phrase(
    "The code is typed in a form, never after a command. Begin with `/clicksend sender number "
    "+61411111111`: the form for the code comes after it."
)

router: BotRouter = BotRouter()


@router.command(
    "sender number",
    args="[number]",
    summary=Phrase(
        "send from a number of your own, as `/clicksend sender number +61411111111` (admins)"
    ),
    uses=("own_numbers.request_verification", "own_numbers.verify"),
)
async def number(call: BotCall) -> None:
    """Open the form of a number; a code goes to it when that is submitted."""
    call.later(_open(call, _number_form(call)), doing=Phrase("opening the form"))


@router.view(NUMBER)
async def number_asked(call: BotCall) -> Ack:
    """Have a code sent to the number, once."""
    refusal = denied(await call.services.access.may_administer(call.user))
    if refusal or call.view is None:
        return refusal
    phone, why = number_of(call.view.text(PHONE).strip(), call.services.default_country)
    if why:
        return Errors({PHONE: say("This {why}.", why=why)})
    label = call.view.text(LABEL).strip() or None
    operation = RequestNumberVerification(phone_number=phone, label=label)
    call.later(_request(call, operation, kept(call)["id"]), doing=Phrase("having a code sent"))
    return Clear()


@router.command("sender verify", summary=Phrase("where the code of a number of your own goes"))
async def verify(call: BotCall) -> None:
    """Say where the code goes: what was typed here is not looked at."""
    call.later(call.reply(plain(_HOW)), doing=Phrase("saying where a code goes"))


@router.action(ENTER)
async def enter(call: BotCall) -> None:
    """Open the form for the code."""
    call.later(_open(call, _code_form(call.value)), doing=Phrase("opening the form"))


@router.view(VERIFY)
async def code_entered(call: BotCall) -> Ack:
    """Verify the number with the code, once."""
    refusal = denied(await call.services.access.may_administer(call.user))
    if refusal or call.view is None:
        return refusal
    code = call.view.text(CODE).strip()
    if len(code) != _DIGITS:
        return Errors({CODE: say("The code has {count} characters.", count=_DIGITS)})
    about = kept(call)
    operation = VerifyNumber(
        verification_id=about["verification"], code=SecretStr(code), phone_number=about["phone"]
    )
    call.later(_verify(call, operation, about), doing=Phrase("verifying the number"))
    return Clear()


async def _open(call: BotCall, view: Modal) -> None:
    if not await may_not(call):
        await call.open(view)


async def _request(call: BotCall, operation: RequestNumberVerification, key: str) -> None:
    ended = await call.services.by_hand.once(key, operation, actor=call.user)
    if ended is not None:
        await call.slack.dm(call.user, sent_or_not(ended, operation.phone_number))


async def _verify(call: BotCall, operation: VerifyNumber, about: dict[str, str]) -> None:
    ended = await call.services.by_hand.once(about["id"], operation, actor=call.user)
    if ended is not None:
        message = verified_or_not(ended, about["phone"], about["verification"])
        await call.slack.dm(call.user, message)


def sent_or_not(ended: Ended, phone: str) -> Message:
    """What came of asking for a code; where it was sent, with the way to type it."""
    to = escape(for_people(phone))
    answer = ended.answer if isinstance(ended.answer, dict) else {}
    verification = str(answer.get("id") or "")
    if ended.state is CallState.DONE and verification:
        text = say(
            ":incoming_envelope: A code goes to {number}. Type it in the form while it is valid.",
            number=to,
        )
        return _with_form(text, phone, verification)
    if ended.state is CallState.REFUSED:
        return plain(
            say(
                ":warning: No code goes to {number}. {why} Nothing was changed.",
                number=to,
                why=escape(ended.words),
            )
        )
    return plain(
        say(
            ":grey_question: It is not certain whether a code goes to {number}. "
            "Ask for another with `/clicksend sender number` if none comes.",
            number=to,
        )
    )


def verified_or_not(ended: Ended, phone: str, verification: str) -> Message:
    """What came of a code, with the way to try again while that is possible."""
    to = escape(for_people(phone))
    answer = ended.answer if isinstance(ended.answer, dict) else {}
    if ended.state is CallState.REFUSED:
        return plain(
            say(":warning: {number} is not verified. {why}", number=to, why=escape(ended.words))
        )
    if ended.state is not CallState.DONE:
        return plain(
            say(
                ":grey_question: It is not certain whether {number} is verified: "
                "`/clicksend sender list` shows it.",
                number=to,
            )
        )
    if str(answer.get("status")).upper() == _APPROVED:
        return plain(
            say(":white_check_mark: {number} is verified: messages can come from it.", number=to)
        )
    left, code = answer.get("remaining_attempts"), str(answer.get("error_code") or "")
    why = escape(clip(code.replace("_", " ").lower(), 100))
    said = f":x: {say('{number} is not verified.', number=to)} {why}".strip()
    if not isinstance(left, int) or not left:
        return plain(f"{said} {say('Ask for another code: `/clicksend sender number`.')}")
    tries = many("one more try is left", "{count} more tries are left", left)
    return _with_form(f"{said}: {tries}.", phone, verification)


def _with_form(text: str, phone: str, verification: str) -> Message:
    value = json.dumps({"verification": verification, "phone": phone})
    pressed = button(say("Enter the code…"), ENTER, value=value, style="primary")
    return Message(text, (section(text), buttons(pressed)))


def _number_form(call: BotCall) -> Modal:
    intro = section(say("A code goes to the number at once: have its phone at hand."))
    typed = call.text.strip()[:_LONGEST_PHONE]
    phone = text_field(PHONE, say("Number"), typed, most=_LONGEST_PHONE)
    label = text_field(LABEL, say("What you call it"), "", most=_LONGEST_LABEL, optional=True)
    return _form(
        NUMBER, say("Your own number"), [intro, phone, label], say("Send code"), metadata(call)
    )


def _code_form(value: str) -> Modal:
    about = json.loads(value)
    to = escape(for_people(about["phone"]))
    intro = section(say("The code that came to {number}. It is kept nowhere here.", number=to))
    kept_ = json.dumps({**about, "id": new_id()})
    code = text_field(CODE, say("Code"), "", most=_DIGITS)
    return _form(VERIFY, say("Enter the code"), [intro, code], say("Verify"), kept_)


def _form(callback_id: str, title: str, blocks: list[Block], submit: str, kept_: str) -> Modal:
    return modal(
        callback_id, title, blocks, submit=submit, close=say("Cancel"), private_metadata=kept_
    )
