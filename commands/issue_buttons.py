"""The buttons that report a failed delivery with one press, for whatever message shows one."""

from __future__ import annotations

import json

from slack_sdk.models.blocks import ButtonElement

from bot.slack.blocks import button
from bot.texts import Phrase

SEND, MESSAGE = "issue.send", "issue.message"
_TEXT = Phrase("Report to ClickSend…")
_LONGEST = 300


def report_send(send_id: str) -> ButtonElement:
    """A button for the failed messages of a send."""
    return button(_TEXT, SEND, value=send_id)


def report_message(number: int, kind: str, message_id: str, cause: str) -> ButtonElement:
    """A button for one message.

    Args:
        number: Of the button, among those that stand together.
        kind: Its channel, such as `sms`.
        message_id: ClickSend's.
        cause: Why it failed, not escaped.
    """
    value = json.dumps({"kind": kind, "id": message_id[:100], "cause": cause[:_LONGEST]})
    # A value is shown nowhere; that no mark of Slack's is in it is for whoever looks for one.
    plain = value.replace("<", "\\u003c")
    return button(_TEXT, f"{MESSAGE}:{number}", value=plain)
