"""Whatever is done in whatever order, the money adds up."""

from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.callers import USER, Caller
from bot.sandbox.clicksend.passing import settle
from bot.sandbox.clicksend.seeds import seeded
from bot.sandbox.clicksend.table import ROUTES
from bot.sandbox.clicksend.wire import RefusedError, Said

_BY_ID = {route.id: route for route in ROUTES}
_NUMBERS = st.sampled_from(["+61491570156", "+61411111111", "+61411111199", "+33639980000", "12"])
_TEXTS = st.sampled_from(["Hi", "x" * 400])
_BODIES = _TEXTS | st.just("")
_DELAYS = st.sampled_from([0, 3600, 7200])


class Account(RuleBasedStateMachine):
    """An account that sends, cancels, buys and waits."""

    def __init__(self) -> None:
        super().__init__()
        self.state = seeded()
        self.state.balance = Decimal("3.00")
        self.gained = Decimal("3.00")
        self.spent = Decimal(0)
        self._run("contacts.create", {"phone_number": "+61491570156"}, list_id=429)

    def _run(self, name: str, body: Any = None, **path: Any) -> Any:
        """An operation's data; None where it is refused."""
        placed = {hole: str(value) for hole, value in path.items()}
        call = Call(name, Caller(USER), placed, {}, body or {}, url="http://127.0.0.1/v3")
        try:
            answer = _BY_ID[name].run(self.state, call)
        except RefusedError:
            return None
        return answer.data if isinstance(answer, Said) else answer

    @rule(
        kind=st.sampled_from(["sms", "mms", "voice", "fax"]),
        to=st.lists(_NUMBERS, min_size=1, max_size=4),
        body=_BODIES,
        delay=_DELAYS,
    )
    def send(self, kind: str, to: list[str], body: str, delay: int) -> None:
        schedule = int(self.state.now()) + delay if delay else 0
        messages = [{"to": each, "body": body, "schedule": schedule} for each in to]
        shared = {"media_file": "http://example.com/a.gif", "file_url": "http://example.com/a"}
        each = [{**message, "subject": "Hi"} for message in messages]
        self._run(f"{kind}.send", {"messages": each, **shared})

    @rule(kind=st.sampled_from(["sms", "voice"]))
    def cancel_all(self, kind: str) -> None:
        self._run(f"{kind}.cancel_all")

    @rule(kind=st.sampled_from(["sms", "mms"]), body=_TEXTS, delay=_DELAYS)
    def campaign(self, kind: str, body: str, delay: int) -> None:
        fields = {"list_id": 429, "name": "News", "body": body, "subject": "Hi"}
        fields["media_file"] = "http://example.com/a.gif"
        if delay:
            fields["schedule"] = int(self.state.now()) + delay
        self._run(f"{kind}_campaigns.send", fields)

    @rule(body=_TEXTS)
    def change_the_last_campaign(self, body: str) -> None:
        found = self.state.campaigns[-1]
        number = {f"{found.kind}_campaign_id": found.number}
        self._run(f"{found.kind}_campaigns.update", {"body": body, "list_id": 429}, **number)

    @rule(index=st.integers(0, 2))
    def cancel_a_campaign(self, index: int) -> None:
        found = self.state.campaigns[-1 - index]
        number = {f"{found.kind}_campaign_id": found.number}
        self._run(f"{found.kind}_campaigns.cancel", **number)

    @rule(phone=st.sampled_from(["+61491570157", "+61491570158"]))
    def grow_the_list(self, phone: str) -> None:
        self._run("contacts.create", {"phone_number": phone}, list_id=429)

    @rule(package=st.integers(1, 6))
    def purchase(self, package: int) -> None:
        bought = self._run("recharge.purchase", package_id=package)
        self.gained += Decimal(bought["amount"]) if bought else 0

    @rule(index=st.integers(0, 40))
    def buy_a_number(self, index: int) -> None:
        number = f"+6155501{index:04d}"
        bought = self._run("numbers.buy", dedicated_number=number)
        self.spent += Decimal(bought["price_total"]) if bought else 0

    @rule(seconds=st.sampled_from([1, 10, 3600, 8 * 86_400]))
    def wait(self, seconds: int) -> None:
        self.state.ahead += seconds
        settle(self.state)

    @invariant()
    def the_money_adds_up(self) -> None:
        sent = [each.charged for each in self.state.messages if not each.seeded]
        held = [
            message.charged
            for campaign in self.state.campaigns
            if campaign.status in {"Queued", "Scheduled"}
            for message in campaign.messages
        ]
        gone = sum(sent, Decimal(0)) + sum(held, Decimal(0)) + self.spent
        assert self.state.balance == self.gained - gone

    @invariant()
    def there_is_never_less_than_nothing(self) -> None:
        assert self.state.balance >= 0

    @invariant()
    def a_cancelled_message_cost_nothing(self) -> None:
        assert all(not m.charged for m in self.state.messages if m.status == "Cancelled")


TestAccount = Account.TestCase
TestAccount.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
