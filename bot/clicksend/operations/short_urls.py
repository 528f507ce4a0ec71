"""Short links: who opened them. Undocumented; the shapes are those of the SDK 6.0.2."""

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Page, TokenListing
from bot.clicksend.wiretypes import Integer, Many, Moment, Text


class LinkTotals(Answer):
    """How many got a link, and how many opened it how often."""

    total: Integer = None
    opened_unique: Integer = None
    opened_total: Integer = None
    unopened: Integer = None


class LinkTally(Answer):
    """How often a link was opened with one kind of device, or from one place."""

    label: Text = None
    count: Integer = None


class LinkStatistics(Answer):
    """What is known of one link."""

    long_url_id: Text = None
    links: LinkTotals | None = None
    device: Many[LinkTally] = ()
    os: Many[LinkTally] = ()
    browser: Many[LinkTally] = ()
    country: Many[LinkTally] = ()
    region: Many[LinkTally] = ()


class GetShortUrlStatistics(Operation[Page[LinkStatistics]]):
    """Read how often the links of a send were opened; undocumented (SDK 6.0.2).

    Attributes:
        source: ``quick_sms``; for a campaign it seems to be ``sms_campaign``.
        source_id: The id of the message or of the campaign.
    """

    route = Route(
        "short_urls.statistics",
        "GET",
        "/short-url/statistics/{source}/{source_id}",
        Effect.READ,
        bare=True,
        documented=False,
    )
    source: str
    source_id: str


class LinkContact(Answer):
    """Who got a link."""

    contact_id: Text = None
    first_name: Text = None
    last_name: Text = None
    phone_number: Text = None


class LinkOpening(Answer):
    """How one recipient opened a link: where and with what, the last time."""

    open_count: Integer = None
    date_opened: Moment = None
    user_geo_country: Text = None
    user_geo_region: Text = None
    user_device: Text = None
    user_browser: Text = None
    user_os: Text = None
    contact: LinkContact | None = None


class TrackShortUrl(TokenListing, Operation[Page[LinkOpening]]):
    """List the recipients of a link, and when each opened it; undocumented (SDK 6.0.2)."""

    route = Route(
        "short_urls.tracking",
        "GET",
        "/short-url/tracking/{long_url_id}",
        Effect.READ,
        bare=True,
        documented=False,
    )
    long_url_id: str
