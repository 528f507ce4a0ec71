"""The manifest names exactly what the code uses."""

import re
from pathlib import Path

import yaml

from bot.app.many import LEAVING
from bot.slack.installing import REDIRECT_PATH
from bot.slack.scopes import BOT_SCOPES, PREFIX_SCOPES
from commands import build_router

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "manifest.yml").read_text()
MANIFEST = yaml.safe_load(TEXT)
WITH_MANY = yaml.safe_load(TEXT.replace("#many ", ""))
"""The manifest as somebody uses it whose bot is for many workspaces."""
WITH_PREFIX = yaml.safe_load(TEXT.replace("#prefix ", ""))
"""The manifest as somebody uses it who sets INBOX_REPLY_PREFIX."""

SCOPES = {
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write", "chat:write.public"},
    "chat.update": {"chat:write"},
    "conversations.open": {"im:write"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "usergroups.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
    "chat.getPermalink": set(),
}
"""The bot scopes each Web API method needs, from Slack's reference of it."""


def test_it_lists_the_commands_that_are_declared() -> None:
    listed = {each["command"] for each in MANIFEST["features"]["slash_commands"]}
    assert listed == build_router().slash_names()


def test_mentions_arrive_with_their_ids_where_a_command_reads_them() -> None:
    escaped = {
        each["command"]: each["should_escape"] for each in MANIFEST["features"]["slash_commands"]
    }
    assert escaped.pop("/clicksend") is True
    assert not any(escaped.values())
    specs = build_router().commands.values()
    assert not any(spec.mentions and spec.shortcut for spec in specs)


def test_it_asks_for_the_scopes_of_the_methods_that_are_called() -> None:
    source = "".join(path.read_text() for path in (ROOT / "bot" / "slack").glob("*.py"))
    called = set(re.findall(r'\.call\(\s*"([\w.]+)"', source))
    assert called == set(SCOPES)
    needed = set.union(*SCOPES.values()) | {"commands", "app_mentions:read"}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed
    assert needed == BOT_SCOPES  # what the doctor compares with


def test_it_lists_the_shortcuts_that_are_declared() -> None:
    listed = MANIFEST["features"]["shortcuts"]
    names = [each["callback_id"] for each in listed]
    assert set(names) == build_router().names("shortcut")
    assert len(names) == len(set(names)) <= 10
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in listed)


def test_it_subscribes_to_no_event_that_nobody_handles() -> None:
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    more = WITH_PREFIX["settings"]["event_subscriptions"]["bot_events"]
    assert subscribed == ["app_home_opened", "app_mention"]
    assert more == [*subscribed, "message.channels", "message.groups"]
    # A mention is a command: the dispatcher reads it as one.
    assert {each.split(".")[0] for each in more} == build_router().names("event") | {"app_mention"}


def test_for_many_workspaces_it_is_told_when_it_is_not_wanted_any_more() -> None:
    events = WITH_MANY["settings"]["event_subscriptions"]["bot_events"]
    assert set(events) == {"app_home_opened", "app_mention", *LEAVING}
    (back,) = WITH_MANY["oauth_config"]["redirect_urls"]
    assert back.endswith(REDIRECT_PATH)
    assert WITH_MANY["oauth_config"]["scopes"] == MANIFEST["oauth_config"]["scopes"]
    assert build_router(many=True).slash_names() == build_router().slash_names()
    assert build_router(many=True).names("shortcut") == build_router().names("shortcut")


def test_with_a_prefix_it_asks_for_no_more_than_its_events_need() -> None:
    more = set(WITH_PREFIX["oauth_config"]["scopes"]["bot"])
    assert more == BOT_SCOPES | PREFIX_SCOPES
    without = {k: v for k, v in MANIFEST["settings"].items() if k != "event_subscriptions"}
    settings = {k: v for k, v in WITH_PREFIX["settings"].items() if k != "event_subscriptions"}
    assert settings == without


def test_the_readme_explains_each_scope() -> None:
    part = (
        (ROOT / "README.md").read_text().partition("| Scope | What for |")[2].partition("\n\n")[0]
    )
    rows = [line.split("|") for line in part.splitlines() if line.startswith("| ")]
    explained = {scope: row[2].strip() for row in rows for scope in re.findall(r"`(\S+)`", row[1])}
    assert set(explained) == BOT_SCOPES | PREFIX_SCOPES
    assert all(len(why) > 20 for why in explained.values())
