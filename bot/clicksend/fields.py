"""What an operation takes, for whoever builds it from text: a command line, a form, a manual.

Everything here comes from the operation's own model and docstring, so that a new operation needs
nothing but its class.
"""

from __future__ import annotations

import enum
import functools
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, Secret, SecretBytes, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from bot.clicksend.operation import Effect, Operation

Schema = Mapping[str, Any]

EFFECTS: Mapping[Effect, str] = {
    Effect.READ: "reads, and changes nothing",
    Effect.WRITE: "changes something; it costs nothing and can be put back",
    Effect.SPEND: "costs money or reaches a person",
    Effect.DESTROY: "destroys something; it cannot be put back",
}
"""Each effect in words."""

_SECTION = re.compile(r"^\w+:$")
_ATTRIBUTE = re.compile(r"^(\w+): (.*)$")
_MODELS = "x-models"
_PLURAL = {"Length": "characters", "Items": "items"}


class Kind(enum.StrEnum):
    """How a value is written as text."""

    TEXT = "text"
    SECRET = "secret"
    INTEGER = "whole number"
    NUMBER = "number"
    BOOLEAN = "true or false"
    CHOICE = "one of"
    MOMENT = "time"
    LIST = "list"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an operation.

    Attributes:
        name: Its name in Python.
        wire: Its name on the wire.
        kind: How it is written.
        item: How an item of it is written, when it is a list.
        required: Whether it must be given.
        place: Where it travels: `path`, `query` or `body`.
        help: What the operation's docstring says of it; empty when it says nothing.
        values: What it (or an item of it) may be, when that is a closed set.
        limits: What pydantic's JSON schema says of it and of its items.
        parts: The fields of the object it holds, or of each object of its list.
    """

    name: str
    wire: str
    kind: Kind
    item: Kind
    required: bool
    place: str
    help: str
    values: tuple[object, ...]
    limits: Schema
    parts: tuple[Field, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """The same, as text."""
        return tuple(str(each) for each in self.values)

    @property
    def wants(self) -> str:
        """What may be given, in words: `whole number, 15 to 100`."""
        return ", ".join(each for each in (self._named(), _limited(self.limits)) if each)

    @property
    def secret(self) -> bool:
        """Whether it is a secret, or holds one."""
        return Kind.SECRET in {self.kind, self.item} or any(part.secret for part in self.parts)

    def _named(self) -> str:
        if self.choices:
            several = "list of " if self.kind is Kind.LIST else ""
            return f"{several}{Kind.CHOICE} {', '.join(self.choices)}"
        if self.kind is Kind.LIST:
            return f"list of {'JSON objects' if self.item is Kind.JSON else f'{self.item}s'}"
        return str(self.kind)


def summary(cls: type[Operation[Any]]) -> str:
    """The first line of an operation's docstring."""
    return (inspect.getdoc(cls) or "").partition("\n")[0].replace("``", "`")


def reads_pages(cls: type[Operation[Any]]) -> bool:
    """Whether an operation answers a page of a list, so that `ClickSend.pages` can run it."""
    own = getattr(cls, "following", None)
    return own is not None and own is not getattr(Operation, "following", None)


@functools.cache
def fields(cls: type[Operation[Any]]) -> tuple[Field, ...]:
    """The fields of an operation, in the order of its class.

    Args:
        cls: An operation class.

    Returns:
        The fields; those that must be given before the others.
    """
    # Beside the schema: the nested models, by the titles that it gives them.
    root = {**cls.model_json_schema(), _MODELS: {each.__name__: each for each in _nested(cls)}}
    return _of(cls, root, root, lambda name: _place(cls, name))


def read(field: Field, text: str) -> object:
    """A value from what somebody typed; the operation's own model checks it afterwards.

    Args:
        field: Whose value it is. Of a list, `text` is one item, or a JSON array of all.
        text: What was typed.

    Returns:
        What to hand to the model.

    Raises:
        ValueError: It should be JSON and is not; the message does not repeat it.
    """
    if field.choices:
        return next((each for each in field.values if str(each) == text.strip()), text)
    if Kind.JSON not in {field.kind, field.item}:
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        if field.limits.get("type") is None and field.kind is Kind.JSON:
            return text  # anything goes here, a plain text too
        place = error if isinstance(error, json.JSONDecodeError) else None
        where = f" (line {place.lineno}, column {place.colno})" if place else ""
        raise ValueError(f"this is not JSON{where}") from None


def problems(error: ValidationError, cls: type[Operation[Any]]) -> list[tuple[str, str]]:
    """What is wrong with the fields of an operation, without repeating any value.

    Args:
        error: What its model found.
        cls: The operation.

    Returns:
        The wire name of each field at fault (empty for the whole), and what is wrong with it.
    """
    wires = {name: info.serialization_alias or name for name, info in cls.model_fields.items()}
    found = []
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        first, *rest = [str(part) for part in each["loc"]] or [""]
        inside = f"{'.'.join(rest)}: " if rest else ""
        found.append((wires.get(first, first), inside + _words(each["type"], each["msg"])))
    return list(dict.fromkeys(found))


def _words(kind: str, message: str) -> str:
    if kind == "missing":
        return "it must be given"
    if kind == "extra_forbidden":
        return "there is no such field"
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text[:1].lower() + text[1:]


