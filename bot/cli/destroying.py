"""`clicksend-slack api` for what cannot be put back: typed out, audited, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from bot.cli import printing, terminal
from bot.cli.arguments import UsageError
from bot.cli.interrupting import unless_stopped, wish_to_stop
from bot.cli.pipeline import actor, opened
from bot.cli.spending import kept
from bot.cli.terminal import FAILED, WAITS, stop
from bot.clicksend import Operation
from bot.clicksend.fields import EFFECTS
from bot.clicksend.shown import shown_request
from bot.services.journal import CLI
from bot.services.sending import new_id
from bot.settings_cli import CliSettings
from bot.store.calls import CallState


@dataclass(frozen=True, slots=True)
class Destroyed:
    """How it ended; `state` is `approval` where a second person is asked first."""

    state: CallState
    answer: JsonValue = None
    words: str = ""


def perform(settings: CliSettings, operation: Operation[Any], *, yes: bool) -> JsonValue:
    """Ask for the operation's name, then do it once, written down before and after.

    Args:
        settings: Complete and checked.
        operation: What cannot be put back.
        yes: Do not ask.

    Returns:
        What ClickSend answered, fit to print.

    Raises:
        typer.Exit: It was not done, or not yet; why was said.
    """
    if not yes:
        try:
            _confirmed(settings, operation)
        except KeyboardInterrupt:
            stop(FAILED, "Interrupted. Nothing was changed.")
    call_id = new_id()
    done = kept(_done(settings, operation, call_id))
    if done.state is CallState.APPROVAL:
        asked = "A second person is asked in Slack to approve it; it is done when they do."
        stop(WAITS, asked, "Nothing is changed until then.")
    if done.state is CallState.UNKNOWN:
        stop(FAILED, done.words, printing.may_have(operation.route.id))
    if done.state is not CallState.DONE:
        stop(FAILED, f"{done.words} Nothing was changed.")
    return done.answer


async def _done(settings: CliSettings, operation: Operation[Any], call_id: str) -> Destroyed:
    stopped = wish_to_stop()
    async with opened(settings) as pipeline:
        by_hand = pipeline.by_hand
        await by_hand.keep(call_id, operation, actor=actor(), channel=CLI)
        begun = await by_hand.begin(call_id, actor=actor())
        if begun.call is None:
            return Destroyed(CallState.APPROVAL)
        words = ["Interrupted.", printing.may_have(operation.route.id)]
        ended = await unless_stopped(by_hand.run(begun.call), stopped, lambda: words)
        return Destroyed(ended.state, ended.answer, ended.words)


def _confirmed(settings: CliSettings, operation: Operation[Any]) -> None:
    """Show what would be gone, and have its name typed."""
    route = operation.route
    if not terminal.is_there():
        raise UsageError(
            f"{route.id} {EFFECTS[route.effect]}, and nobody is here to be asked: there is no "
            "terminal. Nothing was done. If you mean it, add --yes."
        )
    terminal.say(f"{route.id} ({route.method} {route.path}) {EFFECTS[route.effect]}.")
    terminal.say(f"On the account {settings.clicksend_username}:")
    terminal.say(printing.as_json(shown_request(operation)))
    if terminal.ask(f"Type {route.id} to do it: ") != route.id:
        stop(FAILED, "Not done: nothing was sent, changed or charged.")
