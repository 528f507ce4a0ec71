"""What leaves Slack reads as its reader saw it: marks gone, names in, nothing invented."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.said import Attached, Said, from_mrkdwn

NAMES = {"U0ADA": "Ada"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*Open* from _nine_ to ~four~ five", "Open from nine to four five"),
        ("*_both_* and snake_case_name 2*3*4", "both and snake_case_name 2*3*4"),
        ("a &lt;b&gt; &amp; c &amp;lt;", "a <b> & c &lt;"),
        ("Hi <@U0ADA>, <@U0BEN> and <@U0CAT|cat>", "Hi @Ada, @somebody and @cat"),
        ("<!channel> <!here|@here> <!subteam^S1|@oncall>", "@channel @here @oncall"),
        ("<#C0OPS|ops> <#C0X>", "#ops #channel"),
        ("<https://example.com/a_b_c?d=1&amp;e=2>", "https://example.com/a_b_c?d=1&e=2"),
        ("<https://example.com|our hours>", "our hours (https://example.com)"),
        ("<http://example.com|example.com>", "http://example.com"),
        ("<tel:+61411111111|+61411111111>", "+61411111111"),
        ("<mailto:ada@example.com|Ada>", "Ada (ada@example.com)"),
        ("<!date^1700000000^{date}|14 Nov 2023>", "14 Nov 2023"),
        ("`*not bold*` and ```_raw_```", "*not bold* and _raw_"),
        ("&gt; quoted\n&gt;more", "quoted\nmore"),
        ("*שלום* :wave:", "שלום :wave:"),
        ("", ""),
    ],
)
def test_mrkdwn_becomes_plain(written: str, read: str) -> None:
    assert from_mrkdwn(written, NAMES) == read


@given(st.text())
def test_any_text_survives_the_way_through_slack(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    read = from_mrkdwn(escaped, {})
    assert len(read) <= len(text)
    if not set(text) & set("*_~`>\0"):
        assert read == text


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def part(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": kind, "elements": list(elements)}


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def test_rich_text_is_read_by_its_parts() -> None:
    message = {
        "text": "fallback",
        "blocks": [
            rich(
                part(
                    text("2*3 "),
                    text("bold", bold=True),
                    {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fd"},
                    {"type": "user", "user_id": "U0ADA"},
                    {"type": "link", "url": "https://example.com", "text": "site"},
                ),
                part(part(text("one")), part(text("two")), kind="rich_text_list"),
                part(text("<raw>"), kind="rich_text_preformatted"),
                part({"type": "broadcast", "range": "here"}, {"type": "emoji", "name": "ours"}),
            )
        ],
    }
    said = Said(message)
    assert said.people == ("U0ADA",)
    assert said.plain(NAMES) == (
        "2*3 bold👋🏽@Adasite (https://example.com)\n- one\n- two\n<raw>\n@here:ours:"
    )


def test_the_blocks_of_a_bot_are_not_taken_for_its_text() -> None:
    said = Said({"text": "All *well*", "blocks": [{"type": "section"}]})
    assert said.plain({}) == "All well"


def test_files_are_named_and_bounded() -> None:
    many = [{"id": f"F{n}", "name": "x" * 300, "filetype": "PDF"} for n in range(20)]
    files = Said({"files": [*many[:1], None, {"name": "no id"}, *many[1:]]}).files
    assert files[0] == Attached("F0", "x" * 60, "pdf")
    assert len(files) <= 10
