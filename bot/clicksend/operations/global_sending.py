"""The countries one may send to, and the rules one has agreed to for them."""

from typing import Annotated

from pydantic import Field, JsonValue

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.wiretypes import Identifier, Integer, Many, Maybe, Text

CountryIds = Annotated[tuple[int, ...], Field(min_length=1)]
"""The ``id`` of each country."""


class SendingCountry(Answer):
    """A country; ``id`` is what the other operations take, ``code`` is ISO 3166 alpha-2."""

    id: Identifier
    name: Text = None
    code: Text = None
    region: Text = None


class ListSendingCountries(Operation[Many[SendingCountry]]):
    """List the countries that can be selected."""

    route = Route("global_sending.list_countries", "GET", "/country-list", Effect.READ)


class RegistrationStatus(Answer):
    """How far the registration in a country is, such as ``NOT_INITIATED``."""

    id: Integer = None
    name: Text = None


class SelectedCountry(SendingCountry):
    """A selected country, and what it asks of senders; switches are 0 or 1."""

    agreed_at: JsonValue = None
    """When its rules were agreed to; the reference shows null only, and no form of a time."""
    registration_entity: JsonValue = None
    registration_status: Maybe[RegistrationStatus] = None
    jotform_id: Text = None
    sms_registration_type: Integer = None
    """0 for none, 1 for each number, 2 for the account (the vendor's newer description)."""
    block_registration: Integer = None
    block_leads: Integer = None
    trial_from_address: Text = None
    restricted_sending: Integer = None
    trial_sending: Integer = None
    trial_sending_description: Text = None
    has_regulation_requirements: Integer = None
    registration_steps_url: Text = None
    regulation_requirements_description: Text = None


class ListSelectedCountries(Operation[Many[SelectedCountry]]):
    """List the selected countries."""

    route = Route("global_sending.selected_countries", "GET", "/user-countries", Effect.READ)


class SelectCountries(Operation[Many[SelectedCountry]]):
    """Select the countries to send to; those left out are selected no more."""

    route = Route("global_sending.select_countries", "POST", "/user-countries", Effect.WRITE)
    country_list_ids: tuple[int, ...]


class AgreeToCountryRules(Operation[Many[SelectedCountry]]):
    """Agree to the rules of countries; no operation takes an agreement back.

    The reference marks the ids as required; its example and the vendor's SDKs send none, for all
    the selected ones.
    """

    route = Route("global_sending.agree", "POST", "/user-countries/agree", Effect.DESTROY)
    country_list_ids: CountryIds | None = None
