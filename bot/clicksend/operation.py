"""One operation of the API as one small frozen value."""

import enum
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, get_args, get_origin
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter, model_validator

from bot.clicksend.wiretypes import ON_THE_WIRE

T_co = TypeVar("T_co", covariant=True)

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Effect(enum.StrEnum):
    """What an operation does to the account."""

    READ = "read"
    """Changes nothing; may be repeated at will. The price operations too, though they POST."""
    WRITE = "write"
    """Changes something that costs nothing and can be put back."""
    SPEND = "spend"
    """Costs money or reaches a person."""
    DESTROY = "destroy"
    """Cannot be put back."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where an operation lives.

    Attributes:
        id: The operation id, such as ``sms.send``.
        method: The HTTP verb. It says nothing of safety: that is ``effect``.
        path: The path below the base URL, with ``{field}`` for what the path carries.
        effect: What the operation does.
        query: Fields that travel in the query although the method has a body.
        bare: Whether the answer may come without the usual envelope.
        documented: Whether the reference has it; if not, only the vendor's SDKs do.
    """

    id: str
    method: str
    path: str
    effect: Effect
    query: tuple[str, ...] = ()
    bare: bool = False
    documented: bool = True

    @property
    def in_path(self) -> tuple[str, ...]:
        """The fields the path carries."""
        return _placeholders(self.path)


@dataclass(frozen=True, slots=True)
class WireRequest:
    """An operation as it goes on the wire, below the base URL; its secrets are in the open."""

    method: str
    target: str = field(repr=False)
    """The percent-encoded path, and the query when there is one."""
    body: bytes | None = field(repr=False)
    """JSON, or None where the operation has no body fields."""


class Operation(BaseModel, Generic[T_co]):
    """A call that has not been made yet; ``T_co`` is what it answers.

    Path fields fill the path, percent-encoded; the other fields of a GET or DELETE go into the
    query, of any other method into the JSON body. ``Route.query`` names the exceptions. A field
    that is None is left out; several values in the query are ``name[0]``, ``name[1]``, ….
    ``model_dump(mode="json")`` and ``model_validate`` keep a value through storage, unless it holds
    a secret: that is masked in every dump, and the mask is refused when read back.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
        defer_build=True,
    )
    route: ClassVar[Route]

    if not TYPE_CHECKING:

        def __class_getitem__(cls, answer: Any) -> GenericAlias:
            """`Operation[T]`, as a note of what is answered.

            No field is a `T`, so pydantic's class of its own for each `T` would be of no use: 120
            of them are a tenth of the time until the bot is ready.
            """
            return GenericAlias(cls, answer)

    @model_validator(mode="after")
    def _path_is_plain(self) -> Self:
        """Refuse what would change the path: an empty part, ``.`` or ``..``."""
        for name in self.route.in_path:
            value = getattr(self, name)
            plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            if plain in {"", ".", ".."}:
                raise ValueError(f"{name} cannot be empty or a relative path")
        return self

    def wire(self) -> WireRequest:
        """The request this value stands for.

        Returns:
            Method, encoded path with query, and JSON body.
        """
        in_query, in_body = _places(type(self))
        path, query = self._path(), self._query(in_query)
        target = f"{path}?{query}" if query else path
        return WireRequest(self.route.method, target, self._body(in_body))

    def _path(self) -> str:
        route = self.route
        if not route.in_path:
            return route.path
        values = self._wired(frozenset(route.in_path), by_alias=False)
        return _PLACEHOLDER.sub(lambda m: _quoted(values[m[1]]), route.path)

    def _query(self, fields: frozenset[str]) -> str:
        if not fields:
            return ""
        pairs = _pairs(self._wired(fields))
        return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)

    def _wired(self, fields: frozenset[str], *, by_alias: bool = True) -> dict[str, Any]:
        """Fields as the wire has them, secrets in the open."""
        return self.model_dump(
            mode="json",
            by_alias=by_alias,
            exclude_none=True,
            include=set(fields),
            context=ON_THE_WIRE,
        )

    def _body(self, fields: frozenset[str]) -> bytes | None:
        if not fields:
            return None
        return self.model_dump_json(
            by_alias=True, exclude_none=True, include=set(fields), context=ON_THE_WIRE
        ).encode()


def _quoted(value: object) -> str:
    """A value percent-encoded; most are words and numbers, which `quote` would look at in vain."""
    text = str(value)
    return text if text.isascii() and text.isalnum() else quote(text, safe="")


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The pairs of a query; an array is spelled as PHP reads it."""
    for name, value in values.items():
        if isinstance(value, list):
            yield from ((f"{name}[{number}]", each) for number, each in enumerate(value))
        else:
            yield name, value


@functools.cache
def _placeholders(path: str) -> tuple[str, ...]:
    return tuple(_PLACEHOLDER.findall(path))


@functools.cache
def _places(cls: type[Operation[Any]]) -> tuple[frozenset[str], frozenset[str]]:
    """The fields of an operation that go into the query, and those that go into the body."""
    route = cls.route
    rest = frozenset(cls.model_fields) - set(route.in_path)
    if route.method in {"GET", "DELETE"}:
        return rest, frozenset()
    return rest & set(route.query), rest - set(route.query)


@functools.cache
def answer_type(cls: type[Operation[Any]]) -> Any:
    """What an operation class answers: the ``T`` of its ``Operation[T]``.

    Args:
        cls: An operation class.

    Returns:
        The type, for pydantic; Any because a type form has no better annotation in Python 3.11.
    """
    for each in cls.__mro__:
        for base in each.__dict__.get("__orig_bases__", ()):
            if get_origin(base) is Operation:
                return get_args(base)[0]
    raise TypeError(f"{cls.__name__} does not say what it answers")


@functools.cache
def answer_adapter(cls: type[Operation[Any]]) -> TypeAdapter[Any]:
    """The reader of a bare answer of an operation class.

    Args:
        cls: An operation class.

    Returns:
        Its adapter, built once.
    """
    return TypeAdapter(answer_type(cls))
