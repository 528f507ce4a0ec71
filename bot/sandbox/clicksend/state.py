"""What the local ClickSend remembers; what it does with time is in `passing`."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from bot.sandbox.clicksend.callers import USER, Caller
from bot.sandbox.clicksend.shelf import Shelf
from bot.sandbox.clicksend.wire import Json

MICRO = Decimal("0.000001")


@dataclass
class Message:
    """Something that was taken for one recipient.

    Attributes:
        kind: `sms`, `mms`, `voice`, `fax`, `email`, `letter` or `postcard`.
        id: An upper-case UUID.
        to: A number, an email address, or a name.
        body: The text, or the address of the file.
        price: What it costs.
        parts: Parts, or pages.
        custom_string: The sender's own reference.
        sender: The sender ID.
        schedule: When it is to go out, in Unix seconds; 0 for at once.
        sent_at: When it went out, or was taken.
        status: Where it is: `Scheduled`, `Queued`, `Sent`, `Failed` or `Cancelled`.
        charged: What it took from the balance; nothing for test recipients.
        status_code: The documented code of a delivery status.
        extra: What only this kind has.
        seeded: Whether it was there from the start.
    """

    kind: str
    id: str
    to: str
    body: str
    price: Decimal
    parts: int
    custom_string: str = ""
    sender: str = ""
    schedule: int = 0
    sent_at: float = 0.0
    status: str = "Queued"
    charged: Decimal = Decimal(0)
    country: str = "AU"
    list_id: int | None = None
    contact: Json = field(default_factory=dict)
    caller: Caller = field(default_factory=lambda: Caller(USER))
    added: int = 0
    status_code: str | None = None
    status_text: str | None = None
    error_text: str | None = None
    extra: Json = field(default_factory=dict)
    seeded: bool = False


@dataclass
class Campaign:
    """A campaign of one of three kinds.

    Attributes:
        kind: `sms`, `mms` or `email`.
        number: Its id.
        name: What people call it.
        status: `Scheduled`, `Queued`, `Sent` or `Cancelled`.
        added: When it was made.
        schedule: When it goes out.
        total: How many recipients it has.
        fields: What its caller gave: list, text, sender, subject.
        messages: What goes out with it; empty for a seeded one.
    """

    kind: str
    number: int
    name: str
    status: str
    added: int
    schedule: int
    total: int
    fields: Json = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    caller: Caller = field(default_factory=lambda: Caller(USER))


@dataclass
class Inbound:
    """An SMS from a customer."""

    record: Json
    polled: bool = False
    read: bool = False


@dataclass
class Receipt:
    """A delivery receipt."""

    kind: str
    record: Json
    polled: bool = False
    read: bool = False


@dataclass
class Hook:
    """A webhook that is to be delivered, again every ten minutes until it is answered 200.

    Attributes:
        url: Where to.
        form: `post`, `get` or `json`.
        values: What it carries.
        due: When the next attempt is, on the account's clock.
        attempts: How many were made.
        outcome: The last status, or why there was none.
        open: Whether it still has to be delivered.
    """

    url: str
    form: str
    values: Json
    due: float
    attempts: int = 0
    outcome: str = ""
    open: bool = True
    under_way: bool = False


@dataclass
class State:
    """One account.

    Attributes:
        balance: What is left.
        low_credit_amount: Where the account holder wants to be warned.
        delay: Seconds until a receipt arrives, a campaign is sent, an import is done.
        ahead: Seconds the clock was put forward.
        messages: What was taken, of every kind, oldest first.
        campaigns: Of all three kinds.
        uploads: Uploaded files, by name, until they expire.
        limits: Requests a minute by operation id, such as `{"account.get": 20}`; none at first.
        throttle: Seconds in which the same text to the same number is refused as THROTTLED.
        notes: What a rule or an operation would have sent by email, and codes that were sent.
    """

    balance: Decimal = Decimal("100.00")
    low_credit_amount: Decimal = Decimal("20.00")
    delay: float = 1.0
    ahead: float = 0.0
    throttle: float = 0.0
    limits: dict[str, int] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    inbound: list[Inbound] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    expiry: dict[str, int] = field(default_factory=dict)
    exports: dict[str, bytes] = field(default_factory=dict)
    imports: list[Json] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    notes: list[Json] = field(default_factory=list)
    links: list[Json] = field(default_factory=list)
    senders: dict[str, list[Json]] = field(default_factory=dict)
    settings: Json = field(default_factory=dict)
    shelves: dict[str, Shelf] = field(default_factory=dict)

    def now(self) -> float:
        """Unix seconds on this account's clock."""
        return time.time() + self.ahead

    def shelf(self, name: str) -> Shelf:
        """The stored rows of a kind."""
        return self.shelves[name]

    def new_id(self) -> str:
        """An id as messages have it."""
        return str(uuid.uuid4()).upper()

    def credit(self, caller: Caller) -> Decimal:
        """What a caller can spend."""
        return Decimal(0) if caller.broke else self.balance

    def charge(self, amount: Decimal) -> None:
        """Take from the balance, or with a negative amount give back."""
        self.balance = (self.balance - amount).quantize(MICRO)

    def note(self, what: str, **more: object) -> None:
        """Write down what would have reached a person some other way."""
        self.notes.append({"at": int(self.now()), "what": what, **more})

    def take(self, message: Message) -> None:
        """Charge a message and keep it until it is delivered."""
        self.charge(message.charged)
        self.messages.append(message)
        self.waiting.append(message)

    def cancel(self, message: Message) -> bool:
        """Cancel a scheduled message and give its price back; False when it is too late."""
        if message.status != "Scheduled":
            return False
        message.status, message.status_code = "Cancelled", "301"
        self.waiting.remove(message)
        self.charge(-message.charged)
        message.charged = Decimal(0)
        return True

    def of(self, *kinds: str) -> Iterable[Message]:
        """The messages of some kinds, newest first."""
        return (each for each in reversed(self.messages) if each.kind in kinds)

    def find(self, kind: str, number: str) -> Message | None:
        """The message of an id; ids are compared without regard to case."""
        wanted = number.upper()
        return next((each for each in self.of(kind) if each.id == wanted), None)
