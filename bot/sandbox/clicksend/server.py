"""The local ClickSend over HTTP: authentication, envelopes, and an operation for each path."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.clicksend.state import Campaign, Json, Message, State
from bot.sandbox.serving import serve

Answer: TypeAlias = Json | list[Json] | None
USER, KEY = "demo", "00000000-DEMO-DEMO-DEMO-000000000000"
_CURRENCY = {
    "currency_name_short": "AUD",
    "currency_prefix_d": "$",
    "currency_prefix_c": "c",
    "currency_name_long": "Australian Dollars",
}
_LISTS = [
    {"list_id": 428, "list_name": "Customers", "_contacts_count": 3},
    {"list_id": 429, "list_name": "Staff", "_contacts_count": 12},
]


class RefusedError(Exception):
    """A request that is answered with another status than 200."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


class ClickSendSandbox:
    """One account behind the documented API.

    Attributes:
        state: Balance, messages, receipts, campaigns; a test or a tour may change it.
        requests: What arrived: the operation id and the body.
    """

    def __init__(self) -> None:
        self.state = State()
        self.requests: list[tuple[str, Json]] = []
        self._routes = [
            (method, re.compile(f"/v3{path}"), name, run)
            for method, path, name, run in self._table()
        ]

    def serve(self, port: int = 0) -> AbstractAsyncContextManager[str]:
        """Serve it; the API is below the URL's `/v3`."""
        return serve(self._handle, port)

    def outbox(self, kind: str) -> list[Message]:
        """What reached phones or fax machines, or waits to."""
        return [message for message in self.state.messages if message.kind == kind]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            self._authenticate(request)
            data = await self._answer(request)
        except RefusedError as refusal:
            return _envelope(refusal.status, refusal.code, refusal.text, None)
        return _envelope(200, "SUCCESS", "Here is your data.", data)

    def _authenticate(self, request: web.Request) -> None:
        kind, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            pair = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        if kind.lower() != "basic" or pair != f"{USER}:{KEY}":
            raise RefusedError(401, "UNAUTHORIZED", "Authorization failed.")

    async def _answer(self, request: web.Request) -> Answer:
        for method, pattern, name, run in self._routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                body = await _body(request)
                self.requests.append((name, body))
                self.state.settle()
                return run({**request.query, **found.groupdict(), **body})
        raise RefusedError(404, "NOT_FOUND", "There is no such path.")

    def _table(self) -> list[tuple[str, str, str, Callable[[Json], Answer]]]:
        campaigns = [
            row
            for kind in ("sms", "mms", "email")
            for row in (
                ("GET", f"/{kind}-campaigns", f"{kind}_campaigns.list", self._campaigns(kind)),
                (
                    "GET",
                    rf"/{kind}-campaigns/(?P<number>\d+)",
                    f"{kind}_campaigns.get",
                    self._campaign(kind, cancel=False),
                ),
                (
                    "PUT",
                    rf"/{kind}-campaigns/(?P<number>\d+)/cancel",
                    f"{kind}_campaigns.cancel",
                    self._campaign(kind, cancel=True),
                ),
            )
        ]
        return [
            ("GET", "/account", "account.get", self._account),
            (
                "GET",
                r"/account/usage/(?P<year>\d+)/(?P<month>\d+)/subaccount",
                "account.usage",
                self._usage,
            ),
            ("POST", "/sms/price", "sms.price", lambda body: self._sms(body, send=False)),
            ("POST", "/sms/send", "sms.send", lambda body: self._sms(body, send=True)),
            ("GET", "/sms/history", "sms.history", self._history),
            ("PUT", "/sms/cancel-all", "sms.cancel_all", self._cancel_all),
            ("PUT", "/sms/receipts-read", "sms.mark_receipts_read", self._mark_read),
            ("PUT", r"/sms/(?P<message_id>[\w-]+)/cancel", "sms.cancel", self._cancel),
            ("POST", "/fax/price", "fax.price", lambda body: self._fax(body, send=False)),
            ("POST", "/fax/send", "fax.send", lambda body: self._fax(body, send=True)),
            *(
                ("GET", f"/{kind}/receipts", f"{kind}.receipts", self._receipts(kind))
                for kind in ("sms", "fax", "voice")
            ),
            ("POST", "/uploads", "uploads.upload", self._upload),
            ("GET", "/recharge/packages", "recharge.packages", _packages),
            ("GET", "/lists", "lists.list", lambda _: _page(list(_LISTS))),
            ("GET", "/search/contacts-lists", "search.contact_lists", _search),
            *campaigns,
        ]

    def _account(self, _: Json) -> Json:
        return {
            "user_id": 1,
            "username": USER,
            "balance": f"{self.state.balance:.6f}",
            "low_credit_amount": f"{self.state.low_credit_amount:.2f}",
            "account_name": "Harbour Dental",
            "country": "AU",
            "default_country_sms": "AU",
            "timezone": "Australia/Sydney",
            "setting_sms_message_char_limit": 8,
            "_currency": _CURRENCY,
        }

    def _usage(self, body: Json) -> Json:
        seeded = 40 + 7 * (int(body["month"]) % 5)
        sent = [message for message in self.state.messages if message.status != "Cancelled"]
        answer: Json = {}
        for kind, price in (("sms", Decimal("0.0770")), ("fax", Decimal("0.0990"))):
            mine = [message for message in sent if message.kind == kind]
            count = seeded + len(mine)
            cost = price * seeded + sum((message.price for message in mine), Decimal(0))
            row = {"subaccount_id": 1, "username": USER, "total_count": f"{count}.00"}
            answer[kind] = [{**row, "total_price": str(cost)}]
            answer[f"{kind}_total"] = {"count": count, "price": str(cost)}
        return answer

    def _sms(self, body: Json, *, send: bool) -> Json:
        found = [
            self.state.outcome("sms", str(each.get("body") or ""), each, send=send)
            for each in _messages(body)
        ]
        return _batch(found)

    def _fax(self, body: Json, *, send: bool) -> Json:
        url = str(body.get("file_url") or "")
        if not url.startswith(("https://", "http://")):
            raise RefusedError(400, "BAD_REQUEST", "The file_url is not valid.")
        return _batch([self.state.outcome("fax", url, each, send=send) for each in _messages(body)])

    def _history(self, body: Json) -> Json:
        wanted = dict(
            part.split(":", 1) for part in str(body.get("q", "")).split(",") if ":" in part
        )
        return _page(
            [
                _record(message)
                for message in reversed(self.outbox("sms"))
                if wanted.get("status", message.status) == message.status
            ]
        )

    def _receipts(self, kind: str) -> Callable[[Json], Json]:
        return lambda _: _page([receipt for k, receipt in self.state.receipts if k == kind])

    def _mark_read(self, body: Json) -> None:
        before = int(body.get("date_before") or self.state.now())
        self.state.receipts = [
            (kind, receipt)
            for kind, receipt in self.state.receipts
            if kind != "sms" or receipt["timestamp"] > before
        ]

    def _cancel(self, body: Json) -> None:
        for message in self.state.messages:
            if message.id == body["message_id"] and self.state.cancel(message):
                return
        raise RefusedError(404, "NOT_FOUND", "Message record not found.")

    def _cancel_all(self, _: Json) -> Json:
        return {"count": sum(self.state.cancel(message) for message in self.state.messages)}

    def _upload(self, body: Json) -> Json:
        try:
            content = base64.b64decode(str(body.get("content") or ""), validate=True)
        except binascii.Error:
            raise RefusedError(400, "BAD_REQUEST", "The content is not base64.") from None
        name = f"{len(self.state.uploads) + 1}.pdf"
        self.state.uploads[name] = content
        url = f"https://files.clicksend.example/{name}"
        return {"upload_id": len(self.state.uploads), "file_name": name, "_url": url}

    def _campaigns(self, kind: str) -> Callable[[Json], Json]:
        return lambda _: _page([_shown(c) for c in self.state.campaigns if c.kind == kind])

    def _campaign(self, kind: str, *, cancel: bool) -> Callable[[Json], Json]:
        def run(body: Json) -> Json:
            for campaign in self.state.campaigns:
                if campaign.kind == kind and campaign.number == int(body["number"]):
                    if cancel and campaign.status not in {"Scheduled", "Queued"}:
                        break
                    campaign.status = "Cancelled" if cancel else campaign.status
                    return _shown(campaign)
            raise RefusedError(404, "NOT_FOUND", "Campaign record not found.")

        return run


