"""What the bot keeps: tables, queries and migrations, on SQLite or PostgreSQL."""

from bot.store.database import Database, DatabaseInUseError
from bot.store.schema import SchemaError
from bot.store.scope import Scope

__all__ = ["Database", "DatabaseInUseError", "SchemaError", "Scope"]
