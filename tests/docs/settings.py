"""The manual of settings, made from the settings' own descriptions."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot.settings import Settings
from bot.settings_alerts import AlertSettings
from bot.settings_clicksend import ClickSendSettings
from bot.settings_inbox import InboxSettings
from bot.settings_spaces import ONE_WORKSPACE, SpacesSettings

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs/settings.md"
HEAD = """# Settings

Every setting, read from the environment or from a `.env` file in the folder the bot is started in.
Made by `make docs` from the code; a test compares it. A setting that is missing or malformed stops
the start with one line that names it; values of secrets are never shown.
"""
_NOT_WITH_MANY = "Not with `SLACK_CLIENT_ID`"
PARTS = (
    ("ClickSend", ClickSendSettings),
    ("Many workspaces", SpacesSettings),
    ("What comes in", InboxSettings),
    ("Alerts", AlertSettings),
    ("The bot", Settings),
)


def text() -> str:
    """The whole manual."""
    seen: set[str] = set()
    written = [HEAD]
    for title, part in PARTS:
        names = [name for name in part.model_fields if name not in seen]
        seen |= set(names)
        rows = [_row(name) for name in names]
        written.append(f"\n## {title}\n\n| Setting | Default | What it is |\n|---|---|---|\n")
        written.append("".join(f"| {' | '.join(row)} |\n" for row in rows))
    return "".join(written)


def _row(name: str) -> tuple[str, str, str]:
    field = Settings.model_fields[name]
    says = (field.description or "").replace("|", "\\|")
    many = f" {_NOT_WITH_MANY}." if name in ONE_WORKSPACE else ""
    secret = " A secret." if "SecretStr" in str(field.annotation) else ""
    sentence = f"{says[:1].upper()}{says[1:]}.{secret}{many}"
    return f"`{name.upper()}`", _default(field.default), sentence


def _default(value: Any) -> str:
    if value is PydanticUndefined or value == "" or value == SecretStr(""):
        return "must be set"
    if value is None or value == frozenset():
        return ""
    if isinstance(value, SecretStr):
        return "a secret"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{getattr(value, 'value', value)}`"
