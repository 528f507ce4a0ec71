"""What people do: type, press, choose, submit, close. Each becomes a payload for the bot."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.slack import inputs
from bot.sandbox.slack.chat import Chat
from bot.sandbox.slack.delivery import Delivery, Kind, Outward
from bot.sandbox.slack.directory import GROUPS
from bot.sandbox.slack.files import Files
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.shapes import ApiError, Json, escape
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.workspace import (
    APP,
    BOT,
    DOMAIN,
    SLACKBOT,
    TEAM,
    Channel,
    Posted,
    Workspace,
)

_TOKEN = "sandbox-verification-token"


@dataclass
class Pressed:
    """An element somebody used: the block it is in, and the element itself."""

    block_id: str
    element: Json


@dataclass
class Acting:
    """Everybody's hands; `url` is where this Slack is served."""

    workspace: Workspace
    chat: Chat
    views: Views
    files: Files
    outward: Outward
    manifest: Manifest
    url: str = ""

    async def command(self, user: str, channel: str, slash: str, text: str) -> Delivery:
        """Type a slash command; what goes wrong is shown to the person, as Slack does."""
        declared = self.manifest.command(slash)
        if declared is None:
            self._slackbot(user, channel, f"{slash} is not a valid command.")
            return Delivery(200, 0.0, {})
        payload = {
            "token": _TOKEN,
            "team_id": TEAM,
            "team_domain": DOMAIN,
            "channel_id": channel,
            "channel_name": self._channel_name(channel),
            "user_id": user,
            "user_name": self.workspace.people[user].name.lower(),
            "command": slash,
            "text": self._named(text) if declared.get("should_escape") else escape(text),
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self.url + self.chat.hook(user, channel),
            "trigger_id": self.views.trigger(user),
        }
        delivery = await self.outward.deliver(Kind.COMMAND, payload, slash)
        problem = delivery.error
        if problem is None and (delivery.body.get("text") or delivery.body.get("blocks")):
            try:
                self.chat.answer(user, channel, delivery.body)
            except ApiError as error:
                problem = error.code
        if problem:
            self._slackbot(user, channel, f"{slash} failed with the error “{problem}”")
        return delivery

    def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[str] = (),
    ) -> Posted:
        """Write a message; `@Name` in it mentions people and the bot, as Slack has it.

        Raises:
            ApiError: `file_not_found`.
        """
        posted = Posted(
            channel,
            self.workspace.ts(),
            self._marked(text),
            [],
            user=user,
            thread_ts=thread_ts,
            files=[self._file({"id": each}) for each in files],
        )
        self.workspace.add(posted)
        place = self.workspace.channels[channel]
        if place.has_bot:  # the bot hears only where it is
            event = {**posted.wire(), "channel": channel}
            self.event(_heard(place), {**event, "channel_type": _heard(place).split(".")[1]})
            if f"<@{BOT}>" in posted.text:
                self.event("app_mention", {**event, "type": "app_mention"})
        return posted

    def event(self, name: str, event: Json) -> None:
        """Something happened; the bot hears of it if its manifest asks for it."""
        if name not in self.manifest.events:
            return
        payload = {
            "token": _TOKEN,
            "team_id": TEAM,
            "api_app_id": APP,
            "event": {"event_ts": self.workspace.ts(), **event},
            "type": "event_callback",
            "event_id": self.workspace.id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }
        self.outward.event(payload, f"event {name}")

    async def act(self, user: str, posted: Posted, pressed: Pressed, chosen: Json) -> Delivery:
        """Use a button or a menu of a message."""
        ephemeral = posted.only_for is not None
        delivery = await self._interact(
            user,
            "block_actions",
            pressed.element.get("action_id", ""),
            channel={"id": posted.channel, "name": self._channel_name(posted.channel)},
            container={
                "type": "message",
                "message_ts": posted.ts,
                "channel_id": posted.channel,
                "is_ephemeral": ephemeral,
            },
            # Of an ephemeral message, Slack hands over no more than this.
            message={"ts": posted.ts, "type": "message"} if ephemeral else posted.wire(),
            state={"values": {}},
            actions=[_action(pressed, chosen)],
            response_url=self.url + self.chat.hook(user, posted.channel, posted),
        )
        if delivery.error:
            self._slackbot(
                user, posted.channel, f"That button failed with the error “{delivery.error}”"
            )
        return delivery

    async def act_in_view(
        self, user: str, view: Json, pressed: Pressed, chosen: Json, typed: Json
    ) -> Delivery:
        """Use a button, a menu or a dispatching input of a modal or of the App Home."""
        state = {"values": self._values(view, typed)}
        return await self._interact(
            user,
            "block_actions",
            pressed.element.get("action_id", ""),
            container={"type": "view", "view_id": view["id"]},
            view={**view, "state": state},
            actions=[_action(pressed, chosen)],
        )

    async def suggest(self, user: str, pressed: Pressed, value: str, **where: object) -> list[Json]:
        """Type in a menu that asks the bot what it offers; the options."""
        delivery = await self._interact(
            user,
            "block_suggestion",
            pressed.element["action_id"],
            action_id=pressed.element["action_id"],
            block_id=pressed.block_id,
            value=value,
            **where,
        )
        groups = delivery.body.get("option_groups") or []
        grouped = [option for group in groups for option in group.get("options") or []]
        options = [*(delivery.body.get("options") or []), *grouped]
        return options[:100]

    async def submit(self, user: str, view: Json, typed: Json) -> tuple[Delivery, dict[str, str]]:
        """Submit a modal; the acknowledgement, and what is wrong, by block id."""
        values = self._values(view, typed)
        problems = inputs.wrong(view, values)
        if problems:
            return Delivery(200, 0.0, {"errors": problems}), problems
        delivery = await self._interact(
            user,
            "view_submission",
            view["callback_id"],
            view={**view, "state": {"values": values}},
            response_urls=[],
        )
        if delivery.error is None:
            self.views.answered(user, view["id"], delivery.body)
        return delivery, delivery.body.get("errors") or {}

    async def close(self, user: str, *, whole: bool) -> None:
        """Close the top modal, or all of them; the bot hears of it if a view asks for it."""
        for view in self.views.close(user, whole=whole):
            if view["notify_on_close"]:
                await self._interact(
                    user, "view_closed", view["callback_id"], view=view, is_cleared=whole
                )

    async def shortcut(self, user: str, callback_id: str, posted: Posted | None) -> Delivery:
        """Use a global shortcut, or one on a message."""
        if posted is None:
            return await self._interact(
                user,
                "shortcut",
                callback_id,
                callback_id=callback_id,
                action_ts=self.workspace.ts(),
            )
        return await self._interact(
            user,
            "message_action",
            callback_id,
            callback_id=callback_id,
            message=posted.wire(),
            message_ts=posted.ts,
            channel={"id": posted.channel, "name": self._channel_name(posted.channel)},
            response_url=self.url + self.chat.hook(user, posted.channel, posted),
        )

    def home_opened(self, user: str, tab: str) -> None:
        """Look at the App Home."""
        dm = self.workspace.dm(user)
        view = self.views.homes.get(user)
        self.event(
            "app_home_opened",
            {
                "type": "app_home_opened",
                "user": user,
                "channel": dm.id,
                "tab": tab,
                **({"view": view} if view else {}),
            },
        )

    async def _interact(self, user: str, kind: str, name: str, **payload: object) -> Delivery:
        whole: Json = {
            "type": kind,
            "token": _TOKEN,
            "user": {
                "id": user,
                "username": self.workspace.people[user].name.lower(),
                "name": self.workspace.people[user].name.lower(),
                "team_id": TEAM,
            },
            "team": {"id": TEAM, "domain": DOMAIN},
            "api_app_id": APP,
            "enterprise": None,
            "is_enterprise_install": False,
            **payload,
        }
        if kind not in {"view_closed", "block_suggestion"}:
            whole["trigger_id"] = self.views.trigger(user)
        return await self.outward.deliver(Kind.INTERACTION, whole, f"{kind} {name}".strip())

    def _values(self, view: Json, typed: Json) -> Json:
        values: Json = inputs.values(view, typed)
        for block in values.values():
            for element in block.values():
                if "files" in element:
                    element["files"] = [self._file(each) for each in element["files"]]
        return values

    def _file(self, given: Json) -> Json:
        found: Json = self.files.info({"file": given.get("id")})["file"]
        return found

    def _marked(self, text: str) -> str:
        """What somebody typed as Slack hands it on: escaped, with mentions by id."""
        known = {BOT: self.manifest.name}
        known |= {person.id: person.name for person in self.workspace.people.values()}
        marked = escape(text)
        for user, name in known.items():
            marked = marked.replace(f"&lt;@{user}&gt;", f"<@{user}>")
            marked = re.sub(
                rf"(?<!\w)@{re.escape(name)}\b", f"<@{user}>", marked, flags=re.IGNORECASE
            )
        return marked

    def _named(self, text: str) -> str:
        """What is typed after a command with `should_escape`: with id and name of who is named."""
        people = self.workspace.people.values()
        marks = {f"@{each.name}".lower(): f"<@{each.id}|{each.name.lower()}>" for each in people}
        marks |= {f"@{each[0]}": f"<!subteam^{id_}|@{each[0]}>" for id_, each in GROUPS.items()}
        channels = [each for each in self.workspace.channels.values() if not each.user]
        marks |= {f"#{each.name}".lower(): f"<#{each.id}|{each.name}>" for each in channels}
        names = "|".join(map(re.escape, marks))
        return re.sub(
            rf"(?<![\w<])(?:{names})(?![\w-])",
            lambda found: marks[found[0].lower()],
            escape(text),
            flags=re.IGNORECASE,
        )

    def _slackbot(self, user: str, channel: str, text: str) -> None:
        self.workspace.add(
            Posted(channel, self.workspace.ts(), text, [], only_for=user, user=SLACKBOT)
        )

    def _channel_name(self, channel: str) -> str:
        found = self.workspace.channels.get(channel)
        return "directmessage" if found is None or found.user else found.name


def _heard(channel: Channel) -> str:
    """What the event of a message there is called."""
    if channel.user:
        return "message.im"
    return "message.groups" if channel.private else "message.channels"


def _action(pressed: Pressed, chosen: Json) -> Json:
    """One entry of `actions`."""
    element = pressed.element
    named: Json = {
        name: element[name] for name in ("action_id", "type", "value", "text") if name in element
    }
    return {
        **named,
        **chosen,
        "block_id": pressed.block_id,
        "action_ts": f"{time.time():.6f}",
    }


def find(blocks: list[Json], action_id: str, block_id: str | None = None) -> Pressed | None:
    """An element by its action id (or what stands before a colon in it)."""
    for block in blocks:
        if block_id is not None and block.get("block_id") != block_id:
            continue
        elements = block.get("elements") or []
        for element in [*elements, block.get("accessory") or {}, block.get("element") or {}]:
            name = str(element.get("action_id", ""))
            if name == action_id or name.startswith(f"{action_id}:"):
                return Pressed(str(block["block_id"]), element)
    return None
