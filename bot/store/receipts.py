"""Delivery receipts, each kept once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import receipts

_AT_ONCE, _LOOKED_AT = 500, 100_000
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
_KEY: Callable[[StoredReceipt], Key] = attrgetter(*_NAMES)
_FIELDS = tuple(field.name for field in fields(StoredReceipt))
_COLUMNS = ("workspace", "account", *_FIELDS)
_VALUES = attrgetter(*_FIELDS)


async def add_new(
    connection: AsyncConnection, scope: Scope, found: Sequence[StoredReceipt]
) -> list[StoredReceipt]:
    """Keep the receipts that are not kept yet.

    Returns:
        Those that were new, in the order given.
    """
    unique = {_KEY(receipt): receipt for receipt in found}
    keys: Iterable[Key] = unique
    if connection.dialect.name == "postgresql":
        # In one order whoever writes: two that wait for each other's rows are a deadlock.
        keys = sorted(unique)
    # Not `asdict`, which copies every value deeply: half of the time of a batch.
    whose = (scope.workspace, scope.account)
    rows = [dict(zip(_COLUMNS, whose + _VALUES(unique[key]), strict=True)) for key in keys]
    stored = await insert_new(connection, receipts, rows, *_NAMES)
    new = {tuple(row.values()) for row in stored}
    return [receipt for key, receipt in unique.items() if key in new]


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
