"""Recordings of the client against the local sandbox, made by vcrpy.

The sandbox's clock stands at one moment, and what differs from one recording to the next (its
port, the ids it makes up) gets one name, so that recording again changes nothing that nobody
changed.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import time_machine
import vcr
from pydantic import SecretStr
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.request import Request

from bot.clicksend import ClickSend
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.server import KEY, USER
from tests.recording.documented import ROOT, cassette
from tests.recording.journeys import JOURNEYS, MONTH, YEAR, Journey
from tests.recording.redaction import HEADERS, REDACTED

FOLDER = ROOT / "cassettes/sandbox"
BASE_URL = "http://clicksend.sandbox/v3"
START = datetime(YEAR, MONTH, 16, 9, 0, tzinfo=UTC)
HEADER = """\
# Recorded by vcrpy from the local sandbox (bot/sandbox/clicksend): it is not ClickSend, and says
# nothing about it. Journey: {name}, in tests/recording/journeys.py. Not edited by hand: after a
# change run `make cassettes` and review the diff.
"""
NUMBERS = frozenset(
    # The documented test numbers, fax numbers included, and one that is none at all.
    {
        "+61411111111", "+61422222222", "+61433333333", "+61444444444", "+14055555555",
        "+14055555666", "+447777777777", "+8615555555555", "+61261111111", "+61262222222",
        "+61263333333", "+000",
    }
)  # fmt: skip
_ID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"\+\d{3,15}")
_PLAIN_NUMBER = re.compile(r"\d{8,15}")
_HOLDS_NUMBERS = re.compile(r"to|from|.*(?:phone|mobile|number)", re.IGNORECASE)


class Unwritten:
    """vcrpy's persister that keeps nothing: what is not fit to keep never reaches a file."""

    @staticmethod
    def load_cassette(cassette_path: object, serializer: object) -> NoReturn:
        """There is none yet."""
        raise CassetteNotFoundError(f"{cassette_path} is made anew by {serializer}")

    @staticmethod
    def save_cassette(*_: object, **__: object) -> None:
        """Nothing."""


async def recordings() -> dict[str, str]:
    """Go on every journey, each against a sandbox of its own.

    Returns:
        The text of each recording, by its file's name.
    """
    logging.getLogger("vcr").disabled = True  # it logs requests before they are redacted
    return {
        f"{name}.yaml": HEADER.format(name=name) + cassette(await _recorded(journey))
        for name, journey in JOURNEYS.items()
    }


def write(texts: Mapping[str, str], folder: Path) -> None:
    """Replace the recordings.

    Args:
        texts: The recordings, by file name.
        folder: Where they go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text)


async def _recorded(journey: Journey) -> list[dict[str, Any]]:
    """Go on a journey; its interactions, fit to keep."""
    recorder = vcr.VCR(record_mode="all", before_record_request=_bare)
    recorder.register_persister(Unwritten)
    with time_machine.travel(START, tick=False) as clock:
        async with (
            ClickSendSandbox().serve() as url,
            ClickSend(f"{url}/v3", USER, SecretStr(KEY)) as client,
        ):
            with recorder.use_cassette("unwritten") as recording:
                await journey(client, lambda seconds: clock.shift(timedelta(seconds=seconds)))
            pairs = zip(recording.requests, recording.responses, strict=True)
            keeper = Keeper(url)
            return [keeper.kept(request, response) for request, response in pairs]


def _bare(request: Request) -> Request:
    """Nothing secret gets as far as the recording."""
    request.headers = {k: v for k, v in request.headers.items() if k.lower() in HEADERS}
    return request


class Keeper:
    """Makes what is kept of the interactions of one recording the same each time.

    Args:
        url: Where the sandbox was served.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._ids: dict[str, str] = {}

    def kept(self, request: Request, response: Mapping[str, Any]) -> dict[str, Any]:
        """One interaction in vcrpy's format, without what is secret or differs each time."""
        headers = {k.lower(): v for k, v in response["headers"].items() if k.lower() in HEADERS}
        return {
            "request": {
                "body": self._text(request.body) if request.body else None,
                "headers": {"content-type": ["application/json"]},
                "method": request.method,
                "uri": self._one_name(request.uri),
            },
            "response": {
                "body": {"string": self._text(response["body"]["string"])},
                "headers": headers,
                "status": dict(response["status"]),
            },
        }

    def _text(self, body: bytes | str) -> str:
        """A body as readable JSON."""
        value = self._one_value(json.loads(body))
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

    def _one_value(self, value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: self._one_value(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._one_value(each, name) for each in value]
        if not isinstance(value, str):
            return value
        if _HOLDS_NUMBERS.fullmatch(name) and _PLAIN_NUMBER.fullmatch(value):
            return _documented(f"+{value}").removeprefix("+")
        return self._one_name(value)

    def _one_name(self, text: str) -> str:
        text = text.replace(self._url, BASE_URL.removesuffix("/v3"))
        text = text.replace(urlsplit(self._url).netloc, urlsplit(BASE_URL).netloc)
        text = text.replace(KEY, REDACTED)
        text = _NUMBER.sub(lambda found: _documented(found[0]), text)
        return _ID.sub(lambda found: self._id(found[0]), text)

    def _id(self, made_up: str) -> str:
        number = len(self._ids) + 1
        return self._ids.setdefault(made_up, f"00000000-0000-4000-8000-{number:012}")


def _documented(number: str) -> str:
    """A documented test number as it is; of any other only its length."""
    return number if number in NUMBERS else "+" + "0" * (len(number) - 1)
