"""Roles and limits as services keep them: on both databases, and when many act at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from bot.clicksend import ClickSend
from bot.services.account import AccountReader
from bot.services.checks import Checks
from bot.services.decisions import Decisions, OverLimitError
from bot.services.journal import Journal
from bot.services.limit_book import LimitBook, Standing
from bot.services.limits import EACH, WORKSPACE, Limit, Measure
from bot.services.permissions import LastAdminError, Permissions
from bot.services.roles import Grant, Role
from bot.services.rules import Rules
from bot.services.sending import Confirmation, Outcome, Sending
from bot.store import Database, Scope, audit, ledger, sends, waiting
from bot.store.sends import State
from tests.store.made import a_send, stored

MIDNIGHT = datetime(2026, 4, 30, 14, tzinfo=UTC)  # in Sydney, where it is the first of May
NOON = MIDNIGHT + timedelta(hours=12)


@dataclass
class FakeGroups:
    """User groups by person, and who was asked for."""

    groups: dict[str, set[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def groups_of(self, user: str) -> frozenset[str]:
        self.asked.append(user)
        return frozenset(self.groups.get(user, ()))


@pytest.fixture
def groups() -> FakeGroups:
    return FakeGroups()


def permissions(
    database: Database, scope: Scope, groups: FakeGroups, *, admins: set[str], senders: set[str]
) -> Permissions:
    return Permissions(
        database,
        scope,
        groups,
        admins=frozenset(admins),
        senders=frozenset(senders),
        now=lambda: NOON,
    )


async def trail(database: Database, scope: Scope) -> list[tuple[str, str, str, str, Any]]:
    async with database.read() as connection:
        found = await audit.search(connection, scope, limit=99)
    return [(r.actor, r.place, r.action, r.subject, r.detail) for r in reversed(found)]


async def test_nobody_may_send_unless_a_setting_or_a_role_says_so(
    database: Database, scope: Scope, groups: FakeGroups
) -> None:
    access = permissions(database, scope, groups, admins={"U0ADA"}, senders={"U0SAM"})
    for user, allowed in (("U0ADA", True), ("U0SAM", True), ("U0EVE", False)):
        assert (await access.may_send(user, "C1", kind="sms")).allowed is allowed
    assert await access.role_of("U0SAM") is Role.SENDER
    assert await access.role_of("U0EVE") is Role.VIEWER
    assert groups.asked == []

    assert await access.grant(Grant("U0EVE", Role.SENDER, "fax"), actor="U0ADA", where="C1")
    assert not await access.grant(Grant("U0EVE", Role.SENDER, "fax"), actor="U0BOB")
    assert (await access.may_send("U0EVE", kind="fax")).allowed
    assert not (await access.may_send("U0EVE", kind="sms")).allowed
    assert not (await access.may_approve("U0EVE", "C1")).allowed

    assert await access.revoke(Grant("U0EVE", Role.SENDER, "fax"), actor="U0ADA", where="D1")
    assert not await access.revoke(Grant("U0EVE", Role.SENDER, "fax"), actor="U0ADA")
    assert not (await access.may_send("U0EVE", kind="fax")).allowed
    detail = {"role": "sender", "place": "fax"}
    assert await trail(database, scope) == [
        ("U0ADA", "C1", "access granted", "U0EVE", detail),
        ("U0ADA", "D1", "access revoked", "U0EVE", detail),
    ]


async def test_slack_is_asked_for_groups_only_where_a_group_has_a_role(
    database: Database, scope: Scope, groups: FakeGroups
) -> None:
    access = permissions(database, scope, groups, admins={"U0ADA"}, senders=set())
    groups.groups["U0EVE"] = {"S1"}
    assert not (await access.may_approve("U0EVE", "C1")).allowed
    assert groups.asked == []
    await access.grant(Grant("S1", Role.APPROVER), actor="U0ADA")
    assert (await access.may_approve("U0EVE", "C1")).allowed
    assert not (await access.may_approve("U0BOB", "C1")).allowed
    assert groups.asked == ["U0EVE", "U0BOB"]


async def test_somebody_stays_who_can_give_roles(
    database: Database, scope: Scope, groups: FakeGroups
) -> None:
    first = permissions(database, scope, groups, admins={"U0ADA"}, senders=set())
    await first.grant(Grant("U0EVE", Role.ADMIN), actor="U0ADA")
    await first.grant(Grant("S1", Role.ADMIN), actor="U0ADA")
    access = permissions(database, scope, groups, admins=set(), senders={"*"})
    eve = Grant("U0EVE", Role.ADMIN)
    with pytest.raises(LastAdminError):  # nobody may be in that group
        await access.revoke(eve, actor="U0EVE")
    assert (await access.may_administer("U0EVE")).allowed
    assert not await access.revoke(Grant("U0BOB", Role.ADMIN), actor="U0EVE")
    groups.groups["U0EVE"] = {"S1"}
    assert await access.revoke(eve, actor="U0EVE")
    with pytest.raises(LastAdminError):
        await access.revoke(Grant("S1", Role.ADMIN), actor="U0EVE")
    assert await first.revoke(Grant("S1", Role.ADMIN), actor="U0ADA")  # the setting's stays
    actions = [action for _, _, action, _, _ in await trail(database, scope)]
    assert actions == ["access granted", "access granted", "access revoked", "access revoked"]


async def test_two_admins_who_remove_each_other_never_both_succeed(
    database: Database, scope: Scope, groups: FakeGroups
) -> None:
    first = permissions(database, scope, groups, admins={"U0ADA"}, senders=set())
    access = permissions(database, scope, groups, admins=set(), senders=set())
    for _ in range(10):
        for user in ("U0EVE", "U0BOB"):
            await first.grant(Grant(user, Role.ADMIN), actor="U0ADA")
        results = await asyncio.gather(
            access.revoke(Grant("U0EVE", Role.ADMIN), actor="U0BOB"),
            access.revoke(Grant("U0BOB", Role.ADMIN), actor="U0EVE"),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in results) == ["LastAdminError", "bool"]
        assert len(await access.grants()) == 1


class FakeAccount:
    """An account in Sydney; nobody asks for its balance here."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)


