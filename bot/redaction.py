"""Secrets, phone numbers and what was written are taken out of every line of the log.

The last guard, not the first: whoever logs writes ids and counts. It works on the finished line, so
that what stands in an exception's text is found, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

PHONE: Final = "[phone]"
SECRET: Final = "[secret]"
HIDDEN: Final = "[hidden]"
_SHORTEST_SECRET = 6

_PRIVATE_KEYS = frozenset(
    {
        "address",
        "api_key",
        "attachments",
        "authorization",
        "blocks",
        "body",
        "bodies",
        "content",
        "email",
        "from_",
        "message",
        "messages",
        "password",
        "payload",
        "phone",
        "phones",
        "recipient",
        "recipients",
        "secret",
        "subject",
        "text",
        "to",
        "token",
        "values",
    }
)
"""What people wrote and to whom, and what opens a door, whoever logs it by mistake."""

_PATTERNS: Final = (
    # Slack's tokens, and the address that answers a command.
    (re.compile(r"\bxox[a-z]?(?:\.xox[a-z])?-[\w.%-]+|\bxapp-[\w-]+"), SECRET),
    (re.compile(r"(https://hooks\.slack\.com/)[^\s\"'<>)]+"), rf"\1{SECRET}"),
    (re.compile(r"(?i)\b(basic|bearer)\s+[\w.~+/=-]{6,}"), rf"\1 {SECRET}"),
    # Credentials in an address, a ticket in its query, and the secret of the webhooks.
    (re.compile(r"(\w://[^\s/:@]*:)[^\s@]*(@)"), rf"\1{SECRET}\2"),
    (re.compile(r"(?i)([?&](?:ticket|token|key|secret|api_key)=)[^\s&\"']+"), rf"\1{SECRET}"),
    (re.compile(r"(/clicksend/webhooks/)[^\s/\"']+"), rf"\1{SECRET}"),
    # What libraries quote: pydantic its input, PostgreSQL the values of a row.
    (re.compile(r"input_value=.*?(?=, input_type=)", re.DOTALL), f"input_value={HIDDEN}"),
    (re.compile(r"\bDETAIL: .*"), f"DETAIL: {HIDDEN}"),
    (re.compile(r"(?<![\w.+])(?:\+|00)[1-9](?:[\s().-]{0,3}\d){6,14}(?![\w])"), PHONE),
    (re.compile(r"(?<![\w.:+-])0\d(?:[\s-]?\d){7,9}(?![\w.:-])"), PHONE),
)
_SAYS = re.compile(
    r"^(?P<kind>[ |+-]*(?:[a-z_]\w*\.)*(?!(?:Attribute|Import|ModuleNotFound|Name|Type)Error)"
    r"[A-Z]\w*: )(?P<words>.+)$",
    re.MULTILINE,
)
"""The line of a traceback with the exception's own words, but for those that quote code alone."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class Redaction:
    """A structlog processor; it stands before the renderer, and behind what formats exceptions.

    Args:
        secrets: The values that must never be shown, whatever they look like.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: tuple[str, ...] = ()
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Hide these, too, from now on."""
        long = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        # The longest first: one may be a part of another.
        self._secrets = tuple(sorted({*self._secrets, *long}, key=len, reverse=True))

    def __call__(
        self, _logger: object, _method: str, event: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The same line with nothing in it that must not be there."""
        return {key: self._field(key, value) for key, value in event.items()}

    def text(self, text: str) -> str:
        """A text without secrets and phone numbers."""
        for secret in self._secrets:
            text = text.replace(secret, SECRET)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def _field(self, key: str, value: object) -> object:
        if key.lower() in _PRIVATE_KEYS:
            return HIDDEN
        if key == "timestamp":
            return value
        if key == "exception":  # `int("…")` quotes what it was given, and so do others
            value = _SAYS.sub(lambda found: found["kind"] + _unquoted(found["words"]), str(value))
        if key == "event":  # one line, whatever is in it: nobody forges the next one
            return _CONTROL.sub(_escaped, self.text(str(value)))
        return self._value(value)

    def _value(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {str(key): self._field(str(key), each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(each) for each in value]
        return self.text(value if isinstance(value, str) else repr(value))


def _unquoted(words: str) -> str:
    return _QUOTED.sub(HIDDEN, words)


def _escaped(found: re.Match[str]) -> str:
    return repr(found[0])[1:-1]
