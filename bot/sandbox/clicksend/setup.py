"""What is set up once: countries, email-to-SMS, SMS templates, delivery issues, short links."""

from __future__ import annotations

from zoneinfo import available_timezones

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.fields import (
    Reader,
    email,
    mistyped,
    one_of,
    optional_text,
    row,
    text,
)
from bot.sandbox.clicksend.paging import page
from bot.sandbox.clicksend.prices import COUNTRIES, Country
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.shelf import Stored
from bot.sandbox.clicksend.state import State
from bot.sandbox.clicksend.wire import Answer, Json, missing, refused

_KINDS = ("SMS", "MMS", "VOICE", "EMAIL_MARKETING", "EMAIL_TRANSACTIONAL", "FAX", "POST")


def _countries(_: State, __: Call) -> Answer:
    return [{"code": each.code, "value": each.name} for each in COUNTRIES.values()]


def _country(each: Country) -> Json:
    return {"id": each.number, "name": each.name, "code": each.code, "region": each.region}


def _country_list(_: State, __: Call) -> Answer:
    return [_country(each) for each in COUNTRIES.values()]


def _selected(state: State, _: Call) -> Answer:
    return [
        {
            **_country(COUNTRIES[code]),
            "agreed_at": state.settings["agreed"],
            "registration_entity": None,
            "registration_status": {"id": 1, "name": "NOT_INITIATED"},
            "jotform_id": "12345",
            "sms_registration_type": 0,
            "block_registration": 0,
            "block_leads": 0,
            "trial_from_address": "",
            "restricted_sending": 0,
            "trial_sending": 0,
            "trial_sending_description": "",
            "has_regulation_requirements": 0,
            "registration_steps_url": "http://example.com/registration",
            "regulation_requirements_description": "",
        }
        for code in state.settings["countries"]
    ]


def _select(state: State, call: Call) -> Answer:
    """Exactly the countries named are selected from now on."""
    wanted = call.body.get("country_list_ids")
    if wanted is None:
        raise refused("The country_list_ids field is required.", "MISSING_REQUIRED_FIELDS")
    if not isinstance(wanted, list) or not all(type(each) is int for each in wanted):
        raise mistyped("country_list_ids", "a list of integers")
    known = {each.number: code for code, each in COUNTRIES.items()}
    if unknown := [each for each in wanted if each not in known]:
        raise refused(f"There is no country {unknown[0]}.")
    state.settings["countries"] = [known[each] for each in dict.fromkeys(wanted)]
    return _selected(state, call)


def _agree(state: State, call: Call) -> Answer:
    state.settings["agreed"] = int(state.now())
    return _selected(state, call)


def _timezones(_: State, __: Call) -> Answer:
    return sorted(name for name in available_timezones() if "/" in name)


_ALLOWED: dict[str, Reader] = {"email_address": email, "from": optional_text}
_STRIPPED: dict[str, Reader] = {"strip_string": text}
_TEMPLATE: dict[str, Reader] = {"body": text, "template_name": text}


def _issue(state: State, call: Call) -> Answer:
    fields = row(call.body, {"message_id": optional_text, "description": text})
    kind = text(call.body, "type")
    fields["type"] = one_of(*_KINDS)({"type": kind.upper()}, "type")
    fields["email_address"] = email(call.body, "email_address")
    made: Json = {"user_id": 1, **fields}
    made["client_comments"] = optional_text(call.body, "client_comments")
    made |= {"support_comments": None, "status": None, "date_added": int(state.now())}
    return state.shelf("issues").add({**made, "resolved": 0})


def _issues(state: State, call: Call) -> Answer:
    return page(list(reversed(state.shelf("issues").all())), call)


def _link_id(source: str, number: str) -> str:
    return f"{source}-{number.lower()}"


def _link_statistics(state: State, call: Call) -> Answer:
    """The clicks on the short link of a message or a campaign; they come by the control path."""
    source, number = call.path["source"], call.path["source_id"]
    total = _reached(state, source, number)
    if total is None:
        raise missing("Record not found.")
    name = _link_id(source, number)
    clicks = [each for each in state.links if each["long_url_id"] == name]
    count = [{"label": "mobile", "count": len(clicks)}] if clicks else []
    opened = len({each["contact"]["phone_number"] for each in clicks})
    totals = {"total": total, "opened_unique": opened, "opened_total": len(clicks)}
    groups = ("device", "os", "browser", "country", "region")
    return [
        {
            "long_url_id": name,
            "links": {**totals, "unopened": total - opened},
            **dict.fromkeys(groups, count),
        }
    ]


