"""`python -m tests.bench.canned [seconds]`: a ClickSend that has its answers ready, as bytes.

It prints its port, and stays. Each page of the SMS history has 100 items, and there is nothing in
it since any date; each send has the same outcomes; other reads are answered as documented.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from pathlib import Path
from typing import cast

import uvloop

_EXAMPLES = {
    each["id"]: each
    for each in json.loads((Path(__file__).parents[1] / "data" / "operations.json").read_text())
}
ITEMS, PAGES = 100, 1_000
_PAGE = re.compile(rb"page=(\d+)")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def history(page: int) -> bytes:
    """A page of the SMS history, as documented but for three types.

    The vendor's client refuses the documented example: it wants numbers where that has texts, and
    the other way round.
    """
    whole = json.loads(json.dumps(_EXAMPLES["sms.history"]["response_example"]))
    (item,) = whole["data"]["data"][:1]
    item |= {"date": 1436932432, "message_parts": 1, "contact_id": "0"}
    whole["data"] |= {
        "total": ITEMS * PAGES,
        "per_page": ITEMS,
        "current_page": page,
        "last_page": PAGES,
        "next_page_url": f"/v3/sms/history?page={page + 1}" if page < PAGES else None,
        "data": [{**item, "message_id": f"M{page:04}{number:03}"} for number in range(ITEMS)],
    }
    return _answer(whole)


def _answer(body: object) -> bytes:
    content = json.dumps(body).encode()
    head = (
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


SENT = _answer(_EXAMPLES["sms.send"]["response_example"])
OUTCOMES = len(_EXAMPLES["sms.send"]["response_example"]["data"]["messages"])
"""Of how many messages the answer to a send tells, whatever was sent."""
RECEIPTS = len(_EXAMPLES["sms.receipts"]["response_example"]["data"]["data"])
"""How many receipts there are to read: a small answer."""
READ = {
    f"/v3{each['path']}".encode(): _answer(each["response_example"])
    for each in _EXAMPLES.values()
    if each["method"] == "GET" and "{" not in each["path"] and each["response_example"]
}
_NOTHING = _answer({"http_code": 200, "response_code": "SUCCESS", "data": {"total": 0, "data": []}})
"""What is read without naming a thing, by its path."""


class Canned(asyncio.Protocol):
    """Answers requests by their first line.

    Args:
        seconds: How long an answer takes.
        pages: The history, a page each.
    """

    def __init__(self, seconds: float, pages: dict[int, bytes]) -> None:
        self._seconds, self._pages = seconds, pages
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end])
            length = _LENGTH.search(head)
            total = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < total:
                return
            del self._buffer[:total]
            asyncio.get_running_loop().call_later(self._seconds, self._write, self._chosen(head))

    def _chosen(self, head: bytes) -> bytes:
        if b"/sms/history" in head and b"date_from" not in head:
            page = _PAGE.search(head)
            return self._pages[int(page[1]) if page else 1]
        path = head.split(b" ", 2)[1].partition(b"?")[0]
        return SENT if head.startswith(b"POST") else READ.get(path, _NOTHING)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


async def serve(seconds: float) -> None:
    """Serve until SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    pages = {number: history(number) for number in range(1, PAGES + 1)}
    server = await loop.create_server(lambda: Canned(seconds, pages), "127.0.0.1", 0)
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    uvloop.run(serve(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0))
