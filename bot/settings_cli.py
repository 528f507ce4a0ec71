"""The settings at the command line."""

from __future__ import annotations

from pydantic import Field, SecretStr, ValidationError, field_validator

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
