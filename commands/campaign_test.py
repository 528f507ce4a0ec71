"""*Send me a test first*: what one contact would get, sent to whoever prepares the campaign."""

from __future__ import annotations

import json

from bot.clicksend.operations.contacts import Contact
from bot.clicksend.operations.email import EmailRecipient, EmailSender, SendEmail
from bot.clicksend.operations.email_campaigns import SendEmailCampaign, UpdateEmailCampaign
from bot.clicksend.operations.mms import MmsMessage, SendMms
from bot.clicksend.operations.mms_campaigns import SendMmsCampaign, UpdateMmsCampaign
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.clicksend.operations.sms_campaigns import SHORT_LINK, SendSmsCampaign, UpdateSmsCampaign
from bot.services import placeholders, recipients
from bot.services.channels import SendOperation, channel_of
from bot.services.channels.campaigns import plain_name
from bot.services.sending import Draft, new_id
from bot.slack.blocks import Message, Modal, button, buttons, clip, escape, modal, section
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send, State
from bot.texts import Phrase, say
from commands.answers import NOTHING, plain
from commands.context import BotCall, BotRouter
from commands.email_form import addresses
from commands.fields import text_field
from commands.files import prepare_later
from commands.priced import TEST
from commands.review import loading, review_kept

FORM, RESUME, TO = "campaign.test_form", "campaign.resume", "to"
_TITLE = Phrase("Test to myself")
_LOOK = Phrase("`/clicksend history` says how it went.")

router: BotRouter = BotRouter()


