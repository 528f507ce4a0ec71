"""The webhook calls public https addresses only, and says nothing of them."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.services.alerts.webhook import Webhook, WebhookError, is_public


@dataclass
class Receiver:
    """An https server of this machine, and what came."""

    port: int
    trust: ssl.SSLContext
    status: int = 200
    came: list[Any] = field(default_factory=list)

    async def __call__(self, request: web.Request) -> web.Response:
        self.came.append(await request.json())
        return web.Response(status=self.status, headers={"location": "https://example.com/"})


@pytest.fixture
async def receiver(tmp_path: Path) -> AsyncIterator[Receiver]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and is not here")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 "
        f"-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout {key} -out {certificate}"
    )
    await asyncio.to_thread(subprocess.run, command.split(), check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    found = Receiver(0, ssl.create_default_context(cafile=str(certificate)))
    app = web.Application()
    app.router.add_post("/hook", found.__call__)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server).start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


async def test_an_alert_arrives_as_json(receiver: Receiver) -> None:
    hook = Webhook(
        f"https://localhost:{receiver.port}/hook", allowed=lambda _: True, tls=receiver.trust
    )
    await hook.post({"text": "Low credit"})
    assert receiver.came == [{"text": "Low credit"}]


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_anything_but_a_success_is_an_error_and_no_redirect_is_followed(
    receiver: Receiver, status: int
) -> None:
    receiver.status = status
    hook = Webhook(
        f"https://localhost:{receiver.port}/hook", allowed=lambda _: True, tls=receiver.trust
    )
    with pytest.raises(WebhookError, match=f"answered {status}"):
        await hook.post({})
    assert len(receiver.came) == 1


async def test_a_certificate_that_nobody_trusts_is_refused(receiver: Receiver) -> None:
    hook = Webhook(f"https://localhost:{receiver.port}/hook", allowed=lambda _: True)
    with pytest.raises(WebhookError, match="could not be reached"):
        await hook.post({})
    assert receiver.came == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_a_name_or_an_address_of_a_private_network_is_never_called(
    receiver: Receiver, host: str
) -> None:
    hook = Webhook(f"https://{host}:{receiver.port}/hook", tls=receiver.trust)
    with pytest.raises(WebhookError) as caught:
        await hook.post({})
    assert receiver.came == []
    assert "hook" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:  # noqa: FBT001 - a table
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://x", "https://u:p@example.com/", ""])
def test_only_https_without_a_user_name_is_taken(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Webhook(url)
