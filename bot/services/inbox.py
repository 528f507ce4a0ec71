"""The inbox: what customers sent becomes conversations, each in a thread of its own in Slack.

A message is stored first, by whichever way it comes; then it is sorted into its conversation, with
the notices that tell of it in the same transaction; then they are posted. ClickSend is told that a
message was read only after that, and message by message, so that none is marked unseen.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from itertools import groupby

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend, NotFound
from bot.clicksend.operations.sms import InboundSms, ListInboundSms, MarkInboundSmsMessageRead
from bot.services import fellows, notices, routing
from bot.services.addressbook import AddressBook
from bot.services.heads import tell_changed
from bot.services.pushes import clean, number
from bot.services.routing import channel_for, wish
from bot.store import (
    Database,
    Scope,
    audit,
    conversations,
    deliveries,
    inbound,
    opt_outs,
    outbox,
    routes,
)
from bot.store.conversations import Conversation, Talk
from bot.store.inbound import InboundMessage
from bot.store.routes import StoredRoute

_log = structlog.get_logger(__name__)
_BATCH, _TOGETHER = 200, 10
_FRESH: Mapping[str, object] = {
    "state": Talk.OPEN,
    "thread_ts": None,
    "name": None,
    "assignee": None,
    "snoozed_until": None,
    "waiting_since": None,
    "messages": 0,
}
UNKNOWN = "unknown"
"""In the place of a number, where ClickSend gives none."""


class Inbox:
    """Stores, sorts and marks read.

    Args:
        clicksend: The client.
        database: Where everything is kept.
        scope: Whose.
        book: Knows the contacts.
        otherwise: The Slack channel (or user) where no route fits.
        now: The clock.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        book: AddressBook,
        otherwise: str,
        now: Callable[[], datetime],
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._book = book
        self._otherwise = otherwise
        self._now = now

    async def look(self) -> tuple[list[str], int]:
        """Read what waits at ClickSend, and keep what is new.

        Returns:
            The ids of every message that waits there, and how many of them were new.

        Raises:
            ClickSendError: It could not be read (operation `sms.inbound`).
        """
        now = self._now()
        async with aclosing(self._clicksend.pages(ListInboundSms())) as items:
            found = [_polled(each, now) async for each in items if each.message_id]
        async with self._database.write() as connection:
            new = await self.store(connection, found)
            await fellows.looked(connection, self._scope, fellows.INBOUND, began=now)
        return [message.message_id for message in found], new

    async def store(self, connection: AsyncConnection, found: Sequence[InboundMessage]) -> int:
        """Keep messages, and who wants nothing any more, in the transaction it is handed.

        Returns:
            How many were new.
        """
        new = await inbound.add_new(connection, self._scope, found)
        for message in new:
            out = wish(message.body) if message.kind == "sms" else None
            if out is not None and message.sender.startswith("+"):
                await opt_outs.note(connection, self._scope, message.sender, out=out, at=message.at)
        return len(new)

    async def mark_read(self, message_ids: Sequence[str]) -> int:
        """Tell ClickSend of each of these messages that is in Slack that it was read.

        Where other workspaces have the same account, they have it, too, by then.

        Returns:
            How many it was told of.

        Raises:
            ClickSendError: The rest stays unread, and the next look finds it known.
        """
        async with self._database.read() as connection:
            shown = await inbound.shown(
                connection, self._scope, kind="sms", message_ids=message_ids
            )
            read = await fellows.seen_by_all(connection, self._scope, shown, now=self._now())
        for message_id in read:
            try:
                await self._clicksend.run(MarkInboundSmsMessageRead(message_id=message_id))
            except NotFound:  # somebody else was quicker
                continue
        return len(read)

    async def sort(self) -> int:
        """Give each stored message its conversation, and have it told there.

        Returns:
            How many messages were sorted.
        """
        done = 0
        while waiting := await self._unsorted():
            lists = await self._lists(waiting)
            mine = sorted(waiting, key=_numbers)
            for numbers, several in groupby(mine, key=_numbers):
                done += await self._sort(*numbers, list(several), lists.get(numbers[1], set()))
        return done

    async def _unsorted(self) -> list[InboundMessage]:
        async with self._database.read() as connection:
            return await inbound.unsorted(connection, self._scope, limit=_BATCH)

    async def _lists(self, waiting: Sequence[InboundMessage]) -> dict[str, set[str]]:
        """The lists, of those that routes name, which the senders are in."""
        async with self._database.read() as connection:
            known = await routes.every(connection, self._scope)
        wanted = [route.value for route in known if route.kind == routing.LIST]
        found: dict[str, set[str]] = {}
        senders = {message.sender for message in waiting}
        for each in wanted:
            for member in await self._book.members(each) & senders:
                found.setdefault(member, set()).add(each)
        return found

    async def _sort(
        self, ours: str, theirs: str, messages: Sequence[InboundMessage], lists: set[str]
    ) -> int:
        async with self._database.write() as connection:
            if theirs == UNKNOWN and messages[0].kind == "voice":
                ours, theirs = await self._called(connection, messages[0])
            talk = await self._conversation(connection, ours, theirs, messages[0], lists)
            ids = [message.id for message in messages]
            mine = await inbound.sort(connection, self._scope, ids, conversation=talk.id)
            if not mine:
                return 0
            new = [message for message in messages if message.id in set(mine)]
            talk = await self._continued(connection, talk, new)
            await self._tell(connection, talk, new)
        return len(mine)

    async def _called(
        self, connection: AsyncConnection, message: InboundMessage
    ) -> tuple[str, str]:
        """Our number and theirs, for the key that somebody pressed in a call of the bot's."""
        found = await deliveries.senders_of(
            connection, self._scope, kind="voice", message_ids=[message.message_id]
        )
        sent = found.get(message.message_id)
        return ("", sent[0].recipient if sent else UNKNOWN)

    async def _conversation(
        self,
        connection: AsyncConnection,
        ours: str,
        theirs: str,
        first: InboundMessage,
        lists: set[str],
    ) -> Conversation:
        """The conversation of two numbers: as it is, anew where it was closed, or a first one."""
        known = await routes.every(connection, self._scope)
        channel = channel_for(
            known, ours=ours, body=first.body, lists=lists, otherwise=self._otherwise
        )
        talk = Conversation(
            id=uuid.uuid4().hex, ours=ours, theirs=theirs, channel=channel, last_at=first.at
        )
        await conversations.add(connection, self._scope, talk)
        found = await conversations.between(connection, self._scope, ours=ours, theirs=theirs)
        if found is None or found.state is Talk.OPEN:
            return found or talk
        again = await conversations.change(
            connection,
            self._scope,
            found.id,
            {"round": found.round + 1, "channel": channel, **_FRESH},
        )
        return again or found

    async def _continued(
        self, connection: AsyncConnection, talk: Conversation, new: Sequence[InboundMessage]
    ) -> Conversation:
        """The conversation with what came: it waits since its first message without an answer."""
        answered = await conversations.answered_at(connection, self._scope, talk)
        since = talk.waiting_since
        if since and answered and answered >= since:
            since = None
        asking = [message.at for message in new if wish(message.body) is None]
        changed = await conversations.change(
            connection,
            self._scope,
            talk.id,
            {
                "waiting_since": since or min(asking, default=None),
                "last_at": max(talk.last_at, *(message.at for message in new)),
                "messages": talk.messages + len(new),
                "snoozed_until": None,
            },
        )
        return changed or talk

    async def _tell(
        self, connection: AsyncConnection, talk: Conversation, new: Sequence[InboundMessage]
    ) -> None:
        await tell_changed(connection, self._scope, talk, at=self._now())
        for start in range(0, len(new), _TOGETHER):
            some = new[start : start + _TOGETHER]
            await self._add(
                connection,
                notices.MessagesArrived(
                    conversation=talk.id,
                    round=talk.round,
                    messages=tuple(message.id for message in some),
                ),
                key=f"arrived:{some[0].id}",
                topic=f"thread:{talk.id}:{talk.round}",
            )
        for message in new:
            for index in range(len(message.media)):
                await self._add(
                    connection,
                    notices.MediaArrived(
                        conversation=talk.id, round=talk.round, message=message.id, index=index
                    ),
                    key=f"media:{message.id}:{index}",
                )

    async def _add(
        self,
        connection: AsyncConnection,
        notice: notices.AboutConversation,
        *,
        key: str,
        topic: str | None = None,
    ) -> None:
        payload = notices.to_json(notice)
        await outbox.add(
            connection,
            self._scope,
            key=key,
            kind=notice.kind,
            payload=payload,
            at=self._now(),
            topic=topic,
        )

    async def route(self, route: StoredRoute) -> None:
        """Set where conversations that begin from now on belong."""
        async with self._database.write() as connection:
            await routes.put(connection, self._scope, route)
            detail = {"by": route.kind, "value": route.value, "channel": route.channel}
            await self._record(connection, "route set", route.value, route.set_by, detail)

    async def unroute(self, kind: str, value: str, *, actor: str) -> bool:
        """Take a route away; False when there was none."""
        async with self._database.write() as connection:
            gone = await routes.drop(connection, self._scope, kind=kind, value=value)
            if gone:
                await self._record(
                    connection, "route dropped", value, actor, {"by": kind, "value": value}
                )
        return gone

    async def _record(
        self,
        connection: AsyncConnection,
        what: str,
        subject: str,
        actor: str,
        detail: Mapping[str, str],
    ) -> None:
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
            actor=actor,
            action=f"inbox {what}",
            subject=subject,
            detail=detail,
        )

    async def routes(self) -> list[StoredRoute]:
        """Every route."""
        async with self._database.read() as connection:
            return await routes.every(connection, self._scope)


def _numbers(message: InboundMessage) -> tuple[str, str]:
    """Ours and theirs; a pressed key has neither until its call is found."""
    if message.kind == "voice" and not message.sender:
        return (message.message_id, UNKNOWN)
    return (message.recipient, message.sender or UNKNOWN)


def _polled(each: InboundSms, now: datetime) -> InboundMessage:
    at = each.timestamp or now
    return InboundMessage(
        kind="sms",
        message_id=clean(each.message_id or "", 64),
        sender=number((each.from_ or "").strip()),
        recipient=number((each.to or "").strip()),
        at=min(at, now),
        body=clean((each.body or "").strip()),
        answers=clean(each.original_body) if each.original_body else None,
        source="poll",
        stored_at=now,
    )
