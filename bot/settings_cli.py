"""What the send pipeline takes from the settings, in the bot and at the command line alike."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, SecretStr, ValidationError, field_validator

from bot.services.guards import QuietHours
from bot.services.rules import Rules
from bot.setting_types import BotMode
from bot.settings import Settings, SettingsError, problems


class CliSettings(Settings):
    """The settings at the command line: the bot's own, but nothing of Slack's has to be there."""

    bot_mode: BotMode = BotMode.HTTP
    slack_bot_token: SecretStr = Field(default=SecretStr(""), validate_default=False)
    slack_app_token: SecretStr | None = Field(default=None, validate_default=False)
    slack_signing_secret: SecretStr | None = Field(default=None, validate_default=False)

    @field_validator("slack_client_id")
    @classmethod
    def _of_one(cls, value: str | None) -> str | None:
        if value is not None:  # nobody would do what is handed to the bot: it has other accounts
            raise ValueError("must be unset at the command line, which has one account only")
        return value


def load_cli() -> CliSettings:
    """Read the settings for the command line.

    Raises:
        SettingsError: As `bot.settings.load`.
    """
    try:
        return CliSettings()
    except ValidationError as error:
        raise SettingsError(problems(error)) from None


def rules_of(settings: Settings) -> Rules:
    """The rules of the send pipeline that the settings make."""
    return Rules(
        undo=timedelta(seconds=settings.undo_seconds),
        price_rise=settings.price_rise_percent,
        duplicates=timedelta(minutes=settings.duplicate_minutes),
        approval_cost=settings.approval_above_cost,
        approval_recipients=settings.approval_above_recipients,
        approval_destroys=settings.approval_to_destroy and settings.approval_channel is not None,
        approval_time=timedelta(hours=settings.approval_hours),
        quiet=QuietHours(*settings.quiet_hours) if settings.quiet_hours else None,
        countries=settings.allowed_countries,
        opt_out_list=settings.opt_out_list,
    )
