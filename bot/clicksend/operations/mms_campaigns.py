"""MMS campaigns: one text and one picture, sound or film to one list."""

from typing import Annotated

from pydantic import Field

from bot.clicksend.answers import Answer, Currency
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Part
from bot.clicksend.wiretypes import Integer, Moment, Price, Seconds, Text


class MmsCampaign(Answer):
    """A campaign; ``status`` is ``Queued``, ``Scheduled``, ``Sent``, ``Cancelled`` or another."""

    mms_campaign_id: Integer = None
    name: Text = None
    user_id: Integer = None
    subaccount_id: Integer = None
    list_id: Integer = None
    from_: Text = None
    subject: Text = None
    file_name: Text = None
    body: Text = None
    schedule: Moment = None
    status: Text = None
    date_added: Moment = None
    custom_string: Text = None
    country: Text = None
    unsubscribe_link: Integer = None
    total_count: Integer = None
    list_name: Text = None
    media_file_url: Text = None


class MmsCampaignSample(Answer):
    """The message as one recipient would get it."""

    from_: Text = None
    body: Text = None
    schedule: Moment = None


class MmsCampaignPrice(Answer):
    """What a campaign would cost."""

    total_count: Integer = None
    total_price: Price
    data: MmsCampaignSample | None = None
    currency: Currency | None = None


class _Draft(Part):
    """What a campaign is made of.

    Attributes:
        list_id: The one list it goes to.
        name: Its name; ours carries our reference.
        subject: The subject, which an MMS must have.
        body: The text.
        media_file: The URL of what is shown or played.
        from_: The sender id.
        schedule: When to send; now when None.
    """

    list_id: int
    name: Annotated[str, Field(min_length=1)]
    subject: Annotated[str, Field(min_length=1)]
    body: Annotated[str, Field(min_length=1)]
    media_file: Annotated[str, Field(min_length=1)]
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    schedule: Seconds | None = None


class SendMmsCampaign(_Draft, Operation[MmsCampaign]):
    """Send a text and a media file to a list."""

    route = Route("mms_campaigns.send", "POST", "/mms-campaigns/send", Effect.SPEND)


class PriceMmsCampaign(_Draft, Operation[MmsCampaignPrice]):
    """Say what a campaign would cost, without sending."""

    route = Route("mms_campaigns.price", "POST", "/mms-campaigns/price", Effect.READ)


class ListMmsCampaigns(Listing, Operation[Page[MmsCampaign]]):
    """List the campaigns; documented to answer without the envelope."""

    route = Route("mms_campaigns.list", "GET", "/mms-campaigns", Effect.READ, bare=True)


class GetMmsCampaign(Operation[MmsCampaign]):
    """Read one campaign."""

    route = Route("mms_campaigns.get", "GET", "/mms-campaigns/{mms_campaign_id}", Effect.READ)
    mms_campaign_id: int


class UpdateMmsCampaign(_Draft, Operation[MmsCampaign]):
    """Change a campaign that is not sent yet; one without a schedule may go out at once."""

    route = Route("mms_campaigns.update", "PUT", "/mms-campaigns/{mms_campaign_id}", Effect.SPEND)
    mms_campaign_id: int


class CancelMmsCampaign(Operation[MmsCampaign]):
    """Cancel a campaign that is not sent yet."""

    route = Route(
        "mms_campaigns.cancel", "PUT", "/mms-campaigns/{mms_campaign_id}/cancel", Effect.WRITE
    )
    mms_campaign_id: int
