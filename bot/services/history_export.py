"""A history of ClickSend as one CSV file: read page by page, bounded, and recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bot.clicksend import ClickSend
from bot.services import audit_words, csv_out, history_rows
from bot.services.history_rows import Channel, Span
from bot.services.usage import Month, MonthError
from bot.store import Database, Scope, audit
from bot.texts import ENGLISH, Phrase, say, speaking

_MOST_ROWS = 100_000
_MOST_BYTES = 20_000_000
_EXAMPLE = Phrase(
    "Write it as `/clicksend history export sms 2026-10`, or with `7d` or `yesterday`."
)


class ExportWordsError(ValueError):
    """What was typed names no history; the text says what to write, as mrkdwn made here."""


class BusyError(Exception):
    """Another export of this person is still being made."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which history is wanted, of which time: a `month`, or `since` some time."""

    channel: Channel
    span: Span
    month: str = ""
    since: str = ""

    @property
    def label(self) -> str:
        """The time in words."""
        return self.month or say("since {time}", time=self.since)


@dataclass(frozen=True, slots=True)
class Export:
    """A CSV file; `complete` is False when there was more than it holds."""

    name: str
    content: bytes
    rows: int
    complete: bool


def read_wish(text: str, *, now: datetime, zone: tzinfo) -> Wish:
    """Read which history is wanted: a channel, and a month or since when; this month if none.

    Args:
        text: As it was typed, such as `sms 2026-10` or `fax 7d`.
        now: The time, aware.
        zone: The person's time zone, in which months and days begin.

    Raises:
        ExportWordsError: It names no history, or a time that has not begun.
    """
    word, _, rest = " ".join(text.lower().split()).partition(" ")
    singular = word if word in set(Channel) else word.removesuffix("s")
    if singular not in set(Channel):
        known = ", ".join(f"`{each}`" for each in Channel)
        raise ExportWordsError(
            say("Which history: one of {names}. {example}", names=known, example=_EXAMPLE)
        )
    return Wish(
        Channel(singular), *_span(rest.removeprefix("since ").strip(), now.astimezone(zone))
    )


def _span(words: str, here: datetime) -> tuple[Span, str, str]:
    """A month as a whole, up to now; or everything since some time."""
    is_month = not words or (words.count("-") == 1 and words.replace("-", "").isdecimal())
    try:
        if is_month:
            month = Month.read(words, today=here)
            since, until = _first(month, here), _first(_after(month), here)
            return Span(since, min(until, here)), str(month), ""
        since = audit_words.read_since(words, here)
    except MonthError as error:
        raise ExportWordsError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    except audit_words.AuditWordsError as error:
        raise ExportWordsError(str(error)) from None
    return Span(since, here), "", f"{since.astimezone(here.tzinfo):%Y-%m-%d %H:%M}"


def _after(month: Month) -> Month:
    is_last = month.number == 12  # noqa: PLR2004 - months of a year
    return Month(month.year + 1, 1) if is_last else Month(month.year, month.number + 1)


def _first(month: Month, here: datetime) -> datetime:
    return datetime(month.year, month.number, 1, tzinfo=here.tzinfo)


class HistoryExports:
    """Writes histories as files; one at a time for each person.

    Args:
        clicksend: The client.
        database: For the audit trail.
        scope: Whose.
        now: The clock.
    """

    def __init__(
        self, clicksend: ClickSend, database: Database, scope: Scope, *, now: Callable[[], datetime]
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._now = now
        self._busy: set[str] = set()

    async def export(self, wish: Wish, *, actor: str, where: str = "") -> Export:
        """Read a history, and write at most 100,000 rows and 20 MB of it.

        Slack wants the length of a file before it, so the file is put together in memory: the
        bound on its size bounds the memory, whatever the history holds.

        Args:
            wish: Which, of which time.
            actor: Who wants it, a Slack user id.
            where: The Slack channel in which they do.

        Raises:
            BusyError: An export of this person is still being made.
            ClickSendError: The history could not be read to its end; there is no file.
        """
        if actor in self._busy:
            raise BusyError
        self._busy.add(actor)
        try:
            made = await self._made(wish)
        finally:
            self._busy.discard(actor)
        await self._record(wish, made, actor=actor, where=where)
        return made

    async def _made(self, wish: Wish) -> Export:
        content = bytearray(csv_out.BEGINNING + csv_out.encoded([history_rows.COLUMNS]))
        rows, complete = 0, True
        # `date_to` is in whole seconds, and what is of its second may still be added to.
        asked = Span(wish.span.since, wish.span.until + timedelta(seconds=1))
        listing = history_rows.listing(wish.channel, asked)
        async with aclosing(self._clicksend.pages(listing)) as records:
            async for record in records:
                if not wish.span.holds(history_rows.time_of(record)):
                    continue
                line = csv_out.encoded([history_rows.row(record)])
                if rows == _MOST_ROWS or len(content) + len(line) > _MOST_BYTES:
                    complete = False
                    break
                content += line
                rows += 1
        name = f"clicksend-{wish.channel}-{wish.span.since:%Y-%m-%d}.csv"
        return Export(name, bytes(content), rows, complete)

    async def _record(self, wish: Wish, made: Export, *, actor: str, where: str) -> None:
        with speaking(ENGLISH):
            label = wish.label
        async with self._database.write() as connection:
            await audit.add(
                connection,
                self._scope,
                at=self._now(),
                actor=actor,
                place=where,
                action="history exported",
                subject=wish.channel,
                detail={"rows": made.rows, "of": label},
            )
