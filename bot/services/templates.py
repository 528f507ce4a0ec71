"""SMS and email templates as one list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.clicksend import ClickSend, ClickSendError, NotFound, Operation, Page
from bot.clicksend.operations.email_templates import (
    CreateEmailTemplate,
    DeleteEmailTemplate,
    EmailTemplate,
    GetEmailTemplate,
    ListEmailTemplates,
    UpdateEmailTemplate,
)
from bot.clicksend.operations.sms import (
    CreateSmsTemplate,
    DeleteSmsTemplate,
    ListSmsTemplates,
    SmsTemplate,
    UpdateSmsTemplate,
)
from bot.texts import say

_PAGE = 15
_DIGITS = 18


class Kind(StrEnum):
    """What a template is for."""

    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Template:
    """A template of either kind; the list of email templates has no `body`."""

    kind: Kind
    number: int
    name: str
    body: str

    @property
    def id(self) -> str:
        """How people name it here, such as `sms-123`."""
        return f"{self.kind}-{self.number}"


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """One page of both lists."""

    number: int
    last: int
    templates: tuple[Template, ...]
    missing: tuple[str, ...]
    """The kinds that could not be read, as `email: why`."""


def parse_id(text: str) -> tuple[Kind, int] | None:
    """Read `sms-123`; None when it is no template's id."""
    kind, _, number = text.strip().lower().partition("-")
    is_number = number.isascii() and number.isdigit() and len(number) <= _DIGITS
    return (Kind(kind), int(number)) if kind in set(Kind) and is_number else None


def creation(kind: Kind, name: str, *, body: str = "", master: int = 0) -> Operation[Any]:
    """The operation that saves a template; of Any, because the kinds have no common answer.

    Args:
        kind: What it is for.
        name: What it is called.
        body: The text of an SMS; ClickSend copies a mail's from its master.
        master: The id of the master of a mail.
    """
    if kind is Kind.SMS:
        return CreateSmsTemplate(template_name=name, body=body)
    return CreateEmailTemplate(template_name=name, template_id_master=master)


def update(template: Template) -> Operation[Any]:
    """The operation that makes a template be this one."""
    number, name, body = template.number, template.name, template.body
    if template.kind is Kind.SMS:
        return UpdateSmsTemplate(template_id=number, template_name=name, body=body)
    return UpdateEmailTemplate(template_id=number, template_name=name, body=body)


def deletion(kind: Kind, number: int) -> Operation[Any]:
    """The operation that deletes a template."""
    if kind is Kind.SMS:
        return DeleteSmsTemplate(template_id=number)
    return DeleteEmailTemplate(template_id=number)


class Templates:
    """Reads templates.

    Args:
        clicksend: The client.
        words: Says an error in words.
    """

    def __init__(self, clicksend: ClickSend, *, words: Callable[[ClickSendError], str]) -> None:
        self._clicksend = clicksend
        self._words = words

    async def page(self, number: int) -> TemplatePage:
        """One page of each list; a list that cannot be read is named, not hidden.

        Raises:
            ClickSendError: Neither could be read.
        """
        sms, email = await asyncio.gather(
            self._page(ListSmsTemplates(page=number, limit=_PAGE)),
            self._page(ListEmailTemplates(page=number, limit=_PAGE)),
        )
        if isinstance(sms, ClickSendError) and isinstance(email, ClickSendError):
            raise sms
        found: list[Template] = []
        missing: list[str] = []
        last = 1
        for kind, answer in ((Kind.SMS, sms), (Kind.EMAIL, email)):
            if isinstance(answer, ClickSendError):
                missing.append(f"{kind}: {self._words(answer)}")
            else:
                last = max(last, answer.last_page or 1)
                found += [_template(item) for item in answer.data]
        return TemplatePage(number, last, tuple(found), tuple(missing))

    async def get(self, kind: Kind, number: int) -> Template:
        """Read one template; of SMS by its list, for ClickSend reads them in no other way.

        Raises:
            NotFound: There is none of this number.
            ClickSendError: It could not be read.
        """
        if kind is Kind.EMAIL:
            return _template(await self._clicksend.run(GetEmailTemplate(template_id=number)))
        async with aclosing(self._clicksend.pages(ListSmsTemplates())) as templates:
            async for each in templates:
                if each.template_id == number:
                    return _template(each)
        raise NotFound(say("There is no such template."), operation="sms.list_templates")

    async def _page(self, operation: Operation[Page[Any]]) -> Page[Any] | ClickSendError:
        try:
            return await self._clicksend.run(operation)
        except ClickSendError as error:
            return error


def _template(item: SmsTemplate | EmailTemplate) -> Template:
    kind = Kind.SMS if isinstance(item, SmsTemplate) else Kind.EMAIL
    return Template(kind, item.template_id, item.template_name or say("(no name)"), item.body or "")
