"""How contacts look in Slack: what a search found, and one of them with its buttons."""

from __future__ import annotations

from bot.clicksend import Page
from bot.clicksend.operations.contacts import Contact
from bot.clicksend.operations.search import SearchHit
from bot.services.contacts import name_of
from bot.services.csv_rows import FIELDS
from bot.services.recipients import for_people
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    confirm,
    fields,
    header,
    section,
)
from bot.texts import many, say
from commands.answers import plain
from commands.changes import shown, turns

PAGE, SHOW, DELETE = "contact.page", "contact.show", "contact.delete"
CHANGE, COPY, MOVE = "contact.change", "contact.copy", "contact.move"


def render_hits(page: Page[SearchHit], number: int, text: str) -> Message:
    """A page of what matches."""
    if not page.data:
        return plain(_nobody(shown(text), number))
    lines: list[Block] = []
    spoken = []
    for hit in page.data:
        who = f"{shown(hit.name)} · {shown(hit.contact, say('no address'))}"
        if hit.type == "list":
            line = say("List *{name}* `{id}`", name=shown(hit.name), id=hit.id)
            if hit.contacts_count is not None:
                size = many("{count:,} contact", "{count:,} contacts", hit.contacts_count)
                line = f"{line} · {size}"
            pressed = button(say("Show"), f"list.show:{hit.id}", value=str(hit.id))
        else:
            line, pressed = who, button(say("Show"), f"{SHOW}:{hit.id}", value=str(hit.id))
        lines.append(section(line, accessory=pressed))
        spoken.append(line)
    last = page.last_page or number
    more = turns(PAGE, number, last, text)
    total = len(page.data) if page.total is None else page.total
    title = say("{total:,} found, page {number} of {last}", total=total, number=number, last=last)
    blocks = [section(title), *lines, *([buttons(*more)] if more else [])]
    return Message("\n".join([title, *spoken]), tuple(blocks))


def _nobody(text: str, number: int) -> str:
    if number > 1:
        return say("Nobody and no list matches {text} on page {number}.", text=text, number=number)
    return say("Nobody and no list matches {text}.", text=text)


def render(contact: Contact, list_id: int | None) -> Message:
    """One contact, with what can be done to it."""
    number = contact.list_id or list_id
    ref = f"{number}/{contact.contact_id}"
    values = {name: getattr(contact, name) for name in FIELDS}
    facts = [f"*{FIELDS[name]}*\n{_value(name, value)}" for name, value in values.items() if value]
    of_list = shown(contact.list_name, str(number))
    where = say("In the list {name} · `{ref}`", name=of_list, ref=ref)
    ask = confirm(
        say("Delete this contact?"),
        say(
            "{who} is deleted from the list, and cannot be put back.",
            who=shown(name_of(contact), longest=100),
        ),
        ok=say("Yes, delete it"),
        deny=say("Keep it"),
    )
    blocks: list[Block] = [
        header(clip(name_of(contact), 140)),
        *(fields(*facts[start : start + 10]) for start in range(0, len(facts), 10)),
        section(where),
        buttons(
            button(say("Change…"), CHANGE, value=ref),
            button(say("Copy…"), COPY, value=ref),
            button(say("Move…"), MOVE, value=ref),
            button(say("Delete"), DELETE, value=ref, style="danger", ask=ask),
        ),
    ]
    return Message("\n".join([shown(name_of(contact)), *facts, where]), tuple(blocks))


def _value(name: str, value: str) -> str:
    return shown(
        for_people(value) if name in {"phone_number", "fax_number"} else value, longest=900
    )
