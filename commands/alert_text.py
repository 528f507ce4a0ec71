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
from bot.texts import say
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
    return say("the phone on call") if user == PHONE else f"<@{user}>"


def headline(group: Group, title: str) -> str:
    """How a group stands, in a line (mrkdwn)."""
    if group.over_at is not None:
        at = moment(group.over_at)
        return say(":white_check_mark: {title}: over since {at}", title=title, at=at)
    more = f" ({len(group.signals)})" if len(group.signals) > 1 else ""
    return f"{_SIGNS[group.severity]} {title}{more}"


def render(group: Group, title: str, *, mention: str = "") -> Message:
    """The message of a group: what is wrong, who is on it, and what can be done about it."""
    lines = [_signal(signal) for signal in group.signals[:_MOST]]
    if group.is_over:  # what it says of itself is true no more
        lines = [say("It was: {alert}", alert=line) for line in lines]
    if len(group.signals) > _MOST:
        lines.append(say("and {count} more; see the thread", count=len(group.signals) - _MOST))
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
    parts = [
        say("since {at}", at=moment(group.began_at)),
        _taken(group),
        _assigned(group),
        _snoozed(group),
    ]
    return f"{' · '.join(filter(None, parts))} · `{group.id}`"


def _taken(group: Group) -> str:
    if not group.acknowledged_by:
        return ""
    by = who(group.acknowledged_by)
    if group.is_acknowledged or group.is_over:
        return say("acknowledged by {who}", who=by)
    return say("acknowledged by {who}, but it has become worse", who=by)


def _assigned(group: Group) -> str:
    if not group.assigned_to:
        return "" if group.is_over else say("nobody is on it yet")
    one = who(group.assigned_to)
    return say("{who} was on it", who=one) if group.is_over else say("{who} is on it", who=one)


def _snoozed(group: Group) -> str:
    if not group.snoozed_until or group.is_over:
        return ""
    until = moment(group.snoozed_until)
    if not group.snoozed_by:
        return say("snoozed until {until}", until=until)
    return say("snoozed until {until} by {who}", until=until, who=who(group.snoozed_by))


def reminder(group: Group, title: str, *, mention: str = "") -> Message:
    """It goes on, or has become worse, and nobody has taken it."""
    texts = " ".join(escape(signal.text) for signal in group.signals[:_MOST])
    still = say("{headline}, still: {texts}", headline=headline(group, title), texts=texts)
    return plain(clip(f"{mention} {still} {standing(group)}".strip(), 2900))


def over(group: Group, title: str) -> Message:
    """It is over."""
    return plain(
        say(
            "{headline}. It had begun {at}.",
            headline=headline(group, title),
            at=moment(group.began_at),
        )
    )


def news(signals: Sequence[Signal]) -> Message:
    """What has joined a group, for its thread."""
    return plain(clip("\n".join([say("Also:"), *(_signal(each) for each in signals[:20])]), 2900))


def summary(groups: Sequence[tuple[Group, str]]) -> Message:
    """What could not be said in time, together.

    Args:
        groups: Each with its title.
    """
    ended = sum(group.is_over for group, _ in groups)
    count = len(groups)
    head = say(
        ":incoming_envelope: {count} alerts could not be posted in time; "
        "{ended} of them are over. Each is in this thread.",
        count=count,
        ended=ended,
    )
    lines = [f"• {headline(group, title)}" for group, title in groups[:20]]
    if count > 20:  # noqa: PLR2004 - as many as are listed
        lines.append(say("and {count:,} more", count=count - 20))
    text = clip("\n".join([head, *lines]), 2900)
    return Message(text, (section(text),))


def for_oncall(group: Group, title: str, link: str | None) -> Message:
    """What whoever is on call reads in their direct messages."""
    texts = "\n".join(_signal(signal) for signal in group.signals[:_MOST])
    head = say(":pager: Nobody has taken this yet.")
    there = say("See it in the channel")
    head = f"{head} <{link}|{there}>." if link else head
    text = f"{head}\n*{headline(group, title)}*\n{texts}"
    return Message(text, (section(text), context(standing(group)), _actions(group)))


def listed(groups: Sequence[tuple[Group, str]]) -> Message:
    """What is wrong now, and what was lately."""
    if not groups:
        return plain(say(":white_check_mark: Nothing is wrong, and nothing was lately."))
    lines = [f"{headline(group, title)}\n{standing(group)}" for group, title in groups]
    now = sum(not group.is_over for group, _ in groups)
    head = say("*{now} wrong now*", now=now) if now else say("*Nothing is wrong now*")
    hint = context(
        say("`/clicksend alert show ID` shows one, `/clicksend alert snooze ID 2h` snoozes it")
    )
    blocks = [section(head), *(section(line) for line in lines), hint]
    return Message("\n".join([head, *lines]), tuple(blocks))


def _signal(signal: Signal) -> str:
    advice = f" {escape(signal.advice)}" if signal.advice else ""
    return f"{escape(signal.text)}{advice}"


def _actions(group: Group) -> Block:
    menu = StaticSelectElement(
        action_id=SNOOZE,
        placeholder=PlainTextObject(text=say("Snooze…")),
        options=[
            Option(value=f"{HOUR} {group.id}", label=say("Snooze for 1 hour")),
            Option(value=f"{TOMORROW} {group.id}", label=say("Snooze until tomorrow")),
            Option(value=f"{UNTIL} {group.id}", label=say("Snooze until…")),
        ],
    )
    found = []
    if not group.is_acknowledged:
        found.append(button(say("Acknowledge"), ACKNOWLEDGE, value=group.id, style="primary"))
    assign = button(say("Assign…"), ASSIGN, value=group.id)
    elements = [*found, menu, assign]
    if group.snoozed_until:
        elements.append(button(say("Wake"), WAKE, value=group.id))
    if any(signal.recharge for signal in group.signals):
        elements.append(button(say("Recharge in ClickSend"), OPEN_BILLING, url=BILLING))
    return buttons(*elements)
