"""The Web API says no as Slack does."""

from __future__ import annotations

import json
import time
from typing import Any

import aiohttp
import pytest
import time_machine

from bot.sandbox.slack import Manifest, SlackSandbox, views
from bot.sandbox.slack.oauth import APP_TOKEN
from tests.sandbox.slack.conftest import Caller

ADA, OPS = "U0ADA", "C0OPS"
HELLO = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}
ASKS: dict[str, Any] = {
    "type": "input",
    "block_id": "name",
    "label": {"type": "plain_text", "text": "Name"},
    "element": {"type": "plain_text_input", "action_id": "name"},
}


def modal(callback_id: str = "form", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [ASKS],
        **more,
    }


def trigger(slack: SlackSandbox) -> str:
    return slack.views.trigger(ADA)


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type")],
)
async def test_only_the_bots_token_is_good(call: Caller, token: str, error: str) -> None:
    assert (await call("auth.test", token=token))["error"] == error


async def test_a_method_that_does_not_exist_is_unknown(call: Caller) -> None:
    assert await call("chat.shout") == {
        "ok": False,
        "error": "unknown_method",
        "req_method": "chat.shout",
    }


async def test_a_scope_that_the_manifest_lacks_is_named(call: Caller) -> None:
    refused = await call("reactions.add", channel=OPS, timestamp="1.1", name="eyes")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "reactions:write")
    assert "chat:write" in refused["provided"].split(",")


async def test_a_long_text_can_be_posted_but_not_changed(slack: SlackSandbox, call: Caller) -> None:
    del slack
    posted = await call("chat.postMessage", channel=OPS, text="漢" * 1_400)
    assert posted["ok"]
    changed = await call("chat.update", channel=OPS, ts=posted["ts"], text="漢" * 1_400)
    assert changed["error"] == "msg_too_long"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ({"channel": "G0PRIVATE", "text": "x"}, "channel_not_found"),
        ({"channel": OPS}, "no_text"),
        ({"channel": OPS, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": OPS, "text": "x", "blocks": [{"type": "nope"}]}, "invalid_blocks"),
        ({"channel": OPS, "text": "x", "thread_ts": "1.1"}, "thread_not_found"),
    ],
)
async def test_a_message_that_cannot_be_posted_is_refused(
    slack: SlackSandbox, call: Caller, body: dict[str, Any], error: str
) -> None:
    assert (await call("chat.postMessage", **body))["error"] == error
    assert slack.messages == []


async def test_blocks_that_are_wrong_are_pointed_at(call: Caller) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    refused = await call("chat.postMessage", channel=OPS, text="x", blocks=[HELLO, long])
    line = "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert refused["errors"] == [line]
    assert refused["response_metadata"]["messages"] == [f"[ERROR] {line}"]


async def test_without_the_scope_a_public_channel_needs_membership(
    http: aiohttp.ClientSession,
) -> None:
    app = Manifest("App", (), (), frozenset({"chat:write"}), frozenset(), home=False)
    slack = SlackSandbox(app)
    async with slack.serve() as url:
        for channel, error in (("C0RANDOM", "not_in_channel"), (OPS, None)):
            async with http.post(
                f"{url}/api/chat.postMessage",
                json={"channel": channel, "text": "x"},
                headers={"authorization": "Bearer xoxb-sandbox"},
            ) as answer:
                assert (await answer.json()).get("error") == error


async def test_a_message_is_changed_and_deleted_by_whoever_wrote_it_only(
    slack: SlackSandbox, call: Caller
) -> None:
    posted = await call("chat.postMessage", channel=OPS, text="one", blocks=[HELLO])
    where = {"channel": OPS, "ts": posted["ts"]}
    assert (await call("chat.update", **where, text="two"))["text"] == "two"
    assert (slack.messages[0].text, slack.messages[0].edited) == ("two", True)
    assert slack.messages[0].blocks == []
    link = await call("chat.getPermalink", channel=OPS, message_ts=posted["ts"])
    assert link["permalink"].startswith(f"{slack.url}/archives/{OPS}/p")
    assert (await call("chat.delete", **where))["ok"]
    assert (await call("chat.delete", **where))["error"] == "message_not_found"

    theirs = slack.say(ADA, OPS, "mine")
    refused = await call("chat.update", channel=OPS, ts=theirs.ts, text="no")
    assert refused["error"] == "cant_update_message"


async def test_an_ephemeral_message_is_for_one_person_and_cannot_be_changed(
    slack: SlackSandbox, call: Caller
) -> None:
    posted = await call("chat.postEphemeral", channel=OPS, user=ADA, text="psst")
    assert slack.messages[0].only_for == ADA
    refused = await call("chat.update", channel=OPS, ts=posted["message_ts"], text="no")
    assert refused["error"] == "message_not_found"


