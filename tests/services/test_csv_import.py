"""Imports and checks that go wrong: lost answers, dead processes, stops; nothing is done twice."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from bot.sandbox.clicksend.contact_rows import contact
from bot.services import notices
from bot.services.account import AccountReader
from bot.services.bulk_decisions import Yes
from bot.services.channels import channel_of, operation_of
from bot.services.checks import Checks
from bot.services.csv_file import CsvError
from bot.services.csv_jobs import Report
from bot.services.csv_parts import Csv, csv_parts
from bot.services.csv_spec import BULK, IMPORT, Spec
from bot.services.guards import QuietHours
from bot.services.journal import Journal
from bot.services.rules import Rules
from bot.services.worker import Worker
from bot.store import Database, Scope, csv_batches, csv_jobs, sends
from bot.store.csv_batches import BatchState
from bot.store.csv_jobs import JobState
from bot.store.sends import Send, State
from bot.store.tables import csv_jobs as job_rows
from bot.store.tables import csv_rows as row_rows
from bot.store.tables import notices as notice_rows
from bot.store.tables import sends as send_rows

SCOPE = Scope("T0", "demo")


@dataclass
class Clock:
    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Allowance:
    """Limits that count the recipients they are asked about."""

    most: int = 1_000_000
    asked: list[tuple[int, Decimal | None]] = field(default_factory=list)

    async def breaches(self, connection: AsyncConnection, send: Send) -> tuple[str, ...]:
        del connection
        self.asked.append((send.recipients, send.price))
        return ("Too many.",) if send.recipients > self.most else ()


@dataclass
class Desk:
    sandbox: ClickSendSandbox
    database: Database
    clock: Clock
    limits: Allowance
    clicksend: ClickSend
    make: Callable[..., Csv]
    content: bytes = b""
    csv: Csv = None  # type: ignore[assignment]  # made by `restart`

    async def files(self, file_id: str) -> bytes:
        del file_id
        return self.content

    def restart(self, **rules: Any) -> None:
        """A process that knows nothing of the one before."""
        self.csv = self.make(self.files, Rules(**rules))

    async def checked(self, content: bytes, kind: str = IMPORT, **spec: Any) -> Report:
        self.content = content
        asked = Spec(file="F1", name="people.csv", **spec)
        found = await self.csv.jobs.look("job1", kind, asked, actor="U0ADA", channel="C0OPS")
        assert found is not None
        assert await self.csv.jobs.start("job1", found[0].fields, actor="U0ADA")
        await self.csv.worker.work()
        return await self.report()

    async def report(self) -> Report:
        found = await self.csv.jobs.report("job1")
        assert found is not None
        return found

    async def run(self) -> Report:
        assert (await self.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.TAKEN
        await self.csv.worker.work()
        return await self.report()

    def sender(self) -> Worker:
        """The worker of sends, of another process."""
        account, rules = AccountReader(self.clicksend, now=self.clock), Rules()
        return Worker(
            self.clicksend,
            account,
            self.database,
            SCOPE,
            journal=Journal(SCOPE, now=self.clock),
            rules=rules,
            checks=Checks(
                self.clicksend, account, self.database, SCOPE, rules=rules, now=self.clock
            ),
            owner="alive",
            skew=timedelta(seconds=60),
            pause=timedelta(seconds=30),
            now=self.clock,
            told=lambda: None,
        )

    def called(self, operation: str) -> int:
        return sum(name == operation for name, _ in self.sandbox.requests)

    def members(self, list_id: int) -> list[str]:
        found = self.sandbox.state.shelf("contacts").all()
        return [each["phone_number"] for each in found if each["list_id"] == list_id]

    async def told(self) -> list[notices.Notice]:
        async with self.database.read() as connection:
            rows = await connection.execute(
                select(notice_rows.c.payload).order_by(notice_rows.c.id)
            )
            return [notices.from_json(each) for each in rows.scalars()]


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    sandbox = ClickSendSandbox()
    sandbox.state.delay = 0.0
    database = Database(sqlite_url)
    await database.open()
    clock, limits = Clock(), Allowance()
    async with (
        sandbox.serve() as url,
        ClickSend(f"{url}/v3", USER, SecretStr(KEY)) as clicksend,
    ):
        account = AccountReader(clicksend, now=clock, low_credit=None)

        def make(files: Any, rules: Rules) -> Csv:
            return csv_parts(
                clicksend,
                account,
                Checks(clicksend, account, database, SCOPE, rules=rules, now=clock),
                database,
                SCOPE,
                files=files,
                limits=limits,
                rules=rules,
                country="AU",
                now=clock,
                wake=lambda: None,
                pause=0.05,
                settle=0.5,
            )

        made = Desk(sandbox, database, clock, limits, clicksend, make)
        made.restart()
        yield made
    await database.close()


def people(count: int, start: int = 0) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Name", "Mobile"])
    writer.writerows([f"P{n}", f"+6141{n:07}"] for n in range(start, start + count))
    return text.getvalue().encode()


async def new_list(desk: Desk) -> int:
    made = desk.sandbox.state.shelf("lists").add({"list_name": "L", "list_email_id": "E"})
    number: int = made["list_id"]
    return number


async def test_who_is_in_the_list_already_is_rejected_before_anything_is_imported(
    desk: Desk,
) -> None:
    number = await new_list(desk)
    assert (await desk.checked(people(30), list_id=number, list_name="L")).job.good == 30
    done = await desk.run()
    assert (done.job.state, done.job.good, done.job.bad) == (JobState.DONE, 30, 0)
    assert len(desk.members(number)) == 30
    asked = Spec(file="F1", name="people.csv", list_id=number, list_name="L")
    desk.content = people(40)
    found = await desk.csv.jobs.look("job2", IMPORT, asked, actor="U0ADA", channel="C0OPS")
    assert found is not None
    await desk.csv.jobs.start("job2", found[0].fields, actor="U0ADA")
    await desk.csv.worker.work()
    again = await desk.csv.jobs.report("job2")
    assert again is not None
    assert (again.job.good, again.job.bad) == (10, 30)


@pytest.mark.parametrize(("fault", "arrived"), [("cut_after", 20), ("cut_before", 0)])
async def test_a_lost_answer_to_an_import_is_looked_for_in_the_list_and_never_repeated(
    desk: Desk, fault: Any, arrived: int
) -> None:
    number = await new_list(desk)
    await desk.checked(people(20), list_id=number, list_name="L")
    desk.sandbox.fail(fault, "lists.import_contacts")
    done = await desk.run()
    assert desk.called("lists.import_contacts") == 1
    assert len(desk.members(number)) == arrived
    assert (done.job.state, done.job.good, done.job.bad) == (JobState.DONE, arrived, 20 - arrived)
    assert done.batches == {BatchState.UNKNOWN: 1}
    if not arrived:
        assert b"answer was lost" in await desk.csv.results.rejected("job1")


async def test_a_lost_answer_to_an_upload_is_uploaded_again_and_imported_once(desk: Desk) -> None:
    number = await new_list(desk)
    await desk.checked(people(20), list_id=number, list_name="L")
    desk.sandbox.fail("cut_after", "uploads.upload")
    done = await desk.run()
    assert (done.job.state, done.job.good) == (JobState.DONE, 20)
    assert desk.called("uploads.upload") == 2
    assert desk.called("lists.import_contacts") == 1


async def test_a_batch_that_a_dead_process_was_sending_is_never_sent_again(desk: Desk) -> None:
    number = await new_list(desk)
    await desk.checked(people(20), list_id=number, list_name="L")
    assert (await desk.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.TAKEN
    async with desk.database.write() as connection:
        now = desk.clock()
        lease = now + timedelta(minutes=1)
        await csv_jobs.claim(connection, SCOPE, owner="dead", now=now, lease_until=lease)
        assert await csv_batches.claim(connection, SCOPE, "job1", lease_until=lease) == 0
    desk.restart()
    await desk.csv.worker.work()
    assert (await desk.report()).job.state is JobState.RUNNING  # the lease has not ended yet
    desk.clock.ahead = timedelta(minutes=10)
    await desk.csv.worker.work()
    done = await desk.report()
    assert desk.called("lists.import_contacts") == 0
    assert (done.job.state, done.job.good, done.job.bad) == (JobState.DONE, 0, 20)


async def test_a_killed_import_goes_on_where_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await new_list(desk)
    await desk.checked(people(12_000), list_id=number, list_name="L")
    assert (await desk.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.TAKEN
    finish = csv_batches.finish

    async def dying(*_: Any, **__: Any) -> bool:
        raise KeyboardInterrupt  # ClickSend took the batch, and nobody wrote that down

    monkeypatch.setattr(csv_batches, "finish", dying)
    with pytest.raises(KeyboardInterrupt):
        await desk.csv.worker.work()
    monkeypatch.setattr(csv_batches, "finish", finish)
    assert desk.called("lists.import_contacts") == 1
    desk.clock.ahead = timedelta(minutes=10)
    desk.restart()
    await desk.csv.worker.work()
    done = await desk.report()
    assert done.job.state is JobState.DONE
    assert desk.called("lists.import_contacts") == 3
    found = desk.members(number)
    # The sandbox takes no number that ends in 98: their rows come back.
    assert len(found) == len(set(found)) == 11_880
    assert (done.job.good, done.job.bad) == (11_880, 120)


async def test_a_job_that_was_stopped_while_a_long_list_was_read_goes_no_further(
    desk: Desk,
) -> None:
    number = await new_list(desk)
    shelf = desk.sandbox.state.shelf("contacts")
    for each in range(1_200):
        shelf.add(contact({"phone_number": f"+6142{each * 2 + 1:07}"}, number, 1))
    desk.content = people(10)
    asked = Spec(file="F1", name="people.csv", list_id=number, list_name="L")
    found = await desk.csv.jobs.look("job1", IMPORT, asked, actor="U0ADA", channel="C0OPS")
    assert found is not None
    await desk.csv.jobs.start("job1", found[0].fields, actor="U0ADA")
    desk.sandbox.fail("latency", "contacts.list", seconds=0.5)
    running = asyncio.create_task(desk.csv.worker.work())
    assert await desk.csv.jobs.stop("job1", actor="U0ADA")
    await running
    report = await desk.report()
    assert (report.job.state, report.job.good) == (JobState.STOPPED, 0)


async def test_an_import_that_is_stopped_hands_over_no_further_batch(desk: Desk) -> None:
    number = await new_list(desk)
    await desk.checked(people(12_000), list_id=number, list_name="L")
    assert (await desk.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.TAKEN
    hold = desk.csv.worker.hold

    async def holding(*given: Any, **more: Any) -> None:
        if desk.called("lists.import_contacts") == 1:
            await desk.csv.jobs.stop("job1", actor="U0ADA")
        await hold(*given, **more)

    desk.csv.worker.hold = holding
    await desk.csv.worker.work()
    desk.clock.ahead = timedelta(minutes=10)
    await desk.csv.worker.work()
    report = await desk.report()
    assert report.job.state is JobState.STOPPED
    assert report.batches == {BatchState.TAKEN: 1, BatchState.WAITING: 2}
    assert desk.called("lists.import_contacts") == 1


async def test_a_new_list_whose_answer_was_lost_is_found_by_its_name(desk: Desk) -> None:
    await desk.checked(people(3), list_name="Brand new")
    desk.sandbox.fail("cut_after", "lists.create")
    assert (await desk.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.TAKEN
    await desk.csv.worker.work()
    desk.clock.ahead = timedelta(minutes=10)
    await desk.csv.worker.work()
    assert (await desk.report()).job.state is JobState.DONE
    assert desk.called("lists.create") == 1


async def test_a_list_that_is_gone_ends_the_job_with_words(desk: Desk) -> None:
    number = await new_list(desk)
    await desk.checked(people(3), list_id=number, list_name="L")
    desk.sandbox.state.shelf("lists").delete(number)
    done = await desk.run()
    assert done.job.state is JobState.FAILED
    assert "import the file again" in (done.job.reason or "")


async def test_a_check_that_a_crash_cut_off_is_done_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.content = people(2_500)
    kept: list[object] = []
    add_rows = csv_jobs.add_rows

    async def dying(*given: Any) -> None:
        kept.append(await add_rows(*given))
        if len(kept) == 2:
            raise KeyboardInterrupt

    asked = Spec(file="F1", name="people.csv", list_name="New")
    found = await desk.csv.jobs.look("job1", IMPORT, asked, actor="U0ADA", channel="C0OPS")
    assert found is not None
    await desk.csv.jobs.start("job1", found[0].fields, actor="U0ADA")
    monkeypatch.setattr(csv_jobs, "add_rows", dying)
    with pytest.raises(KeyboardInterrupt):
        await desk.csv.worker.work()
    monkeypatch.setattr(csv_jobs, "add_rows", add_rows)
    assert (await desk.report()).job.state is JobState.CHECKING
    desk.clock.ahead = timedelta(minutes=10)
    desk.restart()
    await desk.csv.worker.work()
    report = await desk.report()
    assert (report.job.state, report.job.good) == (JobState.READY, 2_500)
    async with desk.database.read() as connection:
        assert await csv_jobs.sizes(connection, SCOPE, "job1") == {0: 2_500}


async def test_a_file_that_changed_since_it_was_looked_at_is_refused(desk: Desk) -> None:
    desk.content = people(3)
    asked = Spec(file="F1", name="people.csv", list_name="New")
    found = await desk.csv.jobs.look("job1", IMPORT, asked, actor="U0ADA", channel="C0OPS")
    assert found is not None
    desk.content = people(4)
    await desk.csv.jobs.start("job1", found[0].fields, actor="U0ADA")
    await desk.csv.worker.work()
    assert "has changed" in ((await desk.report()).job.reason or "")


async def test_a_file_of_nothing_but_bad_rows_offers_no_yes_and_one_file(desk: Desk) -> None:
    report = await desk.checked(b"Mobile\n1\n2\n", list_name="New")
    assert (report.job.good, report.job.bad) == (0, 2)
    assert (await desk.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.LATE
    files = [each for each in await desk.told() if isinstance(each, notices.JobFile)]
    assert [each.what for each in files] == ["rejected"]


async def test_a_form_submitted_twice_makes_one_job(desk: Desk) -> None:
    desk.content = people(1)
    asked = Spec(file="F1", name="people.csv", list_name="New")
    first = await desk.csv.jobs.look("job1", IMPORT, asked, actor="U0ADA", channel="C0OPS")
    again = await desk.csv.jobs.look("job1", IMPORT, asked, actor="U0ADA", channel="C0OPS")
    assert first is not None
    assert again is None
    assert not await desk.csv.jobs.start("job1", {}, actor="U0EVE")


async def bulk(desk: Desk, count: int = 1_500, text: str = "Hi {name}") -> Report:
    desk.sandbox.state.balance = Decimal(1_000)
    columns = people(count).replace(b"Name,", b"Name ,")
    return await desk.checked(columns, BULK, template=text)


async def batches(desk: Desk) -> list[Any]:
    async with desk.database.read() as connection:
        rows = await connection.execute(select(send_rows).order_by(send_rows.c.summary))
        return list(rows.mappings())


async def test_a_bulk_send_is_batches_of_a_thousand_with_the_price_of_the_whole(
    desk: Desk,
) -> None:
    report = await bulk(desk)
    assert report.job.state is JobState.READY
    found = await batches(desk)
    # The sandbox takes no number that ends in 98, as the real one refuses some.
    assert [each["recipients"] for each in found] == [990, 495]
    assert report.spec.refused == 15
    assert {each["state"] for each in found} == {"draft"}
    assert report.job.price == sum(each["price"] for each in found)
    assert desk.called("sms.price") == 2
    assert report.spec.examples[1] == (f"+6141{1:07}", "Hi P1", 1)
    assert report.spec.parts == 1_485


async def test_the_limits_see_the_whole_and_not_a_batch(desk: Desk) -> None:
    report = await bulk(desk)
    desk.limits.most = 1_200
    assert await desk.csv.jobs.say_yes("job1", actor="U0ADA") == (Yes.LIMITED, "Too many.")
    assert desk.limits.asked == [(1_500, report.job.price)]
    assert {each["state"] for each in await batches(desk)} == {"draft"}


async def sent_by_another(desk: Desk) -> None:
    """Bob says yes to the same, as another job."""
    async with desk.database.write() as connection:
        for table, key in ((job_rows, "id"), (row_rows, "job")):
            found = await connection.execute(select(table).where(table.c[key] == "job1"))
            copies = [{**row, key: "job2"} for row in found.mappings()]
            if table is job_rows:
                copies = [{**c, "actor": "U0BOB", "confirmed_at": desk.clock()} for c in copies]
            await connection.execute(table.insert(), copies)


async def test_the_approval_is_asked_for_by_the_whole(desk: Desk) -> None:
    desk.restart(approval_recipients=1_200)
    await bulk(desk)
    outcome, why = await desk.csv.jobs.say_yes("job1", actor="U0ADA")
    assert outcome is Yes.APPROVAL
    assert "1,500 recipients" in why
    assert {each["state"] for each in await batches(desk)} == {"approval"}
    assert await desk.csv.decisions.approve("job1", actor="U0ADA") == (Yes.LATE, "")
    most, desk.limits.most = desk.limits.most, 900
    assert await desk.csv.decisions.approve("job1", actor="U0EVE") == (Yes.LIMITED, "Too many.")
    desk.limits.most = most
    await sent_by_another(desk)
    outcome, why = await desk.csv.decisions.approve("job1", actor="U0EVE")
    assert outcome is Yes.AGAIN
    assert "<@U0BOB> sent this text to" in why
    assert await desk.csv.decisions.approve("job1", actor="U0EVE") == (Yes.TAKEN, "")
    assert {each["state"] for each in await batches(desk)} == {"queued"}
    assert await desk.csv.decisions.approve("job1", actor="U0EVE") == (Yes.LATE, "")


async def test_a_yes_counts_once_and_a_stop_keeps_what_waits_from_being_sent(desk: Desk) -> None:
    await bulk(desk)
    said = await asyncio.gather(*(desk.csv.jobs.say_yes("job1", actor="U0ADA") for _ in range(10)))
    assert [each[0] for each in said].count(Yes.TAKEN) == 1
    assert await desk.csv.jobs.stop("job1", actor="U0ADA")
    assert not await desk.csv.jobs.stop("job1", actor="U0ADA")
    report = await desk.report()
    assert report.recipients(State.UNDONE) == 1_485


async def test_a_risen_price_is_held_against_the_limits_and_paid_once(desk: Desk) -> None:
    await bulk(desk)
    assert (await desk.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.TAKEN
    assert await desk.csv.decisions.pay("job1", actor="U0ADA", price=Decimal(500)) == (Yes.LATE, "")
    async with desk.database.write() as connection:
        first = send_rows.c.summary.startswith("1 of")
        risen = {"state": State.REPRICED, "price": Decimal(500)}
        await connection.execute(send_rows.update().where(first).values(risen))
    desk.limits.most = 900
    assert (await desk.csv.decisions.pay("job1", actor="U0ADA", price=Decimal(500)))[
        0
    ] is Yes.LIMITED
    assert desk.limits.asked[-1] == (990, Decimal(500))
    desk.limits.most = 1_000
    assert (await desk.csv.decisions.pay("job1", actor="U0ADA", price=Decimal(500)))[0] is Yes.TAKEN
    assert {each["state"] for each in await batches(desk)} == {"queued"}


async def test_who_asked_for_a_bulk_send_does_not_pay_alone_what_two_must_agree_to(
    desk: Desk,
) -> None:
    desk.restart(approval_cost=Decimal(600))
    await bulk(desk)
    assert (await desk.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.TAKEN
    async with desk.database.write() as connection:
        risen = {"state": State.REPRICED, "price": Decimal(500)}
        await connection.execute(send_rows.update().values(risen))
    decisions = desk.csv.decisions
    whole = Decimal(500) * len(await batches(desk))
    outcome, why = await decisions.pay("job1", actor="U0EVE", price=Decimal(500))
    assert (outcome, "It is AUD 1,000.00 by now" in why) == (Yes.LIMITED, True), "seen: one batch"
    outcome, why = await decisions.pay("job1", actor="U0ADA", price=whole)
    assert (outcome, "more than AUD 600.00" in why) == (Yes.LIMITED, True)
    assert {each["state"] for each in await batches(desk)} == {"repriced"}
    assert await decisions.pay("job1", actor="U0EVE", price=whole) == (Yes.TAKEN, "")


async def test_a_yes_and_a_stop_at_once_leave_nothing_half_decided(desk: Desk) -> None:
    await bulk(desk)
    said, stopped = await asyncio.gather(
        desk.csv.jobs.say_yes("job1", actor="U0ADA"), desk.csv.jobs.stop("job1", actor="U0ADA")
    )
    assert stopped
    states = {each["state"] for each in await batches(desk)}
    assert states == ({"undone"} if said[0] is Yes.TAKEN else set())
    state = (await desk.report()).job.state
    assert state is (JobState.RUNNING if said[0] is Yes.TAKEN else JobState.STOPPED)


async def test_a_balance_that_does_not_cover_it_ends_it_before_the_yes(desk: Desk) -> None:
    desk.sandbox.state.balance = Decimal("0.01")
    report = await desk.checked(people(5), BULK, template="Hi")
    assert report.job.state is JobState.FAILED
    assert "Recharge" in (report.job.reason or "")


async def test_a_bulk_that_was_checked_anew_has_each_batch_once(desk: Desk) -> None:
    await bulk(desk)
    async with desk.database.write() as connection:
        await connection.execute(
            csv_jobs.csv_jobs.update().values(state=JobState.CHECKING, lease_until=None)
        )
    desk.restart()
    await desk.csv.worker.work()
    assert [each["recipients"] for each in await batches(desk)] == [990, 495]


async def test_opted_out_foreign_and_too_long_rows_are_rejected(desk: Desk) -> None:
    number = await new_list(desk)
    desk.sandbox.state.shelf("contacts").add(contact({"phone_number": "+61411111111"}, number, 1))
    desk.restart(opt_out_list=number, countries=frozenset({"AU"}))
    content = f"Mobile,t\n+61411111111,a\n+447400123456,b\n+61422222222,{'x' * 990}\n0433333333,c\n"
    text = "{t}{t}"
    report = await desk.checked(content.encode(), BULK, template=text)
    assert (report.job.good, report.job.bad) == (1, 3)
    reasons = (await desk.csv.results.rejected("job1")).decode("utf-8-sig")
    assert "opted out" in reasons
    assert "(United Kingdom)" in reasons
    assert "at most" in reasons


async def test_quiet_hours_and_landlines_are_warned_about(desk: Desk) -> None:
    now = desk.clock() + timedelta(hours=0)
    day = QuietHours(
        (now - timedelta(hours=12)).time(), (now - timedelta(hours=12, seconds=1)).time()
    )
    desk.restart(quiet=day)
    report = await desk.checked(b"Mobile\n+61411111111\n0212345678\n", BULK, template="Hi")
    words = " ".join(report.spec.warnings)
    assert "1 number is a landline" in words
    assert "quiet hours" in words


async def test_a_file_that_cannot_be_had_is_said(desk: Desk) -> None:
    async def gone(file_id: str) -> bytes:
        raise CsvError(f"{file_id} is gone")

    desk.csv = desk.make(gone, Rules())
    asked = Spec(file="F1", name="people.csv", list_name="New")
    with pytest.raises(CsvError, match="F1 is gone"):
        await desk.csv.jobs.look("job1", IMPORT, asked, actor="U0ADA", channel="C0OPS")


async def test_a_bulk_send_goes_on_after_a_crash_and_repeats_nothing(desk: Desk) -> None:
    await bulk(desk)
    assert (await desk.csv.jobs.say_yes("job1", actor="U0ADA"))[0] is Yes.TAKEN
    async with desk.database.write() as connection:
        now = desk.clock()
        lease = now + timedelta(minutes=1)
        dead = await sends.claim(connection, SCOPE, owner="dead", now=now, lease_until=lease)
    assert dead is not None
    worker = desk.sender()
    desk.clock.ahead = timedelta(minutes=2)
    assert await worker.recover() == 1
    await worker.work()
    await worker.work()
    report = await desk.report()
    assert report.sends[State.UNKNOWN].batches == 1
    assert report.sends[State.SENT].batches == 1
    assert desk.called("sms.send") == 1
    (sent,) = (body for name, body in desk.sandbox.requests if name == "sms.send")
    assert len(sent["messages"]) == 1_500 - len(
        channel_of("sms.send").recipients(operation_of(dead))
    )
    assert report.outcomes["SUCCESS"] == report.recipients(State.SENT)
    changed = [each for each in await desk.told() if isinstance(each, notices.JobChanged)]
    assert len(changed) >= 2
    assert not [each for each in await desk.told() if isinstance(each, notices.SendChanged)]
