"""Each payload is served with its own workspace's handlers and token, or told why not."""

from __future__ import annotations

import json
from typing import Any, cast

import aiohttp
import httpx
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from bot.slack.blocks import Message, modal, section
from bot.slack.bolt import build_shared
from bot.slack.calls import Call
from bot.slack.client import Slack
from bot.slack.guests import Guest, Host, Place
from bot.slack.router import Ack, Router, Update
from bot.slack.stamps import read, stamp_of
from bot.slack.tasks import Tasks
from bot.texts import Locale, shared
from bot.web.app import build_web
from tests.slack.payloads import SECRET, encoded, signed

NOT_YET = Message("Not yet.", (section("Not yet."),))


def nobody() -> Slack:
    """A Slack that says nothing of anybody."""
    return cast("Slack", Silent())


class Silent:
    @property
    def people(self) -> Silent:
        return self

    async def locale_of(self, user: str) -> Locale:
        del user
        return shared()


async def delivered(host: Host, *payloads: dict[str, Any]) -> list[httpx.Response]:
    """What a bot with this host answers."""

    async def ready() -> dict[str, str | bool]:
        return {}

    tasks = Tasks()
    async with aiohttp.ClientSession() as session:
        slack = Slack(SecretStr(""), "http://127.0.0.1:9/api/", session, clock=lambda: 0.0)
        bolt = build_shared(
            host, slack=slack, tasks=tasks, token=None, signing_secret=SecretStr(SECRET)
        )
        web = build_web(bolt=bolt, ready=ready, metrics=CollectorRegistry())
        transport = httpx.ASGITransport(app=web)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as http:
            answers = []
            for payload in payloads:
                body, kind = encoded(payload)
                headers = signed(body) | {"content-type": kind}
                answers.append(await http.post("/slack/events", content=body, headers=headers))
            await tasks.drain(5)
    return answers


def command(team: str, text: str = "order", channel: str = "C1") -> dict[str, Any]:
    return {
        "command": "/clicksend",
        "text": text,
        "team_id": team,
        "user_id": "U1",
        "channel_id": channel,
        "trigger_id": f"{team}{text}.1",
    }


def submission(team: str, metadata: str) -> dict[str, Any]:
    view = {
        "type": "modal",
        "callback_id": "form",
        "private_metadata": metadata,
        "blocks": [{"type": "input", "block_id": "name"}],
    }
    user = {"id": "U1", "team_id": team}
    return {
        "type": "view_submission",
        "team": {"id": team},
        "user": user,
        "view": view,
        "trigger_id": f"{team}{metadata}.2",
    }


async def test_a_payload_is_served_by_whom_it_is_of() -> None:
    seen: list[tuple[str, str, str]] = []
    places: list[Place] = []
    router: Router[str] = Router()

    @router.command("order", summary="order")
    async def order(call: Call[str]) -> None:
        seen.append(("order", call.services, call.text))

    @router.view("form")
    async def form(call: Call[str]) -> None:
        assert call.view is not None
        seen.append(("form", call.services, call.view.private_metadata))

    async def host(place: Place) -> Guest[str] | None:
        places.append(place)
        if place.team == "T3":
            return None
        otherwise = (lambda: NOT_YET) if place.team == "T2" else None
        serves: Router[str] = Router() if place.team == "T2" else router
        return Guest(serves, place.team, nobody(), otherwise)

    stamp = stamp_of("harbour")
    answers = await delivered(
        host,
        command("T1", "order tea"),
        submission("T1", f"~{stamp}~kept"),
        command("T2"),
        submission("T2", "kept"),
        command("T3"),
    )
    assert seen == [("order", "T1", "tea"), ("form", "T1", "kept")]
    assert [each.team for each in places] == ["T1", "T1", "T2", "T2", "T3"]
    assert [each.stamp for each in places] == ["", stamp, "", "", ""]
    assert places[0].channel == "C1"
    assert answers[2].json()["text"] == "Not yet."
    assert answers[3].json()["errors"] == {"name": "Not yet."}
    assert "not installed in this workspace" in answers[4].json()["text"]


async def test_an_acknowledgement_carries_the_accounts_stamp() -> None:
    router: Router[str] = Router()
    stamp = stamp_of("harbour")

    @router.view("form")
    async def form(call: Call[str]) -> Ack:
        return Update(
            modal("next", "Next", [section("x")], private_metadata=f"{call.services} kept")
        )

    async def host(_place: Place) -> Guest[str]:
        return Guest(router, "T1", nobody(), stamp=stamp)

    (answer,) = await delivered(host, submission("T1", "x"))
    assert read(answer.json()) == stamp, answer.text
    assert answer.json()["view"]["private_metadata"].endswith("T1 kept")


async def test_when_nobody_can_be_found_the_person_is_told_and_slack_tries_again() -> None:
    async def host(_place: Place) -> Guest[str]:
        raise OSError("the database is away")

    asked, filled = await delivered(host, command("T1"), submission("T1", "x"))
    assert "Something went wrong while looking for your workspace" in asked.json()["text"]
    assert filled.status_code == 500
    assert "the database is away" not in json.dumps([asked.text, filled.text])
