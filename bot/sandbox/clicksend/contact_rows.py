"""The shape of a contact."""

from __future__ import annotations

from bot.sandbox.clicksend.fields import optional_text
from bot.sandbox.clicksend.recipients import recipient
from bot.sandbox.clicksend.wire import Json, refused

FIELDS = (
    "phone_number",
    "first_name",
    "last_name",
    "custom_1",
    "custom_2",
    "custom_3",
    "custom_4",
    "fax_number",
    "organization_name",
    "email",
    "address_line_1",
    "address_line_2",
    "address_city",
    "address_state",
    "address_postal_code",
    "address_country",
)


def contact(fields: Json, list_id: int, now: int) -> Json:
    """A contact's row.

    Args:
        fields: What somebody gave.
        list_id: Its list.
        now: Unix seconds.

    Raises:
        RefusedError: It has neither phone, fax nor email, or a number is none.
    """
    found: Json = {name: optional_text(fields, name) for name in FIELDS}
    found["list_id"] = list_id
    for name in ("phone_number", "fax_number"):
        if found[name]:
            found[name] = _number(found[name], found["address_country"], name)
    if not (found["phone_number"] or found["fax_number"] or found["email"]):
        raise refused(
            "One of phone_number, fax_number and email is required.", "MISSING_REQUIRED_FIELDS"
        )
    stamp = str(now)
    return {**found, "date_added": stamp, "date_updated": stamp}


def _number(written: str, country: str | None, name: str) -> str:
    read = recipient(written, country or "AU")
    if read is None:
        raise refused(f"The {name} field is not a valid number.", "INVALID_RECIPIENT")
    return read[0]
