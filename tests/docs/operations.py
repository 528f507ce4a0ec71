"""The manual of operations, made from the registry and from what the commands declare."""

import ast
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.clicksend import Operation, registry
from bot.clicksend.fields import fields, summary
from bot.services import api_rules
from commands import build_router

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs/operations.md"
OPERATIONS = ROOT / "tests/data/operations.json"
COMMANDS, SERVICES = ROOT / "commands", ROOT / "bot/services"
CHANNELS, ALERTS = SERVICES / "channels", SERVICES / "alerts"
WATCHES = ("failure_watch",)
"""The services that look by themselves, and whose findings are posted as alerts."""

HEAD = """# Operations

Every operation of the ClickSend API that this bot knows. Made by `make docs`; a test compares it.

- **Effect**: `read` changes nothing; `write` changes what costs nothing and can be put back;
  `spend` costs money or reaches a person; `destroy` cannot be put back. The last two are asked
  about before they run.
- **CLI**: with the fields that must be given; `clicksend-slack api OPERATION --help` shows all.
- **Slack**: the commands that use it. Admins can run every operation by hand with
  `/clicksend api OPERATION`, but for those of which it says why not: what is secret never passes
  through Slack, and those commands say so and link to ClickSend's dashboard.
"""
DASHBOARD = "[dashboard](https://dashboard.clicksend.com)"


def documented() -> list[str]:
    """The ids of the documented operations."""
    return [entry["id"] for entry in json.loads(OPERATIONS.read_text())]


def text() -> str:
    """The whole manual."""
    used, known = commands_of(), set(documented())
    parts = [HEAD]
    for family, ids in groupby(registry.all_ids(), key=lambda each: each.partition(".")[0]):
        rows = [_row(registry.operation(each), used, known) for each in ids]
        parts.append("\n".join([f"\n## {family}\n", *_table(rows)]) + "\n")
    return "".join(parts)


def ids_in(manual: str) -> list[str]:
    """The operations that have a row in a manual."""
    return [line.split("`")[1] for line in manual.splitlines() if line.startswith("| `")]


def commands_of() -> dict[str, list[str]]:
    """The Slack commands, and the alerts, that use each operation."""
    found: dict[str, list[str]] = defaultdict(list)
    for spec in build_router().commands.values():
        for each in spec.uses:
            found[each].append(spec.shortcut or f"/clicksend {spec.words}")
    watching = [*(SERVICES / f"{name}.py" for name in WATCHES), *ALERTS.rglob("*.py")]
    for each in sorted(mentioned(watching)):
        found[each].append("alerts")
    return found


def mentioned(files: Iterable[Path]) -> set[str]:
    """The operations whose classes these modules import."""
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_OPERATIONS):
                found |= set(_imported(node))
    return found


_OPERATIONS = "bot.clicksend.operations."


def _imported(node: ast.ImportFrom) -> Iterator[str]:
    family = (node.module or "").removeprefix(_OPERATIONS)
    by_class = {
        registry.operation(each).__name__: each
        for each in registry.all_ids()
        if each.startswith(f"{family}.")
    }
    return (by_class[alias.name] for alias in node.names if alias.name in by_class)


def _row(
    cls: type[Operation[Any]], used: Mapping[str, list[str]], known: set[str]
) -> tuple[str, ...]:
    route = cls.route
    needed = [
        f" --{field.wire} …" if not field.secret else f" --{field.wire}"
        for field in fields(cls)
        if field.required
    ]
    note = "" if route.id in known else " (undocumented)"
    return (
        f"`{route.id}`",
        summary(cls) + note,
        f"`{route.method} {route.path}`",
        route.effect.value,
        f"`clicksend-slack api {route.id}{''.join(needed)}`",
        _slack(cls, used.get(route.id, [])),
    )


def _slack(cls: type[Operation[Any]], commands: list[str]) -> str:
    named = ", ".join(each if each == "alerts" else f"`{each}`" for each in commands)
    reason = api_rules.kept_out(cls)
    by_hand = "by hand"
    if reason:
        by_hand = (
            f"not by hand: {reason}" if named else f"not from Slack, in the {DASHBOARD}: {reason}"
        )
    return f"{named}; {by_hand}" if named else by_hand


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| Operation | What it does | Method and path | Effect | CLI | Slack |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