def _envelope(status: int, code: str, text: str, data: Answer) -> web.Response:
    body = {"http_code": status, "response_code": code, "response_msg": text, "data": data}
    return web.json_response(body, status=status)


async def _body(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise RefusedError(400, "BAD_REQUEST", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise RefusedError(400, "BAD_REQUEST", "The body is not an object.")
    return body


def _messages(body: Json) -> list[Json]:
    found = body.get("messages")
    if not isinstance(found, list) or not found or not all(isinstance(m, dict) for m in found):
        raise RefusedError(400, "BAD_REQUEST", "The messages field is required.")
    return found


def _batch(found: list[Json]) -> Json:
    total = sum((Decimal(each["message_price"]) for each in found), Decimal(0))
    queued = sum(each["status"] == "SUCCESS" for each in found)
    return {
        "total_price": str(total),
        "total_count": len(found),
        "queued_count": queued,
        "messages": found,
        "_currency": _CURRENCY,
    }


def _page(items: list[Json]) -> Json:
    return {
        "total": len(items),
        "per_page": 100,
        "current_page": 1,
        "last_page": 1 if items else 0,
        "next_page_url": None,
        "prev_page_url": None,
        "data": items,
    }


def _record(message: Message) -> Json:
    return {
        "direction": "out",
        "date": int(message.sent_at),
        "to": message.to,
        "from": message.sender,
        "body": message.body,
        "status": message.status,
        "schedule": message.schedule or "",
        "message_id": message.id,
        "message_parts": message.parts,
        "message_price": str(message.price),
        "custom_string": message.custom_string,
    }


def _shown(campaign: Campaign) -> Json:
    counted = "send_count" if campaign.kind == "email" else "_total_count"
    return {
        f"{campaign.kind}_campaign_id": campaign.number,
        "name": campaign.name,
        "list_id": 428,
        "status": campaign.status,
        "date_added": str(campaign.added),
        "schedule": str(campaign.schedule),
        counted: campaign.total,
        ("subject" if campaign.kind == "email" else "body"): f"{campaign.name} is here",
    }


def _packages(_: Json) -> Json:
    prices = {"sms_price": "0.0770", "sms_quantity": "259", "fax_price": "0.0990"}
    return {
        "packages": [{"package_id": 1, "package_price": "20.00", **prices}],
        "_currency": _CURRENCY,
    }


def _search(body: Json) -> Json:
    wanted = str(body.get("q", "")).lower()
    return _page(
        [
            {
                "id": each["list_id"],
                "name": each["list_name"],
                "type": "list",
                "_contacts_count": each["_contacts_count"],
            }
            for each in _LISTS
            if wanted in str(each["list_name"]).lower()
        ]
    )
