"""Whose rows they are: every row, unique key and cache carries a workspace and an account."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, true

WORKSPACE = "default"
"""The workspace of every row, where one bot serves one workspace."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A Slack workspace (team id, `T…`) and a ClickSend account (API username)."""

    workspace: str
    account: str

    def columns(self) -> dict[str, str]:
        """Return the two columns that every row begins with."""
        return {"workspace": self.workspace, "account": self.account}

    def of(self, table: FromClause) -> ColumnElement[bool]:
        """Return the condition that a row of a table is of this workspace and account."""
        return and_(table.c.workspace == self.workspace, table.c.account == self.account)

    @staticmethod
    def whose(table: FromClause) -> ColumnElement[bool]:
        """Return what `of` does for a statement that is made once, and run with `bound`."""
        return and_(
            table.c.workspace == bindparam("its_workspace"),
            table.c.account == bindparam("its_account"),
        )

    def bound(self, **more: object) -> dict[str, object]:
        """Return the parameters of `whose`, with the others of a statement."""
        return {"its_workspace": self.workspace, "its_account": self.account, **more}


@dataclass(frozen=True, slots=True)
class Everybody(Scope):
    """Every workspace together: to count what there is, never to read or to change it."""

    workspace: str = "*"
    account: str = "*"

    def of(self, table: FromClause) -> ColumnElement[bool]:
        """Return the condition that is true of every row."""
        del table
        return true()
