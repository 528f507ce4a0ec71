"""How contact lists look in Slack: all of them, and one with a page of its contacts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clicksend import Page
from bot.clicksend.operations.contacts import Contact
from bot.clicksend.operations.lists import ContactList
from bot.clicksend.operations.search import SearchHit
from bot.services.contacts import NoneFound, Ref, name_of
from bot.services.recipients import for_people
from bot.services.sending import new_id
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    confirm,
    context,
    header,
    section,
)
from bot.texts import Phrase, many, say
from commands.answers import plain
from commands.changes import shown, turns
from commands.contact_views import SHOW as SHOW_CONTACT

PAGE, SHOW, MEMBERS = "list.page", "list.show", "list.members"
DELETE, CLEAN, ANOTHER = "list.delete", "list.clean", "list.another"
_MOST_NEAR = _MOST_NAMED = 10
UNREAD = Phrase("The lists could not be read")


def render_lists(page: Page[ContactList], number: int) -> Message:
    """A page of the lists."""
    last = page.last_page or 0
    if not page.data:
        if number > 1:
            return plain(
                say(
                    "There is no page {number} of the contact lists; the last is {last}.",
                    number=number,
                    last=last,
                )
            )
        return plain(
            say("There are no contact lists. Make one with `/clicksend list create <name>`.")
        )
    lines: list[Block] = []
    spoken = []
    for each in page.data:
        line = f"*{shown(each.list_name)}* · `{each.list_id}` · {size(each)}"
        pressed = button(say("Show"), f"{SHOW}:{each.list_id}", value=str(each.list_id))
        lines.append(section(line, accessory=pressed))
        spoken.append(line)
    more = turns(PAGE, number, last)
    title = say("Contact lists, page {number} of {last}", number=number, last=max(last, number))
    blocks = [header(title), *lines, *([buttons(*more)] if more else [])]
    return Message("\n".join([title, *spoken]), tuple(blocks))


def name_taken(name: str, taken: Sequence[SearchHit]) -> Message:
    """The question whether there is to be a second list of a name."""
    ids = ", ".join(f"`{each.id}`" for each in taken[:_MOST_NAMED])
    text = say(
        ":warning: There is a list *{name}* already: {ids}. Nothing changed.",
        name=shown(name),
        ids=ids,
    )
    press = button(say("Make another one"), ANOTHER, value=f"{new_id()} {name}")
    return Message(text, (section(text), buttons(press)))


def render_list(found: ContactList, page: Page[Contact], number: int) -> Message:
    """A list with a page of its contacts, and a button to delete it that asks first."""
    last = page.last_page or 0
    name = shown(found.list_name, str(found.list_id))
    title = f"*{name}* · `{found.list_id}` · {size(found)}"
    lines: list[Block] = []
    spoken = []
    for each in page.data:
        ref = Ref(found.list_id, each.contact_id)
        line = f"{shown(name_of(each))} · {_address(each)} · `{ref}`"
        pressed = button(say("Show"), f"{SHOW_CONTACT}:{ref}", value=str(ref))
        lines.append(section(line, accessory=pressed))
        spoken.append(line)
    if not page.data:
        spoken = [
            say("There is no page {number}.", number=number)
            if number > 1
            else say("Nobody is in this list.")
        ]
        lines = [section(spoken[0])]
    place = say("page {number} of {last}", number=number, last=max(last, number))
    ask = confirm(
        say("Delete this list?"),
        say(
            "{list} is deleted with its contacts ({contacts}). Nobody can put them back.",
            list=shown(found.list_name, str(found.list_id), 80),
            contacts=size(found),
        ),
        ok=say("Yes, delete it"),
        deny=say("Keep it"),
    )
    more = turns(MEMBERS, number, last, str(found.list_id))
    remove = button(say("Delete list"), DELETE, value=str(found.list_id), style="danger", ask=ask)
    blocks = [
        header(clip(found.list_name or str(found.list_id), 140)),
        section(title),
        *lines,
        context(place),
        buttons(*more, remove),
    ]
    return Message("\n".join([title, *spoken, place]), tuple(blocks))


def none(text: str, found: NoneFound) -> Message:
    """No list, or no single one, goes by that name."""
    if not text.strip():
        return plain(say("Say which list, by its id or its name. See `/clicksend list`."))
    if not found.near:
        there_is_none = say("There is no list {name}. See `/clicksend list`.", name=shown(text))
        return plain(f":warning: {there_is_none}")
    near = "\n".join(
        f"`{hit.id}` {shown(hit.name, longest=100)}" for hit in found.near[:_MOST_NEAR]
    )
    rest = len(found.near) - _MOST_NEAR
    more = "\n" + say("and {count:,} more", count=rest) if rest > 0 else ""
    what = say(
        "More than one list, or none just so, is called {name}. Say which by its id:",
        name=shown(text),
    )
    return plain(f":warning: {what}\n{near}{more}")


def _address(contact: Contact) -> str:
    number = contact.phone_number or contact.fax_number
    return shown(for_people(number) if number else contact.email, say("no address"))


def size(found: ContactList) -> str:
    """How many contacts a list has, in words."""
    if found.contacts_count is None:
        return say("an unknown number of contacts")
    return many("{count:,} contact", "{count:,} contacts", found.contacts_count)
