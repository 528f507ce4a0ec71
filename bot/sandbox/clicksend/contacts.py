"""Contact lists, their contacts, imports of files, and the search over both."""

from __future__ import annotations

import csv
import io

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.contact_rows import FIELDS, contact
from bot.sandbox.clicksend.exports import uploaded
from bot.sandbox.clicksend.fields import optional_integer, text, texts
from bot.sandbox.clicksend.paging import page
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.state import State
from bot.sandbox.clicksend.wire import Answer, Json, RefusedError, Said, missing, refused

_ADDRESSES = ("phone_number", "fax_number", "email")


def import_file(state: State, waiting: Json) -> None:
    """Make contacts of the lines of a file; a line that is none is left out and noted."""
    if waiting["list_id"] not in state.shelf("lists").rows:
        state.note("import: the list is gone", list_id=waiting["list_id"])
        return
    reader = csv.reader(io.StringIO(waiting["content"].decode(errors="replace")))
    order, skipped = waiting["field_order"], 0
    for line in reader:
        fields = dict(zip(order, line, strict=False))
        if all(name == value.strip().lower() for name, value in fields.items()):
            continue
        try:
            made = contact(fields, waiting["list_id"], int(state.now()))
            state.shelf("contacts").add(made)
        except RefusedError:
            skipped += 1
    state.note("import done", list_id=waiting["list_id"], skipped=skipped)


def _list(state: State, number: int) -> Json:
    found = state.shelf("lists").get(number)
    count = sum(each["list_id"] == number for each in state.shelf("contacts").all())
    return {**found, "_contacts_count": count}


def _lists(state: State, call: Call) -> Answer:
    return page([_list(state, number) for number in state.shelf("lists").rows], call)


def _create_list(state: State, call: Call) -> Answer:
    name = text(call.fields, "list_name")
    made = state.shelf("lists").add({"list_name": name, "list_email_id": state.new_id()[:16]})
    return _list(state, made["list_id"])


def _get_list(state: State, call: Call) -> Answer:
    return _list(state, call.number("list_id"))


def _update_list(state: State, call: Call) -> Answer:
    number = call.number("list_id")
    state.shelf("lists").get(number)["list_name"] = text(call.fields, "list_name")
    return Said(_list(state, number), f"List #{number} has been updated.")


def _delete_list(state: State, call: Call) -> Answer:
    number = call.number("list_id")
    state.shelf("lists").delete(number)
    for each in _members(state, number):
        state.shelf("contacts").delete(each["contact_id"])
    return Said([], f"List #{number} has been deleted.")


def _members(state: State, list_id: int) -> list[Json]:
    return [each for each in state.shelf("contacts").all() if each["list_id"] == list_id]


def _shown(state: State, found: Json) -> Json:
    name = state.shelf("lists").get(found["list_id"])["list_name"]
    return {**found, "_list_name": name}


def _contact(state: State, list_id: int, contact_id: int) -> Json:
    state.shelf("lists").get(list_id)
    found = state.shelf("contacts").get(contact_id)
    if found["list_id"] != list_id:
        raise missing("Contact record not found.")
    return found


def _contacts(state: State, call: Call) -> Answer:
    number = call.number("list_id")
    state.shelf("lists").get(number)
    after = optional_integer(call.query, "updated_after") or 0
    rows = [_shown(state, each) for each in _members(state, number)]
    return page([each for each in rows if int(each["date_updated"]) > after or not after], call)


def _create(state: State, call: Call) -> Answer:
    number = call.number("list_id")
    state.shelf("lists").get(number)
    return _shown(state, state.shelf("contacts").add(_read(state, call.body, number)))


def _read(state: State, fields: Json, list_id: int) -> Json:
    return contact(fields, list_id, int(state.now()))


def _get(state: State, call: Call) -> Answer:
    return _shown(state, _contact(state, call.number("list_id"), call.number("contact_id")))


def _update(state: State, call: Call) -> Answer:
    found = _contact(state, call.number("list_id"), call.number("contact_id"))
    changed = _read(state, {**found, **call.body}, found["list_id"])
    found.update({**changed, "date_added": found["date_added"]})
    return Said(_shown(state, found), f"Contact #{found['contact_id']} has been updated.")


def _copy(state: State, call: Call) -> Answer:
    found = _contact(state, call.number("from_list_id"), call.number("contact_id"))
    to = call.number("to_list_id")
    state.shelf("lists").get(to)
    copied = state.shelf("contacts").add(_read(state, found, to))
    said = f"Contact #{found['contact_id']} has been copied to List #{to}"
    return Said(_shown(state, copied), said)


def _transfer(state: State, call: Call) -> Answer:
    found = _contact(state, call.number("from_list_id"), call.number("contact_id"))
    to = call.number("to_list_id")
    state.shelf("lists").get(to)
    found["list_id"] = to
    said = f"Contact #{found['contact_id']} has been transferred to List #{to}"
    return Said(_shown(state, found), said)


