"""`/clicksend api`: any operation of the ClickSend API, for admins."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from bot.clicksend import ClickSendError, Effect, Operation, registry
from bot.services import api_drafts, api_rules
from bot.services.channels import SendOperation, channel_of
from bot.services.explain import explain
from bot.services.sending import Draft, new_id
from bot.slack.blocks import Message, Modal, clip, escape
from bot.slack.router import Ack, Errors, OptionGroups, Options, Update
from bot.store.calls import Call, CallState
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.answers import either, plain
from commands.api_form import FORM, Typed, check, form, read, sentences, written
from commands.api_views import (
    CHANGE,
    CONFIRM,
    DONE,
    OPEN_DASHBOARD,
    PICK,
    PICKER,
    choices,
    ended,
    outcome,
    picker,
    refusal,
    refusal_view,
    review,
    running,
    show,
    tell,
)
from commands.context import BotCall, BotRouter
from commands.review import EVERY, Form, loading, reopens, review_later
from commands.second_yes import WAITS

router: BotRouter = BotRouter()


@router.command(
    "api", args="[operation]", summary=Phrase("any operation of the ClickSend API (admins)")
)
async def api(call: BotCall) -> None:
    """Open the menu of operations, or the form of one."""
    call.later(_open(call), doing=Phrase("opening the form"))


@router.options(PICK)
async def offer(call: BotCall) -> Ack:
    """Offer the operations that match what is typed, to admins."""
    if await _refusal(call):
        return Options(())
    # In a thread: the first time, it loads every family.
    return OptionGroups(await asyncio.to_thread(choices, call.value))


@router.action(PICK)
async def pick(call: BotCall) -> None:
    """The menu becomes the form of what was chosen."""
    call.later(_picked(call), doing=Phrase("opening the form"))


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Run a read; show what anything else would do, and ask."""
    if call.view is None:
        return None
    typed = read(call.view)
    cls = registry.operation(typed.operation)
    if problem := await _refusal(call):
        return Update(ended(problem))
    if reason := api_rules.kept_out(cls):
        return Update(refusal_view(refusal(cls, reason)))
    wrong, operation = check(typed)
    return Errors(wrong) if operation is None else await _take(call, call.view.id, typed, operation)


async def _take(call: BotCall, view_id: str, typed: Typed, operation: Operation[Any]) -> Ack:
    """What a complete form leads to, by its operation's effect."""
    if operation.route.effect is Effect.READ:
        return _read_later(call, view_id, typed, operation)
    if operation.route.effect is Effect.SPEND:
        return _price_later(call, typed, operation)
    channel = typed.channel or call.user
    if not await call.services.by_hand.keep(typed.id, operation, actor=call.user, channel=channel):
        before = say("This form was submitted before. Nothing was sent or charged.")
        again = say("Please start again.")
        return Update(ended(f"{before} {again}"))
    return Update(review(operation, typed.id))


@router.view(CONFIRM)
async def confirm(call: BotCall) -> Ack:
    """Take the yes: claimed and audited before this is acknowledged."""
    if call.view is None:
        return None
    if problem := await _refusal(call):
        return Update(ended(problem))
    begun = await call.services.by_hand.begin(call.view.private_metadata, actor=call.user)
    if begun.waits:
        return Update(ended(WAITS))
    if begun.call is None:
        again = say("You said yes to this one before, and it runs once only.")
        gone = say("This form is too old. Nothing was done. Please start again.")
        return Update(ended(again if begun.again else gone))
    view_id, name = call.view.id, begun.call.operation

    async def failed(message: Message) -> None:
        perhaps = say("`{operation}` may have taken effect.", operation=name)
        await tell(call, view_id, f"{message.text} {perhaps}")

    work = _run(call, view_id, begun.call)
    call.later(work, doing=Phrase("running an operation"), failed=failed)
    return Update(running(name, changes=True))


@router.action(CHANGE)
async def change(call: BotCall) -> None:
    """Back to the form, with everything that was typed."""
    call.later(_back(call), doing=Phrase("going back to the form"))


