"""What help says is so: each example in it is a command, of what it stands with."""

from __future__ import annotations

import re

from bot.slack.router import ROOT, Found
from commands import build_router

ROUTER = build_router()
_CODE = re.compile(r"`([^`]*)`")


def test_each_example_is_typed_as_it_stands_and_reaches_its_own_command() -> None:
    examples = [
        (spec, example)
        for spec in ROUTER.commands.values()
        for example in _CODE.findall(str(spec.summary))
    ]

    assert len(examples) > 30
    for spec, example in examples:
        slash, _, text = example.partition(" ")
        found = ROUTER.read(slash, text)
        assert isinstance(found, Found), example
        assert (slash, found.handler) == (ROOT, spec.handler), example
        assert found.text, example


def test_an_example_is_never_without_its_slash() -> None:
    summaries = [str(spec.summary) for spec in ROUTER.commands.values()]

    assert [each for each in summaries if "such as" in each] == []


def test_help_of_everything_fits_a_message() -> None:
    alone, everything = ROUTER.help(), ROUTER.help("all")

    assert len(alone.text) < 3000
    assert len(everything.blocks) <= 50
