"""What every table begins with: the metadata, the columns that say whose a row is."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def scope_columns(*, key: bool = False) -> tuple[Column[str], Column[str]]:
    """The two columns that every row begins with, as part of the primary key or not."""
    return (
        Column("workspace", String(32), primary_key=key, nullable=False),
        Column("account", String(128), primary_key=key, nullable=False),
    )
