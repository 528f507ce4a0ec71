"""The account, its money, its numbers, its subaccounts and its clients."""

from datetime import UTC, datetime
from decimal import Decimal

from clicksend_client import (
    Account,
    AccountForgotPasswordVerify,
    AccountVerify,
    CreditCard,
    ForgotPassword,
    ForgotUsername,
    ResellerAccount,
    ResellerAccountTransferCredit,
    Subaccount,
)

from tests.sdk.desk import Desk

_PERSON = {
    "password": "secret",
    "user_phone": "+61411111111",
    "user_email": "test1@test.com",
    "user_first_name": "Ada",
    "user_last_name": "Byron",
    "account_name": "New",
    "country": "AU",
}


def play(desk: Desk) -> None:
    """Open an account, buy, transfer, and read what it all came to."""
    _account(desk)
    _recharge(desk)
    _numbers(desk)
    _subaccounts(desk)
    _clients(desk)
    desk.do("ReferralAccountApi", "referral_accounts_get")


def _balance(desk: Desk) -> Decimal:
    return Decimal(desk.do("AccountApi", "account_get")["balance"])


def _account(desk: Desk) -> None:
    api = "AccountApi"
    now = datetime.now(UTC)
    desk.do("VoiceApi", "voice_history_get")
    desk.do(api, "account_useage_by_subaccount_get", now.year, now.month)
    desk.do(api, "account_post", Account(username="newcomer", **_PERSON))
    asked = AccountVerify(country="AU", user_phone="+61411111111", type="sms")
    desk.do(api, "account_verify_send_put", asked)
    verified = desk.do(api, "account_verify_verify_by_activation_token_put", desk.code())
    desk.expect("the new account is active", holds=verified["active"] == 1)
    reminder = ForgotUsername(email="test1@test.com")
    desk.do(api, "forgot_username_put", forgot_username=reminder)
    desk.do(api, "forgot_password_put", forgot_password=ForgotPassword(username="newcomer"))
    reset = AccountForgotPasswordVerify(
        subaccount_id=1, activation_token=desk.code(), password="other"
    )
    desk.do(api, "forgot_password_verify_put", reset)


def _recharge(desk: Desk) -> None:
    api = "AccountRechargeApi"
    card = CreditCard(
        number="4111111111111111",
        expiry_month=5,
        expiry_year=2031,
        cvc=123,
        name="Ada",
        bank_name="Bank",
    )
    desk.do(api, "recharge_credit_card_put", card)
    shown = desk.do(api, "recharge_credit_card_get")
    desk.expect("the card is kept", holds=shown["display_number"].endswith("1111"))
    package = desk.do(api, "recharge_packages_get", country="AU")["packages"][0]
    before = _balance(desk)
    desk.do(api, "recharge_purchase_by_package_id_put", package["package_id"])
    risen = _balance(desk) - before
    desk.expect("the balance rises", holds=risen == Decimal(package["package_price"]))
    latest = desk.do(api, "recharge_transactions_get")["data"][0]["invoice_number"]
    desk.do(api, "recharge_transactions_by_transaction_id_get", latest)


def _numbers(desk: Desk) -> None:
    api = "NumberApi"
    offer = desk.do(api, "numbers_search_by_country_get", "AU")["data"][0]
    before = _balance(desk)
    desk.do(api, "numbers_buy_by_dedicated_number_post", offer["dedicated_number"])
    fallen = before - _balance(desk)
    desk.expect("the number is paid", holds=fallen == Decimal(offer["price_total"]))
    owned = [each["dedicated_number"] for each in desk.do(api, "numbers_get")["data"]]
    desk.expect("the number is owned", holds=offer["dedicated_number"] in owned)


def _subaccounts(desk: Desk) -> None:
    api = "SubaccountApi"
    sub = Subaccount(
        api_username="desk",
        password="secret",
        email="test1@test.com",
        phone_number="+61411111111",
        first_name="Ada",
        last_name="Byron",
    )
    made = desk.do(api, "subaccounts_post", sub)
    number = made["subaccount_id"]
    desk.do(api, "subaccounts_get")
    sub.first_name = "Augusta"
    desk.do(api, "subaccounts_by_subaccount_id_put", number, sub)
    shown = desk.do(api, "subaccounts_by_subaccount_id_get", number)
    desk.expect("a subaccount is renamed", holds=shown["first_name"] == "Augusta")
    new = desk.do(api, "subaccounts_regen_api_key_by_subaccount_id_put", number)
    desk.expect("the key is new", holds=new["api_key"] != made["api_key"])
    desk.do(api, "subaccounts_by_subaccount_id_delete", number)
    desk.gone(api, "subaccounts_by_subaccount_id_get", number)


def _clients(desk: Desk) -> None:
    api, one = "ResellerAccountApi", "reseller_accounts_by_client_user_id_"
    client = ResellerAccount(username="client", **_PERSON)
    number = desk.do(api, "reseller_accounts_post", client)["user_id"]
    desk.do(api, "reseller_accounts_get")
    client.account_name = "Newer"
    desk.do(api, f"{one}put", number, client)
    transfer = ResellerAccountTransferCredit(client_user_id=number, balance=5, currency="AUD")
    before = _balance(desk)
    desk.do("TransferCreditApi", "reseller_transfer_credit_put", transfer)
    desk.expect("the credit leaves", holds=before - _balance(desk) == 5)
    shown = desk.do(api, f"{one}get", number)
    desk.expect("the credit arrives", holds=Decimal(shown["balance"]) == 5)
    desk.expect("a client is renamed", holds=shown["account_name"] == "Newer")
