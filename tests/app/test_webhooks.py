"""ClickSend pushes: every form, every trick of a stranger, once each, stored before the 200."""

import asyncio
import json
import logging
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.app import App
from bot.store import Database, Scope, inbound
from bot.store.tables import inbound as inbound_table
from bot.store.tables import receipts
from tests.app.conftest import World

SECRET = "a-secret-of-twenty-letters"
INBOUND = {
    "message_id": "M1-IN",
    "messageid": "M1-IN",
    "from": "+61411111111",
    "sms": "+61411111111",
    "to": "+61422222222",
    "body": "Is my parcel there?",
    "message": "Is my parcel there?",
    "timestamp": "1780000000",
    "original_body": "Your parcel is on its way",
    "originalmessage": "Your parcel is on its way",
}
RECEIPT = {
    "message_id": "M7",
    "timestamp": "1780000000",
    "timestamp_send": "1780000000",
    "status_code": "301",
    "status": "Undelivered",
    "status_text": "Failed",
    "error_text": "Handset off",
    "message_type": "sms",
}


class Pushes:
    """ClickSend's side of a webhook."""

    def __init__(self, base: str) -> None:
        self.base = base

    async def post(self, what: str, **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            return await http.request(
                more.pop("method", "POST"), f"{self.base}/clicksend/webhooks/{what}", **more
            )

    async def form(self, what: str, values: dict[str, str]) -> httpx.Response:
        return await self.post(f"{SECRET}/{what}", data=values)


@pytest.fixture
async def pushes(outside: World, stack: AsyncExitStack) -> Pushes:
    outside.settings = outside.settings.model_validate(
        {**outside.settings.model_dump(), "webhook_secret": SECRET}
    )
    app = await stack.enter_async_context(App(outside.settings))
    base = f"http://127.0.0.1:{app.port}"
    outside.ada.bot_url = outside.eve.bot_url = base
    return Pushes(base)


async def count(world: World, table: Any) -> int:
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        found = await connection.execute(select(func.count()).select_from(table))
    await database.close()
    return int(found.scalar_one())


@pytest.mark.parametrize("form", ["post", "get", "json", "list", "multipart"])
async def test_a_message_in_each_form_reaches_its_thread(
    outside: World, pushes: Pushes, form: str
) -> None:
    path = f"{SECRET}/inbound/sms"
    sent = {
        "post": {"data": INBOUND},
        "get": {"method": "GET", "params": INBOUND},
        "json": {"json": INBOUND},
        "list": {"json": [INBOUND]},
        "multipart": {"files": {name: (None, value) for name, value in INBOUND.items()}},
    }[form]
    assert (await pushes.post(path, **sent)).status_code == 200
    head = await outside.slack.next("chat.postMessage")
    message = await outside.slack.next("chat.postMessage", 2)
    assert head["channel"] == "C0OPS"
    assert "+61 411 111 111" in head["text"]
    assert message["thread_ts"]
    assert "Is my parcel there?" in message["text"]
    assert "In answer to: Your parcel is on its way" in message["text"]


async def test_a_push_is_durable_before_it_is_acknowledged(outside: World, pushes: Pushes) -> None:
    outside.slack.down = True
    await pushes.form("inbound/sms", INBOUND)
    database = Database(outside.settings.database_url)
    async with database.read() as connection:
        (kept,) = await inbound.of_sender(
            connection, Scope("default", "demo"), "+61411111111", limit=5
        )
    await database.close()
    assert kept.body == "Is my parcel there?"
    assert kept.at == datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)


