"""`/clicksend api`: a form made of an operation's own fields, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from slack_sdk.models.blocks import (
    DateTimePickerElement,
    InputInteractiveElement,
    NumberInputElement,
    PlainTextInputElement,
    StaticSelectElement,
)

from bot.clicksend import Effect, Operation, registry
from bot.clicksend.fields import Field, Kind, fields, problems, summary
from bot.clicksend.fields import read as read_field
from bot.slack.blocks import (
    Block,
    Modal,
    Option,
    clip,
    context,
    escape,
    input_block,
    modal,
    section,
)
from bot.slack.calls import View
from bot.texts import Phrase, say
from commands.effects import EFFECTS

FORM = "api.form"
TITLE = Phrase("ClickSend API")
MOST_OPTIONS = 100
_LONGEST = 3000
_LONG = frozenset({"body", "content", "description", "client_comments"})
_NOT_OFFERED = Phrase("A secret is never typed here: the ClickSend dashboard takes it.")
_SUBMIT = {
    Effect.READ: Phrase("Run"),
    Effect.WRITE: Phrase("Review"),
    Effect.SPEND: Phrase("Price"),
    Effect.DESTROY: Phrase("Review"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form holds: a text for each field, and what it is for."""

    id: str
    operation: str
    channel: str
    values: Mapping[str, str] = field(default_factory=dict)
    previous: str | None = None


def form(typed: Typed, problem: str = "") -> Modal:
    """The form of an operation, with what was typed, and with a problem (mrkdwn) at its top."""
    cls = registry.operation(typed.operation)
    blocks: list[Block] = [
        *([section(f":warning: {problem}")] if problem else []),
        section(headline(cls)),
        *(_input(each, typed.values.get(each.name, "")) for each in offered(cls)),
        *([context(_NOT_OFFERED)] if any(each.secret for each in fields(cls)) else []),
    ]
    kept = {
        "id": typed.id,
        "operation": typed.operation,
        "channel": typed.channel,
        "previous": typed.previous,
    }
    return modal(
        FORM,
        TITLE,
        blocks,
        submit=_SUBMIT[cls.route.effect],
        close=say("Cancel"),
        private_metadata=json.dumps(kept),
    )


def headline(cls: type[Operation[Any]]) -> str:
    """What an operation is and does (mrkdwn)."""
    route = cls.route
    return (
        f"*{route.id}*\n{escape(summary(cls))}\n"
        f"`{route.method} {route.path}` · {EFFECTS[route.effect]}"
    )


def offered(cls: type[Operation[Any]]) -> tuple[Field, ...]:
    """The fields that a form has: a secret is none of them."""
    return tuple(each for each in fields(cls) if each.kind is not Kind.SECRET)


def read(view: View) -> Typed:
    """What was typed in a form."""
    kept = json.loads(view.private_metadata or "{}")
    name = str(kept.get("operation", ""))
    return Typed(
        id=str(kept.get("id", "")),
        operation=name,
        channel=str(kept.get("channel", "")),
        values={each.name: _text(each, view) for each in offered(registry.operation(name))},
        previous=kept.get("previous"),
    )


def check(typed: Typed) -> tuple[dict[str, str], Operation[Any] | None]:
    """What is wrong with a form, by block; or the operation it makes."""
    cls = registry.operation(typed.operation)
    given: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for each in offered(cls):
        text = typed.values.get(each.name, "")
        if text.strip():
            try:
                given[each.name] = _value(each, text)
            except ValueError as error:
                wrong[each.name] = say("{problem}; it is {wants}", problem=error, wants=each.wants)
    if wrong:
        return sentences(wrong), None
    try:
        return {}, cls.model_validate(given)
    except ValidationError as error:
        return sentences(_by_block(error, cls)), None


def written(operation: Operation[Any]) -> dict[str, str]:
    """The texts that make an operation again, for going back to its form."""
    values = operation.model_dump(mode="json", by_alias=True, exclude_none=True)
    texts = {
        each.name: _spelled(each, values[each.wire], getattr(operation, each.name))
        for each in offered(type(operation))
        if each.wire in values
    }
    return {name: text for name, text in texts.items() if len(text) <= _LONGEST}


