"""Alembic's environment: migrates over the connection it is handed."""

from alembic import context

import bot.store.tables  # noqa: F401 - it fills the metadata
from bot.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
