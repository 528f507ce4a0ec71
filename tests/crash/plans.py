"""Where and when the bot is killed: at each step by name, and at any time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.sandbox.clicksend.faults import Kind
from bot.store.sends import Send, State
from tests.crash.peers import Json, Trap

Need = Literal["", "hold", "approval", "replace"]
DEADLINE = 2


@dataclass(frozen=True)
class Fault:
    """What ClickSend does wrong meanwhile."""

    kind: Kind
    operation: str
    times: int = 1
    seconds: float = 1.0


@dataclass(frozen=True)
class Plan:
    """One kill.

    Attributes:
        point: Its name.
        trap: The call at which it happens.
        when: The state of a row at which it happens.
        press: The button after whose press it happens, within milliseconds.
        within: Seconds after the beginning in which it happens, at random.
        need: What the sends of the round must be.
        faults: What ClickSend does wrong meanwhile.
        down: Seconds for which Slack is down after the kill.
        early: Whether it may happen before everybody was asked for their yes.
        again: Seconds within which a second death may follow the new start.
    """

    point: str
    trap: Callable[[], Trap] | None = None
    when: Callable[[Send], bool] | None = None
    press: str = ""
    within: float = 0.0
    need: Need = ""
    faults: tuple[Fault, ...] = ()
    down: float = 0.0
    early: bool = False
    again: float = 8.0


def _ours(body: Json) -> bool:
    """Whether a price is asked for by the worker, with references, and not for the form."""
    return bool(body["messages"][0].get("custom_string"))


def _says(words: str) -> Callable[[Json], bool]:
    return lambda body: words in str(body.get("text"))


def _review(body: Json) -> bool:
    return bool(body["view"]["callback_id"] == "send.confirm")


_LOST = (Fault("cut_after", "sms.send", times=9),)
_NEVER = (Fault("cut_before", "sms.send", times=9),)
_ASKS, _NEEDS = _says("nobody knows whether"), _says("needs a second yes")
POINTS: tuple[Plan, ...] = (
    Plan(
        "the draft is stored",
        trap=lambda: Trap("views.update", "arrived", _review, skip=2),
        early=True,
    ),
    Plan("the yes is under way", when=lambda send: send.state is State.DRAFT),
    Plan("the yes is committed", when=lambda send: send.state is State.QUEUED),
    Plan("it is claimed", when=lambda send: send.state is State.SENDING),
    Plan("the price is asked", trap=lambda: Trap("sms.price", "arrived", _ours, skip=1)),
    Plan("the price is answered", trap=lambda: Trap("sms.price", "answered", _ours, skip=1)),
    Plan("the send is called", trap=lambda: Trap("sms.send", "arrived", skip=1)),
    Plan("ClickSend took it", trap=lambda: Trap("sms.send", "done", skip=1)),
    Plan("the answer is out", trap=lambda: Trap("sms.send", "answered", skip=1)),
    Plan("the outcome is not committed", trap=lambda: Trap("sms.send", "held", skip=1)),
    Plan("the outcome is committed", when=lambda send: send.state is State.SENT),
    Plan("Slack is called", trap=lambda: Trap("chat.postMessage", "arrived")),
    Plan("Slack took the notice", trap=lambda: Trap("chat.postMessage", "done")),
    Plan("the notice is not noted", trap=lambda: Trap("chat.postMessage", "held")),
    Plan("the message is changed", trap=lambda: Trap("chat.update", "done"), faults=_LOST),
    Plan("the history is asked", trap=lambda: Trap("sms.history", "arrived"), faults=_LOST),
    Plan("the history is answered", trap=lambda: Trap("sms.history", "held"), faults=_LOST),
    Plan(
        "a person is asked", trap=lambda: Trap("chat.postMessage", "arrived", _ASKS), faults=_NEVER
    ),
    Plan("a person was asked", trap=lambda: Trap("chat.postMessage", "done", _ASKS), faults=_NEVER),
    Plan(
        "approval is asked",
        trap=lambda: Trap("chat.postMessage", "arrived", _NEEDS),
        need="approval",
    ),
    Plan(
        "approval was asked", trap=lambda: Trap("chat.postMessage", "done", _NEEDS), need="approval"
    ),
    Plan("it is being approved", press="approval.approve", need="approval"),
    Plan(
        "it is approved",
        when=lambda send: send.state is not State.APPROVAL and bool(send.decided_by),
        need="approval",
    ),
    Plan("it is held", when=lambda send: bool(send.not_before and not send.reason), need="hold"),
    Plan("it is being undone", press="send.undo", need="hold"),
    Plan("it is undone", when=lambda send: send.state is State.UNDONE, need="hold"),
    Plan("the old one is cancelled", trap=lambda: Trap("sms.cancel", "done"), need="replace"),
    Plan(
        "the cancellation is not committed", trap=lambda: Trap("sms.cancel", "held"), need="replace"
    ),
    Plan(
        "between cancellation and send",
        trap=lambda: Trap("sms.price", "arrived", _ours),
        need="replace",
    ),
    Plan("the new one is called", trap=lambda: Trap("sms.send", "arrived"), need="replace"),
)
_FAULTS: tuple[tuple[Fault, ...], ...] = (
    (),
    (),
    (Fault("cut_before", "sms.send", times=2),),
    (Fault("cut_after", "sms.send", times=2),),
    (Fault("latency", "sms.send", times=2, seconds=DEADLINE + 1.0),),
    (Fault("429", "sms.send", times=2),),
    (Fault("500", "sms.send", times=2),),
    (Fault("500", "sms.history", times=2), Fault("cut_after", "sms.send")),
)


def planned(rounds: int, dice: random.Random) -> list[Plan]:
    """So many kills: each point in turn, every third at any time, with what else goes wrong.

    Where there are fewer rounds than points, none of them waits for long.
    """
    hurried = rounds < len(POINTS)
    order: list[Plan] = []
    while len(order) < rounds:
        named = dice.sample(POINTS, len(POINTS))
        anyhow = [_anyhow(dice) for _ in range(len(POINTS) // 2)]
        wave = [*named, *anyhow]
        dice.shuffle(wave)
        order.extend(wave)
    troubled = [_troubled(plan, dice) for plan in order if not (hurried and plan.faults)]
    return [_hurried(plan) if hurried else plan for plan in troubled[:rounds]]


def _hurried(plan: Plan) -> Plan:
    return replace(plan, within=min(plan.within, 1.0), down=0.0, again=1.0)


def _anyhow(dice: random.Random) -> Plan:
    need: Any = dice.choice(("", "", "hold", "approval", "replace"))
    within, early = dice.choice((0.1, 0.3, 1.0, 8.0)), dice.random() < 0.2
    return Plan("any time", within=within, need=need, early=early)


def _troubled(plan: Plan, dice: random.Random) -> Plan:
    faults = plan.faults or dice.choice(_FAULTS)
    return replace(plan, faults=faults, down=dice.choice((0.0,) * 9 + (2.0,)))
