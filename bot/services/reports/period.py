"""The time a report is of, and when the next one is due; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.services.notices import ReportDue
from bot.services.usage import Month
from bot.texts import day, say

_DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of a time zone.

    Attributes:
        first: The first day.
        last: The last day.
        zone: Where the days begin.
        month: The month that it is; None for days and weeks.
    """

    first: date
    last: date
    zone: ZoneInfo
    month: Month | None = None

    @classmethod
    def of_month(cls, month: Month, zone: ZoneInfo) -> Self:
        """A calendar month."""
        first = date(month.year, month.number, 1)
        following = (first + 31 * _DAY).replace(day=1)
        return cls(first, following - _DAY, zone, month)

    @classmethod
    def of_days(cls, last: date, days: int, zone: ZoneInfo) -> Self:
        """So many days, `last` being the last of them."""
        return cls(last - (days - 1) * _DAY, last, zone)

    @classmethod
    def told_of(cls, notice: ReportDue) -> Self:
        """What a notice is of."""
        zone = ZoneInfo(notice.zone)
        if notice.month:
            return cls.of_month(Month(notice.first.year, notice.first.month), zone)
        return cls(notice.first, notice.last, zone)

    @property
    def start(self) -> datetime:
        """When it begins."""
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def end(self) -> datetime:
        """When it is over."""
        return datetime.combine(self.last + _DAY, time.min, self.zone)

    @property
    def before(self) -> Self:
        """What it is compared with: the month or the week before, or the same day a week before."""
        if self.month is not None:
            return self.of_month(self.month.before, self.zone)
        return type(self)(self.first - WEEK * _DAY, self.last - WEEK * _DAY, self.zone)

    @property
    def title(self) -> str:
        """What people call it."""
        if self.month is not None:
            return str(self.month)
        if self.first == self.last:
            return day(self.first, weekday=True)
        return say("{first} to {last}", first=day(self.first, year=False), last=day(self.last))

    @property
    def name(self) -> str:
        """It in a file's name."""
        days = self.first.isoformat()
        days += "" if self.first == self.last else f"-to-{self.last.isoformat()}"
        return str(self.month or days)


class Digest(BaseModel):
    """When a channel gets a report.

    Attributes:
        every: A day's report each day, or a week's each week.
        weekday: On which day of the week, 0 for Monday; for weeks only.
        hour: At which hour, 0 to 23.
        zone: The time zone of that hour and of the days, an IANA name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    every: Literal["day", "week"]
    weekday: int = Field(default=0, ge=0, le=6)
    hour: int = Field(default=9, ge=0, le=23)
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("no such time zone") from None
        return value

    def due(self, now: datetime) -> datetime:
        """The latest moment, not after now, when a report was due."""
        zone = ZoneInfo(self.zone)
        last = now.astimezone(zone).date()
        while self._at(last) > now or (self.every == "week" and last.weekday() != self.weekday):
            last -= _DAY
        return self._at(last)

    def period(self, due: datetime) -> Period:
        """What the report that is due then is of: the days before that day."""
        zone = ZoneInfo(self.zone)
        last = due.astimezone(zone).date() - _DAY
        return Period.of_days(last, WEEK if self.every == "week" else 1, zone)

    def _at(self, on: date) -> datetime:
        at = datetime.combine(on, time(self.hour), ZoneInfo(self.zone))
        return at.astimezone(ZoneInfo("UTC"))  # comparisons within one zone would go by the wall
