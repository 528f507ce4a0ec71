"""Who and what is in the workspace: people, channels, messages, files."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field

from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.shapes import ApiError, Json

TEAM, DOMAIN, APP = "T0SANDBOX", "sandbox", "A0SANDBOX"
BOT, BOT_ID, SLACKBOT = "U0BOT", "B0BOT", "USLACKBOT"


@dataclass(frozen=True)
class Person:
    """Somebody; `tz` is a name of the tz database."""

    id: str
    name: str
    title: str
    tz: str
    tz_offset: int
    locale: str = "en-GB"


@dataclass
class Channel:
    """A channel, or the direct messages between the bot and `user`."""

    id: str
    name: str
    topic: str = ""
    private: bool = False
    has_bot: bool = True
    user: str | None = None


@dataclass
class File:
    """What somebody attached, or the bot uploaded; `alt` is what a picture shows, in words."""

    id: str
    name: str
    content: bytes
    user: str
    shared: bool = True
    alt: str = ""

    @property
    def kind(self) -> str:
        """Slack's `filetype`."""
        return self.name.rpartition(".")[2].lower()


@dataclass
class Posted:
    """A message; `only_for` is who sees it when it is ephemeral."""

    channel: str
    ts: str
    text: str
    blocks: list[Json]
    only_for: str | None = None
    user: str = BOT
    thread_ts: str | None = None
    edited: bool = False
    deleted: bool = False
    files: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)

    def shown(self) -> Json:
        """As the page gets it."""
        return dict(vars(self))

    def wire(self) -> Json:
        """As Slack hands it to a bot."""
        own = {"bot_id": BOT_ID, "app_id": APP} if self.user == BOT else {}
        thread = {"thread_ts": self.thread_ts} if self.thread_ts else {}
        edited = {"edited": {"user": self.user, "ts": self.ts}} if self.edited else {}
        return {
            "type": "message",
            "ts": self.ts,
            "user": self.user,
            "team": TEAM,
            "text": self.text,
            "blocks": self.blocks,
            **({"files": self.files} if self.files else {}),
            **own,
            **thread,
            **edited,
        }


def _people() -> dict[str, Person]:
    seeded = (
        Person("U0ADA", "Ada", "Practice manager", "Australia/Sydney", 39_600),
        Person("U0BEN", "Ben", "Reception", "Australia/Perth", 28_800),
        Person("U0CLEO", "Cleo", "On call", "Europe/Berlin", 3_600, "de-DE"),
    )
    return {person.id: person for person in seeded}


def _channels() -> dict[str, Channel]:
    seeded = (
        Channel("C0OPS", "ops", "Alerts, and what was sent"),
        Channel("C0SALES", "sales", "Campaigns"),
        Channel("C0RANDOM", "random", "The bot is no member here", has_bot=False),
        Channel("G0PRIVATE", "board", "Private; without the bot", private=True, has_bot=False),
    )
    return {channel.id: channel for channel in seeded}


@dataclass
class Workspace:
    """One workspace.

    Attributes:
        messages: Everything posted, the oldest first; deleted ones keep their place.
    """

    feed: Feed = field(default_factory=Feed)
    people: dict[str, Person] = field(default_factory=_people)
    channels: dict[str, Channel] = field(default_factory=_channels)
    messages: list[Posted] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        for user in self.people:
            self.dm(user)

    def id(self, prefix: str) -> str:
        """A new id."""
        return f"{prefix}{next(self.numbers):08}"

    def ts(self) -> str:
        """A new message's timestamp, which is its id in its channel."""
        return f"{int(time.time())}.{next(self.numbers):06}"

    def dm(self, user: str) -> Channel:
        """The direct messages between the bot and a person.

        Raises:
            ApiError: `user_not_found`.
        """
        if user not in self.people:
            raise ApiError("user_not_found")
        channel = Channel(f"D{user[1:]}", self.people[user].name, user=user)
        return self.channels.setdefault(channel.id, channel)

    def channel(self, named: str) -> Channel:
        """A channel that the bot may know of: by id, by `#name`, or a person's id for their DM.

        Raises:
            ApiError: `channel_not_found`.
        """
        if named in self.people:
            return self.dm(named)
        found = self.channels.get(named) or next(
            (each for each in self.channels.values() if named == f"#{each.name}"), None
        )
        if found is None or (found.private and not found.has_bot):
            raise ApiError("channel_not_found")
        return found

    def find(self, channel: str, ts: str) -> Posted | None:
        """A message that is still there."""
        return next(
            (m for m in self.messages if (m.channel, m.ts, m.deleted) == (channel, ts, False)),
            None,
        )

    def add(self, posted: Posted) -> Posted:
        """Post a message."""
        posted.blocks = [self.named(block) for block in posted.blocks]
        self.messages.append(posted)
        self.feed.publish("message", posted.shown())
        return posted

    def changed(self, posted: Posted) -> None:
        """Show a message as it is now."""
        posted.blocks = [self.named(block) for block in posted.blocks]
        self.feed.publish("message", posted.shown())

    def named(self, block: Json) -> Json:
        """A block with the ids that Slack gives to what has none."""
        parts = [block.get("element"), block.get("accessory"), *_interactive(block)]
        for part in parts:
            if part and part.get("type") not in {"image", "mrkdwn", "plain_text"}:
                part.setdefault("action_id", self.id("a"))
        return {**block, "block_id": block.get("block_id") or self.id("b")}


def _interactive(block: Json) -> list[Json]:
    return list(block.get("elements") or []) if block.get("type") == "actions" else []
