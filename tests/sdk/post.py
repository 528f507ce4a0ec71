"""Letters, postcards, return addresses, delivery issues."""

from clicksend_client import (
    Address,
    DeliveryIssue,
    PostLetter,
    PostPostcard,
    PostRecipient,
    UploadFile,
)

from tests.sdk.desk import Desk

_PDF = "http://example.com/a.pdf"
_WHERE = {
    "address_name": "John Doe",
    "address_line_1": "1 Wharf Street",
    "address_line_2": "Level 2",
    "address_city": "Perth",
    "address_state": "WA",
    "address_postal_code": "6000",
    "address_country": "AU",
}


def play(desk: Desk) -> None:
    """Make a return address, send from it, and take it away."""
    api, one = "PostReturnAddressApi", "post_return_addresses_by_return_address_id_"
    address = Address(**_WHERE)
    number = desk.do(api, "post_return_addresses_post", address)["return_address_id"]
    address.address_city = "Sydney"
    desk.do(api, f"{one}put", number, address)
    shown = desk.do(api, f"{one}get", number)
    desk.expect("an address is changed", holds=shown["address_city"] == "Sydney")
    desk.do(api, "post_return_addresses_get")
    _letters(desk, number)
    _postcards(desk, number)
    desk.do(api, f"{one}delete", number)
    desk.gone(api, f"{one}get", number)
    _issue(desk)


def _letters(desk: Desk, number: int) -> None:
    api = "PostLetterApi"
    person = PostRecipient(return_address_id=number, **_WHERE)
    letter = PostLetter(file_url=_PDF, recipients=[person], colour=1)
    priced = desk.do(api, "post_letters_price_post", letter)
    sent = desk.do(api, "post_letters_send_post", letter)
    desk.expect("a price is kept", holds=sent["total_price"] == priced["total_price"])
    desk.do(api, "post_letters_history_get")
    desk.do(api, "post_letters_export_get", "letters.csv")
    content = "Sm9obiBEb2UKMSBXaGFyZiBTdHJlZXQKUGVydGggV0EgNjAwMA=="
    found = desk.do("DetectAddressApi", "detect_address_post", UploadFile(content=content))
    desk.expect("an address is read", holds=found["address_postal_code"] == "6000")


def _postcards(desk: Desk, number: int) -> None:
    api = "PostPostcardApi"
    person = PostRecipient(return_address_id=number, **_WHERE)
    card = PostPostcard(file_urls=[_PDF, _PDF], recipients=[person])
    desk.do(api, "post_postcards_price_post", card)
    desk.do(api, "post_postcards_send_post", card)
    desk.do(api, "post_postcards_history_get")
    desk.do(api, "post_postcards_history_export_get", "postcards.csv")


def _issue(desk: Desk) -> None:
    issue = DeliveryIssue(
        type="SMS",
        description="Late",
        message_id="B388828B-AD46-4366-8AD3-0305FF5E3FE5",
        client_comments="Please look",
        email_address="test1@test.com",
    )
    made = desk.do("DeliveryIssuesApi", "delivery_issues_post", issue)
    listed = desk.do("DeliveryIssuesApi", "delivery_issues_get")["data"]
    ids = [each["issue_id"] for each in listed]
    desk.expect("an issue is listed", holds=made["issue_id"] in ids)
