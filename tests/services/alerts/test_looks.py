"""What `AlertWatch` reads of ClickSend, keeps, and shows to the rules."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clicksend import ClickSend, ClickSendError
from bot.services.account import AccountReader
from bot.services.alerts.rules.base import CardSeen, Sight
from bot.services.alerts.watch import WHOLE_SINCE, AlertWatch
from bot.services.campaigns import Campaigns
from bot.services.explain import explain
from bot.store import Database, Scope, kept
from tests.app.world import FakeClickSend, serving

NOW = datetime(2026, 5, 6, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Bench:
    """The watch between a ClickSend that answers as told and a desk that notes what it sees."""

    def __init__(self, peer: FakeClickSend, clicksend: ClickSend, database: Database) -> None:
        self.peer, self.now, self.seen = peer, NOW, list[Sight]()
        self.database = database
        scope, clock = Scope("T0OURS", "demo"), lambda: self.now
        self.watch = AlertWatch(
            clicksend,
            AccountReader(clicksend, now=clock, low_credit=Decimal(20)),
            Campaigns(clicksend, database, scope, now=clock, words=explain),
            database,
            scope,
            desk=self,
            now=clock,
        )

    async def whole_since(self) -> datetime | None:
        async with self.database.read() as connection:
            found = await kept.get(connection, Scope("T0OURS", "demo"), WHOLE_SINCE)
        return found[1] if found else None

    async def look(self, sight: Sight) -> bool:
        self.seen.append(sight)
        return True


@pytest.fixture
async def bench(sqlite_url: str) -> AsyncIterator[Bench]:
    database = Database(sqlite_url)
    peer = FakeClickSend()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        url = await stack.enter_async_context(serving(peer.__call__))
        clicksend = ClickSend(f"{url}/v3", "demo", SecretStr("00000000-DEMO"))
        yield Bench(peer, await stack.enter_async_context(clicksend), database)


def listed(*records: dict[str, Any]) -> dict[str, Any]:
    return {"total": len(records), "current_page": 1, "last_page": 1, "data": list(records)}


def sms(name: str, code: str, **more: Any) -> dict[str, Any]:
    at = int((NOW - timedelta(minutes=10)).timestamp())
    return {"message_id": name, "date": at, "status_code": code, "country": "AU", **more}


async def test_the_balance_is_kept_and_what_it_fell_by_is_spent(bench: Bench) -> None:
    for balance in ("100.00", "97.50", "147.50", "140.00"):
        bench.peer.balance = balance
        assert await bench.watch.credit()
        bench.now += timedelta(minutes=5)
    balances = [sight.balance for sight in bench.seen]
    assert [each.amount for each in balances if each] == [
        *(Decimal(100), Decimal("97.5"), Decimal("147.5"), Decimal(140))
    ]
    assert all(each and each.threshold == 20 for each in balances)
    spent = [sight.spending.so_far for sight in bench.seen if sight.spending]
    assert spent == [Decimal(0), Decimal("2.5"), Decimal("2.5"), Decimal(10)]
    assert all(sight.traffic is None and sight.campaigns is None for sight in bench.seen)


async def test_messages_are_counted_once_with_what_was_read_last(bench: Bench) -> None:
    first = listed(
        sms("M1", "200"), sms("M2", "301"), sms("", "201"), sms("I1", "", direction="in")
    )
    bench.peer.answers["sms.history"] = first
    assert await bench.watch.deliveries()
    waits = sms("M3", "", status="WaitApproval")
    waits["date"] -= 3 * 3600
    bench.peer.answers["sms.history"] = listed(sms("M1", "201"), sms("M2", "301"), waits)
    assert await bench.watch.deliveries()
    counts = [
        {each.outcome: each.count for each in sight.traffic.recent}
        for sight in bench.seen
        if sight.traffic
    ]
    assert counts == [
        {"sent": 1, "failed": 1, "inbound": 1},
        {"delivered": 1, "failed": 1, "inbound": 1},
    ]
    assert bench.seen[1].traffic is not None
    assert bench.seen[1].traffic.waiting == (1, NOW - timedelta(hours=3, minutes=10))
    since = [int(body["date_from"]) for body in bench.peer.of("sms.history")]
    assert since == [int((NOW - 2 * HOUR).timestamp()), waits["date"] + 3 * 3600 - 2 * 3600]


async def test_a_history_that_cannot_be_read_changes_nothing(bench: Bench) -> None:
    bench.peer.statuses["sms.history"] = 403
    with pytest.raises(ClickSendError):
        await bench.watch.deliveries()
    assert bench.seen == []


def reviews(bench: Bench, *, comments: str = "") -> None:
    issue = {"issue_id": 4, "description": "late", "support_comments": comments, "resolved": 0}
    bench.peer.answers |= {
        "alpha_tags.list": {"alpha_tags": [{"id": "a", "alpha_tag": "ACME", "status": "REJECTED"}]},
        "delivery_issues.list": listed(issue),
        "recharge.payment_info": {"expiry_month": 4, "expiry_year": 26, "display_number": "4111"},
    }


async def test_reviews_issues_campaigns_and_the_card_are_read_together(bench: Bench) -> None:
    reviews(bench)
    await bench.watch.account()
    reviews(bench, comments=" We are on it. ")
    bench.now += HOUR
    await bench.watch.account()
    bench.now += HOUR
    await bench.watch.account()
    first, second, third = bench.seen
    assert first.card == CardSeen(ending="4111", month=4, year=2026)
    assert first.campaigns
    assert [(each.what, each.name) for each in first.reviewed or ()][:1] == [("alpha tag", "ACME")]
    answered = [[each.answered_at for each in sight.issues or ()] for sight in bench.seen]
    assert answered == [[None], [NOW + HOUR], [NOW + HOUR]]
    assert [each.answer for each in second.issues or ()] == ["We are on it."]
    assert third.balance is third.traffic is third.calls is None


@pytest.mark.parametrize(
    ("operation", "part"),
    [
        ("alpha_tags.list", lambda sight: sight.reviewed),
        ("delivery_issues.list", lambda sight: sight.issues),
        ("recharge.payment_info", lambda sight: sight.card),
    ],
)
async def test_one_part_that_cannot_be_read_leaves_the_others(
    bench: Bench, operation: str, part: Callable[[Sight], object]
) -> None:
    reviews(bench)
    bench.peer.statuses[operation] = 403
    await bench.watch.account()
    (sight,) = bench.seen
    assert part(sight) is None
    parts = (sight.campaigns, sight.reviewed, sight.issues, sight.card)
    assert sum(each is None for each in parts) == 1


async def test_no_card_is_no_alert_and_no_trouble(bench: Bench) -> None:
    bench.peer.statuses["recharge.payment_info"] = 404
    await bench.watch.account()
    assert bench.seen[0].card == CardSeen()


async def test_a_list_of_campaigns_that_cannot_be_read_is_as_it_was(bench: Bench) -> None:
    reviews(bench)
    await bench.watch.account()
    bench.peer.statuses["mms_campaigns.list"] = 403
    await bench.watch.account()
    for kind in ("sms", "email"):
        bench.peer.statuses[f"{kind}_campaigns.list"] = 403
    await bench.watch.account()
    first, second, third = (sight.campaigns for sight in bench.seen)
    assert {each.id.partition("-")[0] for each in first or ()} == {"sms", "mms", "email"}
    assert set(second or ()) == set(first or ())
    assert third is None


@pytest.mark.parametrize(("seconds", "missing"), [(10, True), (100, False)])
async def test_a_look_that_had_to_leave_messages_out_says_since_when_none_is_missing(
    bench: Bench, *, seconds: int, missing: bool
) -> None:
    def page(body: dict[str, Any]) -> dict[str, Any]:
        number = int(body.get("page", 1))
        at = int(NOW.timestamp()) - seconds * number
        data = [sms(f"M{number}-{each}", "201", date=at) for each in range(100)]
        return {"total": 9_900, "current_page": number, "last_page": 99, "data": data}

    bench.peer.answers["sms.history"] = listed(sms("M1", "201"))  # ten minutes ago
    await bench.watch.deliveries()
    assert await bench.whole_since() is None
    bench.peer.answers["sms.history"] = page
    await bench.watch.deliveries()
    whole = NOW - timedelta(seconds=seconds * 20)
    assert await bench.whole_since() == (whole if missing else None)


async def test_the_four_weeks_before_are_counted_again_after_an_hour(bench: Bench) -> None:
    old = sms("M1", "301")
    old["date"] -= 24 * 3600
    bench.peer.answers["sms.history"] = listed(old)
    await bench.watch.deliveries()
    older = sms("M2", "301")
    older["date"] -= 48 * 3600
    bench.peer.answers["sms.history"] = listed(older)
    await bench.watch.deliveries()
    bench.now += HOUR
    await bench.watch.deliveries()
    counts = [sum(each.count for each in s.traffic.usual) for s in bench.seen if s.traffic]
    assert counts == [1, 1, 2]