def _delete(state: State, call: Call) -> Answer:
    found = _contact(state, call.number("list_id"), call.number("contact_id"))
    state.shelf("contacts").delete(found["contact_id"])
    return Said([], f"Contact #{found['contact_id']} has been deleted.")


def _remove_opted_out(state: State, call: Call) -> Answer:
    """Take those out of a list who stand, with any address, in the list of the opted out."""
    here, there = call.number("list_id"), call.number("opt_out_list_id")
    state.shelf("lists").get(here)
    state.shelf("lists").get(there)
    gone = {each[name] for each in _members(state, there) for name in _ADDRESSES if each[name]}
    out = [
        each
        for each in _members(state, here)
        if here != there and any(each[name] in gone for name in _ADDRESSES)
    ]
    for each in out:
        state.shelf("contacts").delete(each["contact_id"])
    return {"deleted": len(out)}


def _remove_duplicates(state: State, call: Call) -> Answer:
    """Of contacts that agree in all the fields, the oldest stays."""
    number = call.number("list_id")
    state.shelf("lists").get(number)
    names = texts(call.body, "fields")
    if unknown := [name for name in names if name not in FIELDS]:
        raise refused(f"The fields field holds {unknown[0]}, which contacts do not have.")
    seen: set[tuple[object, ...]] = set()
    deleted = 0
    for each in _members(state, number):
        key = tuple(each[name] for name in names)
        if key in seen:
            state.shelf("contacts").delete(each["contact_id"])
            deleted += 1
        seen.add(key)
    return {"deleted": deleted}


def _import(state: State, call: Call) -> Answer:
    number = call.number("list_id")
    state.shelf("lists").get(number)
    content = uploaded(state, text(call.body, "file_url"))
    order = texts(call.body, "field_order")
    if content is None:
        raise refused("The file_url could not be read: upload the file first.")
    if not any(name in order for name in _ADDRESSES):
        raise refused("The field_order field must name phone_number, fax_number or email.")
    due = state.now() + state.delay
    waiting: Json = {"due": due, "list_id": number, "field_order": order, "content": content}
    state.imports.append(waiting)
    queued = str(int(due * 1_000_000))
    return {"msg": "Messages put on queue.", "ids": [queued], "id": queued}


def _search(state: State, call: Call) -> Answer:
    wanted = text(dict(call.query), "q").casefold()
    found = [_found_contact(each) for each in state.shelf("contacts").all()]
    found += [_found_list(_list(state, number)) for number in state.shelf("lists").rows]
    mine = [
        each for each in found if wanted in f"{each['name']} {each['contact'] or ''}".casefold()
    ]
    return page(mine, call, search=False)


def _found_contact(each: Json) -> Json:
    name = " ".join(part for part in (each["first_name"], each["last_name"]) if part)
    contact = each["phone_number"] or each["email"] or each["fax_number"]
    return {
        "id": each["contact_id"],
        "name": name,
        "contact": contact,
        "type": "contact",
        "contacts_count": None,
        "_contacts_count": None,
    }


def _found_list(each: Json) -> Json:
    return {
        "id": each["list_id"],
        "name": each["list_name"],
        "contact": None,
        "type": "list",
        "contacts_count": each["_contacts_count"],
        "_contacts_count": each["_contacts_count"],
    }


_LIST = "/lists/{list_id}"
_CONTACT = f"{_LIST}/contacts/{{contact_id}}"
_FROM = "/lists/{from_list_id}/contacts/{contact_id}"
ROUTES = (
    Route("lists.list", "GET", "/lists", _lists, "Here are your data."),
    Route("lists.create", "POST", "/lists", _create_list, "New list has been created."),
    Route("lists.get", "GET", _LIST, _get_list),
    Route("lists.update", "PUT", _LIST, _update_list),
    Route("lists.delete", "DELETE", _LIST, _delete_list),
    Route(
        "lists.remove_duplicates",
        "PUT",
        f"{_LIST}/remove-duplicates",
        _remove_duplicates,
        "Your list duplicate contacts has been deleted.",
    ),
    Route("lists.import_contacts", "POST", f"{_LIST}/import", _import, "Your file is now queued."),
    Route("contacts.list", "GET", f"{_LIST}/contacts", _contacts),
    Route("contacts.create", "POST", f"{_LIST}/contacts", _create, "New contact has been created."),
    Route("contacts.get", "GET", _CONTACT, _get),
    Route("contacts.update", "PUT", _CONTACT, _update),
    Route("contacts.delete", "DELETE", _CONTACT, _delete),
    Route("contacts.copy", "PUT", f"{_FROM}/copy/{{to_list_id}}", _copy),
    Route("contacts.transfer", "PUT", f"{_FROM}/transfer/{{to_list_id}}", _transfer),
    Route(
        "contacts.remove_opted_out",
        "PUT",
        f"{_LIST}/remove-opted-out-contacts/{{opt_out_list_id}}",
        _remove_opted_out,
        "Optout contacts has been deleted.",
    ),
    Route(
        "search.contact_lists",
        "GET",
        "/search/contacts-lists",
        _search,
        "Here are some search result.",
    ),
)
