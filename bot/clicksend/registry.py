"""From an operation id to its class; a family is imported when one of its operations is needed."""

import functools
import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from bot.clicksend.operation import Operation

_FAMILIES: Mapping[str, str] = {
    # family and module: the operations of it
    "account": "get usage",
    "contacts": "list",
    "countries": "list",
    "delivery_issues": "list create",
    "email_campaigns": "send price list get cancel",
    "fax": "send price receipts receipt history",
    "lists": "list",
    "mms_campaigns": "send price list get cancel",
    "recharge": "packages",
    "search": "contact_lists",
    "sms": "send price create_test_receipt receipts receipt mark_receipts_read"
    " create_test_inbound inbound mark_inbound_read mark_inbound_message_read cancel cancel_all"
    " list_templates create_template update_template delete_template history export_history",
    "sms_campaigns": "send price list get cancel",
    "statistics": "sms voice",
    "uploads": "upload",
    "voice": "receipts",
}


class UnknownOperation(KeyError):  # noqa: N818 - it is a KeyError, and says so
    """No operation has this id."""

    def __str__(self) -> str:
        return f"There is no operation {self.args[0]}."


@functools.cache
def ids() -> tuple[str, ...]:
    """Every operation id, without importing any family.

    Returns:
        The ids, sorted.
    """
    return tuple(sorted(f"{f}.{name}" for f, names in _FAMILIES.items() for name in names.split()))


def operation(id: str) -> type[Operation[Any]]:  # noqa: A002 - the contract's name
    """The class of an operation.

    Args:
        id: An operation id, such as ``sms.send``.

    Returns:
        Its class; of Any, because the answer's type depends on the id.

    Raises:
        UnknownOperation: No operation has this id.
    """
    if id not in ids():
        raise UnknownOperation(id)
    return _family(id.partition(".")[0])[id]


def all_ids() -> tuple[str, ...]:
    """The id of everything that ``operation`` finds, whether documented or not.

    Returns:
        The ids, sorted.
    """
    return ids()


def nearest(id: str) -> tuple[str, ...]:  # noqa: A002 - as operation()
    """The ids that a mistyped one may mean.

    Args:
        id: What was typed.

    Returns:
        At most three ids, the likeliest first.
    """
    typed = id.strip().lower().replace("-", "_")[:80]
    near = get_close_matches(typed, all_ids(), n=3, cutoff=0.6)
    parts = [part for part in typed.split(".") if part]
    holding = [each for each in all_ids() if parts and all(part in each for part in parts)]
    return tuple(dict.fromkeys([*near, *holding]))[:3]


@functools.cache
def _family(name: str) -> Mapping[str, type[Operation[Any]]]:
    module = importlib.import_module(f"bot.clicksend.operations.{name}")
    found = (value for value in vars(module).values() if _is_operation(value))
    return MappingProxyType(
        {cls.route.id: cls for cls in found if cls.__module__ == module.__name__}
    )


def _is_operation(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Operation) and hasattr(value, "route")
