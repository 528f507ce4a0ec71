"""A bot with an endpoint for traces in its environment hands them over before it ends."""

import signal
from pathlib import Path

from aiohttp import web

from tests.app.world import FakeClickSend, FakeSlack, User, serving
from tests.process.running import address, environment, started


async def test_what_it_traced_is_with_the_collector_when_it_has_stopped(tmp_path: Path) -> None:
    came: list[bytes] = []

    async def collect(request: web.Request) -> web.Response:
        came.append(await request.read())
        return web.Response()

    slack = FakeSlack()
    async with (
        serving(FakeClickSend().__call__) as api,
        serving(slack.__call__) as slack.url,
        serving(collect) as collector,
    ):
        settings = environment(clicksend=api, slack=slack.url, folder=tmp_path)
        settings |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_BSP_SCHEDULE_DELAY": "60000"}
        async with started(settings, cwd=tmp_path) as bot:
            ada = User(await address(bot), slack.url)
            await ada.command("/balance")
            await slack.next("respond")
            bot.signal(signal.SIGTERM)
            assert await bot.ended() == 0
    spans = b"".join(came)
    assert b"slack.command" in spans
    assert b"clicksend account.get" in spans
    assert b"xoxb-" not in spans
