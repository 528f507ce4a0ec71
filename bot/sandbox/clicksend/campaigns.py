"""Campaigns of SMS, MMS and email: priced, charged, changed, cancelled, and sent to a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.channels import LONGEST_SUBJECT
from bot.sandbox.clicksend.exports import export
from bot.sandbox.clicksend.fields import (
    Reader,
    integer,
    optional_integer,
    optional_text,
    row,
    text,
    web_address,
)
from bot.sandbox.clicksend.paging import page, within
from bot.sandbox.clicksend.prices import CAMPAIGN_EMAIL_PRICE, COUNTRIES, CURRENCY, sms_parts
from bot.sandbox.clicksend.recipients import (
    SHARED_NUMBER,
    TEST_EMAILS,
    is_sender,
    is_test,
    recipient,
)
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.sending import personal, schedule_of
from bot.sandbox.clicksend.state import Campaign, Message, State
from bot.sandbox.clicksend.wire import Answer, Json, missing, refused

MOST = 20_000
_LINK = "smsu.io/xxxxx"
_OPEN = ("Scheduled", "Queued")


def _sender(fields: Json, name: str) -> str | None:
    found = optional_text(fields, name)
    if found and not is_sender(found):
        raise refused("The from field is not a valid sender ID.", "INVALID_SENDER_ID")
    return found


def _schedule(fields: Json, name: str) -> int:
    found = schedule_of(fields)
    if found is None:
        raise refused(f"The {name} field is not a Unix timestamp.", "INVALID_SCHEDULE")
    return found


def _subject(fields: Json, name: str) -> str:
    found = text(fields, name)
    if len(found) > LONGEST_SUBJECT:
        raise refused(f"The {name} field may have {LONGEST_SUBJECT} characters at most.")
    return found


_COMMON: dict[str, Reader] = {
    "list_id": integer,
    "name": text,
    "body": text,
    "schedule": _schedule,
}
_READERS: dict[str, dict[str, Reader]] = {
    "sms": {**_COMMON, "from": _sender, "url_to_shorten": optional_text},
    "mms": {**_COMMON, "from": _sender, "subject": _subject, "media_file": web_address},
    "email": {
        **_COMMON,
        "subject": text,
        "from_email_address_id": integer,
        "from_name": text,
        "template_id": optional_integer,
    },
}


def _read(state: State, kind: str, fields: Json) -> Json:
    """The body of a campaign, checked."""
    found = row(fields, _READERS[kind])
    state.shelf("lists").get(found["list_id"])
    if kind == "sms" and bool(found["url_to_shorten"]) != (_LINK in found["body"]):
        raise refused(f"The body needs {_LINK} and url_to_shorten, or neither.")
    if kind == "email":
        rows = state.shelf("email_addresses").rows
        if not rows.get(found["from_email_address_id"], {}).get("verified"):
            raise refused("The from_email_address_id is not a verified address.")
    return found


def _messages(state: State, call: Call, kind: str, fields: Json) -> list[Message]:
    """One message a contact that can be reached."""
    people = [
        each for each in state.shelf("contacts").all() if each["list_id"] == fields["list_id"]
    ]
    if len(people) > MOST:
        raise refused("The list has too many recipients.", "TOO_MANY_RECIPIENTS")
    made = (_message(state, call, kind, fields, each) for each in people)
    return [each for each in made if each is not None]


def _message(state: State, call: Call, kind: str, fields: Json, contact: Json) -> Message | None:
    to = contact["email" if kind == "email" else "phone_number"]
    read = (to, "AU") if kind == "email" and to else recipient(to or "")
    if read is None or read[1] not in COUNTRIES:
        return None
    body = personal(fields["body"], contact)
    parts = sms_parts(body) if kind == "sms" else 1
    each = CAMPAIGN_EMAIL_PRICE if kind == "email" else COUNTRIES[read[1]].price(kind)
    free = to in TEST_EMAILS if kind == "email" else is_test(kind, read[0])
    return Message(
        kind=f"{kind}_campaign" if kind == "email" else kind,
        id=state.new_id(),
        to=read[0],
        body=body,
        price=each * parts,
        charged=Decimal(0) if free else each * parts,
        parts=parts,
        sender=fields.get("from") or SHARED_NUMBER,
        country=read[1],
        list_id=fields["list_id"],
        contact=contact,
        caller=call.caller,
        added=int(state.now()),
        extra={"subject": fields.get("subject"), "media_file": fields.get("media_file")},
    )


def send_out(state: State, campaign: Campaign) -> None:
    """Send a campaign whose time has come; it was charged when it was made."""
    campaign.status = "Sent"
    for message in campaign.messages:
        message.status, message.status_code = "Queued", "200"
        message.sent_at = state.now()
        state.messages.append(message)
        state.waiting.append(message)


def _cost(messages: list[Message]) -> Decimal:
    return sum((each.charged for each in messages), Decimal(0))


def _charge(state: State, call: Call, cost: Decimal) -> None:
    if call.caller.broke or cost > state.balance:
        raise refused("You have not enough credit for this campaign.", "INSUFFICIENT_CREDIT")
    state.charge(cost)


@dataclass(frozen=True)
class _Kind:
    """The operations of one kind."""

    kind: str

    def send(self, state: State, call: Call) -> Answer:
        fields = _read(state, self.kind, call.body)
        messages = _messages(state, call, self.kind, fields)
        _charge(state, call, _cost(messages))
        now = int(state.now())
        later = fields["schedule"] > now
        number = max((each.number for each in state.campaigns), default=0) + 1
        made = Campaign(
            kind=self.kind,
            number=number,
            name=fields["name"],
            status="Scheduled" if later else "Queued",
            added=now,
            schedule=fields["schedule"] or now,
            total=len(messages),
            fields=fields,
            messages=messages,
            caller=call.caller,
        )
        state.campaigns.append(made)
        shown = shown_campaign(state, made)
        if self.kind != "email":
            return shown
        return {**_totals(messages), "data": shown}

    def price(self, state: State, call: Call) -> Answer:
        fields = _read(state, self.kind, call.body)
        messages = _messages(state, call, self.kind, fields)
        schedule = fields["schedule"] or int(state.now())
        sample = messages[0].body if messages else fields["body"]  # as one of them would get it
        return {**_totals(messages), "data": {**fields, "body": sample, "schedule": schedule}}

    def all(self, state: State, call: Call) -> Answer:
        mine = [each for each in reversed(state.campaigns) if each.kind == self.kind]
        return page([shown_campaign(state, each) for each in mine], call)

    def get(self, state: State, call: Call) -> Answer:
        return shown_campaign(state, self._found(state, call))

    def update(self, state: State, call: Call) -> Answer:
        found = self._found(state, call, still_open=True)
        fields = _read(state, self.kind, {**found.fields, "name": found.name, **call.body})
        messages = _messages(state, call, self.kind, fields)
        _charge(state, call, _cost(messages) - _cost(found.messages))
        found.fields, found.name, found.messages = fields, fields["name"], messages
        found.total, found.schedule = len(messages), fields["schedule"] or int(state.now())
        found.status = "Scheduled" if fields["schedule"] > state.now() else "Queued"
        return shown_campaign(state, found)

    def cancel(self, state: State, call: Call) -> Answer:
        found = self._found(state, call, still_open=True)
        state.charge(-_cost(found.messages))
        found.status = "Cancelled"
        found.messages = []
        return shown_campaign(state, found)

    def history(self, state: State, call: Call) -> Answer:
        return page(self._history(state, call), call)

    def export(self, state: State, call: Call) -> Answer:
        return export(state, call, self._history(state, call))

    def _history(self, state: State, call: Call) -> list[Json]:
        campaign = self._found(state, call)
        rows = [_sent_email(campaign, each) for each in campaign.messages if each.sent_at]
        return within(rows, call, "processed_at")

    def _found(self, state: State, call: Call, *, still_open: bool = False) -> Campaign:
        number = call.number(f"{self.kind}_campaign_id")
        for each in state.campaigns:
            fits = not still_open or each.status in _OPEN
            if each.kind == self.kind and each.number == number and fits:
                return each
        raise missing("Campaign record not found.")


def _totals(messages: list[Message]) -> Json:
    total = sum((each.price for each in messages), Decimal(0))
    return {
        "total_count": len(messages),
        "total_price": f"{total:.4f}",
        "queued_count": len(messages),
        "_currency": CURRENCY,
    }


def _reaction(campaign: Campaign, message: Message) -> Json:
    """What a reader did: the first of a list opens the mail twice and follows a link, no other."""
    is_first = campaign.status == "Sent" and message is campaign.messages[0]
    return {"open_count": 2 if is_first else 0, "click_count": 1 if is_first else 0}


def _sent_email(campaign: Campaign, message: Message) -> Json:
    name = f"{message.contact['first_name'] or ''} {message.contact['last_name'] or ''}".strip()
    return {
        "email_campaign_id": campaign.number,
        "from_name": campaign.fields.get("from_name"),
        "from_address": str(campaign.fields.get("from_email_address_id")),
        "to_name": name or message.to,
        "to_address": message.to,
        "contact_id": message.contact["contact_id"],
        "subject": campaign.fields.get("subject"),
        "message_id": message.id,
        "processed_at": int(message.sent_at),
        "status": message.status,
        **_reaction(campaign, message),
        "hard_bounce_count": 0,
        "soft_bounce_count": 0,
    }


def shown_campaign(state: State, campaign: Campaign) -> Json:
    """A campaign as its list and its own operation show it."""
    fields = campaign.fields
    lists = state.shelf("lists").rows
    common: Json = {
        f"{campaign.kind}_campaign_id": campaign.number,
        "name": campaign.name,
        "user_id": 1,
        "subaccount_id": campaign.caller.subaccount_id,
        "list_id": fields["list_id"],
        "body": fields["body"],
        "status": campaign.status,
        "custom_string": None,
    }
    if campaign.kind == "email":
        return {**common, **_email_only(campaign)}
    common["from"] = fields.get("from") or SHARED_NUMBER
    common["_total_count"] = campaign.total
    common["_list_name"] = lists.get(fields["list_id"], {}).get("list_name", "")
    if campaign.kind == "sms":
        times = {"schedule": str(campaign.schedule), "date_added": str(campaign.added)}
        return {**common, **times, "ip_address": "127.0.0.1", "source": None}
    return {**common, **_mms_only(campaign)}


def _email_only(campaign: Campaign) -> Json:
    fields = campaign.fields
    sent = campaign.total if campaign.status == "Sent" else 0
    seen = [_reaction(campaign, each) for each in campaign.messages]
    counts = ("hard_bounce", "soft_bounce", "abuse", "unsubscribe")
    return {
        "subject": fields.get("subject"),
        "from_email_address_id": fields.get("from_email_address_id", 2),
        "from_name": fields.get("from_name", "Harbour Dental"),
        "template_id": fields.get("template_id"),
        "schedule": str(campaign.schedule) if fields.get("schedule") else "",
        "date_added": str(campaign.added),
        "custom_string": "",
        "send_count": sent,
        **{
            name: fields.get(name, sum(each[name] for each in seen))
            for name in ("open_count", "click_count")
        },
        **{f"{name}_count": 0 for name in counts},
        "body_plain_text": fields["body"],
    }


def _mms_only(campaign: Campaign) -> Json:
    media = campaign.fields.get("media_file") or "http://example.com/menu.jpg"
    return {
        "subject": campaign.fields.get("subject"),
        "file_name": media.rpartition("/")[2],
        "schedule": campaign.schedule,
        "date_added": campaign.added,
        "country": None,
        "unsubscribe_link": 0,
        "_media_file_url": media,
    }


def _routes(kind: str) -> tuple[Route, ...]:
    runs, name = _Kind(kind), kind.upper() if kind != "email" else "Email"
    one = f"/{kind}-campaigns/{{{kind}_campaign_id}}"
    table: tuple[tuple[str, str, str, Callable[[State, Call], Answer], str], ...] = (
        ("send", "POST", f"/{kind}-campaigns/send", runs.send, "campaign has been created."),
        ("price", "POST", f"/{kind}-campaigns/price", runs.price, "campaign price."),
        ("list", "GET", f"/{kind}-campaigns", runs.all, "campaigns."),
        ("get", "GET", one, runs.get, "campaign."),
        ("update", "PUT", one, runs.update, "campaign has been updated."),
        ("cancel", "PUT", f"{one}/cancel", runs.cancel, "campaign has been cancelled."),
    )
    return tuple(
        Route(f"{kind}_campaigns.{verb}", method, path, run, f"Your {name} {said}")
        for verb, method, path, run, said in table
    )


_EMAIL = "/email-campaigns/{email_campaign_id}/history"
ROUTES = (
    *_routes("sms"),
    *_routes("mms"),
    *_routes("email"),
    Route("email_campaigns.history", "GET", _EMAIL, _Kind("email").history, "Here is your result."),
    Route("email_campaigns.export_history", "GET", f"{_EMAIL}/export", _Kind("email").export),
)
