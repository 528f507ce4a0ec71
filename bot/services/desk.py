"""What people do with conversations: assign, close, put off, look at what waits; all audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSendError
from bot.clicksend.operations.sms import SmsTemplate
from bot.services import notices
from bot.services.addressbook import AddressBook
from bot.services.heads import tell_changed
from bot.services.journal import BOT
from bot.store import (
    Database,
    Scope,
    audit,
    conversations,
    deliveries,
    inbound,
    opt_outs,
    outbox,
    posts,
)
from bot.store.conversations import Conversation, Talk
from bot.store.deliveries import SentMessage
from bot.store.inbound import InboundMessage
from bot.store.posts import Post
from bot.store.sends import Send


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands, with all that its message says of it."""

    talk: Conversation
    opted_out: bool
    waiting: bool
    answered_at: datetime | None


class Desk:
    """The conversations of one account.

    Args:
        database: Where they are.
        scope: Whose.
        book: Knows the contacts' names.
        now: The clock.
        told: Called when there is something to post.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        book: AddressBook,
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._database = database
        self._scope = scope
        self._book = book
        self._now = now
        self._told = told

    async def standing(self, talk_id: str) -> Standing | None:
        """How a conversation stands; None when there is none of this id."""
        async with self._database.read() as connection:
            talk = await conversations.get(connection, self._scope, talk_id)
            if talk is None:
                return None
            out = await opt_outs.among(connection, self._scope, [talk.theirs])
            answered = await conversations.answered_at(connection, self._scope, talk)
        since = talk.waiting_since
        waiting = (
            talk.state is Talk.OPEN and since is not None and (answered is None or answered < since)
        )
        return Standing(talk, talk.theirs in out, waiting, answered)

    async def named(self, talk: Conversation) -> Conversation:
        """The conversation with its contact's name, looked up the first time."""
        if talk.name is not None or not talk.theirs.startswith("+"):
            return talk
        try:
            name = await self._book.name(talk.theirs)
        except ClickSendError:
            return talk  # the next change looks again
        async with self._database.write() as connection:
            found = await conversations.change(connection, self._scope, talk.id, {"name": name})
        return found or talk

    async def templates(self) -> tuple[SmsTemplate, ...]:
        """The texts that the account keeps for sending.

        Raises:
            ClickSendError: See `AddressBook.templates`.
        """
        return await self._book.templates()

    async def thread(self, talk_id: str, round_: int) -> Post | None:
        """Where the message stands that heads a round of a conversation."""
        topic = notices.topic(notices.ConversationChanged(conversation=talk_id, round=round_))
        async with self._database.read() as connection:
            return await posts.find(connection, self._scope, topic or "")

    async def in_thread(self, channel: str, ts: str) -> Conversation | None:
        """The conversation whose thread this is."""
        async with self._database.read() as connection:
            return await conversations.in_thread(connection, self._scope, channel=channel, ts=ts)

    async def messages(self, ids: tuple[int, ...]) -> list[InboundMessage]:
        """Some messages that came in, the oldest first."""
        async with self._database.read() as connection:
            return await inbound.get(connection, self._scope, ids)

    async def unanswered(self, *, limit: int, offset: int) -> tuple[list[Conversation], int]:
        """Who waits for an answer, the longest first, and how many there are in all."""
        now = self._now()
        async with self._database.read() as connection:
            found = await conversations.unanswered(
                connection, self._scope, now=now, limit=limit, offset=offset
            )
            return found, await conversations.count_unanswered(connection, self._scope, now=now)

    async def history(
        self, number: str, *, limit: int
    ) -> tuple[list[InboundMessage], list[tuple[Send, SentMessage]]]:
        """The newest messages of somebody, and to them, each the newest first."""
        async with self._database.read() as connection:
            came = await inbound.of_sender(connection, self._scope, number, limit=limit)
            went = await deliveries.to_recipient(connection, self._scope, number, limit=limit)
        return came, went

    async def assign(self, talk_id: str, user: str | None, *, actor: str) -> bool:
        """Give a conversation to somebody, or to nobody; False when it is closed or gone."""
        return await self._change(
            talk_id, "assigned", actor, {"assignee": user}, {Talk.OPEN}, detail={"to": user}
        )

    async def close(self, talk_id: str, *, actor: str) -> bool:
        """End it: what comes after opens a new thread; False when it was closed before."""
        values: dict[str, object] = {
            "state": Talk.CLOSED,
            "waiting_since": None,
            "snoozed_until": None,
        }
        return await self._change(talk_id, "closed", actor, values, {Talk.OPEN})

    async def reopen(self, talk_id: str, *, actor: str) -> bool:
        """Take a close back; False when it is open."""
        return await self._change(talk_id, "reopened", actor, {"state": Talk.OPEN}, {Talk.CLOSED})

    async def snooze(self, talk_id: str, until: datetime, *, actor: str) -> bool:
        """Put it off; what comes in ends that, too. False when it is closed or gone."""
        return await self._change(
            talk_id,
            "snoozed",
            actor,
            {"snoozed_until": until},
            {Talk.OPEN},
            detail={"until": until.isoformat(timespec="seconds")},
        )

    async def wake(self) -> int:
        """End the snoozes whose time has come, and have it told; how many there were."""
        now = self._now()
        async with self._database.write() as connection:
            due = await conversations.wake(connection, self._scope, now=now)
            for talk in due:
                await self._record(connection, talk, "snooze over", BOT, {})
                await tell_changed(connection, self._scope, talk, at=now)
                await self._remind(connection, talk, now)
        if due:
            self._told()
        return len(due)

    async def _remind(self, connection: AsyncConnection, talk: Conversation, now: datetime) -> None:
        notice = notices.SnoozeOver(conversation=talk.id, round=talk.round)
        await outbox.add(
            connection,
            self._scope,
            key=f"{notice.kind}:{talk.id}:{now.timestamp():.6f}",
            kind=notice.kind,
            payload=notices.to_json(notice),
            at=now,
            topic=f"thread:{talk.id}:{talk.round}",
        )

    async def _change(
        self,
        talk_id: str,
        what: str,
        actor: str,
        values: dict[str, object],
        frm: set[Talk],
        *,
        detail: dict[str, str | int | None] | None = None,
    ) -> bool:
        async with self._database.write() as connection:
            talk = await conversations.change(connection, self._scope, talk_id, values, frm=frm)
            if talk is None:
                return False
            await self._record(connection, talk, what, actor, detail or {})
            await tell_changed(connection, self._scope, talk, at=self._now())
        self._told()
        return True

    async def _record(
        self,
        connection: AsyncConnection,
        talk: Conversation,
        what: str,
        actor: str,
        detail: dict[str, str | int | None],
    ) -> None:
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
            actor=actor,
            place=talk.channel,
            action=f"conversation {what}",
            subject=talk.id,
            detail={"with": talk.theirs, **detail},
        )
