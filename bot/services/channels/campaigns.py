"""Campaigns: one text to one contact list, known by the reference in their name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clicksend import ClickSend, NotFound, Operation
from bot.clicksend.operations.email_campaigns import (
    GetEmailCampaign,
    ListEmailCampaigns,
    PriceEmailCampaign,
    SendEmailCampaign,
    UpdateEmailCampaign,
)
from bot.clicksend.operations.mms_campaigns import (
    GetMmsCampaign,
    ListMmsCampaigns,
    PriceMmsCampaign,
    SendMmsCampaign,
    UpdateMmsCampaign,
)
from bot.clicksend.operations.sms_campaigns import (
    LARGEST_LIST,
    GetSmsCampaign,
    ListSmsCampaigns,
    PriceSmsCampaign,
    SendSmsCampaign,
    UpdateSmsCampaign,
)
from bot.clicksend.paging import Listing
from bot.services.channels.base import (
    ACCEPTED,
    Answer,
    Line,
    NoPrice,
    Quoted,
    SendOperation,
    Traits,
    Verb,
    all_of,
    reference,
)
from bot.services.parts import plain
from bot.texts import Phrase, Text, say

_WHOLE = Traits(can_split=False)
_CHANGE = Traits(verb=Verb(Phrase("Change"), Phrase("changed")), can_split=False)
_MARK = re.compile(r"\s*\[(cs-[0-9A-Za-z]+-\d+)\]")


@dataclass(frozen=True, slots=True)
class CampaignChannel:
    """A campaign that is sent, or changed while it waits.

    Attributes:
        noun: What people call one of it.
        number: The name of the field with its number.
        operation: The class of the send.
        pricing: The class of the price operation.
        history: The listing of the campaigns; of a change, the reading of the one.
        shared: The fields of what is sent; first what people know it by.
        texts: Whether it sends text messages, whose length makes the price.
        largest: Contacts it reaches at most; None where no limit is documented.
        kind: The family's name.
        traits: What makes it unlike an SMS.
    """

    noun: Text
    number: str
    operation: type[SendOperation]
    pricing: type[Operation[Any]]
    history: Callable[[Any], Operation[Any]]
    shared: tuple[str, ...]
    texts: bool = False
    largest: int | None = None
    kind: str = "campaign"
    traits: Traits = _WHOLE

    def recipients(self, operation: SendOperation) -> tuple[str, ...]:
        """The list."""
        return (f"list {_of(operation).list_id}",)

    def numbers(self, operation: SendOperation) -> tuple[str, ...]:
        """None that is known here."""
        del operation
        return ()

    def sms_texts(self, operation: SendOperation) -> tuple[str, ...]:
        """The body of an SMS campaign."""
        return (_of(operation).body,) if self.texts else ()

    def content(self, operation: SendOperation) -> Iterable[str]:
        """What is sent, and by which kind of campaign; whatever its name."""
        return (self.number, *(str(getattr(operation, name)) for name in self.shared))

    def schedule(self, operation: SendOperation) -> datetime | None:
        """Its hour."""
        moment: datetime | None = _of(operation).schedule
        return moment

    def referenced(self, operation: SendOperation, send_id: str) -> SendOperation:
        """With our reference at the end of its name, in the place of an earlier one."""
        name = f"{plain_name(_of(operation).name)} [{reference(send_id, 0)}]"
        return operation.model_copy(update={"name": name.strip()})

    def unreferenced(self, operation: SendOperation) -> SendOperation:
        """With its name as people wrote it."""
        return operation.model_copy(update={"name": plain_name(_of(operation).name)})

    def at(self, operation: SendOperation, when: datetime) -> SendOperation:
        """The same, at that hour."""
        return operation.model_copy(update={"schedule": when})

    def text(self, operation: SendOperation) -> str:
        """The text or subject."""
        return str(getattr(operation, self.shared[0]))

    def plainer(self, operation: SendOperation) -> SendOperation:
        """The text of an SMS campaign made plain."""
        if not self.texts:
            return operation
        return operation.model_copy(update={"body": plain(_of(operation).body)})

    def only(self, operation: SendOperation, recipients: Sequence[str]) -> SendOperation:
        """The whole campaign, at once, without a reference.

        Raises:
            ValueError: This is not its list.
        """
        all_of(self, operation, recipients)
        return self.unreferenced(operation.model_copy(update={"schedule": None}))

    async def price(self, clicksend: ClickSend, operation: SendOperation) -> Quoted:
        """Ask for the price (operations `sms_campaigns.price`, …).

        Raises:
            NoPrice: The answer does not say how many contacts it is for.
            ClickSendError: No price came.
        """
        fields = {name: value for name, value in operation if name in self.pricing.model_fields}
        priced = await clicksend.run(self.pricing(**fields))
        count = priced.total_count
        if count is None:
            raise NoPrice(
                say(
                    "ClickSend does not say how many contacts the campaign would reach, so its "
                    "price cannot be judged."
                ),
                operation=self.pricing.route.id,
            )
        problem = ""
        if self.largest is not None and count > self.largest:
            problem = say(
                "The list has {count:,} contacts, and one campaign reaches {largest:,} at most. "
                "Divide the list first.",
                count=count,
                largest=self.largest,
            )
        line = Line(self.recipients(operation)[0], ACCEPTED)
        sample = "" if self.number == "email_campaign_id" else getattr(priced.data, "body", "")
        return Quoted(priced.total_price, (line,), count, problem, sample or "")

    async def run(self, clicksend: ClickSend, operation: SendOperation) -> Answer:
        """Send or change it (operations `sms_campaigns.send`, `sms_campaigns.update`, …).

        Raises:
            ClickSendError: See `ambiguous` on it.
        """
        answer = await clicksend.run(operation)
        campaign = answer.data if "data" in type(answer).model_fields else answer
        total = getattr(answer, "total_price", None)
        if campaign is None or getattr(campaign, self.number) is None:
            return Answer(None, ())
        return Answer(total, (self._line(operation, campaign),))

    async def look(
        self, clicksend: ClickSend, operation: SendOperation, since: datetime, until: datetime
    ) -> tuple[Line, ...]:
        """The campaigns with our reference in their name.

        Raises:
            ClickSendError: They could not be read.
        """
        del since, until  # the name says it all
        mark = _MARK.search(_of(operation).name)
        if mark is None:
            return ()
        found = [each for each in await self._campaigns(clicksend, operation) if _has(each, mark)]
        return tuple(self._line(operation, each) for each in found)

    async def _campaigns(self, clicksend: ClickSend, operation: SendOperation) -> list[Any]:
        """Those that may be the one: all of them, or the one that was changed."""
        reading = self.history(operation)
        if isinstance(reading, Listing):
            async with aclosing(clicksend.pages(reading)) as records:
                return [record async for record in records]
        try:
            return [await clicksend.run(reading)]
        except NotFound:
            return []

    def _line(self, operation: SendOperation, campaign: Any) -> Line:
        mark = _MARK.search(_of(operation).name)
        return Line(
            recipient=self.recipients(operation)[0],
            status=ACCEPTED,
            reference=mark[1] if mark else "",
            message_id=str(getattr(campaign, self.number)),
        )


def plain_name(name: str) -> str:
    """A campaign's name without our reference, as people wrote it."""
    return _MARK.sub("", name).strip()


