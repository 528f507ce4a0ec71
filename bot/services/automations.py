"""ClickSend's automations: rules for what comes in and for receipts, of six families, as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from bot.clicksend import ClickSend, ClickSendError, Operation, Page
from bot.clicksend.operations.email_receipt_rules import (
    CreateEmailReceiptRule,
    DeleteEmailReceiptRule,
    GetEmailReceiptRule,
    ListEmailReceiptRules,
    UpdateEmailReceiptRule,
)
from bot.clicksend.operations.fax_inbound_rules import (
    CreateFaxInboundRule,
    DeleteFaxInboundRule,
    GetFaxInboundRule,
    ListFaxInboundRules,
    UpdateFaxInboundRule,
)
from bot.clicksend.operations.fax_receipt_rules import (
    CreateFaxReceiptRule,
    DeleteFaxReceiptRule,
    GetFaxReceiptRule,
    ListFaxReceiptRules,
    UpdateFaxReceiptRule,
)
from bot.clicksend.operations.sms_inbound_rules import (
    CreateSmsInboundRule,
    DeleteSmsInboundRule,
    GetSmsInboundRule,
    ListSmsInboundRules,
    MessageSearch,
    UpdateSmsInboundRule,
    WebhookType,
)
from bot.clicksend.operations.sms_receipt_rules import (
    CreateSmsReceiptRule,
    DeleteSmsReceiptRule,
    GetSmsReceiptRule,
    ListSmsReceiptRules,
    UpdateSmsReceiptRule,
)
from bot.clicksend.operations.voice_receipt_rules import (
    CreateVoiceReceiptRule,
    DeleteVoiceReceiptRule,
    GetVoiceReceiptRule,
    ListVoiceReceiptRules,
    UpdateVoiceReceiptRule,
)
from bot.clicksend.rules import ReceiptMatch, Rule, RuleAction
from bot.texts import Phrase

_PAGE: Final = 15
_DIGITS = 18
EVERY_NUMBER: Final = "*"


class Family(StrEnum):
    """What a rule is about; the value is how people name it."""

    SMS_IN = "sms-in"
    FAX_IN = "fax-in"
    SMS_RECEIPT = "sms-receipt"
    VOICE_RECEIPT = "voice-receipt"
    FAX_RECEIPT = "fax-receipt"
    EMAIL_RECEIPT = "email-receipt"

    @property
    def what(self) -> Phrase:
        """In words, such as `SMS that come in`."""
        return _KINDS[self].what

    @property
    def is_inbound(self) -> bool:
        """Whether it is about what comes in, to a number."""
        return self.value.endswith("-in")

    @property
    def actions(self) -> tuple[RuleAction, ...]:
        """What its rules can be made to do here; only an SMS has a sender to answer or to keep."""
        return (*_COMMON, *_OF_SMS) if self is Family.SMS_IN else _COMMON


@dataclass(frozen=True, slots=True)
class _Kind:
    """A family's operations; of Any, because each answers a rule of its own."""

    what: Phrase
    lists: type[Operation[Any]]
    makes: type[Operation[Any]]
    reads: type[Operation[Any]]
    changes: type[Operation[Any]]
    deletes: type[Operation[Any]]


