"""Two column types: money as integer micro-units, times as UTC.

SQLite's `Numeric` is a float and its `DateTime` forgets the time zone; these two keep both exact
on every database.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

MICRO = Decimal(1_000_000)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1
_EXACT = Context(prec=80, traps=[Inexact, InvalidOperation])


class Money(TypeDecorator[Decimal]):
    """A `Decimal` amount, kept as an integer number of millionths; finer amounts are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Amount to millionths."""
        del dialect
        if value is None:
            return None
        try:
            micro = int(_EXACT.to_integral_exact(_EXACT.scaleb(value, 6)))
        except Inexact:
            raise ValueError(f"{value} has more than six decimals") from None
        except (InvalidOperation, OverflowError, ValueError):  # infinite, or no number at all
            raise ValueError(f"{value} cannot be stored as an amount") from None
        if abs(micro) > _LARGEST:
            raise ValueError(f"{value} cannot be stored as an amount: it is too large")
        return micro

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Millionths to amount."""
        del dialect
        return None if value is None else Decimal(value) / MICRO


class Instant(TypeDecorator[datetime]):
    """An aware `datetime`, kept as integer microseconds since 1970 UTC; naive ones are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Time to microseconds."""
        del dialect
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without a time zone cannot be stored")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Microseconds to time, in UTC."""
        del dialect
        return None if value is None else EPOCH + timedelta(microseconds=value)
