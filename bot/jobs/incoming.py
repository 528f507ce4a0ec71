"""The jobs of what comes in: poll at a fitting pace, sort, post, and only then mark read."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clicksend import ClickSendError
from bot.services import notices, pace
from bot.services.hooks import Hooks
from bot.services.inbox import Inbox
from bot.services.intake import INBOUND, RECEIPTS
from bot.services.outbox import Outbox
from bot.services.pace import Known
from bot.store import Database, Scope, conditions, kept, outbox

_log = structlog.get_logger(__name__)
_LOOK_AT_RULES = timedelta(hours=6)
_RULE = "rules_missing"


class Incoming:
    """The jobs of the inbox.

    Args:
        inbox: Reads and sorts.
        hooks: Knows the rules at ClickSend.
        post: Posts.
        database: Where it is kept when something was pushed.
        scope: Whose.
        now: The clock.
    """

    def __init__(
        self,
        inbox: Inbox,
        hooks: Hooks,
        post: Outbox,
        database: Database,
        scope: Scope,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._inbox = inbox
        self._hooks = hooks
        self._outbox = post
        self._database = database
        self._scope = scope
        self._now = now
        self._known: dict[str, Known] = {}
        self._ruled: datetime | None = None

    def paced(
        self, work: Callable[[], Awaitable[object]], usual: int
    ) -> Callable[[], Awaitable[None]]:
        """Work that is left out while pushes of receipts make it needless.

        Args:
            work: Polls receipts; true when it found news that no push had brought.
            usual: The set pace, in seconds.
        """

        async def run() -> None:
            if await self._due(RECEIPTS, usual):
                missed = bool(await work())
                self._polled(RECEIPTS, missed=missed)

        return run

    def messages(self, usual: int) -> Callable[[], Awaitable[None]]:
        """The job that polls messages.

        Args:
            usual: The set pace, in seconds.
        """

        async def run() -> None:
            if await self._due(INBOUND, usual):
                await self._poll()
            await self.sort()

        return run

    async def sort(self) -> None:
        """Put what came in into its conversations, and post it."""
        if await self._inbox.sort():
            await self._outbox.flush()

    async def _poll(self) -> None:
        waiting, new = await self._inbox.look()
        self._polled(INBOUND, missed=bool(new))
        await self._inbox.sort()
        if waiting:
            await self._outbox.flush()  # whoever sorted them: they are to be in Slack first
            await self._inbox.mark_read(waiting)
        else:
            await self._rules()

    async def _due(self, name: str, usual: int) -> bool:
        async with self._database.read() as connection:
            found = await kept.get(connection, self._scope, name)
        known = replace(self._known.get(name, Known()), pushed=found[1] if found else None)
        self._known[name] = known
        return pace.is_due(known, timedelta(seconds=usual), self._now())

    def _polled(self, name: str, *, missed: bool) -> None:
        now = self._now()
        known = replace(self._known.get(name, Known()), polled=now)
        self._known[name] = replace(known, missed=now) if missed else known

    async def _rules(self) -> None:
        """An empty list may only mean that no rule fills it: look now and then, and say so once."""
        now = self._now()
        if self._ruled is not None and now - self._ruled < _LOOK_AT_RULES:
            return
        self._ruled = now
        try:
            found = await self._hooks.state()
        except ClickSendError as error:
            _log.warning("the rules could not be read", problem=str(error))
            return
        deaf = tuple(str(r.family.what) for r in found if r.is_deaf and r.family.is_needed)
        await self._tell(deaf)

    async def _tell(self, deaf: tuple[str, ...]) -> None:
        after = hashlib.sha256(",".join(deaf).encode()).hexdigest()[:16] if deaf else "fine"
        now = self._now()
        async with self._database.write() as connection:
            before = await conditions.state(connection, self._scope, _RULE)
            if before == after or (before is None and not deaf):
                return
            number = await conditions.change(
                connection, self._scope, _RULE, before=before, after=after, at=now
            )
            if number is None or not deaf:
                return
            notice = notices.RulesMissing(what=deaf)
            await outbox.add(
                connection,
                self._scope,
                key=f"{_RULE}:{number}",
                kind=notice.kind,
                payload=notices.to_json(notice),
                at=now,
            )
