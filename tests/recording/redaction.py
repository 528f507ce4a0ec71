"""What may stay in a live recording: an allow-list, for a forbid-list forgets something."""

import json
from typing import Any

from vcr.request import Request

JSON_FIELDS = frozenset(
    # Structure and vocabulary of the API: nothing that names a person, an account or an amount.
    {
        "http_code", "response_code", "response_msg",
        "total", "per_page", "current_page", "last_page",
        "direction", "status", "status_code", "status_text", "error_code", "error_text",
        "message_type", "_message_type", "message_parts", "message_pages",
        "country", "default_country_sms", "code", "value", "type", "carrier",
        "currency_name_short", "currency_prefix_d", "currency_prefix_c", "currency_name_long",
        "setting_sms_message_char_limit", "resolved",
    }
)  # fmt: skip
HEADERS = frozenset({"content-type", "retry-after", "x-ratelimit-limit", "ratelimit-reset"})
REDACTED = "redacted"


def request(request: Request) -> Request:
    """Take everything out of a request that is not its method, path and content type.

    Args:
        request: What goes out.

    Returns:
        The same request, without its query, its body and all but the allowed headers.
    """
    request.uri = request.uri.partition("?")[0]
    request.body = None
    request.headers = {k: v for k, v in request.headers.items() if k.lower() in HEADERS}
    return request


def response(response: dict[str, Any]) -> dict[str, Any]:
    """Redact an answer: allowed fields stay, of all others only the type.

    Args:
        response: The answer in vcrpy's format.

    Returns:
        The redacted answer; a body that is not JSON is replaced as a whole.
    """
    try:
        body = json.dumps(_redact(json.loads(response["body"]["string"])), indent=2) + "\n"
    except ValueError:
        body = REDACTED
    headers = {k: v for k, v in response["headers"].items() if k.lower() in HEADERS}
    return {**response, "headers": headers, "body": {"string": body.encode()}}


def _redact(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {key: _redact(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_redact(each, name) for each in value]
    if name in JSON_FIELDS or value in (None, "", 0):
        return value
    return REDACTED if isinstance(value, str) and not _is_number(value) else _zero(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _zero(value: object) -> object:
    """Nothing, spelled as the value was: ``"12.50"`` becomes ``"00.00"``, 7 becomes 0."""
    if isinstance(value, str):
        return "".join("0" if c.isdigit() else c for c in value)
    return type(value)()
