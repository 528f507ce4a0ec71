"""What comes back: delivery receipts, and messages from customers."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.channels import shown_fax
from bot.sandbox.clicksend.contact_rows import contact
from bot.sandbox.clicksend.fields import integer_or, web_address
from bot.sandbox.clicksend.paging import page
from bot.sandbox.clicksend.recipients import SHARED_FAX, SHARED_NUMBER, recipient
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.rules import on_fax, on_inbound, on_receipt
from bot.sandbox.clicksend.seeds import OPTED_OUT
from bot.sandbox.clicksend.state import Inbound, Message, Receipt, State
from bot.sandbox.clicksend.webhooks import push
from bot.sandbox.clicksend.wire import Answer, Json, missing, refused

_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "OPTOUT", "OPT OUT"})
_DELIVERED, _ABSENT = "Success: Message received on handset.", "Handset absent for 12 hours or more"


def receive(state: State, sender: str, body: str, to: str | None = None) -> Json:
    """Let a customer text back.

    Args:
        state: The account.
        sender: The customer's number.
        body: The text.
        to: The number texted to; left out, the one the last message came from.

    Returns:
        The inbound message, as it will be listed when a POLL rule exists.

    Raises:
        RefusedError: The number is none.
    """
    read = recipient(sender)
    if read is None:
        raise refused("The sender's number is not valid.", "INVALID_RECIPIENT")
    original = next((each for each in state.of("sms", "mms") if each.to == read[0]), None)
    inbound = Inbound(_inbound(state, read[0], body, to, original))
    state.inbound.append(inbound)
    if body.strip().upper() in _STOP:
        _opt_out(state, read[0])
    on_inbound(state, inbound)
    return inbound.record


def receive_fax(state: State, sender: str, url: str, to: str = SHARED_FAX) -> Json:
    """Let somebody send a fax here; the API has no list of them, only rules.

    Args:
        state: The account.
        sender: The sender's number.
        url: Where its pages are.
        to: The number faxed to.

    Returns:
        What the rules push.

    Raises:
        RefusedError: The number is none.
    """
    read = recipient(sender)
    if read is None:
        raise refused("The sender's number is not valid.", "INVALID_RECIPIENT")
    record: Json = {"timestamp": int(state.now()), "from": read[0], "to": to, "user_id": 1}
    record |= {"message_id": state.new_id(), "file_url": url}
    on_fax(state, record)
    return record


def _inbound(
    state: State, sender: str, body: str, to: str | None, original: Message | None
) -> Json:
    words = body.split()
    return {
        "timestamp": int(state.now()),
        "from": sender,
        "body": body,
        "original_body": original.body if original else None,
        "original_message_id": original.id if original else None,
        "to": to or (original.sender if original else SHARED_NUMBER),
        "custom_string": original.custom_string if original else None,
        "message_id": state.new_id(),
        "_keyword": words[0].lower() if words else "",
    }


def _opt_out(state: State, phone: str) -> None:
    shelf = state.shelf("contacts")
    known = any(
        each["list_id"] == OPTED_OUT and each["phone_number"] == phone for each in shelf.all()
    )
    if OPTED_OUT in state.shelf("lists").rows and not known:
        shelf.add(contact({"phone_number": phone}, OPTED_OUT, int(state.now())))


def confirm(state: State, message: Message) -> None:
    """Bring a message's receipt: delivered, or for a number that ends in 99 failed."""
    failed = message.to.endswith("99")
    message.status = "Failed" if failed else "Sent"
    message.status_code = "301" if failed else "201"
    message.status_text = message.status if failed else _DELIVERED
    message.error_text = _ABSENT if failed else None
    if message.kind not in ("sms", "mms", "voice", "fax", "email"):
        return
    receipt = Receipt(message.kind, _receipt(state, message, failed=failed))
    state.receipts.append(receipt)
    on_receipt(state, receipt)


def _receipt(state: State, message: Message, *, failed: bool) -> Json:
    code = message.status_code if message.kind != "fax" or failed else "Completed"
    made: Json = {
        "message_id": message.id,
        "timestamp_send": int(message.sent_at),
        "timestamp": int(message.sent_at + state.delay),
        "status_code": code,
        "status_text": message.status_text,
        "error_code": "301" if failed else None,
        "error_text": message.error_text,
        "custom_string": message.custom_string,
        "subaccount_id": message.caller.subaccount_id,
        "_message_type": message.kind,
    }
    if message.kind == "voice":
        made["digits"] = message.extra["digits"] = _pressed(message)
    return made


def _pressed(message: Message) -> str | None:
    """Whoever is asked to press a key presses 1."""
    return "1" if str(message.extra.get("require_input")) == "1" else None


