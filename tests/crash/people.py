"""People in Slack: who fill the form in and say yes, who approve, who undo; each signs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.crash.peers import Json, LocalSlack
from tests.slack import payloads

ADA, EVE, OTHER = "U0ADA", "U0EVE", "U0OTHER"
FIRST, SECOND = "+61411111111", "+61422222222"
_PAUSE = 2.0
ACCEPTED = ("clear", "A second person is asked", "is sent once only")


class BotDownError(Exception):
    """The bot did not answer: it is dead, or not there yet."""


class Door:
    """The way into the bot; its address changes with every start."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self.url = ""

    async def deliver(self, payload: Json, **headers: str) -> Json:
        """Deliver a payload as Slack does.

        Raises:
            BotDownError: No answer came.
        """
        body, kind = payloads.encoded(payload)
        signed = {**payloads.signed(body), "content-type": kind, **headers}
        try:
            async with self._http.post(
                f"{self.url}/slack/events", data=body, headers=signed
            ) as answer:
                text = await answer.text()
        except aiohttp.ClientError as error:
            raise BotDownError from error
        assert answer.status == 200, text
        found: Json = json.loads(text) if text.startswith("{") else {}
        return found


@dataclass
class Intent:
    """One message that somebody wants to send, and how far they came.

    Attributes:
        body: The text: no other message has the same.
        to: The numbers.
        channel: The Slack channel, of this message alone.
        draft: The send's id, once the form was open.
        said_yes: Whether the yes left the person.
        acked: Whether Slack showed that the yes was taken.
        undoes: Whether its author takes it back when offered.
        replaces: The scheduled message to be cancelled first.
    """

    body: str
    to: tuple[str, ...]
    channel: str
    undoes: bool = False
    replaces: str | None = None
    draft: str = ""
    review: Json = field(default_factory=dict)
    said_yes: bool = False
    acked: bool = False


class Person:
    """Somebody who sends.

    Args:
        door: The way into the bot.
        slack: What they look at.
    """

    def __init__(self, door: Door, slack: LocalSlack) -> None:
        self._door = door
        self._slack = slack

    async def write(self, intent: Intent) -> None:
        """Fill the form in, up to the question with the price.

        Raises:
            BotDownError: The bot died.
            TimeoutError: No form, or no price, came.
        """
        typed = f"{', '.join(intent.to)} {intent.body}"
        who = {"user_id": ADA, "channel_id": intent.channel}
        await self._door.deliver(payloads.command("/sms", typed, **who))
        form = await self._slack.view(lambda view: _is_form(view, intent.body, ""))
        while not intent.review:
            intent.draft = json.loads(form["private_metadata"])["id"]
            values = {"to": {"to": {"value": ", ".join(intent.to)}}}
            values["body"] = {"body": {"value": intent.body}}
            await self._submit({**form, "state": {"values": values}})
            view = await self._slack.view(lambda view: _answers(view, intent))
            if view["callback_id"] == "sms.form":  # there was no price
                form = view
                await asyncio.sleep(_PAUSE)
            else:
                intent.review = view

    async def say_yes(self, intent: Intent) -> Json:
        """Answer the question with yes; again, if need be.

        Raises:
            BotDownError: The bot died.
        """
        intent.said_yes = True
        answer = await self._submit({**intent.review, "state": {"values": {}}})
        shown = json.dumps(answer)
        intent.acked = intent.acked or any(words in shown for words in ACCEPTED)
        return answer

    async def press(self, user: str, action: str, value: str, channel: str) -> None:
        """Press a button of a message.

        Raises:
            BotDownError: The bot died.
        """
        await self._door.deliver(
            payloads.interaction(
                "block_actions",
                user={"id": user, "team_id": "T1"},
                channel={"id": channel},
                actions=[{"type": "button", "action_id": action, "block_id": "b", "value": value}],
            )
        )

    async def _submit(self, view: Json) -> Json:
        user: Any = {"id": ADA, "team_id": "T1"}
        return await self._door.deliver(
            payloads.interaction("view_submission", user=user, view={"type": "modal", **view})
        )


def _is_form(view: Json, body: str, but: str) -> bool:
    """Whether it is the form with this text, and not the one that made a certain draft."""
    if view["callback_id"] != "sms.form" or f'"{body}"' not in json.dumps(view["blocks"]):
        return False
    return bool(json.loads(view["private_metadata"])["id"] != but)


def _answers(view: Json, intent: Intent) -> bool:
    """Whether it is the question with the price, or the form again."""
    if view["callback_id"] == "send.confirm":
        return bool(view["private_metadata"] == intent.draft)
    return _is_form(view, intent.body, intent.draft)
