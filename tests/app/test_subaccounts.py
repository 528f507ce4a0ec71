"""Subaccounts: listed, changed and made; no key and no password in Slack, the log, the store."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import World

KEY = "367C506E-FBCA-1EDA-E8E0-1384F9F196D5"
HOSTILE = "<!channel> *_~ " + "x" * 150


def account(number: int = 59, name: str = "ben", **more: Any) -> dict[str, Any]:
    return {
        "subaccount_id": number,
        "api_username": name,
        "email": "ben@example.com",
        "phone_number": "+61411111111",
        "first_name": "Ben",
        "last_name": "Lee",
        "api_key": KEY,
        "access_users": 0,
        "access_billing": "1",
        "access_reporting": 1,
        "access_contacts": 0,
        "access_settings": 0,
        "access_sms": 1,
        **more,
    }


@pytest.fixture
def accounts(world: World) -> World:
    """An account with one subaccount."""
    world.clicksend.answers["subaccounts.get"] = account()
    row = {"subaccount_id": 59, "total_count": 12, "total_price": "1.50"}
    other = {"subaccount_id": 60, "total_count": 99, "total_price": "9"}
    world.clicksend.answers["account.usage"] = {"sms": [row, other]}
    return world


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


def person(**more: str) -> dict[str, Any]:
    typed = {"email": "ben@example.com", "phone_number": "0411 111 111", "first_name": "Ben"}
    return {key: {"value": text} for key, text in {**typed, "last_name": "Lee", **more}.items()}


def ticked(*fields: str) -> dict[str, Any]:
    return {"selected_options": [{"value": field} for field in fields]}


async def test_lists_and_permissions_are_shown_and_keys_never(
    accounts: World, capsys: pytest.CaptureFixture[str]
) -> None:
    many = [account(number, HOSTILE) for number in range(1, 101)]
    accounts.clicksend.answers["subaccounts.list"] = {
        "current_page": 2,
        "last_page": 80,
        "data": many,
    }
    answer = await answered(accounts, "subaccount list 2")
    assert len(answer["blocks"]) <= 50
    assert all(f"`{number}` · Ben Lee" in str(answer["blocks"]) for number in range(1, 101))
    assert [each["value"] for each in answer["blocks"][-1]["elements"]] == ["1", "3"]
    assert "<!channel>" not in str(answer)
    shown = await answered(accounts, "subaccount show 59")
    assert "may use: billing, reports, SMS\n" in shown["text"]
    assert "may not use: subaccounts, contacts, settings\n" in shown["text"]
    assert "SMS 12 for AUD 1.50." in shown["text"]
    assert "never passes through Slack" in (await answered(accounts, "subaccount key"))["text"]
    accounts.clicksend.statuses["account.usage"] = 403
    assert "could not be read" in (await answered(accounts, "subaccount show 59"))["text"]
    assert KEY not in str(accounts.slack.calls)
    assert KEY not in capsys.readouterr().out


async def test_an_empty_list_and_what_is_no_subaccount_are_said(accounts: World) -> None:
    accounts.clicksend.answers["subaccounts.list"] = {"last_page": 0, "data": []}
    assert "subaccount create" in (await answered(accounts, "subaccount"))["text"]
    assert "by its number" in (await answered(accounts, "subaccount change <!here>"))["text"]
    accounts.clicksend.statuses["subaccounts.get"] = 404
    assert "no subaccount `8`" in (await answered(accounts, "subaccount delete 8"))["text"]


async def test_permissions_are_changed_and_the_password_is_left_as_it_is(accounts: World) -> None:
    await accounts.ada.command("/clicksend", "subaccount change 59")
    view = (await accounts.slack.next("views.open"))["view"]
    may = next(block for block in view["blocks"] if block.get("block_id") == "may")
    on = [each["value"] for each in may["element"]["initial_options"]]
    assert on == ["access_billing", "access_reporting"]
    wrong = await accounts.ada.submit(view, **person(email="x", first_name=" ", phone_number="1"))
    assert set(wrong.json()["errors"]) == {"email", "first_name", "phone_number"}
    for _ in range(2):
        await accounts.ada.submit(view, **person(), may=ticked("access_users"))
    changed = await accounts.clicksend.next("subaccounts.update")
    assert "*ben* is changed" in (await accounts.slack.next("chat.postMessage"))["text"]
    assert "password" not in changed
    assert (changed["api_username"], changed["phone_number"]) == ("ben", "+61411111111")
    assert (changed["access_users"], changed["access_billing"]) == (1, 0)
    assert len(accounts.clicksend.of("subaccounts.update")) == 1


async def test_what_no_form_holds_is_not_cut(accounts: World) -> None:
    accounts.clicksend.answers["subaccounts.get"] = account(first_name="x" * 300)
    assert "Nothing was changed." in (await answered(accounts, "subaccount change 59"))["text"]
    assert accounts.slack.of("views.open") == []


async def test_a_subaccount_is_made_once_with_a_password_that_nobody_sees(
    accounts: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await accounts.ada.command("/clicksend", "subaccount create ben")
    view = (await accounts.slack.next("views.open"))["view"]
    accounts.clicksend.answers["subaccounts.create"] = account()
    typed = {"name": {"value": "ben"}, **person(), "may": ticked()}
    answers = await asyncio.gather(*(accounts.ada.submit(view, **typed) for _ in range(5)))
    assert sum(each.json() == {"response_action": "clear"} for each in answers) == 1
    posted = await accounts.slack.next("chat.postMessage")
    assert "*ben* is made. Its person sets a password" in posted["text"]
    (made,) = accounts.clicksend.of("subaccounts.create")
    assert len(made["password"]) > 20
    folder = Path(accounts.settings.database_url.partition("///")[2]).parent
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"subaccounts.create" in kept
    for secret in (made["password"], KEY):
        assert secret not in str(accounts.slack.calls)
        assert secret.encode() not in kept
        assert secret not in capsys.readouterr().out


async def test_a_subaccount_is_deleted_after_a_question_and_by_admins_only(
    accounts: World,
) -> None:
    shown = await answered(accounts, "subaccount delete 59")
    _, delete = shown["blocks"][-1]["elements"]
    assert delete["confirm"]["confirm"]["text"] == "Yes, delete it"
    assert accounts.clicksend.of("subaccounts.delete") == []
    url = f"{accounts.slack.url}/respond"
    await accounts.eve.press(delete["action_id"], delete["value"], response_url=url)
    assert "Ask <@U0ADA>" in (await accounts.slack.next("respond", 2))["text"]
    for text in ("subaccount", "subaccount show 59", "subaccount create x"):
        await accounts.eve.command("/clicksend", text)
    await accounts.slack.next("respond", 5)
    assert accounts.slack.of("views.open") == accounts.clicksend.of("subaccounts.delete") == []
    await accounts.ada.press(delete["action_id"], delete["value"], response_url=url)
    assert "is deleted. By <@U0ADA>" in (await accounts.slack.next("respond", 6))["text"]
    assert len(accounts.clicksend.of("subaccounts.delete")) == 1
    accounts.clicksend.answers["account.get"] = {"_subaccount": account()}
    await accounts.ada.press(delete["action_id"], delete["value"], response_url=url)
    assert "The bot itself uses this" in (await accounts.slack.next("respond", 7))["text"]
    assert len(accounts.clicksend.of("subaccounts.delete")) == 1


async def test_a_hostile_name_formats_nothing_and_turns_nothing_round(accounts: World) -> None:
    names = ["*bold* _it_ `code` ~gone~", "a\u202egpj.exe", "שלום", "🐈" * 90]
    many = [account(number, name) for number, name in enumerate(names, 1)]
    accounts.clicksend.answers["subaccounts.list"] = {"last_page": 1, "data": many}
    text = (await answered(accounts, "subaccount"))["text"]
    assert "*bold*" not in text
    assert "`code`" not in text
    assert "\u202e" not in text
    assert "*agpj.exe*" in text
    assert "*שלום*" in text
