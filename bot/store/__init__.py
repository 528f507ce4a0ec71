"""What the bot keeps: tables, queries and migrations, on SQLite or PostgreSQL."""

from bot.store import home, people, space_tables  # their tables and indexes belong to the metadata
from bot.store.database import Database, DatabaseInUseError
from bot.store.revisions import SchemaError
from bot.store.scope import WORKSPACE, Everybody, Scope

__all__ = [
    "WORKSPACE",
    "Database",
    "DatabaseInUseError",
    "Everybody",
    "SchemaError",
    "Scope",
    "home",
    "people",
    "space_tables",
]
