"""What the page of the local Slack asks for, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox import slack as package
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.phones import SandboxPhones
from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.receiver import Receiver

ADA, OPS = "U0ADA", "C0OPS"
PAGE = Path(str(package.__file__)).parent / "page"


@asynccontextmanager
async def watching(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    async with http.get(f"{slack.url}/page/events") as response:

        async def events() -> AsyncIterator[dict[str, Any]]:
            async for line in response.content:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))

        yield events()


async def do(
    slack: SlackSandbox, http: aiohttp.ClientSession, what: str, **body: Any
) -> tuple[int, dict[str, Any]]:
    async with http.post(f"{slack.url}/page/do/{what}", json={"user": ADA, **body}) as answer:
        known = answer.content_type == "application/json"
        return answer.status, await answer.json() if known else {}


async def test_everything_the_page_loads_is_in_the_package(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"{slack.url}/") as response:
        page = await response.text()
        policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    wanted = re.findall(r'(?:src|href)="(/page/[^"]+)"', page)
    assert len(wanted) > 4
    for name in wanted:
        async with http.get(slack.url + name) as response:
            assert response.status == 200, name


def test_nothing_of_the_page_comes_from_elsewhere_or_makes_html_of_text() -> None:
    for file in PAGE.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".svg":
            continue
        assert not re.search(r"https?://", text), file.name
        code = re.sub(r"//.*", "", text)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", code)


def test_every_module_imports_only_what_is_there() -> None:
    for file in PAGE.glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', file.read_text(encoding="utf-8")):
            assert (PAGE / name).is_file(), f"{file.name} imports {name}"


async def test_a_page_gets_everything_first_and_then_what_changes(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    async with watching(slack, http) as events:
        first = await anext(events)
        slack.say(ADA, OPS, "hello <b>")
        second = await anext(events)

    assert first["kind"] == "all"
    assert first["data"]["people"][ADA]["name"] == "Ada"
    listed = {each["command"] for each in first["data"]["commands"]}
    assert {"/clicksend", "/sms", "/balance"} <= listed
    assert second["kind"] == "message"
    assert second["data"]["text"] == "hello &lt;b&gt;"


async def test_a_command_typed_in_the_page_reaches_the_bot(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    receiver = Receiver(answer={"text": "Fine", "response_type": "in_channel"})
    async with receiver.serve() as slack.request_url:
        status, _ = await do(slack, http, "say", channel=OPS, text="/balance  now ")

    assert status == 200
    assert (receiver.payloads[0]["command"], receiver.payloads[0]["text"]) == ("/balance", "now")
    assert [(each.text, each.only_for) for each in slack.messages] == [("Fine", None)]


async def test_a_command_that_nobody_declared_is_refused_by_slack_itself(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    await do(slack, http, "say", channel=OPS, text="/blance")
    assert slack.messages[0].text == "/blance is not a valid command."
    assert slack.messages[0].only_for == ADA


async def test_another_site_cannot_use_the_page(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    for headers in (
        {"host": "rebound.example"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ):
        async with http.post(
            f"{slack.url}/page/do/say",
            json={"user": ADA, "channel": OPS, "text": "no"},
            headers=headers,
        ) as response:
            assert response.status == 403
    async with http.post(f"{slack.url}/page/do/say", data={"user": ADA}) as response:
        assert response.status == 404
    assert slack.messages == []


async def test_a_path_out_of_the_page_is_not_there(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    for path in ("/page/..%2fserver.py", "/page/../server.py", "/page//etc/passwd", "/page/"):
        async with http.get(slack.url + path) as response:
            assert response.status == 404, path


async def test_a_file_given_in_the_page_is_fetched_by_the_bot_only(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    headers = {"content-type": "application/octet-stream"}
    where = f"{slack.url}/page/upload?user={ADA}&name=..%2Fletter.pdf"
    async with http.post(where, data=b"%PDF-1.4", headers=headers) as response:
        file = await response.json()
    assert (file["name"], file["size"]) == ("letter.pdf", 8)
    async with http.get(f"{slack.url}/files/{file['id']}") as response:
        assert response.status == 404
    async with http.get(
        f"{slack.url}/files/{file['id']}", headers={"authorization": "Bearer xoxb-sandbox"}
    ) as response:
        assert await response.read() == b"%PDF-1.4"


async def test_trouble_is_made_and_a_tour_is_skipped_from_the_page(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    assert (await do(slack, http, "faults", down=True, slow=0.5, strict=True))[0] == 200
    assert (slack.faults.down, slack.faults.slow, slack.api.strict) == (True, 0.5, True)
    assert (await do(slack, http, "faults", slow="x"))[0] == 400
    assert (await do(slack, http, "skip"))[0] == 200
    assert slack.guide.skipped
    assert (await do(slack, http, "shout"))[0] == 404


async def test_what_is_not_there_any_more_is_said(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    for what, body in (
        ("submit", {"view_id": "V0"}),
        ("act", {"channel": OPS, "ts": "1.1", "block_id": "b", "action_id": "a"}),
        ("say", {"channel": "C0NONE", "text": "x"}),
        ("say", {"user": "U0NONE", "channel": OPS, "text": "x"}),
        ("home", {"user": "U0NONE"}),
        ("say", {}),
    ):
        status, answer = await do(slack, http, what, **body)
        assert (status, list(answer)) == (400, ["error"]), what


async def test_the_phones_are_shown_and_the_account_can_be_changed(
    http: aiohttp.ClientSession,
) -> None:
    clicksend = ClickSendSandbox()
    slack = SlackSandbox(phones=SandboxPhones(clicksend))
    async with slack.serve(), watching(slack, http) as events:
        first = await anext(events)
        assert first["data"]["phones"]["balance"] == "100.00"
        assert (await do(slack, http, "phones", balance="7.5", ahead=3600))[0] == 200
        for nonsense in (
            {"balance": "NaN"},
            {"balance": "-1"},
            {"ahead": "inf"},
            {"delay": "x"},
            {"reply": {"from": "<b>", "to": "+61411111111", "body": "x"}},
            {"reply": {"from": "+61411111111", "to": "+61411111111", "body": ""}},
            {"fault": {"kind": "earthquake"}},
        ):
            assert (await do(slack, http, "phones", **nonsense))[0] == 400

    assert str(clicksend.state.balance) == "7.5"
    assert clicksend.state.ahead == 3600


async def test_customers_text_back_and_calls_fail_where_the_account_knows_how(
    http: aiohttp.ClientSession,
) -> None:
    class Knowing(ClickSendSandbox):
        """Keeps what it was told."""

        texted: tuple[str, ...] = ()
        failing: tuple[str, str, int] = ("", "", 0)

        def text_in(self, sender: str, body: str, to: str | None = None) -> dict[str, Any]:
            self.texted = (sender, body, str(to))
            return {}

        def fail(
            self, kind: Any, operation: str = "*", *, times: int = 1, seconds: float = 20.0
        ) -> None:
            del seconds
            self.failing = (kind, operation, times)

    clicksend = Knowing()
    slack = SlackSandbox(phones=SandboxPhones(clicksend))
    reply = {"from": "+61411111111", "to": "+61422222222", "body": "Yes please"}
    async with slack.serve():
        assert (await do(slack, http, "phones", reply=reply))[0] == 200
        fault = {"kind": "cut_after", "operation": "sms.send"}
        assert (await do(slack, http, "phones", fault=fault))[0] == 200

    assert clicksend.texted == ("+61411111111", "Yes please", "+61422222222")
    assert clicksend.failing == ("cut_after", "sms.send", 1)


async def test_a_message_is_sent_with_files_and_its_mentions_are_marked(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    png = slack.attach(ADA, "hours.png", b"\x89PNG\r\n\x1a\n")["id"]
    page = slack.attach(ADA, "page.html", b"<script>")["id"]
    text = "@clicksend ask @Ben & <@U0CLEO>, not mail@ada.example or @Benny"
    assert (await do(slack, http, "say", channel=OPS, text=text, files=[png]))[0] == 200
    said = slack.messages[-1]
    assert said.text == ("<@U0BOT> ask <@U0BEN> &amp; <@U0CLEO>, not mail@ada.example or @Benny")
    assert [each["id"] for each in said.wire()["files"]] == [png]
    assert (await do(slack, http, "say", channel=OPS, text="", files=["F0NONE"]))[0] == 400
    async with http.get(f"{slack.url}/page/file/{png}") as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
    for other in (page, "F0NONE"):
        async with http.get(f"{slack.url}/page/file/{other}") as answer:
            assert answer.status == 404
