"""The settings of webhooks, of the inbox and of the heartbeat: a part of `bot.settings`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from bot.setting_types import CHANNEL, Part, Seconds

_SECRET = re.compile(r"[A-Za-z0-9_-]{20,128}", re.ASCII)


class InboxSettings(Part):
    """What comes in, and the sign of life that goes out."""

    public_url: str | None = Field(
        default=None,
        description="the https:// address under which the internet reaches the bot's web server, "
        "for ClickSend's webhooks; unset: messages and receipts are polled only",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="the secret part of the webhooks' addresses, 20 or more letters, digits, - "
        "and _; unset: the bot makes one and keeps it in its database",
    )
    inbox_channel: str | None = Field(
        default=None,
        description="the Slack channel id (C…) for SMS that come in; unset: ALERT_CHANNEL; "
        "single numbers, lists and keywords are sent elsewhere with /clicksend inbox route",
    )
    inbox_watch_seconds: Seconds = Field(
        default=30, description="seconds between two looks at the SMS that came in"
    )
    inbox_reply_prefix: str | None = Field(
        default=None,
        max_length=20,
        description="what a message in a conversation's thread begins with to be sent as SMS, "
        "as !sms, after its price and a yes; unset: only the Reply button sends",
    )
    heartbeat_url: SecretStr | None = Field(
        default=None,
        description="an address that is asked every minute while the bot lives, of a service "
        "that tells you when that stops; unset: none",
    )

    @field_validator("inbox_channel")
    @classmethod
    def _inbox_channel(cls, value: str | None) -> str | None:
        if value is not None and not CHANNEL.fullmatch(value):
            raise ValueError("is not a Slack channel id (they begin with C or G)")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if not parts.netloc or not (
            parts.scheme == "https" or (parts.scheme == "http" and loopback)
        ):
            raise ValueError("must be an https:// address")
        return value.rstrip("/")

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("must be 20 to 128 letters, digits, - and _")
        return value

    @field_validator("heartbeat_url")
    @classmethod
    def _heartbeat_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                raise ValueError("must be an http:// or https:// address")
        return value
