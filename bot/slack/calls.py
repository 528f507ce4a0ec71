"""One thing somebody did in Slack, as a handler sees it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Coroutine, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from bot.slack.answered import answered, request_id
from bot.slack.blocks import Message, Modal, button, buttons, section
from bot.slack.client import MessageRef, Slack, SlackError
from bot.slack.said import Said
from bot.slack.tasks import Tasks
from bot.texts import Phrase, Text, say

S = TypeVar("S")

_log = structlog.get_logger(__name__)
_LINK = re.compile(r"<((?:https?|tel|mailto):[^|<>\s]*)(?:\|([^<>]*))?>")
_PATIENCE_SECONDS = 4.0
_heard: ContextVar[asyncio.Event | None] = ContextVar("heard", default=None)
_MENTION = re.compile(r"<([@#!])(?:subteam\^)?([\w^-]+)(?:\|([^<>]*))?>", re.ASCII)


class Offered(Exception):  # noqa: N818 - no error: the handler ends here, a press begins it anew
    """A form cannot be opened by a mention; a button that opens it was offered."""


@dataclass(frozen=True, slots=True)
class View:
    """A modal as submitted or pressed in; `values` is Slack's `state.values`."""

    id: str
    callback_id: str
    private_metadata: str
    values: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def text(self, block_id: str) -> str:
        """What was typed in a block; empty when nothing was."""
        return str(self._element(block_id).get("value") or "")

    def choice(self, block_id: str) -> str | None:
        """The value that was chosen in a block's menu."""
        option = self._element(block_id).get("selected_option")
        return str(option["value"]) if isinstance(option, dict) and "value" in option else None

    def choice_text(self, block_id: str) -> str:
        """How the chosen option is called."""
        option = self._element(block_id).get("selected_option")
        text = option.get("text") if isinstance(option, dict) else None
        return str(text.get("text", "")) if isinstance(text, dict) else ""

    def ticked(self, block_id: str) -> bool:
        """Whether a box of a block is ticked."""
        return bool(self._element(block_id).get("selected_options"))

    def choices(self, block_id: str) -> frozenset[str]:
        """The values of the boxes that are ticked in a block."""
        found = self._element(block_id).get("selected_options") or ()
        return frozenset(str(option["value"]) for option in found if "value" in option)

    def files(self, block_id: str) -> tuple[str, ...]:
        """The ids of the files that were attached."""
        found = self._element(block_id).get("files") or ()
        return tuple(str(file["id"]) for file in found if isinstance(file, dict) and "id" in file)

    def people(self, block_id: str) -> tuple[str, ...]:
        """The people who were chosen, Slack user ids."""
        return tuple(str(user) for user in self._element(block_id).get("selected_users") or ())

    def conversation(self, block_id: str) -> str | None:
        """The channel that was chosen, a Slack channel id."""
        chosen = self._element(block_id).get("selected_conversation")
        return str(chosen) if chosen else None

    def file_name(self, block_id: str) -> str:
        """How the first attached file is called; empty when Slack does not say."""
        found = self._element(block_id).get("files") or ()
        first = next(iter(found), None)
        return str(first.get("name") or "") if isinstance(first, dict) else ""

    def moment(self, block_id: str) -> int | None:
        """The date and time that was picked, in Unix seconds."""
        picked = self._element(block_id).get("selected_date_time")
        return int(picked) if isinstance(picked, int) else None

    def _element(self, block_id: str) -> Mapping[str, Any]:
        return next(iter(self.values.get(block_id, {}).values()), {})


