"""The settings of a bot for many workspaces: a part of `bot.settings`.

With `SLACK_CLIENT_ID` set, workspaces install the bot by OAuth and connect accounts of their own;
what is one workspace's alone has no setting then.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Final

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from bot.setting_types import Part

ONE_WORKSPACE: Final = (
    "slack_bot_token",
    "clicksend_username",
    "clicksend_api_key",
    "bot_admins",
    "bot_senders",
    "alert_channel",
    "alert_oncall",
    "approval_channel",
    "inbox_channel",
    "opt_out_list",
    "webhook_secret",
    "escalation_call",
    "escalation_phones",
    "escalation_webhook_url",
)
"""The settings that are about one workspace or one account: refused beside `SLACK_CLIENT_ID`."""


class SpacesSettings(Part):
    """How workspaces install the bot, and what their secrets are encrypted with."""

    slack_client_id: str | None = Field(
        default=None,
        pattern="^[A-Za-z0-9_.-]{1,32}$",  # not \w: every letter there is, 32 times, is 3 MiB
        description="lets many workspaces install the bot by OAuth; "
        "find it at api.slack.com/apps → your app → Basic Information; unset: one workspace, by "
        "SLACK_BOT_TOKEN",
    )
    slack_client_secret: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description="proves to Slack that it is your app that is installed; "
        "find it at api.slack.com/apps → your app → Basic Information",
    )
    slack_authorize_url: str = Field(
        default="https://slack.com/oauth/v2/authorize",
        description="where Slack asks whether the bot may come; another one only for tests",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1, ::1",
        description="the addresses or networks (comma separated, as 10.0.0.0/8) of the proxies "
        "before the bot: what they say in X-Forwarded-For is who asks for /slack/install, which is "
        "limited by address; of anybody else it is not believed",
    )
    encryption_keys: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description="what tokens and API keys of many workspaces are encrypted with, comma "
        "separated: the first one encrypts, each one decrypts; make one with "
        'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"',
    )

    @field_validator("slack_client_secret", "encryption_keys")
    @classmethod
    def _needed(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("slack_client_id") is not None:
            raise ValueError("missing (SLACK_CLIENT_ID needs it)")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        parts = [part for part in value.replace(",", " ").split() if part]
        try:
            networks = [ip_network(part) for part in parts]
        except ValueError:
            raise ValueError("must be addresses or networks as 10.0.0.7, 192.168.0.0/16") from None
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("must not be everybody's: anybody could give any address as theirs")
        return ",".join(parts)

    @field_validator("encryption_keys")
    @classmethod
    def _keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        from cryptography.fernet import Fernet  # noqa: PLC0415 - 7 MiB, for many workspaces alone

        keys = keys_of(value)
        try:
            for key in keys:
                Fernet(key)
        except ValueError:
            raise ValueError("must be keys as Fernet.generate_key() makes them") from None
        if not keys:
            raise ValueError("must hold one key at least")
        return value

    @property
    def has_many(self) -> bool:
        """Whether it is a bot for many workspaces."""
        return self.slack_client_id is not None


def keys_of(value: SecretStr | None) -> tuple[str, ...]:
    """The keys of the setting ENCRYPTION_KEYS, the newest first."""
    text = value.get_secret_value() if value else ""
    return tuple(part for part in text.replace(",", " ").split() if part)


def alone(name: str, value: object, client_id: object) -> None:
    """Check a setting of one workspace against SLACK_CLIENT_ID.

    Args:
        name: The setting.
        value: What it is set to; whatever is false is unset.
        client_id: The setting SLACK_CLIENT_ID.

    Raises:
        ValueError: It is set beside it.
    """
    if value and client_id is not None:
        raise ValueError(
            f"must be unset, as SLACK_CLIENT_ID is set: each workspace has its own {_own(name)}"
        )


def _own(name: str) -> str:
    if name in {"slack_bot_token", "webhook_secret"}:
        return "since it was installed"
    if name in {"clicksend_username", "clicksend_api_key", "bot_admins"}:
        return "since /clicksend connect"
    if name == "bot_senders":
        return "with /clicksend access"
    return "with /clicksend account settings"
