"""What the bot keeps: tables, queries and migrations, on SQLite or PostgreSQL."""

from bot.store import home, people  # their tables and indexes belong to the metadata
from bot.store.database import Database, DatabaseInUseError
from bot.store.scope import Scope

__all__ = ["Database", "DatabaseInUseError", "Scope", "home", "people"]