async def test_one_message_a_second_a_channel_when_strict(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    slack.api.strict = True

    async def post(channel: str) -> tuple[int, str | None]:
        async with http.post(
            f"{slack.url}/api/chat.postMessage",
            data={"channel": channel, "text": "x"},
            headers={"authorization": "Bearer xoxb-sandbox"},
        ) as answer:
            return answer.status, answer.headers.get("retry-after")

    assert [await post(OPS), await post(OPS), await post("C0SALES")] == [
        (200, None),
        (429, "1"),
        (200, None),
    ]
    assert len(slack.messages) == 2


async def test_a_trigger_opens_one_modal_within_three_seconds(
    slack: SlackSandbox, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = trigger(slack)
    assert (await call("views.open", trigger_id=good, view=modal()))["ok"]
    again = await call("views.open", trigger_id=good, view=modal())
    assert again["error"] == "exchanged_trigger_id"
    late = trigger(slack)
    now = time.monotonic()
    monkeypatch.setattr(views.time, "monotonic", lambda: now + 3.1)
    refused = await call("views.open", trigger_id=late, view=modal())
    assert refused["error"] == "expired_trigger_id"
    invented = await call("views.open", trigger_id="1.2.3", view=modal())
    assert invented["error"] == "invalid_arguments"


async def test_a_view_that_is_wrong_is_pointed_at_and_keeps_its_trigger(
    slack: SlackSandbox, call: Caller
) -> None:
    given = trigger(slack)
    wrong = modal(private_metadata="x" * 3001, title={"type": "plain_text", "text": "x" * 25})
    refused = await call("views.open", trigger_id=given, view=wrong)
    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]",
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ]
    assert (await call("views.open", trigger_id=given, view=modal()))["ok"]


async def test_modals_are_stacked_three_high_at_most(slack: SlackSandbox, call: Caller) -> None:
    assert (await call("views.open", trigger_id=trigger(slack), view=modal("one")))["ok"]
    for name in ("two", "three"):
        pushed = await call("views.push", trigger_id=trigger(slack), view=modal(name))
        assert pushed["view"]["callback_id"] == name
    refused = await call("views.push", trigger_id=trigger(slack), view=modal("four"))
    assert refused["error"] == "push_limit_reached"
    assert [view["callback_id"] for view in slack.views.stacks[ADA]] == ["one", "two", "three"]


async def test_an_update_with_an_old_hash_conflicts(slack: SlackSandbox, call: Caller) -> None:
    opened = await call("views.open", trigger_id=trigger(slack), view=modal())
    view_id, old = opened["view"]["id"], opened["view"]["hash"]
    assert (await call("views.update", view_id=view_id, hash=old, view=modal("two")))["ok"]
    refused = await call("views.update", view_id=view_id, hash=old, view=modal("three"))
    assert refused["error"] == "hash_conflict"
    assert (await call("views.update", view_id="V0", view=modal()))["error"] == "not_found"


async def test_an_external_id_names_one_view(slack: SlackSandbox, call: Caller) -> None:
    view = modal(external_id="mine")
    assert (await call("views.open", trigger_id=trigger(slack), view=view))["ok"]
    refused = await call("views.push", trigger_id=trigger(slack), view=view)
    assert refused["error"] == "duplicate_external_id"
    assert (await call("views.update", external_id="mine", view=view))["ok"]


async def test_a_home_is_published_for_a_person(slack: SlackSandbox, call: Caller) -> None:
    home = {"type": "home", "blocks": [HELLO]}
    assert (await call("views.publish", user_id=ADA, view=home))["ok"]
    assert slack.views.homes[ADA]["blocks"][0]["text"] == HELLO["text"]
    assert (await call("views.publish", user_id="U0NO", view=home))["error"] == "user_not_found"
    refused = await call("views.publish", user_id=ADA, view=modal())
    assert refused["error"] == "invalid_arguments"


async def test_a_file_is_uploaded_in_three_steps(
    http: aiohttp.ClientSession,
) -> None:
    scopes = frozenset({"files:write", "files:read"})
    slack = SlackSandbox(Manifest("App", (), (), scopes, frozenset(), home=False))
    headers = {"authorization": "Bearer xoxb-sandbox"}
    async with slack.serve() as url:
        form = {"filename": "report.csv", "length": "5"}
        where = f"{url}/api/files.getUploadURLExternal"
        async with http.post(where, data=form, headers=headers) as answer:
            promised = await answer.json()
        async with http.post(promised["upload_url"], data=b"four") as answer:
            assert answer.status == 400
        async with http.post(promised["upload_url"], data=b"a,b,c") as answer:
            assert answer.status == 200
        body = {"files": [{"id": promised["file_id"]}], "channel_id": OPS}
        where = f"{url}/api/files.completeUploadExternal"
        async with http.post(where, json=body, headers=headers) as answer:
            (file,) = (await answer.json())["files"]
        async with http.get(file["url_private_download"], headers=headers) as answer:
            assert await answer.read() == b"a,b,c"
    assert slack.messages[0].files[0]["name"] == "report.csv"


