"""SMS campaigns: one text to one list of up to 20,000."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.clicksend.answers import Answer, Currency
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Part
from bot.clicksend.wiretypes import Integer, Moment, Price, Seconds, Text

LARGEST_LIST = 20_000
"""Contacts one campaign reaches at most (the reference, Send SMS Campaign)."""

SHORT_LINK = "smsu.io/xxxxx"
"""The placeholder in a body that becomes a short link to ``url_to_shorten``."""


class SmsCampaign(Answer):
    """A campaign; ``status`` is ``Queued``, ``Scheduled``, ``Sent``, ``Cancelled`` or another."""

    sms_campaign_id: Integer = None
    name: Text = None
    user_id: Integer = None
    subaccount_id: Integer = None
    list_id: Integer = None
    from_: Text = None
    body: Text = None
    schedule: Moment = None
    status: Text = None
    date_added: Moment = None
    ip_address: Text = None
    custom_string: Text = None
    source: Text = None
    total_count: Integer = None


class SmsCampaignSample(Answer):
    """The message as one recipient would get it."""

    from_: Text = None
    body: Text = None
    schedule: Moment = None


class SmsCampaignPrice(Answer):
    """What a campaign would cost."""

    total_count: Integer = None
    total_price: Price
    data: SmsCampaignSample | None = None
    currency: Currency | None = None


class _Draft(Part):
    """What a campaign is made of.

    Attributes:
        list_id: The one list it goes to.
        name: Its name; ours carries our reference.
        body: The text. A marketing message needs ``StopMsg.me/xxxxx`` or "reply STOP" in it.
        from_: The sender id.
        schedule: When to send; now when None.
        url_to_shorten: The target of the ``smsu.io/xxxxx`` in the body; neither goes alone.
    """

    list_id: int
    name: Annotated[str, Field(min_length=1)]
    body: Annotated[str, Field(min_length=1)]
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    schedule: Seconds | None = None
    url_to_shorten: str | None = None

    @model_validator(mode="after")
    def _link_and_target(self) -> Self:
        if (SHORT_LINK in self.body) != (self.url_to_shorten is not None):
            raise ValueError(f"{SHORT_LINK} in the body and url_to_shorten need each other")
        return self


class SendSmsCampaign(_Draft, Operation[SmsCampaign]):
    """Send a text to a list; a send to few is better made with ``sms.send``, which says more."""

    route = Route("sms_campaigns.send", "POST", "/sms-campaigns/send", Effect.SPEND)


class PriceSmsCampaign(_Draft, Operation[SmsCampaignPrice]):
    """Say what a campaign would cost, without sending."""

    route = Route("sms_campaigns.price", "POST", "/sms-campaigns/price", Effect.READ)


class ListSmsCampaigns(Listing, Operation[Page[SmsCampaign]]):
    """List the campaigns."""

    route = Route("sms_campaigns.list", "GET", "/sms-campaigns", Effect.READ)


class GetSmsCampaign(Operation[SmsCampaign]):
    """Read one campaign."""

    route = Route("sms_campaigns.get", "GET", "/sms-campaigns/{sms_campaign_id}", Effect.READ)
    sms_campaign_id: int


class UpdateSmsCampaign(_Draft, Operation[SmsCampaign]):
    """Change a campaign that is not sent yet; one without a schedule may go out at once."""

    route = Route("sms_campaigns.update", "PUT", "/sms-campaigns/{sms_campaign_id}", Effect.SPEND)
    sms_campaign_id: int


class CancelSmsCampaign(Operation[SmsCampaign]):
    """Cancel a campaign that is not sent yet."""

    route = Route(
        "sms_campaigns.cancel", "PUT", "/sms-campaigns/{sms_campaign_id}/cancel", Effect.WRITE
    )
    sms_campaign_id: int
