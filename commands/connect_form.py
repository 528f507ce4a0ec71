"""The form of `/clicksend connect`, and what stands in Home until it was used."""

from __future__ import annotations

from slack_sdk.models.blocks import ConversationFilter, ConversationSelectElement

from bot.slack.blocks import Block, Modal, escape, input_block, modal, section
from bot.texts import Phrase, say
from commands.fields import text_field

FORM = "connect.form"
USER, KEY = "connect.user", "connect.key"
ALERTS, APPROVALS = "connect.alerts", "connect.approvals"
_INTRO = Phrase(
    "Find both at dashboard.clicksend.com → *Developers* → *API Credentials*; a subaccount's work, "
    "too. They are tried out, and the key is kept encrypted: it is never shown again, not even to "
    "you. Whoever types it becomes the account's admin here."
)
_LONGEST_USER, _LONGEST_KEY = 128, 200


def form() -> Modal:
    """The form, with nothing in it."""
    return modal(
        FORM,
        say("Connect ClickSend"),
        [
            section(str(_INTRO)),
            text_field(USER, say("API user name"), "", most=_LONGEST_USER),
            text_field(KEY, say("API key"), "", most=_LONGEST_KEY),
            channel_field(
                ALERTS,
                say("Channel for alerts and for what customers write"),
                say("Empty: your direct messages."),
            ),
            channel_field(
                APPROVALS,
                say("Channel in which a second person approves"),
                say("Empty: where it was asked for; deletions then need no second person."),
            ),
        ],
        submit=say("Connect"),
        close=say("Cancel"),
    )


def channel_field(block_id: str, label: str, hint: str, *, chosen: str = "") -> Block:
    """A field for one of the workspace's own channels, not for one that is shared with others."""
    only = ConversationFilter(include=["public", "private"], exclude_external_shared_channels=True)
    element = ConversationSelectElement(
        action_id=block_id, filter=only, initial_conversation=chosen or None
    )
    return input_block(block_id, label, element, hint=hint, optional=True)


def twice(account: str) -> str:
    """The account that was typed is connected already (mrkdwn)."""
    return say(
        "This ClickSend account is connected here already, as {account}. Nothing was kept, sent or "
        "charged. To change its key, type that name in `/clicksend connect`; to use another name, "
        "`/clicksend disconnect` it first.",
        account=named(account),
    )


def connection_made(name: str, account: str) -> str:
    """An account is connected (mrkdwn).

    Args:
        name: How ClickSend calls it, not escaped.
        account: The API username.
    """
    return say(
        ":white_check_mark: *{name}* ({account}) is connected, and its key encrypted: nobody sees "
        "it again, you neither. You are its admin.\n"
        "• `/clicksend access` gives others roles; nobody else may send yet.\n"
        "• `/clicksend setup webhooks` has ClickSend tell of messages and receipts.\n"
        "• `/clicksend help` shows the rest.",
        name=escape(name),
        account=named(account),
    )


def named(account: str) -> str:
    """An account's user name as mrkdwn: as it is, in fixed width."""
    return f"`{escape(account).replace('`', chr(39))}`"
