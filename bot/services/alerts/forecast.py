"""How long the credit lasts: spending by day goes in, days left with their uncertainty come out.

A day's spending is read as a level, times the habit of its weekday, times a slow growth, plus what
rare bursts (a campaign) cost on average. The level comes from the last weeks, growth from a robust
slope that only counts as far as it stands out of the noise. Statistics are floats here; no amount
that is charged or compared to a limit passes through.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median

_HALF_LIFE = 14.0
_FEWEST_DAYS = 3
_TREND_DAYS = 21
_ALIKE_DAYS = 35
_LONGEST = 730
_BURST = 3.0
_PULL = 1.5
_STEEPEST = 0.03
_UNKNOWN_DRIFT = 0.01
_EDGE = 1.2816 * 1.45
"""The normal quantile that leaves a tenth on each side, widened: the model errs, too. With the
plain one, 63 % of the held-out accounts of `tests/bench/forecast.py` end in the range."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the credit is used up, in days from now; four times of five between `low` and `high`.

    Attributes:
        days: The estimate; infinite where nothing is spent.
        low: It may be as early as this.
        high: It may be as late as this.
        per_day: What is spent on an average day of the next week.
    """

    days: float
    low: float
    high: float
    per_day: float


@dataclass(frozen=True, slots=True)
class Model:
    """How an account spends.

    Attributes:
        level: What an average day without a burst costs now.
        growth: How the level changes from day to day, as a logarithm.
        habit: The factor of each weekday, Monday first.
        bursts: What bursts cost a day on average.
        noise: The spread of a day's spending around what is expected.
        doubt: The relative error of the level.
        drift: How wrong the growth may be, as a logarithm a day.
        last: The last day that was looked at.
    """

    level: float
    growth: float
    habit: tuple[float, ...]
    bursts: float
    noise: float
    doubt: float
    drift: float
    last: date

    def expected(self, day: date) -> float:
        """What a day costs."""
        ahead = (day - self.last).days
        # Growth is not believed for ever: it fades within some weeks.
        grown = self.growth * _fading(ahead)
        return self.level * math.exp(grown) * self.habit[day.weekday()] + self.bursts


def fit(spent: Mapping[date, float]) -> Model | None:
    """Learn how an account spends.

    Args:
        spent: What each whole day cost; days that are not known are left out.

    Returns:
        The model; None when there are fewer than three days, or nothing was spent.
    """
    days = sorted(spent)
    if len(days) < _FEWEST_DAYS or not any(spent.values()):
        return None
    last = days[-1]
    plain, excess = _without_bursts(spent, days)
    weights = {day: 0.5 ** ((last - day).days / _HALF_LIFE) for day in days}
    growth, drift = 0.0, _UNKNOWN_DRIFT
    habit = _habit(plain, days, growth)
    for _ in range(2):  # the habit of the days and the growth explain each other
        level_of = {day: plain[day] / habit[day.weekday()] for day in days}
        growth, drift = _growth(level_of, days)
        habit = _habit(plain, days, growth)
    shape = {d: habit[d.weekday()] * math.exp(-growth * (last - d).days) for d in days}
    total = sum(weights.values())
    # A ratio of sums, not a mean of ratios: on a quiet day the ratio says nothing.
    level = sum(plain[d] * weights[d] for d in days) / sum(shape[d] * weights[d] for d in days)
    squares = sum(weights[d] * (plain[d] - level * shape[d]) ** 2 for d in days)
    spread = math.sqrt(squares / total)
    bursts = fmean(excess.values())
    burst_spread = math.sqrt(fmean([(each - bursts) ** 2 for each in excess.values()]))
    enough = total**2 / sum(weight**2 for weight in weights.values())
    return Model(
        level=level,
        growth=growth,
        habit=habit,
        bursts=bursts,
        noise=math.hypot(spread, burst_spread),
        doubt=spread / math.sqrt(enough) / level if level else 1.0,
        drift=drift,
        last=last,
    )


def forecast(
    spent: Mapping[date, float], balance: float, *, today: date, left_of_today: float = 1.0
) -> Forecast | None:
    """Say how long a balance lasts.

    Args:
        spent: What each whole day cost; days that are not known are left out.
        balance: What is left, in the same currency.
        today: The day that is not over yet.
        left_of_today: How much of it is to come, from 0 to 1.

    Returns:
        The forecast; None when there is too little to learn from.
    """
    model = fit(spent)
    if model is None:
        return None
    week = [model.expected(today + _DAY * ahead) for ahead in range(1, 8)]
    points = _path(model, balance, today, left_of_today)
    return Forecast(*points, per_day=fmean(week))


def naive(spent: Mapping[date, float], balance: float) -> float:
    """The balance divided by the mean day: what the forecast is measured against."""
    mean = fmean(spent.values()) if spent else 0.0
    return balance / mean if mean else math.inf


def _path(
    model: Model, balance: float, today: date, left_of_today: float
) -> tuple[float, float, float]:
    """Walk into the future until what is expected, the most and the least have used it up."""
    found = [math.inf, math.inf, math.inf]
    before = [0.0, 0.0, 0.0]
    mean = variance = passed = 0.0
    for ahead in range(_LONGEST):
        part = left_of_today if ahead == 0 else 1.0
        mean += model.expected(today + _DAY * ahead) * part
        variance += model.noise**2 * part
        # The level was learnt in the middle of the last weeks; the growth has acted since then.
        relative = math.hypot(model.doubt, model.drift * (_HALF_LIFE + passed / 2))
        spread = _EDGE * math.hypot(math.sqrt(variance), relative * mean)
        for index, total in enumerate((mean, mean + spread, max(0.0, mean - spread))):
            if math.isinf(found[index]) and total >= balance:
                step = total - before[index]
                share = (balance - before[index]) / step if step > 0 else 0.0
                found[index] = max(0.0, passed + part * min(1.0, max(0.0, share)))
            before[index] = total
        passed += part
        if not any(math.isinf(each) for each in found):
            break
    return found[0], min(found[0], found[1]), max(found[0], found[2])


def _without_bursts(
    spent: Mapping[date, float], days: Sequence[date]
) -> tuple[dict[date, float], dict[date, float]]:
    """Each day's spending up to a cap by its neighbours of the same kind, and what is above it."""
    plain, excess = {}, {}
    for day in days:
        near = [spent[d] for d in days if abs((d - day).days) <= _TREND_DAYS]
        alike = [d for d in days if d.weekday() == day.weekday()]
        same = [spent[d] for d in alike if abs((d - day).days) <= _ALIKE_DAYS]
        usual = median(same) if len(same) >= _FEWEST_DAYS else median(near)
        cap = _BURST * usual if usual else math.inf
        plain[day] = min(spent[day], cap)
        excess[day] = spent[day] - plain[day]
    return plain, excess


