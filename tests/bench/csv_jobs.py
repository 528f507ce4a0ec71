"""A generated CSV of 100,000 rows through the whole check: an import, and a bulk send with prices.

Everything is real but ClickSend, which is the sandbox in this very process: its share of the time
is in the figures of the bulk send. The rows a second are of processor time.
"""

import asyncio
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from bot.services.account import AccountReader
from bot.services.checks import Checks
from bot.services.csv_parts import csv_parts
from bot.services.csv_spec import BULK, IMPORT, Spec
from bot.services.rules import Rules
from bot.store import Database, Scope
from bot.store.sends import Send
from tests.bench.csv_check import ROWS, alone, generated, numbers

_TEXT = "Hi {first_name}, this is {company}."
_SCOPE = Scope("T0", USER)


class _NoLimits:
    async def breaches(self, connection: AsyncConnection, send: Send) -> tuple[str, ...]:
        """Nothing is forbidden."""
        del connection, send
        return ()


def _now() -> datetime:
    return datetime.now(UTC)


async def checked(kind: str, rows: int) -> dict[str, float]:
    """Check a file as a job of a kind; what it took."""
    these = numbers(rows)
    content = generated(these)
    sandbox, rules = ClickSendSandbox(), Rules()
    sandbox.state.balance = Decimal(1_000_000)
    with tempfile.TemporaryDirectory() as home:
        database = Database(f"sqlite+aiosqlite:///{Path(home)}/bench.sqlite3")
        await database.open()
        async with (
            sandbox.serve() as url,
            ClickSend(f"{url}/v3", USER, SecretStr(KEY)) as clicksend,
        ):
            account = AccountReader(clicksend, now=_now, low_credit=None)

            async def files(file_id: str) -> bytes:
                del file_id
                return content

            csv = csv_parts(
                clicksend,
                account,
                Checks(clicksend, account, database, _SCOPE, rules=rules, now=_now),
                database,
                _SCOPE,
                files=files,
                limits=_NoLimits(),
                rules=rules,
                country="AU",
                now=_now,
                wake=lambda: None,
            )
            spec = Spec(file="F1", name="people.csv", list_name="New", template=_TEXT)
            found = await csv.jobs.look("job", kind, spec, actor="U0", channel="C0")
            assert found is not None
            await csv.jobs.start("job", found[0].fields, actor="U0")
            before, wall, cpu = _rss(), time.perf_counter(), time.process_time()
            await csv.worker.work()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            report = await csv.jobs.report("job")
        await database.close()
    assert report is not None
    started = time.process_time()
    alone(these)
    bare = time.process_time() - started
    return {
        "good": report.job.good,
        "bad": report.job.bad,
        "seconds": wall,
        "rows_a_second": rows / cpu,
        "ratio_to_phonenumbers": bare / cpu,
        "peak_grew_mb": _rss() - before,
    }


def _rss() -> float:
    """The most memory this process has had, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    for kind in (IMPORT, BULK):
        for name, value in asyncio.run(checked(kind, rows)).items():
            print(f"{kind:>8} {name:>24} {value:>12,.2f}")  # noqa: T201 - a table is what it is for


if __name__ == "__main__":
    main()
