"""The control path: JSON below `/_sandbox`, without credentials, for pages and people.

| method and path | body or query | what it does |
|---|---|---|
| `GET /_sandbox/state` | | balance, clock, counts, campaigns, notes, webhooks, settings |
| `POST /_sandbox/state` | `balance`, `low_credit_amount`, `delay`, `throttle`, `limits` | sets |
| `GET /_sandbox/outbox` | `kind`, such as `sms`, `fax`, `letter` | what went out |
| `GET /_sandbox/inbox` | | what customers texted |
| `GET /_sandbox/requests` | | operation and body of what arrived, without secrets |
| `DELETE /_sandbox/requests` | | forgets them |
| `GET /_sandbox/operations` | | id, method and path of every operation |
| `GET /_sandbox/faults` | | the faults that are set |
| `POST /_sandbox/faults` | `kind`, and `operation` (`*`), `times` (1), `seconds` (20) | sets one |
| `DELETE /_sandbox/faults` | | removes all |
| `POST /_sandbox/clock` | `seconds` | puts the clock forward, and lets happen what is due |
| `POST /_sandbox/text` | `from`, `body`, and `to` | a customer texts back |
| `POST /_sandbox/fax` | `from`, and `file_url` | somebody sends a fax here |
| `POST /_sandbox/click` | `message_id` | the recipient opens the short link of a message |
| `POST /_sandbox/reset` | | a new account |

`kind` of a fault is `latency`, `429`, `500`, `cut_before` or `cut_after`. `limits` is an object of
operation ids and requests a minute, such as `{"account.get": 20}`. `notes` of the state hold what
a person would have got some other way: codes, emails of rules, the results of imports. Amounts are
strings. An error is `{"error": "…"}` with 400 or 404.

From Python the same is `ClickSendSandbox.state`, `.outbox(kind)`, `.requests`, `.fail(kind, …)`,
`.faults.waiting.clear()`, `.advance(seconds)`, `.text_in(sender, body)` and `.reset()`.

A body is JSON and says so in its `Content-Type`, and the request comes to a loopback name, so that
no page from elsewhere can reach the control path; pages of this machine get CORS headers.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from aiohttp import web

from bot.sandbox.clicksend.call import read_body
from bot.sandbox.clicksend.faults import EVERY, KINDS, Fault, Kind
from bot.sandbox.clicksend.fields import integer, integer_or, money, one_of, text, web_address
from bot.sandbox.clicksend.inbox import receive, receive_fax
from bot.sandbox.clicksend.setup import click
from bot.sandbox.clicksend.state import Hook, Message
from bot.sandbox.clicksend.webhooks import is_loopback
from bot.sandbox.clicksend.wire import Json, RefusedError, missing, refused

if TYPE_CHECKING:
    from bot.sandbox.clicksend.server import ClickSendSandbox

PREFIX = "/_sandbox"
_FARTHEST = 10 * 366 * 86_400
_FAXED = "http://example.com/fax.pdf"
_MOST_TIMES = 1_000_000
_LONGEST = 600
_SECRETS = frozenset({"password", "number", "cvc", "content"})


class Control:
    """Answers the control path.

    Args:
        sandbox: What is controlled.
    """

    def __init__(self, sandbox: ClickSendSandbox) -> None:
        self._sandbox = sandbox
        self._runs: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("GET", "state"): self._state,
            ("POST", "state"): self._set,
            ("GET", "outbox"): self._outbox,
            ("GET", "inbox"): self._inbox,
            ("GET", "requests"): self._requests,
            ("DELETE", "requests"): self._forget,
            ("GET", "operations"): self._operations,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "clock"): self._clock,
            ("POST", "text"): self._text,
            ("POST", "fax"): self._fax,
            ("POST", "click"): self._click,
            ("POST", "reset"): self._reset,
        }

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request below `/_sandbox`."""
        headers = _cors(request)
        if request.method == "OPTIONS":
            return web.Response(status=204, headers=headers)
        try:
            _must_be_ours(request)
            run = self._find(request)
            body, _ = await read_body(request)
            shown = run({**request.query, **body})
        except RefusedError as refusal:
            status, shown = refusal.status, {"error": refusal.text}
            return web.json_response(shown, status=status, headers=headers)
        return web.json_response(shown, headers=headers)

    def _find(self, request: web.Request) -> Callable[[Json], Json]:
        name = request.path.removeprefix(PREFIX).strip("/")
        run = self._runs.get((request.method, name))
        if run is None:
            raise missing("There is no such control path.")
        return run

    def _state(self, _: Json) -> Json:
        state = self._sandbox.state
        return {
            "balance": f"{state.balance:.6f}",
            "low_credit_amount": f"{state.low_credit_amount:.2f}",
            "now": state.now(),
            "ahead": state.ahead,
            "delay": state.delay,
            "throttle": state.throttle,
            "limits": state.limits,
            "counts": {name: len(each.rows) for name, each in state.shelves.items()},
            "messages": len(state.messages),
            "campaigns": [
                {"kind": c.kind, "number": c.number, "name": c.name, "status": c.status}
                for c in state.campaigns
            ],
            "countries": state.settings["countries"],
            "numbers": state.settings["numbers"],
            "notes": state.notes,
            "webhooks": [_hook(each) for each in state.hooks],
            "uploads": sorted(state.uploads),
        }

    def _set(self, body: Json) -> Json:
        state = self._sandbox.state
        for name in ("balance", "low_credit_amount"):
            if name in body:
                setattr(state, name, Decimal(money(body, name)))
        for name in ("delay", "throttle"):
            if name in body:
                setattr(state, name, float(_seconds(body, name)))
        if "limits" in body:
            state.limits = _limits(body["limits"])
        return self._state({})

    def _outbox(self, body: Json) -> Json:
        kind = body.get("kind")
        found = [m for m in self._sandbox.state.messages if not m.seeded and kind in (None, m.kind)]
        return {"messages": [_shown(each) for each in found]}

    def _inbox(self, _: Json) -> Json:
        return {"messages": [each.record for each in self._sandbox.state.inbound]}

    def _requests(self, _: Json) -> Json:
        shown = [
            {"operation": name, "body": {k: v for k, v in body.items() if k not in _SECRETS}}
            for name, body in self._sandbox.requests
        ]
        return {"requests": shown}

    def _forget(self, _: Json) -> Json:
        self._sandbox.requests.clear()
        return {"requests": []}

    def _operations(self, _: Json) -> Json:
        routes = self._sandbox.routes
        return {"operations": [{"id": r.id, "method": r.method, "path": r.path} for r in routes]}

    def _faults(self, _: Json) -> Json:
        return {"faults": [each.shown() for each in self._sandbox.faults.waiting]}

    def _add_fault(self, body: Json) -> Json:
        kind = one_of(*KINDS)(body, "kind")
        operation = str(body.get("operation") or EVERY)
        if operation != EVERY and operation not in {r.id for r in self._sandbox.routes}:
            raise refused(f"There is no operation {operation}.")
        times = min(max(1, integer_or(1)(body, "times")), _MOST_TIMES)
        seconds = _seconds(body, "seconds") if "seconds" in body else 20.0
        self._sandbox.faults.add(Fault(cast("Kind", kind), operation, times, seconds))
        return self._faults({})

    def _clear_faults(self, _: Json) -> Json:
        self._sandbox.faults.waiting.clear()
        return self._faults({})

    def _clock(self, body: Json) -> Json:
        seconds = integer(body, "seconds")
        if not 0 <= self._sandbox.state.ahead + seconds <= _FARTHEST:
            raise refused("The clock goes ten years forward at most, and never behind today.")
        self._sandbox.advance(seconds)
        return self._state({})

    def _text(self, body: Json) -> Json:
        to = text(body, "to") if body.get("to") else None
        return receive(self._sandbox.state, text(body, "from"), text(body, "body"), to)

    def _fax(self, body: Json) -> Json:
        url = web_address(body, "file_url") if body.get("file_url") else _FAXED
        return receive_fax(self._sandbox.state, text(body, "from"), url)

    def _click(self, body: Json) -> Json:
        return click(self._sandbox.state, text(body, "message_id"))

    def _reset(self, _: Json) -> Json:
        self._sandbox.reset()
        return self._state({})


