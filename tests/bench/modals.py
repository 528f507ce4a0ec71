"""The yes to a send: pressed, stored with its audit record, acknowledged."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services.drafts import Draft
from bot.store import WORKSPACE, Database, Scope, sends
from bot.store.sends import Send, State
from tests.bench import load, servers, statements
from tests.bench.measure import PAIRS, Figure, Target, pairs
from tests.bench.statements import Statement

SCOPE = Scope(WORKSPACE, "demo")
HELLO = "hello-world Bolt view submission"
BOTH = f"{HELLO}, then the same statements by raw sqlite3, 32 a commit"
_SLOW = 5.0


def draft(number: int) -> Send:
    """A priced draft like no other."""
    operation = SendSms(messages=(SmsMessage(to="+61411111111", body=f"Hello {number}"),))
    whole = Draft(f"d{number}", "U0ADA", "C0OPS", operation, f"Hello {number}")
    now = datetime.now(UTC)
    return Send(
        id=whole.id,
        operation=operation.route.id,
        payload=operation.model_dump_json(),
        state=State.DRAFT,
        actor=whole.actor,
        channel=whole.channel,
        recipients=1,
        summary=whole.summary,
        created_at=now,
        updated_at=now,
        seen_at=now,
        price=Decimal("0.077"),
        currency="AUD",
        fingerprint=whole.fingerprint,
    )


async def seed(url: str, count: int) -> None:
    """Keep so many drafts, `d0` first."""
    database = Database(url)
    await database.migrate()
    await database.open()
    async with database.write() as connection:
        for number in range(count):
            await sends.add_draft(connection, SCOPE, draft(number))
    await database.close()


def submitted(number: int) -> bytes:
    """The yes to a draft, as Slack posts it."""
    return load.interaction(
        {
            "type": "view_submission",
            "team": {"id": "T0BENCH"},
            "user": {"id": "U0ADA", "team_id": "T0BENCH"},
            "api_app_id": "A0BENCH",
            "view": {
                "id": f"V{number}",
                "type": "modal",
                "callback_id": "send.confirm",
                "private_metadata": f"d{number}",
                "blocks": [],
                "state": {"values": {}},
            },
        }
    )


class _Yes:
    """Says yes to one draft after the other."""

    def __init__(self, port: int, path: Path) -> None:
        self._port, self._path, self._next = port, path, 0

    async def rate(self, count: int) -> float:
        """Acknowledgements a second, 32 at once; each draft is found stored as work."""
        first, self._next = self._next, self._next + count
        requests = [submitted(number) for number in range(first, self._next)]
        found = await load.run(self._port, requests, connections=32)
        if json.loads(found.last) != {"response_action": "clear"}:
            raise ValueError(found.last)
        self._check()
        return found.rate

    def _check(self) -> None:
        with closing(sqlite3.connect(self._path)) as connection:
            stored = connection.execute("SELECT count(*) FROM sends WHERE state != 'draft'")
            recorded = connection.execute(
                "SELECT count(DISTINCT subject) FROM audit WHERE action = 'sms.send queued'"
            )
            counts = stored.fetchone()[0], recorded.fetchone()[0]
        if counts != (self._next, self._next):
            raise ValueError(f"{counts} of {self._next} are stored and recorded")


class _Ground:
    """Hello-world Bolt, and after it the statements of a yes by raw `sqlite3`."""

    def __init__(self, port: int, path: Path, units: Sequence[Sequence[Statement]]) -> None:
        self._port, self._path, self._units, self._next = port, path, units, 0

    async def rate(self, count: int) -> float:
        """What there would be a second if nothing but these two took time."""
        first, self._next = self._next, self._next + count
        raw = statements.rate(self._path, self._units[first : self._next])
        return 1 / (1 / await _greeted(self._port, count) + 1 / raw)


async def _greeted(port: int, count: int) -> float:
    requests = [submitted(number) for number in range(count * 4)]
    return (await load.run(port, requests, connections=32)).rate


async def figures(*, quick: bool) -> list[Figure]:
    """Both kinds of durability against hello-world Bolt, and what is left of it with a database."""
    calls, count = (100, 1) if quick else (600, PAIRS)
    found = []
    async with AsyncExitStack() as stack:
        # Slow, so that what the bot does with the work afterwards is the same all the time.
        clicksend = await stack.enter_async_context(servers.canned(_SLOW))
        ground = await stack.enter_async_context(servers.hello(KIND="view"))

        async def greeted() -> float:
            return await _greeted(ground.port, calls)

        for kind, changed in (("FULL", {}), ("NORMAL", {"CHANGED": "less-durable"})):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            environment = servers.settings(folder, clicksend=f"http://127.0.0.1:{clicksend.port}")
            runs = 2 if kind == "FULL" else 1
            await seed(environment["DATABASE_URL"], runs * calls * (count + 1))
            raw = await _raw(folder, ground.port, calls * (count + 1)) if runs > 1 else None
            ours = await stack.enter_async_context(servers.bot({**environment, **changed}))
            yes = _Yes(ours.port, folder / "bot.sqlite3")

            async def said(yes: _Yes = yes) -> float:
                return await yes.rate(calls)

            what = f"send modal to acknowledged, row and audit durable (SQLite {kind})"
            rates = await pairs(said, greeted, count=count)
            target = Target(">=", 0.5) if kind == "FULL" else None
            found.append(Figure(what, HELLO, "requests/s", *rates, target))
            if raw is not None:
                rates = await pairs(said, lambda raw=raw: raw.rate(calls), count=count)
                found.append(Figure("the same", BOTH, "requests/s", *rates))
    return found


async def _raw(folder: Path, port: int, count: int) -> _Ground:
    """The ground that a database is part of: on copies of the bot's, with the same drafts."""
    recorded, replayed = folder / "recorded.sqlite3", folder / "replayed.sqlite3"
    for copy in (recorded, replayed):
        shutil.copy(folder / "bot.sqlite3", copy)
    url = f"sqlite+aiosqlite:///{recorded}"
    units = await statements.recorded(url, SCOPE, count, actor="U0ADA")
    return _Ground(port, replayed, units)
