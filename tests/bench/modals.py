"""The yes to a send: pressed, stored with its audit record, acknowledged."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services.drafts import Draft
from bot.store import WORKSPACE, Database, Scope, sends
from bot.store.sends import Send, State
from tests.bench import load, servers
from tests.bench.measure import PAIRS, Figure, Target, pairs

SCOPE = Scope(WORKSPACE, "demo")
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


async def figures(*, quick: bool) -> list[Figure]:
    """Both kinds of durability against hello-world Bolt."""
    calls, count = (100, 1) if quick else (600, PAIRS)
    found = []
    async with AsyncExitStack() as stack:
        # Slow, so that what the bot does with the work afterwards is the same all the time.
        clicksend = await stack.enter_async_context(servers.canned(_SLOW))
        ground = await stack.enter_async_context(servers.hello(KIND="view"))
        for kind, changed in (("FULL", {}), ("NORMAL", {"CHANGED": "less-durable"})):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            environment = servers.settings(folder, clicksend=f"http://127.0.0.1:{clicksend.port}")
            await seed(environment["DATABASE_URL"], calls * (count + 1))
            ours = await stack.enter_async_context(servers.bot({**environment, **changed}))
            yes = _Yes(ours.port, folder / "bot.sqlite3")

            async def said(yes: _Yes = yes) -> float:
                return await yes.rate(calls)

            async def greeted() -> float:
                return (
                    await load.run(
                        ground.port, [submitted(n) for n in range(calls * 4)], connections=32
                    )
                ).rate

            rates = await pairs(said, greeted, count=count)
            found.append(
                Figure(
                    f"send modal to acknowledged, row and audit durable (SQLite {kind})",
                    "hello-world Bolt view submission",
                    "requests/s",
                    *rates,
                    Target(">=", 0.5) if kind == "FULL" else None,
                )
            )
    return found
