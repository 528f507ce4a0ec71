"""Whether it is night where a message arrives, and when it no longer is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.services.guards.findings import Finding, Level, Offer, in_words
from bot.services.places import zones
from bot.services.recipients import for_people
from bot.texts import clock, say

_LOOK_AHEAD = timedelta(hours=48)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours in which nobody should be written to, on the recipient's clock.

    Attributes:
        start: The first quiet instant.
        end: The first that no longer is; before `start` when the quiet crosses midnight.

    Raises:
        ValueError: Both are the same.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours begin and end at different times")

    def __str__(self) -> str:
        return say("{start} to {end}", start=clock(self.start), end=clock(self.end))

    def hold(self, local: datetime) -> bool:
        """Whether a local time is quiet."""
        there = local.time()
        if self.start < self.end:
            return self.start <= there < self.end
        return there >= self.start or there < self.end


def quiet_hours(
    numbers: Sequence[str],
    at: datetime,
    quiet: QuietHours,
    zones_of: Callable[[str], tuple[str, ...]] = zones,
) -> list[Finding]:
    """Whether a message would arrive in somebody's quiet hours.

    Args:
        numbers: E.164.
        at: When it is sent, aware.
        quiet: The hours.
        zones_of: The time zones a number may be in; a number without any is never quiet.

    Returns:
        One finding with all who would be disturbed, and the first time within 48 hours at which no
        recipient would be; without an offer when there is none.
    """
    places = {number: tuple(map(ZoneInfo, zones_of(number))) for number in dict.fromkeys(numbers)}
    disturbed = {
        number: [zone for zone in where if quiet.hold(at.astimezone(zone))]
        for number, where in places.items()
    }
    disturbed = {number: where for number, where in disturbed.items() if where}
    if not disturbed:
        return []
    everywhere = {zone for where in places.values() for zone in where}
    offer = _offer(_first_free(everywhere, at, quiet), everywhere)
    reason = say(
        "It would arrive in the quiet hours ({hours}) of {who}. {advice}",
        hours=quiet,
        who=_who(disturbed, places, at),
        advice=_advice(offer, len(numbers)),
    )
    return [Finding("quiet-hours", Level.WARN, reason, offer, numbers=tuple(disturbed))]


def _who(
    disturbed: dict[str, list[ZoneInfo]], places: dict[str, tuple[ZoneInfo, ...]], at: datetime
) -> str:
    shown = []
    for number in list(disturbed)[:_NAMED]:
        there = clock(at.astimezone(disturbed[number][0]))
        who = for_people(number)
        if len({at.astimezone(zone).utcoffset() for zone in places[number]}) == 1:
            shown.append(say("{number} ({time} there)", number=who, time=there))
        else:
            shown.append(say("{number} (perhaps {time} there)", number=who, time=there))
    more = len(disturbed) - len(shown)
    return in_words([*shown, say("{count:,} more", count=more)] if more else shown)


def _advice(offer: Offer | None, many: int) -> str:
    if offer is not None:
        return say("Schedule it for later, or send it all the same if it cannot wait.")
    if many == 1:
        return say("Send it all the same only if it cannot wait.")
    return say("No time in the next 48 hours suits everybody: send to fewer people at a time.")


def _offer(at: datetime | None, everywhere: Iterable[ZoneInfo]) -> Offer | None:
    if at is None:
        return None
    clocks = sorted({at.astimezone(zone).replace(tzinfo=None) for zone in everywhere})
    first = clock(clocks[0])
    if len(clocks) == 1:
        return Offer("schedule", say("Schedule for {time} their time", time=first), at=at)
    return Offer("schedule", say("Schedule for {time} or later their time", time=first), at=at)


def _first_free(where: Iterable[ZoneInfo], at: datetime, quiet: QuietHours) -> datetime | None:
    """The first instant after `at` that is quiet nowhere.

    Quiet ends only where a clock shows the end of the quiet hours, or where it is changed.
    """
    everywhere = tuple(where)
    moments = sorted({moment for zone in everywhere for moment in _ends(zone, at, quiet.end)})
    for moment in moments:
        if not any(quiet.hold(moment.astimezone(zone)) for zone in everywhere):
            return moment
    return None


def _ends(zone: ZoneInfo, at: datetime, end: time) -> Iterator[datetime]:
    """The instants in the next 48 hours at which quiet may end in a zone, and some others.

    A clock time that is skipped gives an instant that means nothing; the caller looks at each.
    """
    today = at.astimezone(zone).date()
    for days in range(-1, 4):
        for fold in (0, 1):
            local = datetime.combine(today + days * _DAY, end, zone).replace(fold=fold)
            moment = local.astimezone(UTC)
            if at < moment <= at + _LOOK_AHEAD:
                yield moment
    yield from _changes(zone, at)


def _changes(zone: ZoneInfo, at: datetime) -> Iterator[datetime]:
    """The instants in the next 48 hours at which a zone's clocks are changed."""
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour <= at + _LOOK_AHEAD:
        following = hour + _HOUR
        if hour.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            change = _change(zone, hour, following)
            if at < change <= at + _LOOK_AHEAD:
                yield change
        hour = following


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second in (before, after] with the offset of `after`, by halving."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + ((after - before) // 2 // _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