def _listed(receipt: Receipt) -> Json:
    """Only SMS and MMS call the kind `_message_type` in a list."""
    if receipt.kind in ("sms", "mms"):
        return receipt.record
    shown = {name: value for name, value in receipt.record.items() if name != "_message_type"}
    shown["message_type"] = receipt.kind
    return shown


def _receipts(kind: str) -> Callable[[State, Call], Answer]:
    def run(state: State, call: Call) -> Answer:
        unread = [r for r in state.receipts if r.kind == kind and r.polled and not r.read]
        return page([_listed(each) for each in unread], call)

    return run


def _receipt_of(kind: str) -> Callable[[State, Call], Answer]:
    def run(state: State, call: Call) -> Answer:
        wanted = call.path["message_id"].upper()
        for each in state.receipts:
            if each.kind == kind and each.record["message_id"] == wanted:
                return _single(state, each)
        raise missing("Receipt record not found.")

    return run


def _single(state: State, receipt: Receipt) -> Json:
    message = state.find(receipt.kind, receipt.record["message_id"])
    if receipt.kind == "fax" and message is not None:
        return {**shown_fax(message), "status": message.status}
    shown = {name: value for name, value in receipt.record.items() if name != "_message_type"}
    return {**shown, "message_type": receipt.kind}


def _read_receipts(kind: str) -> Callable[[State, Call], Answer]:
    def run(state: State, call: Call) -> Answer:
        before = integer_or(int(state.now()))(call.fields, "date_before")
        for each in state.receipts:
            if each.kind == kind and each.record["timestamp"] <= before:
                each.read = True
        return []

    return run


def _test_receipt(kind: str) -> Callable[[State, Call], Answer]:
    def run(state: State, call: Call) -> Answer:
        url = web_address(call.body, "url")
        message = Message(kind, state.new_id(), "", "", state.balance * 0, 1)
        message.status_code, message.status_text = "201", _DELIVERED
        message.sent_at = state.now() - state.delay
        receipt = Receipt(kind, _receipt(state, message, failed=False))
        state.receipts.append(receipt)
        on_receipt(state, receipt)
        push(state, url, "post", receipt.record)
        return _single(state, receipt)

    return run


def _inbox(state: State, call: Call) -> Answer:
    return page([each.record for each in state.inbound if each.polled and not each.read], call)


def _inbound_of(state: State, call: Call) -> Answer:
    """By the id of the message it answers; also those that are read."""
    wanted = call.path["original_message_id"].upper()
    for each in state.inbound:
        if each.record["original_message_id"] == wanted:
            return each.record
    raise missing("Message record not found.")


def _read_inbound(state: State, call: Call) -> Answer:
    before = integer_or(int(state.now()))(call.fields, "date_before")
    for each in state.inbound:
        if each.record["timestamp"] <= before:
            each.read = True
    return []


def _read_one(state: State, call: Call) -> Answer:
    for each in state.inbound:
        if each.record["message_id"] == call.path["message_id"].upper():
            each.read = True
            return 1
    raise missing("Message record not found.")


def _test_inbound(state: State, call: Call) -> Answer:
    url = web_address(call.body, "url")
    made = receive(state, "+61411111111", "This is a test incoming SMS.")
    push(state, url, "post", made)
    return made


_RECEIPTS = "Here are your delivery receipts."
_READ = "Receipts has been marked as read."
ROUTES = (
    *(
        Route(f"{kind}.receipts", "GET", f"/{kind}/receipts", _receipts(kind), _RECEIPTS)
        for kind in ("sms", "mms", "voice", "fax")
    ),
    *(
        Route(
            f"{kind}.mark_receipts_read",
            "PUT",
            f"/{kind}/receipts-read",
            _read_receipts(kind),
            _READ,
        )
        for kind in ("sms", "mms", "voice", "fax")
    ),
    *(
        Route(
            f"{kind}.create_test_receipt",
            "POST",
            f"/{kind}/receipts",
            _test_receipt(kind),
            "Receipt has been added",
        )
        for kind in ("sms", "voice", "fax")
    ),
    Route("sms.receipt", "GET", "/sms/receipts/{message_id}", _receipt_of("sms"), "Your receipt."),
    Route("fax.receipt", "GET", "/fax/receipts/{message_id}", _receipt_of("fax"), "Your receipt."),
    Route("sms.inbound", "GET", "/sms/inbound", _inbox),
    Route("sms.inbound_message", "GET", "/sms/inbound/{original_message_id}", _inbound_of),
    Route("sms.create_test_inbound", "POST", "/sms/inbound", _test_inbound),
    Route(
        "sms.mark_inbound_read",
        "PUT",
        "/sms/inbound-read",
        _read_inbound,
        "Inbound messages have been marked as read.",
    ),
    Route(
        "sms.mark_inbound_message_read",
        "PUT",
        "/sms/inbound-read/{message_id}",
        _read_one,
        "Receipt have been marked as read.",
    ),
)
