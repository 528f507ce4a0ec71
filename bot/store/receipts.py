"""Delivery receipts, each kept once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import receipts


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
    def key(self) -> tuple[str, str, datetime, str]:
        """What makes it the same receipt when it comes again."""
        return (self.kind, self.message_id, self.at, self.status_code)


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
    unique = list({receipt.key: receipt for receipt in found}.values())
    ordered = unique
    if connection.dialect.name == "postgresql":
        # In one order whoever writes: two that wait for each other's rows are a deadlock.
        ordered = sorted(unique, key=lambda receipt: receipt.key)
    # Not `asdict`, which copies every value deeply: half of the time of a batch.
    whose = (scope.workspace, scope.account)
    rows = [dict(zip(_COLUMNS, whose + _VALUES(each), strict=True)) for each in ordered]
    stored = await insert_new(connection, receipts, rows, "kind", "message_id", "at", "status_code")
    new = {(r["kind"], r["message_id"], r["at"], r["status_code"]) for r in stored}
    return [receipt for receipt in unique if receipt.key in new]
