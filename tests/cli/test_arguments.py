"""From text to an operation, with the kinds of field that are rare in the real ones."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, Secret, SecretStr

from bot.cli.arguments import UsageError, build
from bot.cli.printing import as_json, printable
from bot.clicksend import Effect, Operation, Route
from bot.clicksend.fields import Kind, fields
from bot.clicksend.requests import Part
from bot.clicksend.shown import shown_request


class Inner(Part):
    """A part.

    Attributes:
        pin: A secret within.
    """

    pin: SecretStr | None = None


class Odd(Operation[None]):
    """Take one of everything.

    Attributes:
        password: The new password,
            at least so long.
    """

    route = Route("odd.run", "PUT", "/odd/{odd_id}", Effect.WRITE)
    odd_id: int
    password: SecretStr
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    enabled: bool | None = None
    amount: Decimal | None = None
    words: tuple[str, ...] = ()
    action: Literal["URL", "POLL"] | None = None
    level: Literal[0, 1] | None = None
    levels: tuple[Literal[0, 1], ...] = ()
    month: Secret[int] | None = None
    anything: dict[str, object] | None = None
    at: datetime | None = None
    inner: Inner | None = None


def nobody(field: object) -> str | None:
    del field
    return None


def somebody(field: object) -> str | None:
    del field
    return "hunter2"


def test_each_kind_of_field_is_known_with_its_help() -> None:
    found = {field.wire: field for field in fields(Odd)}
    kinds = {wire: field.kind for wire, field in found.items()}
    assert kinds == {
        "odd_id": Kind.INTEGER,
        "password": Kind.SECRET,
        "from": Kind.TEXT,
        "enabled": Kind.BOOLEAN,
        "amount": Kind.NUMBER,
        "words": Kind.LIST,
        "action": Kind.CHOICE,
        "level": Kind.CHOICE,
        "levels": Kind.LIST,
        "month": Kind.SECRET,
        "anything": Kind.JSON,
        "at": Kind.MOMENT,
        "inner": Kind.JSON,
    }
    assert found["action"].choices == ("URL", "POLL")
    assert found["password"].help == "The new password, at least so long."
    assert [part.help for part in found["inner"].parts] == ["A secret within."]
    assert {wire for wire, field in found.items() if field.place == "path"} == {"odd_id"}
    assert {wire for wire, field in found.items() if field.secret} == {
        "password",
        "inner",
        "month",
    }


def test_text_becomes_the_values_it_spells() -> None:
    typed = [
        *("--odd-id", "7", "--from", "Us", "--enabled", "true", "--amount", "-1.50"),
        *("--words", "a", "--words=--b", "--action", "POLL", "--anything", '{"a": [1]}'),
        *("--level", "1", "--levels", "0", "--levels", "1"),
    ]
    built = build(Odd, typed, None, somebody)
    assert isinstance(built, Odd)
    assert (built.odd_id, built.from_, built.enabled) == (7, "Us", True)
    assert built.amount == Decimal("-1.50")
    assert built.words == ("a", "--b")
    assert (built.level, built.levels) == (1, (0, 1))
    assert built.anything == {"a": [1]}
    assert built.password.get_secret_value() == "hunter2"


def test_a_secret_on_the_command_line_is_refused_and_not_repeated() -> None:
    for words in (["--password", "hunter2"], ["--password=hunter2"]):
        with pytest.raises(UsageError, match="CLICKSEND_FIELD_PASSWORD") as caught:
            build(Odd, ["--odd-id", "7", *words], None, somebody)
        assert "hunter2" not in str(caught.value)


def test_a_required_secret_that_nobody_gives_is_named() -> None:
    with pytest.raises(UsageError, match="password is a secret and must be given"):
        build(Odd, ["--odd-id", "7"], None, nobody)


def test_what_is_shown_of_a_request_holds_no_secret() -> None:
    built = Odd(odd_id=7, password=SecretStr("hunter2"), inner=Inner(pin=SecretStr("1234")))
    shown = json.dumps(shown_request(built))
    assert "hunter2" not in shown
    assert "1234" not in shown
    assert shown.count("**********") == 2


def test_a_document_with_a_field_twice_is_refused(tmp_path: object) -> None:
    path = f"{tmp_path}/fields.json"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - the path is text here
        json.dump({"from": "a", "from_": "b", "odd_id": 1}, file)
    with pytest.raises(UsageError, match="from is there twice"):
        build(Odd, [], path, somebody)


@given(st.lists(st.text(max_size=12), max_size=6))
def test_whatever_is_typed_builds_or_is_bad_usage(words: list[str]) -> None:
    try:
        built = build(Odd, words, None, nobody)
    except UsageError:
        return
    assert isinstance(built, Odd)


@given(st.text())
def test_what_is_printed_cannot_drive_a_terminal(text: str) -> None:
    printed = printable(text)
    assert not any(ord(char) < 0x20 and char not in "\n\t" for char in printed)
    assert not any(0x7F <= ord(char) < 0xA0 for char in printed)
    assert json.loads(as_json({"a": text})) == {"a": text}
