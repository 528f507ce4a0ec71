"""Pure decisions: failed receipts, months, amounts."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.failure_watch import cause, has_failed
from bot.services.money import amount
from bot.services.usage import Month, MonthError, change
from bot.store.receipts import StoredReceipt

NOW = datetime(2026, 2, 28, 12, tzinfo=UTC)


def receipt(code: str, status: str = "", error: str = "") -> StoredReceipt:
    return StoredReceipt(
        kind="sms",
        message_id="M",
        at=NOW,
        status_code=code,
        status_text=status,
        error_code=None,
        error_text=error,
        reference=None,
        stored_at=NOW,
    )


@pytest.mark.parametrize(
    ("code", "status", "failed"),
    [
        ("201", "Success", False),
        ("300", "Temporary", False),
        ("301", "Failed", True),
        ("301", "Cancelled", False),
        ("Failed", "", True),
        ("Completed", "", False),
        ("", "", False),
    ],
)
def test_which_receipts_are_failures(code: str, status: str, *, failed: bool) -> None:
    assert has_failed(receipt(code, status)) is failed


def test_the_cause_is_the_clearest_text_there_is() -> None:
    assert cause(receipt("301", "Failed", "Handset off")) == "Handset off"
    assert cause(receipt("301", "Failed")) == "Failed"
    assert cause(receipt("301")) == "status 301"


def test_months_are_read_and_compared() -> None:
    assert str(Month.read("", today=NOW)) == "2026-02"
    assert str(Month.read(" 2026-1 ", today=NOW).before) == "2025-12"
    with pytest.raises(MonthError, match="has not begun"):
        Month.read("2026-03", today=NOW)


@given(st.text(max_size=12))
def test_any_text_is_a_month_that_has_begun_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(MonthError):
        assert Month(2010, 1) <= Month.read(text, today=NOW) <= Month(2026, 2)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("100.000000", "AUD 100.00"),
        ("1234.5", "AUD 1,234.50"),
        ("0.0770", "AUD 0.077"),
        ("-3", "AUD -3.00"),
        ("0", "AUD 0.00"),
        ("1E+3", "AUD 1,000.00"),
    ],
)
def test_amounts_show_cents_and_more_only_where_there_is_more(value: str, shown: str) -> None:
    assert amount(Decimal(value), "AUD") == shown


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [("12", "10", "+20 %"), ("9", "10", "-10 %"), ("0", "0", "no change"), ("1", "0", "nothing")],
)
def test_a_change_in_words(now: str, before: str, words: str) -> None:
    assert change(Decimal(now), Decimal(before)).startswith(words)
