"""App Home as Slack shows it: what can be sent, the money, what waits, what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from slack_sdk.models.views import View

from bot.services.channels import channel_of
from bot.services.home import SHOWN, Facts
from bot.services.money import amount
from bot.slack.blocks import (
    Block,
    Modal,
    button,
    buttons,
    clip,
    context,
    divider,
    escape,
    header,
    section,
)
from bot.store.conversations import Conversation
from bot.store.sends import COMMITTED, Send
from bot.texts import Phrase, Text, many, say
from commands.answers import moment
from commands.approval import APPROVE, REFUSE
from commands.history import STATES
from commands.home_money import balance, month
from commands.inbox_text import who

HOME, SEND, GO, REFRESH, SETTINGS = "home", "home.send", "home.go", "home.refresh", "settings.open"
SENDS: dict[str, Text] = {
    "sms": "SMS",
    "mms": "MMS",
    "voice": Phrase("Voice call"),
    "fax": Phrase("Fax"),
    "email": Phrase("Email"),
}
Reply: TypeAlias = tuple[Conversation, str | None]


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
        *balance(seen.facts, seen.zone, seen.note),
        *month(seen.facts.usage, seen.facts.account),
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


def _approvals(seen: Seen) -> list[Block]:
    if not seen.approvals:
        return []
    blocks: list[Block] = [divider(), header(say("Waits for your yes"))]
    for send in seen.approvals[:SHOWN]:
        facts = [_whose(send), _facts(send)]
        if send.expires_at:
            facts.append(say("until {time}", time=moment(send.expires_at, seen.zone)))
        yes = button(say("Approve"), f"{APPROVE}:{send.id}", value=send.id, style="primary")
        no = button(say("Refuse…"), f"{REFUSE}:{send.id}", value=send.id)
        blocks += [section(f"{' · '.join(facts)}\n{_quote(send)}"), buttons(yes, no)]
    if len(seen.approvals) > SHOWN:
        more = say("The first {count} are shown; `/clicksend history` shows all.", count=SHOWN)
        blocks.append(context(more))
    return blocks


def _replies(seen: Seen) -> list[Block]:
    blocks: list[Block] = [divider(), header(say("Unread replies"))]
    if not seen.replies:
        return [*blocks, section(say("Nobody waits for an answer."))]
    for talk, link in seen.replies:
        facts = [who(talk)]
        if talk.waiting_since:
            facts.append(say("since {time}", time=moment(talk.waiting_since, seen.zone)))
        if link:
            words = say("open the thread")
            facts.append(f"<{link}|{words}>")
        blocks.append(section(" · ".join(facts)))
    rest = seen.waiting - len(seen.replies)
    more = say("All {count:,}", count=seen.waiting) if rest > 0 else say("Show in messages")
    return [*blocks, buttons(button(more, f"{GO}:inbox", value="inbox"))]


def _scheduled(seen: Seen) -> list[Block]:
    blocks: list[Block] = [divider(), header(say("Scheduled"))]
    if not seen.facts.scheduled:
        blocks.append(section(say("Nothing that was sent from here waits for its hour.")))
    for send in seen.facts.scheduled[:SHOWN]:
        at = moment(send.scheduled_for, seen.zone) if send.scheduled_for else ""
        blocks.append(section(f"*{at}* · {_whose(send)} · {_facts(send)}\n{_quote(send)}"))
    if len(seen.facts.scheduled) > SHOWN:
        blocks.append(context(say("The first {count} are shown; there is more.", count=SHOWN)))
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
        at = send.confirmed_at or send.created_at
        facts = (
            str(STATES.get(send.state, send.state)),
            say("{count:,} delivered", count=done) if done else "",
            say(":x: {count:,} not delivered", count=lost) if lost else "",
            str(channel_of(send.operation).noun),
            moment(at, seen.zone),
            _facts(send),
        )
        blocks.append(section(f"{' · '.join(filter(None, facts))}\n{_quote(send)}"))
    return [*blocks, buttons(button(say("Everybody's"), f"{GO}:history", value="history"))]


def _whose(send: Send) -> str:
    return say("{noun} of <@{user}>", noun=channel_of(send.operation).noun, user=send.actor)


def _facts(send: Send) -> str:
    people = many("{count:,} recipient", "{count:,} recipients", send.recipients)
    cost = send.total if send.total is not None or send.state not in COMMITTED else send.price
    return people + (f" · {amount(cost, send.currency or '')}" if cost is not None else "")


def _quote(send: Send) -> str:
    return ">" + escape(clip(" ".join(send.summary.split()), 150))


def refreshed(at: datetime | None) -> str:
    """What stands there while ClickSend is asked (mrkdwn)."""
    return say("reading it again…") if at else say("Reading it from ClickSend…")