def _input(each: Field, text: str) -> Block:
    hint = ". ".join(part.rstrip(".") for part in (each.help, each.wants) if part)
    return input_block(
        each.name, each.wire, _element(each, text), hint=f"{hint}.", optional=not each.required
    )


def _element(each: Field, text: str) -> InputInteractiveElement:
    if each.kind is Kind.MOMENT:
        at = int(text) if text.isdigit() else None
        return DateTimePickerElement(action_id=each.name, initial_date_time=at)
    if options := _options(each):
        chosen = next((option for option in options if option.value == text), None)
        return StaticSelectElement(action_id=each.name, options=options, initial_option=chosen)
    if each.kind in {Kind.INTEGER, Kind.NUMBER}:
        return NumberInputElement(
            action_id=each.name,
            is_decimal_allowed=each.kind is Kind.NUMBER,
            initial_value=text or None,
            min_value=_number(each.limits.get("minimum")),
            max_value=_number(each.limits.get("maximum")),
        )
    longest = min(int(each.limits.get("maxLength", _LONGEST)), _LONGEST)
    several = each.kind in {Kind.JSON, Kind.LIST} or each.name in _LONG
    return PlainTextInputElement(
        action_id=each.name,
        multiline=several,
        max_length=_LONGEST if each.kind is Kind.LIST else longest,
        initial_value=text or None,
        placeholder=_placeholder(each),
    )


def _options(each: Field) -> list[Option]:
    values = ("true", "false") if each.kind is Kind.BOOLEAN else each.choices
    if each.kind not in {Kind.BOOLEAN, Kind.CHOICE} or len(values) > MOST_OPTIONS:
        return []
    return [Option(value=value, text=clip(value, 75)) for value in values]


def _placeholder(each: Field) -> str | None:
    if each.kind is Kind.LIST and each.item is not Kind.JSON:
        return say("One on each line")
    if Kind.JSON not in {each.kind, each.item}:
        return None
    parts = ", ".join(f'"{part.wire}": …' for part in each.parts if part.required)
    inside = f"{{{parts or '…'}}}"
    return clip(f"[{inside}]" if each.kind is Kind.LIST else inside, 150)


def _number(limit: object) -> str | None:
    return None if limit is None else str(limit)


def _text(each: Field, view: View) -> str:
    if each.kind is Kind.MOMENT:
        at = view.moment(each.name)
        return "" if at is None else str(at)
    return (view.choice(each.name) if _options(each) else None) or view.text(each.name)


def _value(each: Field, text: str) -> object:
    if each.kind is Kind.LIST and each.item is not Kind.JSON:
        return [read_field(each, line) for line in text.splitlines() if line.strip()]
    found = read_field(each, text)
    return [found] if each.kind is Kind.LIST and not isinstance(found, list) else found


def _spelled(each: Field, dumped: object, value: object) -> str:
    if isinstance(value, datetime):
        return str(int(value.timestamp()))
    if isinstance(value, bool):  # 1 and 0 on some wires
        return "true" if value else "false"
    if isinstance(dumped, list) and each.item is not Kind.JSON:
        return "\n".join(str(item) for item in dumped)
    return dumped if isinstance(dumped, str) else json.dumps(dumped, ensure_ascii=False)


def _by_block(error: ValidationError, cls: type[Operation[Any]]) -> dict[str, str]:
    """What is wrong, at its block; what concerns several fields, at the first."""
    names = {each.wire: each.name for each in offered(cls)}
    first = next(iter(names.values()), "")
    wrong: dict[str, list[str]] = {}
    for wire, words in problems(error, cls):
        wrong.setdefault(names.get(wire, first), []).append(words)
    return {name: "; ".join(words) for name, words in wrong.items()}


def sentences(wrong: Mapping[str, str]) -> dict[str, str]:
    """Texts by block, each as a sentence that Slack shows whole."""
    return {name: clip(f"{text[:1].upper()}{text[1:]}.", 500) for name, text in wrong.items()}
