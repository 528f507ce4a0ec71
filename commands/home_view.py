"""App Home as Slack shows it: money, the month's chart, what waits, what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

from slack_sdk.models.views import View

from bot.services.alerts.forecast import Forecast
from bot.services.channels import channel_of
from bot.services.home import SHOWN, AccountKept, Facts, UsageKept
from bot.services.money import amount, total
from bot.services.usage import change
from bot.slack.blocks import (
    Block,
    Modal,
    button,
    buttons,
    clip,
    context,
    divider,
    escape,
    fields,
    header,
    preformatted,
    section,
)
from bot.store.conversations import Conversation
from bot.store.sends import COMMITTED, Send
from bot.texts import Phrase, say
from commands.answers import moment
from commands.approval import APPROVE, REFUSE
from commands.history import STATES
from commands.inbox_text import who

HOME, SEND, GO, REFRESH, SETTINGS = "home", "home.send", "home.go", "home.refresh", "settings.open"
SENDS = {
    "sms": "SMS",
    "mms": "MMS",
    "voice": Phrase("Voice call"),
    "fax": Phrase("Fax"),
    "email": Phrase("Email"),
}
NAMES = {**SENDS, "voice": Phrase("Voice"), "post": Phrase("Post")}
Reply: TypeAlias = tuple[Conversation, str | None]
_WIDTH = 20
_LONG = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What somebody's Home shows.

    Attributes:
        facts: What is known.
        replies: Who waits for an answer, the longest first, with the address of the thread.
        waiting: How many wait in all.
        approvals: What this person may approve.
        refusal: Why they may not send (mrkdwn); empty when they may.
        zone: The time zone that they chose; None for Slack's.
        note: How the reading goes (mrkdwn).
    """

    facts: Facts
    replies: Sequence[Reply] = ()
    waiting: int = 0
    approvals: Sequence[Send] = ()
    refusal: str = ""
    zone: ZoneInfo | None = None
    note: str = ""


def view(seen: Seen) -> Modal:
    """The whole of it."""
    blocks = [
        *_sending(seen),
        *_money(seen),
        *_month(seen.facts.usage, seen.facts.account),
        *_approvals(seen),
        *_replies(seen),
        *_scheduled(seen),
        *_recent(seen),
        divider(),
        buttons(button(say("My settings"), SETTINGS), button(say("Refresh"), REFRESH)),
    ]
    return View(type="home", callback_id=HOME, blocks=blocks)


def _sending(seen: Seen) -> list[Block]:
    if seen.refusal:
        return [section(f":no_entry: {seen.refusal}")]
    made = [button(name, f"{SEND}:{kind}", value=kind) for kind, name in SENDS.items()]
    return [section(say("*Send something*")), buttons(*made)]


def _money(seen: Seen) -> list[Block]:
    account, at = seen.facts.account, seen.facts.account_at
    title = header(say("Balance"))
    if account is None or at is None:
        return [divider(), title, section(seen.note or say("Not read yet."))]
    low = account.low_credit is not None and account.amount < account.low_credit
    left = f"*Left*\n{amount(account.amount, account.currency)}" + (" :warning: low" if low else "")
    blocks = [divider(), title, fields(left, f"*Lasts*\n{_lasts(seen.facts.forecast)}")]
    as_of = say("{name}, as of {at}", name=escape(account.name), at=moment(at, seen.zone))
    return [*blocks, context(f"{as_of} · {seen.note}" if seen.note else as_of)]


def _lasts(found: Forecast | None) -> str:
    """Days left, in words."""
    if found is None:
        return say("not known yet: some days of spending are needed")
    if found.days > _LONG:
        return say("more than a year at this pace")
    most = f"{found.high:.0f}" if found.high <= _LONG else "many"
    about = (
        say("less than a day") if found.days < 1 else say("about {days:.0f} days", days=found.days)
    )
    low = f"{found.low:.0f}"
    return (
        about
        if low == most
        else say("{about} (between {low} and {most})", about=about, low=low, most=most)
    )


def _month(usage: UsageKept | None, account: AccountKept | None) -> list[Block]:
    if usage is None or account is None:
        return []
    spent = sum((price for _, price in usage.channels.values()), Decimal(0))
    count = sum(number for number, _ in usage.channels.values())
    compared = change(spent, usage.before_price)
    words = say(
        "*{count:,}* messages for *{spent}*, {compared} against the whole of {before}",
        count=count,
        spent=total(spent, account.currency),
        compared=compared,
        before=usage.before,
    )
    blocks = [divider(), header(say("Usage of {month}", month=usage.month)), section(words)]
    if usage.channels:
        lines = [
            say(
                "*{get}*\n{number:,} for {price}",
                get=NAMES.get(name, name),
                number=number,
                price=total(price, account.currency),
            )
            for name, (number, price) in usage.channels.items()
        ]
        blocks += [section(preformatted(chart(usage.channels))), fields(*lines)]
    return blocks


