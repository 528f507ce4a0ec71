"""Delivery receipts, each kept once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new, insert_plain
from bot.store.scope import Scope
from bot.store.tables import receipts
from bot.store.types import EPOCH, MICROSECOND

_MANY, _AT_ONCE, _LOOKED_AT = 20, 500, 100_000
Key: TypeAlias = tuple[str, str, datetime, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReceipt:
    """A receipt as kept; `at` is ClickSend's time of it."""

    kind: str
    message_id: str
    at: datetime
    status_code: str
    status_text: str | None
    error_code: str | None
    error_text: str | None
    reference: str | None
    stored_at: datetime

    @property
    def key(self) -> Key:
        """What makes it the same receipt when it comes again."""
        return (self.kind, self.message_id, self.at, self.status_code)


_NAMES = ("kind", "message_id", "at", "status_code")
_FIELDS = tuple(field.name for field in fields(StoredReceipt))
_COLUMNS = ("workspace", "account", *_FIELDS)
_VALUES = attrgetter(*_FIELDS)
_REST = attrgetter("status_text", "error_code", "error_text", "reference")


async def add_new(
    connection: AsyncConnection, scope: Scope, found: Sequence[StoredReceipt]
) -> list[StoredReceipt]:
    """Keep the receipts that are not kept yet.

    Returns:
        Those that were new, in the order given.
    """
    if connection.dialect.name == "sqlite" and len(found) >= _MANY:
        return await _add_plainly(connection, scope, found)
    unique = {receipt.key: receipt for receipt in found}
    # In one order whoever writes: on PostgreSQL, two that wait for each other are a deadlock.
    rows = [_row(scope, unique[key]) for key in sorted(unique)]
    new = {tuple(row.values()) for row in await insert_new(connection, receipts, rows, *_NAMES)}
    return [receipt for key, receipt in unique.items() if key in new]


async def _add_plainly(
    connection: AsyncConnection, scope: Scope, found: Sequence[StoredReceipt]
) -> list[StoredReceipt]:
    """The same on SQLite, made for many: what the driver takes is made here, and compared as such.

    To make mappings and times of it, as everywhere else, takes longer than SQLite does.
    """
    whose, epoch, unit = (scope.workspace, scope.account), EPOCH, MICROSECOND
    unique = {(r.kind, r.message_id, (r.at - epoch) // unit, r.status_code): r for r in found}
    # As a rule they were stored at one time.
    times = {at: (at - epoch) // unit for at in {r.stored_at for r in unique.values()}}
    rows = [(*whose, *key, *_REST(r), times[r.stored_at]) for key, r in unique.items()]
    kept = list(unique.values())
    return [kept[place] for place in await insert_plain(connection, receipts, _COLUMNS, rows)]


def _row(scope: Scope, receipt: StoredReceipt) -> dict[str, Any]:
    # Not `asdict`, which copies every value deeply: half of the time of a batch.
    values = zip(_FIELDS, _VALUES(receipt), strict=True)
    return {**scope.columns(), **dict(values)}


async def of_messages(
    connection: AsyncConnection, scope: Scope, *, kind: str, message_ids: Sequence[str]
) -> list[StoredReceipt]:
    """The receipts of some messages, in no certain order."""
    found: list[StoredReceipt] = []
    for start in range(0, len(message_ids), _AT_ONCE):
        some = message_ids[start : start + _AT_ONCE]
        rows = await connection.execute(
            select(receipts).where(
                scope.of(receipts), receipts.c.kind == kind, receipts.c.message_id.in_(some)
            )
        )
        found += [_read(row) for row in rows.mappings()]
    return found


async def newest(
    connection: AsyncConnection,
    scope: Scope,
    *,
    codes: Collection[str],
    limit: int,
    before: int | None = None,
) -> list[tuple[int, StoredReceipt]]:
    """The receipts with some status codes (in lower case) that came last, with their numbers.

    Among the last 100,000 of them: where nothing fails, not every receipt is looked at.

    Args:
        connection: A connection.
        scope: Whose.
        codes: The status codes.
        limit: How many at most.
        before: Only those with a lower number.
    """
    last = await connection.scalar(select(func.max(receipts.c.id))) or 0
    end = last + 1 if before is None else before
    rows = await connection.execute(
        select(receipts)
        .where(
            scope.of(receipts),
            receipts.c.id < end,
            receipts.c.id > last - _LOOKED_AT,
            func.lower(receipts.c.status_code).in_(sorted(codes)),
        )
        .order_by(receipts.c.id.desc())
        .limit(limit)
    )
    return [(row["id"], _read(row)) for row in rows.mappings()]


def _read(row: RowMapping) -> StoredReceipt:
    return StoredReceipt(**{name: row[name] for name in _FIELDS})
