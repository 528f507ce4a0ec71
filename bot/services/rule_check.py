"""What is wrong with an automation that somebody wants; pure."""

from __future__ import annotations

from dataclasses import replace

from bot.clicksend.operations.sms_inbound_rules import MessageSearch
from bot.clicksend.rules import RuleAction
from bot.services.automations import EVERY_NUMBER, Wish
from bot.services.csv_rows import is_email, number_of
from bot.texts import say

_LISTED = frozenset(each for each in RuleAction if "CONTACT" in each) | {RuleAction.GROUP_SMS}
_ALONE = frozenset({RuleAction.POLL, RuleAction.EMAIL_USER, RuleAction.NONE, RuleAction.SMPP})


def checked(wish: Wish, *, default_country: str | None) -> tuple[Wish, dict[str, str]]:
    """An automation as ClickSend takes it, and what is wrong with it by field.

    Args:
        wish: As it was typed.
        default_country: Of a number without a country code, ISO 3166 alpha-2.

    Returns:
        The wish with its numbers in E.164, and sentences by the names of its fields.
    """
    wrong: dict[str, str] = {}
    number, address = wish.number, wish.address
    if not wish.name:
        wrong["name"] = say("Write something here.")
    if number != EVERY_NUMBER:
        number, why = number_of(number, default_country)
        if why:
            wrong["number"] = say("This {why}.", why=why)
    if wish.search != MessageSearch.ANY_MESSAGE and not wish.term:
        wrong["term"] = say("Say which text is looked for.")
    if wish.action == RuleAction.AUTO_REPLY and not wish.body:
        wrong["body"] = say("Write what the reply says.")
    if wish.action == RuleAction.SMS:
        address, why = number_of(address, default_country)
        if why:
            wrong["address"] = say("Give the number that is texted: this {why}.", why=why)
    elif problem := _problem(wish.action, address):
        wrong["address"] = problem
    term = "" if wish.search == MessageSearch.ANY_MESSAGE else wish.term
    body = wish.body if wish.action == RuleAction.AUTO_REPLY else None
    alone = wish.action in _ALONE or wish.action == RuleAction.AUTO_REPLY
    address = "" if alone else address
    return replace(wish, number=number, address=address, term=term, body=body), wrong


def _problem(action: str, address: str) -> str:
    """What is wrong with the address of an action; empty when nothing is."""
    if action == RuleAction.URL and not address.lower().startswith("https://"):
        return say("Give the address that is called, beginning with https://.")
    if action == RuleAction.EMAIL_FIXED and not is_email(address):
        return say("Give the email address that it is mailed to.")
    is_number = address.isascii() and address.isdigit()
    if action in _LISTED and not is_number:
        return say("Give the number of the contact list; /clicksend list shows them.")
    return ""