def _habit(plain: Mapping[date, float], days: Sequence[date], growth: float) -> tuple[float, ...]:
    """The factor of each weekday, pulled to 1 where there is little to learn from."""
    last = days[-1]
    flat = {day: plain[day] * math.exp(growth * (last - day).days) for day in days}
    mean = fmean(flat.values()) or 1.0
    factors = []
    for weekday in range(7):
        of_it = [flat[day] / mean for day in days if day.weekday() == weekday]
        factors.append((sum(of_it) + _PULL * 0.5) / (len(of_it) + _PULL * 0.5))
    scale = fmean(factors)
    return tuple(max(factor / scale, 0.01) for factor in factors)


def _growth(level_of: Mapping[date, float], days: Sequence[date]) -> tuple[float, float]:
    """The slope of the logarithm of the level, as far as it stands out of the noise; its error."""
    points = [((day - days[0]).days, math.log(level_of[day])) for day in days if level_of[day] > 0]
    if len(points) < _TREND_DAYS:
        return 0.0, _UNKNOWN_DRIFT
    slopes = [
        (second[1] - first[1]) / (second[0] - first[0])
        for index, first in enumerate(points)
        for second in points[index + 7 :]
    ]
    slope = median(slopes)
    middle = median([value - slope * at for at, value in points])
    spread = 1.4826 * median([abs(value - slope * at - middle) for at, value in points])
    centre = fmean([at for at, _ in points])
    span = fmean([(at - centre) ** 2 for at, _ in points])
    error = spread / math.sqrt(len(points) * span)
    certain = slope**2 / (slope**2 + error**2) if slope else 0.0
    believed = max(-_STEEPEST, min(_STEEPEST, slope * certain))
    return believed, math.hypot(error, slope - believed)


def _fading(ahead: int) -> float:
    """How many days of growth so many days ahead are worth."""
    return 60.0 * (1 - math.exp(-ahead / 60.0))
