"""The form of `/clicksend account settings`, and how it is read."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from pydantic import SecretStr
from slack_sdk.models.blocks import StaticSelectElement, UserMultiSelectElement

from bot.services.connection_settings import Change, Own, own_of
from bot.services.recipients import parse
from bot.setting_types import is_https
from bot.slack.blocks import Block, Modal, Option, input_block, modal, section
from bot.slack.calls import View
from bot.store.spaces import Connection
from bot.texts import Phrase, say
from commands.connect_form import channel_field, named
from commands.fields import text_field

FORM = "account.settings"
ALERTS, APPROVALS, INBOX, ONCALL, MINUTES, CALL, PHONES, WEBHOOK, LIST, CREDIT = (
    f"account.{each}"
    for each in (
        *("alerts", "approvals", "inbox", "oncall", "minutes"),
        *("call", "phones", "webhook", "list", "credit"),
    )
)
_NOT = "-"
"""What is chosen for no call, and what is typed for no webhook."""
_CALLS = {
    _NOT: Phrase("Not at all"),
    "voice": Phrase("By a call: a pressed 1 takes the alert"),
    "sms": Phrase("By SMS"),
}
_MOST_PHONES, _MOST_MINUTES, _LONGEST_URL = 10, 1_440, 2_000
_DIGITS = 12
"""Of a number, its point included."""
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_MONEY = re.compile(r"\d{1,9}(?:[.,]\d{1,2})?", re.ASCII)


def form(connection: Connection) -> Modal:
    """The form, with what is set; an address that is kept is not shown."""
    own = own_of(connection)
    return modal(
        FORM,
        say("Account settings"),
        [
            section(say("Of the ClickSend account {account}.", account=named(connection.account))),
            *_channels(connection, own),
            *_escalation(own),
            _figure(
                LIST,
                say("Number of the contact list of people who must not be sent to"),
                own.opt_out_list,
                hint=say("`/clicksend list` shows the lists, each with its number."),
            ),
            _figure(
                CREDIT,
                say("Alert below this balance"),
                own.low_credit,
                hint=say("In the account's currency. Empty: the account's own amount."),
            ),
        ],
        submit=say("Save"),
        close=say("Cancel"),
        private_metadata=connection.account,
    )


def _figure(block_id: str, label: str, value: int | Decimal | None, *, hint: str) -> Block:
    """A field for a number that may stay empty."""
    typed = "" if value is None else str(value)
    return text_field(block_id, label, typed, most=_DIGITS, hint=hint, optional=True)


def _channels(connection: Connection, own: Own) -> list[Block]:
    return [
        channel_field(
            ALERTS,
            say("Channel for alerts"),
            say("Empty: direct messages to who connected the account."),
            chosen=connection.alert_channel,
        ),
        channel_field(
            INBOX,
            say("Channel for what customers write"),
            say("Empty: where alerts go. `/clicksend inbox route` sends some elsewhere."),
            chosen=own.inbox_channel,
        ),
        channel_field(
            APPROVALS,
            say("Channel in which a second person approves"),
            say("Empty: where it was asked for; deletions then need no second person."),
            chosen=connection.approval_channel,
        ),
    ]


def _escalation(own: Own) -> list[Block]:
    options = {key: Option(value=key, text=str(text)) for key, text in _CALLS.items()}
    return [
        input_block(
            ONCALL,
            say("Who is told when nobody takes a critical alert"),
            UserMultiSelectElement(
                action_id=ONCALL, max_selected_items=10, initial_users=list(own.oncall) or None
            ),
            hint=say("Channels may name others with `/clicksend alert settings`."),
            optional=True,
        ),
        _figure(
            MINUTES,
            say("Minutes until they are, and as many again until the phones are"),
            own.minutes,
            hint=say("0: never. Empty: as the bot is set."),
        ),
        input_block(
            CALL,
            say("How the phones are reached"),
            StaticSelectElement(
                action_id=CALL,
                options=list(options.values()),
                initial_option=options[own.call or _NOT],
            ),
            hint=say("Each call or SMS costs what it costs, without another yes."),
        ),
        text_field(
            PHONES,
            say("Phones of who is on call"),
            ", ".join(own.phones),
            most=300,
            hint=say("As +61411111111, with commas between them; {most} at most.", most=10),
            optional=True,
        ),
        text_field(
            WEBHOOK,
            say("Address that gets what nobody has taken, as JSON"),
            "",
            most=_LONGEST_URL,
            hint=(
                say("One is set, and not shown. Empty: it stays. `-` takes it away.")
                if own.webhook
                else say("An https:// address; it is kept encrypted. Empty: none.")
            ),
            optional=True,
        ),
    ]


def read(view: View) -> tuple[Change, dict[str, str]]:
    """What was typed and chosen, and what is wrong with it by block."""
    wrong: dict[str, str] = {}
    phones = _phones(view.text(PHONES), wrong)
    call = _call(view.choice(CALL))
    if call and not phones and PHONES not in wrong:
        wrong[PHONES] = say("Write whose phone is reached, or choose not to reach any.")
    own = Own(
        inbox_channel=view.conversation(INBOX) or "",
        oncall=view.people(ONCALL),
        minutes=_number(view, MINUTES, _MOST_MINUTES, wrong),
        call=call,
        phones=phones,
        opt_out_list=_number(view, LIST, 10**9 - 1, wrong) or None,
        low_credit=_money(view.text(CREDIT).strip(), wrong),
    )
    wish = Change(
        alert_channel=view.conversation(ALERTS) or "",
        approval_channel=view.conversation(APPROVALS) or "",
        own=own,
        webhook=_webhook(view.text(WEBHOOK).strip(), wrong),
    )
    return wish, wrong


def _call(chosen: str | None) -> Literal["voice", "sms"] | None:
    if chosen == "voice":
        return "voice"
    return "sms" if chosen == "sms" else None


def _phones(typed: str, wrong: dict[str, str]) -> tuple[str, ...]:
    found = parse(typed, default_country=None)
    if found.problems:
        wrong[PHONES] = say(
            "{number}: {why}. Write phone numbers with their country, as +61411111111.",
            number=found.problems[0].typed,
            why=found.problems[0].why,
        )
    elif len(found.valid) > _MOST_PHONES:
        wrong[PHONES] = say("Write {most} numbers at most.", most=_MOST_PHONES)
    return found.valid


def _number(view: View, block_id: str, most: int, wrong: dict[str, str]) -> int | None:
    typed = view.text(block_id).strip()
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed) or int(typed) > most:
        wrong[block_id] = say("Write a whole number from 0 to {most:,}.", most=most)
        return None
    return int(typed)


def _money(typed: str, wrong: dict[str, str]) -> Decimal | None:
    if typed and not _MONEY.fullmatch(typed):
        wrong[CREDIT] = say("Write an amount, as 20 or 20.50.")
        return None
    return Decimal(typed.replace(",", ".")) if typed else None


def _webhook(typed: str, wrong: dict[str, str]) -> SecretStr | None:
    """The new address; None: as it is; empty: none any more."""
    if not typed or typed == _NOT:
        return SecretStr("") if typed else None
    if not is_https(typed):
        wrong[WEBHOOK] = say("Write an https:// address without a user name.")
    return SecretStr(typed)
