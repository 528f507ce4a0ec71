"""What the bot may ask about the workspace: who it is, people, groups, channels, links."""

from __future__ import annotations

from bot.sandbox.slack.paging import page
from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.workspace import (
    APP,
    BOT,
    BOT_ID,
    DOMAIN,
    TEAM,
    Channel,
    Person,
    Workspace,
)

GROUPS = {"S0ONCALL": ("oncall", "On call", ["U0CLEO"]), "S0DESK": ("desk", "Desk", ["U0BEN"])}


class Directory:
    """Answers questions; `url` is where this Slack is served."""

    def __init__(self, workspace: Workspace, bot_name: str) -> None:
        self._workspace = workspace
        self._bot_name = bot_name
        self.url = ""

    def auth(self, _: Json) -> Json:
        """Slack method `auth.test`."""
        return {
            "url": f"{self.url}/",
            "team": "Sandbox",
            "user": self._bot_name.lower(),
            "team_id": TEAM,
            "user_id": BOT,
            "bot_id": BOT_ID,
            "is_enterprise_install": False,
        }

    def bot(self, body: Json) -> Json:
        """Slack method `bots.info`.

        Raises:
            ApiError: `bot_not_found`.
        """
        if body.get("bot") not in {None, BOT_ID}:
            raise ApiError("bot_not_found")
        named = {"id": BOT_ID, "name": self._bot_name, "app_id": APP, "user_id": BOT}
        return {"bot": {**named, "deleted": False}}

    def team(self, _: Json) -> Json:
        """Slack method `team.info`."""
        return {"team": {"id": TEAM, "name": "Sandbox", "domain": DOMAIN}}

    def user(self, body: Json) -> Json:
        """Slack method `users.info`.

        Raises:
            ApiError: `user_not_found`.
        """
        named = str(body.get("user", ""))
        if named == BOT:
            return {"user": self._bot()}
        if named not in self._workspace.people:
            raise ApiError("user_not_found")
        person = self._workspace.people[named]
        locale = {"locale": person.locale} if _is_set(body.get("include_locale")) else {}
        return {"user": _person(person) | locale}

    def users(self, body: Json) -> Json:
        """Slack method `users.list`: everybody, unless a `limit` is given.

        Raises:
            ApiError: `invalid_cursor` or `invalid_limit`.
        """
        people = [_person(person) for person in self._workspace.people.values()]
        return page("members", [*people, self._bot()], body, usual=0)

    def groups(self, _: Json) -> Json:
        """Slack method `usergroups.list`."""
        return {
            "usergroups": [
                {"id": group, "team_id": TEAM, "handle": handle, "name": name, "users": users}
                for group, (handle, name, users) in GROUPS.items()
            ]
        }

    def group_users(self, body: Json) -> Json:
        """Slack method `usergroups.users.list`.

        Raises:
            ApiError: `no_such_subteam`.
        """
        group = GROUPS.get(str(body.get("usergroup", "")))
        if group is None:
            raise ApiError("no_such_subteam")
        return {"users": list(group[2])}

    def channel(self, body: Json) -> Json:
        """Slack method `conversations.info`.

        Raises:
            ApiError: `channel_not_found`.
        """
        return {"channel": _channel(self._workspace.channel(str(body.get("channel", ""))))}

    def channels(self, body: Json) -> Json:
        """Slack method `conversations.list`; private channels only where the bot is in.

        Raises:
            ApiError: `invalid_cursor` or `invalid_limit`.
        """
        kinds = str(body.get("types") or "public_channel").split(",")
        found = [
            _channel(channel)
            for channel in self._workspace.channels.values()
            if _kind(channel) in kinds and (channel.has_bot or not channel.private)
        ]
        return page("channels", found, body)

    def members(self, body: Json) -> Json:
        """Slack method `conversations.members`.

        Raises:
            ApiError: `channel_not_found`, `invalid_cursor` or `invalid_limit`.
        """
        channel = self._workspace.channel(str(body.get("channel", "")))
        people = [channel.user] if channel.user else list(self._workspace.people)
        members = [*people, *([BOT] if channel.has_bot else [])]
        return page("members", members, body)

    def open(self, body: Json) -> Json:
        """Slack method `conversations.open`, for one person.

        Raises:
            ApiError: `user_not_found`.
        """
        channel = self._workspace.dm(str(body.get("users", "")))
        return {"channel": {"id": channel.id}}

    def permalink(self, body: Json) -> Json:
        """Slack method `chat.getPermalink`.

        Raises:
            ApiError: `channel_not_found` or `message_not_found`.
        """
        channel = self._workspace.channel(str(body.get("channel", "")))
        ts = str(body.get("message_ts", ""))
        if self._workspace.find(channel.id, ts) is None:
            raise ApiError("message_not_found")
        link = f"{self.url}/archives/{channel.id}/p{ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    def _bot(self) -> Json:
        profile = {"real_name": self._bot_name, "bot_id": BOT_ID, "api_app_id": APP}
        named = {"id": BOT, "team_id": TEAM, "name": self._bot_name.lower(), "is_bot": True}
        return {**named, "tz": "UTC", "tz_offset": 0, "profile": profile}


def _is_set(value: object) -> bool:
    return str(value).lower() in {"true", "1"}


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "team_id": TEAM,
        "name": person.name.lower(),
        "real_name": person.name,
        "deleted": False,
        "is_bot": False,
        "is_admin": person.id == "U0ADA",
        "tz": person.tz,
        "tz_offset": person.tz_offset,
        "profile": {"real_name": person.name, "display_name": person.name, "title": person.title},
    }


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.user is None,
        "is_im": channel.user is not None,
        "is_private": channel.private or channel.user is not None,
        "is_member": channel.has_bot,
        "is_archived": False,
        "user": channel.user,
        "topic": {"value": channel.topic},
    }


def _kind(channel: Channel) -> str:
    if channel.user:
        return "im"
    return "private_channel" if channel.private else "public_channel"
