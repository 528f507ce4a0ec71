"""Every command in two workspaces: nothing of the one is ever seen, asked or done in the other."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.store import Database, space_tables, tables
from commands import build_router
from tests.app.many import Many, ManyClickSend, ManySlack, Team, settings_of
from tests.app.world import User, serving

# slack_sdk's own, with this aiohttp.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
COMMANDS = build_router(many=True).commands
ASKED = {
    "balance": "",
    "sms send": "+61411111111 Hello",
    "contact find": "ann",
    "access grant": "<@U0SOMEBODY|somebody> sender",
    "access limit": "each 9 messages a day",
    "alert show": "1",
    "number search": "AU",
    "api": "account.get",
    "list create": "New",
    "list rename": "1 New",
    "inbox route": "",
}
"""What is typed after a command; "1" where nothing is named here and something has to be."""


@dataclass
class Side:
    """A workspace, its admin, its account, and a word that only stands in what is its own."""

    user: User
    account: str
    token: str
    word: str
    number: str

    @property
    def ours(self) -> str:
        return f"word-of-{self.word}"

    @property
    def friend(self) -> str:
        return f"U0{self.word.upper()}FRIEND"


@dataclass
class Pair:
    many: Many
    one: Side
    two: Side

    async def say(self, side: Side, text: str) -> str:
        """Everything that anybody sees or gets because of a command, as one text."""
        before = len(self.many.slack.calls)
        answer = await side.user.command("/clicksend", text)
        await self.many.idle()
        return answer.text + json.dumps(self.many.slack.calls[before:])

    def other(self, side: Side) -> Side:
        return self.two if side is self.one else self.one


@pytest.fixture(params=["bakery"])
async def pair(
    stack: AsyncExitStack, sqlite_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Pair]:
    """Two workspaces with an account each, and something of its own in each."""
    accounts = {"harbour": "key-of-harbour-1", request.param: "key-of-the-second"}
    clicksend = ManyClickSend(accounts=accounts)
    slack = ManySlack(teams={"one": Team("T0ONE", "U0ADA"), "two": Team("T0TWO", "U0BEN")})
    clicksend_url = await stack.enter_async_context(serving(clicksend.__call__))
    slack.url = await stack.enter_async_context(serving(slack.__call__))
    many = Many(clicksend, slack, settings_of(slack.url, clicksend_url, sqlite_url))
    app = await stack.enter_async_context(App(many.settings))
    many.url, many.idle = f"http://127.0.0.1:{app.port}", app.idle
    sides = []
    for name, person, account, number in (
        ("one", "U0ADA", "harbour", "+61411111111"),
        ("two", "U0BEN", request.param, "+61422222222"),
    ):
        assert (await many.install(name)).status_code == 200
        user = many.user(person, f"T0{name.upper()}")
        assert "is connected" in await many.connect(user, account)
        token = f"xoxb-{name}-{slack.issued}"
        sides.append(Side(user, account, token, name, number))
    pair = Pair(many, *sides)
    for side in sides:
        await filled(pair, side)
    yield pair
    assert slack.invalid == []


async def reviewed(pair: Pair, side: Side) -> dict[str, Any]:
    """The form that asks for the yes to an SMS of a side's own."""
    slack = pair.many.slack
    slack.calls.clear()
    await side.user.command("/sms")
    form = (await slack.next("views.open"))["view"]
    typed = {"to": {"value": side.number}, "body": {"value": f"Hello, {side.ours}"}}
    await side.user.submit(form, **typed)
    await pair.many.idle()
    review: dict[str, Any] = slack.of("views.update")[-1]["view"]
    return review


async def filled(pair: Pair, side: Side) -> None:
    """Send something, set a limit and give a role, each with the side's word or its own person."""
    review = await reviewed(pair, side)
    assert side.ours in str(review)
    await side.user.submit(review)
    await pair.many.slack.next("chat.postMessage")
    granted = await pair.say(side, f"access grant <@{side.friend}|friend> sender")
    assert side.friend in granted
    await pair.many.idle()


async def test_every_command_speaks_of_its_own_workspace_only(pair: Pair) -> None:
    assert len(COMMANDS) >= 100
    many, seen = pair.many, {"one": "", "two": ""}
    for words in COMMANDS:
        for side in (pair.one, pair.two):
            many.slack.spoken.clear()
            other, said = pair.other(side), ""
            for args in {ASKED.get(words, "1"), ""}:
                said += await pair.say(side, f"{words} {args}")
            assert said, words
            for foreign in (other.ours, other.friend, other.account):
                assert foreign not in said, (words, foreign)
            seen[side.word] += said
            for token, method, body in many.slack.spoken:
                if side.user.id in str(body) and method != "respond":
                    assert token == side.token, (words, method)
    for side in (pair.one, pair.two):  # what is looked for above can be found at all
        for own in (side.ours, side.friend, f"({side.account})"):
            assert own in seen[side.word]


OWN = (tables.sends, tables.messages, tables.audit, tables.grants, tables.limits, tables.calls)
MORE = (tables.csv_jobs, tables.conversations, tables.routes, space_tables.connections)


async def rows(many: Many, team: str) -> list[str]:
    """Everything that a workspace has of its own."""
    database = Database(many.settings.database_url)
    async with database.read() as connection:
        found = [
            str((await connection.execute(select(each).where(each.c.workspace == team))).all())
            for each in (*OWN, *MORE)
        ]
    await database.close()
    return found


def pressable(value: object) -> list[tuple[str, str]]:
    """The buttons somewhere in what was shown: their action ids and values."""
    if isinstance(value, list):
        return [found for each in value for found in pressable(each)]
    if not isinstance(value, dict):
        return []
    found = [each for inner in value.values() for each in pressable(inner)]
    if value.get("type") == "button" and "action_id" in value:
        found.append((str(value["action_id"]), str(value.get("value") or "")))
    return found


@pytest.mark.parametrize("pair", ["harbour"], indirect=True)
async def test_what_is_shown_in_one_workspace_opens_nothing_in_the_other(pair: Pair) -> None:
    """Both have connected the same ClickSend account: only the workspace tells them apart."""
    many, one, two = pair.many, pair.one, pair.two
    review = await reviewed(pair, one)
    for words in COMMANDS:
        await pair.say(one, f"{words} {ASKED.get(words, '1')}")
    buttons = dict.fromkeys(pressable([body for _, body in many.slack.calls]))
    views = [review, *(body["view"] for body in many.slack.of("views.open"))]
    assert len(buttons) >= 20
    assert len(views) >= 20
    before, sent = await rows(many, "T0ONE"), len(many.clicksend.of("sms.send"))
    many.slack.calls.clear()
    answers = ""
    for action, value in buttons:
        if action.split(":")[0] not in {"connect.drop", "mention.open"}:
            respond = f"{two.user.slack_url}/respond"
            answers += (await two.user.press(action, value, response_url=respond)).text
    for view in views:
        state = {"private_metadata": view.get("private_metadata", "")}
        answers += (await two.user.submit({**view, **state})).text
    await many.idle()
    answers += json.dumps(many.slack.calls)
    assert one.friend not in answers
    assert one.ours not in answers
    assert await rows(many, "T0ONE") == before
    assert len(many.clicksend.of("sms.send")) == sent
    await one.user.submit(review)  # where it was opened it still counts
    await many.idle()
    assert (await many.clicksend.next("sms.send", sent + 1))["messages"][0]["to"] == one.number
