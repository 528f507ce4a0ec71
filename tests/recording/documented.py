"""Recordings made from the vendor's documentation, without any code of the client.

Each documented operation gives one interaction: the request of its example, and the answer of its
example. Where an example lacks what its parameter table lists, the value comes from the table or
from the answer; where the documentation is wrong, ``CORRECTIONS`` says so and why.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import yaml

from bot.clicksend import registry

ROOT = Path(__file__).parents[2]
OPERATIONS = ROOT / "tests/data/operations.json"
FOLDER = ROOT / "cassettes/documented"
BASE_URL = "https://rest.clicksend.com/v3"

Entry = dict[str, Any]

_OK = {"code": 200, "message": "OK"}

SAMPLES: Mapping[str, object] = {
    # What the tables name and give no example of.
    "page": 1,
    "limit": 15,
    "country": "AU",
    "filename": "export.csv",
    "updated_after": 1436157486,
    "convert": "mms",  # the example's content is a picture
    "q": "Gorne",  # what the example's answer found
    "message_id": "88AB118E-EB1B-478C-98CE-6C73ABA23F67",
    "search": "1213",  # what the example's answer found
    "search_type": 0,
    "dedicated_number": "+12282060576",
    "transaction_id": "cb726c65-1c65-47fa-aea2-3ded9ed57557",
    "activation_token": "FD3259F9D0A3",  # a string, although the table says integer (NOTES)
    "page_size": 10,
    "sort_by": "created_timestamp",
    "sort_direction": "asc",
    "filter[alpha_tag]": "Abc",
    # The ids that the samples show in their paths.
    "alpha_tag_id": "db630385-cb76-457d-8f16-76df1b394257",
    "own_number_id": "60b34fe9-1b45-43f8-b9ef-06b7fdb3a9f5",
    "verification_id": "e9bcb7cc-d42b-47cd-ad1f-8677307d4040",
}


def _usage(entry: Entry) -> None:
    """``year`` and ``month`` are in the path, whatever the table says (NOTES)."""
    for row in entry["properties"]:
        entry["parameters"].append({**row, "in": "path"})


def _fax_order(entry: Entry) -> None:
    """The parameter is ``order_by``; fax history also says ``order`` (NOTES)."""
    for row in entry["parameters"]:
        row["name"] = "order_by" if row["name"] == "order" else row["name"]


def _issue_address(entry: Entry) -> None:
    """The field is ``email_address``, not ``email-address`` (NOTES)."""
    example = entry["request_example"]
    example["email_address"] = example.pop("email-address")


def _whole_template(entry: Entry) -> None:
    """``template_id`` is an id; 6.027… is the work of an example generator."""
    entry["request_example"]["template_id"] = 6


def _only_path(entry: Entry) -> None:
    """The table lists parameters that belong to the history (NOTES)."""
    entry["parameters"] = [row for row in entry["parameters"] if row["in"] == "path"]


def _undocumented_id(entry: Entry) -> None:
    """The table forgets the id in the path."""
    entry["parameters"].append(_parameter("email_campaign_id", "path"))


def _campaign_history(entry: Entry) -> None:
    """The table is missing; what belongs in it stands in the one of ``cancel`` (NOTES)."""
    _undocumented_id(entry)
    entry["parameters"] += [
        _parameter("date_from", "query", "Start date (Unix Timestamp e.g. 1436849372)"),
        _parameter("date_to", "query", "End date (Unix Timestamp e.g. 1436879372)"),
        _parameter("page", "query"),
        _parameter("limit", "query"),
    ]


def _export_answer(entry: Entry) -> None:
    """No answer is documented; every other export answers like this (NOTES)."""
    url = "https://rest.clicksend.com/files/22D55AF9-6CF0-476D-A8B3-82A998FD2738"
    entry["response_example"] = {
        "http_code": 200,
        "response_code": "SUCCESS",
        "response_msg": "Download your file here.",
        "data": {"url": url},
    }


def _id_in_path(entry: Entry) -> None:
    """``message_id`` is in the path, not the query (NOTES)."""
    for row in entry["parameters"]:
        row["in"] = "path"


def _pasted_convert(entry: Entry) -> None:
    """``convert`` is pasted from uploads (NOTES)."""
    entry["parameters"] = [row for row in entry["parameters"] if row["name"] != "convert"]


def _only_address(entry: Entry) -> None:
    """The field is ``email_address``, not ``body`` (NOTES)."""
    del entry["request_example"]["body"]
    entry["parameters"] = [row for row in entry["parameters"] if row["name"] != "body"]


def _real_voice(entry: Entry) -> None:
    """The example has the fields' names for values; the text lists the values."""
    for message in entry["request_example"]["messages"]:
        message |= {"voice": "female", "lang": "en-au"}


