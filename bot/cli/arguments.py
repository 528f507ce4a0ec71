"""From `--field value …` and a JSON document to an operation."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from bot.clicksend import Operation, registry
from bot.clicksend.fields import Field, Kind, fields, problems, read

Secret: TypeAlias = Callable[[Field], str | None]
"""Gives the value of a secret field, from somewhere nobody else can read; None: there is none."""

_CLOSE = 0.6


class UsageError(Exception):
    """What was typed makes no operation; `lines` say why, and repeat no value."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def named(operation_id: str) -> type[Operation[Any]]:
    """The class of an operation.

    Args:
        operation_id: As typed.

    Raises:
        UsageError: There is none of this id; it suggests the nearest ones.
    """
    wanted = operation_id.strip().lower().replace("-", "_")
    if wanted in registry.all_ids():
        return registry.operation(wanted)
    near = registry.nearest(operation_id)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UsageError(
        f"There is no operation {operation_id[:80]!r}.{hint}",
        "`clicksend-slack api --list` shows all of them.",
    )


def build(
    cls: type[Operation[Any]], typed: Sequence[str], document: str | None, secret: Secret
) -> Operation[Any]:
    """The operation that was typed.

    Args:
        cls: Its class.
        typed: `--field`, `value`, …, as left over by the command line.
        document: A file with a JSON object of fields, `-` for the standard input, or None. What
            is typed goes before what is in it.
        secret: Where secret fields come from.

    Raises:
        UsageError: Which fields are wrong, and how.
    """
    given = {**(_document(cls, document) if document else {}), **_options(cls, typed)}
    for field in fields(cls):
        asked = field.name in given and given[field.name] is None
        if field.kind is Kind.SECRET and (asked or (field.required and field.name not in given)):
            given[field.name] = _asked(field, secret)
    try:
        return cls.model_validate(given)
    except ValidationError as error:
        raise UsageError(*_lines(cls, problems(error, cls))) from None


def _document(cls: type[Operation[Any]], source: str) -> dict[str, object]:
    """The fields of a JSON object, by their names in Python."""
    shown = "the standard input" if source == "-" else source
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        found = json.loads(text)
    except OSError as error:
        raise UsageError(f"--json: {shown} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        place = error if isinstance(error, json.JSONDecodeError) else None
        where = f" (line {place.lineno}, column {place.colno})" if place else ""
        raise UsageError(f"--json: {shown} is not JSON{where}.") from None
    if not isinstance(found, dict):
        raise UsageError(f"--json: {shown} must hold an object of fields, {{…}}.")
    given: dict[str, object] = {}
    for name, value in found.items():
        field = _field(cls, name)
        if field.name in given:
            raise UsageError(f"--json: {field.wire} is there twice.")
        given[field.name] = value
    return given


def _options(cls: type[Operation[Any]], typed: Sequence[str]) -> dict[str, object]:
    """What was typed, by the fields' names in Python; None for a secret to be asked for."""
    given: dict[str, object] = {}
    for name, text in _pairs(typed):
        field = _field(cls, name)
        if field.kind is Kind.SECRET:
            _keep_out(field, text)
            given[field.name] = None
        elif text is None:
            raise UsageError(
                f"--{name} needs a value. One that begins with -- is written --{name}=VALUE."
            )
        elif field.kind is Kind.LIST:
            items = given.setdefault(field.name, [])
            assert isinstance(items, list)  # noqa: S101 - only this line puts something there
            value = _value(field, text)
            items.extend(value if isinstance(value, list) else [value])
        elif field.name in given:
            raise UsageError(f"--{field.wire} is given twice, and takes one value.")
        else:
            given[field.name] = _value(field, text)
    return given


def _pairs(typed: Sequence[str]) -> list[tuple[str, str | None]]:
    """Options with their values: `--a b`, `--a=b`, or `--a` with nothing after it."""
    found: list[tuple[str, str | None]] = []
    waiting = False
    for word in typed:
        if word.startswith("--") and len(word) > len("--"):
            name, equals, value = word.removeprefix("--").partition("=")
            found.append((name, value if equals else None))
            waiting = not equals
        elif waiting:
            found[-1] = (found[-1][0], word)
            waiting = False
        else:
            after = f" (after --{found[-1][0]})" if found else ""
            raise UsageError(f"Fields are given as --field value; one value{after} has no field.")
    return found


def _field(cls: type[Operation[Any]], name: str) -> Field:
    known = fields(cls)
    plain = name.replace("-", "_")
    for field in known:
        if name == field.wire or plain in {field.name, field.wire}:
            return field
    if not known:
        raise UsageError(f"{name[:80]!r}: {cls.route.id} takes no fields.")
    near = get_close_matches(plain, [field.wire for field in known], n=1, cutoff=_CLOSE)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise UsageError(
        f"{name[:80]!r}: {cls.route.id} has no such field.{hint}",
        f"It takes {', '.join(field.wire for field in known)}.",
    )


def _value(field: Field, text: str) -> object:
    try:
        return read(field, text)
    except ValueError as error:
        raise UsageError(f"{field.wire}: {error}. It is {field.wants}.") from None


def _keep_out(field: Field, text: str | None) -> None:
    if text is not None:
        raise UsageError(
            f"{field.wire} is a secret: on the command line other users of this machine can read "
            f"it. Write --{field.wire} alone to be asked for it, set {variable(field)}, or give "
            "it in --json."
        )


def variable(field: Field) -> str:
    """The environment variable of a secret field."""
    return f"CLICKSEND_FIELD_{field.name.strip('_').upper()}"


def _asked(field: Field, secret: Secret) -> str:
    value = secret(field)
    if not value:
        raise UsageError(
            f"{field.wire} is a secret and must be given: set {variable(field)}, give it in "
            "--json, or run this in a terminal to be asked."
        )
    return value


def _lines(cls: type[Operation[Any]], found: Sequence[tuple[str, str]]) -> list[str]:
    """A line for each field at fault, with what it takes."""
    wants: Mapping[str, str] = {field.wire: field.wants for field in fields(cls)}
    lines = [f"{cls.route.id} cannot be built from that:"]
    for wire, wrong in found:
        lines.append(f"  {wire}: {wrong} ({wants[wire]})" if wire in wants else f"  {wrong}")
    return [*lines, f"`clicksend-slack api {cls.route.id} --help` says what it takes."]
