"""Answers as plain data that may be shown: the wire's names, our values, no secret."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, JsonValue

from bot.clicksend.fields import Field, Kind, fields
from bot.clicksend.operation import Operation, answer_adapter

MASK = "**********"
"""What stands in the place of a secret; pydantic's own."""

_SECRET = re.compile(r"api_?key|passw|secret|cvc|cvv|activation_?token", re.IGNORECASE)
"""Fields that hold secrets where no model says so, as in data the documentation leaves open."""


def shown(cls: type[Operation[Any]], answer: object) -> JsonValue:
    """An answer, fit to print.

    Args:
        cls: The operation that was run.
        answer: What it answered.

    Returns:
        JSON values: amounts as text, times as ISO 8601, secrets masked.
    """
    return masked(answer_adapter(cls).dump_python(answer, mode="json", by_alias=True))


def shown_item(item: object) -> JsonValue:
    """One item of a list, fit to print; see `shown`."""
    if isinstance(item, BaseModel):
        return masked(item.model_dump(mode="json", by_alias=True))
    return masked(item)  # type: ignore[arg-type]  # a list's items are models or JSON


def shown_request(operation: Operation[Any]) -> dict[str, JsonValue]:
    """What an operation was given, fit to print: the wire's names, secrets masked."""
    given = operation.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _without_secrets(given, fields(type(operation)))


def masked(value: JsonValue) -> JsonValue:
    """JSON values with those of secret fields masked, by their names."""
    if isinstance(value, dict):
        return {key: _masked_field(key, each) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    return value


def refused(answer: object) -> list[str]:
    """What ClickSend says of the messages it did not take, though it took the call.

    Args:
        answer: What an operation that changes something answered.

    Returns:
        The status of each refused message; empty when there is none.
    """
    if not isinstance(answer, BaseModel):
        return []
    values = [getattr(answer, name) for name in type(answer).model_fields]
    items = [item for value in values if isinstance(value, tuple) for item in value]
    return [
        str(getattr(item, "status", None) or "no status")
        for item in items
        if getattr(item, "accepted", True) is False
    ]


def _without_secrets(given: dict[str, JsonValue], known: tuple[Field, ...]) -> dict[str, JsonValue]:
    by_wire = {field.wire: field for field in known}
    return {name: _given(value, by_wire.get(name)) for name, value in given.items()}


def _given(value: JsonValue, field: Field | None) -> JsonValue:
    if field is None:
        return masked(value)
    if Kind.SECRET in {field.kind, field.item}:
        return MASK
    if isinstance(value, dict):
        return _without_secrets(value, field.parts)
    if isinstance(value, list):
        return [_given(each, field) for each in value]
    return value


def _masked_field(name: str, value: JsonValue) -> JsonValue:
    hides = _SECRET.search(name) and isinstance(value, str | int | float) and value != ""
    return MASK if hides else masked(value)
