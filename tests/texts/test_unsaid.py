"""No text for people is shown past `say`: seen in the code, and in what every command answers."""

from pathlib import Path

import pytest

from tests.texts.catalogues import ROOT
from tests.texts.unsaid import unsaid

FOR_PROGRAMS: dict[str, set[str]] = {}
"""Literals that look like texts and that nobody reads, by module."""


@pytest.mark.parametrize("place", ["commands", "bot/services", "bot/slack"])
def test_every_text_for_people_is_said(place: str) -> None:
    found = {
        (str(path.relative_to(ROOT)), text)
        for path in (ROOT / place).rglob("*.py")
        for _, text in unsaid(path)
    }
    known = {(file, text) for file, texts in FOR_PROGRAMS.items() for text in texts}
    assert found - known == set()
    assert {pair for pair in known if pair[0].startswith(place)} - found == set(), "no longer there"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('def f():\n    return plain("It is over.")', ["It is over."]),
        ('def f(n):\n    return f"{n} messages wait"', ["\0 messages wait"]),
        ('A = {"key one": "Saved"}', ["Saved"]),
        ('f(say("It is over."), Phrase("Saved"), many("a hare", "two hares", 1))', []),
        ('f(say("{x} left", x="not known"))', ["not known"]),
        ('_log.info("it is over")\nraise ValueError("it is over")', []),
        ('def f():\n    """It is over."""\n    return ":warning: `/clicksend alert list`"', []),
        ('if x == "it is over": pass', []),
    ],
)
def test_the_check_sees_what_it_should(code: str, found: list[str], tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(code)
    assert [text for _, text in unsaid(module)] == found
