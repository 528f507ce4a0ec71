"""Email campaigns: one mail to one list."""

from typing import Annotated

from pydantic import Field

from bot.clicksend.answers import Answer, Currency, Export
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Part, Span
from bot.clicksend.wiretypes import Integer, Moment, Money, Price, Seconds, Text


class EmailCampaign(Answer):
    """A campaign, and how its mails fared; ``body`` is HTML, absent from lists."""

    email_campaign_id: Integer = None
    name: Text = None
    user_id: Integer = None
    subaccount_id: Integer = None
    subject: Text = None
    list_id: Integer = None
    from_email_address_id: Integer = None
    from_name: Text = None
    template_id: Integer = None
    schedule: Moment = None
    status: Text = None
    date_added: Moment = None
    custom_string: Text = None
    send_count: Integer = None
    open_count: Integer = None
    click_count: Integer = None
    hard_bounce_count: Integer = None
    soft_bounce_count: Integer = None
    abuse_count: Integer = None
    unsubscribe_count: Integer = None
    body: Text = None
    body_plain_text: Text = None


class EmailCampaignBatch(Answer):
    """The answer to a send: the totals, and the campaign as ``data``."""

    total_count: Integer = None
    total_price: Money = None
    queued_count: Integer = None
    data: EmailCampaign | None = None
    currency: Currency | None = None


class EmailCampaignPrice(Answer):
    """What a campaign would cost, and the campaign as understood, without ids, as ``data``."""

    total_count: Integer = None
    total_price: Price
    queued_count: Integer = None
    data: EmailCampaign | None = None
    currency: Currency | None = None


class _Draft(Part):
    """What a campaign is made of.

    Attributes:
        list_id: The one list it goes to.
        name: Its name; ours carries our reference.
        subject: The subject.
        body: The mail, in HTML.
        from_email_address_id: An allowed email address of the account.
        from_name: The sender's name.
        template_id: A template of the account.
        schedule: When to send; now when None.
    """

    list_id: int
    name: Annotated[str, Field(min_length=1)]
    subject: Annotated[str, Field(min_length=1)]
    body: Annotated[str, Field(min_length=1)]
    from_email_address_id: int
    from_name: Annotated[str, Field(min_length=1)]
    template_id: int | None = None
    schedule: Seconds | None = None


class SendEmailCampaign(_Draft, Operation[EmailCampaignBatch]):
    """Send a mail to a list."""

    route = Route("email_campaigns.send", "POST", "/email-campaigns/send", Effect.SPEND)


class PriceEmailCampaign(_Draft, Operation[EmailCampaignPrice]):
    """Say what a campaign would cost, without sending."""

    route = Route("email_campaigns.price", "POST", "/email-campaigns/price", Effect.READ)


class ListEmailCampaigns(Listing, Operation[Page[EmailCampaign]]):
    """List the campaigns."""

    route = Route("email_campaigns.list", "GET", "/email-campaigns", Effect.READ)


class GetEmailCampaign(Operation[EmailCampaign]):
    """Read one campaign."""

    route = Route("email_campaigns.get", "GET", "/email-campaigns/{email_campaign_id}", Effect.READ)
    email_campaign_id: int


class UpdateEmailCampaign(_Draft, Operation[EmailCampaign]):
    """Change a campaign that is not sent yet; one without a schedule may go out at once.

    The body is documented by its example only.
    """

    route = Route(
        "email_campaigns.update", "PUT", "/email-campaigns/{email_campaign_id}", Effect.SPEND
    )
    email_campaign_id: int


class CancelEmailCampaign(Operation[EmailCampaign]):
    """Cancel a campaign that is not sent yet."""

    route = Route(
        "email_campaigns.cancel",
        "PUT",
        "/email-campaigns/{email_campaign_id}/cancel",
        Effect.WRITE,
    )
    email_campaign_id: int


class EmailCampaignRecord(Answer):
    """A campaign's mail to one contact; ``status`` is None, ``SpamReport`` or another."""

    email_campaign_id: Integer = None
    message_id: Text = None
    from_name: Text = None
    from_address: Text = None
    to_name: Text = None
    to_address: Text = None
    contact_id: Integer = None
    subject: Text = None
    processed_at: Moment = None
    status: Text = None
    open_count: Integer = None
    click_count: Integer = None
    hard_bounce_count: Integer = None
    soft_bounce_count: Integer = None


class ListEmailCampaignHistory(Listing, Span, Operation[Page[EmailCampaignRecord]]):
    """List the mails of a campaign between two times."""

    route = Route(
        "email_campaigns.history",
        "GET",
        "/email-campaigns/{email_campaign_id}/history",
        Effect.READ,
    )
    email_campaign_id: int


class ExportEmailCampaignHistory(Span, Operation[Export]):
    """Have a campaign's history written to a file; the answer's shape is not documented."""

    route = Route(
        "email_campaigns.export_history",
        "GET",
        "/email-campaigns/{email_campaign_id}/history/export",
        Effect.READ,
    )
    email_campaign_id: int
