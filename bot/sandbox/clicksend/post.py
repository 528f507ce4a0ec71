"""Letters, postcards and the return addresses on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.exports import decoded, export, printable
from bot.sandbox.clicksend.fields import (
    Reader,
    flag_or,
    objects,
    optional_integer,
    optional_text,
    row,
    text,
    texts,
    web_address,
)
from bot.sandbox.clicksend.paging import page, within
from bot.sandbox.clicksend.prices import (
    COUNTRIES,
    CURRENCY,
    POSTCARD_PRICE,
    letter_price,
    pdf_pages,
)
from bot.sandbox.clicksend.recipients import TEST_POST_CODES
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.sending import MOST, accept, schedule_of
from bot.sandbox.clicksend.shelf import Stored
from bot.sandbox.clicksend.state import Message, State
from bot.sandbox.clicksend.wire import Answer, Json, Said, missing, refused

_ADDRESS: dict[str, Reader] = {
    "address_name": text,
    "address_line_1": text,
    "address_line_2": optional_text,
    "address_city": text,
    "address_state": optional_text,
    "address_postal_code": text,
    "address_country": text,
}
_MOST_FILES = 2
_FLAGS = ("template_used", "colour", "duplex", "priority_post")
_POST_CODE = re.compile(r"\b[A-Z]{2,3}[ ,]+(\d{4,5})\b")
_SHOWN = re.compile(rb"\(([^()\\]{1,200})\)\s*Tj")
"""A line of text on a page of a simple PDF."""
_LEAST_LINES = 2


@dataclass(frozen=True)
class _Kind:
    """Letters, or postcards."""

    kind: str

    def send(self, state: State, call: Call) -> Answer:
        return self._batch(state, call, send=True)

    def price(self, state: State, call: Call) -> Answer:
        return self._batch(state, call, send=False)

    def _batch(self, state: State, call: Call, *, send: bool) -> Json:
        shared = (_letter if self.kind == "letter" else _postcard)(state, call)
        people = objects(call.body, "recipients")
        if len(people) > MOST:
            raise refused("Too many recipients.", "TOO_MANY_RECIPIENTS")
        drafts = [self._draft(state, call, shared, each) for each in people]
        shown = [self._outcome(state, each, send=send) for each in drafts]
        taken = [each for each in shown if each["status"] == "SUCCESS"]
        total = sum((Decimal(str(each["post_price"])) for each in taken), Decimal(0))
        return {
            "total_price": float(total),
            "total_cost": len(shown),
            "total_count": len(shown),
            "queued_count": len(taken),
            "recipients": shown,
            "_currency": CURRENCY,
        }

    def _draft(self, state: State, call: Call, shared: Json, fields: Json) -> Message:
        address = row(fields, _ADDRESS)
        number = optional_integer(fields, "return_address_id") or None
        back = state.shelf("return_addresses").get(number) if number else None
        schedule = schedule_of(fields)
        if schedule is None:
            raise refused("The schedule field is not a Unix timestamp.", "INVALID_SCHEDULE")
        price = self._price(address["address_country"].upper(), shared)
        test = address["address_postal_code"] in TEST_POST_CODES
        return Message(
            kind=self.kind,
            id=state.new_id(),
            to=address["address_name"],
            body=shared["url"],
            price=price,
            charged=Decimal(0) if test else price,
            parts=shared["pages"],
            custom_string=optional_text(fields, "custom_string") or "",
            schedule=schedule,
            sent_at=state.now(),
            country=address["address_country"].upper(),
            caller=call.caller,
            added=int(state.now()),
            extra={**shared, "address": address, "return": back, "return_address_id": number},
        )

    def _price(self, code: str, shared: Json) -> Decimal:
        country = COUNTRIES.get(code)
        if country is None:
            return Decimal(0)
        if self.kind == "postcard":
            return POSTCARD_PRICE
        colour, priority = bool(shared["colour"]), bool(shared["priority_post"])
        return letter_price(country, shared["pages"], colour=colour, priority=priority)

    def _outcome(self, state: State, message: Message, *, send: bool) -> Json:
        status = "SUCCESS" if message.country in COUNTRIES else "COUNTRY_NOT_ENABLED"
        if status == "SUCCESS" and send:
            broke = message.caller.broke or message.charged > state.balance
            status = "INSUFFICIENT_CREDIT" if broke else "SUCCESS"
        if status == "SUCCESS" and send:
            accept(state, message)
        return {**self.shown(message), "status": status}

    def shown(self, message: Message) -> Json:
        extra = message.extra
        common: Json = {
            "user_id": 1,
            "subaccount_id": message.caller.subaccount_id,
            "message_id": message.id,
            **extra["address"],
            "return_address_id": extra["return_address_id"],
            "custom_string": message.custom_string or None,
            "schedule": message.schedule or message.added,
            "source": extra.get("source"),
            "date_added": message.added,
            "_file_url": message.body,
            "_return_address": extra["return"],
            "_api_username": message.caller.username,
        }
        return {**common, **(_letter_only if self.kind == "letter" else _postcard_only)(message)}

    def records(self, state: State, call: Call) -> list[Json]:
        rows = [
            {**self.shown(each), **_delivery(each), **_supplier(each)}
            for each in state.of(self.kind)
        ]
        return within(rows, call, "date_added")

    def history(self, state: State, call: Call) -> Answer:
        return page(self.records(state, call), call)

    def export(self, state: State, call: Call) -> Answer:
        return export(state, call, self.records(state, call))

    def cancel(self, state: State, call: Call) -> Answer:
        message = state.find(self.kind, call.path["message_id"])
        if message is None or not state.cancel(message):
            raise missing("Message record not found.")
        return Said(data=True, text=f"Scheduled {self.kind} has been cancelled.")


def _delivery(message: Message) -> Json:
    return {
        "list_id": None,
        "status": message.status,
        "status_code": message.status_code or "",
        "status_text": message.status_text or "",
    }


def _supplier(message: Message) -> Json:
    """What the history of postcards says of the printer."""
    if message.kind != "postcard":
        return {}
    supplied = message.id.replace("-", "")[:28]
    return {"message_id_supplier": supplied, "post_price_supplier": "0.000000"}


def _letter(state: State, call: Call) -> Json:
    """What all letters of a batch have in common."""
    url = web_address(call.body, "file_url")
    flags = {name: flag_or(0)(call.body, name) for name in _FLAGS}
    pages = pdf_pages(printable(state, call, url) or b"")
    source = optional_text(call.body, "source")
    return {"url": url, "pages": pages, "source": source, **flags}


def _postcard(state: State, call: Call) -> Json:
    urls = texts(call.body, "file_urls")
    if len(urls) > _MOST_FILES:
        raise refused("The file_urls field may hold 1 or 2 files.")
    for url in urls:
        printable(state, call, web_address({"file_urls": url}, "file_urls"))
    return {"url": urls[0], "pages": 1, "urls": urls}


def _letter_only(message: Message) -> Json:
    extra = message.extra
    return {
        "colour": extra["colour"],
        "duplex": extra["duplex"],
        "priority_post": extra["priority_post"],
        "post_pages": message.parts,
        "post_price": f"{message.price:.4f}",
    }


def _postcard_only(message: Message) -> Json:
    return {
        "letter_file_name": message.body.rpartition("/")[2],
        "ip_address": "127.0.0.1",
        "post_price": float(message.price),
        "priority": 32,
    }


def _detect(_: State, call: Call) -> Answer:
    """Read an address from text or a PDF: a name, a street, a line with state and post code."""
    written = optional_text(call.body, "address")
    if not written:
        content = decoded(text(call.body, "content"))
        is_pdf = content.startswith(b"%PDF")
        shown = b"\n".join(_SHOWN.findall(content)) if is_pdf else content
        written = shown.decode(errors="replace")
    lines = [line.strip() for line in re.split(r"[\n,]", written) if line.strip()]
    code = _POST_CODE.search(written)
    return {
        "address_name": lines[0] if lines else "",
        "address_line_1": lines[1] if len(lines) >= _LEAST_LINES else "",
        "address_line_2": "",
        "address_city": lines[2].split(" ")[0] if len(lines) > _LEAST_LINES else "",
        "address_state": code[0].split()[0].strip(",") if code else "",
        "address_postal_code": code[1] if code else "",
        "address_country": "AU" if lines else "",
    }


def _routes(kind: str) -> tuple[Route, ...]:
    runs, family = _Kind(kind), f"{kind}s"
    path = f"/post/{family}"
    table: tuple[tuple[str, str, str, Callable[[State, Call], Answer], str], ...] = (
        ("send", "POST", f"{path}/send", runs.send, f"{family.title()} queued for delivery."),
        ("price", "POST", f"{path}/price", runs.price, "Here are some results."),
        ("cancel", "PUT", f"{path}/{{message_id}}/cancel", runs.cancel, ""),
        ("history", "GET", f"{path}/history", runs.history, "Here is your history."),
        (
            "export_history",
            "GET",
            f"{path}/history/export",
            runs.export,
            "Download your file here.",
        ),
    )
    return tuple(
        Route(f"{family}.{verb}", method, where, run, said)
        for verb, method, where, run, said in table
    )


ROUTES = (
    *_routes("letter"),
    *_routes("postcard"),
    Route(
        "letters.detect_address",
        "POST",
        "/post/letters/detect-address",
        _detect,
        "Here is your result.",
    ),
    *Stored(
        "return_addresses",
        "/post/return-addresses",
        "return_addresses",
        _ADDRESS,
        {
            "list": "Here are your records.",
            "create": "New return address has been added.",
            "get": "Here is your data.",
            "update": "Your return address has been updated.",
            "delete": "Your return address has been deleted.",
        },
        constant={"user_id": 1},
    ).routes("return_address_id"),
)
