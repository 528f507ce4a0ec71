"""What the bot's token may do: the list of manifest.yml, which a test compares."""

from __future__ import annotations

from typing import Final

BOT_SCOPES: Final = frozenset(
    {
        "app_mentions:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "im:write",
        "usergroups:read",
        "users:read",
    }
)

PREFIX_SCOPES: Final = frozenset({"channels:history", "groups:history"})
"""What INBOX_REPLY_PREFIX needs besides: to be told of messages in the bot's channels."""
