"""What the bot keeps: tables, queries and migrations, on SQLite or PostgreSQL."""

from bot.store import home, people  # their tables and indexes belong to the metadata
from bot.store.database import Database, DatabaseInUseError
from bot.store.revisions import SchemaError
from bot.store.scope import WORKSPACE, Scope

__all__ = [
    "WORKSPACE",
    "Database",
    "DatabaseInUseError",
    "SchemaError",
    "Scope",
    "home",
    "people",
]
