"""What the doctor says of the rules agrees with the mark that stands beside it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from bot.services.doctor import Doctor, Finding, Health
from bot.services.hooks import FAMILIES, Family, Rules

SMS, FAX_IN = FAMILIES[0], FAMILIES[-1]


class Standing:
    """The rules as somebody has set them."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    async def state(self) -> list[Rules]:
        return [self._rules]


async def found(family: Family, *, polled: bool | None, pushed: bool | None) -> Finding:
    hooks = Standing(Rules(family, polled, pushed, ()))
    nothing: Any = None
    doctor = Doctor(
        nothing,
        nothing,
        nothing,
        nothing,
        clicksend=nothing,
        hooks=cast("Any", hooks),
        wanted=frozenset(),
        jobs={},
        now=nothing,
    )
    (finding,) = await doctor.examine(only={"Rules"})
    return finding


@pytest.mark.parametrize(
    ("family", "polled", "pushed", "health", "said", "mend"),
    [
        (SMS, True, True, Health.GOOD, "polled and pushed", ""),
        (SMS, True, None, Health.GOOD, "polled", ""),
        (SMS, True, False, Health.POOR, "polled and not pushed", "setup webhooks"),
        (SMS, False, True, Health.POOR, "pushed and not polled", "setup webhooks"),
        (SMS, False, None, Health.BAD, "nothing of it reaches the bot", "setup webhooks"),
        (FAX_IN, None, True, Health.GOOD, "pushed", ""),
        (FAX_IN, None, False, Health.POOR, "nothing of it reaches the bot", "setup webhooks"),
        (FAX_IN, None, None, Health.POOR, "nothing of it reaches the bot", "PUBLIC_URL"),
    ],
)
async def test_the_mark_fits_the_words(
    family: Family,
    *,
    polled: bool | None,
    pushed: bool | None,
    health: Health,
    said: str,
    mend: str,
) -> None:
    finding = await found(family, polled=polled, pushed=pushed)
    assert (finding.health, finding.said) == (health, said)
    assert mend in finding.mend
    assert bool(finding.mend) == (health is not Health.GOOD)
