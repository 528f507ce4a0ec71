"""Blocks within Slack's limits, whatever is in them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blocks import (
    button,
    buttons,
    clip,
    clip_mrkdwn,
    confirm,
    context,
    divider,
    escape,
    fields,
    header,
    modal,
    preformatted,
    section,
)

LONG = st.text(min_size=1, max_size=20) | st.text(min_size=1, max_size=20).map(lambda t: t * 300)


@given(text=LONG)
@settings(deadline=None)
def test_every_block_is_valid_for_any_text(text: str) -> None:
    ask = confirm(text, escape(text), ok=text, deny=text)
    blocks = [
        section(escape(text), accessory=button(text, "a", ask=ask)),
        fields(*[escape(text)] * 12),
        header(text),
        context(escape(text)),
        divider(),
        buttons(button(text, "b", value="1", style="danger", url="https://example.test")),
    ]

    built = modal("form", text, blocks, submit="Send", private_metadata="{}").to_dict()

    assert [block["type"] for block in built["blocks"]] == [
        *("section", "section", "header", "context", "divider", "actions"),
    ]


@given(text=st.text())
@settings(deadline=None)
def test_escaped_text_mentions_nobody_and_loses_nothing(text: str) -> None:
    escaped = escape(text)

    assert not {"<", ">"} & set(escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_what_is_cut_ends_visibly() -> None:
    assert clip("12345", 5) == "12345"
    assert clip("123456", 5) == "1234…"


def test_no_entity_and_no_link_is_cut_in_two() -> None:
    assert clip_mrkdwn("ab&amp;cd", 6) == "ab…"
    assert clip_mrkdwn("ab&amp;cd", 8) == "ab&amp;…"
    assert clip_mrkdwn("see <https://example.test|this>", 12) == "see …"


@given(st.text() | st.text(alphabet="`<>!a"))
@settings(deadline=None)
def test_nothing_breaks_out_of_what_is_preformatted(text: str) -> None:
    fenced = preformatted(text + "``` <!channel> `````")
    assert fenced.count("```") == 2
    assert "<" not in fenced
