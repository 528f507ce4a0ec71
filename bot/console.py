"""The command line for people: every command of `clicksend-slack`.

Each command imports what it needs when it is given: `--help` and the sandbox need none of the bot,
whose parts take a second to import.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.api import CONTEXT, api
from bot.cli.leaving import leave, settings_or_leave
from bot.sandbox.defaults import REQUEST_URL, Only
from bot.settings import SettingsError, load

main = typer.Typer(
    name="clicksend-slack",
    help="ClickSend in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
main.command("api", context_settings=CONTEXT, add_help_option=False)(api)
_errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


@main.command()
def run() -> None:
    """Run the bot, with the settings of the environment."""
    from bot.running import run as bot  # noqa: PLC0415 - see above

    bot()


@main.command()
def demo(
    *,
    tour: Annotated[bool, typer.Option(help="Stop when the tour is over.")] = False,
) -> None:
    """Run the bot against a local ClickSend and a local Slack, and play a tour; no credentials."""
    from bot.sandbox.demo import DemoError  # noqa: PLC0415 - see above
    from bot.sandbox.tour import TourError  # noqa: PLC0415 - see above

    try:
        asyncio.run(_demo(stay=not tour))
    except (DemoError, TourError) as error:
        _errors.print(f"The demo failed: {error}.")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        _errors.print("Stopped.")


async def _demo(*, stay: bool) -> None:
    from bot.sandbox.demo import stage  # noqa: PLC0415 - see above
    from bot.sandbox.tour import Tour  # noqa: PLC0415 - see above

    console = Console(highlight=False)
    async with stage(watch_seconds=6 if stay else 4) as running:
        page = running.slack.url
        if stay:
            console.print(f"[bold]Open {page}/[/] and watch; the tour begins there, or soon here.")
            await running.watched()
        await Tour(running, console).play()
        if stay:
            console.print(f"The page stays, and the bot behind it: {page}/ (Ctrl+C stops both).")
            await asyncio.Event().wait()


@main.command()
def sandbox(
    *,
    clicksend_port: Annotated[int, typer.Option(help="Where the local ClickSend listens.")] = 4010,
    slack_port: Annotated[int, typer.Option(help="Where the local Slack listens.")] = 4020,
    only: Annotated[Only | None, typer.Option(help="Start this one only.")] = None,
    request_url: Annotated[
        str, typer.Option(help="Where the bot takes payloads with BOT_MODE=http.")
    ] = REQUEST_URL,
) -> None:
    """Start a local ClickSend and a local Slack for a bot that you run yourself."""
    from bot.sandbox.standalone import standalone  # noqa: PLC0415 - see above

    try:
        asyncio.run(
            standalone(
                Console(highlight=False, soft_wrap=True),
                clicksend_port=clicksend_port,
                slack_port=slack_port,
                only=only,
                request_url=request_url,
            )
        )
    except OSError as error:
        leave(f"The sandbox cannot listen: {error}.")
    except KeyboardInterrupt:
        _errors.print("Stopped.")


@main.command()
def doctor() -> None:
    """Check every part of the bot, and say how to mend it; exit 1 when something is broken."""
    from bot.app.examination import examine  # noqa: PLC0415 - see above
    from bot.cli import doctor as diagnosis  # noqa: PLC0415 - see above

    console = Console(highlight=False, markup=False, soft_wrap=True)
    try:
        findings = asyncio.run(examine(load()))
    except SettingsError as error:
        findings = diagnosis.settings_problems(error.problems)
    raise typer.Exit(diagnosis.report(findings, console))


@main.command()
def migrate(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done.")
    ] = False,
) -> None:
    """Bring the database's tables to the newest version, in one transaction, and stop.

    Several that are started together take turns. Exit code 2: nothing was changed.
    """
    settings = settings_or_leave()
    from bot.cli.migrate import CannotMigrateError, migrated, shown  # noqa: PLC0415 - see above

    try:
        asyncio.run(shown(settings.database_url) if dry_run else migrated(settings.database_url))
    except CannotMigrateError as error:
        leave(str(error))
