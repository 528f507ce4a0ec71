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
from bot.store import Database, Scope, audit, calls, outbox
from bot.store.calls import Call, CallState

_log = structlog.get_logger(__name__)
_MARGIN = timedelta(seconds=60)
_LOST = "Something broke while ClickSend was working on it, so the answer was lost."


@dataclass(frozen=True, slots=True)
class Begun:
    """What a yes led to: a call to run, or none because it was said `again`, or is unknown."""

    call: Call | None
    again: bool = False


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
        now: The clock.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._now = now

    async def read(self, operation: Operation[Any]) -> JsonValue:
        """Run an operation that changes nothing; its answer, fit to show.

        Raises:
            ClickSendError: None came.
        """
        return shown(type(operation), await self._clicksend.run(operation))

    async def keep(self, call_id: str, operation: Operation[Any], *, actor: str) -> bool:
        """Keep a call until its yes.

        Args:
            call_id: Made when its form opened.
            operation: What to run; it is stored as it is, but a secret of it is masked.
            actor: Who may say yes.

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
        )
        async with self._database.write() as connection:
            return await calls.add(connection, self._scope, call)

    async def kept(self, call_id: str) -> tuple[Call, Operation[Any]] | None:
        """A call with its operation; None when there is none of this id."""
        async with self._database.read() as connection:
            call = await calls.get(connection, self._scope, call_id)
        return (call, operation_of(call)) if call else None

    async def begin(
        self, call_id: str, *, actor: str, operation: Operation[Any] | None = None
    ) -> Begun:
        """Take a person's yes: claimed once and audited, durably, when this returns.

        Args:
            call_id: Of a call that is kept.
            actor: Who says yes.
            operation: What was kept, where it holds a secret that is not.
        """
        now = self._now()
        lease = now + timedelta(seconds=self._clicksend.deadline) + _MARGIN
        async with self._database.write() as connection:
            call = await calls.claim(
                connection, self._scope, call_id, actor=actor, at=now, lease_until=lease
            )
            if call is not None:
                await audit.add(
                    connection,
                    self._scope,
                    at=now,
                    actor=actor,
                    action=f"{call.operation} started",
                    subject=call.id,
                    detail={"call": _target(operation or operation_of(call))},
                )
                return Begun(call)
            known = await calls.get(connection, self._scope, call_id)
        return Begun(None, again=known is not None and known.actor == actor)

    async def run(self, call: Call, operation: Operation[Any] | None = None) -> Ended:
        """Make a call that was begun, once, and write down how it ended.

        Args:
            call: As `begin` gave it.
            operation: What was kept, where it holds a secret that is not.
        """
        operation = operation or operation_of(call)
        try:
            answer = await self._clicksend.run(operation)
            ended = Ended(CallState.DONE, shown(type(operation), answer))
        except ClickSendError as error:
            state = CallState.UNKNOWN if error.ambiguous else CallState.REFUSED
            ended = Ended(state, words=explain(error))
        except Exception:  # noqa: BLE001 - whatever broke, the call may have been made
            _log.exception("a call broke", call=call.id)
            ended = Ended(CallState.UNKNOWN, words=_LOST)
        await self._finish(call, ended)
        return ended

    async def once(self, call_id: str, operation: Operation[Any], *, actor: str) -> Ended | None:
        """Change something, once; None when this id was used before, so that nothing is done.

        Args:
            call_id: Made when the form opened, or when the button was pressed.
            operation: The change; a secret of it is kept nowhere.
            actor: Who makes it, a Slack user id; is written down with it.
        """
        await self.keep(call_id, operation, actor=actor)
        begun = await self.begin(call_id, actor=actor, operation=operation)
        return None if begun.call is None else await self.run(begun.call, operation)

    async def recover(self) -> None:
        """Give up the calls whose process died, and have whoever began them told."""
        now = self._now()
        async with self._database.write() as connection:
            for call in await calls.expire(connection, self._scope, now=now):
                await audit.add(
                    connection,
                    self._scope,
                    at=now,
                    actor=call.actor,
                    action=f"{call.operation} {CallState.UNKNOWN}",
                    subject=call.id,
                    detail={"reason": "the bot stopped"},
                )
                lost = notices.CallLost(operation=call.operation, actor=call.actor)
                await outbox.add(
                    connection,
                    self._scope,
                    key=f"call:{call.id}",
                    kind=lost.kind,
                    payload=notices.to_json(lost),
                    at=now,
                )

    async def _finish(self, call: Call, ended: Ended) -> None:
        now = self._now()
        async with self._database.write() as connection:
            if await calls.finish(connection, self._scope, call.id, state=ended.state, at=now):
                await audit.add(
                    connection,
                    self._scope,
                    at=now,
                    actor=call.actor,
                    action=f"{call.operation} {ended.state}",
                    subject=call.id,
                    detail={"reason": ended.words or None},
                )


def operation_of(call: Call) -> Operation[Any]:
    """The operation that a call keeps as JSON."""
    return registry.operation(call.operation).model_validate_json(call.payload)


def _target(operation: Operation[Any]) -> str:
    """Method and path, with the ids that are in it; no other field."""
    wire = operation.wire()
    return f"{wire.method} {wire.target.partition('?')[0]}"
