"""Each documented request is answered in the documented shape."""

from typing import Any

import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from tests.sandbox.conftest import Api
from tests.sandbox.examples import OPERATIONS, run_example
from tests.sandbox.shapes import differences, documented_data


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each["id"])
async def test_the_documented_request_gets_the_documented_answer(
    operation: dict[str, Any], api: Api, sandbox: ClickSendSandbox
) -> None:
    found = await run_example(api, sandbox, operation["id"])
    if isinstance(documented_data(operation), dict):
        assert isinstance(found, dict)
    assert differences(documented_data(operation), found) == []


@pytest.mark.parametrize(
    ("documented", "found", "count"),
    [
        ({"a": 1}, {"a": 2, "b": 3}, 0),
        ({"a": 0.07}, {"a": "0.0700"}, 0),
        ({"a": "x"}, {"a": None}, 0),
        ({"a": "x"}, {}, 1),
        ({"a": "x"}, {"a": {}}, 1),
        ({"a": 1}, {"a": "x"}, 1),
        ({"a": [{"b": 1}]}, {"a": []}, 1),
        ({"a": [{"b": 1}]}, {"a": [{}]}, 1),
        ({"a": True}, {"a": 1}, 1),
        ([], None, 0),
        ([], True, 0),
    ],
)
def test_a_comparison_finds_what_is_missing_or_of_another_type(
    documented: Any, found: Any, count: int
) -> None:
    assert len(differences(documented, found)) == count
