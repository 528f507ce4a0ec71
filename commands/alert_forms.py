"""The routes of alerts as a list, and the forms of a route and of a channel's settings."""

from __future__ import annotations

import json
from collections.abc import Mapping

from slack_sdk.models.blocks import (
    ConversationFilter,
    ConversationSelectElement,
    ExternalDataSelectElement,
    NumberInputElement,
    PlainTextInputElement,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.services.alerts.book import Book
from bot.services.alerts.model import Severity
from bot.services.alerts.routing import CHANNEL, HERE, ChannelSettings
from bot.services.alerts.rules.base import Rule
from bot.slack.blocks import (
    Block,
    Message,
    Modal,
    Option,
    button,
    buttons,
    clip,
    context,
    escape,
    input_block,
    modal,
    section,
)
from bot.slack.wire import UserGroup
from bot.store.alerts import StoredRoute
from bot.texts import Phrase, say

ADD, FORM, REMOVE = "alert.route_add", "alert.route", "alert.route_remove"
SETTINGS = "alert.settings"
RULE, SEVERITY, SUBACCOUNT, LIST, WHERE = "rule", "severity", "subaccount", "list", "where"
MENTION, PERSON, INTERVAL, REPEAT = "mention", "person", "interval", "repeat"
GROUP = "alert.group"
ESCALATE, ONCALL = "escalate", "oncall"
ANY, NOBODY = "any", "nobody"
_OR_WORSE: Mapping[str, Phrase] = {
    Severity.INFO: Phrase("info or worse"),
    Severity.WARNING: Phrase("warning or worse"),
    Severity.CRITICAL: Phrase("critical or worse"),
}
NUMBERS = {
    INTERVAL: (Phrase("Minutes between two notifications of one alert, at least"), 1_440),
    REPEAT: (Phrase("Hours between reminders of what nobody has taken; 0: none"), 720),
    ESCALATE: (Phrase("Minutes until it goes to whoever is on call; 0: never"), 1_440),
}


def routes_shown(book: Book, rules: Mapping[str, Rule]) -> Message:
    """The routes, each with a button that takes it away."""
    lines, blocks = [], list[Block]()
    for each in book.routes:
        line = f"{_about(each, rules)} → <#{each.channel}>"
        lines.append(line)
        gone = json.dumps([each.rule, each.severity, each.subaccount, each.list_name])
        blocks.append(section(line, accessory=button(say("Remove"), REMOVE, value=gone)))
    head = say("Alerts go where the most exact of these says, all others to the alert channel.")
    if not lines:
        head = say("Every alert goes to the alert channel of the bot's settings.")
    rest = [context(head), buttons(button(say("Add a route…"), ADD))]
    return Message("\n".join([head, *lines]), (*blocks[:45], *rest))


def _about(route: StoredRoute, rules: Mapping[str, Rule]) -> str:
    known = rules.get(route.rule)
    parts = [str(known.title) if known else route.rule or say("Every alert")]
    if route.severity:
        parts.append(str(_OR_WORSE.get(route.severity, route.severity)))
    if route.subaccount:
        parts.append(say("subaccount {id}", id=route.subaccount))
    if route.list_name:
        parts.append(say("list {name}", name=route.list_name))
    return escape(", ".join(parts))


def route_form(rules: Mapping[str, Rule]) -> Modal:
    """The form of a route."""
    kinds = [Option(value=ANY, label=say("Every alert"))]
    kinds += [Option(value=rule.name, label=str(rule.title)) for rule in rules.values()]
    levels = [Option(value=ANY, label=say("Any"))]
    levels += [Option(value=str(each), label=str(_OR_WORSE[each])) for each in Severity]
    only = ConversationFilter(include=["public", "private"], exclude_bot_users=True)
    subaccount = PlainTextInputElement(action_id=SUBACCOUNT, max_length=128)
    list_id = PlainTextInputElement(action_id=LIST, max_length=128)
    return modal(
        FORM,
        say("Add a route"),
        [
            input_block(
                RULE,
                say("Which alerts"),
                StaticSelectElement(action_id=RULE, options=kinds, initial_option=kinds[0]),
            ),
            input_block(
                SEVERITY,
                say("How bad"),
                StaticSelectElement(action_id=SEVERITY, options=levels, initial_option=levels[0]),
            ),
            input_block(SUBACCOUNT, say("Only of the subaccount (id)"), subaccount, optional=True),
            input_block(LIST, say("Only of the contact list (id)"), list_id, optional=True),
            input_block(
                WHERE, say("Channel"), ConversationSelectElement(action_id=WHERE, filter=only)
            ),
        ],
        submit=say("Save"),
    )


def settings_form(
    channel: str, now: ChannelSettings, *, groups: Mapping[str, UserGroup] | None = None
) -> Modal:
    """The form of a channel, with how it is.

    Args:
        channel: A Slack channel id.
        now: How it is.
        groups: The user groups by id, of which one may be chosen already.
    """
    options = [
        Option(value=NOBODY, label=say("Nobody")),
        Option(value=HERE, label=say("@here: who is active in the channel")),
        Option(value=CHANNEL, label=say("@channel: everybody in the channel")),
    ]
    chosen = next((o for o in options if o.value == now.mention), options[0])
    person = [now.mention] if now.mention[:1] in {"U", "W"} else None
    return modal(
        SETTINGS,
        say("Alerts in this channel"),
        [
            input_block(
                MENTION,
                say("Whom new alerts call"),
                StaticSelectElement(action_id=MENTION, options=options, initial_option=chosen),
            ),
            input_block(
                PERSON,
                say("Or one person"),
                UserMultiSelectElement(
                    action_id=PERSON, max_selected_items=1, initial_users=person
                ),
                optional=True,
            ),
            _group(now.mention, groups or {}),
            _number(INTERVAL, now.interval_minutes),
            _number(REPEAT, now.repeat_hours),
            _number(ESCALATE, now.escalate_minutes),
            input_block(
                ONCALL,
                say("Who is on call"),
                UserMultiSelectElement(
                    action_id=ONCALL, max_selected_items=10, initial_users=list(now.oncall) or None
                ),
                hint=say("Empty: who is named in the bot's settings."),
                optional=True,
            ),
        ],
        submit=say("Save"),
        private_metadata=channel,
    )


def group_option(id_: str, group: UserGroup | None) -> Option:
    """A user group as an option of its menu."""
    text = f"@{group.handle}: {group.name}" if group else id_
    return Option(value=id_, label=clip(text, 75))


def _group(mention: str, groups: Mapping[str, UserGroup]) -> Block:
    chosen = group_option(mention, groups.get(mention)) if mention.startswith("S") else None
    menu = ExternalDataSelectElement(action_id=GROUP, min_query_length=0, initial_option=chosen)
    return input_block(GROUP, say("Or a user group"), menu, optional=True)


def _number(block_id: str, now: int | None) -> Block:
    label, most = NUMBERS[block_id]
    element = NumberInputElement(
        action_id=block_id,
        is_decimal_allowed=False,
        min_value="0",
        max_value=str(most),
        initial_value=None if now is None else str(now),
    )
    return input_block(
        block_id, label, element, hint=say("Empty: as the rule says."), optional=True
    )
