"""Things that are stored under a number, and the five operations most of them have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.fields import Reader, row
from bot.sandbox.clicksend.paging import page
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.wire import Answer, Data, Json, Said, missing

if TYPE_CHECKING:
    from bot.sandbox.clicksend.state import State


@dataclass
class Shelf:
    """Rows of one kind.

    Attributes:
        key: The name of their number.
        absent: What a 404 says.
        next: The number of the next one.
        rows: By number.
    """

    key: str
    absent: str = "Record not found."
    next: int = 1
    rows: dict[int, Json] = field(default_factory=dict)

    def add(self, made: Json) -> Json:
        """Store a row under the next number."""
        stored = {self.key: self.next, **made}
        self.rows[self.next] = stored
        self.next += 1
        return stored

    def get(self, number: int) -> Json:
        """The row of a number.

        Raises:
            RefusedError: 404.
        """
        if number not in self.rows:
            raise missing(self.absent)
        return self.rows[number]

    def delete(self, number: int) -> Json:
        """Take a row away.

        Raises:
            RefusedError: 404.
        """
        found = self.get(number)
        del self.rows[number]
        return found

    def all(self) -> list[Json]:
        """Every row, oldest first."""
        return list(self.rows.values())


def hidden(*names: str) -> Callable[[Json], Json]:
    """How to show a row without some of its fields."""
    return lambda found: {name: value for name, value in found.items() if name not in names}


def shown_whole(found: Json) -> Json:
    """How to show a row as it is."""
    return dict(found)


@dataclass(frozen=True)
class Stored:
    """A family of list, create, get, update and delete over one shelf.

    Attributes:
        family: The first half of the operations' ids.
        path: Where the list is.
        shelf: The shelf's name.
        readers: The table of the body.
        said: The message of each operation; one that is not named here does not exist.
        gone: The data with which a deletion answers.
        constant: Fields that every row has besides.
        listed: How a row is shown in the list.
        names: Ids that are not the family and the verb.
    """

    family: str
    path: str
    shelf: str
    readers: Mapping[str, Reader]
    said: Mapping[str, str]
    gone: Data = field(default_factory=list)
    constant: Mapping[str, object] = field(default_factory=dict)
    listed: Callable[[Json], Json] = shown_whole
    names: Mapping[str, str] = field(default_factory=dict)

    def routes(self, key: str) -> tuple[Route, ...]:
        """The routes.

        Args:
            key: The placeholder's name, which is the shelf's key.
        """
        one = f"{self.path}/{{{key}}}"
        table = (
            ("list", "GET", self.path, self._list),
            ("create", "POST", self.path, self._create),
            ("get", "GET", one, self._get),
            ("update", "PUT", one, self._update),
            ("delete", "DELETE", one, self._delete),
        )
        return tuple(
            Route(self.names.get(verb, f"{self.family}.{verb}"), method, path, run, self.said[verb])
            for verb, method, path, run in table
            if verb in self.said
        )

    def _list(self, state: State, call: Call) -> Answer:
        return page([self.listed(each) for each in state.shelf(self.shelf).all()], call)

    def _create(self, state: State, call: Call) -> Answer:
        return state.shelf(self.shelf).add({**row(call.body, self.readers), **self.constant})

    def _get(self, state: State, call: Call) -> Answer:
        return dict(self._found(state, call))

    def _update(self, state: State, call: Call) -> Answer:
        found = self._found(state, call)
        found.update(row({**found, **call.body}, self.readers))
        return Said(dict(found), self._text("update", found, state))

    def _delete(self, state: State, call: Call) -> Answer:
        found = self._found(state, call)
        shelf = state.shelf(self.shelf)
        shelf.delete(int(found[shelf.key]))
        return Said(self.gone, self._text("delete", found, state))

    def _found(self, state: State, call: Call) -> Json:
        shelf = state.shelf(self.shelf)
        return shelf.get(call.number(shelf.key))

    def _text(self, verb: str, found: Json, state: State) -> str:
        return self.said[verb].format(number=found[state.shelf(self.shelf).key])
