"""The send pipeline at the command line: the bot's own services, on the bot's own database."""

from __future__ import annotations

import getpass
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.clicksend import ClickSend, Timeouts
from bot.services.account import AccountReader
from bot.services.by_hand import MARGIN, ByHand
from bot.services.checks import Checks
from bot.services.decisions import Decisions
from bot.services.journal import CLI, Journal
from bot.services.limit_book import LimitBook
from bot.services.second_person import SecondPerson
from bot.services.sending import Sending
from bot.services.worker import Worker
from bot.settings_cli import CliSettings
from bot.settings_rules import rules_of
from bot.store import WORKSPACE, Database, Scope

_LONGEST_NAME = 28


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def actor() -> str:
    """Who sits at the command line, as the audit trail names them."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a process without a name, as in some containers
        name = "somebody"
    return f"{CLI}{name[:_LONGEST_NAME]}"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What the command line works with."""

    database: Database
    sending: Sending
    decisions: Decisions
    worker: Worker
    by_hand: ByHand
    patience: timedelta
    """How long a bot may take for one send at most, its crash included."""


@asynccontextmanager
async def opened(settings: CliSettings) -> AsyncIterator[Pipeline]:
    """Open everything; a bot may live on the same database meanwhile.

    Raises:
        SchemaError: The tables are not of this program's version.
        OSError: The database's folder cannot be written to.
        SQLAlchemyError: The database cannot be used.
    """
    database = Database(settings.database_url)
    try:
        await database.join()
        clicksend = ClickSend(
            settings.clicksend_base_url,
            settings.clicksend_username,
            settings.clicksend_api_key,
            timeouts=Timeouts.within(settings.clicksend_deadline_seconds),
        )
        async with clicksend:
            yield _wired(settings, database, clicksend)
    finally:
        await database.close()


def _wired(settings: CliSettings, database: Database, clicksend: ClickSend) -> Pipeline:
    scope = Scope(WORKSPACE, settings.clicksend_username)
    # No hold: who typed the yes here has no button to take it back with.
    rules = replace(rules_of(settings), undo=timedelta(0))
    account = AccountReader(clicksend, now=now, low_credit=settings.low_credit_threshold)
    journal = Journal(scope, now=now, bodies=settings.audit_bodies)
    limits = LimitBook(account, database, scope, now=now)
    checks = Checks(clicksend, account, database, scope, rules=rules, now=now)
    lease = timedelta(seconds=clicksend.deadline) + MARGIN
    second = SecondPerson(database, scope, rules=rules, lease=lease, now=now, told=_nothing)
    skew = timedelta(seconds=settings.clock_skew_seconds)
    worker = Worker(
        clicksend,
        account,
        database,
        scope,
        journal=journal,
        rules=rules,
        checks=checks,
        owner=uuid.uuid4().hex,
        skew=skew,
        pause=timedelta(seconds=settings.retry_seconds),
        now=now,
        told=_nothing,
    )
    return Pipeline(
        database,
        Sending(
            clicksend,
            account,
            database,
            scope,
            checks=checks,
            limits=limits,
            journal=journal,
            rules=rules,
            now=now,
            wake=_nothing,
        ),
        Decisions(
            database,
            scope,
            journal=journal,
            limits=limits,
            checks=checks,
            account=account,
            rules=rules,
            now=now,
            wake=_nothing,
        ),
        worker,
        ByHand(clicksend, database, scope, second=second, now=now, told=_nothing),
        patience=worker.lease + skew,
    )


def _nothing() -> None:
    """Nobody is woken: the bot, if one lives, looks by itself."""