def _seconds(body: Json, name: str) -> float:
    try:
        found = float(text(body, name))
    except ValueError:
        found = -1.0
    if not 0 <= found <= _LONGEST:
        raise refused(f"The {name} field must be from 0 to {_LONGEST} seconds.")
    return found


def _limits(value: object) -> dict[str, int]:
    if not isinstance(value, dict):
        raise refused("The limits field must be an object.")
    return {str(name): max(0, integer(value, name)) for name in value}


def _hook(hook: Hook) -> Json:
    return {
        "url": hook.url,
        "form": hook.form,
        "values": hook.values,
        "attempts": hook.attempts,
        "outcome": hook.outcome,
        "open": hook.open,
    }


def _shown(message: Message) -> Json:
    return {
        "kind": message.kind,
        "message_id": message.id,
        "to": message.to,
        "from": message.sender,
        "body": message.body,
        "status": message.status,
        "schedule": message.schedule,
        "sent_at": message.sent_at,
        "parts": message.parts,
        "price": f"{message.price:.4f}",
        "charged": f"{message.charged:.4f}",
        "custom_string": message.custom_string,
        "list_id": message.list_id,
    }


def _must_be_ours(request: web.Request) -> None:
    if not is_loopback(f"http://{request.host}"):
        raise RefusedError(403, "FORBIDDEN", "The control path answers on loopback names only.")
    if request.can_read_body and request.content_type != "application/json":
        raise refused("The body must be JSON, with its Content-Type.")
    origin = request.headers.get("origin")
    if origin is not None and not is_loopback(origin):
        raise RefusedError(403, "FORBIDDEN", "The control path is for pages of this machine.")


def _cors(request: web.Request) -> dict[str, str]:
    origin = request.headers.get("origin", "")
    if not is_loopback(origin):
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Allow-Methods": "GET, POST, DELETE",
        "Vary": "Origin",
    }