def _of(
    model: type[BaseModel], schema: Schema, root: Schema, place: Callable[[str], str]
) -> tuple[Field, ...]:
    """The fields of a model, from its part of the schema."""
    helps = _helps(model)
    found = [
        _field(name, info, schema, root, help_=helps.get(name, ""), place=place(name))
        for name, info in model.model_fields.items()
    ]
    return tuple(sorted(found, key=lambda field: not field.required))


def _field(
    name: str, info: FieldInfo, parent: Schema, root: Schema, *, help_: str, place: str
) -> Field:
    alias = info.validation_alias
    wire = info.serialization_alias or (alias if isinstance(alias, str) else name)
    properties = parent.get("properties", {})
    schema = _resolved(properties.get(wire, properties.get(name, {})), root)
    kind = _kind(schema)
    items = _resolved(schema.get("items", {}), root) if kind is Kind.LIST else schema
    item = Kind.SECRET if _hides(info.annotation) else _kind(items)
    model = root[_MODELS].get(items.get("title"))
    return Field(
        name=name,
        wire=wire,
        kind=kind if kind is Kind.LIST else item,
        item=item,
        required=info.is_required(),
        place=place,
        help=info.description or help_ or _described(schema),
        values=tuple(items.get("enum", [])),
        limits=schema,
        parts=_of(model, items, root, lambda _: place) if model else (),
    )


def _described(schema: Schema) -> str:
    """What a nested model says of itself; its attributes are told apart."""
    if "enum" in schema:
        return ""
    return str(schema.get("description", "")).partition("\n")[0].replace("``", "`")


def _hides(annotation: object) -> bool:
    """Whether an annotation is of a secret, which the schema of `Secret[int]` does not say."""
    kind = get_origin(annotation) or annotation
    if isinstance(kind, type) and issubclass(kind, Secret | SecretStr | SecretBytes):
        return True
    return any(_hides(part) for part in get_args(annotation))


def _resolved(schema: Schema, root: Schema) -> Schema:
    """A schema without its references, and without the `null` of an optional value."""
    if "$ref" in schema:
        target = root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {})
        return _resolved({**target, **{k: v for k, v in schema.items() if k != "$ref"}}, root)
    options = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if len(options) == 1:
        return _resolved(options[0], root)
    if options and all("type" in each and "$ref" not in each for each in options):
        # `number` or `string` is a Decimal; of other mixtures text can spell every one.
        types = [each["type"] for each in options]
        wider = {"object", "array"}.isdisjoint(types)
        return {**options[0], "type": "number" if "number" in types else "string"} if wider else {}
    if "const" in schema:
        return {**schema, "enum": [schema["const"]]}
    return {} if options else schema


def _kind(schema: Schema) -> Kind:
    if "enum" in schema:
        return Kind.CHOICE
    if schema.get("type") == "string":
        return Kind.MOMENT if schema.get("format") == "date-time" else Kind.TEXT
    kinds = {
        "integer": Kind.INTEGER,
        "number": Kind.NUMBER,
        "boolean": Kind.BOOLEAN,
        "array": Kind.LIST if "items" in schema else Kind.JSON,
    }
    return kinds.get(str(schema.get("type")), Kind.JSON)


def _limited(schema: Schema) -> str:
    found = [_range(schema.get("minimum"), schema.get("maximum"), "")]
    found += [
        _range(schema.get(f"min{what}"), schema.get(f"max{what}"), unit)
        for what, unit in _PLURAL.items()
    ]
    return ", ".join(each for each in found if each)


def _range(least: object, most: object, unit: str) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        words = f"at least {least}"
    elif least is None:
        words = f"at most {most}"
    else:
        words = f"{least}" if least == most else f"{least} to {most}"
    unit = unit.removesuffix("s") if words.endswith(" 1") or words == "1" else unit
    return f"{words} {unit}".strip()


def _place(cls: type[Operation[Any]], name: str) -> str:
    if name in cls.route.in_path:
        return "path"
    in_query = cls.route.method in {"GET", "DELETE"} or name in cls.route.query
    return "query" if in_query else "body"


def _nested(cls: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models within a model's fields, and within theirs."""
    for info in cls.model_fields.values():
        for found in _nested_in(info.annotation):
            yield found
            yield from _nested(found)


def _nested_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _nested_in(part)


def _helps(cls: type[BaseModel]) -> dict[str, str]:
    """What the docstrings of a model and of its bases say of each field."""
    found: dict[str, str] = {}
    for base in cls.__mro__:
        if issubclass(base, BaseModel):
            found = {**_attributes(inspect.cleandoc(base.__doc__ or "")), **found}
    return {name.rstrip("_"): text for name, text in found.items()} | found


def _attributes(docstring: str) -> dict[str, str]:
    """The `Attributes:` of a docstring: name to text, continued lines joined."""
    _, _, section = docstring.partition("Attributes:\n")
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _until_next_section(section.splitlines()):
        if named := _ATTRIBUTE.match(line.removeprefix("    ")):
            current = found.setdefault(named[1], [named[2]])
        elif line.strip():
            current.append(line.strip())
    return {name: " ".join(lines).replace("``", "`") for name, lines in found.items()}


def _until_next_section(lines: Sequence[str]) -> Sequence[str]:
    ends = [index for index, line in enumerate(lines) if _SECTION.match(line)]
    return lines[: ends[0]] if ends else lines
