"""Who may do what, what it costs them, and what they buy."""

import base64
from decimal import Decimal
from typing import Any

import httpx
import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, TEST_KEY, USER
from bot.sandbox.clicksend.fields import card_shown
from tests.sandbox.conftest import Api

PERSON = {
    "first_name": "Ada",
    "last_name": "Byron",
    "phone_number": "+61411111111",
    "email": "test1@test.com",
    "password": "secret",
}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Bearer " + base64.b64encode(f"{USER}:{KEY}".encode()).decode(),
        "Basic " + base64.b64encode(f"{USER}:wrong".encode()).decode(),
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        "Basic " + base64.b64encode(f"nobody:{TEST_KEY}".encode()).decode(),
    ],
)
@pytest.mark.parametrize("path", ["/account", "/no-such"])
async def test_who_is_not_known_is_answered_401(
    sandbox: ClickSendSandbox, header: str | None, path: str
) -> None:
    headers = {} if header is None else {"authorization": header}
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(f"{sandbox.url}/v3{path}", headers=headers)
    assert response.status_code == 401
    assert response.json() == {
        "http_code": 401,
        "response_code": "UNAUTHORIZED",
        "response_msg": "Authorization failed.",
        "data": None,
    }


@pytest.mark.parametrize(
    ("user", "code"), [("notactive", "ACCOUNT_NOT_ACTIVATED"), ("banned", "FORBIDDEN")]
)
async def test_the_test_users_are_refused_as_they_are_meant_to_be(
    sandbox: ClickSendSandbox, user: str, code: str
) -> None:
    async with httpx.AsyncClient(auth=(user, TEST_KEY), trust_env=False) as client:
        answer = await Api(client, sandbox.url).get("/account", 403)
    assert answer["response_code"] == code


async def test_paths_and_methods_that_are_none_are_404_and_405(api: Api) -> None:
    assert (await api.get("/no-such", 404))["response_code"] == "NOT_FOUND"
    answer = await api.delete("/account", 405)
    assert (answer["response_code"], answer["data"]) == ("METHOD_NOT_ALLOWED", None)


async def test_a_subaccount_may_do_what_its_flags_say(api: Api, sandbox: ClickSendSandbox) -> None:
    body = {**PERSON, "api_username": "desk", "access_sms": 1, "access_billing": 0}
    made = await api.post("/subaccounts", body)
    async with httpx.AsyncClient(auth=("desk", made["api_key"]), trust_env=False) as client:
        desk = Api(client, sandbox.url)
        sent = await desk.post("/sms/send", {"messages": [{"to": "+61491570157", "body": "Hi"}]})
        assert sent["messages"][0]["subaccount_id"] == made["subaccount_id"]
        assert (await desk.get("/recharge/packages", 403))["response_code"] == "FORBIDDEN"
        await api.put(f"/subaccounts/{made['subaccount_id']}", {"access_sms": 0})
        refused = await desk.post("/sms/send", {"messages": [{"to": "+61491570157"}]}, 403)
        assert "sms" in refused["response_msg"]
        assert (await desk.get("/account"))["_subaccount"]["api_username"] == "desk"
    history = await api.get("/sms/history", q="_api_username:desk")
    assert history["total"] == 1


async def test_a_list_of_somebody_else_is_403(api: Api) -> None:
    assert (await api.get("/lists/1", 403))["response_code"] == "FORBIDDEN"
    assert (await api.get("/lists/1/contacts", 403))["data"] is None
    await api.get("/lists/2", 404)
    sent = await api.post("/sms/send", {"messages": [{"list_id": 1, "body": "Hi"}]})
    assert sent["messages"][0]["status"] == "NOT_ENOUGH_PERMISSION_TO_LIST_ID"


async def test_a_new_key_ends_the_old_one(api: Api, sandbox: ClickSendSandbox) -> None:
    made = await api.post("/subaccounts", {**PERSON, "api_username": "desk"})
    path = f"/subaccounts/{made['subaccount_id']}/regen-api-key"
    new = (await api.put(path))["api_key"]
    assert new != made["api_key"]
    for key, status in ((made["api_key"], 401), (new, 200)):
        async with httpx.AsyncClient(auth=("desk", key), trust_env=False) as client:
            await Api(client, sandbox.url).get("/account", status)


async def test_the_accounts_own_subaccount_cannot_be_deleted(api: Api) -> None:
    await api.delete("/subaccounts/1", 403)
    taken = await api.post("/subaccounts", {**PERSON, "api_username": USER}, 400)
    assert taken["response_code"] == "ALREADY_EXISTS"


