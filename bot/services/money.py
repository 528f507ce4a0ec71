"""Amounts as people read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from bot.texts.formats import money

_CENT = Decimal("0.01")


def amount(value: Decimal, currency: str) -> str:
    """An amount with its currency: two decimals, more only where the value has them.

    Args:
        value: The amount.
        currency: ISO 4217, or empty when unknown.

    Returns:
        Such as `AUD 1,234.50` or `AUD 0.0693`, as the reader writes it.
    """
    exact = value.normalize()
    shown = value.quantize(_CENT) if exact == exact.quantize(_CENT) else _small(exact)
    return money(shown, currency)


def total(value: Decimal, currency: str) -> str:
    """A sum with its currency, rounded to hundredths, for tables and comparisons."""
    return money(value.quantize(_CENT, ROUND_HALF_UP), currency)


def _small(value: Decimal) -> Decimal:
    """At most six decimals, the store's own precision."""
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()
