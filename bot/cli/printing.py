"""What `clicksend-slack api` prints: manuals, answers as JSON or tables, errors.

Nothing of it can drive the terminal: control characters in an answer are spelled out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import JsonValue
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.cli.arguments import variable
from bot.clicksend import ClickSendError, Effect, Operation, registry
from bot.clicksend.fields import EFFECTS, Field, Kind, fields, reads_pages, summary

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MOST_COLUMNS = 8
_NOTHING_DONE: Mapping[bool, str] = {
    True: "Nothing was changed: it only reads.",
    False: "It did not take effect: nothing was sent, changed or charged.",
}


def printable(text: str) -> str:
    """A text whose control characters (and those that turn the line around) are spelled out."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_json(value: JsonValue) -> str:
    """JSON for people and programs."""
    return printable(json.dumps(value, indent=2, ensure_ascii=False))


def matching(wanted: str | None) -> list[type[Operation[Any]]]:
    """The operations, or those whose id holds a text."""
    found = [each for each in registry.all_ids() if not wanted or wanted.lower() in each]
    return [registry.operation(each) for each in found]


def line(cls: type[Operation[Any]]) -> str:
    """An operation as one line."""
    return f"{cls.route.id:<40}{cls.route.effect.value:<9}{summary(cls)}"


def listing(found: Sequence[type[Operation[Any]]]) -> Table:
    """Operations as a table."""
    table = _grid("operation", "effect", "method and path", "what it does")
    for cls in found:
        route = cls.route
        table.add_row(route.id, route.effect.value, f"{route.method} {route.path}", summary(cls))
    return table


def manual(cls: type[Operation[Any]]) -> RenderableType:
    """All there is to know before an operation is run."""
    route = cls.route
    head = [
        Text(f"{route.id}: {summary(cls)}"),
        Text(f"{route.method} {route.path}; {EFFECTS[route.effect]}."),
        Text(_asks(route.effect)),
    ]
    known = fields(cls)
    if not known:
        return Group(*head, Text("\nIt takes no fields."))
    table = _grid("field", "value", "in", "what it is")
    table.columns[0].no_wrap = True
    for name, field in _rows(known):
        needed = " (must be given)" if field.required else ""
        table.add_row(name, field.wants + needed, field.place, _explained(field))
    hints = [Text(line) for line in _hints(cls)]
    return Group(*head, Text(), table, *hints)


def _asks(effect: Effect) -> str:
    if effect in {Effect.SPEND, Effect.DESTROY}:
        return "You are asked before it runs; --yes is the answer for scripts."
    return "It runs without a question."


def _rows(known: Sequence[Field], indent: str = "") -> Iterator[tuple[str, Field]]:
    for field in known:
        yield (f"--{field.wire}" if not indent else f"{indent}{field.wire}"), field
        yield from _rows(field.parts, f"{indent}  ")


def _explained(field: Field) -> str:
    if field.kind is Kind.SECRET:
        return f"{field.help} Asked for, or from {variable(field)}.".strip()
    return field.help


def _hints(cls: type[Operation[Any]]) -> Iterator[str]:
    kinds = {field.kind for field in fields(cls)}
    if Kind.LIST in kinds:
        yield "A list is given by repetition: --field A --field B."
    if Kind.MOMENT in kinds or any(_has_moment(field) for field in fields(cls)):
        yield "A time is Unix seconds, or like 2026-05-01T09:30:00+10:00."
    if reads_pages(cls):
        yield "--all-pages reads on until the list ends."
    yield "--json FILE (- for the standard input) gives fields as a JSON object instead."


def _has_moment(field: Field) -> bool:
    return any(part.kind is Kind.MOMENT for part in field.parts)


def as_table(value: JsonValue) -> RenderableType:
    """An answer as tables: one of its plain values, one for each list in it."""
    if isinstance(value, list):
        return _list_table("", value)
    if not isinstance(value, dict):
        return Text(_cell(value))
    plain = _grid("field", "value")
    lists: list[RenderableType] = []
    for name, each in _flat(value):
        if isinstance(each, list) and each:
            lists.append(_list_table(name, each))
        else:
            plain.add_row(printable(name), _cell(each))
    return Group(*([plain] if plain.row_count else []), *lists)


def _flat(value: Mapping[str, JsonValue], prefix: str = "") -> Iterator[tuple[str, JsonValue]]:
    """The values of nested objects, by their path; what says nothing is left out."""
    for name, each in value.items():
        if isinstance(each, dict):
            yield from _flat(each, f"{prefix}{name}.")
        elif each is not None:
            yield f"{prefix}{name}", each


def _list_table(name: str, items: Sequence[JsonValue]) -> RenderableType:
    rows = [dict(_flat(item)) if isinstance(item, dict) else {"value": item} for item in items]
    said = {column for row in rows for column, value in row.items() if value not in ("", [], None)}
    columns = list(dict.fromkeys(column for row in rows for column in row if column in said))
    table = _grid(*(printable(column) for column in columns[:_MOST_COLUMNS]))
    table.title = printable(name) or None
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns[:_MOST_COLUMNS]))
    left = columns[_MOST_COLUMNS:]
    more = [Text(f"Not shown: {printable(', '.join(left))}.")] if left else []
    return Group(table if rows else Text("Nothing."), *more)


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _grid(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    return table


def failure(error: ClickSendError, effect: Effect) -> list[str]:
    """What an error says: what happened, with its code, and whether it may have taken effect."""
    lines = cause(error)
    if error.ambiguous:
        lines.append(may_have(error.operation))
    else:
        lines.append(_NOTHING_DONE[effect is Effect.READ])
    if error.retry_after is not None:
        lines.append(f"It may be tried again in {error.retry_after:.0f} seconds.")
    return [printable(line) for line in lines]


def cause(error: ClickSendError) -> list[str]:
    """What an error says: what happened, with its code."""
    status = [f"HTTP {error.http_status}"] if error.http_status else []
    codes = [*([error.response_code] if error.response_code else []), *status]
    return [str(error), *([f"Code: {', '.join(codes)}."] if codes else [])]


def may_have(operation_id: str) -> str:
    """What to do when nobody knows whether something happened."""
    return (
        f"{operation_id} MAY HAVE TAKEN EFFECT. Do not repeat it blindly: look in the ClickSend "
        "dashboard, or at the history, whether it did."
    )
