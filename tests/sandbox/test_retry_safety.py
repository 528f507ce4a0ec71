"""What spends money takes effect once at most, whatever its HTTP verb and however it fails."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clicksend import ClickSend, ClickSendError, Effect, Operation, registry
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from tests.sandbox.conftest import Api
from tests.sandbox.examples import BY_ID, before, filled, place

SPENDING = [
    name for name in registry.ids() if registry.operation(name).route.effect is Effect.SPEND
]


@pytest.fixture
async def client(sandbox: ClickSendSandbox) -> AsyncIterator[ClickSend]:
    async with ClickSend(f"{sandbox.url}/v3", USER, SecretStr(KEY)) as made:
        yield made


async def _prepared(api: Api, sandbox: ClickSendSandbox, name: str) -> Operation[Any]:
    """An operation whose documented request can be made here; nothing has arrived yet."""
    placed = await place(api, sandbox, name)
    body = filled(name, BY_ID[name]["request_example"] or {})
    body = await before(api, sandbox, name, body)
    fields = {key: value for key, value in body.items() if value is not None}
    if "file_url" in fields:
        fields["file_url"] = "http://example.com/letter.pdf"
    operation = registry.operation(name).model_validate({**placed, **fields})
    sandbox.requests.clear()
    sandbox.effects.clear()
    return operation


@pytest.mark.parametrize("name", SPENDING)
@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
async def test_a_dropped_connection_is_not_tried_again(
    api: Api, sandbox: ClickSendSandbox, client: ClickSend, name: str, kind: Any
) -> None:
    operation = await _prepared(api, sandbox, name)
    sandbox.fail(kind, name)
    with pytest.raises(ClickSendError) as failed:
        await client.run(operation)
    assert failed.value.ambiguous
    assert [arrived for arrived, _ in sandbox.requests] == [name]
    assert sandbox.effects == ([name] if kind == "cut_after" else [])


@pytest.mark.parametrize("name", SPENDING)
async def test_a_429_is_tried_again_and_takes_effect_once(
    api: Api, sandbox: ClickSendSandbox, client: ClickSend, name: str
) -> None:
    operation = await _prepared(api, sandbox, name)
    sandbox.fail("429", name, times=2, seconds=0)
    await client.run(operation)
    assert [arrived for arrived, _ in sandbox.requests] == [name] * 3
    assert sandbox.effects == [name]


@pytest.mark.parametrize("name", SPENDING)
async def test_a_500_is_not_tried_again(
    api: Api, sandbox: ClickSendSandbox, client: ClickSend, name: str
) -> None:
    operation = await _prepared(api, sandbox, name)
    sandbox.fail("500", name)
    with pytest.raises(ClickSendError) as failed:
        await client.run(operation)
    assert failed.value.ambiguous
    assert [arrived for arrived, _ in sandbox.requests] == [name]
