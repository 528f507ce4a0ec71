"""Conversations in words: what heads a thread, what stands in it, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import OverflowMenuElement

from bot.services.desk import Standing
from bot.services.inbox import UNKNOWN
from bot.services.recipients import for_people
from bot.services.routing import wish
from bot.slack.blocks import (
    Block,
    Message,
    Modal,
    Option,
    button,
    buttons,
    clip,
    clip_mrkdwn,
    context,
    escape,
    header,
    modal,
    section,
)
from bot.store.conversations import Conversation, Talk
from bot.store.deliveries import SentMessage
from bot.store.inbound import InboundMessage
from bot.store.sends import Send
from bot.texts import Phrase, many, say
from commands.answers import moment, person, plain

REPLY, MORE, REOPEN, PAGE = "inbox.reply", "inbox.more", "inbox.reopen", "inbox.page"
TAKE, LEAVE, CLOSE, HISTORY = "take", "leave", "close", "history"
HOUR, TOMORROW, WEEK = "hour", "tomorrow", "week"
PAGE_SIZE = 10
_LONGEST, _LONGEST_OF_SEVERAL, _SHOWN = 2_900, 1_150, 150
_MENU = {
    TAKE: Phrase("I take it"),
    LEAVE: Phrase("Give it back"),
    HOUR: Phrase("Snooze for an hour"),
    TOMORROW: Phrase("Snooze until tomorrow, 9:00"),
    WEEK: Phrase("Snooze for a week"),
    HISTORY: Phrase("Earlier messages"),
}


def who(talk: Conversation) -> str:
    """A customer: name and number (mrkdwn)."""
    number = (
        say("somebody (no number given)")
        if talk.theirs == UNKNOWN
        else escape(for_people(talk.theirs))
    )
    return f"*{escape(talk.name)}* ({number})" if talk.name else f"*{number}*"


def head(standing: Standing) -> Message:
    """The message that heads a conversation's thread."""
    talk = standing.talk
    wrote = (
        say("{who} wrote to {number}", who=who(talk), number=escape(for_people(talk.ours)))
        if talk.ours
        else say("{who} wrote", who=who(talk))
    )
    size = many("{count:,} message", "{count:,} messages", talk.messages)
    facts = [f":speech_balloon: {wrote} · {size}", *_facts(standing)]
    text = "\n".join(facts)
    return Message(text, (section(text), _pressed(talk)))


def _facts(standing: Standing) -> list[str]:
    talk, lines = standing.talk, []
    if standing.opted_out:
        lines.append(say(":no_entry: They said STOP: nothing can be sent to this number any more."))
    if talk.state is Talk.CLOSED:
        return [*lines, say(":white_check_mark: Closed. What they write next opens a new thread.")]
    if talk.snoozed_until:
        lines.append(say(":zzz: Put off until {time}", time=moment(talk.snoozed_until)))
    elif standing.waiting and talk.waiting_since:
        since = moment(talk.waiting_since)
        lines.append(say(":hourglass_flowing_sand: Waits since {time}", time=since))
    elif standing.answered_at:
        at = moment(standing.answered_at)
        lines.append(say(":white_check_mark: Answered {time}", time=at))
    if talk.assignee:
        whose = talk.assignee
        lines.append(say(":bust_in_silhouette: <@{user}> takes care of it", user=whose))
    return lines


def _pressed(talk: Conversation) -> Block:
    if talk.state is Talk.CLOSED:
        return buttons(button(say("Reopen"), f"{REOPEN}:{talk.id}", value=talk.id))
    menu = OverflowMenuElement(
        action_id=f"{MORE}:{talk.id}",
        options=[
            Option(value=f"{what}:{talk.id}", text=str(text))
            for what, text in _MENU.items()
            if what != (LEAVE if talk.assignee is None else TAKE)
        ][:5],
    )
    close = button(say("Close"), f"{MORE}:close:{talk.id}", value=f"{CLOSE}:{talk.id}")
    if not talk.theirs.startswith("+"):
        return buttons(close, menu)
    reply = button(say("Reply"), f"{REPLY}:{talk.id}", value=talk.id, style="primary")
    return buttons(reply, close, menu)


def arrived(messages: Sequence[InboundMessage]) -> Message:
    """Messages of a customer, as they stand in the thread."""
    blocks: list[Block] = []
    texts: list[str] = []
    longest = _LONGEST if len(messages) == 1 else _LONGEST_OF_SEVERAL
    for message in messages:
        title, text = _title(message), _quoted(message.body, longest)
        answers = _one_line(message.answers) if message.answers else ""
        answers = say("In answer to: {text}", text=answers) if answers else ""
        texts.append("\n".join(line for line in (title, text, answers) if line))
        blocks.append(section("\n".join(line for line in (title, text) if line)))
        if answers:
            blocks.append(context(answers))
    return Message(clip_mrkdwn("\n".join(texts), 20_000), tuple(blocks[:50]))


