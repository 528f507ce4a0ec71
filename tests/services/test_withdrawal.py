"""An account is disconnected, and connected again: what was is over, what people need is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.services import notices
from bot.services.alerts import engine
from bot.services.alerts.model import Group, Policy, Severity, Signal
from bot.services.journal import BOT, Journal
from bot.services.withdrawal import begin_anew, uninstalled, withdraw
from bot.store import Database, Scope, alerts, calls, outbox, tables
from bot.store.alerts import StoredAlert
from bot.store.calls import Call, CallState

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
OURS, OTHERS = Scope("T0OURS", "demo"), Scope("T0OTHERS", "demo")


def call_of(id_: str, scope: Scope) -> Call:
    return Call(
        id=f"{id_}-{scope.workspace}",
        operation="lists.delete",
        payload='{"list_id": 1}',
        state=CallState.APPROVAL,
        actor="U0ADA",
        created_at=NOW,
        updated_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )


@pytest.mark.parametrize(
    ("actor", "state"), [("U0ADA", CallState.WITHDRAWN), (BOT, CallState.EXPIRED)]
)
async def test_a_request_for_a_second_yes_does_not_outlive_the_connection(
    database: Database, actor: str, state: CallState
) -> None:
    async with database.write() as connection:
        for scope in (OURS, OTHERS):
            await calls.add(connection, scope, call_of("c", scope))
        journal = Journal(OURS, now=lambda: NOW)
        assert await withdraw(connection, OURS, journal, actor=actor, at=NOW) == 1
        assert await withdraw(connection, OURS, journal, actor=actor, at=NOW) == 0
        found = {
            scope: await calls.get(connection, scope, call_of("c", scope).id)
            for scope in (OURS, OTHERS)
        }
        late = await calls.move(
            connection,
            OURS,
            "c-T0OURS",
            frm=CallState.APPROVAL,
            to=CallState.RUNNING,
            at=NOW,
            but="U0ADA",
            open_until=NOW,
        )
    ours, others = found[OURS], found[OTHERS]
    assert ours is not None
    assert others is not None
    assert (ours.state, others.state) == (state, CallState.APPROVAL)
    assert late is None  # whoever presses *Approve* weeks later changes nothing


async def test_what_waits_to_be_told_is_counted_but_not_what_people_need(
    database: Database,
) -> None:
    stale: list[notices.Notice] = [
        notices.SendChanged(send_id="s1"),
        notices.AlertEscalated(alert="a", episode=1, way="call"),
        notices.NotArrived(send_id="s2"),
    ]
    needed: list[notices.Notice] = [
        notices.SendUnsettled(send_id="s3"),
        notices.MessagesArrived(conversation="t", round=1, messages=(1,)),
        notices.CallLost(operation="lists.delete", actor="U0ADA"),
    ]
    async with database.write() as connection:
        for number, notice in enumerate([*stale, *needed]):
            await outbox.add(
                connection,
                OURS,
                key=f"k{number}",
                kind=notice.kind,
                payload=notices.to_json(notice),
                at=NOW,
            )
        await uninstalled(connection, OURS, 2, at=NOW)
        later = NOW + timedelta(days=30)
        await begin_anew(connection, OURS, at=later)
        rows = await connection.execute(
            select(tables.notices.c.payload)
            .where(tables.notices.c.posted_at.is_(None))
            .order_by(tables.notices.c.id)
        )
        left = [notices.from_json(each) for each in rows.scalars()]
    assert left == [*needed, notices.WhileAway(left=3, withdrawn=2, alerts=0)]


async def test_a_first_connection_has_nothing_to_say(database: Database) -> None:
    async with database.write() as connection:
        await begin_anew(connection, OURS, at=NOW)
        assert (await connection.execute(select(tables.notices))).all() == []


async def test_alerts_begin_anew(database: Database) -> None:
    signal = Signal(rule="low_credit", key="low_credit", severity=Severity.CRITICAL, text="Low")
    policy = Policy(wait=timedelta(0), escalate=(timedelta(minutes=15),))
    group, decisions = engine.decide(
        engine.observe(None, [signal], now=NOW, policy=policy) or pytest.fail("no group"),
        now=NOW,
        policy=policy,
    )
    assert [each.kind for each in decisions] == ["notify"]
    stored = StoredAlert(
        id=group.id,
        rule=group.rule,
        state=group.model_dump_json(),
        version=group.version,
        live=True,
        changed_at=NOW,
    )
    later = NOW + timedelta(days=30)
    async with database.write() as connection:
        for scope in (OURS, OTHERS):
            await alerts.keep(connection, scope, stored, before=None)
        await begin_anew(connection, OURS, at=later)
        assert await alerts.live(connection, OURS) == []
        assert len(await alerts.live(connection, OTHERS)) == 1
        kept = Group.model_validate_json(await alerts.get(connection, OURS, group.id) or "")
    quiet, none = engine.decide(kept, now=later, policy=policy)
    assert none == ()  # above all: nobody is rung up about what was weeks ago
    again = engine.observe(quiet, [signal], now=later, policy=policy)
    assert again is not None
    fresh, told = engine.decide(again, now=later, policy=policy)
    assert [each.kind for each in told] == ["notify"]
    assert (fresh.episode, told[0].number) == (2, 2)
