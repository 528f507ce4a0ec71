"""Whether everything adds up: ClickSend's record against what was meant, kept and shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.store.sends import State
from tests.crash.books import Row
from tests.crash.peers import GatedClickSend, LocalSlack
from tests.crash.people import Intent

_FINAL = {
    State.SENT: "SMS sent by",
    State.RECONCILED: "SMS sent by",
    State.UNKNOWN: "nobody knows whether it was sent",
    State.REFUSED: "was not sent",
    State.UNDONE: "was undone by",
}
_SURE = frozenset({State.SENT, State.RECONCILED})


def phase(intent: Intent, row: Row | None, taken: list[str]) -> str:
    """Where a send stood when the bot died, in words."""
    if row is None:
        return "form"
    send = row.send
    words: str = send.state
    if send.state is State.DRAFT:
        words += ", yes under way" if intent.said_yes else ""
    elif send.state is State.QUEUED:
        words += f", {'waits' if send.reason else 'held'}" if send.not_before else ""
        words += "" if intent.acked else ", not acknowledged"
    elif send.state is State.SENDING:
        words += ", taken by ClickSend" if taken else ", not taken"
        words += ", old one not cancelled" if send.replaces else ""
    else:
        words += ", a person asked" if send.asked_at and send.state is State.UNKNOWN else ""
        words += ", not told" if row.untold else ", told"
    return words


def wrong(
    intent: Intent, row: Row | None, clicksend: GatedClickSend, slack: LocalSlack
) -> list[str]:
    """What is wrong with how a send ended; nothing, if all is well."""
    taken = clicksend.taken(intent.body)
    state = row.send.state if row else None
    name = f"{intent.body} {state} taken by {taken}, acknowledged: {intent.acked}:"
    found = []
    if max(Counter(taken).values(), default=0) > 1:
        found.append("sent twice")
    if not intent.said_yes and taken:
        found.append("sent without a yes")
    if intent.acked and (row is None or state is State.DRAFT):
        found.append("lost after the acknowledgement")
    if state in _SURE and sorted(intent.to) != taken:
        found.append("said to be sent, and is not")
    if state not in _SURE | {State.UNKNOWN} and taken:
        found.append("sent, and not said to be")
    if row and state is not State.DRAFT:
        found.extend(_untold(intent, row, slack))
    if intent.replaces and taken and _waits(intent.replaces, clicksend):
        found.append("sent beside the old one")
    return [f"{name} {problem}" for problem in found]


def _untold(intent: Intent, row: Row, slack: LocalSlack) -> list[str]:
    """What Slack does not show, though it should."""
    if not row.settled:
        return [f"never settled: {row}"]
    words = _FINAL[row.send.state]
    shown = [posted.text for posted in slack.shown(intent.channel)]
    if not any(words in text for text in shown):
        return [f"not told: Slack shows {shown}"]
    return []


def _waits(message_id: str, clicksend: GatedClickSend) -> bool:
    message = clicksend.state.find("sms", message_id)
    return message is not None and message.status == "Scheduled"


@dataclass
class Report:
    """The figures of a run.

    Attributes:
        kills: By the point at which they happened.
        states: Where each send stood at a kill.
        ends: How each send ended.
        starts: Of the bot.
        rounds: That were completed.
        doubled: Announcements that stand in Slack more than once.
        stale: Of those, how many still say what was true before.
    """

    kills: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    rounds: int = 0
    doubled: int = 0
    stale: int = 0

    def add(
        self,
        intents: list[Intent],
        rows: dict[str, Row],
        clicksend: GatedClickSend,
        slack: LocalSlack,
    ) -> None:
        """Count how the sends of a round ended."""
        self.rounds += 1
        for intent in intents:
            row = rows.get(intent.draft)
            self.ends[_end(row, clicksend.taken(intent.body))] += 1
            mine = [p for p in slack.shown(intent.channel) if "send.undo" not in p.buttons]
            if row and row.send.state in _SURE and len(mine) > 1:
                final = [p for p in mine if _FINAL[row.send.state] in p.text]
                self.doubled += len(mine) - 1
                self.stale += len(mine) - len(final)

    def lines(self) -> list[str]:
        """The figures, to be read."""
        return [
            f"{self.rounds} rounds, {sum(self.kills.values())} kills, {self.starts} starts",
            f"{sum(self.ends.values())} sends meant",
            *_table("killed at", self.kills),
            *_table("where each send stood at a kill", self.states),
            *_table("how each send ended", self.ends),
            f"messages in Slack beside the one of a send: {self.doubled}",
            f"of which still say something older: {self.stale}",
        ]


def _end(row: Row | None, taken: list[str]) -> str:
    if row is None or row.send.state is State.DRAFT:
        return "no yes was taken, nothing sent"
    if max(Counter(taken).values(), default=0) > 1:
        return "TWICE"
    if row.send.state is State.UNKNOWN:
        return "unknown, a person was asked" + (", was sent" if taken else ", was not sent")
    if not taken and row.send.state in _SURE:
        return "LOST"
    return row.send.state + (", once" if taken else ", not sent, told")


def _table(title: str, counted: Counter[str]) -> list[str]:
    return [f"{title}:", *(f"{number:6}  {name}" for name, number in counted.most_common())]
