"""Payloads as Slack sends them, and the signature they come with."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

SECRET = "sandbox-signing-secret"
_numbers = itertools.count(1)


def trigger() -> str:
    return f"{next(_numbers)}.1.abc"


def command(slash: str, text: str = "", **more: str) -> dict[str, Any]:
    return {
        "command": slash,
        "text": text,
        "user_id": "U1",
        "team_id": "T1",
        "channel_id": "C1",
        "trigger_id": trigger(),
    } | more


def interaction(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "user": {"id": "U1", "team_id": "T1"},
        "team": {"id": "T1"},
        "trigger_id": trigger(),
    } | more


def button(action_id: str, value: str = "", **more: Any) -> dict[str, Any]:
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
    return interaction("block_actions", actions=[action], channel={"id": "C1"}, **more)


def view(callback_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "V1",
        "hash": "1.a",
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": "draft-1",
        "blocks": [],
        "state": {"values": {}},
    } | more


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": "T1",
        "api_app_id": "A1",
        "event_id": f"Ev{next(_numbers)}",
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
        "event": {"type": kind, "user": "U1"} | more,
    }


def encoded(payload: dict[str, Any]) -> tuple[bytes, str]:
    """A payload's body and content type."""
    if "command" in payload:
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if payload["type"] in {"event_callback", "url_verification"}:
        return json.dumps(payload).encode(), "application/json"
    return urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The two headers with which Slack signs a body."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
    return {
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }
