"""An automation in words, such as `SMS to any number containing “STOP” → reply “Bye”`; pure."""

from __future__ import annotations

import re

from bot.clicksend.operations.sms_inbound_rules import MessageSearch
from bot.clicksend.rules import ReceiptMatch, RuleAction
from bot.services.automations import EVERY_NUMBER, Family, Wish
from bot.texts import Phrase, say

_LONGEST = 300
_WEB = re.compile(r"\s*([a-z][a-z0-9+.-]*:)?(//)?(?:[^/?#\\]*@)?([^/?#\\@]*)", re.IGNORECASE)
"""An address of the web: its scheme, its slashes, and its host without a name before it."""
_SEARCHES = {
    MessageSearch.STARTS_WITH: Phrase("SMS to {to} that begin with “{term}”"),
    MessageSearch.CONTAINS: Phrase("SMS to {to} containing “{term}”"),
    MessageSearch.DOES_NOT_CONTAIN: Phrase("SMS to {to} without “{term}”"),
}
_MATCHES = {
    ReceiptMatch.ALL: Phrase("all {receipts}"),
    ReceiptMatch.FAILED: Phrase("failed {receipts}"),
    ReceiptMatch.SUCCESSFUL: Phrase("successful {receipts}"),
}
ACTIONS = {
    RuleAction.AUTO_REPLY: Phrase("reply"),
    RuleAction.EMAIL_USER: Phrase("mail it to the account's user"),
    RuleAction.EMAIL_FIXED: Phrase("mail it to"),
    RuleAction.URL: Phrase("call"),
    RuleAction.SMS: Phrase("text it to"),
    RuleAction.POLL: Phrase("keep it to be polled"),
    RuleAction.GROUP_SMS: Phrase("text it to everybody of contact list"),
    RuleAction.MOVE_CONTACT: Phrase("move the sender to contact list"),
    RuleAction.CREATE_CONTACT: Phrase("add the sender to contact list"),
    RuleAction.CREATE_CONTACT_PLUS_EMAIL: Phrase("add the sender, with an email, to contact list"),
    RuleAction.CREATE_CONTACT_PLUS_NAME: Phrase("add the sender, with a name, to contact list"),
    RuleAction.CREATE_CONTACT_PLUS_NAME_EMAIL: Phrase(
        "add the sender, with name and email, to contact list"
    ),
    RuleAction.SMPP: Phrase("hand it to SMPP"),
    RuleAction.NONE: Phrase("do nothing"),
}


def sentence(wish: Wish) -> str:
    """What a rule does, when; plain text that is not escaped, without an address's secrets."""
    return f"{_when(wish)} → {action(wish)}"


def action(wish: Wish) -> str:
    """What a rule does; an address of the web keeps its host alone: its path may be a secret."""
    known = ACTIONS.get(RuleAction(wish.action)) if wish.action in set(RuleAction) else None
    if known is None:
        name = wish.action or say("an action without a name")
        return f"{name} {_address(wish)}".strip()
    if wish.action == RuleAction.AUTO_REPLY:
        return f"{known} {_quoted(wish.body or wish.address)}"
    return f"{known} {_address(wish)}".strip()


def _when(wish: Wish) -> str:
    if not wish.family.is_inbound:
        which = _MATCHES.get(ReceiptMatch(wish.match)) if wish.match in set(ReceiptMatch) else None
        receipts = wish.family.what
        if which is None:
            return say("{receipts} of kind {kind}", receipts=receipts, kind=wish.match)
        return say(which.text, receipts=receipts)
    to = say("any number") if wish.number == EVERY_NUMBER else wish.number
    if wish.family is Family.FAX_IN:
        return say("faxes to {to}", to=to)
    if wish.search == MessageSearch.ANY_MESSAGE:
        return say("SMS to {to}", to=to)
    if wish.search in set(MessageSearch):
        return say(_SEARCHES[MessageSearch(wish.search)].text, to=to, term=_cut(wish.term))
    return say(
        "SMS to {to} of search {search} “{term}”",
        to=to,
        search=wish.search,
        term=_cut(wish.term),
    )


def _address(wish: Wish) -> str:
    found = _WEB.match(wish.address)
    if found and (found[2] or wish.action == RuleAction.URL):
        return f"{(found[1] or '').lower()}//{_cut(found[3])}/…"
    return _cut(wish.address)


def _quoted(text: str) -> str:
    return say("“{text}”", text=_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
