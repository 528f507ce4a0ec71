"""`clicksend-slack api`: any operation of the ClickSend API, from the command line."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Annotated, Any, NoReturn

import typer
from pydantic import JsonValue
from rich.console import Console

from bot.cli import arguments, printing
from bot.cli.arguments import UsageError
from bot.clicksend import ClickSend, ClickSendError, Effect, Operation
from bot.clicksend.fields import EFFECTS, Field, reads_pages
from bot.clicksend.shown import refused, shown, shown_item, shown_request
from bot.settings import SettingsError, load_clicksend
from bot.settings_clicksend import ClickSendSettings

CONTEXT = {"ignore_unknown_options": True, "allow_extra_args": True}
"""For Typer: the fields of an operation are options that only the operation knows."""

_FAILED, _USAGE = 1, 2


def api(
    context: typer.Context,
    operation: Annotated[
        str | None, typer.Argument(help="An operation id, such as account.get; see --list.")
    ] = None,
    *,
    list_: Annotated[
        bool, typer.Option("--list", help="List the operations, or those that hold a text.")
    ] = False,
    json_: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE|-", help="Fields as a JSON object, from a file."),
    ] = None,
    all_pages: Annotated[
        bool, typer.Option("--all-pages", help="Read a list to its end; prints its items.")
    ] = False,
    table: Annotated[bool, typer.Option("--table", help="Print a table instead of JSON.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before something is spent or destroyed.")
    ] = False,
    help_: Annotated[
        bool, typer.Option("--help", help="This; after an operation id, what that takes.")
    ] = False,
) -> None:
    """Run any operation of the ClickSend API, as `api OPERATION --field value`.

    Only CLICKSEND_USERNAME and CLICKSEND_API_KEY are needed. The answer is printed as JSON,
    secrets masked. Exit code: 0 done, 1 ClickSend did not do it (all of it), 2 bad usage.
    """
    output, errors = _console(), _console(stderr=True)
    try:
        if list_:
            _list(output, operation, table=table)
        elif operation is None:
            typer.echo(context.get_help())
            raise typer.Exit(0 if help_ else _USAGE)
        elif help_:
            output.print(printing.manual(arguments.named(_id(operation))))
        else:
            built = _built(_id(operation), context.args, json_, all_pages=all_pages)
            _perform(built, output, errors, all_pages=all_pages, table=table, yes=yes)
    except UsageError as error:
        _stop(errors, _USAGE, *error.lines)


def _id(typed: str) -> str:
    if typed.startswith("-"):
        raise UsageError("The operation id comes first: clicksend-slack api OPERATION --field …")
    return typed


def _list(output: Console, wanted: str | None, *, table: bool) -> None:
    found = printing.matching(wanted)
    if not found:
        raise UsageError(f"No operation's id holds {(wanted or '')[:80]!r}.")
    if table:
        output.print(printing.listing(found))
    for cls in () if table else found:
        typer.echo(printing.line(cls))


def _built(
    operation_id: str, typed: list[str], document: str | None, *, all_pages: bool
) -> Operation[Any]:
    cls = arguments.named(operation_id)
    if all_pages and not reads_pages(cls):
        raise UsageError(f"--all-pages: {cls.route.id} does not answer a list of pages.")
    return arguments.build(cls, typed, document, _secret)


def _perform(
    operation: Operation[Any],
    output: Console,
    errors: Console,
    *,
    all_pages: bool,
    table: bool,
    yes: bool,
) -> None:
    """Ask if need be, run it once, print what came."""
    try:
        settings = load_clicksend()
    except SettingsError as error:
        _stop(errors, _USAGE, "The settings are not complete:", *error.problems)
    if not yes and operation.route.effect in {Effect.SPEND, Effect.DESTROY}:
        _ask(operation, settings, errors)
    try:
        answer, not_taken = asyncio.run(_run(settings, operation, all_pages=all_pages))
    except ClickSendError as error:
        _stop(errors, _FAILED, *printing.failure(error, operation.route.effect))
    except KeyboardInterrupt:
        _interrupted(operation, errors)
    if table:
        output.print(printing.as_table(answer))
    else:
        typer.echo(printing.as_json(answer))
    if not_taken:
        counted = ", ".join(dict.fromkeys(not_taken))
        _stop(errors, _FAILED, f"ClickSend did not take {len(not_taken)} of it: {counted}.")


async def _run(
    settings: ClickSendSettings, operation: Operation[Any], *, all_pages: bool
) -> tuple[JsonValue, list[str]]:
    """What ClickSend answers, fit to print, and the status of each message it did not take."""
    async with ClickSend(
        settings.clicksend_base_url, settings.clicksend_username, settings.clicksend_api_key
    ) as clicksend:
        if all_pages:
            return [shown_item(item) async for item in clicksend.pages(operation)], []
        answer = await clicksend.run(operation)
    changes = operation.route.effect is not Effect.READ
    return shown(type(operation), answer), refused(answer) if changes else []


def _ask(operation: Operation[Any], settings: ClickSendSettings, errors: Console) -> None:
    """Show what would happen, and wait for a yes."""
    route = operation.route
    if not _at_a_terminal():
        raise UsageError(
            f"{route.id} {EFFECTS[route.effect]}, and nobody is here to be asked: there is no "
            "terminal. Nothing was done. If you mean it, add --yes."
        )
    _say(errors, f"{route.id} ({route.method} {route.path}) {EFFECTS[route.effect]}.")
    _say(errors, f"On the account {settings.clicksend_username}:")
    _say(errors, printing.as_json(shown_request(operation)))
    errors.print("Do it? [y/N] ", end="")  # not typer.confirm, which writes to the output, too
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        _stop(errors, _FAILED, "Not done: nothing was sent, changed or charged.")


def _interrupted(operation: Operation[Any], errors: Console) -> NoReturn:
    if operation.route.effect is Effect.READ:
        _stop(errors, _FAILED, "Interrupted. Nothing was changed: it only reads.")
    _stop(errors, _FAILED, "Interrupted.", printing.may_have(operation.route.id))


def _secret(field: Field) -> str | None:
    """A secret from the environment, or typed where nobody sees it."""
    if value := os.environ.get(arguments.variable(field)):
        return value
    if not _at_a_terminal():
        return None
    typed: str = typer.prompt(field.wire, hide_input=True, err=True)
    return typed


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def _stop(errors: Console, code: int, *lines: str) -> NoReturn:
    for line in lines:
        _say(errors, line)
    raise typer.Exit(code)


def _say(errors: Console, line: str) -> None:
    errors.print(printing.printable(line), soft_wrap=True)
