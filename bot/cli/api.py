"""`clicksend-slack api`: any operation of the ClickSend API, from the command line."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated, Any, NoReturn

import typer
from pydantic import JsonValue
from rich.console import Console

from bot.cli import arguments, printing, terminal
from bot.cli.arguments import UsageError
from bot.cli.terminal import FAILED, USAGE, console, stop
from bot.clicksend import ClickSend, ClickSendError, Effect, Operation
from bot.clicksend.fields import Field, reads_pages
from bot.clicksend.shown import refused, shown, shown_item
from bot.settings import SettingsError, load_clicksend
from bot.settings_clicksend import ClickSendSettings

CONTEXT = {"ignore_unknown_options": True, "allow_extra_args": True}
"""For Typer: the fields of an operation are options that only the operation knows."""


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
    anyway: Annotated[
        bool,
        typer.Option("--anyway", help="With --yes: send in spite of warnings, as of a duplicate."),
    ] = False,
    help_: Annotated[
        bool, typer.Option("--help", help="This; after an operation id, what that takes.")
    ] = False,
) -> None:
    """Run any operation of the ClickSend API, as `api OPERATION --field value`.

    Only CLICKSEND_USERNAME and CLICKSEND_API_KEY are needed. What spends or destroys goes the
    bot's own way, is kept in its database (DATABASE_URL), and limits, approvals and the audit trail
    hold for it. The answer is printed as JSON, secrets masked. Exit code: 0 done, 1 ClickSend did
    not do it (all of it), 2 bad usage, 3 it waits: for a second person, or for the bot.
    """
    output = console()
    try:
        if list_:
            _list(output, operation, table=table)
        elif operation is None:
            typer.echo(context.get_help())
            raise typer.Exit(0 if help_ else USAGE)
        elif help_:
            output.print(printing.manual(arguments.named(_id(operation))))
        else:
            built = _built(_id(operation), context.args, json_, all_pages=all_pages)
            _perform(built, all_pages=all_pages, table=table, yes=yes, anyway=anyway)
    except UsageError as error:
        stop(USAGE, *error.lines)


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
    operation: Operation[Any], *, all_pages: bool, table: bool, yes: bool, anyway: bool
) -> None:
    """Ask if need be, run it once, print what came."""
    effect = operation.route.effect
    try:
        if effect is Effect.SPEND:
            # What reads only needs neither the pipeline nor the database, nor waits for its import.
            from bot.cli import spending  # noqa: PLC0415 - see above
            from bot.settings_cli import load_cli  # noqa: PLC0415 - see above

            report = spending.perform(load_cli(), operation, yes=yes, anyway=anyway)
            _show(report.as_json(), table=table)
            spending.end(report)
            return
        if effect is Effect.DESTROY:
            from bot.cli import destroying  # noqa: PLC0415 - see above
            from bot.settings_cli import load_cli  # noqa: PLC0415 - see above

            _show(destroying.perform(load_cli(), operation, yes=yes), table=table)
            return
        answer, not_taken = asyncio.run(_run(load_clicksend(), operation, all_pages=all_pages))
    except SettingsError as error:
        stop(USAGE, "The settings are not complete:", *error.problems)
    except ClickSendError as error:
        stop(FAILED, *printing.failure(error, effect))
    except KeyboardInterrupt:
        _interrupted(operation)
    _show(answer, table=table)
    if not_taken:
        counted = ", ".join(dict.fromkeys(not_taken))
        stop(FAILED, f"ClickSend did not take {len(not_taken)} of it: {counted}.")


def _show(answer: JsonValue, *, table: bool) -> None:
    if table:
        console().print(printing.as_table(answer))
    else:
        typer.echo(printing.as_json(answer))


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


def _interrupted(operation: Operation[Any]) -> NoReturn:
    if operation.route.effect is Effect.READ:
        stop(FAILED, "Interrupted. Nothing was changed: it only reads.")
    stop(FAILED, "Interrupted.", printing.may_have(operation.route.id))


def _secret(field: Field) -> str | None:
    """A secret from the environment, or typed where nobody sees it."""
    if value := os.environ.get(arguments.variable(field)):
        return value
    if not terminal.is_there():
        return None
    typed: str = typer.prompt(field.wire, hide_input=True, err=True)
    return typed
