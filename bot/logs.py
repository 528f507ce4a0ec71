"""Logging: structlog and the standard library's, in one format on standard error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import structlog
from pydantic import SecretStr

from bot.redaction import Redaction
from bot.setting_types import LogFormat
from bot.settings import Settings
from bot.settings_spaces import keys_of

_redactions: list[Redaction] = []
"""What the lines of this process's log go through, once it is set up."""


def hide(*secrets: str) -> None:
    """Never show these, which no setting holds; what was logged before stays as it is."""
    for redaction in _redactions:
        redaction.learn(*secrets)


def configure(level: str, form: LogFormat, *, secrets: Iterable[str] = ()) -> None:
    """Set up logging for the process.

    Args:
        level: `debug`, `info`, `warning` or `error`, in any case.
        form: JSON (an object a line) or console.
        secrets: Values that must never be shown.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    _redactions[:] = [Redaction(secrets)]
    last: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        _redactions[0],
        structlog.processors.JSONRenderer()
        if form is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a skipped fire is no news
    # httpx names each address it asks, and some of those are secrets.
    for chatty in ("slack_bolt", "slack_sdk", "aiosqlite", "alembic", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """What must never be shown: every secret setting, and the database's password."""
    values = (getattr(settings, name) for name in Settings.model_fields)
    found = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    password = unquote(urlsplit(settings.database_url).password or "")
    keys = keys_of(settings.encryption_keys)
    return (*found, *keys, *([password] if password else []))