_KINDS: Final = {
    Family.SMS_IN: _Kind(
        Phrase("SMS that come in"),
        ListSmsInboundRules,
        CreateSmsInboundRule,
        GetSmsInboundRule,
        UpdateSmsInboundRule,
        DeleteSmsInboundRule,
    ),
    Family.FAX_IN: _Kind(
        Phrase("faxes that come in"),
        ListFaxInboundRules,
        CreateFaxInboundRule,
        GetFaxInboundRule,
        UpdateFaxInboundRule,
        DeleteFaxInboundRule,
    ),
    Family.SMS_RECEIPT: _Kind(
        Phrase("SMS receipts"),
        ListSmsReceiptRules,
        CreateSmsReceiptRule,
        GetSmsReceiptRule,
        UpdateSmsReceiptRule,
        DeleteSmsReceiptRule,
    ),
    Family.VOICE_RECEIPT: _Kind(
        Phrase("voice receipts"),
        ListVoiceReceiptRules,
        CreateVoiceReceiptRule,
        GetVoiceReceiptRule,
        UpdateVoiceReceiptRule,
        DeleteVoiceReceiptRule,
    ),
    Family.FAX_RECEIPT: _Kind(
        Phrase("fax receipts"),
        ListFaxReceiptRules,
        CreateFaxReceiptRule,
        GetFaxReceiptRule,
        UpdateFaxReceiptRule,
        DeleteFaxReceiptRule,
    ),
    Family.EMAIL_RECEIPT: _Kind(
        Phrase("email receipts"),
        ListEmailReceiptRules,
        CreateEmailReceiptRule,
        GetEmailReceiptRule,
        UpdateEmailReceiptRule,
        DeleteEmailReceiptRule,
    ),
}
_OF_SMS = (
    RuleAction.AUTO_REPLY,
    RuleAction.GROUP_SMS,
    RuleAction.CREATE_CONTACT,
    RuleAction.MOVE_CONTACT,
)
_COMMON = (
    RuleAction.POLL,
    RuleAction.URL,
    RuleAction.EMAIL_USER,
    RuleAction.EMAIL_FIXED,
    RuleAction.SMS,
    RuleAction.NONE,
)
SENDS: Final = frozenset({RuleAction.AUTO_REPLY, RuleAction.SMS, RuleAction.GROUP_SMS})
"""The actions that send messages by themselves, each of which is charged."""


def uses(*verbs: str) -> tuple[str, ...]:
    """The ids of the operations of every family that do these things, such as `list`."""
    return tuple(
        f"{kind.lists.route.id.partition('.')[0]}.{verb}"
        for kind in _KINDS.values()
        for verb in verbs
    )


@dataclass(frozen=True, slots=True)
class Ref:
    """Which rule: its family, and ClickSend's number of it."""

    family: Family
    number: int

    def __str__(self) -> str:
        """How people name it, such as `sms-in-12`."""
        return f"{self.family}-{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a rule is to be.

    Attributes:
        family: What it is about.
        name: What it is called.
        action: What it does, a `RuleAction`.
        address: With whom or where.
        enabled: Whether it is on.
        number: The number that things come in to; `*` for all (inbound rules).
        search: How the term is looked for (SMS that come in).
        term: What a message must hold (SMS that come in).
        body: The text of a reply (SMS that come in).
        webhook: How a URL is called (SMS that come in).
        match: The receipts it is for, a `ReceiptMatch` (receipts).
    """

    family: Family
    name: str
    action: str
    address: str = ""
    enabled: bool = True
    number: str = EVERY_NUMBER
    search: int = MessageSearch.ANY_MESSAGE
    term: str = ""
    body: str | None = None
    webhook: str | None = None
    match: int = ReceiptMatch.ALL


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that is there."""

    ref: Ref
    wish: Wish


@dataclass(frozen=True, slots=True)
class RulePage:
    """One page of the rules; `missing` are the families that could not be read, with why."""

    number: int
    last: int
    rules: tuple[Found, ...]
    missing: tuple[str, ...]


def parse_ref(text: str) -> Ref | None:
    """Read `sms-in-12`; None when it names no rule."""
    family, _, number = text.strip().lower().rpartition("-")
    is_number = number.isascii() and number.isdigit() and len(number) <= _DIGITS
    return Ref(Family(family), int(number)) if family in set(Family) and is_number else None


def listing(family: Family) -> Operation[Any]:
    """The operation that lists a family's rules; of Any, as each family's rules are its own."""
    return _KINDS[family].lists()


def creation(wish: Wish) -> Operation[Any]:
    """The operation that makes a rule.

    Raises:
        ValueError: There can be no such rule.
    """
    return _KINDS[wish.family].makes.model_validate(_fields(wish))


def update(ref: Ref, wish: Wish) -> Operation[Any]:
    """The operation that makes a rule be this; ClickSend takes all of its fields, or none.

    Raises:
        ValueError: There can be no such rule, as with an action that is not known here.
    """
    return _KINDS[ref.family].changes.model_validate({**_fields(wish), **_key(ref)})


