"""Misusing an operation is an error of mypy, before anything runs."""

import re
from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parents[2]

PROGRAM = """
from pydantic import JsonValue, Secret, SecretStr

from bot.clicksend import ClickSend, Operation, Page
from bot.clicksend.operations.account import Account, GetAccount, GetUsage
from bot.clicksend.operations.alpha_tags import (
    AlphaTag, AlphaTagReason, AlphaTags, CreateAlphaTag, DeleteAlphaTag, ListAlphaTags
)
from bot.clicksend.operations.numbers import BuyNumber, NumberSearch, OfferedNumber, SearchNumbers
from bot.clicksend.operations.recharge import UpdatePaymentInfo
from bot.clicksend.operations.sms import SendSms, SmsMessage, SmsRecord, ListSmsHistory
from bot.clicksend.operations.sms_inbound_rules import CreateSmsInboundRule, MessageSearch
from bot.clicksend.operations.sms_receipt_rules import CreateSmsReceiptRule
from bot.clicksend.operations.subaccounts import RegenerateApiKey
from bot.clicksend.rules import ReceiptMatch, RuleAction
from bot.clicksend.senders import ReviewStatus


async def right(client: ClickSend) -> None:
    account: Account = await client.run(GetAccount())
    tags: AlphaTags = await client.run(ListAlphaTags(status=(ReviewStatus.PENDING,), alpha_tag="a"))
    gone: JsonValue = await client.run(DeleteAlphaTag(alpha_tag_id="a"))
    key: SecretStr = (await client.run(RegenerateApiKey(subaccount_id=1))).api_key
    records: list[SmsRecord] = [r async for r in client.pages(ListSmsHistory(limit=15))]
    found: list[AlphaTag] = [t async for t in client.pages(ListAlphaTags(page_size=500))]
    offers: list[OfferedNumber] = [o async for o in client.pages(SearchNumbers(country="AU"))]
    pages: Operation[Page[OfferedNumber]] = SearchNumbers(country="AU")
    SmsMessage(to="+61411111111", body="Hello", from_="Me")
    CreateSmsReceiptRule(
        rule_name="R",
        action=RuleAction.POLL,
        action_address="",
        enabled=True,
        match_type=ReceiptMatch.ALL,
    )


async def wrong(client: ClickSend) -> None:
    GetUsage(year=2026)  # E: call-arg
    GetUsage(year=2026, month="March")  # E: arg-type
    GetUsage(year=2026, mont=3)  # E: call-arg
    SendSms(messages="Hello")  # E: arg-type
    SendSms(messages=(SmsMessage(to="+61411111111", text="Hello"),))  # E: call-arg
    BuyNumber()  # E: call-arg
    BuyNumber(dedicated_number=61411111111)  # E: arg-type
    SearchNumbers(country="AU", search_type=1)  # E: arg-type
    SearchNumbers(country="AU", search_type=NumberSearch.ANYWHERE).country = "US"  # E: misc
    CreateAlphaTag(alpha_tag="Shop", reason="Company Name")  # E: arg-type
    ListAlphaTags(page=2)  # E: call-arg
    ListAlphaTags(status="PENDING")  # E: arg-type
    UpdatePaymentInfo(number="4111", expiry_month=1, name="R", cvc=1)  # E: arg-type,call-arg
    CreateSmsReceiptRule(  # E: call-arg
        rule_name="R",
        action="POLL",  # E: arg-type
        action_address="",
        enabled=True,
        match_type=0,  # E: arg-type
        match_typ=0,
    )
    CreateSmsInboundRule(  # E: call-arg
        rule_name="R",
        action=RuleAction.POLL,
        action_address="",
        enabled="on",  # E: arg-type
        message_search_type=MessageSearch.CONTAINS,
        message_search_term="STOP",
    )
    account: Account = await client.run(ListAlphaTags())  # E: arg-type
    key: str = (await client.run(RegenerateApiKey(subaccount_id=1))).api_key  # E: assignment
    [r async for r in client.pages(GetAccount())]  # E: arg-type,var-annotated
    tags: list[AlphaTag] = [s async for s in client.pages(ListSmsHistory())]  # E: misc
    (await client.run(GetAccount())).balanse  # E: attr-defined
"""


def expected() -> set[tuple[int, str]]:
    """The errors that the program announces, by line."""
    return {
        (number, code)
        for number, line in enumerate(PROGRAM.splitlines(), 1)
        if (announced := re.search(r"# E: ([\w,-]+)$", line))
        for code in announced[1].split(",")
    }


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[int, str]]:
    """The errors that mypy finds; it has its cache beside that of ``make lint``."""
    program = tmp_path_factory.mktemp("typing") / "program.py"
    program.write_text(PROGRAM)
    out, problem, _ = api.run(
        [
            "--config-file",
            str(ROOT / "pyproject.toml"),
            "--cache-dir",
            str(ROOT / ".mypy_cache"),
            "--no-error-summary",
            str(program),
        ]
    )
    assert problem == ""
    errors = re.findall(r"program\.py:(\d+): error: .*\[([\w-]+)\]$", out, re.MULTILINE)
    assert len(errors) == out.count(": error: "), out
    return {(int(line), code) for line, code in errors}


def test_wrong_fields_and_types_are_errors_and_nothing_else_is(
    found: set[tuple[int, str]],
) -> None:
    assert found == expected()
    assert len(found) > 20
