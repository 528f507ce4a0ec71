"""Alerts over a real socket to a Slack that was down: one summary, each alert in its thread."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from pydantic import SecretStr

from bot.services import notices
from bot.services.alerts.desk import Desk
from bot.services.alerts.routing import Escalation
from bot.services.alerts.rules import RULES
from bot.services.alerts.rules.base import CampaignSeen, Sight
from bot.services.outbox import Outbox
from bot.slack.client import MessageRef, Slack, SlackError
from bot.store import Database, Scope
from commands.alert_posts import AlertPosts
from tests.app.world import FakeSlack, serving

pytestmark = pytest.mark.jobs

SCOPE = Scope("default", "demo")
LEASE = timedelta(minutes=2)


class Bench:
    """A desk, an outbox and the posts, on a clock of our own."""

    def __init__(self, database: Database, slack: Slack) -> None:
        self.now = datetime(2026, 5, 1, 12, tzinfo=UTC)
        self.desk = Desk(
            database,
            SCOPE,
            rules=RULES,
            channel="C0OPS",
            escalation=Escalation(),
            now=lambda: self.now,
        )
        self._posts = AlertPosts(slack, self.desk, admin="U0ADA")
        self._outbox = Outbox(
            database, SCOPE, self._post, owner="us", lease=LEASE, now=lambda: self.now
        )

    async def _post(self, notice: notices.Notice, place: notices.Place | None) -> MessageRef | None:
        assert isinstance(notice, notices.AboutAlert)
        try:
            return await self._posts(notice, place)
        except SlackError as error:
            raise notices.NotPostedError(str(error)) from error

    async def look(self, status: str, *ids: str) -> None:
        seen = tuple(
            CampaignSeen(id=each, name=each, status=status, due=self.now, list_name=each)
            for each in ids
        )
        await self.desk.look(Sight(now=self.now, campaigns=seen))
        await self._outbox.flush()

    async def wait(self, passed: timedelta) -> None:
        self.now += passed
        await self.desk.tick()
        await self._outbox.flush()


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    found = FakeSlack()
    async with serving(found.__call__) as found.url:
        yield found


@pytest.fixture
async def bench(fake: FakeSlack, sqlite_url: str) -> AsyncIterator[Bench]:
    database = Database(sqlite_url)
    await database.open()
    async with aiohttp.ClientSession() as session:
        token = SecretStr("xoxb-sandbox")
        yield Bench(database, Slack(token, f"{fake.url}/api/", session, clock=time.monotonic))
    await database.close()


async def test_a_backlog_is_one_message_in_the_channel_and_a_thread(
    bench: Bench, fake: FakeSlack
) -> None:
    fake.errors["chat.postMessage"] = "channel_is_limited_access"
    await bench.look("Failed", "sms-1", "sms-2", "sms-3", "sms-4")
    await bench.wait(timedelta(minutes=2))
    refused = len(fake.of("chat.postMessage"))
    fake.errors.clear()
    for _ in range(4):
        await bench.wait(timedelta(minutes=6))
    posted = fake.of("chat.postMessage")[refused:]
    top = [each for each in posted if "thread_ts" not in each]
    assert len(top) == 1
    assert "4 alerts could not be posted in time; 0 of them are over" in top[0]["text"]
    assert sorted(each["text"].split("sms-")[1][0] for each in posted if "thread_ts" in each) == [
        "1",
        "2",
        "3",
        "4",
    ]


async def test_what_nobody_takes_is_said_again_under_its_message_and_in_the_channel(
    bench: Bench, fake: FakeSlack
) -> None:
    await bench.look("WaitApproval", "sms-1")
    bench.now += timedelta(hours=3)
    seen = CampaignSeen(
        id="sms-1", name="Spring", status="WaitApproval", due=bench.now - timedelta(hours=3)
    )
    await bench.desk.look(Sight(now=bench.now, campaigns=(seen,)))
    await bench.wait(timedelta(0))
    assert len(fake.of("chat.postMessage")) == 1
    await bench.wait(timedelta(hours=13))
    again = fake.of("chat.postMessage")[1]
    assert again["reply_broadcast"] is True
    assert again["thread_ts"]
    assert "still: The campaign “Spring” (sms-1) waits" in again["text"]
