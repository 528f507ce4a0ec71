"""Operations that admins run by hand: reads at once, changes once, after a yes that is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import JsonValue

from bot.clicksend import ClickSend, ClickSendError, Operation, registry
from bot.clicksend.shown import shown
from bot.services import notices
from bot.services.explain import explain
from bot.services.second_person import SecondPerson
from bot.store import Database, Scope, calls, outbox
from bot.store.calls import Call, CallState
from bot.texts import Phrase

_log = structlog.get_logger(__name__)
MARGIN = timedelta(seconds=60)
"""For which a call is leased beyond its deadline."""
_LATE = Phrase(
    "The bot stood still for too long after the yes, so ClickSend was not asked any more."
)
_LOST = Phrase("Something broke while ClickSend was working on it, so the answer was lost.")


@dataclass(frozen=True, slots=True)
class Begun:
    """What a yes led to.

    Attributes:
        call: A call to run; none in all other cases.
        again: It was said before.
        waits: A second person is asked first.
    """

    call: Call | None
    again: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended: with an answer fit to show, or with words on why there is none."""

    state: CallState
    answer: JsonValue = None
    words: str = ""


class ByHand:
    """Runs operations for admins; `bot.services.api_rules` says which.

    Args:
        clicksend: The client; its `deadline` decides the lease.
        database: Where calls wait for their yes.
        scope: Whose they are.
        second: Asks a second person where one is needed.
        now: The clock.
        told: Called when there is something to say.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        second: SecondPerson,
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._second = second
        self._now = now
        self._told = told

    async def read(self, operation: Operation[Any]) -> JsonValue:
        """Run an operation that changes nothing; its answer, fit to show.

        Raises:
            ClickSendError: None came.
        """
        return shown(type(operation), await self._clicksend.run(operation))

    async def keep(
        self,
        call_id: str,
        operation: Operation[Any],
        *,
        actor: str,
        channel: str = "",
        what: str = "",
    ) -> bool:
        """Keep a call until its yes.

        Args:
            call_id: Made when its form opened.
            operation: What to run; it is stored as it is, but a secret of it is masked.
            actor: Who may say yes.
            channel: Where it is asked for, a Slack channel id: how it goes is told there.
            what: What it does, in words for a second person, not escaped.

        Returns:
            False when the form was submitted before.
        """
        now = self._now()
        call = Call(
            id=call_id,
            operation=operation.route.id,
            payload=operation.model_dump_json(),
            state=CallState.DRAFT,
            actor=actor,
            created_at=now,
            updated_at=now,
            channel=channel,
            what=what,
        )
        async with self._database.write() as connection:
            return await calls.add(connection, self._scope, call)

    async def kept(self, call_id: str) -> tuple[Call, Operation[Any]] | None:
        """A call with its operation; None when there is none of this id."""
        async with self._database.read() as connection:
            call = await calls.get(connection, self._scope, call_id)
        return (call, operation_of(call)) if call else None

    async def begin(self, call_id: str, *, actor: str) -> Begun:
        """Take a person's yes: claimed, or a second person asked; durable when this returns.

        Args:
            call_id: Of a call that is kept.
            actor: Who says yes.
        """
        now = self._now()
        lease = now + timedelta(seconds=self._clicksend.deadline) + MARGIN
        async with self._database.write() as connection:
            known = await calls.get(connection, self._scope, call_id)
            if known is None or known.actor != actor:
                return Begun(None)
            waits = self._second.needed(known.operation)
            call = (
                await self._second.asked(connection, call_id, actor=actor)
                if waits
                else await calls.move(
                    connection,
                    self._scope,
                    call_id,
                    frm=CallState.DRAFT,
                    to=CallState.RUNNING,
                    at=now,
                    actor=actor,
                    changes={"lease_until": lease},
                )
            )
            if call is not None and not waits:
                await self._second.moved(connection, call, actor=actor)
        if call is None:
            return Begun(None, again=True)
        if waits:
            self._told()
        return Begun(None if waits else call, waits=waits)

    async def run(self, call: Call, operation: Operation[Any] | None = None) -> Ended:
        """Make a call that was begun, once, and write down how it ended.

        Args:
            call: As `begin` gave it.
            operation: What was kept, where it holds a secret that is not.
        """
        operation = operation or operation_of(call)
        if self._is_late(call):
            return await self._finished(call, Ended(CallState.REFUSED, words=str(_LATE)))
        try:
            answer = await self._clicksend.run(operation)
            ended = Ended(CallState.DONE, shown(type(operation), answer))
        except ClickSendError as error:
            state = CallState.UNKNOWN if error.ambiguous else CallState.REFUSED
            ended = Ended(state, words=explain(error))
        except Exception:  # noqa: BLE001 - whatever broke, the call may have been made
            _log.exception("a call broke", call=call.id)
            ended = Ended(CallState.UNKNOWN, words=str(_LOST))
        return await self._finished(call, ended)

    def _is_late(self, call: Call) -> bool:
        """Whether the lease may end before the call does, so that it is taken for dead."""
        deadline = timedelta(seconds=self._clicksend.deadline)
        return call.lease_until is not None and self._now() + deadline > call.lease_until

    async def once(self, call_id: str, operation: Operation[Any], *, actor: str) -> Ended | None:
        """Change something, once; None when this id was used before, so that nothing is done.

        Args:
            call_id: Made when the form opened, or when the button was pressed.
            operation: The change; a secret of it is kept nowhere.
            actor: Who makes it, a Slack user id; is written down with it.
        """
        await self.keep(call_id, operation, actor=actor)
        begun = await self.begin(call_id, actor=actor)
        return None if begun.call is None else await self.run(begun.call, operation)

    async def recover(self) -> None:
        """Give up the calls whose process died, and have whoever began them told."""
        now = self._now()
        async with self._database.write() as connection:
            for call in await calls.expire(connection, self._scope, now=now):
                reason = "the bot stopped"
                await self._second.moved(connection, call, actor=call.actor, reason=reason)
                if call.expires_at is not None:
                    continue  # it has messages of its own, which say so
                lost = notices.CallLost(operation=call.operation, actor=call.actor)
                await outbox.add(
                    connection,
                    self._scope,
                    key=f"call:{call.id}",
                    kind=lost.kind,
                    payload=notices.to_json(lost),
                    at=now,
                )

    async def _finished(self, call: Call, ended: Ended) -> Ended:
        async with self._database.write() as connection:
            moved = await calls.move(
                connection,
                self._scope,
                call.id,
                frm=CallState.RUNNING,
                to=ended.state,
                at=self._now(),
                changes={"reason": ended.words or _counted(ended.answer)},
            )
            if moved is not None:
                await self._second.moved(connection, moved, actor=call.actor)
        if call.expires_at is not None:
            self._told()
        return ended


def operation_of(call: Call) -> Operation[Any]:
    """The operation that a call keeps as JSON."""
    return registry.operation(call.operation).model_validate_json(call.payload)


def _counted(answer: JsonValue) -> str | None:
    """How many things it did it to, where ClickSend says so."""
    found = answer if isinstance(answer, dict) else {}
    many = [(name, found.get(name)) for name in ("deleted", "count")]
    return next((f"{name}: {n:,}" for name, n in many if isinstance(n, int)), None)
