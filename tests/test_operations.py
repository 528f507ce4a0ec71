"""Every operation has everything: a class, a recording, a row in the manual, a sandbox route."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from bot.clicksend import UnknownOperation, registry
from bot.clicksend.fields import fields
from bot.sandbox.clicksend.table import ROUTES
from bot.services import api_rules
from commands import api_views, build_router
from tests.docs import count, operations
from tests.recording import documented

WHOLE = "class", "recording", "row", "route"


def missing(ids: Iterable[str]) -> dict[str, list[str]]:
    """What each operation lacks; empty when none lacks anything."""
    rows = set(operations.ids_in(operations.TARGET.read_text()))
    served = {route.id for route in ROUTES}
    lacks: dict[str, list[str]] = {}
    for each in ids:
        has = {
            "class": each in registry.all_ids() and registry.operation(each).route.id == each,
            "recording": (documented.FOLDER / f"{each}.yaml").exists(),
            "row": each in rows,
            "route": each in served,
        }
        if not all(has.values()):
            lacks[each] = [name for name in WHOLE if not has[name]]
    return lacks


def test_every_operation_of_the_registry_is_whole() -> None:
    known = operations.documented()
    assert len(known) == len(set(known)) == 194
    assert missing(known) == {}


def test_the_count_sees_what_is_missing() -> None:
    assert missing(["sms.send", "sms.sned"]) == {"sms.sned": list(WHOLE)}
    with pytest.raises(UnknownOperation):
        registry.operation("sms.sned")


def test_the_manual_is_the_one_the_code_gives() -> None:
    assert operations.TARGET.read_text() == operations.text(), "run `make docs`"
    assert operations.ids_in(operations.text()) == list(registry.all_ids())


def test_the_manuals_calls_name_every_field_that_must_be_given() -> None:
    rows = [line for line in operations.text().splitlines() if line.startswith("| `")]
    for name, row in zip(registry.all_ids(), rows, strict=True):
        call = re.search(r"`clicksend-slack api ([\w.]+)([^`]*)`", row)
        assert call is not None
        assert call[1] == name
        named = re.findall(r"--(\S+)", call[2])
        assert named == [each.wire for each in fields(registry.operation(name)) if each.required]


def test_the_slack_column_has_a_command_the_runner_or_a_reason_for_each_operation() -> None:
    rows = [line for line in operations.text().splitlines() if line.startswith("| `")]
    said = {line.split("`")[1]: line.rsplit(" | ", 1)[1].removesuffix(" |") for line in rows}
    assert len(said) >= 194
    for name, cell in said.items():
        cls = registry.operation(name)
        reason = api_rules.kept_out(cls)
        if reason is None:
            assert cell.endswith("by hand"), name
            continue
        assert cell.endswith(reason), name
        assert cell.startswith(
            ("`/", "alerts", f"not from Slack, in the {operations.DASHBOARD}")
        ), name
        told = api_views.refusal(cls, reason)
        assert "dashboard.clicksend.com" in str([each.to_dict() for each in told.blocks]), name
    without = {name for name, cell in said.items() if cell.startswith("not from Slack")}
    assert without == {
        *("account.create", "account.verify", "account.forgot_password"),
        *("account.forgot_username", "account.verify_forgot_password"),
        *("recharge.update_payment_info", "reseller.create"),
        *("reseller.update", "subaccounts.regenerate_api_key"),
    }


def test_the_commands_declare_the_operations_that_the_code_runs() -> None:
    """By their imports; what the watches use is posted as alerts, not asked for."""
    declared = {each for spec in build_router().commands.values() for each in spec.uses}
    assert declared <= set(registry.all_ids())
    services = [
        path
        for folder in (operations.COMMANDS, operations.SERVICES)
        for path in folder.glob("*.py")
        if path.stem not in operations.WATCHES
    ]
    sends = operations.mentioned(operations.CHANNELS.glob("*.py"))
    assert declared - sends <= operations.mentioned(services)
    assert operations.mentioned(services) <= declared


def _reached(noun: Path) -> set[Path]:
    """A noun's module, and the modules of commands that it imports from, and so on."""
    found, waiting = set[Path](), [noun]
    while waiting:
        path = waiting.pop()
        found.add(path)
        names = re.findall(r"^from commands\.(\w+) import", path.read_text(), re.MULTILINE)
        near = {operations.COMMANDS / f"{each}.py" for each in names}
        waiting += near - found
    return found


def test_a_command_declares_no_more_than_its_noun_can_reach() -> None:
    """A noun's module imports the operation, or the service or part of a form that runs it."""
    of_services = operations.mentioned(operations.SERVICES.rglob("*.py"))
    of_module = cache(lambda path: operations.mentioned([path]))
    for words, spec in build_router().commands.items():
        noun = operations.ROOT / (spec.handler.__module__.replace(".", "/") + ".py")
        reached = of_services.union(*map(of_module, _reached(noun)))
        assert set(spec.uses) <= reached, words


def test_an_operation_takes_few_lines() -> None:
    print(count.report())  # noqa: T201 - for whoever reads along
    assert count.average() <= count.MOST