@router.action(OPEN_DASHBOARD)
@router.view(DONE)
@router.view(PICKER)
async def nothing_to_do(call: BotCall) -> None:
    """The button opens the page by itself, and these modals have nothing to submit."""
    del call


async def _open(call: BotCall) -> None:
    if problem := await _refusal(call):
        await call.reply(plain(problem))
        return
    name, channel = call.text.strip().lower().replace("-", "_"), call.channel or call.user
    if not name:
        await call.open(picker(channel))
    elif name not in registry.all_ids():
        await call.reply(plain(_unknown(name)))
    elif reason := api_rules.kept_out(registry.operation(name)):
        await call.reply(refusal(registry.operation(name), reason))
    else:
        await call.open(form(Typed(new_id(), name, channel)))


async def _picked(call: BotCall) -> None:
    if call.view is None or call.value not in registry.all_ids():
        return
    cls = registry.operation(call.value)
    if problem := await _refusal(call):
        view = ended(problem)
    elif reason := api_rules.kept_out(cls):
        view = refusal_view(refusal(cls, reason))
    else:
        view = form(Typed(new_id(), call.value, call.view.private_metadata or call.user))
    await call.slack.update_view(call.view.id, view)


async def _refusal(call: BotCall) -> str | None:
    """Why this person may not do any of this (mrkdwn)."""
    decision = await call.services.access.may_administer(call.user)
    if decision.allowed:
        return None
    return say(":no_entry: {reason} Nothing was done.", reason=decision.reason)


def _unknown(name: str) -> str:
    named = escape(clip(name, 80)).replace("`", "")
    unknown = say(":warning: There is no operation `{name}`.", name=named)
    near = either(f"`/clicksend api {each}`" for each in registry.nearest(name))
    if near:
        hint = say("Did you mean {commands}?", commands=near)
    else:
        hint = say("`/clicksend api` alone shows all of them.")
    return f"{unknown} {hint}"


def _read_later(call: BotCall, view_id: str, typed: Typed, operation: Operation[Any]) -> Ack:
    async def work() -> None:
        try:
            answer = await call.services.by_hand.read(operation)
        except ClickSendError as error:
            problem = say("{why} Nothing was changed.", why=escape(explain(error)))
            await call.slack.update_view(view_id, form(replace(typed, id=new_id()), problem))
            return
        await show(call, view_id, typed.operation, f"*{typed.operation}*", answer)

    async def failed(message: Message) -> None:
        await tell(call, view_id, message.text)

    call.later(work(), doing=Phrase("reading from ClickSend"), failed=failed)
    return Update(running(typed.operation, changes=False))


def _price_later(call: BotCall, typed: Typed, operation: SendOperation) -> Ack:
    """A send takes the way of every send: its price, then the yes, then the worker."""
    country, now = call.services.default_country, call.services.now()
    found = api_drafts.ready(operation, country=country, now=now)
    if isinstance(found, str):
        return Errors(sentences({"messages": found}))
    draft = Draft(
        typed.id, call.user, typed.channel, found, api_drafts.summary(found), typed.previous
    )

    def again(problem: str) -> Modal:
        return form(replace(typed, id=new_id()), problem)

    review_later(call, draft, again)
    return Update(loading(say("Send")))


async def _run(call: BotCall, view_id: str, begun: Call) -> None:
    end = await call.services.by_hand.run(begun)
    text = outcome(begun.operation, end)
    if end.state is CallState.DONE:
        await show(call, view_id, begun.operation, text, end.answer)
    else:
        await tell(call, view_id, text)


async def _back(call: BotCall) -> None:
    if call.view is None or await _refusal(call):
        return
    if kept := await call.services.by_hand.kept(call.value):
        row, operation = kept
        typed = Typed(new_id(), row.operation, call.user, written(operation))
        await call.slack.update_view(call.view.id, form(typed))


@reopens(EVERY)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form of a send that has none of its own, filled from a draft."""
    values = written(channel_of(row.operation).unreferenced(operation))
    typed = Typed(new_id(), row.operation, row.channel, values, row.id)
    return lambda problem: form(typed, problem)
