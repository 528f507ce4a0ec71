"""The bot's client and the sandbox still talk as they did when it was recorded."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import vcr
import yaml
from pydantic import SecretStr
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.request import Request

from bot.clicksend import ClickSend, registry
from bot.clicksend.operations.account import GetAccount
from bot.sandbox.clicksend.server import KEY
from tests.recording import sandbox
from tests.recording.journeys import JOURNEYS

FACTS = {
    "balance": {"left": True, "packages": True},
    "usage": {"sms": [True, True]},
    "sms": {"accepted": [True, True, False], "costs what was said": True},
    "fax": {"accepted": [True], "price": True},
    "campaigns": {"status": ["Scheduled", "Cancelled"]},
    "refusals": {"refused": [("NotFound", False), ("NotFound", False)]},
    "receipts": {"seen": [0, 1, 0], "codes": ["201"]},
}
MAIN_JOB = {
    "account.get", "account.usage", "recharge.packages", "sms.price", "sms.send", "fax.price",
    "fax.send", "uploads.upload", "sms_campaigns.list", "mms_campaigns.list",
    "email_campaigns.list", "sms_campaigns.get", "sms_campaigns.cancel", "sms.receipts",
    "fax.receipts", "voice.receipts", "sms.mark_receipts_read",
}  # fmt: skip


def json_body(played: Request, recorded: Request) -> None:
    """A vcrpy matcher: the same JSON, however it is spelled."""
    assert json.loads(played.body or b"null") == json.loads(recorded.body or b"null")


def player(name: str) -> vcr.cassette.CassetteContextDecorator:
    """The recording of a journey, to be played in its order and never added to."""
    made = vcr.VCR(record_mode="none", match_on=["method", "scheme", "host", "port", "path",
                                                 "query", "json_body"])  # fmt: skip
    made.register_matcher("json_body", json_body)
    return made.use_cassette(str(sandbox.FOLDER / f"{name}.yaml"))


@pytest.mark.parametrize("name", JOURNEYS)
async def test_a_journey_goes_as_it_was_recorded(name: str) -> None:
    async with ClickSend(sandbox.BASE_URL, "demo", SecretStr("any")) as client:
        with player(name) as recording:
            facts = await JOURNEYS[name](client, lambda _: None)
            assert recording.all_played
            assert recording.play_count == len(recording.requests)
    assert facts == FACTS[name]


async def test_what_was_not_recorded_is_not_played() -> None:
    async with ClickSend(sandbox.BASE_URL, "demo", SecretStr("any")) as client:
        with player("usage") as recording:
            with pytest.raises(CannotOverwriteExistingCassetteException):
                await client.run(GetAccount())
            assert not recording.all_played


async def test_recording_again_changes_nothing() -> None:
    recorded = {path.name: path.read_text() for path in sandbox.FOLDER.iterdir()}
    assert await sandbox.recordings() == recorded


def test_the_calls_of_the_main_job_are_all_there() -> None:
    patterns = {
        name: (route.method, re.compile("/v3" + re.sub(r"\{\w+\}", r"\\d+", route.path)))
        for name, route in ((name, registry.operation(name).route) for name in registry.ids())
    }
    found = set()
    for path in sandbox.FOLDER.iterdir():
        for each in yaml.safe_load(path.read_text())["interactions"]:
            request = each["request"]
            at = urlsplit(request["uri"]).path
            found |= {
                name
                for name, (method, pattern) in patterns.items()
                if method == request["method"] and pattern.fullmatch(at)
            }
    assert found >= MAIN_JOB


@pytest.mark.parametrize("path", sorted(sandbox.FOLDER.iterdir()), ids=lambda path: str(path.name))
def test_it_says_where_it_comes_from_and_tells_no_secret(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(sandbox.HEADER.format(name=path.stem))
    for secret in ("Basic ", "authorization", "127.0.0.1", "localhost", KEY):
        assert secret.lower() not in text.lower()
    assert set(re.findall(r"\+\d{3,}", text)) <= sandbox.NUMBERS


def test_what_is_secret_personal_or_made_up_gets_another_name() -> None:
    keeper = sandbox.Keeper("http://127.0.0.1:40123")
    answer = {
        "user_phone": "61298765432",
        "from": "61411111111",
        "api_key": KEY,
        "text": "Call +61298765432 or +61411111111",
        "ids": ["9A7F2C1E-0000-4AAA-8BBB-123456789ABC", "1B7F2C1E-0000-4AAA-8BBB-123456789ABC"],
        "next_page_url": "http://127.0.0.1:40123/v3/sms/9A7F2C1E-0000-4AAA-8BBB-123456789ABC",
        "timestamp": 1773651600,
    }
    kept = keeper.kept(
        Request("GET", "http://127.0.0.1:40123/v3/account", None, {"authorization": "Basic x"}),
        {
            "headers": {"Content-Type": ["application/json"], "Set-Cookie": ["a=b"]},
            "body": {"string": json.dumps(answer).encode()},
            "status": {"code": 200, "message": "OK"},
        },
    )
    assert kept["request"]["headers"] == {"content-type": ["application/json"]}
    assert kept["request"]["uri"] == "http://clicksend.sandbox/v3/account"
    assert kept["response"]["headers"] == {"content-type": ["application/json"]}
    first, second = (f"00000000-0000-4000-8000-{number:012}" for number in (1, 2))
    assert json.loads(kept["response"]["body"]["string"]) == {
        "user_phone": "00000000000",
        "from": "61411111111",
        "api_key": "redacted",
        "text": "Call +00000000000 or +61411111111",
        "ids": [first, second],
        "next_page_url": f"http://clicksend.sandbox/v3/sms/{first}",
        "timestamp": 1773651600,
    }
