"""Notices in lanes: a flood holds up nothing else, a death leaves one notice in doubt."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

from bot.app.ground import Ground
from bot.app.lanes import Doorbell, Lanes, build_lanes, build_look
from bot.services import notices
from bot.services.notices import (
    AlertSummary,
    CallLost,
    DeliveryFailures,
    Notice,
    Place,
    SendChanged,
    SnoozeOver,
)
from bot.services.outbox import Outbox
from bot.store import Database, Scope, outbox

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)


@dataclass
class Slack:
    """Takes notices; `stuck` blocks all of one kind, `dies` ends the bot at one."""

    took: list[str] = field(default_factory=list)
    stuck: dict[str, asyncio.Event] = field(default_factory=dict)
    dies: str = ""
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, notice: Notice, place: Place | None) -> None:
        assert place is None
        name = notice.actor if isinstance(notice, CallLost) else notice.kind
        async with self.heard:
            self.took.append(name)
            self.heard.notify_all()
        if name == self.dies:
            raise asyncio.CancelledError
        if event := self.stuck.get(notice.kind):
            await event.wait()


def lane(database: Database, scope: Scope, slack: Slack, **more: Collection[str] | str) -> Outbox:
    owner = str(more.pop("owner", "us"))
    return Outbox(database, scope, slack, owner=owner, lease=LEASE, now=lambda: NOW, **more)


async def store(database: Database, scope: Scope, *told: Notice) -> None:
    async with database.write() as connection:
        for number, notice in enumerate(told):
            text = notices.to_json(notice)
            key = f"{notice.kind}:{number}"
            await outbox.add(connection, scope, key=key, kind=notice.kind, payload=text, at=NOW)


async def test_a_bot_that_dies_while_it_posts_leaves_one_notice_in_doubt(
    database: Database, scope: Scope
) -> None:
    lost = [CallLost(operation="sms.send", actor=actor) for actor in ("U1", "U2", "U3")]
    await store(database, scope, *lost)
    slack = Slack(dies="U2")
    dying = asyncio.create_task(lane(database, scope, slack).flush())
    await asyncio.wait({dying})
    assert dying.cancelled()
    assert slack.took == ["U1", "U2"]
    # Another bot posts what was not begun at once, and what was begun only when its lease is over.
    assert await lane(database, scope, slack, owner="them").flush() == 1
    assert slack.took == ["U1", "U2", "U3"]
    async with database.read() as connection:
        assert await outbox.waiting(connection, scope, kind="call_lost") == 1


async def test_a_flood_of_customers_and_a_long_report_hold_up_no_alert(
    database: Database, scope: Scope
) -> None:
    flood = [SnoozeOver(conversation=f"c{number}", round=1) for number in range(50)]
    alert = AlertSummary(summary="s1")
    await store(database, scope, *flood, alert, CallLost(operation="sms.send", actor="U1"))
    slack = Slack(stuck={"snooze_over": asyncio.Event()})
    kinds = {"kinds": {"alert_summary"}}, {"kinds": {"snooze_over"}}
    alerts, inbox = (lane(database, scope, slack, **each) for each in kinds)
    idle = lane(database, scope, slack, kinds={"report_due"})
    rest = lane(database, scope, slack, but={"alert_summary", "snooze_over"})
    tasks: list[asyncio.Task[None]] = []

    async def nothing() -> None:
        """Nothing has arrived."""

    ground = cast("Ground", SimpleNamespace(database=database, scope=scope))
    bell = Doorbell(
        build_look(ground),
        Lanes(idle, alerts, idle, inbox, idle, rest),
        nothing,
        lambda work, name: tasks.append(asyncio.create_task(work, name=name)),
    )
    for _ in range(3):
        bell.ring()
    async with asyncio.timeout(10), slack.heard:
        await slack.heard.wait_for(
            lambda: {"alert_summary", "U1", "snooze_over"} <= set(slack.took)
        )
    assert slack.took.count("snooze_over") == 1  # the flood is at its first message
    assert len(tasks) <= 12  # who rings while one waits, waits too
    slack.stuck["snooze_over"].set()
    await asyncio.gather(*tasks)
    assert slack.took.count("snooze_over") == 50
    assert len(slack.took) == 52


async def test_what_is_plenty_holds_up_no_message_of_a_send(
    database: Database, scope: Scope
) -> None:
    plenty = {"delivery_failures", "snooze_over"}
    failed, snoozed = DeliveryFailures(failures=()), SnoozeOver(conversation="c1", round=1)
    await store(database, scope, failed, snoozed, SendChanged(send_id="s1"))
    slack = Slack(stuck={kind: asyncio.Event() for kind in plenty})
    settings = SimpleNamespace(slack_deadline_seconds=60)
    ground = SimpleNamespace(
        settings=settings, skew=timedelta(0), database=database, scope=scope, owner="us"
    )
    lanes = build_lanes(cast("Ground", ground), slack)
    waiting = [asyncio.create_task(each.flush()) for each in (lanes.failures, lanes.inbox)]
    async with asyncio.timeout(10), slack.heard:
        await slack.heard.wait_for(lambda: plenty <= set(slack.took))

    assert await lanes.rest.flush() == 1
    assert slack.took[-1] == "send_changed"
    for event in slack.stuck.values():
        event.set()
    assert await asyncio.gather(*waiting) == [1, 1]
