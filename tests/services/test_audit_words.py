"""The audit trail in words, and as a file that no spreadsheet runs."""

import contextlib
import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.clicksend import Effect, registry
from bot.services import audit_csv, csv_out, operation_words
from bot.services.audit_words import AuditWordsError, Wish, cost, outcome, read_wish, what
from bot.store.audit import Record
from bot.texts import locale_of, speaking

SYDNEY = ZoneInfo("Australia/Sydney")
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # 12:30 in Sydney


def record(action: str, actor: str = "U0ADA", **detail: str | int | None) -> Record:
    return Record(1, NOW, actor, action, "draft1", "C0OPS", detail)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", Wish()),
        ("<@U0ADA|ada>", Wish("U0ADA")),
        ("<@W0ADA> 7d", Wish("W0ADA", NOW - timedelta(days=7))),
        ("bot 24h", Wish("bot", NOW - timedelta(hours=24))),
        ("2 weeks ago", Wish(None, NOW - timedelta(weeks=2))),
        ("today", Wish(None, datetime(2026, 11, 23, 13, tzinfo=UTC))),
        ("since Yesterday", Wish(None, datetime(2026, 11, 22, 13, tzinfo=UTC))),
        ("2026-11-01", Wish(None, datetime(2026, 10, 31, 13, tzinfo=UTC))),
        ("<@U0ADA|ada> since 2026-7", Wish("U0ADA", datetime(2026, 6, 30, 14, tzinfo=UTC))),
    ],
)
def test_whose_and_since_when_are_read_in_the_persons_zone(text: str, wish: Wish) -> None:
    assert read_wish(text, now=NOW, zone=SYDNEY) == wish


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("@ada 7d", "Pick the name"),
        ("7", "Since when?"),
        ("<@U0ADA|ada> lately", "Since when?"),
        ("<#C0OPS|ops>", "Since when?"),
        ("2026-02-30", "no such day"),
        ("2026-13", "no such day"),
        ("2026-11-25", "has not begun"),
        ("2027-01", "has not begun"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(text: str, says: str) -> None:
    with pytest.raises(AuditWordsError) as found:
        read_wish(text, now=NOW, zone=SYDNEY)
    assert says in str(found.value)


@given(st.text(max_size=30) | st.from_regex(r"(20\d\d-\d{1,2}(-\d{1,2})?|\d{1,4} ?[hdw])\Z"))
def test_any_text_is_a_time_that_has_begun_or_is_refused(text: str) -> None:
    with contextlib.suppress(AuditWordsError):
        since = read_wish(text, now=NOW, zone=SYDNEY).since
        assert since is None or since <= NOW


@pytest.mark.parametrize(
    ("kept", "words", "ended"),
    [
        (record("sms.send sent", recipients=2, price="1"), "SMS: sent", "sent"),
        (record("sms.send queued"), "SMS: confirmed", "queued"),
        (record("sms.send queued", "bot"), "SMS: waits to be tried again", "queued"),
        (record("fax.send unknown"), "Fax: outcome unknown", "unknown"),
        (record("sms.cancel too_late"), "Scheduled SMS: too late", "too_late"),
        (record("sms.cancel_all asked", count=3), "Every scheduled SMS: to be cancelled (count: 3)",
         "asked"),
        (record("email_campaigns.cancel cancelled", name="x"), "Campaign: cancelled (name: x)",
         "cancelled"),
        (record("access granted", role="sender"), "Role: granted (role: sender)", "granted"),
        (record("limit messages_day set", limit="5"), "Limit set (messages a day: 5)", "set"),
        (record("limit pigeons lifted", limit="5"), "Limit lifted (pigeons: 5)", "lifted"),
        (record("audit exported", rows=3), "Audit trail: exported (rows: 3)", "exported"),
        (record("lists.delete started"), "Contact list, deletion: started", "started"),
        (record("history exported", rows=3), "History: exported (rows: 3)", "exported"),
        (record("odd"), ": odd", "odd"),
    ],
)  # fmt: skip
def test_a_record_in_words(kept: Record, words: str, ended: str) -> None:
    assert what(kept) == words
    assert outcome(kept) == ended


def test_what_it_cost_is_what_clicksend_charged_or_the_price_seen() -> None:
    assert cost(record("sms.send sent", price="2.5", total="2.25")) == Decimal("2.25")
    assert cost(record("sms.send queued", price="2.5")) == Decimal("2.5")
    assert cost(record("access granted")) is None


SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
DANGEROUS = (*SIGNS, "\t", "\r")
CELLS = st.text(max_size=20) | st.lists(
    st.sampled_from([*DANGEROUS, ";", "|", '"', "'", ",", " ", "\n", "1", "cmd"]), max_size=8
).map("".join)


@given(st.lists(CELLS, min_size=1, max_size=5))
@example(["=1+1", "+61", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", 'x";=1', "\n-1"])
def test_no_cell_is_a_formula_and_none_is_lost(cells: list[str]) -> None:
    written = csv_out.encoded([cells]).decode()
    (read,) = csv.reader(io.StringIO(written, newline=""), strict=True)
    assert len(read) == len(cells)
    for cell, was in zip(read, cells, strict=True):
        assert not cell.startswith(DANGEROUS)
        assert not any(piece.lstrip().startswith(SIGNS) for piece in _pieces(cell))
        assert cell.replace("'", "") == was.replace("'", "")


def _pieces(cell: str) -> list[str]:
    """What a program sees that splits at semicolons, bars and lines, too."""
    for separator in ("|", "\n", "\r", "\t"):
        cell = cell.replace(separator, ";")
    return cell.split(";")


def test_a_row_has_a_cell_for_every_column() -> None:
    kept = record(
        "sms.send sent", recipients=2, price="1.5", total="1.4", currency="AUD", extra="x"
    )
    cells = dict(zip(audit_csv.COLUMNS, audit_csv.row(kept), strict=True))
    assert cells == {
        "time_utc": "2026-11-24T01:30:00+00:00",
        "who": "U0ADA",
        "where": "C0OPS",
        "what": "SMS: sent (extra: x)",
        "outcome": "sent",
        "action": "sms.send sent",
        "subject": "draft1",
        "recipients": "2",
        "price": "1.5",
        "total": "1.4",
        "currency": "AUD",
        "rule": "",
        "reason": "",
        "text": "",
        "other": "extra: x",
    }


def test_every_operation_that_changes_something_has_words() -> None:
    """What is sent has its channel's, and everything else its own."""
    operations = [registry.operation(each).route for each in registry.all_ids()]
    changing = [each.id for each in operations if each.effect is not Effect.READ]
    assert len(changing) > 80
    said = [what(record(f"{each} done")) for each in changing]
    assert [each for each in said if "_" in each or "." in each] == []
    assert "Subaccount, change: done" in said
    assert operation_words.said("subaccounts.list") is None


def test_people_read_it_in_their_language_and_the_file_is_in_english() -> None:
    limited = record("limit messages_day set", limit="100")
    with speaking(locale_of("de-DE")):
        assert what(limited) == "Limit festgelegt (Nachrichten am Tag: 100)"
        assert "Limit set (messages a day: 100)" in audit_csv.row(limited)
