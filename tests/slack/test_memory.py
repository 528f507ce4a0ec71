"""A memory that forgets."""

from __future__ import annotations

from bot.slack.memory import Lately


def test_what_is_old_or_too_much_is_forgotten() -> None:
    now = [0.0]
    lately: Lately[str, int] = Lately(most=2, seconds=10, clock=lambda: now[0])
    lately.put("a", 1)
    lately.put("b", 2)
    lately.put("a", 3)
    lately.put("c", 4)

    assert (lately.get("a"), lately.get("b"), lately.get("c"), len(lately)) == (3, None, 4, 2)
    lately.forget("c")
    lately.forget("never there")
    now[0] = 10.5
    assert (lately.get("a"), lately.get("c")) == (None, None)
