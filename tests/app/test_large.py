"""What a thousand recipients and ten thousand characters look like: all of it fits Slack."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.sandbox.slack.block_kit import problems, view_problems
from bot.services.channels import Line
from bot.services.drafts import Draft, Quote
from bot.services.guards import Finding, Level
from bot.slack.wire import content
from bot.store.deliveries import SentMessage
from bot.store.sends import Send, State
from commands import approval, sent, unsettled
from commands.priced import review

BODY = "<!channel> & 漢 " * 900
HOSTILE = "<!here> & *x* ` " * 300
MESSAGES = tuple(SmsMessage(to=f"+614{n:08d}", body=BODY) for n in range(1000))
OPERATION = SendSms(messages=MESSAGES)
MOST_TOGETHER = 13_000
"""Characters of all blocks beyond which Slack refuses a message, as people found out."""


def test_the_review_fits_a_modal() -> None:
    draft = Draft("x" * 32, "U0ADA", "C0OPS", OPERATION, BODY)
    quote = Quote(
        price=Decimal(77),
        currency="AUD",
        balance=Decimal(100),
        recipients=1000,
        parts=66_000,
        refused=tuple(Line(each.to or "", "INVALID_RECIPIENT") for each in MESSAGES),
        findings=tuple(Finding("country", Level.WARN, HOSTILE, actor="U0EVE") for _ in range(40)),
        approval=HOSTILE,
    )
    view = review(draft, quote).to_dict()
    assert view_problems(view) == []
    assert "<!" not in str(view).replace("<!date", "")
    assert "and 980 more" in str(view)


@pytest.mark.parametrize("state", list(State))
def test_its_messages_fit_slack_in_every_state(state: State) -> None:
    now = datetime.now(UTC)
    send = Send(
        id="x" * 32,
        operation="sms.send",
        payload=OPERATION.model_dump_json(),
        state=state,
        actor="cli:a`b<!channel>",
        channel="cli:",
        recipients=1000,
        summary=BODY,
        created_at=now,
        updated_at=now,
        confirmed_at=now,
        expires_at=now,
        not_before=now,
        price=Decimal(77),
        currency="AUD",
        reason=HOSTILE,
        rule=HOSTILE,
        decided_by="cli:" + "x" * 28,
    )
    became = [
        SentMessage(
            send_id=send.id,
            kind="sms",
            reference="r",
            recipient=each.to or "",
            status="NO_ANSWER" if index % 2 else HOSTILE[:64],
        )
        for index, each in enumerate(MESSAGES)
    ]
    rendered = (
        approval.render(send, OPERATION),
        sent.render(send, became),
        unsettled.render(send, became),
    )
    for message in (each for each in rendered if each is not None):
        body = content(message)
        blocks = [block.to_dict() for block in message.blocks]
        assert problems(blocks, "message") == []
        assert len(str(body["text"]).encode()) <= 4_000
        assert sum(len(str(block.get("text", ""))) for block in blocks) < MOST_TOGETHER
        assert "<!" not in (str(body["text"]) + str(blocks)).replace("<!date", "")
