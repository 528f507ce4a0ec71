"""How the countries of sending look in Slack: a page of them, and one with its rules."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clicksend.operations.global_sending import SelectedCountry
from bot.slack.blocks import (
    Message,
    button,
    buttons,
    clip,
    confirm,
    context,
    escape,
    header,
    section,
)
from bot.texts import Phrase, say
from commands.changes import shown
from commands.things import Entry, Sheet, cut

PAGE, OFFERED, SHOW = "country.page", "country.offered", "country.show"
ADD, REMOVE, AGREE = "country.add", "country.remove", "country.agree"
LIST = "/clicksend country list"
_EMPTY = Phrase(
    "No country is selected. `/clicksend country offered` shows those that can be added."
)
_RULES = 2000


def selected_sheet(countries: Sequence[SelectedCountry], number: int) -> Sheet:
    """A page of the countries that the account may send to."""
    entries = [
        Entry(
            each.name or say("(no name)"),
            " · ".join(_facts(each)),
            button(say("Show"), f"{SHOW}:{each.id}", value=str(each.id)),
        )
        for each in countries
    ]
    return cut(say("Countries to send to"), entries, number, empty=_EMPTY)


def render(country: SelectedCountry) -> Message:
    """One country: its rules, and the buttons that ask before they count."""
    name, number = shown(country.name, longest=100), str(country.id)
    lines = [" · ".join([f"*{name}*", *_facts(country)])]
    rules = country.regulation_requirements_description or country.trial_sending_description
    lines += [escape(clip(rules, _RULES))] if rules else []
    remove = confirm(
        say("Remove this country?"),
        say("Nobody can send to *{name}* from this account until it is added again.", name=name),
        ok=say("Remove it"),
        deny=say("Keep it"),
    )
    agree = confirm(
        say("Agree to its rules?"),
        say("The account agrees to the rules of *{name}*. Nobody can take that back.", name=name),
        ok=say("Agree"),
        deny=say("Not now"),
    )
    pressed = [button(say("Remove"), REMOVE, value=number, style="danger", ask=remove)]
    if not country.agreed_at:
        pressed.insert(0, button(say("Agree to its rules"), AGREE, value=number, ask=agree))
    steps = country.registration_steps_url
    address = escape(clip(steps or "", 300))
    more = [context(say("How to register: {address}", address=address))] if steps else []
    text = "\n".join(lines)
    head = header(clip(country.name or say("(no name)"), 140))
    return Message(text, (head, section(text), *more, buttons(*pressed)))


def _facts(country: SelectedCountry) -> list[str]:
    """What there is to say of a country in a line (mrkdwn)."""
    status = country.registration_status.name if country.registration_status else None
    registered = shown(status.replace("_", " ").lower()) if status else ""
    agreed = bool(country.agreed_at)
    said = (
        escape(country.code or ""),
        escape(country.region or ""),
        say(":white_check_mark: rules agreed to") if agreed else say("rules not agreed to"),
        say("registration: {state}", state=registered) if status else "",
        say(":warning: it has rules of its own") if country.has_regulation_requirements else "",
        say("only some senders may send") if country.restricted_sending else "",
        say("on trial") if country.trial_sending else "",
    )
    return [each for each in said if each]
