"""Slack's Web API as the bot uses it: paced, retried, and with a way out where it is no member."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from yarl import URL

from bot.slack import stamps, wire
from bot.slack.blocks import MOST_BLOCKS, Message, Modal, section
from bot.slack.errors import FileError, SlackError
from bot.slack.files import Files, SlackFile, Upload
from bot.slack.pace import Pace
from bot.slack.people import People
from bot.texts import say

__all__ = ["ABSENT", "FileError", "MessageRef", "Slack", "SlackError", "SlackFile", "Upload"]

ABSENT = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})
"""What Slack answers where the bot may not post."""
_GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_SLOW = 20.0
_FORMS: Final = {
    *("chat.getPermalink", "conversations.open", "files.getUploadURLExternal", "files.info"),
    *("usergroups.list", "users.info"),
}
_SDK_LOG = logging.getLogger("bot.slack.sdk")
# The SDK asks `logger.level`, not `isEnabledFor`: unset, it formats every payload for nobody.
_SDK_LOG.setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a message stands: channel id and timestamp."""

    channel: str
    ts: str


class Slack:
    """The Web API over one pool of connections.

    Args:
        token: The bot's token.
        base_url: Slack's Web API, with a slash at its end.
        session: The pool; the caller closes it.
        clock: Seconds of a steady clock.
        deadline: Seconds one call may take, its retries included.
        observer: Told of each call: its method, and `ok` or `error`.
        team: The workspace, where the token is one of a whole Enterprise Grid.

    Attributes:
        web: The SDK's client.
        people: What Slack says of people, kept for minutes.
    """

    def __init__(
        self,
        token: SecretStr,
        base_url: str,
        session: aiohttp.ClientSession,
        *,
        clock: Callable[[], float],
        deadline: float = 60.0,
        observer: Callable[[str, str], None] = lambda _method, _outcome: None,
        team: str | None = None,
    ) -> None:
        self._observer = observer
        self.web = AsyncWebClient(
            token=token.get_secret_value(),
            base_url=base_url,
            session=session,
            timeout=int(_SLOW),
            logger=_SDK_LOG,
            retry_handlers=[
                AsyncConnectionErrorRetryHandler(max_retry_count=1),
                AsyncRateLimitErrorRetryHandler(max_retry_count=3),
                AsyncServerErrorRetryHandler(max_retry_count=2),
            ],
        )
        if URL(base_url).host in {"127.0.0.1", "::1", "localhost"}:
            self.web.proxy = None  # the environment's proxy is for the way to the real Slack
        self._files = Files(token, base_url, session, proxy=self.web.proxy)
        self._session = session
        self._deadline = deadline
        self._pace = Pace(clock)
        self._stamp = ""
        self.people = People(self, clock=clock, team=team)

    def renew(self, token: SecretStr) -> None:
        """Use another token from now on: the one before ends soon."""
        self.web.token = token.get_secret_value()
        self._files.renew(token)

    def stamped(self, stamp: str) -> Slack:
        """The same, but what is shown carries a stamp (see `bot.slack.stamps`)."""
        other = copy(self)
        other._stamp = stamp  # noqa: SLF001 - it is one of ours
        return other

    async def call(self, method: str, **values: object) -> dict[str, object]:
        """Call a method.

        Args:
            method: Slack's name of it, as `chat.postMessage`.
            values: Its arguments; None is left out.

        Returns:
            The answer.

        Raises:
            SlackError: Slack refused, or could not be reached.
        """
        body = self._marked({key: value for key, value in values.items() if value is not None})
        # Slack reads JSON at its writing methods only; the others want a form or a query.
        form, json = (body, None) if method in _FORMS else (None, body)
        outcome = "error"
        try:
            answer = await wire.answered(
                self.web.api_call(method, params=form, json=json), self._deadline
            )
            outcome = "ok"
        finally:
            self._observer(method, outcome)
        data = answer.data
        return data if isinstance(data, dict) else {}

    async def identity(self) -> tuple[frozenset[str], datetime | None]:
        """The scopes of the bot's token, and what time it is at Slack (`auth.test`).

        Raises:
            SlackError: The token is not accepted, or Slack could not be reached.
        """
        answer = await wire.answered(self.web.auth_test(), self._deadline)
        return wire.scopes(answer.headers), wire.date(answer.headers)

    async def socket_grant(self, app_token: SecretStr) -> None:
        """Ask whether a Socket Mode connection may be opened, without opening one.

        Args:
            app_token: The app-level token (`apps.connections.open`).

        Raises:
            SlackError: It may not.
        """
        token = app_token.get_secret_value()
        await wire.answered(self.web.apps_connections_open(app_token=token), self._deadline)

    async def post(
        self, channel: str, message: Message, *, thread_ts: str | None = None
    ) -> MessageRef:
        """Post in a channel or in a thread of it, at most one message a second in each channel.

        Raises:
            SlackError: See `call`.
        """
        await self._pace.turn(channel)
        answer = await self.call(
            "chat.postMessage", channel=channel, thread_ts=thread_ts, **wire.content(message)
        )
        return MessageRef(str(answer.get("channel", channel)), str(answer.get("ts", "")))

    async def whisper(
        self, channel: str, user: str, message: Message, *, thread_ts: str | None = None
    ) -> None:
        """Say something in a channel or a thread that one person sees (`chat.postEphemeral`).

        Raises:
            SlackError: See `call`.
        """
        await self.call(
            "chat.postEphemeral",
            channel=channel,
            user=user,
            thread_ts=thread_ts,
            **wire.content(message),
        )

    async def update(self, ref: MessageRef, message: Message) -> MessageRef:
        """Change a message that the bot posted; where it is gone, post it anew.

        Raises:
            SlackError: See `call`.
        """
        try:
            await self.call("chat.update", channel=ref.channel, ts=ref.ts, **wire.content(message))
        except SlackError as error:
            if error.code not in _GONE:
                raise
            return await self.post(ref.channel, message)
        return ref

    async def dm(self, user: str, message: Message) -> MessageRef:
        """Post in a person's direct messages.

        Raises:
            SlackError: See `call`.
        """
        return await self.post(await self.opened(user), message)

    async def post_or_dm(
        self, channel: str, message: Message, *, user: str, thread_ts: str | None = None
    ) -> MessageRef:
        """Post in a channel, or a thread; where the bot is no member, in a DM, saying why.

        Raises:
            SlackError: See `call`.
        """
        try:
            return await self.post(channel, message, thread_ts=thread_ts)
        except SlackError as error:
            if error.code not in ABSENT:
                raise
        why = say(
            "This belongs in <#{channel}>, where I am not a member. "
            "Invite me there with `/invite` to see the next ones in the channel.",
            channel=channel,
        )
        blocks = (section(why), *(message.blocks or (section(message.text),)))
        both = Message(f"{why}\n{message.text}", blocks[:MOST_BLOCKS])
        return await self.dm(user, both)

    async def respond(self, url: str, message: Message, *, replace: bool, visible: bool) -> None:
        """Answer through a `response_url`, which works where the bot is no member, too.

        Raises:
            SlackError: It has expired, or Slack could not be reached.
        """
        webhook = AsyncWebhookClient(url, session=self._session, logger=_SDK_LOG)
        webhook.proxy = self.web.proxy
        try:
            async with asyncio.timeout(_SLOW):
                answer = await webhook.send(
                    text=message.text,
                    blocks=self._marked(wire.content(message))["blocks"],
                    response_type="in_channel" if visible else "ephemeral",
                    replace_original=replace,
                )
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError):
            raise SlackError("unavailable") from None
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP OK
            raise SlackError(answer.body[:100])

    async def open_view(self, trigger_id: str, view: Modal) -> str:
        """Open a modal; the id of its view.

        Raises:
            SlackError: The trigger is older than 3 seconds, or see `call`.
        """
        answer = await self.call("views.open", trigger_id=trigger_id, view=view.to_dict())
        opened = answer.get("view")
        return str(opened.get("id", "")) if isinstance(opened, dict) else ""

    async def update_view(self, view_id: str, view: Modal) -> bool:
        """Change an open modal; False when the person has closed it.

        Raises:
            SlackError: See `call`.
        """
        try:
            await self.call("views.update", view_id=view_id, view=view.to_dict())
        except SlackError as error:
            if error.code in {"not_found", "view_not_found"}:
                return False
            raise
        return True

    async def publish_home(self, user: str, view: Modal) -> None:
        """Show a person's App Home (`views.publish`).

        Raises:
            SlackError: See `call`.
        """
        await self.call("views.publish", user_id=user, view=view.to_dict())

    async def permalink(self, channel: str, ts: str) -> str | None:
        """A link to a message; None when Slack does not give one."""
        try:
            answer = await self.call("chat.getPermalink", channel=channel, message_ts=ts)
        except SlackError:
            return None
        return str(answer["permalink"]) if "permalink" in answer else None

    async def download(self, file_id: str, *, most: int) -> SlackFile:
        """Fetch a file that somebody gave Slack.

        The token goes to Slack's own hosts only, and no redirect is followed.

        Args:
            file_id: Slack's id of it.
            most: The largest size that is fetched, in bytes.

        Raises:
            FileError: It is too large, or Slack does not give it.
            SlackError: See `call`.
        """
        try:
            answer = await self.call("files.info", file=file_id)
        except SlackError as error:
            if error.code == "unavailable":
                raise
            raise FileError(say("Slack does not let me see that file. Attach it again.")) from None
        info = answer.get("file")
        if not isinstance(info, dict):
            raise FileError(say("Slack does not know that file. Attach it again."))
        url = str(info.get("url_private_download") or info.get("url_private") or "")
        kind = str(info.get("filetype", ""))
        content = await self._files.fetch(url, most, kind)
        return SlackFile(str(info.get("name", "file")), kind, content)

    async def send_file(self, user: str, name: str, content: bytes, *, comment: str) -> None:
        """Give a person a file in their direct messages.

        Args:
            user: A Slack user id.
            name: What the file is called.
            content: Its bytes.
            comment: mrkdwn above it.

        Raises:
            SlackError: See `call`.
        """
        await self.share(await self.opened(user), Upload(name, content), comment=comment)

    async def share(
        self, channel: str, *files: Upload, comment: str, thread_ts: str | None = None
    ) -> None:
        """Put files in a channel or in a thread of it, in one message.

        Args:
            channel: A Slack channel id.
            files: One or more.
            comment: mrkdwn above them.
            thread_ts: The thread.

        Raises:
            SlackError: See `call`.
        """
        put = []
        for file in files:
            ticket = await self.call(
                "files.getUploadURLExternal",
                filename=file.name,
                length=len(file.content),
                alt_txt=file.alt,
            )
            await self._files.put(str(ticket.get("upload_url", "")), file.content)
            put.append({"id": ticket.get("file_id"), "title": file.name})
        await self.call(
            "files.completeUploadExternal",
            files=put,
            channel_id=channel,
            initial_comment=comment,
            thread_ts=thread_ts,
        )

    async def opened(self, user: str) -> str:
        """The channel id of a person's direct messages."""
        answer = await self.call("conversations.open", users=user)
        found = answer.get("channel")
        return str(found["id"]) if isinstance(found, dict) and "id" in found else user

    def _marked(self, body: dict[str, Any]) -> dict[str, Any]:
        return stamps.put_on(body, self._stamp) if self._stamp else body
