"""A live recording holds nothing of the account it was made with."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot.clicksend import Effect, registry
from tests.clicksend import peer
from tests.clicksend.conftest import API_KEY, USERNAME
from tests.clicksend.peer import Peer
from tests.recording import live, redaction

PERSONAL = ["+61411111111", "61422222222", "Jane", "jane@test.com", "12.34", "8765", "Hello you"]
ANSWER: dict[str, Any] = {
    "total": 1,
    "current_page": 1,
    "last_page": 1,
    "next_page_url": f"/?key={API_KEY}",
    "data": [
        {
            "to": PERSONAL[0],
            "digits": PERSONAL[1],
            "first_name": PERSONAL[2],
            "emails": [PERSONAL[3]],
            "message_price": PERSONAL[4],
            "contact_id": int(PERSONAL[5]),
            "body": PERSONAL[6],
            "status": "Sent",
            "status_code": "201",
            "error_text": None,
            "custom_string": "",
        }
    ],
    "_subaccount": {"api_key": API_KEY, "access_sms": 1},
}


async def test_it_is_redacted_before_it_is_written(tmp_path: Path) -> None:
    step = peer.answer(
        200, peer.enveloped(ANSWER), set_cookie="session=8765", x_request_for=USERNAME
    )
    async with Peer([step]) as there:
        lines = await live.record(there.url, USERNAME, SecretStr(API_KEY), tmp_path)

    written = {path.stem: path.read_text() for path in tmp_path.iterdir()}  # noqa: ASYNC240 - tiny
    assert set(written) == set(live.READS)
    assert [line.partition(":")[0] for line in lines] == list(live.READS)
    for text in written.values():
        assert not [found for found in (*PERSONAL, API_KEY, USERNAME, "Basic") if found in text]


async def test_it_keeps_the_shape_of_the_answer(tmp_path: Path) -> None:
    async with Peer([peer.ok(ANSWER)]) as there:
        await live.record(there.url, USERNAME, SecretStr(API_KEY), tmp_path)

    (interaction,) = yaml.safe_load((tmp_path / "sms.history.yaml").read_text())["interactions"]
    assert interaction["request"]["method"] == "GET"
    data = json.loads(interaction["response"]["body"]["string"])["data"]
    assert data["data"] == [
        {
            "to": "redacted",
            "digits": "00000000000",
            "first_name": "redacted",
            "emails": ["redacted"],
            "message_price": "00.00",
            "contact_id": 0,
            "body": "redacted",
            "status": "Sent",
            "status_code": "201",
            "error_text": None,
            "custom_string": "",
        }
    ]
    assert data["_subaccount"] == {"api_key": "redacted", "access_sms": 0}


@pytest.mark.parametrize("body", [b"<html>Jane", b"", b"\xff"])
def test_what_is_not_json_goes_as_a_whole(body: bytes) -> None:
    kept = redaction.response({"status": {}, "headers": {}, "body": {"string": body}})

    assert kept["body"]["string"] == b"redacted"


@pytest.mark.parametrize("name", live.READS)
def test_only_reads_are_recorded(name: str) -> None:
    assert registry.operation(name).route.effect is Effect.READ


def test_without_credentials_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLICKSEND_USERNAME", raising=False)

    with pytest.raises(SystemExit, match="Set CLICKSEND_USERNAME"):
        live.credentials()
