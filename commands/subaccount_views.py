"""How subaccounts look in Slack: one of a list, and one with what can be done about it."""

from __future__ import annotations

from bot.clicksend.operations.account import Subaccount
from bot.services import subaccounts
from bot.services.money import total
from bot.services.usage import Used
from bot.slack.blocks import (
    Message,
    button,
    buttons,
    clip,
    confirm,
    context,
    header,
    section,
)
from bot.texts import say
from commands.changes import shown
from commands.subaccount_form import CHANGE
from commands.things import Entry
from commands.usage import NAMES

SHOW, DELETE = "subaccount.show", "subaccount.delete"


def entry(account: Subaccount) -> Entry:
    """One of a list."""
    number = str(account.subaccount_id or "")
    facts = (f"`{number}`", shown(_person(account), ""), shown(account.email, ""))
    beside = button(say("Show"), f"{SHOW}:{number}", value=number) if number else None
    return Entry(
        account.api_username or say("(no name)"), " · ".join(each for each in facts if each), beside
    )


def _person(account: Subaccount) -> str:
    return " ".join(filter(None, (account.first_name, account.last_name)))


def spent(used: dict[str, Used], currency: str, month: str) -> str:
    """What was used in a month, in words (mrkdwn)."""
    if not used:
        return say("It used nothing in {month}.", month=month)
    each = [
        say(
            "{channel} {count:,} for {price}",
            channel=NAMES[name],
            count=one.count,
            price=total(one.price, currency),
        )
        for name, one in used.items()
    ]
    return say("Used in {month}: {used}.", month=month, used=", ".join(each))


def render(account: Subaccount, used: str) -> Message:
    """One subaccount, with what can be done about it; its key is not in it."""
    number, name = str(account.subaccount_id), account.api_username or say("(no name)")
    may, may_not_ = subaccounts.permissions(account)
    lines = [
        f"*{shown(name)}* · {shown(_person(account), say('no person'))}",
        " · ".join(
            (
                shown(account.email, say("no email")),
                shown(account.phone_number, say("no number")),
            )
        ),
        say(":white_check_mark: may use: {what}", what=", ".join(map(str, may)) or say("nothing")),
        say(
            ":no_entry_sign: may not use: {what}",
            what=", ".join(map(str, may_not_)) or say("nothing is closed to it"),
        ),
        used,
    ]
    ask = confirm(
        say("Delete this subaccount?"),
        say(
            "Whatever uses the API key of *{name}* stops working, and nobody can bring it back.",
            name=shown(name, longest=100),
        ),
        ok=say("Yes, delete it"),
        deny=say("Keep it"),
    )
    pressed = buttons(
        button(say("Change…"), CHANGE, value=number),
        button(say("Delete"), DELETE, value=number, style="danger", ask=ask),
    )
    small = context(say("`{number}` · its API key never passes through Slack", number=number))
    blocks = (header(clip(name, 140)), section("\n".join(lines)), small, pressed)
    return Message("\n".join(lines), blocks)
