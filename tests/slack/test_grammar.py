"""What a slash command means, for anything that can be typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blocks import Message
from bot.slack.calls import Call, unescape
from bot.slack.router import Found, Router
from bot.texts import Phrase
from tests.slack.desk import Services


async def _handler(_call: Call[Services]) -> None:
    return None


def _router() -> Router[Services]:
    router: Router[Services] = Router()
    router.command("balance", summary=Phrase("what is left"), shortcut="/balance")(_handler)
    router.command("usage", args="[YYYY-MM]", summary=Phrase("a month"), shortcut="/usage")(
        _handler
    )
    router.command("sms send", args="+61… text", summary=Phrase("send"), shortcut="/sms")(_handler)
    router.command("campaign list", summary=Phrase("all of them"), default=True)(_handler)
    router.command("campaign cancel", args="<id>", summary=Phrase("stop one & all"))(_handler)
    return router


ROUTER = _router()


def _meant(slash: str, text: str) -> str | None:
    """What is left for the handler; None when there is an answer instead."""
    found = ROUTER.read(slash, text)
    return found.text if isinstance(found, Found) else None


@pytest.mark.parametrize(
    ("slash", "text", "left"),
    [
        ("/clicksend", "balance", ""),
        ("/clicksend", "  BALANCE  ", ""),
        ("/clicksend", "usage 2026-10", "2026-10"),
        ("/clicksend", "sms send +61411111111 Hi  There\nYou", "+61411111111 Hi  There\nYou"),
        ("/clicksend", "SMS\tSend x", "x"),
        ("/clicksend", "campaign", ""),
        ("/clicksend", "campaign cancel 12", "12"),
        ("/sms", "Send HELP", "Send HELP"),
        ("/SMS", " x ", "x"),
        ("/usage", "", ""),
    ],
)
def test_noun_verb_and_the_rest(slash: str, text: str, left: str) -> None:
    assert _meant(slash, text) == left


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("balnce", "`/clicksend balance`"),
        ("sms snd +61411111111", "`/clicksend sms send`"),
        ("campain cancl 3", "`/clicksend campaign cancel`"),
        ("campain", "`/clicksend campaign list`"),
        ("hlep", "`/clicksend help`"),
    ],
)
def test_a_typo_gets_the_nearest_command(text: str, suggestion: str) -> None:
    answer = ROUTER.read("/clicksend", text)

    assert isinstance(answer, Message)
    assert f"Did you mean {suggestion}?" in answer.text


def test_what_is_near_nothing_gets_pointed_to_help() -> None:
    answer = ROUTER.read("/clicksend", "xyzzy `<!channel>`")

    assert isinstance(answer, Message)
    assert "Did you mean" not in answer.text
    assert "`/clicksend help`" in answer.text
    assert "<!channel>" not in answer.text


@pytest.mark.parametrize("text", ["", "help", "HELP ", "help nonsense"])
def test_help_is_an_answer(text: str) -> None:
    assert isinstance(ROUTER.read("/clicksend", text), Message)


def test_help_lists_every_command_with_its_shortcut() -> None:
    text = ROUTER.help("all").text

    assert "`/clicksend campaign cancel &lt;id&gt;`: stop one &amp; all" in text
    assert "`/clicksend sms send +61… text` (or `/sms`): send" in text
    assert len(text.splitlines()) == 5


def test_help_alone_is_a_line_a_noun() -> None:
    lines = ROUTER.help().text.splitlines()

    assert lines[:3] == [
        "`/clicksend balance` (or `/balance`): what is left",
        "`/clicksend campaign` cancel, list",
        "`/clicksend sms send` (or `/sms`): send",
    ]
    assert (
        lines[-1]
        == "`/clicksend help balance` says how one is typed, `/clicksend help all` of all."
    )


@pytest.mark.parametrize(("slash", "text"), [("/clicksend", "help campaign"), ("/sms", "help")])
def test_help_of_one_noun_is_of_that_noun_only(slash: str, text: str) -> None:
    answer = ROUTER.read(slash, text)

    assert isinstance(answer, Message)
    nouns = {line.split()[1].strip("`") for line in answer.text.splitlines()}
    assert nouns == {"campaign" if slash == "/clicksend" else "sms"}


def test_help_of_very_many_commands_is_not_cut() -> None:
    router: Router[Services] = Router()
    for noun in range(30):
        for verb in range(10):
            words = f"noun{noun} verb{verb}"
            router.command(words, summary=Phrase("does what a command of this name does"))(_handler)

    answer = router.help("all")

    shown = "".join(str(block.to_dict()) for block in answer.blocks)
    assert len(answer.blocks) <= 50
    assert all(f"noun{noun} verb{verb}`" in shown for noun in range(30) for verb in range(10))


WORDS = st.sampled_from(
    ["sms", "send", "campaign", "cancel", "help", "balance", "lst", "`", "<!here>"]
)
TYPED = st.text(max_size=200) | st.lists(WORDS | st.text(max_size=8), max_size=5).map(" ".join)


@given(slash=st.sampled_from(["/clicksend", "/sms", "/balance", "/other"]), text=TYPED)
@settings(max_examples=300, deadline=None)
def test_any_text_means_one_thing_and_mentions_nobody(slash: str, text: str) -> None:
    found = ROUTER.read(slash, unescape(text))

    if isinstance(found, Found):
        assert found.text in unescape(text)
    else:
        assert found.text
        assert "<!" not in found.text
        for block in found.blocks:
            block.to_dict()


@given(text=st.text())
@settings(max_examples=300, deadline=None)
def test_what_slack_escaped_is_what_was_typed(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert unescape(escaped) == text


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("<tel:+61411111111|+61 411 111 111>", "+61 411 111 111"),
        ("<tel:+61411111111>", "+61411111111"),
        ("<mailto:a@b.test|a@b.test>", "a@b.test"),
        ("<mailto:a@b.test>", "a@b.test"),
        ("<http://example.test|example.test>", "example.test"),
        ("<https://example.test/a?b=1&amp;c=2>", "https://example.test/a?b=1&c=2"),
        ("<@U1|ann> <#C1|general> <!here>", "<@U1|ann> <#C1|general> <!here>"),
        ("&amp;lt; &copy;", "&lt; &copy;"),
    ],
)
def test_links_and_escapes_are_undone(delivered: str, typed: str) -> None:
    assert unescape(delivered) == typed


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("<@U1|ann> <@W2>", "@ann @W2"),
        ("<#C1|general> <#C2|>", "#general #C2"),
        ("<!here> <!everyone|everyone>", "@here @everyone"),
        ("<!subteam^S1|@oncall> <!subteam^S2>", "@oncall @S2"),
        ("&lt;@U1|ann&gt; <@U1|ann &amp; bob>", "<@U1|ann> @ann & bob"),
        (
            "<tel:+61411111111|+61 411 111 111> at <http://a.test|a.test>",
            "+61 411 111 111 at a.test",
        ),
    ],
)
def test_mentions_read_as_they_were_typed(delivered: str, typed: str) -> None:
    assert unescape(delivered, mentions=False) == typed


@pytest.mark.parametrize("kind", ["action", "view", "closed", "options", "shortcut", "event"])
def test_a_second_declaration_is_refused(kind: str) -> None:
    router: Router[Services] = Router()
    getattr(router, kind)("x")(_handler)

    with pytest.raises(ValueError, match="x is declared twice"):
        getattr(router, kind)("x")(_handler)


def test_a_second_command_of_the_same_words_is_refused() -> None:
    router = _router()

    with pytest.raises(ValueError, match="balance is declared twice"):
        router.command("balance", summary=Phrase("again"))(_handler)
    with pytest.raises(ValueError, match="is declared twice"):
        router.include(_router())


def test_routers_are_put_together() -> None:
    router: Router[Services] = Router()
    other: Router[Services] = Router()
    other.action("a")(_handler)
    router.include(_router())
    router.include(other)

    assert router.slash_names() == {"/clicksend", "/sms", "/usage", "/balance"}
    assert router.find("action", "a:7") is _handler
    assert router.find("view", "a") is None
    assert isinstance(router.read("/clicksend", "campaign"), Found)