def _of(operation: SendOperation) -> Any:
    """The operation; of Any, because the six classes have these fields and no common base."""
    return operation


def _has(campaign: Any, mark: re.Match[str]) -> bool:
    return any(found == mark[1] for found in _MARK.findall(campaign.name or ""))


SMS_CAMPAIGN = CampaignChannel(
    noun=Phrase("SMS campaign"),
    number="sms_campaign_id",
    operation=SendSmsCampaign,
    pricing=PriceSmsCampaign,
    history=lambda _: ListSmsCampaigns(),
    shared=("body", "url_to_shorten"),
    texts=True,
    largest=LARGEST_LIST,
)
MMS_CAMPAIGN = CampaignChannel(
    noun=Phrase("MMS campaign"),
    number="mms_campaign_id",
    operation=SendMmsCampaign,
    pricing=PriceMmsCampaign,
    history=lambda _: ListMmsCampaigns(),
    shared=("body", "subject", "media_file"),
)
EMAIL_CAMPAIGN = CampaignChannel(
    noun=Phrase("Email campaign"),
    number="email_campaign_id",
    operation=SendEmailCampaign,
    pricing=PriceEmailCampaign,
    history=lambda _: ListEmailCampaigns(),
    shared=("subject", "body"),
)
SMS_CAMPAIGN_CHANGE = replace(
    SMS_CAMPAIGN,
    operation=UpdateSmsCampaign,
    history=lambda change: GetSmsCampaign(sms_campaign_id=change.sms_campaign_id),
    traits=_CHANGE,
)
MMS_CAMPAIGN_CHANGE = replace(
    MMS_CAMPAIGN,
    operation=UpdateMmsCampaign,
    history=lambda change: GetMmsCampaign(mms_campaign_id=change.mms_campaign_id),
    traits=_CHANGE,
)
EMAIL_CAMPAIGN_CHANGE = replace(
    EMAIL_CAMPAIGN,
    operation=UpdateEmailCampaign,
    history=lambda change: GetEmailCampaign(email_campaign_id=change.email_campaign_id),
    traits=_CHANGE,
)