def switched(found: Found, *, on: bool) -> Operation[Any]:
    """The operation that turns a rule on or off, and changes nothing else of it.

    Raises:
        ValueError: Something about it is not known here, and so could not be kept.
    """
    return update(found.ref, replace(found.wish, enabled=on))


def deletion(ref: Ref) -> Operation[Any]:
    """The operation that deletes a rule."""
    return _KINDS[ref.family].deletes.model_validate(_key(ref))


def found(family: Family, rule: Rule) -> Found:
    """A rule as ClickSend lists it."""
    values = {name: getattr(rule, name, None) for name in _OF_SOME}
    return Found(
        Ref(family, int(getattr(rule, _key_name(family)))),
        Wish(
            family=family,
            name=rule.rule_name or "",
            action=rule.action or "",
            address=rule.action_address or "",
            enabled=bool(rule.enabled),
            number=values["dedicated_number"] or EVERY_NUMBER,
            search=values["message_search_type"] or 0,
            term=values["message_search_term"] or "",
            body=values["body"] or None,
            webhook=values["webhook_type"] or None,
            match=values["match_type"] or 0,
        ),
    )


_OF_SOME = (
    *("dedicated_number", "message_search_type", "message_search_term"),
    *("body", "webhook_type", "match_type"),
)


def _fields(wish: Wish) -> dict[str, Any]:
    """The fields that rules of this family have."""
    common = {
        "rule_name": wish.name,
        "action": wish.action,
        "action_address": wish.address,
        "enabled": wish.enabled,
    }
    if not wish.family.is_inbound:
        return {**common, "match_type": wish.match}
    common["dedicated_number"] = wish.number
    if wish.family is Family.FAX_IN:
        return common
    webhook = WebhookType(wish.webhook) if wish.webhook and wish.action == RuleAction.URL else None
    return {
        **common,
        "message_search_type": wish.search,
        "message_search_term": wish.term,
        "body": wish.body,
        "webhook_type": webhook,
    }


def _key_name(family: Family) -> str:
    return "inbound_rule_id" if family.is_inbound else "receipt_rule_id"


def _key(ref: Ref) -> dict[str, int]:
    return {_key_name(ref.family): ref.number}


async def page(
    clicksend: ClickSend,
    number: int,
    *,
    family: Family | None,
    words: Callable[[ClickSendError], str],
) -> RulePage:
    """One page of each family's rules; a family that cannot be read is named, not hidden.

    Args:
        clicksend: The client.
        number: The page, from 1.
        family: Of which alone; None for all.
        words: Says an error in words.

    Raises:
        ClickSendError: None of them could be read.
    """
    families = [family] if family else list(Family)
    answers = await asyncio.gather(*(_page(clicksend, each, number) for each in families))
    errors = [each for each in answers if isinstance(each, ClickSendError)]
    if len(errors) == len(families):
        raise errors[0]
    rules: list[Found] = []
    missing: list[str] = []
    last = 1
    for each, answer in zip(families, answers, strict=True):
        if isinstance(answer, ClickSendError):
            missing.append(f"{each.what}: {words(answer)}")
        else:
            last = max(last, answer.last_page or 1)
            rules += [found(each, rule) for rule in answer.data]
    return RulePage(number, last, tuple(rules), tuple(missing))


async def get(clicksend: ClickSend, ref: Ref) -> Found:
    """Read one rule.

    Raises:
        NotFound: There is none of this number.
        ClickSendError: It could not be read.
    """
    return found(
        ref.family, await clicksend.run(_KINDS[ref.family].reads.model_validate(_key(ref)))
    )


async def _page(clicksend: ClickSend, family: Family, number: int) -> Page[Rule] | ClickSendError:
    try:
        answer: Page[Rule] = await clicksend.run(
            _KINDS[family].lists.model_validate({"page": number, "limit": _PAGE})
        )
    except ClickSendError as error:
        return error
    return answer
