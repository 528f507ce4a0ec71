"""What crosses the wire, and how Slack says no."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """An answer with `ok: false`.

    Args:
        code: Slack's error, as `channel_not_found`.
        messages: Details, one a line, as `must provide … [json-pointer:/blocks/0]`.
        fields: What stands beside the code, as `needed` and `provided`.
    """

    def __init__(self, code: str, messages: list[str] | None = None, **fields: object) -> None:
        super().__init__(code)
        self.code, self.messages, self.fields = code, messages or [], fields

    def answer(self) -> Json:
        """The body of the answer."""
        found: Json = {"ok": False, "error": self.code, **self.fields}
        if self.messages:
            if self.code == "invalid_blocks":
                found["errors"] = self.messages
            found["response_metadata"] = {"messages": [f"[ERROR] {m}" for m in self.messages]}
        return found


def escape(text: str) -> str:
    """What somebody typed, as Slack hands it on: `&`, `<` and `>` replaced."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
