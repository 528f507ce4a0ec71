"""What a report counts, how it is shown, and what of it reaches a spreadsheet."""

import csv
import io
import subprocess
import sys
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.services.reports import figures, table
from bot.services.reports.chart import png
from bot.services.reports.figures import NAMES, Delivery, Line, Report, Row
from bot.services.reports.period import Period
from bot.services.usage import Used
from bot.texts import locale_of, speaking

WEEK = Period.of_days(date(2026, 11, 22), 7, ZoneInfo("UTC"))
prices = st.decimals("0", "99999", places=4)
rows = st.builds(
    Row,
    channel=st.sampled_from(("sms", "fax", "post")),
    subaccount=st.sampled_from(("", "1", "2")),
    country=st.sampled_from(("", "AU", "NZ")),
    outcome=st.sampled_from(("sent", "delivered", "failed")),
    cause=st.sampled_from(("", "Absent", "Barred")),
    count=st.integers(1, 1000),
    price=prices,
)
names = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
made = st.builds(
    Line, names, st.builds(Used, st.integers(0, 10**7), prices), st.builds(Used, st.just(1), prices)
)


@given(st.lists(rows, max_size=30))
def test_nothing_is_counted_twice_or_left_out(found: list[Row]) -> None:
    lines = figures.lines(figures.by_channel(found), {})
    assert sum(line.now.count for line in lines) == sum(row.count for row in found)
    assert sum(line.now.price for line in lines) == sum(row.price for row in found)
    assert [line.now.price for line in lines] == sorted(
        (line.now.price for line in lines), reverse=True
    )
    ended = figures.delivery(found)
    sms = [row for row in found if row.channel == "sms"]
    assert ended.ended == sum(row.count for row in sms if row.outcome != "sent")
    causes = dict(figures.failures(found))
    assert sum(causes.values()) == ended.failed
    assert "" not in causes


@given(st.lists(made, min_size=1, max_size=30))
def test_a_table_lines_up_and_its_lines_sum_up(lines: list[Line]) -> None:
    text = table.lined_up(lines)
    found = text.split("\n")
    assert len(found) <= table.MOST_LINES + 1
    assert {"\r", "\t"}.isdisjoint(text)
    hidden = lines[table.MOST_LINES - 1 :] if len(lines) > table.MOST_LINES else []
    if hidden:
        rest = sum(line.now.count for line in hidden)
        assert found[-1].startswith(f"{len(hidden)} others")
        assert f"{rest:,}" in found[-1]


def test_what_was_delivered_is_a_share_of_what_ended() -> None:
    assert Delivery().rate is None
    assert Delivery(2, 1).rate == Decimal("66.7")
    assert Delivery(0, 3).rate == 0


HOSTILE = "=cmd|' /C calc'!A0"


def report(*lines: Line) -> Report:
    return Report(
        period=WEEK,
        currency="AUD",
        channels=lines,
        subaccounts=lines,
        failures=((f"\t{HOSTILE}", 3),),
        delivery=Delivery(9, 3),
    )


def test_no_cell_of_the_csv_is_a_formula_and_sums_are_plain_numbers() -> None:
    line = Line(HOSTILE, Used(1234, Decimal("1234.5678")), Used())
    content = table.as_csv(report(line))
    assert content.startswith(b"\xef\xbb\xbf")
    cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert cells[0] == list(table.COLUMNS)
    assert cells[1] == ["channel", f"'{HOSTILE}", "1234", "1234.5678", "0", "0", "AUD"]
    assert ["total", "", "1234", "1234.5678", "0", "0", "AUD"] in cells
    assert ["failure", f"'\t'{HOSTILE}", "3", "", "", "", ""] in cells
    assert not any(cell[:1] in tuple("=+-@\t\r") for row in cells for cell in row if cell)


@settings(max_examples=15, deadline=None)
@given(st.lists(made, min_size=1, max_size=12))
def test_a_picture_is_drawn_of_whatever_names_and_amounts_there_are(lines: list[Line]) -> None:
    with Image.open(io.BytesIO(png(report(*lines)))) as image:
        assert image.format == "PNG"
        assert image.width == 1000
        assert image.height < 1400
        colours = image.convert("RGB").getcolors(1_000_000)
    assert colours is not None
    assert len(colours) > 3


def test_a_bot_that_draws_nothing_does_not_load_pillow() -> None:
    asks = "import sys, bot.app, commands; print('PIL' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_the_table_is_in_the_readers_language_and_the_csv_in_english() -> None:
    line = Line(NAMES["voice"], Used(1234, Decimal("1234.5")), Used(1, Decimal(1)))
    with speaking(locale_of("de-DE")):
        head, row = table.lined_up([line]).splitlines()
        content = table.as_csv(report(line)).decode("utf-8-sig")
    assert head.split() == ["Anzahl", "Betrag", "vorher", "Änderung"]
    assert row.split()[:2] == ["Sprache", "1.234"]
    assert content.splitlines()[1].startswith('"channel","Voice","1234","1234.5"')
