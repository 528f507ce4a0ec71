"""The audit trail, read in pages and exported; the export is audited, too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.services import audit_csv, csv_out
from bot.services.audit_words import Wish
from bot.store import Database, Scope, audit
from bot.store.audit import Record

_A_PAGE = 15
_AT_ONCE = 500
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, the newest first.

    Attributes:
        records: They.
        newer: Where the page before it begins (the `after` of `page`); None: it is the first.
        older: Where the page after it begins (the `before` of `page`); None: it is the last.
    """

    records: tuple[Record, ...]
    newer: int | None
    older: int | None


@dataclass(frozen=True, slots=True)
class Export:
    """A CSV file; `complete` is False when there was more than it holds."""

    name: str
    content: bytes
    rows: int
    complete: bool


class AuditTrail:
    """Reads what was recorded.

    Args:
        database: Where it is.
        scope: Whose.
        now: The clock.
    """

    def __init__(self, database: Database, scope: Scope, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._scope = scope
        self._now = now

    async def page(
        self, wish: Wish, *, before: int | None = None, after: int | None = None
    ) -> Page:
        """The newest records, or those older or newer than one.

        Args:
            wish: Whose, since when.
            before: The `older` of the page before.
            after: The `newer` of the page after.
        """
        found = await self._read(wish, limit=_A_PAGE + 1, before=before, after=after)
        more = len(found) > _A_PAGE
        if after is not None:
            records = found[-_A_PAGE:]
            is_first, is_last = not more, False
        else:
            records = found[:_A_PAGE]
            is_first, is_last = before is None, not more
        if not records:
            return Page((), None, None)
        return Page(
            tuple(records),
            newer=None if is_first else records[0].id,
            older=None if is_last else records[-1].id,
        )

    async def export(self, wish: Wish, *, actor: str, where: str = "") -> Export:
        """Write the newest 100,000 records, at most, as CSV.

        Slack wants the length of a file before it, so the rows are read in pages, but the file
        is put together in memory.

        Args:
            wish: Whose, since when.
            actor: Who wants it, a Slack user id.
            where: The Slack channel in which they do.
        """
        now = self._now()
        content = bytearray(csv_out.BEGINNING + csv_out.encoded([audit_csv.COLUMNS]))
        rows, complete = 0, True
        async for records in self._pages(wish):
            taken = records[: _MOST - rows]
            content += csv_out.encoded(map(audit_csv.row, taken))
            rows += len(taken)
            if len(taken) < len(records):
                complete = False
                break
        await self._record(wish, rows, actor=actor, where=where)
        return Export(f"clicksend-audit-{now:%Y-%m-%d}.csv", bytes(content), rows, complete)

    async def _pages(self, wish: Wish) -> AsyncIterator[list[Record]]:
        before: int | None = None
        while records := await self._read(wish, limit=_AT_ONCE, before=before):
            yield records
            before = records[-1].id

    async def _read(
        self, wish: Wish, *, limit: int, before: int | None = None, after: int | None = None
    ) -> list[Record]:
        async with self._database.read() as connection:
            return await audit.search(
                connection,
                self._scope,
                limit=limit,
                actor=wish.actor,
                since=wish.since,
                before=before,
                after=after,
            )

    async def _record(self, wish: Wish, rows: int, *, actor: str, where: str) -> None:
        async with self._database.write() as connection:
            await audit.add(
                connection,
                self._scope,
                at=self._now(),
                actor=actor,
                place=where,
                action="audit exported",
                subject=wish.actor or "everybody",
                detail={
                    "rows": rows,
                    "since": wish.since.isoformat(timespec="seconds") if wish.since else None,
                },
            )
