"""`/clicksend contact import`: a CSV dropped into Slack becomes contacts of a list."""

from __future__ import annotations

import json

from slack_sdk.models.blocks import PlainTextInputElement

from bot.clicksend import ClickSendError
from bot.services.contacts import NoneFound
from bot.services.csv_file import CsvError
from bot.services.csv_spec import IMPORT, Spec
from bot.services.explain import explain
from bot.services.sending import new_id
from bot.slack.blocks import Block, Modal, escape, input_block, modal, section
from bot.slack.calls import View
from bot.slack.client import SlackError
from bot.slack.router import Ack, Errors, Update
from bot.texts import Phrase, say
from commands.answers import NOTHING
from commands.changes import may_not
from commands.context import BotCall, BotRouter
from commands.csv_form import FILE, file_input, match
from commands.list_picker import picker
from commands.review import loading

FORM = "contact.import"
LIST, NEW = "list", "new"
LONGEST_NAME = 255

router: BotRouter = BotRouter()


@router.command(
    "contact import",
    summary=Phrase("many contacts from a CSV file, checked before anything is imported"),
    uses=(
        *("lists.import_contacts", "uploads.upload", "lists.create", "lists.get", "lists.list"),
        "contacts.list",
    ),
)
async def import_(call: BotCall) -> None:
    """Open the form."""
    call.later(_open(call), doing=Phrase("opening the form"))


async def _open(call: BotCall) -> None:
    if not await may_not(call):
        await call.open(form(new_id()))


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check what can be checked here; the file is looked at in the loading view."""
    if call.view is None:
        return None
    wrong = _wrong(call.view)
    if wrong:
        return Errors(wrong)
    view_id = call.view.id
    call.later(_look(call, call.view, view_id), doing=Phrase("reading the file"))
    return Update(loading(say("Import contacts")))


def _wrong(view: View) -> dict[str, str]:
    wrong = {}
    if not view.files(FILE):
        wrong[FILE] = say("Drop a CSV file here.")
    chosen, new = view.choice(LIST), view.text(NEW).strip()
    if bool(chosen) == bool(new):
        wrong[NEW] = say("Choose a list above, or write the name of a new one: one of the two.")
    elif chosen and not chosen.isdigit():
        wrong[LIST] = say("Choose a list that is offered.")
    return wrong


async def _look(call: BotCall, view: View, view_id: str) -> None:
    if await may_not(call):
        return
    job_id = str(json.loads(view.private_metadata)["id"])
    try:
        list_id, name = await _list(call, view)
        spec = Spec(
            file=view.files(FILE)[0],
            name=view.file_name(FILE) or say("the file"),
            list_id=list_id,
            list_name=name,
        )
        found = await call.services.csv.jobs.look(
            job_id, IMPORT, spec, actor=call.user, channel=call.user
        )
    except (CsvError, SlackError) as error:
        await call.slack.update_view(view_id, form(new_id(), escape(str(error))))
    except ClickSendError as error:
        await call.slack.update_view(view_id, form(new_id(), escape(explain(error))))
    else:
        if found is not None:
            await call.slack.update_view(view_id, match(IMPORT, job_id, *found))


async def _list(call: BotCall, view: View) -> tuple[int | None, str]:
    """The list to import into: its id, or None and the name of a new one.

    Raises:
        CsvError: There is one of that name, or none of that id.
        ClickSendError: The lists could not be read.
    """
    chosen, new = view.choice(LIST), view.text(NEW).strip()
    found = await call.services.contacts.named(chosen or new)
    if chosen:
        if isinstance(found, NoneFound):
            raise CsvError(say("That list is gone. Choose another one."))
        return found.list_id, found.list_name or chosen
    same = [hit for hit in found.near if hit.name == new] if isinstance(found, NoneFound) else [new]
    if same and not new.isdigit():
        raise CsvError(
            say("There is a list of that name. Choose it in the menu, or write another name.")
        )
    return None, new


def form(job_id: str, problem: str = "") -> Modal:
    """The form, with a problem at its top (mrkdwn)."""
    name = PlainTextInputElement(action_id=NEW, max_length=LONGEST_NAME)
    blocks: list[Block] = [
        *([section(f":warning: {problem} {NOTHING}")] if problem else []),
        file_input(),
        picker(LIST, say("Into the list"), optional=True),
        input_block(NEW, say("Or into a new list"), name, hint=say("Its name."), optional=True),
    ]
    return modal(
        FORM,
        say("Import contacts"),
        blocks,
        submit=say("Look at the file"),
        close=say("Cancel"),
        private_metadata=json.dumps({"id": job_id}),
    )
