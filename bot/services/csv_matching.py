"""Columns matched to fields: what is wrong with a match, and what a text makes of a row. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.services import merging
from bot.services.bulk_check import aliases, fields_of
from bot.services.csv_file import Row
from bot.services.csv_rows import FIELDS, PHONE, REACHED_BY, slug
from bot.services.csv_spec import BULK, Spec
from bot.services.guards.repeats import ago
from bot.texts import say


def unmatched(kind: str, spec: Spec, fields: dict[int, str]) -> str | None:
    """What is wrong with a match of columns to fields, in words; None if nothing."""
    chosen = list(fields.values())
    twice = next((field for field in chosen if chosen.count(field) > 1), None)
    if twice:
        return say("{field} is chosen for more than one column.", field=FIELDS[twice])
    if kind == BULK and PHONE not in chosen:
        return say("Say which column holds the phone numbers.")
    if not any(field in chosen for field in REACHED_BY):
        return say("Say which column holds the phone numbers, fax numbers or emails.")
    known = known_names(spec.model_copy(update={"fields": fields}))
    unknown = [name for name in merging.names(spec.template) if name not in known]
    if unknown:
        return say(
            "The text asks for {unknown}. There is: {known}.",
            unknown=f"{{{unknown[0]}}}",
            known=", ".join(known),
        )
    return None


def known_names(spec: Spec) -> list[str]:
    """The merge fields that a file offers."""
    names = [*fields_of(spec).values(), *(slug(spec.columns[i]) for i in spec.fields)]
    return [name for name in dict.fromkeys(names) if name]


def example(spec: Spec, row: Row) -> str:
    """The text that a row makes, as far as it can be told before the checks."""
    values = {
        field: row.cells[i].strip()
        for i, field in fields_of(spec).items()
        if i < len(row.cells) and row.cells[i].strip()
    }
    return merging.merged(spec.template, aliases(spec, values))[0]


def repeated(same: list[tuple[str, datetime, int]], now: datetime) -> str:
    """Earlier bulk sends of the same text to some of the same numbers, in words (mrkdwn)."""
    return " ".join(
        say(
            "{actor} sent this text to {count:,} of these numbers {ago}.",
            actor=f"<@{actor}>",
            count=count,
            ago=ago(now - at),
        )
        for actor, at, count in same
    )
