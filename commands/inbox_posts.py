"""What is said in the threads of conversations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime, timedelta

from bot.clicksend import ClickSend, ClickSendError, NoAnswer, NotSent, RateLimited, ServerError
from bot.clicksend.answers import Export
from bot.services.desk import Desk
from bot.services.notices import (
    AboutConversation,
    ConversationChanged,
    MediaArrived,
    MessagesArrived,
    NotPostedError,
    Place,
    SnoozeOver,
)
from bot.slack.client import MessageRef, Slack, Upload
from bot.store.conversations import Conversation
from bot.store.inbound import InboundMessage
from bot.store.posts import Post
from bot.texts import Locale, shared, speaking
from commands.inbox_text import arrived, head, lost_media, snooze_over

_LARGEST = 20 * 2**20
_TRIED = timedelta(hours=1)
_PASSING = (NotSent, NoAnswer, ServerError, RateLimited)
_KINDS = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"%PDF-", "pdf"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
)


class ConversationPosts:
    """Posts in the threads of conversations.

    Args:
        slack: The Web API.
        desk: For how they stand.
        clicksend: For pictures and faxes.
        admin: Who is told where the bot is in no channel; None: nobody.
        now: The clock.
    """

    def __init__(
        self,
        slack: Slack,
        desk: Desk,
        clicksend: ClickSend,
        *,
        admin: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self._slack = slack
        self._desk = desk
        self._clicksend = clicksend
        self._admin = admin
        self._now = now

    async def post(self, notice: AboutConversation, place: Place | None) -> MessageRef | None:
        """Say what there is to say; see `Notifier`.

        Raises:
            NotPostedError: The message that heads the thread is not there yet.
            SlackError: Slack did not take it.
        """
        standing = await self._desk.standing(notice.conversation)
        if standing is None:
            return None
        talk = standing.talk
        with speaking(await self._locale(talk)):
            if isinstance(notice, ConversationChanged):
                return await self._head(talk, place) if talk.round == notice.round else None
            return await self._below(notice, talk)

    async def _below(
        self, notice: MessagesArrived | SnoozeOver | MediaArrived, talk: Conversation
    ) -> MessageRef | None:
        thread = await self._desk.thread(talk.id, notice.round)
        if thread is None:
            if self._nowhere(talk):
                return None
            raise NotPostedError("the conversation has no thread yet")
        if isinstance(notice, MediaArrived):
            return await self._media(notice, thread)
        return await self._in_thread(notice, talk, thread)

    async def _locale(self, talk: Conversation) -> Locale:
        """The language of a conversation: its reader's where one alone reads it."""
        if talk.channel and not _is_person(talk.channel):
            return shared()
        person = talk.channel or self._admin
        return await self._slack.people.locale_of(person) if person else shared()

    def _nowhere(self, talk: Conversation) -> bool:
        """Whether there is nobody to tell: no channel is set, and no admin."""
        return not talk.channel and self._admin is None

    async def _head(self, talk: Conversation, place: Place | None) -> MessageRef | None:
        talk = await self._desk.named(talk)
        standing = await self._desk.standing(talk.id)
        if standing is None:
            return None
        message = head(standing)
        if place is not None:
            return await self._slack.update(MessageRef(place.channel, place.ts), message)
        if _is_person(talk.channel) or not talk.channel:
            person = talk.channel or self._admin
            return await self._slack.dm(person, message) if person else None
        if self._admin:
            return await self._slack.post_or_dm(talk.channel, message, user=self._admin)
        return await self._slack.post(talk.channel, message)

    async def _in_thread(
        self, notice: MessagesArrived | SnoozeOver, talk: Conversation, thread: Post
    ) -> MessageRef:
        if isinstance(notice, SnoozeOver):
            message = snooze_over(talk)
        else:
            message = arrived(await self._desk.messages(notice.messages))
        if self._admin:  # what a customer wrote must not wait until the bot is invited again
            return await self._slack.post_or_dm(
                thread.channel, message, user=self._admin, thread_ts=thread.ts
            )
        return await self._slack.post(thread.channel, message, thread_ts=thread.ts)

    async def _media(self, notice: MediaArrived, thread: Post) -> MessageRef | None:
        found = await self._desk.messages((notice.message,))
        if not found or notice.index >= len(found[0].media):
            return None
        message = found[0]
        content = await self._fetched(message, message.media[notice.index])
        kind = _kind(content) if content else None
        if content is None or kind is None:
            return await self._slack.post(thread.channel, lost_media(message), thread_ts=thread.ts)
        name = f"{'fax' if message.kind == 'fax' else 'picture'}-{notice.index + 1}.{kind}"
        file = Upload(name, content)
        await self._slack.share(thread.channel, file, comment="", thread_ts=thread.ts)
        return None

    async def _fetched(self, message: InboundMessage, address: str) -> bytes | None:
        """A picture's bytes; None when it is not to be had.

        Raises:
            NotPostedError: It may be had later: for an hour it is tried again.
        """
        try:
            async with aclosing(
                self._clicksend.download(Export(url=address), limit=_LARGEST)
            ) as pieces:
                return b"".join([piece async for piece in pieces])
        except ClickSendError as error:
            if isinstance(error, _PASSING) and self._now() - message.stored_at < _TRIED:
                raise NotPostedError("a picture could not be fetched yet") from None
            return None


def _is_person(channel: str) -> bool:
    return channel.startswith(("U", "W"))


def _kind(content: bytes) -> str | None:
    """What a file is, by its first bytes; None for what is neither picture nor pages."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp":
        return "mp4"
    return next((kind for magic, kind in _KINDS if content.startswith(magic)), None)
