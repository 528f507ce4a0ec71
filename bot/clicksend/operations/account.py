"""The account: who it is, what is left on it, what was used."""

from typing import Annotated, Self

from pydantic import Field, JsonValue, SecretStr, model_validator

from bot.clicksend.answers import Answer, Currency
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.requests import Mixin
from bot.clicksend.wiretypes import CountryCode, Hidden, Integer, Many, Maybe, Money, Text

Given = Annotated[str, Field(min_length=1)]


class Subaccount(Answer):
    """The subaccount the credentials belong to, and what it may do (``access_*``, 0 or 1)."""

    subaccount_id: Integer = None
    api_username: Text = None
    email: Text = None
    phone_number: Text = None
    mobile: Text = None
    """The phone number, as ``account.verify`` calls it."""
    user_id: Integer = None
    first_name: Text = None
    last_name: Text = None
    api_key: Maybe[SecretStr] = None
    """The API answers with the key in the clear; it stays wrapped here."""
    access_users: Integer = None
    access_billing: Integer = None
    access_reporting: Integer = None
    access_contacts: Integer = None
    access_settings: Integer = None
    access_sms: Integer = None
    access_email: Integer = None
    access_voice: Integer = None
    access_fax: Integer = None
    access_post: Integer = None
    access_reseller: Integer = None
    access_mms: Integer = None
    access_smpp: Integer = None
    sms_deidentify_message: Integer = None
    share_campaigns: Integer = None
    notes: Text = None


class Account(Answer):
    """The account; switches are 0 or 1, amounts are in ``currency``."""

    user_id: Integer = None
    username: Text = None
    user_email: Text = None
    user_phone: Text = None
    user_first_name: Text = None
    user_last_name: Text = None
    active: Integer = None
    banned: Integer = None
    balance: Money = None
    balance_commission: Money = None
    reply_to: Text = None
    delivery_to: Text = None
    account: Integer = None
    account_name: Text = None
    account_billing_email: Text = None
    account_billing_mobile: Text = None
    country: Text = None
    default_country_sms: Text = None
    timezone: Text = None
    unsubscribe_mail: Integer = None
    auto_recharge: Integer = None
    auto_recharge_amount: Money = None
    low_credit_amount: Money = None
    setting_beta: Integer = None
    setting_unicode_sms: Integer = None
    setting_email_sms_subject: Integer = None
    setting_fix_sender_id: Integer = None
    setting_sms_message_char_limit: Integer = None
    """Message parts one SMS may have."""
    setting_sms_hide_your_number: Integer = None
    setting_sms_hide_business_name: Integer = None
    private_uploads: Integer = None
    fax_quality: Integer = None
    old_dashboard: Integer = None
    currency: Maybe[Currency] = None
    subaccount: Maybe[Subaccount] = None


class GetAccount(Operation[Account]):
    """Read the account; limited to 20 calls a minute, so keep the answer for some seconds."""

    route = Route("account.get", "GET", "/account", Effect.READ)


class UsageRow(Answer):
    """What one subaccount used of one channel."""

    subaccount_id: Integer = None
    username: Text = None
    total_count: Integer = None
    total_price: Money = None


class UsageTotal(Answer):
    """What all subaccounts used of one channel."""

    count: Integer = None
    price: Money = None


class Usage(Answer):
    """The use of one month; a channel the account lacks (often MMS) is absent or empty."""

    sms: Many[UsageRow] = ()
    mms: Many[UsageRow] = ()
    voice: Many[UsageRow] = ()
    fax: Many[UsageRow] = ()
    post: Many[UsageRow] = ()
    email: Many[UsageRow] = ()
    sms_total: Maybe[UsageTotal] = None
    mms_total: Maybe[UsageTotal] = None
    voice_total: Maybe[UsageTotal] = None
    fax_total: Maybe[UsageTotal] = None
    post_total: Maybe[UsageTotal] = None
    email_total: Maybe[UsageTotal] = None


class GetUsage(Operation[Usage]):
    """Read what was used in a month, by channel and subaccount."""

    route = Route("account.usage", "GET", "/account/usage/{year}/{month}/subaccount", Effect.READ)
    year: Annotated[int, Field(ge=2000, le=9999)]
    month: Annotated[int, Field(ge=1, le=12)]


class AccountFields(Mixin):
    """What an account is made of; mixed into the operations that create and change one.

    Attributes:
        username: To log in with.
        password: To log in with.
        user_phone: The owner's number, in E.164 format.
        user_email: The owner's address.
        user_first_name: The owner's first name.
        user_last_name: The owner's last name.
        account_name: Mostly the company's name.
        country: The owner's country.
    """

    username: Given
    password: Hidden
    user_phone: Given
    user_email: Given
    user_first_name: Given
    user_last_name: Given
    account_name: Given
    country: CountryCode


class CreateAccount(AccountFields, Operation[Account]):
    """Create an account; it is active once its phone is verified."""

    route = Route("account.create", "POST", "/account", Effect.WRITE)


class VerificationSent(Answer):
    """Where a verification went, and how."""

    user_phone: Text = None
    type: Text = None
    country: Text = None


class SendAccountVerification(Operation[VerificationSent]):
    """Have an activation token sent to a phone; it reaches a person.

    Attributes:
        country: The phone's country.
        user_phone: The phone.
        type: How it is sent; the reference's example is ``sms``, and it lists no other.
    """

    route = Route("account.send_verification", "PUT", "/account-verify/send", Effect.WRITE)
    country: CountryCode
    user_phone: Given
    type: Given


class VerifyAccount(Operation[Account]):
    """Activate an account with the token its phone was sent."""

    route = Route(
        "account.verify", "PUT", "/account-verify/verify/{activation_token}", Effect.WRITE
    )
    activation_token: Hidden


class ForgotUsername(Operation[JsonValue]):
    """Have a username mailed to its owner, by email address or by phone number, not both.

    The reference marks both as required, and its text says that one of them is.
    """

    route = Route("account.forgot_username", "PUT", "/forgot-username", Effect.WRITE)
    email: Given | None = None
    phone_number: Given | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.email is None) == (self.phone_number is None):
            raise ValueError("give either email or phone_number")
        return self


class ForgotPassword(Operation[JsonValue]):
    """Have a token mailed to the owner of a username, to set a new password with."""

    route = Route("account.forgot_password", "PUT", "/forgot-password", Effect.WRITE)
    username: Given


class VerifyForgotPassword(Operation[JsonValue]):
    """Set a new password with the token that was mailed."""

    route = Route("account.verify_forgot_password", "PUT", "/forgot-password/verify", Effect.WRITE)
    subaccount_id: int
    activation_token: Hidden
    password: Hidden
