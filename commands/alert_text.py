"""Alerts in words and blocks: the message of a group, what its thread says, lists."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import PlainTextObject, StaticSelectElement

from bot.services.alerts.model import PHONE, Group, Severity, Signal
from bot.slack.blocks import (
    Block,
    Message,
    Option,
    button,
    buttons,
    clip,
    context,
    escape,
    fields,
    section,
)
from commands.answers import moment, plain
from commands.balance import BILLING, OPEN_BILLING

ACKNOWLEDGE, SNOOZE, ASSIGN, WAKE = "alert.ack", "alert.snooze", "alert.assign", "alert.wake"
HOUR, TOMORROW, UNTIL = "hour", "tomorrow", "until"
_MOST = 5
_SIGNS = {
    Severity.INFO: ":information_source:",
    Severity.WARNING: ":warning:",
    Severity.CRITICAL: ":rotating_light:",
}


def who(user: str) -> str:
    """Who did something: a person, or whoever holds the phone on call (mrkdwn)."""
    return "the phone on call" if user == PHONE else f"<@{user}>"


def headline(group: Group, title: str) -> str:
    """How a group stands, in a line (mrkdwn)."""
    if group.over_at is not None:
        return f":white_check_mark: {title}: over since {moment(group.over_at)}"
    more = f" ({len(group.signals)})" if len(group.signals) > 1 else ""
    return f"{_SIGNS[group.severity]} {title}{more}"


def render(group: Group, title: str, *, mention: str = "") -> Message:
    """The message of a group: what is wrong, who is on it, and what can be done about it."""
    was = "It was: " if group.is_over else ""  # what it says of itself is true no more
    lines = [was + _signal(signal) for signal in group.signals[:_MOST]]
    if len(group.signals) > _MOST:
        lines.append(f"and {len(group.signals) - _MOST} more; see the thread")
    head = headline(group, title)
    lead = f"{mention} {head}".strip()
    blocks: list[Block] = [section(f"*{lead}*" if not mention else f"{mention} *{head}*")]
    blocks += [section(line) for line in lines]
    facts = [fact for signal in group.signals[:2] for fact in signal.facts]
    if facts and not group.is_over:
        shown = (f"*{escape(fact.name)}*\n{escape(clip(fact.value, 300))}" for fact in facts[:10])
        blocks.append(fields(*shown))
    blocks.append(context(standing(group)))
    if not group.is_over:
        blocks.append(_actions(group))
    return Message(clip("\n".join([lead, *lines, standing(group)]), 3500), tuple(blocks))


def standing(group: Group) -> str:
    """Since when it is so, who has taken it, who is on it, until when it is snoozed (mrkdwn)."""
    parts = [f"since {moment(group.began_at)}"]
    if group.acknowledged_by:
        stale = "" if group.is_acknowledged or group.is_over else ", but it has become worse"
        parts.append(f"acknowledged by {who(group.acknowledged_by)}{stale}")
    if group.assigned_to:
        parts.append(f"{who(group.assigned_to)} {'was' if group.is_over else 'is'} on it")
    elif not group.is_over:
        parts.append("nobody is on it yet")
    if group.snoozed_until and not group.is_over:
        by = f" by {who(group.snoozed_by)}" if group.snoozed_by else ""
        parts.append(f"snoozed until {moment(group.snoozed_until)}{by}")
    return f"{' · '.join(parts)} · `{group.id}`"


def reminder(group: Group, title: str, *, mention: str = "") -> Message:
    """It goes on, or has become worse, and nobody has taken it."""
    texts = " ".join(escape(signal.text) for signal in group.signals[:_MOST])
    said = f"{mention} {headline(group, title)}, still: {texts} {standing(group)}"
    return plain(clip(said.strip(), 2900))


def over(group: Group, title: str) -> Message:
    """It is over."""
    return plain(f"{headline(group, title)}. It had begun {moment(group.began_at)}.")


def news(signals: Sequence[Signal]) -> Message:
    """What has joined a group, for its thread."""
    return plain(clip("\n".join(["Also:", *(_signal(each) for each in signals[:20])]), 2900))


def summary(groups: Sequence[tuple[Group, str]]) -> Message:
    """What could not be said in time, together.

    Args:
        groups: Each with its title.
    """
    ended = sum(group.is_over for group, _ in groups)
    count = len(groups)
    head = (
        f":incoming_envelope: {count} alerts could not be posted in time; "
        f"{ended} of them are over. Each is in this thread."
    )
    lines = [f"• {headline(group, title)}" for group, title in groups[:20]]
    if count > 20:  # noqa: PLR2004 - as many as are listed
        lines.append(f"and {count - 20} more")
    text = clip("\n".join([head, *lines]), 2900)
    return Message(text, (section(text),))


def for_oncall(group: Group, title: str, link: str | None) -> Message:
    """What whoever is on call reads in their direct messages."""
    texts = "\n".join(_signal(signal) for signal in group.signals[:_MOST])
    where = f" <{link}|See it in the channel>." if link else ""
    text = f":pager: Nobody has taken this yet.{where}\n*{headline(group, title)}*\n{texts}"
    return Message(text, (section(text), context(standing(group)), _actions(group)))


def listed(groups: Sequence[tuple[Group, str]]) -> Message:
    """What is wrong now, and what was lately."""
    if not groups:
        return plain(":white_check_mark: Nothing is wrong, and nothing was lately.")
    lines = [f"{headline(group, title)}\n{standing(group)}" for group, title in groups]
    now = sum(not group.is_over for group, _ in groups)
    head = f"*{now} wrong now*" if now else "*Nothing is wrong now*"
    hint = context(
        "`/clicksend alert show ID` shows one, `/clicksend alert snooze ID 2h` snoozes it"
    )
    blocks = [section(head), *(section(line) for line in lines), hint]
    return Message("\n".join([head, *lines]), tuple(blocks))


def _signal(signal: Signal) -> str:
    advice = f" {escape(signal.advice)}" if signal.advice else ""
    return f"{escape(signal.text)}{advice}"


def _actions(group: Group) -> Block:
    menu = StaticSelectElement(
        action_id=SNOOZE,
        placeholder=PlainTextObject(text="Snooze…"),
        options=[
            Option(value=f"{HOUR} {group.id}", label="Snooze for 1 hour"),
            Option(value=f"{TOMORROW} {group.id}", label="Snooze until tomorrow"),
            Option(value=f"{UNTIL} {group.id}", label="Snooze until…"),
        ],
    )
    found = []
    if not group.is_acknowledged:
        found.append(button("Acknowledge", ACKNOWLEDGE, value=group.id, style="primary"))
    assign = button("Assign…", ASSIGN, value=group.id)
    elements = [*found, menu, assign]
    if group.snoozed_until:
        elements.append(button("Wake", WAKE, value=group.id))
    if any(signal.recharge for signal in group.signals):
        elements.append(button("Recharge in ClickSend", OPEN_BILLING, url=BILLING))
    return buttons(*elements)