async def test_what_comes_twice_and_by_polling_too_counts_once(
    outside: World, stack: AsyncExitStack
) -> None:
    outside.clicksend.answers["sms.inbound"] = page(INBOUND)
    outside.clicksend.answers["sms.receipts"] = page(RECEIPT)
    outside.settings = outside.settings.model_validate(
        {**outside.settings.model_dump(), "webhook_secret": SECRET}
    )
    app = await stack.enter_async_context(App(outside.settings))
    pushes = Pushes(f"http://127.0.0.1:{app.port}")
    answers = await asyncio.gather(
        *(pushes.form("inbound/sms", INBOUND) for _ in range(10)),
        *(pushes.form("receipts/sms", RECEIPT) for _ in range(10)),
    )
    assert {answer.status_code for answer in answers} == {200}
    await outside.clicksend.next("sms.mark_inbound_message_read")
    await outside.slack.next("chat.postMessage", 2)
    assert await count(outside, inbound_table) == 1
    assert await count(outside, receipts) == 1
    posts = [each["text"] for each in outside.slack.of("chat.postMessage")]
    assert sum("Is my parcel there?" in text for text in posts) == 1
    assert "was not delivered" not in str(posts)  # nobody here sent it


@pytest.mark.parametrize("secret", ["wrong", SECRET[:-1], SECRET + "x", "%00", "a%2Fb"])
async def test_another_secret_is_as_if_there_were_nothing(
    outside: World, pushes: Pushes, secret: str
) -> None:
    answer = await pushes.post(f"{secret}/inbound/sms", data=INBOUND)
    assert answer.status_code == 404
    assert await count(outside, inbound_table) == 0


async def test_who_guesses_secrets_is_slowed_down(pushes: Pushes) -> None:
    answers = [await pushes.post(f"guess{n}/inbound/sms", data=INBOUND) for n in range(30)]
    assert {answer.status_code for answer in answers} == {404, 429}
    assert (await pushes.form("inbound/sms", INBOUND)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'["x"]', 400),
        (b"null", 400),
        (b"\xff\xfe", 400),
        (b"[" * 5_000, 400),
        (b"&".join(b"a=1" for _ in range(500)), 400),
        (b"x" * (256 * 1024 + 1), 413),
    ],
)
async def test_nonsense_is_refused_and_stores_nothing(
    outside: World, pushes: Pushes, body: bytes, status: int
) -> None:
    answer = await pushes.post(f"{SECRET}/inbound/sms", content=body)
    assert answer.status_code == status
    assert await count(outside, inbound_table) == 0


async def test_other_paths_and_methods_do_not_exist(pushes: Pushes) -> None:
    assert (await pushes.post(f"{SECRET}/inbound/letter", data=INBOUND)).status_code == 404
    assert (await pushes.post(f"{SECRET}/", data=INBOUND)).status_code == 404
    assert (await pushes.post(f"{SECRET}/inbound/sms", method="PUT")).status_code == 405


async def test_the_secret_and_the_text_are_in_no_log(
    outside: World, pushes: Pushes, capfd: pytest.CaptureFixture[str], caplog: Any
) -> None:
    caplog.set_level(logging.INFO)
    await pushes.form("inbound/sms", INBOUND)
    await pushes.post(f"{SECRET}/inbound/sms", content=b"{")
    await outside.slack.next("chat.postMessage", 2)
    said = "".join(capfd.readouterr()) + json.dumps(
        [r.getMessage() for r in caplog.records if not r.name.startswith("httpx")]
    )
    assert "a webhook was not taken" in said
    assert SECRET not in said
    assert "parcel" not in said


def page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"total": len(items), "current_page": 1, "last_page": 1, "data": list(items)}


async def test_a_made_secret_is_the_same_after_a_restart(outside: World) -> None:
    from bot.services.hooks import SECRET as NAME  # noqa: PLC0415 - beside its only use
    from bot.store import kept  # noqa: PLC0415 - beside its only use

    async def secret() -> str:
        async with App(outside.settings):
            pass
        database = Database(outside.settings.database_url)
        async with database.read() as connection:
            found = await kept.get(connection, Scope("default", "demo"), NAME)
        await database.close()
        assert found is not None
        return found[0]

    first = await secret()
    assert len(first) >= 40
    assert await secret() == first
