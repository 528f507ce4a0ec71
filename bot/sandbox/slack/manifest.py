"""The app as its manifest declares it: commands, shortcuts, scopes and events."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.sandbox.slack.shapes import Json

_HERE = Path(__file__).parents[2]
_PLACES = (_HERE / "manifest.yml", _HERE.parent / "manifest.yml")
"""In an installed package, and in a checkout."""


@dataclass(frozen=True)
class Manifest:
    """What Slack knows of the app.

    Attributes:
        name: How the bot is called.
        commands: Each slash command with `command`, `description`, `usage_hint`, `should_escape`.
        shortcuts: Each one with `name`, `type` (`global` or `message`), `callback_id`.
        scopes: What the bot's token may do.
        events: What the bot wants to hear of.
        home: Whether it has an App Home tab.
        token_rotation: Whether its tokens expire.
    """

    name: str
    commands: tuple[Json, ...]
    shortcuts: tuple[Json, ...]
    scopes: frozenset[str]
    events: frozenset[str]
    home: bool
    token_rotation: bool = False

    def command(self, slash: str) -> Json | None:
        """A command's declaration."""
        return next((each for each in self.commands if each["command"] == slash), None)


def read(text: str) -> Manifest:
    """A manifest from its YAML.

    Raises:
        yaml.YAMLError: It is no YAML.
    """
    whole = yaml.safe_load(text)
    features, settings = whole.get("features") or {}, whole.get("settings") or {}
    scopes = ((whole.get("oauth_config") or {}).get("scopes") or {}).get("bot") or ()
    return Manifest(
        name=(features.get("bot_user") or {}).get("display_name") or "App",
        commands=tuple(features.get("slash_commands") or ()),
        shortcuts=tuple(features.get("shortcuts") or ()),
        scopes=frozenset(scopes),
        events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
        home=bool((features.get("app_home") or {}).get("home_tab_enabled")),
        token_rotation=bool(settings.get("token_rotation_enabled")),
    )


@cache
def ours() -> Manifest:
    """The manifest of this bot.

    Raises:
        FileNotFoundError: It was not installed with the package.
    """
    for place in _PLACES:
        if place.exists():
            return read(place.read_text(encoding="utf-8"))
    raise FileNotFoundError(f"there is no {_PLACES[-1].name} beside the package")
