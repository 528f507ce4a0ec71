"""Files: uploads that are stored and served until they expire, and histories as CSV."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Sequence
from urllib.parse import quote

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.fields import one_of, text
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.state import State
from bot.sandbox.clicksend.wire import Answer, Json, refused

KEPT = 600
"""Seconds until an upload expires, as the text of the reference says."""

_CONVERT = ("fax", "mms", "csv", "post", "postcard")
_PRINTED = frozenset({"post", "postcard"})
_ONE_PAGE = b"%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\n%%EOF\n"
"""What a document or a picture is converted to, for print."""
_MAGIC = ((b"%PDF", "pdf"), (b"GIF8", "gif"), (b"\xff\xd8", "jpg"), (b"\x89PNG", "png"))


def export(state: State, call: Call, rows: Sequence[Json]) -> Json:
    """Make a CSV that downloads from here.

    Args:
        state: The account.
        call: The request; `filename` is what the file is called.
        rows: What stands in it.

    Returns:
        Its address.
    """
    name = call.query.get("filename") or "export.csv"
    written = io.StringIO()
    columns = list(dict.fromkeys(column for each in rows for column in each))
    writer = csv.DictWriter(written, columns)
    writer.writeheader()
    writer.writerows(rows)
    number = state.new_id()
    state.exports[number] = written.getvalue().encode(errors="replace")
    return {"url": f"{call.origin}/files/{number}?filename={quote(name, errors='replace')}"}


def keep(state: State, call: Call, content: bytes) -> Json:
    """Keep a file until it expires; where it is, and how long."""
    name = f"{state.new_id()}.{_extension(content)}"
    now = int(state.now())
    state.uploads[name] = content
    state.expiry[name] = now + KEPT
    return {
        "file_name": name,
        "date_added": now,
        "date_delete": now + KEPT,
        "user_id": 1,
        "_url": f"{call.origin}/files/{name}",
    }


def decoded(content: str) -> bytes:
    """The bytes of a base64 text.

    Raises:
        RefusedError: It is none.
    """
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        raise refused("The content is not base64.") from None


def uploaded(state: State, url: str) -> bytes | None:
    """The content of an upload, by the address it was given; None when it is not there."""
    return state.uploads.get(url.rpartition("/files/")[2])


def printable(state: State, call: Call, url: str) -> bytes | None:
    """The content of a file to be printed; None where it is kept elsewhere.

    Raises:
        RefusedError: It was kept here, and is gone.
    """
    content = uploaded(state, url)
    if content is None and url.startswith(f"{call.origin}/files/"):
        raise refused("The file could not be read: it has expired.", "INVALID_FILE_URL")
    return content


def expire(state: State) -> None:
    """Forget uploads whose time is over."""
    for name in [name for name, end in state.expiry.items() if end <= state.now()]:
        del state.expiry[name]
        state.uploads.pop(name, None)


def _upload(state: State, call: Call) -> Answer:
    one_of(*_CONVERT)(call.fields, "convert")
    content = next(iter(call.files.values()), None)
    if content is None:
        content = decoded(text(call.body, "content"))
    if not content:
        raise refused("The file is empty.")
    convert = str(call.fields.get("convert"))
    if convert in _PRINTED and not content.startswith(b"%PDF"):
        content = _ONE_PAGE
    return state.shelf("uploads").add(keep(state, call, content))


def _extension(content: bytes) -> str:
    return next((name for magic, name in _MAGIC if content.startswith(magic)), "csv")


ROUTES = (Route("uploads.upload", "POST", "/uploads", _upload, "Your file has been uploaded."),)