def _reached(state: State, source: str, number: str) -> int | None:
    """How many got a link; None when there is none."""
    if source == "quick_sms":
        return 1 if state.find("sms", number) else None
    named = (each for each in state.campaigns if each.kind == "sms" and str(each.number) == number)
    campaign = next(named, None)
    is_linked = source == "sms_campaign" and campaign and campaign.fields.get("url_to_shorten")
    return campaign.total if campaign and is_linked else None


def _link_tracking(state: State, call: Call) -> Answer:
    name = call.path["long_url_id"]
    mine = [each for each in state.links if each["long_url_id"] == name]
    source, _, number = name.partition("-")
    if _reached(state, source, number) is None:
        raise missing("Record not found.")
    shown = [
        {
            "open_count": sum(other["contact"] == each["contact"] for other in mine),
            "date_opened": each["at"],
            "user_geo_country": "AU",
            "user_geo_region": "new_south_wales",
            "user_device": "mobile",
            "user_browser": "chrome",
            "user_os": "android",
            "contact": each["contact"],
        }
        for each in {each["contact"]["phone_number"]: each for each in mine}.values()
    ]
    rows = page(shown, call)
    return {
        "total": rows["total"],
        "per_page": rows["per_page"],
        "current_page_size": len(rows["data"]),
        "prev_page_url": rows["prev_page_url"],
        "next_page_url": rows["next_page_url"],
        "data": rows["data"],
    }


def click(state: State, message_id: str) -> Json:
    """Let the recipient of a message open its link.

    Args:
        state: The account.
        message_id: The message.

    Raises:
        RefusedError: There is no such message.
    """
    message = state.find("sms", message_id)
    if message is None:
        raise missing("Message record not found.")
    mine = (each for each in state.campaigns if message in each.messages)
    campaign = next(mine, None)
    source, number = (
        ("sms_campaign", str(campaign.number)) if campaign else ("quick_sms", message_id)
    )
    made: Json = {
        "long_url_id": _link_id(source, number),
        "at": int(state.now()),
        "contact": {"phone_number": message.to, **message.contact},
    }
    state.links.append(made)
    return made


_ISSUES, _LINKS = "/delivery-issues", "/short-url"
_SELECTED = "Here are your countries selection."
_SMS_TEMPLATES = {
    "list": "Here are your data.",
    "create": "New template has been saved.",
    "update": "Your template has been updated.",
    "delete": "Your template has been deleted.",
}
ROUTES = (
    Route("countries.list", "GET", "/countries", _countries, "List of Countries."),
    Route("timezones.list", "GET", "/timezones", _timezones, "List of timezones."),
    Route("global_sending.list_countries", "GET", "/country-list", _country_list),
    Route("global_sending.selected_countries", "GET", "/user-countries", _selected, _SELECTED),
    Route("global_sending.select_countries", "POST", "/user-countries", _select, _SELECTED),
    Route("global_sending.agree", "POST", "/user-countries/agree", _agree, _SELECTED),
    Route("delivery_issues.list", "GET", _ISSUES, _issues, "Here is your result."),
    Route("delivery_issues.create", "POST", _ISSUES, _issue, "Delivery issue has been created."),
    Route(
        "short_urls.statistics",
        "GET",
        f"{_LINKS}/statistics/{{source}}/{{source_id}}",
        _link_statistics,
    ),
    Route("short_urls.tracking", "GET", f"{_LINKS}/tracking/{{long_url_id}}", _link_tracking),
    *Stored(
        "email_to_sms",
        "/sms/email-sms",
        "allowed_addresses",
        _ALLOWED,
        {"list": "Here are some data.", "create": "New data has been saved."},
        names={
            "list": "email_to_sms.list_allowed_addresses",
            "create": "email_to_sms.create_allowed_address",
        },
    ).routes("email_address_id"),
    *Stored(
        "email_to_sms",
        "/sms/email-sms-stripped-strings",
        "stripped_strings",
        _STRIPPED,
        {
            "list": "Here is your result.",
            "create": "Strip string has been created.",
            "get": "Here is your result.",
            "update": "Strip string has been updated.",
            "delete": "Strip string has been deleted.",
        },
        gone=True,
        names={
            "list": "email_to_sms.list_stripped_strings",
            "create": "email_to_sms.create_stripped_string",
            "get": "email_to_sms.get_stripped_string",
            "update": "email_to_sms.update_stripped_string",
            "delete": "email_to_sms.delete_stripped_string",
        },
    ).routes("rule_id"),
    *Stored(
        "sms",
        "/sms/templates",
        "sms_templates",
        _TEMPLATE,
        _SMS_TEMPLATES,
        names={
            "list": "sms.list_templates",
            "create": "sms.create_template",
            "update": "sms.update_template",
            "delete": "sms.delete_template",
        },
    ).routes("template_id"),
)
