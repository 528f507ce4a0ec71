"""Every setting of the bot, read from the environment (and from a `.env` file if there is one).

A missing or malformed setting stops the start with one line that names it, what it is for and
where to find it: see `load`.
"""

from __future__ import annotations

from datetime import time
from decimal import Decimal

import phonenumbers
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator

from bot.setting_types import (
    CHANNEL,
    HOURS,
    BotMode,
    Countries,
    Hours,
    Language,
    LogFormat,
    Seconds,
    UserIds,
    begins,
)
from bot.settings_alerts import AlertSettings
from bot.settings_clicksend import ClickSendSettings
from bot.settings_inbox import InboxSettings
from bot.settings_spaces import ONE_WORKSPACE, SpacesSettings, alone

_SINGLE = ("slack_bot_token", "clicksend_username", "clicksend_api_key")


class Settings(AlertSettings, InboxSettings, ClickSendSettings, SpacesSettings):
    """The settings; each field's description says what it is for and where to find it."""

    clicksend_username: str = Field(
        default="",
        validate_default=True,
        description=ClickSendSettings.model_fields["clicksend_username"].description,
    )
    clicksend_api_key: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description=ClickSendSettings.model_fields["clicksend_api_key"].description,
    )

    bot_mode: BotMode = Field(
        default=BotMode.SOCKET, description="how Slack reaches the bot: socket or http"
    )
    slack_bot_token: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description="lets the bot speak in Slack (xoxb-…); "
        "find it at api.slack.com/apps → your app → OAuth & Permissions",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description="opens the Socket Mode connection (xapp-…, scope connections:write); "
        "create it at api.slack.com/apps → your app → Basic Information → App-Level Tokens",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description="proves that a request comes from Slack (BOT_MODE=http); "
        "find it at api.slack.com/apps → your app → Basic Information",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="Slack's Web API; another one only for tests"
    )
    clicksend_deadline_seconds: Seconds = Field(
        default=90,
        description="the seconds one call to ClickSend may take, its retries included; a send "
        "whose answer takes longer is looked up in the history",
    )
    slack_deadline_seconds: Seconds = Field(
        default=60, description="the seconds one call to Slack may take, its retries included"
    )
    clock_skew_seconds: Seconds = Field(
        default=60,
        description="the seconds by which the clocks of several bots on one database may differ; "
        "what a dead bot left is taken over that much later",
    )
    retry_seconds: Seconds = Field(
        default=30,
        description="the seconds after which a send is tried again that ClickSend could not take "
        "just now",
    )
    settle_seconds: Seconds = Field(
        default=600,
        description="the seconds for which a send whose answer was lost is looked for in "
        "ClickSend's history before a person is asked",
    )
    database_url: str = Field(
        default="sqlite+aiosqlite:///clicksend-slack.sqlite3",
        description="where sends, alerts and the audit trail are kept: "
        "sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME",
    )
    bot_host: str = Field(default="127.0.0.1", description="the address the web server listens on")
    bot_port: int = Field(
        default=3000, ge=0, le=65_535, description="the port the web server listens on; 0: any free"
    )
    leave_seconds: int = Field(
        default=0,
        ge=0,
        le=300,
        description="the seconds for which a bot that is told to stop (SIGTERM) still answers, "
        "while /readyz says no: the time a load balancer needs to ask it no more; 0 without one",
    )
    bot_admins: UserIds = Field(
        default=frozenset(),
        description="Slack user ids (U…, comma separated) that may do everything; "
        "in Slack: profile → ⋮ → Copy member ID",
    )
    bot_senders: UserIds = Field(
        default=frozenset(),
        description="Slack user ids (comma separated, or * for everybody) that may send; "
        "default: nobody but BOT_ADMINS",
    )
    bot_language: Language = Field(
        default=Language.EN,
        description="the language of what whole channels read, en or de; what one person alone "
        "sees is in the language that they have set in Slack",
    )
    default_country: str | None = Field(
        default=None,
        pattern="^[A-Z]{2}$",
        description="country (AU, GB, US…) of numbers typed without +; unset: the account's own",
    )
    allowed_countries: Countries | None = Field(
        default=None,
        description="the countries that may be sent to (AU, GB, US…, comma separated); "
        "unset: the account's own",
    )
    quiet_hours: Hours | None = Field(
        default=None,
        description="the hours on the recipient's clock in which a send needs a second yes, "
        "as 21:00-08:00; unset: none",
    )
    opt_out_list: int | None = Field(
        default=None,
        ge=1,
        description="the ClickSend contact list id of people who must not be sent to; "
        "find it at dashboard.clicksend.com → Contacts; unset: none",
    )
    duplicate_minutes: int = Field(
        default=10,
        ge=0,
        le=1_440,
        description="the minutes in which the same text to the same person needs a second yes; "
        "0: off",
    )
    price_rise_percent: Decimal = Field(
        default=Decimal(5),
        ge=0,
        le=100,
        description="how much the price may rise between the yes and the send, in percent, before "
        "the bot asks again; 0: not at all",
    )
    undo_seconds: int = Field(
        default=0, ge=0, le=600, description="the seconds in which a send can be undone; 0: none"
    )
    approval_above_cost: Decimal | None = Field(
        default=None,
        ge=0,
        description="the cost of one send, in the account's currency, above which a second person "
        "must approve it; unset: no cost needs it",
    )
    approval_above_recipients: int | None = Field(
        default=None,
        ge=0,
        description="the number of recipients of one send above which a second person must "
        "approve it; unset: no number needs it",
    )
    approval_to_destroy: bool = Field(
        default=True,
        description="whether a second person must approve what cannot be put back, such as a "
        "deletion, once there is an APPROVAL_CHANNEL; true or false",
    )
    approval_channel: str | None = Field(
        default=None,
        validate_default=True,
        description="the Slack channel id (C…) in which sends and deletions are approved; "
        "in Slack: channel name → About → Channel ID",
    )
    approval_hours: int = Field(
        default=24, ge=1, le=720, description="the hours after which a request for approval expires"
    )
    audit_bodies: bool = Field(
        default=False,
        description="whether the audit trail keeps the texts of messages, true or false",
    )
    retention_days: int = Field(
        default=365,
        ge=30,
        le=36_500,
        description="the days for which sends, receipts and the audit trail are kept, at least 30",
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(?i:debug|info|warning|error|critical)$",
        description="debug, info, warning or error",
    )
    log_format: LogFormat = Field(
        default=LogFormat.JSON, description="json (one object a line) or console"
    )

    @field_validator(
        "bot_admins",
        "bot_senders",
        "alert_oncall",
        "escalation_phones",
        "allowed_countries",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(part for part in value.replace(",", " ").split() if part)
        return value

    @field_validator("bot_admins", "bot_senders", "alert_oncall")
    @classmethod
    def _user_ids(cls, value: frozenset[str]) -> frozenset[str]:
        wrong = sorted(v for v in value if v != "*" and not (v[:1] in "UW" and v.isalnum()))
        if wrong:
            raise ValueError(f"{wrong[0]!r} is not a Slack user id (they begin with U or W)")
        return value

    @field_validator("allowed_countries")
    @classmethod
    def _country_codes(cls, value: frozenset[str] | None) -> frozenset[str] | None:
        codes = value and frozenset(code.upper() for code in value)
        if codes is not None and not (codes and codes <= phonenumbers.SUPPORTED_REGIONS):
            raise ValueError("must be two-letter country codes as in AU,GB,US (GB, not UK)")
        return codes

    @field_validator("quiet_hours", mode="before")
    @classmethod
    def _hours(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = HOURS.fullmatch(value.strip())
        if found is None or found[1] == found[2]:
            raise ValueError("must be two different times as in 21:00-08:00")
        return time.fromisoformat(found[1]), time.fromisoformat(found[2])

    @field_validator("approval_channel")
    @classmethod
    def _approval_channel(cls, value: str | None, info: ValidationInfo) -> str | None:
        for name in ("approval_above_cost", "approval_above_recipients"):
            many = info.data.get("slack_client_id") is not None
            if value is None and not many and info.data.get(name) is not None:
                raise ValueError(f"missing ({name.upper()} needs it)")
        if value is not None and not CHANNEL.fullmatch(value):
            raise ValueError("is not a Slack channel id (they begin with C or G)")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
            raise ValueError("must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
        return value

    @field_validator(*ONE_WORKSPACE)
    @classmethod
    def _alone(cls, value: object, info: ValidationInfo) -> object:
        client_id = info.data.get("slack_client_id")
        given = value.get_secret_value() if isinstance(value, SecretStr) else value
        alone(str(info.field_name), given, client_id)
        if info.field_name in _SINGLE and not given and client_id is None:
            raise ValueError("missing")
        return value

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        return begins(value, "xoxb-", "xoxe.xoxb-") if value.get_secret_value() else value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("bot_mode") is BotMode.SOCKET:
            raise ValueError("missing (BOT_MODE=socket needs it)")
        return value and begins(value, "xapp-")

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("bot_mode") is BotMode.HTTP:
            raise ValueError("missing (BOT_MODE=http needs it)")
        return value

    @field_validator("bot_admins", "alert_oncall")
    @classmethod
    def _by_name(cls, value: frozenset[str]) -> frozenset[str]:
        if "*" in value:
            raise ValueError("* is not allowed here; name the people one by one")
        return value


class SettingsError(Exception):
    """The settings are not usable; `problems` has one line for each of them."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load() -> Settings:
    """Read the settings.

    Returns:
        The settings, complete and checked.

    Raises:
        SettingsError: One line for each setting that is missing or malformed: its name, what is
            wrong, what it is for and where to find it. Values are never repeated.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(problems(error)) from None


def load_clicksend() -> ClickSendSettings:
    """Read the settings of the way to ClickSend alone.

    Returns:
        Those settings, complete and checked; nothing of Slack's is asked for.

    Raises:
        SettingsError: As `load`.
    """
    try:
        return ClickSendSettings()
    except ValidationError as error:
        raise SettingsError(problems(error)) from None


def problems(error: ValidationError) -> tuple[str, ...]:
    """One line a problem, in the order in which the settings are declared."""
    lines = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(problem["loc"][0])
        text = problem["msg"].removeprefix("Value error, ")
        wrong = "missing" if problem["type"] == "missing" else text
        lines.append(f"{name.upper()}: {wrong}. It {_is(Settings.model_fields[name].description)}")
    return tuple(dict.fromkeys(lines))


def _is(description: str | None) -> str:
    text = description or ""
    return text if text.startswith(("lets", "opens", "proves")) else f"is {text}"