async def test_a_response_url_is_good_five_times_within_half_an_hour(
    slack: SlackSandbox, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = slack._chat.hook(ADA, OPS)

    async def answer() -> tuple[int, str]:
        async with http.post(slack.url + path, json={"text": "x"}) as said:
            return said.status, await said.text()

    assert [await answer() for _ in range(6)] == [(200, "ok")] * 5 + [(404, "used_url")]
    path = slack._chat.hook(ADA, OPS)
    now = time.monotonic()
    monkeypatch.setattr(views.time, "monotonic", lambda: now + 1801)
    assert await answer() == (404, "expired_url")
    assert {message.only_for for message in slack.messages} == {ADA}


async def test_a_response_url_replaces_and_deletes_the_message_it_belongs_to(
    slack: SlackSandbox, call: Caller, http: aiohttp.ClientSession
) -> None:
    await call("chat.postMessage", channel=OPS, text="one")
    (posted,) = slack.messages
    path = slack._chat.hook(ADA, OPS, posted)
    async with http.post(slack.url + path, json={"text": "two", "replace_original": True}) as said:
        assert said.status == 200
    assert ([message.text for message in slack.messages], posted.edited) == (["two"], True)
    async with http.post(slack.url + path, json={"delete_original": True}) as said:
        assert said.status == 200
    assert posted.deleted


async def test_the_directory_answers_what_the_bot_may_ask(
    http: aiohttp.ClientSession,
) -> None:
    scopes = frozenset({"users:read", "channels:read", "usergroups:read", "im:write"})
    slack = SlackSandbox(Manifest("App", (), (), scopes, frozenset(), home=False))
    async with slack.serve() as url:

        async def ask(method: str, **form: str) -> dict[str, Any]:
            headers = {"authorization": "Bearer xoxb-sandbox"}
            async with http.get(f"{url}/api/{method}", params=form, headers=headers) as answer:
                found: dict[str, Any] = await answer.json()
                return found

        assert (await ask("users.info", user=ADA))["user"]["tz"] == "Australia/Sydney"
        assert (await ask("users.info", user="U0NO"))["error"] == "user_not_found"
        assert {each["id"] for each in (await ask("users.list"))["members"]} >= {ADA, "U0BOT"}
        public = {each["id"] for each in (await ask("conversations.list"))["channels"]}
        assert public == {OPS, "C0SALES", "C0RANDOM"}
        assert (await ask("conversations.info", channel=OPS))["channel"]["is_member"]
        assert ADA in (await ask("conversations.members", channel=OPS))["members"]
        opened = await ask("conversations.open", users=ADA)
        assert opened["channel"]["id"] == "D0ADA"
        group = (await ask("usergroups.list"))["usergroups"][0]["id"]
        assert (await ask("usergroups.users.list", usergroup=group))["users"]
        assert (await ask("bots.info"))["bot"]["user_id"] == "U0BOT"


async def test_slack_can_be_down_slow_or_busy(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    async def status() -> int:
        headers = {"authorization": "Bearer xoxb-sandbox"}
        async with http.post(f"{slack.url}/api/auth.test", headers=headers) as answer:
            return answer.status

    slack.faults.down = True
    assert await status() == 503
    slack.faults.down, slack.faults.limited = False, True
    assert await status() == 429
    slack.faults.limited, slack.faults.slow = False, 0.05
    started = time.monotonic()
    assert await status() == 200
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize(
    ("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object"), ("3", "json_not_object")]
)
async def test_json_that_is_no_object_is_refused(
    slack: SlackSandbox, http: aiohttp.ClientSession, body: str, error: str
) -> None:
    headers = {"authorization": "Bearer xoxb-sandbox", "content-type": "application/json"}
    where = f"{slack.url}/api/chat.postMessage"
    async with http.post(where, data=body, headers=headers) as answer:
        assert (await answer.json())["error"] == error


async def test_structures_come_as_json_in_a_form_and_texts_as_they_are(
    slack: SlackSandbox, http: aiohttp.ClientSession
) -> None:
    form = {"channel": OPS, "text": '["not a list"]', "blocks": json.dumps([HELLO])}
    headers = {"authorization": "Bearer xoxb-sandbox"}
    async with http.post(f"{slack.url}/api/chat.postMessage", data=form, headers=headers) as said:
        assert (await said.json())["ok"]
    assert slack.messages[0].text == '["not a list"]'
    assert slack.messages[0].blocks[0]["text"] == HELLO["text"]
    form["blocks"] = "{"
    async with http.post(f"{slack.url}/api/chat.postMessage", data=form, headers=headers) as said:
        assert (await said.json())["error"] == "invalid_blocks"


async def test_ids_of_messages_are_times(slack: SlackSandbox) -> None:
    with time_machine.travel(1_800_000_000, tick=False):
        assert slack.say(ADA, OPS, "x").ts.startswith("1800000000.")
