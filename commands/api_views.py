"""`/clicksend api`: the menu; what stands there before the yes, while it runs, and after."""

from __future__ import annotations

import json
from typing import Any

from pydantic import JsonValue
from slack_sdk.models.blocks import ExternalDataSelectElement

from bot.clicksend import Effect, Operation, registry
from bot.clicksend.fields import summary
from bot.clicksend.shown import shown_request
from bot.services.by_hand import Ended
from bot.slack.blocks import (
    Message,
    Modal,
    Option,
    button,
    buttons,
    clip,
    escape,
    modal,
    preformatted,
    section,
)
from bot.slack.client import SlackError
from bot.store.calls import CallState
from bot.texts import Text, say
from commands.api_form import MOST_OPTIONS, TITLE, headline
from commands.balance import BILLING
from commands.context import BotCall
from commands.effects import EFFECTS
from commands.second_yes import whole

CONFIRM, CHANGE, DONE = "api.confirm", "api.change", "api.done"
PICK, PICKER = "api.pick", "api.picker"
OPEN_DASHBOARD = "api.open_dashboard"
DASHBOARD = "https://dashboard.clicksend.com"
_FITS = 2800
_SHORT = 1500


def picker(channel: str) -> Modal:
    """The searchable menu of every operation."""
    menu = ExternalDataSelectElement(
        action_id=PICK, placeholder=say("Type to search"), min_query_length=0
    )
    text = say("*Which operation?*\nSearch by its id or by what it does.")
    return modal(PICKER, TITLE, [section(text, accessory=menu)], private_metadata=channel)


def choices(text: str) -> dict[str, list[Option]]:
    """The operations that match what is typed, by family."""
    wanted = text.strip().lower().split()
    found: dict[str, list[Option]] = {}
    for name in registry.all_ids():
        cls = registry.operation(name)
        label = f"{name}: {summary(cls)}"
        if all(word in label.lower() for word in wanted):
            family = found.setdefault(name.partition(".")[0], [])
            family.append(Option(value=name, text=clip(label, 75)))
    return {name: each[:MOST_OPTIONS] for name, each in list(found.items())[:MOST_OPTIONS]}


def refusal(cls: type[Operation[Any]], reason: str) -> Message:
    """Why an operation cannot be run from Slack, with the way that is left."""
    name = cls.route.id
    text = say(
        ":no_entry: `{name}` cannot be run from Slack, because {reason}. "
        "Nothing was done. Use the ClickSend dashboard, or on the bot's own machine "
        "`clicksend-slack api {name}`.",
        name=name,
        reason=escape(reason),
    )
    page = BILLING if name.startswith("recharge.") else DASHBOARD
    return Message(
        text, (section(text), buttons(button(say("Open the dashboard"), OPEN_DASHBOARD, url=page)))
    )


def refusal_view(message: Message) -> Modal:
    """The same, where a modal is open already."""
    return modal(DONE, TITLE, message.blocks)


def review(operation: Operation[Any], call_id: str) -> Modal:
    """What a yes would do, before it is asked for."""
    effect = operation.route.effect
    mark = ":warning:" if effect is Effect.DESTROY else ":pencil2:"
    blocks = [
        section(headline(type(operation))),
        section(
            say(
                "{mark} This *{effect}*. It runs once, when you say yes.",
                mark=mark,
                effect=EFFECTS[effect],
            )
        ),
        *whole(shown_request(operation)),
        buttons(button(say("Change"), CHANGE, value=call_id)),
    ]
    return modal(
        CONFIRM,
        say("Run this?"),
        blocks,
        submit=say("Yes, run it"),
        close=say("No"),
        private_metadata=call_id,
    )


def running(name: str, *, changes: bool) -> Modal:
    """What stands there while ClickSend works."""
    text = say(":hourglass_flowing_sand: Asking ClickSend for `{operation}`…", operation=name)
    if not changes:
        return ended(text)
    after = say(
        "If nothing more appears here, look in the ClickSend dashboard before you repeat it."
    )
    return ended(f"{text} {after}")


def ended(text: Text) -> Modal:
    """A modal that only says something (mrkdwn)."""
    return modal(DONE, TITLE, [section(text)])


def outcome(name: str, end: Ended) -> str:
    """How a call ended, in words (mrkdwn)."""
    why = escape(end.words)
    if end.state is CallState.DONE:
        return say(":white_check_mark: ClickSend did `{name}`.", name=name)
    if end.state is CallState.REFUSED:
        return say(
            ":x: ClickSend did not do `{name}`. {why} Nothing was changed.", name=name, why=why
        )
    return say(
        ":grey_question: Nobody knows whether ClickSend did `{name}`. {why} It may have taken "
        "effect. I do not try again by myself: look in the ClickSend dashboard before you "
        "repeat it.",
        name=name,
        why=why,
    )


async def show(call: BotCall, view_id: str, name: str, text: str, answer: JsonValue) -> None:
    """Put an answer where the person looks: in the modal, or as a file in their DM when long.

    A file cannot be shown to one person in a channel, and an answer may hold numbers and names:
    so it goes to whoever asked, and works where the bot is no member, too.

    Args:
        call: Whose.
        view_id: The open modal; when it was closed, the answer comes by DM.
        name: The operation id.
        text: What goes above the answer (mrkdwn).
        answer: Fit to show.

    Raises:
        SlackError: Slack takes it in no way.
    """
    whole = json.dumps(answer, indent=2, ensure_ascii=False)
    body = [section(preformatted(whole))] if len(preformatted(whole)) <= _FITS else []
    if not body:
        note = await _as_file(call, name, whole)
        text = f"{text}\n{note}"
    view = modal(DONE, TITLE, [section(text), *body])
    if not await call.slack.update_view(view_id, view) and body:
        await call.slack.dm(call.user, Message(text, (section(text), *body)))


async def tell(call: BotCall, view_id: str, text: str) -> None:
    """Say something where the person looks: in the modal, or by DM when it was closed."""
    if not await call.slack.update_view(view_id, ended(text)):
        await call.slack.dm(call.user, Message(text, (section(text),)))


async def _as_file(call: BotCall, name: str, whole: str) -> str:
    """Send a long answer as a file; what to say of it."""
    content = whole.encode()
    try:
        await call.slack.send_file(
            call.user, f"{name}.json", content, comment=say("The answer to `{name}`.", name=name)
        )
    except SlackError as error:
        start = preformatted(whole, _SHORT)
        why = escape(error.code)
        return say(
            ":warning: It is long, and Slack did not take it as a file ({why}):\n{start}",
            why=why,
            start=start,
        )
    return say(
        "It is long ({count:,} bytes): I sent it to you as a file, in our messages.",
        count=len(content),
    )
