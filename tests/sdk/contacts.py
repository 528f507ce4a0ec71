"""Lists and contacts."""

import base64

from clicksend_client import (
    Contact,
    ContactList,
    ContactListImport,
    Fields,
    FieldsFields,
    UploadFile,
)

from tests.sdk.desk import Desk

LISTS, CONTACTS = "ContactListApi", "ContactApi"
_ONE = "lists_contacts_by_list_id_and_contact_id_"


def play(desk: Desk) -> None:
    """Make two lists, fill them, and take everything away again."""
    here = desk.do(LISTS, "lists_post", ContactList(list_name="Here"))["list_id"]
    there = desk.do(LISTS, "lists_post", ContactList(list_name="There"))["list_id"]
    desk.do(LISTS, "lists_by_list_id_put", there, ContactList(list_name="Over there"))
    shown = desk.do(LISTS, "lists_by_list_id_get", there)
    desk.expect("a list is renamed", holds=shown["list_name"] == "Over there")
    names = [each["list_id"] for each in desk.do(LISTS, "lists_get", limit=100)["data"]]
    desk.expect("both lists are listed", holds={here, there} <= set(names))
    _contacts(desk, here, there)
    _import(desk, here)
    _tidy(desk, here, there)
    for each in (here, there):
        desk.do(LISTS, "lists_by_list_id_delete", each)
        desk.gone(LISTS, "lists_by_list_id_get", each)


def _contacts(desk: Desk, here: int, there: int) -> None:
    ada = Contact(
        phone_number="+61411111111",
        first_name="Ada",
        last_name="Byron",
        custom_1="one",
        email="test1@test.com",
        fax_number="+61261111111",
        address_country="AU",
    )
    made = desk.do(CONTACTS, "lists_contacts_by_list_id_post", ada, here)
    number = made["contact_id"]
    ada.first_name = "Augusta"
    desk.do(CONTACTS, f"{_ONE}put", here, number, ada)
    shown = desk.do(CONTACTS, f"{_ONE}get", here, number)
    desk.expect("a contact is renamed", holds=shown["first_name"] == "Augusta")
    desk.do(CONTACTS, "lists_copy_contact_put", here, number, there)
    bob = Contact(phone_number="+61422222222", custom_1="two")
    other = desk.do(CONTACTS, "lists_contacts_by_list_id_post", bob, here)
    desk.do(CONTACTS, "lists_transfer_contact_put", here, other["contact_id"], there)
    desk.gone(CONTACTS, f"{_ONE}get", here, other["contact_id"])
    found = desk.do(CONTACTS, "lists_contacts_by_list_id_get", there)
    desk.expect("a copy and a transfer arrive", holds=found["total"] == 2)
    desk.do(CONTACTS, f"{_ONE}delete", there, other["contact_id"])
    desk.gone(CONTACTS, f"{_ONE}get", there, other["contact_id"])
    desk.do("SearchApi", "search_contacts_lists_get", "augusta")


def _import(desk: Desk, here: int) -> None:
    """Two lines, one of them already there."""
    content = base64.b64encode(b"+61411111111,one\n+61433333333,three\n").decode()
    upload = desk.do("UploadApi", "uploads_post", UploadFile(content=content), "csv")
    order = ContactListImport(file_url=upload["_url"], field_order=["phone_number", "custom_1"])
    desk.do(LISTS, "lists_import_by_list_id_post", here, order)
    desk.settle()
    shown = desk.do(LISTS, "lists_by_list_id_get", here)
    desk.expect("an import arrives", holds=shown["_contacts_count"] == 3)


def _tidy(desk: Desk, here: int, there: int) -> None:
    fields = Fields(fields=FieldsFields(phone_number="phone_number", custom_1="custom_1"))
    deleted = desk.do(LISTS, "lists_remove_duplicates_by_list_id_put", here, fields)
    desk.expect("the duplicate goes", holds=deleted["deleted"] == 1)
    opted_out = "lists_remove_opted_out_contacts_by_list_id_and_opt_out_list_id_put"
    deleted = desk.do(CONTACTS, opted_out, here, there)
    desk.expect("who opted out goes", holds=deleted["deleted"] == 1)