def _real_country(entry: Entry) -> None:
    """The example has the field's name for a value; every answer has a country's code."""
    example = entry["request_example"]
    for address in example.get("recipients", [example]):
        address["address_country"] = "AU"


def _real_email(entry: Entry) -> None:
    """The example has names for values, and the one of ``price`` a list of senders.

    An id is a number, a file is base64, a disposition is one of two (the table); the sender is
    one, as in ``send`` and the vendor's OpenAPI description.
    """
    example = entry["request_example"]
    example["from"] = {"name": "name", "email_address_id": 1}
    for file in example["attachments"]:
        file |= {"content": "ZmlsZSBjb250ZW50cw==", "disposition": "attachment"}


def _parameter(name: str, place: str, description: str = "") -> Entry:
    return {"name": name, "in": place, "type": "integer", "description": description}


def _either_address(entry: Entry) -> None:
    """Either the email or the phone, not both, although both are marked as required (NOTES)."""
    del entry["request_example"]["phone_number"]


def _country(entry: Entry) -> None:
    """A country is two letters; the example has the field's name in its place."""
    entry["request_example"]["country"] = entry["response_example"]["data"]["country"]


def _no_pages(entry: Entry) -> None:
    """The table lists the parameters of a listing; the operation is none (NOTES)."""
    entry["parameters"] = [row for row in entry["parameters"] if row["in"] != "query"]


def _card(entry: Entry) -> None:
    """A card's month is no 0, its year no 6 and its code no 1: the work of an example generator."""
    entry["request_example"].update(expiry_month=5, expiry_year=2016, cvc=123)


def _currency(entry: Entry) -> None:
    """A currency is three letters; the example has the field's name in its place."""
    entry["request_example"]["currency"] = "AUD"


def _table_body(entry: Entry) -> None:
    """The example leaves out the body that the table requires."""
    entry["request_example"] = {"country_list_ids": [1]}


def _offset(entry: Entry) -> None:
    """The example of an offset has the parameter's name in it; an array has numbers in its name."""
    rows: list[Entry] = []
    for row in entry["parameters"]:
        row["description"] = row["description"].replace("offset=", "")
        if row["name"] == "filter[status][]":
            rows.append({**row, "name": "filter[status][0]", "description": "e.g. PENDING"})
            rows.append({**row, "name": "filter[status][1]", "description": "e.g. APPROVED"})
        else:
            rows.append(row)
    entry["parameters"] = rows


def _action(entry: Entry) -> None:
    """An action is one of a list; the example has the field's name in its place."""
    entry["request_example"]["action"] = "URL"


def _action_and_match(entry: Entry) -> None:
    """Nor is a match type an action (pasted) or 1234: it is what the answer has, or all reports."""
    _action(entry)
    if entry["request_example"]["match_type"] not in {0, 1, 2}:
        entry["request_example"]["match_type"] = 0


