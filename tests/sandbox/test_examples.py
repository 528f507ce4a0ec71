"""Each documented request is answered in the documented shape."""

import re
from typing import Any

import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from tests.sandbox.conftest import Api
from tests.sandbox.examples import OPERATIONS, run_example

_NUMERIC = re.compile(r"-?\d+(\.\d+)?")


def kinds(value: Any) -> set[str]:
    """The JSON types a value passes for: numbers come as their strings too, says NOTES."""
    if value is None or value == "":
        return {"nothing"}
    if isinstance(value, bool):
        return {"boolean"}
    if isinstance(value, str):
        return {"string", "number"} if _NUMERIC.fullmatch(value) else {"string"}
    return {"number"} if isinstance(value, int | float) else {type(value).__name__}


def differences(documented: Any, found: Any, where: str = "data") -> list[str]:
    """Documented fields that are missing or of another type, down to the first of each list."""
    if "nothing" in kinds(documented) | kinds(found) or [] in (documented, where and found):
        return [] if documented in (None, "", []) or found != [] else [f"{where} is empty"]
    if isinstance(documented, list) and isinstance(found, list):
        return differences(documented[0], found[0], f"{where}[0]")
    if isinstance(documented, dict) and isinstance(found, dict):
        missing = [f"{where}.{name} is missing" for name in documented if name not in found]
        return missing + [
            difference
            for name in documented.keys() & found.keys()
            for difference in differences(documented[name], found[name], f"{where}.{name}")
        ]
    if not kinds(documented) & kinds(found):
        return [f"{where} is {found!r}, documented as {documented!r}"]
    return []


def _documented(operation: dict[str, Any]) -> Any:
    example = operation["response_example"]
    return example["data"] if isinstance(example, dict) and "http_code" in example else example


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each["id"])
async def test_the_documented_request_gets_the_documented_answer(
    operation: dict[str, Any], api: Api, sandbox: ClickSendSandbox
) -> None:
    found = await run_example(api, sandbox, operation["id"])
    if isinstance(_documented(operation), dict):
        assert isinstance(found, dict)
    assert differences(_documented(operation), found) == []
