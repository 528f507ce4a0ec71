"""The Web API: what is sent, what comes back, and what is made of errors."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.slack import client, wire
from bot.slack.blocks import Message, escape, modal, section
from bot.slack.client import FileError, MessageRef, Slack, SlackError
from tests.slack.workspace import TOKEN, Workspace

HELLO = Message("hello", (section("*hello*"),))
FORM = modal("form", "Form", [section("x")])


async def test_a_message_is_posted_with_its_text_and_blocks(
    slack: Slack, workspace: Workspace
) -> None:
    workspace.answer("chat.postMessage", channel="C1", ts="1.5")

    assert await slack.post("C1", HELLO) == MessageRef("C1", "1.5")
    (sent,) = workspace.of("chat.postMessage")
    assert sent["text"] == "hello"
    assert sent["blocks"][0]["text"] == {"type": "mrkdwn", "text": "*hello*", "verbatim": True}
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)
    assert workspace.authorizations == [("/api/chat.postMessage", f"Bearer {TOKEN}")]


@given(st.text(alphabet="a&<>é漢😀 ", max_size=6000))
def test_the_summary_beside_blocks_can_be_changed_again_however_long(text: str) -> None:
    sent = str(wire.content(Message(escape(text), HELLO.blocks))["text"])
    assert len(sent.encode()) <= 4_000
    assert not re.search(r"&[a-z]{0,4}(…|$)", sent)
    if len(escape(text).encode()) <= 4_000:
        assert sent == escape(text)


async def test_a_slack_that_says_no_more_than_ok_is_understood(slack: Slack) -> None:
    assert await slack.post("C1", HELLO) == MessageRef("C1", "")
    assert await slack.dm("U1", HELLO) == MessageRef("U1", "")
    assert await slack.open_view("t", FORM) == ""
    assert await slack.permalink("C1", "1.5") is None
    assert _offset(await slack.people.zone_of("U1")) == timedelta(0)


def _offset(zone: tzinfo) -> timedelta | None:
    return datetime.now(zone).utcoffset()


async def test_one_message_a_second_goes_to_a_channel(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async with aiohttp.ClientSession() as session:
        slack = Slack(SecretStr(TOKEN), workspace.api, session, clock=lambda: 100.0)
        monkeypatch.setattr(client.asyncio, "sleep", sleep)
        await slack.post("C1", HELLO)
        await slack.post("C1", HELLO)
        await slack.post("C2", HELLO)
        await slack.post("C1", HELLO)

    assert [seconds for seconds in waited if seconds] == [1.0, 2.0]


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived"])
@pytest.mark.parametrize("message", [HELLO, Message("hello")], ids=["blocks", "text"])
async def test_where_the_bot_may_not_post_the_person_gets_it_and_reads_why(
    slack: Slack, workspace: Workspace, code: str, message: Message
) -> None:
    workspace.refuse("chat.postMessage", code)
    workspace.answer("conversations.open", channel={"id": "D1"})

    await slack.post_or_dm("C1", message, user="U1")

    assert workspace.of("conversations.open") == [{"users": "U1"}]
    sent = workspace.of("chat.postMessage")[-1]
    assert sent["channel"] == "D1"
    assert sent["text"].startswith("This belongs in <#C1>")
    assert "hello" in str(sent["blocks"][1:])


async def test_a_thread_that_the_bot_cannot_reach_any_more_goes_on_in_a_dm(
    slack: Slack, workspace: Workspace
) -> None:
    workspace.refuse("chat.postMessage", "channel_not_found")
    workspace.answer("conversations.open", channel={"id": "D1"})
    await slack.post_or_dm("C1", HELLO, user="U1", thread_ts="1.2")
    first, second = workspace.of("chat.postMessage")
    assert (first["channel"], first["thread_ts"]) == ("C1", "1.2")
    assert (second["channel"], second.get("thread_ts")) == ("D1", None)


async def test_a_full_message_still_fits_with_the_reason(
    slack: Slack, workspace: Workspace
) -> None:
    workspace.refuse("chat.postMessage", "not_in_channel")

    await slack.post_or_dm("C1", Message("x", (section("x"),) * 50), user="U1")

    assert len(workspace.of("chat.postMessage")[-1]["blocks"]) == 50


async def test_another_refusal_is_no_reason_for_a_dm(slack: Slack, workspace: Workspace) -> None:
    workspace.refuse("chat.postMessage", "invalid_blocks")

    with pytest.raises(SlackError, match="invalid_blocks") as caught:
        await slack.post_or_dm("C1", HELLO, user="U1")
    assert caught.value.code == "invalid_blocks"


async def test_a_form_opens_and_changes_until_it_is_closed(
    slack: Slack, workspace: Workspace
) -> None:
    workspace.answer("views.open", view={"id": "V1"})
    workspace.answer("views.update")
    workspace.refuse("views.update", "not_found")
    workspace.refuse("views.update", "hash_conflict")

    assert await slack.open_view("t", FORM) == "V1"
    assert await slack.update_view("V1", FORM) is True
    assert await slack.update_view("V1", FORM) is False
    with pytest.raises(SlackError, match="hash_conflict"):
        await slack.update_view("V1", FORM)
    assert workspace.of("views.open")[0]["view"]["callback_id"] == "form"


async def test_a_late_trigger_is_an_error_with_its_code(slack: Slack, workspace: Workspace) -> None:
    workspace.refuse("views.open", "expired_trigger_id")

    with pytest.raises(SlackError) as caught:
        await slack.open_view("t", FORM)
    assert caught.value.code == "expired_trigger_id"


async def test_a_rate_limit_is_waited_for(slack: Slack, workspace: Workspace) -> None:
    workspace.answer("chat.postMessage", {"ok": False, "error": "ratelimited"}, status=429)

    await slack.post("C1", HELLO)

    assert len(workspace.of("chat.postMessage")) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"ok": False, "error": "internal_error"}),
        (200, {"ok": False, "error": "ratelimited"}),
        (502, "<html>Bad gateway</html>"),
        (200, "<html>not JSON</html>"),
    ],
)
async def test_trouble_at_slack_is_unavailable(
    slack: Slack, workspace: Workspace, status: int, body: Any
) -> None:
    workspace.answer("chat.postMessage", body, status=status)

    with pytest.raises(SlackError) as caught:
        await slack.post("C1", HELLO)
    assert caught.value.code == "unavailable"


async def test_a_slack_that_is_not_there_is_unavailable_and_the_token_is_in_no_error(
    unused_tcp_port: int,
) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{unused_tcp_port}/api/"
        slack = Slack(SecretStr(TOKEN), url, session, clock=lambda: 0.0)
        slack.web.retry_handlers.clear()
        with pytest.raises(SlackError) as caught:
            await slack.post("C1", HELLO)

    assert caught.value.code == "unavailable"
    assert caught.value.__cause__ is None
    assert TOKEN not in repr(caught.value)


async def test_a_persons_time_zone_is_asked_once_as_slack_wants_it_asked(
    slack: Slack, workspace: Workspace
) -> None:
    workspace.answer("users.info", user={"id": "U1", "tz": "Australia/Perth"})

    assert await slack.people.zone_of("U1") == ZoneInfo("Australia/Perth")
    assert await slack.people.zone_of("U1") == ZoneInfo("Australia/Perth")
    # Not as JSON, which it does not read.
    assert workspace.of("users.info") == [{"user": "U1", "include_locale": "1"}]


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc/passwd"])
async def test_an_unknown_time_zone_is_utc(slack: Slack, workspace: Workspace, zone: str) -> None:
    workspace.answer("users.info", user={"id": "U1", "tz": zone})

    assert await slack.people.zone_of("U1") == UTC


async def test_a_link_to_a_message(slack: Slack, workspace: Workspace) -> None:
    workspace.answer("chat.getPermalink", permalink="https://x.slack.com/archives/C1/p1")
    workspace.refuse("chat.getPermalink", "message_not_found")

    assert await slack.permalink("C1", "1") == "https://x.slack.com/archives/C1/p1"
    assert await slack.permalink("C1", "1") is None


def _offer(workspace: Workspace, url: str, **info: Any) -> None:
    file = {"id": "F1", "name": "a.pdf", "filetype": "pdf", "url_private_download": url}
    workspace.answer("files.info", file=file | info)


async def test_a_file_is_fetched_with_the_token(slack: Slack, workspace: Workspace) -> None:
    workspace.files["a.pdf"] = (200, {"content-type": "application/pdf"}, b"%PDF-1")
    _offer(workspace, f"{workspace.base}/files/a.pdf")

    file = await slack.download("F1", most=100)

    assert (file.name, file.filetype, file.content) == ("a.pdf", "pdf", b"%PDF-1")
    assert workspace.of("files.info") == [{"file": "F1"}]
    assert workspace.authorizations[-1] == ("/files/a.pdf", f"Bearer {TOKEN}")


async def test_a_file_larger_than_wanted_is_not_kept(slack: Slack, workspace: Workspace) -> None:
    workspace.files["a.pdf"] = (200, {"content-type": "application/pdf"}, b"x" * 3_000_000)
    _offer(workspace, f"{workspace.base}/files/a.pdf", size=10)

    with pytest.raises(FileError, match="larger than 2 MB"):
        await slack.download("F1", most=2_000_000)


async def test_the_token_goes_to_nobody_else(slack: Slack, workspace: Workspace) -> None:
    async with Workspace().serve() as stranger:
        stranger.files["a.pdf"] = (200, {}, b"x")
        _offer(workspace, f"{stranger.base}/files/a.pdf")
        workspace.files["b.pdf"] = (302, {"location": f"{stranger.base}/files/a.pdf"}, b"")
        _offer(workspace, f"{workspace.base}/files/b.pdf")

        for _ in range(2):
            with pytest.raises(FileError):
                await slack.download("F1", most=100)
        assert stranger.authorizations == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/a.pdf",
        "https://files.slack.com@evil.test/a.pdf",
        "https://notslack.com/a.pdf",
        "https://slack.com.evil.test/a.pdf",
        "http://files.slack.com/a.pdf",
        "file:///etc/passwd",
        "https://[broken/a.pdf",
    ],
)
async def test_an_address_elsewhere_is_not_even_tried(
    slack: Slack, workspace: Workspace, url: str
) -> None:
    _offer(workspace, url)

    with pytest.raises(FileError, match="kept outside Slack"):
        await slack.download("F1", most=100)


async def test_slacks_login_page_is_no_file(slack: Slack, workspace: Workspace) -> None:
    workspace.files["a.pdf"] = (200, {"content-type": "text/html"}, b"<html>Sign in")
    _offer(workspace, f"{workspace.base}/files/a.pdf")

    with pytest.raises(FileError, match="does not give me that file"):
        await slack.download("F1", most=100)


async def test_a_file_that_is_gone_is_said_to_be(slack: Slack, workspace: Workspace) -> None:
    workspace.refuse("files.info", "file_not_found")
    workspace.answer("files.info")

    for _ in range(2):
        with pytest.raises(FileError, match="Attach it again"):
            await slack.download("F1", most=100)


async def test_the_environments_proxy_is_not_used_on_this_machine(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with aiohttp.ClientSession() as session:
        slack = Slack(SecretStr(TOKEN), workspace.api, session, clock=lambda: 0.0)
        await slack.post("C1", HELLO)
        await slack.respond(workspace.response_url, HELLO, replace=False, visible=False)

    assert [method for method, _ in workspace.calls] == ["chat.postMessage", "response_url"]


async def test_posts_at_the_same_time_take_their_turns(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session:
        ticks = iter([0.0, 0.999, 5.0])
        slack = Slack(SecretStr(TOKEN), workspace.api, session, clock=lambda: next(ticks))
        await asyncio.gather(*(slack.post("C1", Message(text)) for text in ("1", "2", "3")))

    assert len(workspace.of("chat.postMessage")) == 3


def _ticket(workspace: Workspace, url: str) -> None:
    workspace.answer("conversations.open", channel={"id": "D1"})
    workspace.answer("files.getUploadURLExternal", upload_url=url, file_id="F1")


async def test_a_file_goes_into_a_persons_direct_messages(
    slack: Slack, workspace: Workspace
) -> None:
    _ticket(workspace, f"{workspace.base}/uploads/F1")

    await slack.send_file("U1", "answer.json", b"{}", comment="The answer.")

    assert workspace.uploads == {"F1": b"{}"}
    assert workspace.of("files.getUploadURLExternal") == [
        {"filename": "answer.json", "length": "2"}  # a form: it does not read JSON
    ]
    assert workspace.of("files.completeUploadExternal") == [
        {
            "files": [{"id": "F1", "title": "answer.json"}],
            "channel_id": "D1",
            "initial_comment": "The answer.",
        }
    ]
    assert ("/uploads/F1", None) in workspace.authorizations, "the address is the permission"


async def test_a_file_goes_to_slack_only_and_is_complete_only_when_it_arrived(
    slack: Slack, workspace: Workspace
) -> None:
    async with Workspace().serve() as stranger:
        _ticket(workspace, f"{stranger.base}/uploads/F1")
        with pytest.raises(SlackError):
            await slack.send_file("U1", "answer.json", b"{}", comment="")
        assert stranger.uploads == {}
    _ticket(workspace, f"{workspace.base}/uploads/F1")
    workspace.upload_status = 500
    with pytest.raises(SlackError):
        await slack.send_file("U1", "answer.json", b"{}", comment="")
    assert workspace.of("files.completeUploadExternal") == []


async def test_user_groups_are_read_once_and_are_none_when_slack_does_not_say(
    slack: Slack, workspace: Workspace
) -> None:
    workspace.answer("usergroups.list", ok=False, error="missing_scope")
    assert await slack.people.groups_of("U1") == frozenset()
    workspace.answer(
        "usergroups.list",
        usergroups=[
            {"id": "S1", "users": ["U1", "U2"]},
            {"id": "S2", "users": ["U2"]},
            {"id": "S3"},
        ],
    )
    assert await slack.people.groups_of("U1") == {"S1"}
    assert await slack.people.groups_of("U2") == {"S1", "S2"}
    assert workspace.of("usergroups.list") == [{"include_users": "1"}] * 2  # a form, read once
