"""Imports and bulk sends put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clicksend import ClickSend
from bot.services.account import AccountReader
from bot.services.bulk_check import BulkPart
from bot.services.bulk_decisions import BulkDecisions
from bot.services.checks import Checks
from bot.services.csv_import import Importer
from bot.services.csv_jobs import CsvJobs
from bot.services.csv_results import CsvResults
from bot.services.csv_spec import BULK, IMPORT
from bot.services.csv_worker import CsvWorker, Files
from bot.services.rules import Rules
from bot.services.sending import Limits
from bot.store import Database, Scope


@dataclass(frozen=True, slots=True)
class Csv:
    """What there is for files: people's side of jobs, their files, and who does the work."""

    jobs: CsvJobs
    decisions: BulkDecisions
    results: CsvResults
    worker: CsvWorker


def csv_parts(
    clicksend: ClickSend,
    account: AccountReader,
    checks: Checks,
    database: Database,
    scope: Scope,
    *,
    files: Files,
    limits: Limits,
    rules: Rules,
    country: str | None,
    now: Callable[[], datetime],
    wake: Callable[[], None],
    pause: float = 3.0,
    settle: float = 120.0,
) -> Csv:
    """Put them together.

    Args:
        clicksend: The client.
        account: For balance and parts.
        checks: For who opted out.
        database: Where everything is.
        scope: Whose.
        files: Fetches what was dropped into Slack.
        limits: Held against a bulk send as a whole.
        rules: Of every send.
        country: Of numbers without `+`.
        now: The clock.
        wake: Called when there is work for a worker, or something to say.
        pause: Seconds between two looks at a list that is being imported into.
        settle: Seconds without a new contact after which nothing more is expected.
    """
    importer = Importer(
        clicksend,
        database,
        scope,
        country=country,
        now=now,
        told=wake,
        pause=pause,
        settle=settle,
    )
    bulk = BulkPart(
        clicksend, account, checks, database, scope, rules=rules, country=country, now=now
    )
    worker = CsvWorker(
        clicksend,
        database,
        scope,
        files=files,
        parts={IMPORT: importer, BULK: bulk},
        now=now,
        told=wake,
    )
    importer.worker = bulk.worker = worker
    decisions = BulkDecisions(database, scope, limits=limits, rules=rules, now=now, wake=wake)
    jobs = CsvJobs(
        database, scope, files=files, decisions=decisions, rules=rules, now=now, wake=wake
    )
    return Csv(jobs, decisions, CsvResults(database, scope), worker)
