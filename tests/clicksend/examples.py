"""Operations and answers out of the documented recordings."""

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml
from vcr.request import Request

from bot.clicksend import Operation, registry
from tests.recording import documented

BASE_URL = documented.BASE_URL
DOCUMENTED = documented.documented()
"""The documented operations by id, corrected."""
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where it was built in: every worker reads 200 recordings."""


def recorded(name: str) -> Path:
    """Where the recording of an operation is."""
    return documented.FOLDER / f"{name}.yaml"


def operation_of(request: Request, cls: type[Operation[Any]]) -> Operation[Any]:
    """The operation whose fields a recorded request carries in its path, query and body."""
    parts = urlsplit(request.uri)
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", cls.route.path)
    found = re.fullmatch(urlsplit(BASE_URL).path + pattern, parts.path)
    assert found, f"{parts.path} is not {cls.route.path}"
    path = {name: unquote(value) for name, value in found.groupdict().items()}
    body = json.loads(request.body) if request.body else {}
    assert isinstance(body, dict)
    return cls.model_validate({**path, **fields_of(parts.query), **body})


def fields_of(query: str) -> dict[str, object]:
    """A query's values by name; those of an array (``name[0]``, ``name[1]``) together."""
    single: dict[str, object] = {}
    several: dict[str, list[str]] = defaultdict(list)
    for name, value in parse_qsl(query):
        array = re.fullmatch(r"(.+)\[\d+\]", name)
        if array:
            several[array[1]].append(value)
        else:
            single[name] = value
    return {**single, **several}


@cache
def example(name: str) -> tuple[Operation[Any], int, bytes]:
    """A documented operation, and the HTTP status and body of its answer."""
    text = recorded(name).read_text()
    (interaction,) = yaml.load(text, Loader=_LOADER)["interactions"]  # noqa: S506 - both are safe
    asked, answered = interaction["request"], interaction["response"]
    request = Request(asked["method"], asked["uri"], asked["body"], asked["headers"])
    operation = operation_of(request, registry.operation(name))
    return operation, answered["status"]["code"], answered["body"]["string"].encode()
