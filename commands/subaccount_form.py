"""The forms of `/clicksend subaccount`: a new one without a password, and what one may."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from slack_sdk.models.blocks import CheckboxesElement

from bot.clicksend.operations.account import Subaccount
from bot.services import subaccounts
from bot.services.csv_rows import is_email, number_of
from bot.services.subaccounts import CHANGEABLE, PERSON
from bot.slack.blocks import Block, Modal, Option, clip, input_block, modal, section
from bot.slack.calls import View
from bot.slack.router import Ack, Errors
from bot.texts import Phrase, say
from commands.access_text import may_not
from commands.answers import plain
from commands.changes import shown
from commands.context import BotCall, BotRouter
from commands.fields import text_field
from commands.things import Words, change, denied, kept, metadata

CREATE, CHANGE = "subaccount.create", "subaccount.change"
LIST = "/clicksend subaccount list"
NAME, MAY = "name", "may"
_LABELS = {
    "email": Phrase("Email"),
    "phone_number": Phrase("Phone number"),
    "first_name": Phrase("First name"),
    "last_name": Phrase("Last name"),
}
_LONGEST = 200
_NO_PASSWORD = Phrase(
    "No password passes through Slack: the new subaccount gets one that nobody sees, and its "
    "person sets their own with *Forgot password* where they log in to ClickSend."
)
_TOO_LONG = Phrase(
    ":warning: Something of this subaccount has more than 200 characters, which no form "
    "here holds. Nothing was changed. Change it in "
    "<https://dashboard.clicksend.com|ClickSend's dashboard>."
)

router: BotRouter = BotRouter()


@router.command(
    "subaccount create",
    args="[name]",
    summary=Phrase("let somebody use the account, as `/clicksend subaccount create ben` (admins)"),
    uses=("subaccounts.create",),
)
async def create(call: BotCall) -> None:
    """Open the form of a new subaccount."""
    call.later(_open(call), doing=Phrase("opening the form"))


@router.view(CREATE)
async def created(call: BotCall) -> Ack:
    """Make the subaccount, once."""
    refusal = denied(await call.services.access.may_administer(call.user))
    if refusal or call.view is None:
        return refusal
    about = kept(call)
    person, wrong = read(call.view, call.services.default_country)
    name = call.view.text(NAME).strip()
    if not name:
        wrong[NAME] = say("Write something here.")
    if wrong:
        return Errors(wrong)
    operation = subaccounts.creation(name, person, call.view.choices(MAY))
    words = Words(
        lambda: say(
            "The subaccount *{name}* is made. "
            "Its person sets a password with *Forgot password* where they log in to ClickSend.",
            name=shown(name),
        ),
        say("The subaccount *{name}* was not made.", name=shown(name)),
        LIST,
    )
    return await change(call, operation, words, key=about["id"], channel=about["channel"])


@router.view(CHANGE)
async def changed(call: BotCall) -> Ack:
    """Change the subaccount, once."""
    refusal = denied(await call.services.access.may_administer(call.user))
    if refusal or call.view is None:
        return refusal
    about = kept(call)
    person, wrong = read(call.view, call.services.default_country)
    if wrong:
        return Errors(wrong)
    number, name = int(about["number"]), str(about["name"])
    operation = subaccounts.update(number, name, person, call.view.choices(MAY))
    words = Words(
        lambda: say("The subaccount *{name}* is changed.", name=shown(name)),
        say("The subaccount *{name}* was not changed.", name=shown(name)),
        LIST,
    )
    return await change(call, operation, words, key=about["id"], channel=about["channel"])


async def open_change(call: BotCall, account: Subaccount) -> None:
    """Open the form of a subaccount with what is there."""
    name = account.api_username or ""
    typed = {field: getattr(account, field) or "" for field in PERSON}
    if max(map(len, (name, *typed.values()))) > _LONGEST:
        await call.reply(plain(_TOO_LONG))
        return
    about = metadata(call, number=account.subaccount_id, name=name)
    may = {field for field in CHANGEABLE if getattr(account, field)}
    intro = [
        section(
            say(
                "*{name}* · its password and its key stay as they are.",
                name=shown(name, say("no name")),
            )
        )
    ]
    blocks = [*intro, *_person(typed), _may(may)]
    await call.open(_form(CHANGE, say("Change subaccount"), blocks, about))


async def _open(call: BotCall) -> None:
    if await may_not(call):
        return
    name = text_field(
        NAME, say("Name to log in with"), clip(call.text.strip(), _LONGEST), most=_LONGEST
    )
    blocks = [section(_NO_PASSWORD), name, *_person({}), _may(frozenset())]
    await call.open(_form(CREATE, say("New subaccount"), blocks, metadata(call)))


def read(view: View, country: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """Who somebody is as it was typed, and what is wrong with it by block."""
    person = {field: view.text(field).strip() for field in PERSON}
    wrong = {field: say("Write something here.") for field in PERSON if not person[field]}
    if person["email"] and not is_email(person["email"]):
        wrong["email"] = say("This is no email address.")
    if person["phone_number"]:
        person["phone_number"], why = number_of(person["phone_number"], country)
        if why:
            wrong["phone_number"] = say("This {why}.", why=why)
    return person, wrong


def _form(callback_id: str, title: str, blocks: list[Block], kept_: str) -> Modal:
    return modal(
        callback_id, title, blocks, submit=say("Save"), close=say("Cancel"), private_metadata=kept_
    )


def _person(typed: Mapping[str, str]) -> list[Block]:
    return [
        text_field(field, str(label), typed.get(field, ""), most=_LONGEST)
        for field, label in _LABELS.items()
    ]


def _may(ticked: AbstractSet[str]) -> Block:
    options = {field: Option(value=field, text=str(name)) for field, name in CHANGEABLE.items()}
    element = CheckboxesElement(
        action_id=MAY,
        options=list(options.values()),
        initial_options=[options[field] for field in CHANGEABLE if field in ticked] or None,
    )
    return input_block(MAY, say("May see and change"), element, optional=True)
