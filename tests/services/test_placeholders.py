"""ClickSend's merge fields as one contact would read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clicksend.operations.contacts import Contact
from bot.services import placeholders

ADA = Contact(
    contact_id=1,
    first_name="Ada",
    phone_number="+61411111111",
    email="test1@test.com",
    custom_2="(First Name)",
)


@pytest.mark.parametrize(
    ("text", "filled", "missing"),
    [
        ("Hi (First Name)!", "Hi Ada!", ()),
        ("Hi (first name) (FIRST NAME)", "Hi Ada Ada", ()),
        ("Dear (Last Name),", "Dear ,", ("(Last Name)",)),
        ("(Custom 2)", "(First Name)", ()),
        ("(Cust. 2) (Cust. 1)", "(First Name) ", ("(Cust. 1)",)),
        ("Open (see below) (First Nam)", "Open (see below) (First Nam)", ()),
        ("((First Name))", "(Ada)", ()),
        ("( First Name )", "( First Name )", ()),
    ],
)
def test_a_text_is_filled_once(text: str, filled: str, missing: tuple[str, ...]) -> None:
    assert placeholders.merged(text, ADA) == (filled, missing)


@given(st.text(st.characters(exclude_characters="()")))
def test_what_has_no_field_is_left_as_it_is(text: str) -> None:
    assert placeholders.merged(text, ADA) == (text, ())


def test_fields_of_another_kind_are_seen() -> None:
    assert placeholders.foreign("Hi {first_name} {FirstName} {first_name} {}") == (
        "{first_name}",
        "{FirstName}",
    )


def test_a_contact_is_named_with_where_it_is_reached() -> None:
    assert placeholders.who(ADA, by_email=False) == "Ada (+61 411 111 111)"
    assert placeholders.who(ADA, by_email=True) == "Ada (test1@test.com)"
