"""Recordings of the real API, by whoever has credentials; reads only."""

import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vcr
from pydantic import SecretStr

from bot.clicksend import ClickSend, ClickSendError, Effect, registry
from tests.recording import redaction
from tests.recording.documented import BASE_URL, ROOT, cassette

FOLDER = ROOT / "cassettes/live"
READS = (
    # Reads that take nothing but a page; account.usage gets the current month.
    "account.get", "account.usage", "alpha_tags.list", "contacts.list", "countries.list",
    "delivery_issues.list", "email_campaigns.list", "email_receipt_rules.list", "fax.history",
    "fax.receipts", "fax_inbound_rules.list", "fax_receipt_rules.list",
    "global_sending.list_countries", "global_sending.selected_countries", "lists.list",
    "mms_campaigns.list", "numbers.list", "own_numbers.list", "recharge.packages",
    "recharge.payment_info", "recharge.transactions", "referrals.list", "reseller.list",
    "sms.history", "sms.inbound", "sms.list_templates", "sms.receipts", "sms_campaigns.list",
    "sms_inbound_rules.list", "sms_receipt_rules.list", "statistics.sms", "statistics.voice",
    "subaccounts.list", "voice.receipts", "voice_receipt_rules.list",
)  # fmt: skip


class Readable:
    """vcrpy's serializer, written as the documented recordings are."""

    @staticmethod
    def serialize(content: Mapping[str, Any]) -> str:
        return cassette(content["interactions"])

    @staticmethod
    def deserialize(text: str) -> Any:
        raise ValueError(f"live recordings are made anew, never read ({len(text)} characters)")


async def record(base_url: str, username: str, api_key: SecretStr, folder: Path) -> list[str]:
    """Record every read of ``READS`` against an API.

    Args:
        base_url: The API's base URL.
        username: The API username.
        api_key: The API key.
        folder: Where the recordings go; existing ones are replaced.

    Returns:
        A line for each recording, fit to print.
    """
    logging.getLogger("vcr").disabled = True  # it logs requests before they are redacted
    lines = []
    async with ClickSend(base_url, username, api_key) as client:
        for name in READS:
            target = folder / f"{name}.yaml"
            target.unlink(missing_ok=True)
            with recorder().use_cassette(str(target)):
                lines.append(await _read(client, name))
    return lines


def recorder() -> vcr.VCR:
    """vcrpy, redacting before it keeps anything."""
    made = vcr.VCR(
        record_mode="all",
        serializer="readable",
        decode_compressed_response=True,
        before_record_request=redaction.request,
        before_record_response=redaction.response,
    )
    made.register_serializer("readable", Readable)
    return made


async def _read(client: ClickSend, name: str) -> str:
    operation = registry.operation(name)
    if operation.route.effect is not Effect.READ:
        raise ValueError(f"{name} changes something and is not recorded live.")
    try:
        await client.run(operation.model_validate(_arguments(name)))
    except ClickSendError as error:
        return f"{name}: {type(error).__name__}, recorded as it came"
    return f"{name}: recorded"


def _arguments(name: str) -> dict[str, int]:
    now = datetime.now(UTC)
    if name == "account.usage":
        return {"year": now.year, "month": now.month}
    return {"list_id": 1} if name == "contacts.list" else {}  # of nobody: a 403 or 404


def credentials() -> tuple[str, SecretStr]:
    """The account to record, from the environment.

    Returns:
        Username and key.

    Raises:
        SystemExit: Either is missing.
    """
    try:
        return os.environ["CLICKSEND_USERNAME"], SecretStr(os.environ["CLICKSEND_API_KEY"])
    except KeyError as missing:
        raise SystemExit(f"Set {missing.args[0]} to record against the real API.") from None


__all__ = ["BASE_URL", "FOLDER", "READS", "credentials", "record", "recorder"]
