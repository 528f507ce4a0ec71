"""Whatever arrives at any endpoint: no 500, no traceback to whoever sent it, nothing secret logged.

The bot is whole, between its two fakes; what is signed is signed as Slack does it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import logs
from bot.app import App
from bot.setting_types import LogFormat
from bot.settings import Settings
from commands import build_router
from tests.app.world import SECRET, FakeClickSend, FakeSlack, serving
from tests.slack import payloads

HOOK = "a-hook-secret-of-this-test"
KEY = "KEY-THAT-NOBODY-SEES"
PRIVATE = ("+61411111111", "Dear Bob, your code is", HOOK, KEY, SECRET, "xoxb-sandbox")
"""What must not stand in the log; the first two are put into what is sent, again and again."""
FUZZ = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

KINDS = {
    "action": "block_actions",
    "view": "view_submission",
    "shortcut": "shortcut",
    "options": "block_suggestion",
}
"""What each kind of handler gets."""
NONSENSE = ["", f"{PRIVATE[0]} {PRIVATE[1]} 1", "{}", "[1", "-1", "\0", "9" * 40]

words = st.sampled_from(
    [PRIVATE[0], f"{PRIVATE[1]} 123", "", "0", "<!channel>", "\0", "\ud83d\ude00", "../../etc", "{"]
) | st.text(max_size=40)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words
things = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
USERS = st.integers(0, 9_999).map(lambda number: f"U{number}")
"""Many: each is told one thing a second."""
IDS = st.sampled_from(
    ["sms.form", "send.confirm", "approval.approve", "send.undo", "home.x", "inbox.reply", "x:y"]
)


@dataclass
class Target:
    """Where a whole bot listens, and what it logs."""

    http: httpx.AsyncClient
    log: StringIO
    loop: asyncio.AbstractEventLoop
    looked: int = 0

    def logged(self) -> str:
        """What was logged since the last look."""
        self.log.seek(self.looked)
        fresh = self.log.read()
        self.looked = self.log.tell()
        return fresh

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        asked = self.http.request(method, path, content=body, headers=dict(headers or {}))
        return self.loop.run_until_complete(asked)

    def slack(self, payload: dict[str, Any]) -> httpx.Response:
        body, kind = payloads.encoded(payload)
        return self.signed(body, kind)

    def signed(self, body: bytes, kind: str) -> httpx.Response:
        headers = {**payloads.signed(body, secret=SECRET), "content-type": kind}
        return self.ask("POST", "/slack/events", body, headers)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    found = asyncio.new_event_loop()
    yield found
    found.close()


@pytest.fixture(scope="module")
def target(
    loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    folder, hasty = tmp_path_factory.mktemp("fuzz"), pytest.MonkeyPatch()
    hasty.setattr("bot.app.DRAIN_SECONDS", 1.0)  # what is still read for commands, nobody awaits
    opened = opening(folder)
    http = loop.run_until_complete(opened.__aenter__())
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("DEBUG", LogFormat.JSON, secrets=[HOOK, KEY, SECRET])
    written = StringIO()
    stream = root.handlers[0]
    assert isinstance(stream, logging.StreamHandler)
    stream.setStream(written)
    yield Target(http, written, loop)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    loop.run_until_complete(opened.__aexit__(None, None, None))
    hasty.undo()


@asynccontextmanager
async def opening(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with AsyncExitStack() as stack:
        slack = FakeSlack()
        api = await stack.enter_async_context(serving(FakeClickSend().__call__))
        slack.url = await stack.enter_async_context(serving(slack.__call__))
        app = App(
            Settings.model_validate(
                {
                    "bot_mode": "http",
                    "slack_bot_token": "xoxb-sandbox",
                    "slack_signing_secret": SECRET,
                    "slack_api_url": f"{slack.url}/api/",
                    "clicksend_username": "demo",
                    "clicksend_api_key": KEY,
                    "clicksend_base_url": f"{api}/v3",
                    "database_url": f"sqlite+aiosqlite:///{folder}/bot.sqlite3",
                    "webhook_secret": HOOK,
                    "bot_admins": ",".join(f"U{number}" for number in range(5_000)),
                    "bot_port": 0,
                }
            )
        )
        await stack.enter_async_context(app)
        yield await stack.enter_async_context(
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{app.port}", trust_env=False, timeout=30)
        )


def wrong(answer: httpx.Response, target: Target) -> list[str]:
    """What broke, and what leaks into the answer or the log."""
    logged = target.logged()
    broke = [f"{answer.status_code}: {answer.text}"] if answer.status_code >= 500 else []
    told = [each for each in ("Traceback", "bot/") if each in answer.text]
    lines = [line for line in logged.splitlines() if any(each in line for each in PRIVATE)]
    return broke + told + (lines or [each for each in PRIVATE if each in logged])


PATHS = ["/healthz", "/readyz", "/metrics", "/slack/events", "/", "/clicksend/webhooks/wrong/x"]


@FUZZ
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    path=st.sampled_from(PATHS) | words.map(lambda text: "/" + quote(text, errors="replace")),
    body=st.binary(max_size=300),
    kind=st.sampled_from(["application/json", "text/plain", "multipart/form-data", "x", ""]),
    agent=st.text("abc-;=/", max_size=20),
)
def test_a_stranger(
    *, target: Target, method: str, path: str, body: bytes, kind: str, agent: str
) -> None:
    answer = target.ask(method, path, body, {"content-type": kind, "x-slack-signature": agent})
    assert wrong(answer, target) == []
    if path == "/slack/events":
        assert answer.status_code in {401, 405}
    if "webhooks" in path:
        assert answer.status_code in {404, 405, 429}


HOOKS = [f"{what}/{kind}" for what in ("receipts", "inbound") for kind in ("sms", "mms", "fax")]


@FUZZ
@given(
    what=st.sampled_from([*HOOKS, "receipts/voice", "nothing", "test/abcdefgh12"]),
    values=st.dictionaries(
        st.sampled_from(["message_id", "status", "status_code", "from", "to", "body", "timestamp"])
        | words,
        things,
        max_size=6,
    ),
    form=st.sampled_from(["json", "list", "form", "query", "raw"]),
    raw=st.binary(max_size=200),
)
def test_a_push_with_the_right_secret(
    *, target: Target, what: str, values: dict[str, Any], form: str, raw: bytes
) -> None:
    path = f"/clicksend/webhooks/{HOOK}/{what}"
    body, kind = raw, "multipart/form-data; boundary=x"
    pairs = urlencode({k: str(v) for k, v in values.items()}, errors="replace")
    if form in {"json", "list"}:
        body, kind = json.dumps([values] if form == "list" else values).encode(), "application/json"
    elif form == "form":
        body, kind = pairs.encode(), "application/x-www-form-urlencoded"
    elif form == "query":
        body, path = b"", f"{path}?{pairs}"
    assert wrong(target.ask("POST", path, body, {"content-type": kind}), target) == []


@FUZZ
@given(
    slash=st.sampled_from(["/clicksend", "/sms", "/fax", "/balance", "/usage", "/other"]),
    noun=st.sampled_from(["", "sms", "sms send", "campaign", "inbox", "audit", "api", "access"]),
    text=words,
    user=USERS,
)
def test_a_command(*, target: Target, slash: str, noun: str, text: str, user: str) -> None:
    typed = f"{noun} {text}".encode("utf-8", "replace").decode()
    answer = target.slack(payloads.command(slash, typed, user_id=user))
    assert answer.status_code == 200
    assert wrong(answer, target) == []


@FUZZ
@given(
    kind=st.sampled_from(
        ["block_actions", "view_submission", "view_closed", "shortcut", "message_action", "odd"]
    ),
    name=IDS | words,
    values=things,
    metadata=words,
    user=USERS,
)
@example(kind="block_actions", name=f"{PRIVATE[1]} 1", values=None, metadata="", user="U0")
def test_an_interaction(
    *, target: Target, kind: str, name: str, values: Any, metadata: str, user: str
) -> None:
    view = payloads.view(name, private_metadata=metadata, state={"values": values})
    action = {"action_id": name, "value": metadata, "selected_option": values}
    payload = payloads.interaction(
        kind,
        user={"id": user},
        callback_id=name,
        view=view,
        actions=[action],
        message={"text": metadata, "ts": "1.1"},
    )
    assert wrong(target.slack(payload), target) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_handler_with_nonsense_for_what_it_put_into_its_form(
    *, target: Target, kind: str
) -> None:
    names = sorted(build_router().names(kind))
    assert names
    for number, name in enumerate(names):
        answer = target.slack(nonsense(kind, name, number))
        assert answer.status_code == 200
        assert wrong(answer, target) == []


def nonsense(kind: str, name: str, number: int) -> dict[str, Any]:
    """A payload for a handler that has something else in every place."""
    text = NONSENSE[number % len(NONSENSE)]
    option = {"value": text, "text": {"type": "plain_text", "text": text}}
    element = {
        "value": text,
        "selected_option": option,
        "selected_options": [option],
        "selected_users": [text],
        "selected_conversation": text,
        "selected_date_time": number,
        "files": [{"id": text, "name": text}],
    }
    return payloads.interaction(
        KINDS[kind],
        user={"id": f"U{number}"},
        callback_id=name,
        action_id=name,
        value=text,
        view=payloads.view(name, private_metadata=text, state={"values": {name: {name: element}}}),
        actions=[{**element, "action_id": f"{name}:{text}"}],
        message={"text": text, "ts": "1.1"},
        channel={"id": "C1"},
    )


@FUZZ
@given(kind=st.sampled_from(["app_home_opened", "message", "app_mention", "x"]), more=things)
def test_an_event(*, target: Target, kind: str, more: Any) -> None:
    values = {str(k): v for k, v in more.items()} if isinstance(more, dict) else {"text": more}
    assert wrong(target.slack(payloads.event(kind, **{**values, "type": kind})), target) == []


@FUZZ
@given(
    body=st.binary(max_size=200) | things.map(lambda thing: json.dumps(thing).encode()),
    kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", ""]),
    form=st.booleans(),
)
def test_anything_that_is_signed(*, target: Target, body: bytes, kind: str, form: bool) -> None:
    sent = b"payload=" + quote(body).encode() if form else body
    assert wrong(target.signed(sent, kind), target) == []
