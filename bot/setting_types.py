"""What settings are made of: their base, enumerations, and the shapes of their values."""

from __future__ import annotations

import re
from datetime import time
from enum import StrEnum
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from yarl import URL

HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*((?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII)
PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
CHANNEL = re.compile(r"[CG][A-Z0-9]+")


class BotMode(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    HTTP = "http"


class EscalationCall(StrEnum):
    """How the phones on call are reached."""

    VOICE = "voice"
    SMS = "sms"


class Language(StrEnum):
    """A language that the texts are in; `bot.texts.LANGUAGES` says what it calls itself."""

    EN = "en"
    DE = "de"


class LogFormat(StrEnum):
    """How log lines are written."""

    JSON = "json"
    CONSOLE = "console"


UserIds = Annotated[frozenset[str], NoDecode]
Phones = Annotated[frozenset[str], NoDecode]
Countries = Annotated[frozenset[str], NoDecode]
Hours = Annotated[tuple[time, time], NoDecode]
Seconds = Annotated[int, Field(ge=1, le=86_400)]


class Part(BaseSettings):
    """A part of the settings: every part says where settings are read.

    A class of several parts takes that from the last one, and pydantic's own base would be a last
    one that reads no file. What is only a part of others is never built by itself.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        case_sensitive=False,
        env_ignore_empty=True,
        defer_build=True,
    )


def is_https(address: str) -> bool:
    """Whether an address can be called as it is: https, a host, a port that exists, no user."""
    try:
        url = URL(address)
        return url.scheme == "https" and bool(url.host) and not url.user
    except ValueError:
        return False


def begins(value: SecretStr, *prefixes: str) -> SecretStr:
    """A secret that begins as it has to."""
    if not value.get_secret_value().startswith(prefixes):
        raise ValueError(f"does not begin with {prefixes[0]}")
    return value
