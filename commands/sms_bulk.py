"""`/clicksend sms bulk`: a text with merge fields to everybody in a CSV dropped into Slack."""

from __future__ import annotations

import json

from slack_sdk.models.blocks import PlainTextInputElement

from bot.services.csv_file import CsvError
from bot.services.csv_spec import BULK, Spec
from bot.services.sending import new_id
from bot.slack.blocks import Block, Modal, escape, input_block, modal, section
from bot.slack.calls import View
from bot.slack.client import SlackError
from bot.slack.router import Ack, Errors, Update
from bot.texts import Phrase, say
from commands.answers import NOTHING, plain, refused
from commands.audience import wrong_sender
from commands.context import BotCall, BotRouter
from commands.csv_form import FILE, file_input, match
from commands.review import loading

FORM = "sms.bulk"
TEXT, SENDER = "text", "sender"
LONGEST = 2000

router: BotRouter = BotRouter()


@router.command(
    "sms bulk",
    args="[text]",
    summary=Phrase(
        "a text to everybody in a CSV file, as `/clicksend sms bulk Hello {first_name|there}`"
    ),
    uses=("sms.price", "sms.send", "account.get", "contacts.list"),
)
async def bulk(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    call.later(_open(call), doing=Phrase("opening the form"))


async def _open(call: BotCall) -> None:
    if await refused(call, "sms"):
        return
    if len(call.text) > LONGEST:
        text = say(
            ":warning: A text has at most {most:,} characters, and this has {count:,}. {nothing} "
            "Shorten it and try again.",
            most=LONGEST,
            count=len(call.text),
            nothing=NOTHING,
        )
        await call.reply(plain(text))
        return
    channel = call.channel or call.user
    sender = (await call.services.own.of(call.user)).sender
    await call.open(form(new_id(), channel, text=call.text, sender=sender))


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check what can be checked here; the file is looked at in the loading view."""
    if call.view is None:
        return None
    wrong = wrong_sender(call.view.text(SENDER).strip(), SENDER)
    if not call.view.files(FILE):
        wrong[FILE] = say("Drop a CSV file here.")
    if not call.view.text(TEXT).strip():
        wrong[TEXT] = say("Write the message.")
    if wrong:
        return Errors(wrong)
    call.later(_look(call, call.view), doing=Phrase("reading the file"))
    return Update(loading(say("Bulk SMS")))


async def _look(call: BotCall, view: View) -> None:
    kept = json.loads(view.private_metadata)
    if await refused(call, "sms"):
        return
    text, sender = view.text(TEXT), view.text(SENDER).strip()
    spec = Spec(
        file=view.files(FILE)[0],
        name=view.file_name(FILE) or say("the file"),
        template=text,
        sender=sender or None,
    )
    try:
        found = await call.services.csv.jobs.look(
            kept["id"], BULK, spec, actor=call.user, channel=kept["channel"]
        )
    except (CsvError, SlackError) as error:
        problem = error.words if isinstance(error, SlackError) else str(error)
        again = form(new_id(), kept["channel"], text=text, sender=sender, problem=problem)
        await call.slack.update_view(view.id, again)
        return
    if found is not None:
        await call.slack.update_view(view.id, match(BULK, kept["id"], *found))


def form(
    job_id: str, channel: str, *, text: str = "", sender: str = "", problem: str = ""
) -> Modal:
    """The form, with what was typed, and with a problem at its top (plain text)."""
    typed = PlainTextInputElement(
        action_id=TEXT,
        multiline=True,
        max_length=LONGEST,
        initial_value=text or None,
        placeholder=say("Hello {first_name|there}, your parcel is here."),
    )
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)} {NOTHING}")] if problem else []),
        file_input(),
        input_block(
            TEXT,
            say("Message"),
            typed,
            hint=say(
                "{first_name} is what that column holds; {first_name|there} is “there” where it "
                "is empty. A row without what the text needs is rejected."
            ),
        ),
        input_block(
            SENDER,
            say("From"),
            PlainTextInputElement(action_id=SENDER, max_length=20, initial_value=sender or None),
            hint=say("Your sender ID; empty: ClickSend chooses."),
            optional=True,
        ),
    ]
    return modal(
        FORM,
        say("Bulk SMS"),
        blocks,
        submit=say("Look at the file"),
        close=say("Cancel"),
        private_metadata=json.dumps({"id": job_id, "channel": channel}),
    )