CORRECTIONS = {
    "account.create": _country,
    "account.forgot_username": _either_address,
    "account.send_verification": _country,
    "account.usage": _usage,
    "alpha_tags.list": _offset,
    "contacts.create": _no_pages,
    "delivery_issues.create": _issue_address,
    "email.price": _real_email,
    "email.send": _real_email,
    "email_addresses.create": _only_address,
    "email_campaigns.cancel": _only_path,
    "email_campaigns.export_history": _export_answer,
    "email_campaigns.get": _undocumented_id,
    "email_campaigns.history": _campaign_history,
    "email_campaigns.price": _whole_template,
    "email_campaigns.send": _whole_template,
    "email_receipt_rules.create": _action_and_match,
    "email_receipt_rules.update": _action_and_match,
    "fax.history": _fax_order,
    "fax_inbound_rules.create": _action,
    "fax_inbound_rules.update": _action,
    "fax_receipt_rules.create": _action_and_match,
    "fax_receipt_rules.update": _action_and_match,
    "global_sending.agree": _table_body,
    "letters.cancel": _id_in_path,
    "letters.detect_address": _pasted_convert,
    "letters.price": _real_country,
    "letters.send": _real_country,
    "own_numbers.list": _offset,
    "postcards.cancel": _id_in_path,
    "postcards.price": _real_country,
    "postcards.send": _real_country,
    "recharge.update_payment_info": _card,
    "reseller.create": _country,
    "reseller.transfer_credit": _currency,
    "reseller.update": _country,
    "return_addresses.create": _real_country,
    "return_addresses.update": _real_country,
    "sms_inbound_rules.create": _action,
    "sms_inbound_rules.update": _action,
    "sms_receipt_rules.create": _action_and_match,
    "sms_receipt_rules.update": _action_and_match,
    "voice.price": _real_voice,
    "voice.send": _real_voice,
    "voice_receipt_rules.create": _action_and_match,
    "voice_receipt_rules.update": _action_and_match,
}


def documented() -> dict[str, Entry]:
    """The documented operations by id, corrected.

    Returns:
        The entries of the operations file.
    """
    entries = {entry["id"]: entry for entry in json.loads(OPERATIONS.read_text())}
    for name, correct in CORRECTIONS.items():
        correct(entries[name])
    return entries


def recordings() -> Iterator[tuple[str, str]]:
    """The recording of every operation the client implements.

    Yields:
        The file's name, and its text.
    """
    entries = documented()
    for name in registry.ids():
        yield f"{name}.yaml", cassette([interaction(entries[name])])


def interaction(entry: Entry) -> Entry:
    """One documented operation in vcrpy's format.

    Args:
        entry: An entry of the operations file.

    Returns:
        The interaction.
    """
    path = re.sub(r"\{(\w+)\}", lambda m: quote(str(_value(entry, m[1])), safe=""), entry["path"])
    query = urlencode({row["name"]: _value(entry, row["name"]) for row in _rows(entry, "query")})
    body = entry["request_example"]
    silent = entry.get("response_note", "").startswith("204")
    return {
        "request": {
            "body": None if body is None else _pretty(body),
            "headers": {"content-type": ["application/json"]},
            "method": entry["method"],
            "uri": BASE_URL + path + (f"?{query}" if query else ""),
        },
        "response": {
            "body": {"string": "" if silent else _pretty(entry["response_example"])},
            "headers": {} if silent else {"Content-Type": ["application/json"]},
            "status": {"code": 204, "message": "No Content"} if silent else _OK,
        },
    }


def cassette(interactions: Iterable[Entry]) -> str:
    """A cassette as vcrpy reads it, with bodies that people can read too.

    Args:
        interactions: What was asked and answered.

    Returns:
        The YAML text.
    """
    content = {"interactions": list(interactions), "version": 1}
    text: str = yaml.dump(content, Dumper=_Readable, allow_unicode=True, width=1000)
    return text


def _rows(entry: Entry, place: str) -> list[Entry]:
    return [row for row in entry["parameters"] if row["in"] == place]


def _value(entry: Entry, name: str) -> object:
    """An example of a parameter: from its description, its answer, or the samples."""
    row = next(row for row in entry["parameters"] if row["name"] == name)
    example = re.search(r"(?:Example:|e\.g\.) *([^)]+?)\.?\)?$", row["description"])
    if example:
        return example[1]
    answered = (entry["response_example"] or {}).get("data")
    if isinstance(answered, dict) and answered.get(name):
        return answered[name]
    return SAMPLES.get(name, 428)


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


class _Readable(yaml.SafeDumper):
    """YAML with longer texts as blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, "|" if "\n" in value else None)


_Readable.add_representer(str, _text)