@dataclass(frozen=True, slots=True)
class Call(Generic[S]):
    """A verified payload, read.

    Attributes:
        services: What the bot can do.
        slack: The Web API.
        tasks: Where slow work goes.
        user: Who, a Slack user id.
        channel: Where; None in modals and shortcuts.
        text: What was typed after noun and verb.
        value: The pressed button's value, the chosen option's, or what is typed in a menu.
        pressed: Whether a button or a menu was used, and nothing typed.
        trigger_id: Opens a modal, for 3 seconds.
        view: The modal.
        message: The message whose button was pressed.
        response_url: Answers there, for 30 minutes.
        thread_ts: The thread in which a message event happened.
        said: The message that a shortcut was used on.
        mention: The text after the bot's name, where it was called by a mention.
    """

    services: S
    slack: Slack
    tasks: Tasks
    user: str
    channel: str | None = None
    text: str = ""
    value: str = ""
    pressed: bool = False
    trigger_id: str | None = None
    view: View | None = None
    message: MessageRef | None = None
    response_url: str | None = None
    thread_ts: str | None = None
    said: Said | None = None
    mention: str | None = None

    @property
    def given(self) -> str:
        """What a command that is also a button is about: what it carries, or what was typed."""
        return self.value if self.pressed else self.text

    async def reply(
        self, message: Message, *, in_channel: bool = False, replace: bool = False
    ) -> None:
        """Answer the person, where they are when that is possible, in a DM otherwise.

        Raises:
            SlackError: Slack takes neither.
        """
        _answers()
        if self.response_url is not None:
            try:
                await self.slack.respond(
                    self.response_url, message, replace=replace, visible=in_channel
                )
            except SlackError as error:
                _log.info("response_url did not work", problem=str(error))
            else:
                return
        if self.mention is not None and self.channel is not None:
            try:
                await self._answer_mention(self.channel, message, in_channel=in_channel)
            except SlackError as error:
                _log.info("a mention could not be answered there", problem=str(error))
            else:
                return
        await self.slack.dm(self.user, message)

    async def _answer_mention(self, channel: str, message: Message, *, in_channel: bool) -> None:
        """Answer where the bot was mentioned; what all may see opens a thread.

        An ephemeral message shows in a thread only where there is one already.
        """
        if in_channel:
            thread = self.thread_ts or (self.message.ts if self.message else None)
            await self.slack.post(channel, message, thread_ts=thread)
        else:
            await self.slack.whisper(channel, self.user, message, thread_ts=self.thread_ts)

    async def open(self, view: Modal) -> str:
        """Open a modal; where nothing was pressed yet (a mention), offer a button that does.

        Returns:
            The id of its view.

        Raises:
            Offered: There is a button now; the handler runs anew when it is pressed.
            SlackError: The trigger has expired, or Slack refuses.
        """
        if self.trigger_id is None and self.mention is not None:
            await self.reply(_offer(self.mention))
            raise Offered
        opened = await self.slack.open_view(self.trigger_id or "", view)
        _answers()
        return opened

    def later(
        self,
        work: Coroutine[Any, Any, None],
        *,
        doing: Text,
        failed: Callable[[Message], Coroutine[Any, Any, object]] | None = None,
    ) -> None:
        """Do slow work after the acknowledgement; if it breaks, the person is told.

        Args:
            work: What to do.
            doing: What it is, for the sentence "Something went wrong while …".
            failed: Tells the person; by default an answer or a DM.
        """
        self.tasks.spawn(self._guarded(work, doing, failed or self.reply), name=_plain(doing))

    async def _guarded(
        self,
        work: Coroutine[Any, Any, None],
        doing: Text,
        failed: Callable[[Message], Coroutine[Any, Any, object]],
    ) -> None:
        await answered()
        heard = asyncio.Event()
        _heard.set(heard)
        waiting = asyncio.create_task(self._patience(heard, doing)) if self._waits else None
        try:
            await work
        except Offered:
            return  # a press goes on from here
        except Exception:  # noqa: BLE001 - a background task has nobody above it
            reference = request_id()
            self.tasks.broken(_plain(doing))
            _log.exception("slow work broke", doing=_plain(doing), reference=reference)
            try:
                await failed(went_wrong(doing, reference))
            except SlackError as error:
                _log.warning("nobody could be told", reference=reference, problem=str(error))
        finally:
            if waiting is not None:
                waiting.cancel()

    @property
    def _waits(self) -> bool:
        """Whether somebody waits for an answer with nothing to see: no view says so for them."""
        return self.response_url is not None and self.view is None

    async def _patience(self, heard: asyncio.Event, doing: Text) -> None:
        """Say that it takes long, where nothing was answered or opened for some seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(heard.wait(), _PATIENCE_SECONDS)
        if not heard.is_set() and self.response_url is not None:
            with contextlib.suppress(SlackError):
                await self.slack.respond(
                    self.response_url, still(doing), replace=False, visible=False
                )


OFFERED = "mention.open"
"""The button that runs what was typed after a mention, once more: a press may open a form."""
_LONGEST_VALUE = 2000


def _offer(typed: str) -> Message:
    """A mention cannot open a form; a press can."""
    if len(typed) > _LONGEST_VALUE:
        text = say("That is too long for a mention. Type it as `/clicksend …`. Nothing was sent.")
        return Message(text, (section(text),))
    text = say("This needs a form. Nothing was sent or charged.")
    press = button(say("Open the form"), OFFERED, value=typed, style="primary")
    spoken = f"{text} {say('Press *Open the form*.')}"
    return Message(spoken, (section(text), buttons(press)))


def still(doing: Text) -> Message:
    """What a person reads when an answer takes long."""
    text = say(
        ":hourglass_flowing_sand: Still {doing}: that takes longer than usual. "
        "What comes of it is told; there is no need to ask again.",
        doing=doing,
    )
    return Message(text, (section(text),))


def _plain(doing: Text) -> str:
    """What is done, in English, as logs have it."""
    return doing.text if isinstance(doing, Phrase) else doing


def _answers() -> None:
    if (heard := _heard.get()) is not None:
        heard.set()


def went_wrong(doing: Text, reference: str) -> Message:
    """What a person reads when something broke."""
    text = say(
        "Something went wrong while {doing} (reference `{reference}`). "
        "Before you try again, look at `/clicksend history` for what was sent.",
        doing=doing,
        reference=reference,
    )
    return Message(text, (section(text),))


def unescape(text: str, *, mentions: bool = True) -> str:
    """What somebody typed, without Slack's escapes and link marks.

    Slack escapes three characters only: any other entity was typed.

    Args:
        text: As Slack delivers it.
        mentions: Whether mentions of people, channels and groups (`<@U1|ada>`, `<#C1|ops>`,
            `<!subteam^S1|@oncall>`) stay as they are; else they read as they were typed (`@ada`).
    """
    plain = _LINK.sub(lambda found: found[2] or _address(found[1]), text)
    plain = plain if mentions else _MENTION.sub(_typed, plain)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _typed(mention: re.Match[str]) -> str:
    sign = "#" if mention[1] == "#" else "@"
    return sign + (mention[3] or mention[2]).removeprefix(sign)


def _address(link: str) -> str:
    return link.removeprefix("tel:").removeprefix("mailto:")
