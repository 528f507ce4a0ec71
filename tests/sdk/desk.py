"""Somebody who works with the vendor's own SDK, and writes down which operations answered how.

It runs in an environment that holds the SDK and nothing else of ours.
"""

import ast
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clicksend_client
from clicksend_client import ApiClient, Configuration
from clicksend_client.rest import ApiException

from tests.sandbox.shapes import differences, documented_data

OPERATIONS = json.loads((Path(__file__).parents[1] / "data" / "operations.json").read_text())
DOCUMENTED = {(each["method"], each["path"]): each for each in OPERATIONS}


class Recorder(ApiClient):
    """The SDK's own client, which remembers the operation it called last."""

    last: tuple[str, str] = ("", "")

    def call_api(self, resource_path: str, method: str, *rest: Any, **more: Any) -> Any:
        self.last = (method, resource_path)
        return super().call_api(resource_path, method, *rest, **more)


class Desk:
    """Calls the SDK's methods.

    Args:
        url: Where the sandbox is.
        user: The API's user.
        key: Its key.
    """

    def __init__(self, url: str, user: str, key: str) -> None:
        configuration = Configuration()
        configuration.host = f"{url}/v3"
        configuration.username, configuration.password = user, key
        configuration.proxy = None
        self.url = url
        self.client = Recorder(configuration)
        self.methods: set[tuple[str, str]] = set()
        self.answered: set[tuple[str, str]] = set()
        self.wrong: list[str] = []

    def do(self, api: str, method: str, *args: Any, **more: Any) -> Any:
        """Call a method; the data of its answer, which has to be the documented one."""
        data = self.ask(api, method, *args, **more)
        self.methods.add((api, method))
        self.answered.add(self.client.last)
        operation = DOCUMENTED.get(self.client.last)
        found = differences(documented_data(operation), data) if operation else []
        self.wrong += [f"{api}.{method}: {each}" for each in found]
        return data

    def ask(self, api: str, method: str, *args: Any, **more: Any) -> Any:
        """Call a method whose answer may well be empty; the data of its answer.

        The SDK gives an answer back as the text of a Python object.
        """
        call = getattr(getattr(clicksend_client, api)(self.client), method)
        whole = ast.literal_eval(call(*args, **more))
        if whole["http_code"] != 200 or whole["response_code"] != "SUCCESS":
            self.wrong.append(f"{api}.{method} answered {whole}")
        return whole["data"]

    def gone(self, api: str, method: str, *args: Any) -> None:
        """Call a method for what is not there; it has to be a 404."""
        try:
            getattr(getattr(clicksend_client, api)(self.client), method)(*args)
        except ApiException as error:
            if error.status == 404 and json.loads(error.body)["response_code"] == "NOT_FOUND":
                return
            self.wrong.append(f"{api}.{method} refused with {error.status}: {error.body}")
        else:
            self.wrong.append(f"{api}.{method} found what was deleted")

    def expect(self, what: str, *, holds: bool) -> None:
        """Write down what does not hold."""
        if not holds:
            self.wrong.append(f"it does not hold that {what}")

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Use the sandbox's control path."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data, headers)  # noqa: S310 - the sandbox's own address
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - the same
            return json.load(response)

    def code(self) -> str:
        """The code that was sent last."""
        notes = self.control("state")["notes"]
        return next(str(note["code"]) for note in reversed(notes) if "code" in note)

    def later(self) -> int:
        """An hour from now."""
        return int(self.control("state")["now"]) + 3600

    def settle(self) -> None:
        """Let receipts arrive and campaigns go out."""
        self.control("clock", {"seconds": 5})


def every_method() -> Iterator[tuple[str, str]]:
    """All operations that the SDK has: its classes, and their methods."""
    for name in dir(clicksend_client):
        if name.endswith("Api"):
            for method in dir(getattr(clicksend_client, name)):
                if method.endswith("_with_http_info"):
                    yield name, method.removesuffix("_with_http_info")
