"""`/clicksend settings`: a person's own time zone, sender, language of calls, and news."""

from __future__ import annotations

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ExternalDataSelectElement,
    PlainTextInputElement,
    StaticSelectElement,
)

from bot.clicksend.operations.voice import Language
from bot.services.own_settings import Notify, Own, zone_named, zones_like
from bot.slack.blocks import Modal, Option, input_block, modal
from bot.slack.calls import View
from bot.slack.router import Ack, Clear, Errors, Options
from bot.texts import Phrase, say
from commands.audience import wrong_sender
from commands.context import BotCall, BotRouter
from commands.home import show
from commands.home_view import SETTINGS
from commands.voice_names import NAMES

FORM = "settings.form"
ZONE, SENDER, LANGUAGE, NOTIFY = (f"settings.{each}" for each in ("zone", "from", "lang", "notify"))
_NONE = "-"
"""The option that takes a choice back: a menu's value may not be empty."""
_AS_SLACK, _USUAL = Phrase("As in Slack"), Phrase("The usual one")
_NEWS = {
    Notify.FAILURES: Phrase("Something I sent did not arrive"),
    Notify.APPROVALS: Phrase("Something waits for a yes that I may give"),
}

router: BotRouter = BotRouter()


@router.action(SETTINGS)
@router.command(
    "settings", summary=Phrase("your own time zone, sender, language of calls, and news")
)
async def settings(call: BotCall) -> None:
    """Open the form with what is set, typed or pressed."""
    call.later(_open(call), doing=Phrase("opening your settings"))


@router.options(ZONE)
async def zones(call: BotCall) -> Ack:
    """Offer the time zones whose names contain what is typed."""
    found = [Option(value=name, text=_zone(name)) for name in zones_like(call.value)]
    return Options([_none(_AS_SLACK), *found])


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Keep what was set, and show Home with it."""
    if call.view is None:
        return None
    own = read(call.view)
    wrong = wrong_sender(own.sender, SENDER)
    if own.time_zone and zone_named(own.time_zone) is None:
        wrong[ZONE] = say("Choose a time zone that is offered.")
    if own.language and own.language not in list(Language):
        wrong[LANGUAGE] = say("Choose a language that is offered.")
    if wrong:
        return Errors(wrong)
    await call.services.own.save(call.user, own)
    call.later(show(call), doing=Phrase("showing your Home"))
    return Clear()


async def _open(call: BotCall) -> None:
    await call.open(form(await call.services.own.of(call.user)))


def read(view: View) -> Own:
    """What was chosen in the form."""
    return Own(
        time_zone=(view.choice(ZONE) or "").removeprefix(_NONE),
        sender=view.text(SENDER).strip(),
        language=(view.choice(LANGUAGE) or "").removeprefix(_NONE),
        notify=view.choices(NOTIFY) & frozenset(Notify),
    )


def form(own: Own) -> Modal:
    """The form with what is set."""
    zone = ExternalDataSelectElement(
        action_id=ZONE,
        placeholder=say("Type a city, as Sydney"),
        min_query_length=0,
        initial_option=(
            Option(value=own.time_zone, text=_zone(own.time_zone))
            if own.time_zone
            else _none(_AS_SLACK)
        ),
    )
    sender = PlainTextInputElement(
        action_id=SENDER,
        max_length=20,
        initial_value=own.sender or None,
        placeholder=say("Empty: ClickSend chooses"),
    )
    languages = {each.value: Option(value=each.value, text=str(NAMES[each])) for each in Language}
    usual = _none(_USUAL)
    language = StaticSelectElement(
        action_id=LANGUAGE,
        options=[usual, *languages.values()],
        initial_option=languages.get(own.language, usual),
    )
    news = {each: Option(value=each.value, text=str(text)) for each, text in _NEWS.items()}
    ticked = [option for each, option in news.items() if each in own.notify]
    boxes = CheckboxesElement(
        action_id=NOTIFY, options=list(news.values()), initial_options=ticked or None
    )
    blocks = [
        input_block(
            ZONE,
            say("Time zone"),
            zone,
            hint=say("For times that you type, and in what only you read. Others read their own."),
            optional=True,
        ),
        input_block(SENDER, say("Sender that my SMS and MMS begin with"), sender, optional=True),
        input_block(
            LANGUAGE, say("Language that my voice calls begin with"), language, optional=True
        ),
        input_block(NOTIFY, say("Tell me in a direct message when"), boxes, optional=True),
    ]
    return modal(FORM, say("My settings"), blocks, submit=say("Save"), close=say("Cancel"))


def _none(text: Phrase) -> Option:
    """The option that takes a choice back."""
    return Option(value=_NONE, text=str(text))


def _zone(name: str) -> str:
    """A time zone as people read it."""
    area, _, city = name.replace("_", " ").rpartition("/")
    return f"{city} ({area})" if area else city
