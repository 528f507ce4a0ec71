"""The sandbox has every operation, where the documentation has it."""

import pytest

from bot.sandbox.clicksend.routing import Router
from bot.sandbox.clicksend.table import ROUTES
from bot.sandbox.clicksend.wire import RefusedError
from tests.sandbox.examples import OPERATIONS

UNDOCUMENTED = {
    ("PUT", "/fax/receipts-read"),
    ("PUT", "/voice/receipts-read"),
    ("PUT", "/mms/receipts-read"),
    ("GET", "/mms/receipts"),
    ("POST", "/fax/receipts"),
    ("POST", "/voice/receipts"),
    ("GET", "/sms/inbound/{original_message_id}"),
    ("GET", "/short-url/statistics/{source}/{source_id}"),
    ("GET", "/short-url/tracking/{long_url_id}"),
    ("GET", "/senders/default-senders"),
    ("POST", "/senders/default-senders"),
    ("GET", "/senders/default-senders/{default_sender_id}"),
    ("PATCH", "/senders/default-senders/{default_sender_id}"),
    ("DELETE", "/senders/default-senders/{default_sender_id}"),
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each["id"])
def test_every_documented_operation_has_its_route(operation: dict[str, str]) -> None:
    (mine,) = (route for route in ROUTES if route.id == operation["id"])
    assert (mine.method, mine.path) == (operation["method"], operation["path"])


def test_the_table_holds_the_documented_and_the_undocumented_operations_and_no_others() -> None:
    documented = {(each["method"], each["path"]) for each in OPERATIONS}
    assert len(documented) == 194
    assert {(each.method, each.path) for each in ROUTES} == documented | UNDOCUMENTED
    assert len({each.id for each in ROUTES}) == len(ROUTES) == 194 + len(UNDOCUMENTED)


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each.id)
def test_a_path_leads_to_its_own_operation(route: object) -> None:
    """No placeholder swallows the literal path of another operation."""
    path = f"/v3{route.path}".replace("{", "").replace("}", "")  # type: ignore[attr-defined]  # parametrised
    found, _ = Router(ROUTES).find(route.method, path)  # type: ignore[attr-defined]  # parametrised
    assert found is route


def test_another_method_is_405_and_another_path_404() -> None:
    router = Router(ROUTES)
    for method, path, status in (
        ("DELETE", "/v3/account", 405),
        ("GET", "/v3/no-such", 404),
        ("GET", "/account", 404),
    ):
        with pytest.raises(RefusedError) as refused:
            router.find(method, path)
        assert refused.value.status == status