@router.action(TEST)
async def test(call: BotCall) -> None:
    """Ask where the test goes, in the place of the review."""
    call.later(_ask(call), doing=Phrase("preparing a test"))


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check where it goes; its price and the yes are those of any other send."""
    if call.view is None:
        return None
    kept, typed = json.loads(call.view.private_metadata), call.view.text(TO).strip()
    found = await call.services.sending.draft(str(kept["campaign"]))
    if found is None or found[0].actor != call.user:
        return Errors({TO: say("This campaign is not there any more. Please start again.")})
    send, operation = found
    to = _reach(call, operation, typed)
    if to is None and _is_email(operation):
        return Errors({TO: say("One email address: where you get the test.")})
    if to is None:
        return Errors({TO: say("One number with its country code: where you get the test.")})

    async def build() -> Draft:
        contact = await _somebody(call, operation)
        await call.slack.dm(call.user, waiting(send))
        title = say("Test of the campaign {name}", name=_name(operation))
        return Draft(
            str(kept["id"]),
            call.user,
            call.user,
            test_of(operation, to, contact),
            f"{title}\n{_text(operation, contact)}",
        )

    prepare_later(
        call,
        build,
        lambda problem: form(send.id, operation, typed, problem),
        doing=Phrase("preparing a test"),
        otherwise=Phrase("The test could not be prepared."),
    )
    return Update(loading(_TITLE))


@router.action(RESUME)
async def resume(call: BotCall) -> None:
    """Back to the review of the campaign, priced again."""
    call.later(_resume(call), doing=Phrase("going back to the campaign"))


async def _ask(call: BotCall) -> None:
    kept = await call.services.sending.draft(call.value)
    if kept and call.view and kept[0].actor == call.user:
        await call.slack.update_view(call.view.id, form(kept[0].id, kept[1]))


async def _resume(call: BotCall) -> None:
    kept = await call.services.sending.draft(call.value)
    if kept is None or kept[0].actor != call.user:
        await call.reply(plain(f"{say('This campaign is not there any more.')} {NOTHING}"))
        return
    send, operation = kept
    if send.state is not State.DRAFT:
        said = say("You said yes to this campaign before, and it is sent once only.")
        await call.reply(plain(f"{said} {_LOOK}"))
        return
    if await call.services.campaigns.overtaken(send.id):
        said = say("You changed this campaign, and said yes to it as changed.")
        await call.reply(plain(f"{said} {_LOOK}"))
        return
    channel = channel_of(send.operation)
    at, problem = channel.schedule(operation), ""
    if at is not None and at <= call.services.now():
        problem = f"{say('Its hour has passed meanwhile: choose another.')} {NOTHING}"
    view_id = await call.open(loading(channel.noun))
    await review_kept(call, view_id, send, operation, problem=problem)


def waiting(send: Send) -> Message:
    """The way back to a campaign while its test is on the way."""
    first = clip(send.summary.split("\n")[0], 200)
    text = say(
        "Your campaign *{name}* waits for you: so far nothing of it is sent or charged.",
        name=escape(first),
    )
    go_on = button(say("Go on with the campaign…"), RESUME, value=send.id, style="primary")
    return Message(text, (section(text), buttons(go_on)))


def form(draft_id: str, operation: SendOperation, typed: str = "", problem: str = "") -> Modal:
    """Where the test goes."""
    is_email = _is_email(operation)
    label = say("Your email address") if is_email else say("Your number")
    hint = say("You get what one contact of the list would get. The campaign waits meanwhile.")
    return modal(
        FORM,
        _TITLE,
        [
            *([section(f":warning: {problem}")] if problem else []),
            text_field(TO, label, typed, most=254, hint=hint),
        ],
        submit=say("Price"),
        close=say("Cancel"),
        private_metadata=json.dumps({"id": new_id(), "campaign": draft_id}),
    )


def test_of(operation: SendOperation, to: str, contact: Contact | None) -> SendOperation:
    """The single message that is the test of a campaign.

    Args:
        operation: What sends the campaign, or changes it.
        to: A number in E.164 format; an email address for an email campaign.
        contact: Who would get it, and with whose fields it is filled; None fills nothing.
    """

    def filled(text: str) -> str:
        return _filled(text, contact)

    if isinstance(operation, SendEmailCampaign | UpdateEmailCampaign):
        sender = operation.from_email_address_id
        return SendEmail(
            to=(EmailRecipient(email=to),),
            from_=EmailSender(email_address_id=sender, name=operation.from_name),
            subject=filled(operation.subject),
            body=filled(operation.body),
        )
    if isinstance(operation, SendMmsCampaign | UpdateMmsCampaign):
        message = {"subject": filled(operation.subject), "body": filled(operation.body)}
        picture = MmsMessage.model_validate({"to": to, "from_": operation.from_, **message})
        return SendMms(media_file=operation.media_file, messages=(picture,))
    if isinstance(operation, SendSmsCampaign | UpdateSmsCampaign):
        # Only a campaign has its link shortened: the test shows where it leads to.
        body = filled(operation.body).replace(SHORT_LINK, operation.url_to_shorten or SHORT_LINK)
        text = SmsMessage.model_validate({"to": to, "from_": operation.from_, "body": body})
        return SendSms(messages=(text,))
    raise TypeError(f"{operation.route.id} is no campaign")


def _filled(text: str, contact: Contact | None) -> str:
    return placeholders.merged(text, contact)[0] if contact else text


def _text(operation: SendOperation, contact: Contact | None) -> str:
    """What is in the test: the text, or of an email its subject."""
    return _filled(channel_of(operation.route.id).text(operation), contact)


async def _somebody(call: BotCall, operation: SendOperation) -> Contact | None:
    list_id = int(operation.model_dump()["list_id"])
    by_email = _is_email(operation)
    return await placeholders.somebody(call.services.clicksend, list_id, by_email=by_email)


def _reach(call: BotCall, operation: SendOperation, typed: str) -> str | None:
    """The one number or address that was typed; None when it is none, or several."""
    if _is_email(operation):
        mail = addresses(typed)
        return mail.valid[0] if len(mail.valid) == 1 and not mail.problems else None
    found = recipients.parse(typed, default_country=call.services.default_country)
    return found.valid[0] if len(found.valid) == 1 and not found.problems else None


def _is_email(operation: SendOperation) -> bool:
    return isinstance(operation, SendEmailCampaign | UpdateEmailCampaign)


def _name(operation: SendOperation) -> str:
    return plain_name(str(operation.model_dump()["name"]))
