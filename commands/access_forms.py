"""The forms of `/clicksend access`: for who does not want to type roles and limits."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from slack_sdk.models.blocks import (
    ConversationFilter,
    ConversationSelectElement,
    NumberInputElement,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.services import channels
from bot.services.access_words import AccessWordsError
from bot.services.access_words import grant as sensible
from bot.services.limits import EACH, WORKSPACE, Limit, Measure
from bot.services.permissions import LastAdminError
from bot.services.roles import EVERYBODY, Grant, Role
from bot.slack.blocks import Block, Modal, Option, input_block, modal, section
from bot.slack.calls import View
from bot.slack.router import Ack, Clear, Errors, Update
from bot.texts import Phrase, Text, say
from commands.access_text import (
    GRANT,
    LAST,
    LIMIT,
    NOTHING_CHANGED,
    REVOKE,
    by_setting,
    currency_of,
    gave,
    may_not,
    restricted,
    took,
)
from commands.answers import plain, read_in
from commands.context import BotCall, BotRouter
from commands.review import DONE

PEOPLE, CHANNEL, OTHERS, ROLE, PLACE, KIND = "people", "channel", "others", "role", "place", "kind"
_MOST_PEOPLE = 20
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)
_TITLES = {GRANT: Phrase("Give a role"), REVOKE: Phrase("Take a role away")}
_MEASURES = {
    Measure.MESSAGES_DAY: Phrase("Messages a day"),
    Measure.MESSAGES_MONTH: Phrase("Messages a month"),
    Measure.MONEY_DAY: Phrase("Money a day"),
    Measure.MONEY_MONTH: Phrase("Money a month"),
    Measure.SEND_RECIPIENTS: Phrase("Recipients in one send"),
    Measure.SEND_MONEY: Phrase("Money in one send"),
}

router: BotRouter = BotRouter()


@router.action(GRANT)
async def grant(call: BotCall) -> None:
    """Open the form that gives a role."""
    call.later(open_form(call, GRANT), doing=Phrase("opening the form"))


@router.action(REVOKE)
async def revoke(call: BotCall) -> None:
    """Open the form that takes a role away."""
    call.later(open_form(call, REVOKE), doing=Phrase("opening the form"))


@router.action(LIMIT)
async def limit(call: BotCall) -> None:
    """Open the form that sets limits."""
    call.later(open_form(call, LIMIT), doing=Phrase("opening the form"))


async def open_form(call: BotCall, what: str) -> None:
    """Open one of the three forms, for an admin."""
    if await may_not(call):
        return
    kept = json.dumps({"channel": call.channel or call.user})
    await call.open(limit_form(kept) if what == LIMIT else role_form(what, kept))


@router.view(GRANT)
@router.view(REVOKE)
async def roles_changed(call: BotCall) -> Ack:
    """Give the role to all who were chosen, or take it from them."""
    if call.view is None:
        return None
    try:
        wanted = _grants(call.view)
    except AccessWordsError as error:
        return Errors({PEOPLE: re.sub(r"[*`]", "", str(error))})
    if refusal := await _refusal(call):
        return refusal
    with read_in(_where(call.view)):
        said = [await _change(call, call.view, each) for each in wanted]
    return _announced(call, call.view, said)


async def _change(call: BotCall, view: View, wanted: Grant) -> str:
    access = call.services.access
    if view.callback_id == GRANT:
        new = await access.grant(wanted, actor=call.user, where=_where(view))
        return gave(call.user, wanted) if new else ""
    try:
        gone = await access.revoke(wanted, actor=call.user, where=_where(view))
    except LastAdminError:
        return str(LAST)
    return took(call.user, wanted, access) if gone else by_setting(access, wanted)


@router.view(LIMIT)
async def limits_set(call: BotCall) -> Ack:
    """Set every limit that was filled in, for all who were chosen."""
    if call.view is None:
        return None
    subjects = _subjects(call.view)
    if not subjects:
        return Errors({PEOPLE: say("Choose people, a channel, or one of the others below.")})
    typed = {each: call.view.text(each).strip() for each in _MEASURES}
    wrong = {
        str(each): say("Write an amount, as 49.95.")
        if each.is_money
        else say("Write a whole number.")
        for each, text in typed.items()
        if text and not (_NUMBER.fullmatch(text) and (each.is_money or "." not in text))
    }
    if wrong or not any(typed.values()):
        return Errors(wrong or {str(Measure.MESSAGES_DAY): say("Fill in one limit at least.")})
    if refusal := await _refusal(call):
        return refusal
    wanted = [
        Limit(subject, measure, Decimal(text))
        for subject in subjects
        for measure, text in typed.items()
        if text
    ]
    for each in wanted:
        await call.services.limits.set(each, actor=call.user, where=_where(call.view))
    currency = await currency_of(call)
    with read_in(_where(call.view)):
        said = [restricted(call.user, each, currency) for each in wanted]
    return _announced(call, call.view, said)


def _announced(call: BotCall, view: View, said: list[str]) -> Ack:
    text = "\n".join(filter(None, said))
    if not text:
        done = say("It was like that before. Nothing changed.")
        return Update(modal(DONE, say("As before"), [section(done)]))
    call.later(_tell(call, _where(view), text), doing=Phrase("announcing a change of access"))
    return Clear()


async def _tell(call: BotCall, channel: str, text: str) -> None:
    if channel == call.user:
        await call.slack.dm(call.user, plain(text))
    else:
        await call.slack.post_or_dm(channel, plain(text), user=call.user)


async def _refusal(call: BotCall) -> Ack:
    decision = await call.services.access.may_administer(call.user)
    if decision.allowed:
        return None
    text = f":no_entry: {decision.reason} {NOTHING_CHANGED}"
    return Update(modal(DONE, NOTHING_CHANGED, [section(text)]))


def _where(view: View) -> str:
    return str(json.loads(view.private_metadata)["channel"])


def _subjects(view: View) -> tuple[str, ...]:
    channel, other = view.conversation(CHANNEL), view.choice(OTHERS)
    return (*view.people(PEOPLE), *filter(None, (channel, other)))


def _grants(view: View) -> list[Grant]:
    subjects, role = _subjects(view), Role(view.choice(ROLE) or Role.VIEWER)
    place, kind = view.conversation(PLACE), view.choice(KIND)
    if not subjects:
        raise AccessWordsError(say("Choose people, a channel, or everybody."))
    if place and kind:
        raise AccessWordsError(
            say("Choose a channel where it counts, or what it is for, not both.")
        )
    return [sensible(subject, role, place or kind) for subject in subjects]


def role_form(what: str, kept: str) -> Modal:
    """The form that gives a role or takes it away."""
    roles = [Option(value=str(role), label=str(role)) for role in Role]
    kinds = [Option(value=kind, label=kind) for kind in sorted(channels.kinds())]
    only_for = StaticSelectElement(action_id=KIND, options=kinds)
    blocks = [
        *_whose([Option(value=EVERYBODY, label=say("Everybody in the workspace"))]),
        input_block(
            ROLE,
            say("Role"),
            StaticSelectElement(action_id=ROLE, options=roles),
            hint=say("For a user group, type: /clicksend access grant @group sender"),
        ),
        input_block(PLACE, say("Only in this channel"), _channels(PLACE), optional=True),
        input_block(KIND, say("Or only for"), only_for, optional=True),
    ]
    return modal(what, _TITLES[what], blocks, submit=say("Save"), private_metadata=kept)


def limit_form(kept: str) -> Modal:
    """The form that sets limits."""
    others = [
        Option(value=EACH, label=say("Each person, for themselves")),
        Option(value=WORKSPACE, label=say("The whole workspace together")),
    ]
    blocks = [*_whose(others), *(_number(each, label) for each, label in _MEASURES.items())]
    return modal(LIMIT, say("Set limits"), blocks, submit=say("Save"), private_metadata=kept)


def _number(measure: Measure, label: Text) -> Block:
    element = NumberInputElement(
        action_id=measure,
        is_decimal_allowed=measure.is_money,
        min_value="0",
        max_value="999999999",
    )
    hint = say("In the account's currency.") if measure.is_money else None
    return input_block(measure, label, element, hint=hint, optional=True)


def _whose(others: list[Option]) -> list[Block]:
    people = UserMultiSelectElement(action_id=PEOPLE, max_selected_items=_MOST_PEOPLE)
    other = StaticSelectElement(action_id=OTHERS, options=others)
    return [
        input_block(PEOPLE, say("People"), people, optional=True),
        input_block(CHANNEL, say("Or everybody in a channel"), _channels(CHANNEL), optional=True),
        input_block(OTHERS, say("Or"), other, optional=True),
    ]


def _channels(action_id: str) -> ConversationSelectElement:
    only = ConversationFilter(include=["public", "private"], exclude_bot_users=True)
    return ConversationSelectElement(action_id=action_id, filter=only)
