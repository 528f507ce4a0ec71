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
from commands.changes import shown
from commands.things import Entry, Sheet, cut

PAGE, OFFERED, SHOW = "country.page", "country.offered", "country.show"
ADD, REMOVE, AGREE = "country.add", "country.remove", "country.agree"
LIST = "/clicksend country list"
_EMPTY = "No country is selected. `/clicksend country offered` shows those that can be added."
_RULES = 2000


def selected_sheet(countries: Sequence[SelectedCountry], number: int) -> Sheet:
    """A page of the countries that the account may send to."""
    entries = [
        Entry(
            each.name or "(no name)",
            " · ".join(_facts(each)),
            button("Show", f"{SHOW}:{each.id}", value=str(each.id)),
        )
        for each in countries
    ]
    return cut("Countries to send to", entries, number, empty=_EMPTY)


def render(country: SelectedCountry) -> Message:
    """One country: its rules, and the buttons that ask before they count."""
    name, number = shown(country.name, longest=100), str(country.id)
    lines = [" · ".join([f"*{name}*", *_facts(country)])]
    rules = country.regulation_requirements_description or country.trial_sending_description
    lines += [escape(clip(rules, _RULES))] if rules else []
    remove = confirm(
        "Remove this country?",
        f"Nobody can send to *{name}* from this account until it is added again.",
        ok="Remove it",
        deny="Keep it",
    )
    agree = confirm(
        "Agree to its rules?",
        f"The account agrees to the rules of *{name}*. Nobody can take that back.",
        ok="Agree",
        deny="Not now",
    )
    pressed = [button("Remove", REMOVE, value=number, style="danger", ask=remove)]
    if not country.agreed_at:
        pressed.insert(0, button("Agree to its rules", AGREE, value=number, ask=agree))
    steps = country.registration_steps_url
    more = [context(f"How to register: {escape(clip(steps, 300))}")] if steps else []
    text = "\n".join(lines)
    head = header(clip(country.name or "(no name)", 140))
    return Message(text, (head, section(text), *more, buttons(*pressed)))


def _facts(country: SelectedCountry) -> list[str]:
    """What there is to say of a country in a line (mrkdwn)."""
    status = country.registration_status.name if country.registration_status else None
    said = (
        escape(country.code or ""),
        escape(country.region or ""),
        ":white_check_mark: rules agreed to" if country.agreed_at else "rules not agreed to",
        f"registration: {shown(status.replace('_', ' ').lower())}" if status else "",
        ":warning: it has rules of its own" if country.has_regulation_requirements else "",
        "only some senders may send" if country.restricted_sending else "",
        "on trial" if country.trial_sending else "",
    )
    return [each for each in said if each]
