"""Imports and bulk sends: their services, and the way to the files that people give Slack."""

from __future__ import annotations

from collections.abc import Callable

from bot.app.ground import Ground
from bot.app.moment import now
from bot.services.account import AccountReader
from bot.services.checks import Checks
from bot.services.csv_file import MOST_BYTES, CsvError
from bot.services.csv_parts import Csv, csv_parts
from bot.services.csv_worker import Files
from bot.services.limit_book import LimitBook
from bot.services.rules import Rules
from bot.slack.client import FileError, Slack


def csv_of(
    ground: Ground,
    account: AccountReader,
    *,
    checks: Checks,
    limits: LimitBook,
    rules: Rules,
    wake: Callable[[], None],
) -> Csv:
    """Put the parts of imports and bulk sends together; their work takes minutes."""

    def wake_files() -> None:
        wake()
        ground.spawn(csv.worker.work(), "files")

    csv = csv_parts(
        ground.clicksend,
        account,
        checks,
        ground.database,
        ground.scope,
        files=_files(ground.slack),
        limits=limits,
        rules=rules,
        country=ground.settings.default_country,
        now=now,
        wake=wake_files,
    )
    return csv


def _files(slack: Slack) -> Files:
    """What fetches a file for the services, which know nothing of Slack."""

    async def fetch(file_id: str) -> bytes:
        try:
            return (await slack.download(file_id, most=MOST_BYTES)).content
        except FileError as error:
            raise CsvError(str(error)) from None

    return fetch
