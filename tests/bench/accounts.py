"""Synthetic accounts: a weekly rhythm, bursts, growth, noise; what comes after is held out."""

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

FIRST = date(2026, 1, 5)
LEARNT = 60
_SHAPES = (
    (1.0, 1.0, 1.0, 1.0, 1.0, 0.2, 0.1),
    (1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3),
    (0.6, 0.7, 0.8, 1.0, 1.5, 1.8, 1.0),
    (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
)


@dataclass(frozen=True)
class SyntheticAccount:
    """What was spent before today, what is left, and when it will truly be used up."""

    spent: dict[date, float]
    balance: float
    today: date
    days_left: float


def account(number: random.Random) -> SyntheticAccount:
    """Make an account that differs from the next."""
    shape = number.choice(_SHAPES)
    level, growth = number.uniform(5, 500), number.uniform(-0.006, 0.012)
    noise, burst = number.uniform(0.05, 0.3), number.choice((0.0, 0.0, 0.02, 0.05))
    days = {}
    for ahead in range(LEARNT + 120):
        day = FIRST + timedelta(days=ahead)
        cost = level * math.exp(growth * ahead) * shape[day.weekday()]
        cost *= math.exp(number.gauss(0, noise))
        if number.random() < burst:
            cost += level * number.uniform(3, 8)
        days[day] = round(cost, 2)
    today = FIRST + timedelta(days=LEARNT)
    left = number.uniform(4, 45)
    return SyntheticAccount(
        {day: cost for day, cost in days.items() if day < today},
        _cost_of(days, today, left),
        today,
        left,
    )


def _cost_of(days: dict[date, float], today: date, left: float) -> float:
    whole, part = divmod(left, 1)
    ahead = [days[today + timedelta(days=each)] for each in range(int(whole) + 1)]
    return sum(ahead[:-1]) + ahead[-1] * part
