"""A postal address as fields of a form: of who gets post, and of where it goes back to."""

from __future__ import annotations

from dataclasses import dataclass, fields

from phonenumbers import SUPPORTED_REGIONS

from bot.clicksend.post import Address as Found
from bot.slack.blocks import Block
from bot.slack.calls import View
from bot.texts import Phrase, say
from commands.fields import text_field

_LONGEST = 100
_LABELS: dict[str, tuple[Phrase, Phrase | None]] = {
    "name": (Phrase("Name"), Phrase("Of the person or the business.")),
    "line_1": (Phrase("Street and number"), None),
    "line_2": (Phrase("More of the address"), Phrase("Such as a flat, a floor or a building.")),
    "city": (Phrase("City or suburb"), None),
    "state": (
        Phrase("State"),
        Phrase("Needed in Australia, Canada and the United States, such as NSW."),
    ),
    "postal_code": (Phrase("Post code"), None),
    "country": (Phrase("Country"), Phrase("Its two letters, such as AU or GB.")),
}
_OPTIONAL = frozenset({"line_2", "state"})
_STATES = frozenset({"AU", "CA", "US"})


@dataclass(frozen=True, slots=True)
class Address:
    """An address as somebody typed it, or as ClickSend read it."""

    name: str = ""
    line_1: str = ""
    line_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""

    @classmethod
    def read(cls, view: View) -> Address:
        """As it stands in a form; the country in capitals."""
        typed = {
            each.name: " ".join(view.text(f"address_{each.name}").split()) for each in fields(cls)
        }
        return cls(**typed | {"country": typed["country"].upper()})

    @classmethod
    def of(cls, found: Found) -> Address:
        """As ClickSend has it; what it does not say is empty."""
        known = {each.name: getattr(found, f"address_{each.name}") or "" for each in fields(cls)}
        return cls(**{name: str(value)[:_LONGEST] for name, value in known.items()})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; the country stands there by itself."""
        return not any(self.wire[f"address_{name}"] for name in _LABELS if name != "country")

    @property
    def wire(self) -> dict[str, str]:
        """The fields by ClickSend's names."""
        return {f"address_{each.name}": getattr(self, each.name) for each in fields(self)}

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong with it, by block."""
        found = {
            f"address_{name}": say("{label} is missing.", label=label)
            for name, (label, _) in _LABELS.items()
            if name not in _OPTIONAL and not getattr(self, name)
        }
        if self.country and self.country not in SUPPORTED_REGIONS:
            found["address_country"] = say("A country by its two letters, such as AU or GB.")
        if self.country in _STATES and not self.state:
            found["address_state"] = say("An address in this country needs its state, such as NSW.")
        return found

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the fields that are wrong or not there, as the form calls them."""
        return tuple(str(_LABELS[block.removeprefix("address_")][0]) for block in self.wrong)


def address_fields(address: Address, *, optional: bool = False) -> list[Block]:
    """The fields, with what is known.

    Args:
        address: What is known.
        optional: Whether all of them may stay empty, for Slack; the form checks for itself.
    """
    return [
        text_field(
            f"address_{name}",
            label,
            getattr(address, name),
            most=_LONGEST,
            hint=hint,
            optional=optional or name in _OPTIONAL,
        )
        for name, (label, hint) in _LABELS.items()
    ]