def _title(message: InboundMessage) -> str:
    at = moment(message.at)
    if message.kind == "voice":
        return say(":1234: Pressed a key during the call · {time}", time=at)
    if message.kind == "fax":
        return say(":fax: A fax came in · {time}", time=at)
    if wish(message.body) is True:
        return say(":no_entry: Asked for no more messages · {time}", time=at)
    pictures = f" · {len(message.media)} :frame_with_picture:" if message.media else ""
    return f":incoming_envelope: {at}{pictures}"


def _quoted(body: str, longest: int) -> str:
    """A stranger's text: it can mention nobody, and no address in it becomes a link."""
    if not body.strip():
        return ""
    return ">" + clip_mrkdwn(escape(body.strip()), longest).replace("\n", "\n>")


def _one_line(text: str, longest: int = _SHOWN) -> str:
    return escape(clip(" ".join(text.split()), longest))


def snooze_over(talk: Conversation) -> Message:
    """A conversation that was put off is due."""
    whom = f" <@{talk.assignee}>" if talk.assignee else ""
    return plain(f":alarm_clock:{whom} {say('This conversation was put off until now.')}")


def lost_media(message: InboundMessage) -> Message:
    """A picture or a fax that cannot be had."""
    lost = (
        say("The pages of the fax could not be fetched from ClickSend.")
        if message.kind == "fax"
        else say("The picture could not be fetched from ClickSend.")
    )
    look = say("Look for message `{id}` in the ClickSend dashboard.", id=escape(message.message_id))
    return plain(f":warning: {lost} {look}")


def waited(since: timedelta) -> str:
    """A length of time, as people say it: the two largest units."""
    minutes = max(int(since.total_seconds()) // 60, 0)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days and hours:
        return say("{days} d {hours} h", days=days, hours=hours)
    if days:
        return say("{days} d", days=days)
    if hours and rest:
        return say("{hours} h {minutes} min", hours=hours, minutes=rest)
    if hours:
        return say("{hours} h", hours=hours)
    return say("{minutes} min", minutes=rest) if rest else say("less than a minute")


def waiting_list(
    found: Sequence[tuple[Conversation, str | None]], total: int, page: int, now: datetime
) -> Message:
    """Who waits for an answer, the longest first, with links to the threads.

    Args:
        found: The conversations of this page, each with the address of its thread.
        total: How many there are in all.
        page: Which page this is, from 0.
        now: The present.
    """
    if not found:
        return plain(say(":white_check_mark: Nobody waits for an answer."))
    title = many(
        "{count:,} conversation waits for an answer",
        "{count:,} conversations wait for an answer",
        total,
    )
    lines = [_waits(talk, link, now) for talk, link in found]
    blocks: list[Block] = [header(title), *(section(line) for line in lines)]
    pages = -(-total // PAGE_SIZE)
    turn = [
        *([button(say("Previous"), f"{PAGE}:previous", value=str(page - 1))] if page else []),
        *([button(say("Next"), f"{PAGE}:next", value=str(page + 1))] if page + 1 < pages else []),
    ]
    if turn:
        place = say("Page {number} of {last}", number=page + 1, last=pages)
        blocks += [context(place), buttons(*turn)]
    return Message("\n".join([title, *lines]), tuple(blocks))


def _waits(talk: Conversation, link: str | None, now: datetime) -> str:
    since = waited(now - talk.waiting_since) if talk.waiting_since else ""
    whose = f" · <@{talk.assignee}>" if talk.assignee else ""
    thread = f" · <{link}|{say('open the thread')}>" if link else ""
    return f":hourglass_flowing_sand: *{since}* · {who(talk)}{whose}{thread}"


def history(
    talk: Conversation,
    came: Sequence[InboundMessage],
    went: Sequence[tuple[Send, SentMessage]],
) -> Modal:
    """What was written before, both ways, the newest first."""
    both = [(message.at, f":incoming_envelope: {_title_of(message)}") for message in came]
    both += [(send.confirmed_at or send.created_at, _went(send, sent)) for send, sent in went]
    lines = [f"{moment(at)} {line}" for at, line in sorted(both, key=lambda each: each[0])[::-1]]
    shown = lines[:40] or [say("Nothing was written before.")]
    return modal(
        "inbox.history",
        say("Earlier messages"),
        [section(who(talk)), *(section(line) for line in shown)],
    )


def _title_of(message: InboundMessage) -> str:
    if message.kind == "voice":
        return say("pressed {keys}", keys=_one_line(message.body))
    return _one_line(message.body) or (say("a fax") if message.kind == "fax" else say("a picture"))


def _went(send: Send, sent: SentMessage) -> str:
    tick = ":white_check_mark:" if sent.delivery == "delivered" else ":outbox_tray:"
    sign = ":x:" if sent.delivery == "failed" or sent.status != "SUCCESS" else tick
    return f"{sign} {person(send.actor)}: {_one_line(send.summary)}"