async def test_an_account_is_opened_and_activated_without_credentials(
    sandbox: ClickSendSandbox,
) -> None:
    body = {
        "username": "newcomer",
        "password": "secret",
        "user_email": "test1@test.com",
        "user_phone": "+61411111111",
        "user_first_name": "Ada",
        "user_last_name": "Byron",
        "account_name": "New",
        "country": "AU",
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        nobody = Api(client, sandbox.url)
        assert (await nobody.post("/account", body))["active"] == 0
        await nobody.post("/account", {**body, "country": "Australia"}, 400)
        asked = {"country": "AU", "user_phone": "+61411111111", "type": "sms"}
        await nobody.put("/account-verify/send", asked)
        code = sandbox.state.notes[-1]["code"]
        await nobody.put("/account-verify/verify/wrong", expect=404)
        assert (await nobody.put(f"/account-verify/verify/{code}"))["active"] == 1
        await nobody.put(f"/account-verify/verify/{code}", expect=404)
        assert await nobody.put("/forgot-username", {"email": "test1@test.com"}) == []
        await nobody.put("/forgot-username", {}, 400)
        await nobody.put("/forgot-password", {"username": USER})
        reset = {"subaccount_id": 1, "password": "x", "activation_token": "wrong"}
        await nobody.put("/forgot-password/verify", reset, 404)


async def test_a_purchase_raises_the_balance_and_is_a_transaction(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    packages = (await api.get("/recharge/packages", country="GB"))["packages"]
    bought = packages[1]
    paid = await api.put(f"/recharge/purchase/{bought['package_id']}")
    assert paid["amount"] == bought["package_price"] == "50.00"
    assert sandbox.state.balance == 150
    assert (await api.get("/account"))["balance"] == "150.000000"
    latest = (await api.get("/recharge/transactions"))["data"][0]
    assert latest["amount"] == "50.00"
    assert await api.get(f"/recharge/transactions/{latest['invoice_number']}") == latest
    await api.get("/recharge/transactions/no-such", 404)
    await api.put("/recharge/purchase/99", expect=404)
    assert sandbox.state.balance == 150


async def test_of_a_card_only_the_last_digits_are_kept(api: Api) -> None:
    card = {
        "number": "4111 1111 1111 1111",
        "expiry_month": 12,
        "expiry_year": 2031,
        "cvc": 123,
        "name": "Ada",
        "bank_name": "Bank",
    }
    assert (await api.put("/recharge/credit-card", card))["token"].startswith("cus_")
    shown = await api.get("/recharge/credit-card")
    assert (shown["display_number"], shown["expiry_year"]) == (card_shown("1111"), 2031)
    await api.put("/recharge/credit-card", {**card, "expiry_month": 13}, 400)
    await api.put("/recharge/credit-card", {**card, "number": "abc"}, 400)
    requests = await api.control("GET", "requests")
    assert "4111 1111" not in str(requests)


async def test_a_number_is_found_bought_once_and_listed(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    found = await api.get("/numbers/search/AU", search="0007", search_type=2)
    (offer,) = found["data"]
    bought = await api.post(f"/numbers/buy/{offer['dedicated_number']}")
    assert bought["dedicated_number"] == offer["dedicated_number"]
    assert sandbox.state.balance == 100 - Decimal(offer["price_total"])
    owned = (await api.get("/numbers"))["data"]
    assert [each["dedicated_number"] for each in owned] == [offer["dedicated_number"]]
    assert (await api.get("/numbers/search/AU", search="0007", search_type=2))["data"] == []
    again = await api.post(f"/numbers/buy/{offer['dedicated_number']}", expect=400)
    assert again["response_code"] == "ALREADY_EXISTS"
    await api.post("/numbers/buy/+61491570157", expect=404)
    await api.get("/numbers/search/XX", 404)
    sandbox.state.balance = Decimal(1)
    other = (await api.get("/numbers/search/US"))["data"][0]["dedicated_number"]
    refused = await api.post(f"/numbers/buy/{other}", expect=400)
    assert refused["response_code"] == "INSUFFICIENT_CREDIT"


async def test_only_selected_countries_are_reached(api: Api) -> None:
    chosen = await api.post("/user-countries", {"country_list_ids": [1, 13]})
    assert [each["code"] for each in chosen] == ["AU", "FR"]
    messages = [{"to": to, "body": "Hi"} for to in ("+33639980000", "+14055555555", "+61411111111")]
    sent = await api.post("/sms/send", {"messages": messages})
    assert [each["status"] for each in sent["messages"]] == [
        "SUCCESS",
        "COUNTRY_NOT_ENABLED",
        "SUCCESS",
    ]
    assert (await api.post("/user-countries/agree"))[0]["agreed_at"]
    await api.post("/user-countries", {"country_list_ids": [999]}, 400)
    await api.post("/user-countries", {"country_list_ids": ["AU"]}, 400)


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("/countries", {"code": "AU", "value": "Australia"}),
        ("/country-list", {"id": 1, "name": "Australia", "code": "AU", "region": "Oceania"}),
        ("/timezones", "Australia/Sydney"),
        ("/voice/lang", {"code": "en-in", "country": "English, India", "gender": ["female"]}),
        ("/email/master-templates-categories", {"category_id": 4, "name": "Birthday"}),
    ],
)
async def test_what_never_changes_is_listed(api: Api, path: str, holds: Any) -> None:
    assert holds in await api.get(path)


async def test_clicks_on_a_short_link_are_counted(api: Api, sandbox: ClickSendSandbox) -> None:
    """Undocumented; the shapes are the vendor's newer SDK's."""
    message = {"to": "+61411111111", "body": "See smsu.io/xxxxx"}
    sent = await api.post("/sms/send", {"messages": [message]})
    number = sent["messages"][0]["message_id"]
    for _ in range(2):
        await api.control("POST", "click", {"message_id": number})
    (found,) = await api.get(f"/short-url/statistics/quick_sms/{number}")
    assert (found["links"]["opened_total"], found["links"]["opened_unique"]) == (2, 1)
    tracking = await api.get(f"/short-url/tracking/{found['long_url_id']}")
    assert tracking["data"][0]["open_count"] == 2
    await api.get("/short-url/statistics/quick_sms/no-such", 404)
    await api.get("/short-url/tracking/quick_sms-no-such", 404)
    assert sandbox.state.links