def chart(channels: dict[str, tuple[int, Decimal]]) -> str:
    """A bar for what each channel cost; the longest is 20 characters.

    Args:
        channels: Count and price by channel.
    """
    most = max((price for _, price in channels.values()), default=Decimal(0))
    lines = []
    for name, (_, price) in channels.items():
        length = int((price / most * _WIDTH).to_integral_value()) if most else 0
        bar = "█" * max(length, 1 if price else 0)
        lines.append(f"{NAMES.get(name, name):<6}{bar:<{_WIDTH}} {price:,.2f}")
    return "\n".join(lines)


def _approvals(seen: Seen) -> list[Block]:
    if not seen.approvals:
        return []
    blocks: list[Block] = [divider(), header(say("Waits for your yes"))]
    for send in seen.approvals[:SHOWN]:
        asks = say("{noun} of <@{actor}>", noun=channel_of(send.operation).noun, actor=send.actor)
        until = (
            say(" · until {expires_at}", expires_at=moment(send.expires_at, seen.zone))
            if send.expires_at
            else ""
        )
        yes = button(say("Approve"), f"{APPROVE}:{send.id}", value=send.id, style="primary")
        no = button(say("Refuse…"), f"{REFUSE}:{send.id}", value=send.id)
        blocks += [section(f"{asks} · {_facts(send)}{until}\n{_quote(send)}"), buttons(yes, no)]
    return blocks + _more(len(seen.approvals), say("`/clicksend history` shows all"))


def _replies(seen: Seen) -> list[Block]:
    blocks: list[Block] = [divider(), header(say("Unread replies"))]
    if not seen.replies:
        return [*blocks, section(say("Nobody waits for an answer."))]
    for talk, link in seen.replies:
        since = (
            say(" · since {waiting_since}", waiting_since=moment(talk.waiting_since, seen.zone))
            if talk.waiting_since
            else ""
        )
        thread = f" · <{link}|open the thread>" if link else ""
        blocks.append(section(f"{who(talk)}{since}{thread}"))
    rest = seen.waiting - len(seen.replies)
    more = say("All {waiting:,}", waiting=seen.waiting) if rest > 0 else say("Show in messages")
    return [*blocks, buttons(button(more, f"{GO}:inbox", value="inbox"))]


def _scheduled(seen: Seen) -> list[Block]:
    blocks: list[Block] = [divider(), header(say("Scheduled"))]
    if not seen.facts.scheduled:
        blocks.append(section(say("Nothing that was sent from here waits for its hour.")))
    for send in seen.facts.scheduled[:SHOWN]:
        at = moment(send.scheduled_for, seen.zone) if send.scheduled_for else ""
        what = say("{noun} of <@{actor}>", noun=channel_of(send.operation).noun, actor=send.actor)
        blocks.append(section(f"*{at}* · {what} · {_facts(send)}\n{_quote(send)}"))
    blocks += _more(len(seen.facts.scheduled), say("there is more"))
    return [
        *blocks,
        buttons(button(say("All scheduled SMS"), f"{GO}:scheduled", value="scheduled")),
    ]


def _recent(seen: Seen) -> list[Block]:
    blocks: list[Block] = [divider(), header(say("What I sent"))]
    if not seen.facts.recent:
        return [*blocks, section(say("Nothing yet."))]
    for send in seen.facts.recent:
        done, lost = seen.facts.delivered.get(send.id, (0, 0))
        arrived = say(" · {done:,} delivered", done=done) if done else ""
        arrived += say(" · :x: {lost:,} not delivered", lost=lost) if lost else ""
        state, at = STATES.get(send.state, send.state), send.confirmed_at or send.created_at
        noun = channel_of(send.operation).noun
        line = f"{state}{arrived} · {noun} · {moment(at, seen.zone)} · {_facts(send)}"
        blocks.append(section(f"{line}\n{_quote(send)}"))
    return [*blocks, buttons(button(say("Everybody's"), f"{GO}:history", value="history"))]


def _more(found: int, words: str) -> list[Block]:
    return (
        [context(say("The first {shown} are shown; {words}.", shown=SHOWN, words=words))]
        if found > SHOWN
        else []
    )


def _facts(send: Send) -> str:
    people = (
        say("1 recipient")
        if send.recipients == 1
        else say("{recipients:,} recipients", recipients=send.recipients)
    )
    cost = send.total if send.total is not None or send.state not in COMMITTED else send.price
    return people + (f" · {amount(cost, send.currency or '')}" if cost is not None else "")


def _quote(send: Send) -> str:
    return ">" + escape(clip(" ".join(send.summary.split()), 150))


def refreshed(at: datetime | None) -> str:
    """What stands there while ClickSend is asked (mrkdwn)."""
    return say("reading it again…") if at else say("Reading it from ClickSend…")