def book(database: Database, scope: Scope, now: datetime = NOON) -> LimitBook:
    account = cast("AccountReader", FakeAccount("Australia/Sydney"))
    return LimitBook(account, database, scope, now=lambda: now)


async def test_what_is_used_is_counted_by_subject_and_from_the_accounts_midnight(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        for number, (actor, channel, at) in enumerate(
            (
                ("U0ADA", "C1", MIDNIGHT - timedelta(microseconds=1)),  # April
                ("U0ADA", "C1", MIDNIGHT),
                ("U0EVE", "C2", NOON),
            )
        ):
            await stored(
                connection,
                scope,
                f"draft{number}",
                state=State.SENT,
                actor=actor,
                channel=channel,
                confirmed_at=at,
                recipients=10**number,
                price=Decimal(number + 1),
            )
    limits = book(database, scope)
    for subject, measure in (
        *((WORKSPACE, Measure.MONEY_MONTH), ("U0EVE", Measure.MESSAGES_DAY)),
        *(("C1", Measure.MESSAGES_MONTH), (EACH, Measure.MESSAGES_DAY)),
        (EACH, Measure.SEND_MONEY),
    ):
        await limits.set(Limit(subject, measure, Decimal(7)), actor="U0ADA", where="C1")
    found = {(s.limit.subject, s.limit.measure): s.used for s in await limits.standing("U0ADA")}
    assert found == {
        (WORKSPACE, Measure.MONEY_MONTH): Decimal(5),
        ("U0EVE", Measure.MESSAGES_DAY): Decimal(100),
        ("C1", Measure.MESSAGES_MONTH): Decimal(10),
        (EACH, Measure.MESSAGES_DAY): Decimal(10),
        (EACH, Measure.SEND_MONEY): None,
    }
    tomorrow = book(database, scope, MIDNIGHT + timedelta(days=1))
    used = {(s.limit.subject, s.limit.measure): s.used for s in await tomorrow.standing("U0ADA")}
    assert used["U0EVE", Measure.MESSAGES_DAY] == 0
    assert used[WORKSPACE, Measure.MONEY_MONTH] == 5


async def test_limits_are_set_changed_and_lifted_and_each_is_recorded(
    database: Database, scope: Scope
) -> None:
    limits = book(database, scope)
    day, month = Measure.MONEY_DAY, Measure.MONEY_MONTH
    await limits.set(Limit("U0EVE", day, Decimal("2.50")), actor="U0ADA", where="C1")
    await limits.set(Limit("U0EVE", day, Decimal(100)), actor="U0BOB")
    await limits.set(Limit("U0EVE", month, Decimal(9)), actor="U0ADA")
    await limits.set(Limit(EACH, day, Decimal(1)), actor="U0ADA")
    assert await limits.standing("U0ADA") == [
        Standing(Limit("U0EVE", day, Decimal(100)), Decimal(0), "U0BOB", NOON),
        Standing(Limit("U0EVE", month, Decimal(9)), Decimal(0), "U0ADA", NOON),
        Standing(Limit(EACH, day, Decimal(1)), Decimal(0), "U0ADA", NOON),
    ]
    assert [row.measure for row in await limits.lift("U0EVE", month, actor="U0BOB")] == [month]
    assert await limits.lift("U0EVE", month, actor="U0BOB") == []
    assert [row.measure for row in await limits.lift("U0EVE", None, actor="U0BOB")] == [day]
    assert [s.limit.subject for s in await limits.standing("U0ADA")] == [EACH]
    assert await trail(database, scope) == [
        ("U0ADA", "C1", "limit money_day set", "U0EVE", {"limit": "2.5"}),
        ("U0BOB", "", "limit money_day set", "U0EVE", {"limit": "100"}),
        ("U0ADA", "", "limit money_month set", "U0EVE", {"limit": "9"}),
        ("U0ADA", "", "limit money_day set", "each", {"limit": "1"}),
        ("U0BOB", "", "limit money_month lifted", "U0EVE", {"limit": "9"}),
        ("U0BOB", "", "limit money_day lifted", "U0EVE", {"limit": "100"}),
    ]


@pytest.fixture
async def clicksend() -> AsyncIterator[ClickSend]:
    """Nobody calls it here."""
    client = ClickSend("http://127.0.0.1:1/v3", "demo", SecretStr("key"))
    async with client:
        yield client


def sending(database: Database, scope: Scope, clicksend: ClickSend) -> Sending:
    account = cast("AccountReader", FakeAccount("Australia/Sydney"))
    rules = Rules(duplicates=timedelta(0))
    return Sending(
        clicksend,
        account,
        database,
        scope,
        checks=Checks(clicksend, account, database, scope, rules=rules, now=lambda: NOON),
        limits=book(database, scope),
        journal=Journal(scope, now=lambda: NOON),
        rules=rules,
        now=lambda: NOON,
        wake=lambda: None,
    )


@pytest.mark.parametrize(
    ("limit", "fits"),
    [
        (Limit(WORKSPACE, Measure.MESSAGES_DAY, Decimal(7)), 3),
        (Limit(EACH, Measure.MONEY_MONTH, Decimal("0.3085")), 4),
        (Limit("U0ADA", Measure.MONEY_DAY, Decimal("0.3084")), 4),
        (Limit("C0OPS", Measure.MESSAGES_MONTH, Decimal(0)), 0),
        (Limit(EACH, Measure.SEND_RECIPIENTS, Decimal(1)), 0),
        (Limit("U0EVE", Measure.MESSAGES_DAY, Decimal(0)), 50),
    ],
    ids=str,
)
async def test_fifty_confirmations_at_once_never_exceed_a_limit(
    database: Database, scope: Scope, clicksend: ClickSend, limit: Limit, fits: int
) -> None:
    await book(database, scope).set(limit, actor="U0ADA")
    async with database.write() as connection:
        for number in range(50):
            send = a_send(f"draft{number}", recipients=2, fingerprint="f" * 64)
            assert await sends.add_draft(connection, scope, send)
    replicas = [sending(database, scope, clicksend) for _ in range(2)]
    answers: list[Confirmation] = await asyncio.gather(
        *(replicas[n % 2].confirm(f"draft{n}", actor="U0ADA") for n in range(50))
    )
    outcomes = [answer.outcome for answer in answers]
    assert outcomes.count(Outcome.QUEUED) == fits
    assert outcomes.count(Outcome.LIMITED) == 50 - fits
    assert all(a.words for a in answers if a.outcome is Outcome.LIMITED)
    async with database.read() as connection:
        used = await ledger.spent(connection, scope, since=MIDNIGHT)
    assert used == (2 * fits, fits * Decimal("0.0771"))


async def test_who_may_only_by_a_group_says_yes_and_a_stranger_does_not(
    database: Database, scope: Scope, clicksend: ClickSend, groups: FakeGroups
) -> None:
    access = permissions(database, scope, groups, admins={"U0ADA"}, senders={"U0SAM"})
    groups.groups["U0EVE"] = {"S1"}
    async with database.write() as connection:
        for actor in ("U0SAM", "U0EVE", "U0BOB"):
            await stored(connection, scope, actor, actor=actor)
    line = sending(database, scope, clicksend)

    async def yes(draft: str, actor: str) -> Confirmation:
        return await line.confirm(draft, actor=actor, access=access)

    assert (await yes("U0EVE", "U0EVE")).outcome is Outcome.FORBIDDEN
    assert groups.asked == []  # no group has a role yet
    await access.grant(Grant("S1", Role.SENDER), actor="U0ADA")
    assert (await yes("U0SAM", "U0SAM")).outcome is Outcome.QUEUED
    assert groups.asked == []
    assert (await yes("U0EVE", "U0EVE")).outcome is Outcome.QUEUED
    denied = await yes("U0BOB", "U0BOB")
    assert (denied.outcome, "*sender* is missing" in denied.words) == (Outcome.FORBIDDEN, True)
    assert groups.asked == ["U0EVE", "U0BOB"]
    assert (await yes("U0BOB", "U0ADA")).outcome is Outcome.GONE  # an admin, but it is not theirs
    async with database.read() as connection:
        assert await waiting.count(connection, scope, state=State.QUEUED) == 2


async def test_a_role_that_is_taken_away_counts_for_no_yes_after_it(
    database: Database, scope: Scope, clicksend: ClickSend, groups: FakeGroups
) -> None:
    access = permissions(database, scope, groups, admins={"U0ADA"}, senders=set())
    given = Grant("U0EVE", Role.SENDER)
    async with database.write() as connection:
        for number in range(2):
            await stored(connection, scope, f"draft{number}", actor="U0EVE")
    line = sending(database, scope, clicksend)
    await access.grant(given, actor="U0ADA")
    first = await line.confirm("draft0", actor="U0EVE", access=access)
    await access.revoke(given, actor="U0ADA")
    second = await line.confirm("draft1", actor="U0EVE", access=access)
    assert (first.outcome, second.outcome) == (Outcome.QUEUED, Outcome.FORBIDDEN)


async def test_in_a_direct_message_all_that_a_person_sent_counts(
    database: Database, scope: Scope, clicksend: ClickSend
) -> None:
    """There the channel is the person: what they sent elsewhere counts all the same."""
    await book(database, scope).set(Limit(EACH, Measure.MESSAGES_DAY, Decimal(2)), actor="U0EVE")
    async with database.write() as connection:
        for number in range(2):
            values = {"state": State.SENT, "confirmed_at": NOON}
            await stored(connection, scope, f"sent{number}", **values)
        assert await sends.add_draft(connection, scope, a_send("draft1", channel="U0ADA"))
    answer = await sending(database, scope, clicksend).confirm("draft1", actor="U0ADA")
    assert answer.outcome is Outcome.LIMITED
    assert "2 used, 0 left" in answer.words


async def test_what_waits_for_approval_is_not_counted_twice(
    database: Database, scope: Scope
) -> None:
    limits = book(database, scope)
    await limits.set(Limit(EACH, Measure.MESSAGES_DAY, Decimal(1)), actor="U0EVE")
    async with database.write() as connection:
        waits = {"state": State.APPROVAL, "confirmed_at": NOON}
        send = await stored(connection, scope, "draft1", **waits)
        assert await limits.breaches(connection, send) == ()
        await stored(connection, scope, "draft2", **waits)
        assert await limits.breaches(connection, send) != ()


async def test_a_risen_price_is_held_against_the_limits_again(
    database: Database, scope: Scope, clicksend: ClickSend
) -> None:
    limits = book(database, scope)
    await limits.set(Limit(WORKSPACE, Measure.MONEY_DAY, Decimal(3)), actor="U0ADA")
    async with database.write() as connection:
        for number in range(6):
            values = {"state": State.REPRICED, "price": Decimal(1), "confirmed_at": MIDNIGHT}
            await stored(connection, scope, f"draft{number}", **values)
    account = cast("AccountReader", FakeAccount("Australia/Sydney"))
    decisions = Decisions(
        database,
        scope,
        journal=Journal(scope, now=lambda: NOON),
        limits=limits,
        checks=Checks(clicksend, account, database, scope, rules=Rules(), now=lambda: NOON),
        account=account,
        rules=Rules(),
        now=lambda: NOON,
        wake=lambda: None,
    )
    answers = await asyncio.gather(
        *(decisions.pay(f"draft{n}", actor="U0ADA", price=Decimal(1)) for n in range(6)),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, OverLimitError)]
    assert len(refused) == 3
    assert "AUD 3.00 used, AUD 0.00 left" in str(refused[0])
    paid = [answer for answer in answers if isinstance(answer, sends.Send)]
    assert {(send.state, send.confirmed_at) for send in paid} == {(State.QUEUED, NOON)}
    assert await decisions.pay(paid[0].id, actor="U0ADA", price=Decimal(1)) is None
    assert await decisions.pay("nothing", actor="U0ADA", price=Decimal(1)) is None
    async with database.read() as connection:
        assert await ledger.spent(connection, scope, since=MIDNIGHT) == (3, Decimal(3))
