"""The settings of the way to ClickSend: a part of `bot.settings`."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from bot.setting_types import Part


class ClickSendSettings(Part):
    """The way to ClickSend, which is all that `clicksend-slack api` needs."""

    clicksend_username: str = Field(
        min_length=1,
        description="your ClickSend API username; "
        "find it at dashboard.clicksend.com → Developers → API Credentials",
    )
    clicksend_api_key: SecretStr = Field(
        description="your ClickSend API key; "
        "find it at dashboard.clicksend.com → Developers → API Credentials"
    )
    clicksend_base_url: str = Field(
        default="https://rest.clicksend.com/v3",
        description="the ClickSend API; another one only for tests",
    )

    @field_validator("clicksend_base_url", "slack_api_url", check_fields=False)
    @classmethod
    def _url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must be an http:// or https:// address")
        return value
