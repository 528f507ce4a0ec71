"""The migrations, through Alembic: which are missing, and taking them."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.revisions import Schema, Step


def missing_from(current: str | None) -> Schema:
    """What is missing from tables at a revision; None: from a database without any."""
    scripts = ScriptDirectory.from_config(_config())
    target = str(scripts.get_current_head())
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        return Schema(current, target, newer=True)
    steps = scripts.iterate_revisions(target, current or "base")
    missing = tuple(Step(step.revision, (step.doc or "").rstrip(".")) for step in steps)
    return Schema(current, target, missing[::-1])


def take(connection: Connection, to: str) -> None:
    """Bring the tables to a revision, within the transaction of the connection."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    return config
