"""`/clicksend sender tag`: asks ClickSend for a name as sender."""

from __future__ import annotations

from pydantic import ValidationError
from slack_sdk.models.blocks import StaticSelectElement

from bot.clicksend.operations.alpha_tags import AlphaTagReason, CreateAlphaTag
from bot.slack.blocks import Modal, Option, clip, escape, input_block, modal
from bot.slack.router import Ack, Errors
from bot.texts import Phrase, say
from commands.access_text import may_not
from commands.context import BotCall, BotRouter
from commands.fields import text_field
from commands.sender import LIST
from commands.things import Words, change, denied, kept, metadata

TAG = "sender.tag"
NAME, REASON = "name", "reason"
_NONE = "none"
_LONGEST_TAG = 11
_TAG_RULE = Phrase("It has 3 to 11 letters, digits and +, not digits alone.")
_REASONS = {
    AlphaTagReason.SOLE_TRADER_NAME: Phrase("Sole Trader Name"),
    AlphaTagReason.COMPANY_NAME: Phrase("Company Name"),
    AlphaTagReason.PARTNERSHIP_NAME: Phrase("Partnership Name"),
    AlphaTagReason.REGISTERED_TRUST_NAME: Phrase("Registered Trust Name"),
    AlphaTagReason.COOPERATIVE_NAME: Phrase("Co-Operative Name"),
    AlphaTagReason.INDIGENOUS_CORPORATION_NAME: Phrase("Indigenous Corporation Name"),
    AlphaTagReason.REGISTERED_ORGANISATION_NAME: Phrase("Registered Organisation Name"),
    AlphaTagReason.PERSONAL_NAME: Phrase("Personal Name"),
    AlphaTagReason.TRADEMARK: Phrase("Trademark"),
    AlphaTagReason.GOVERNMENT_AGENCY_OR_ENTITY: Phrase("Government Agency or Entity"),
    AlphaTagReason.PRODUCT_OR_SERVICE_NAME: Phrase("Product or Service Name"),
    AlphaTagReason.ACRONYM_OR_INITIALISM: Phrase("Acronym/Initialism"),
    AlphaTagReason.CONTRACTION_OF_NAME: Phrase("Contraction of Name"),
    AlphaTagReason.THIRD_PARTY: Phrase("Third Party"),
}

router: BotRouter = BotRouter()


@router.command(
    "sender tag",
    args="[name]",
    summary=Phrase("ask for a name as sender, as `/clicksend sender tag Harbour` (admins)"),
    uses=("alpha_tags.create",),
)
async def tag(call: BotCall) -> None:
    """Open the form of a new alpha tag."""
    call.later(_open(call), doing=Phrase("opening the form"))


@router.view(TAG)
async def tag_asked(call: BotCall) -> Ack:
    """Ask ClickSend for the tag, once."""
    refusal = denied(await call.services.access.may_administer(call.user))
    if refusal or call.view is None:
        return refusal
    about, name, reason = kept(call), call.view.text(NAME).strip(), call.view.choice(REASON)
    try:
        operation = CreateAlphaTag.model_validate(
            {"alpha_tag": name, "reason": None if reason == _NONE else reason}
        )
    except ValidationError:
        return Errors({NAME: str(_TAG_RULE)})
    words = Words(
        lambda: say(
            "The alpha tag *{name}* is being reviewed by ClickSend; `/clicksend sender list` "
            "shows how far that is.",
            name=escape(name),
        ),
        say("The alpha tag *{name}* was not asked for.", name=escape(name)),
        LIST,
    )
    return await change(call, operation, words, key=about["id"], channel=about["channel"])


async def _open(call: BotCall) -> None:
    if not await may_not(call):
        await call.open(_form(call))


def _form(call: BotCall) -> Modal:
    reasons = [Option(value=each.value, text=str(_REASONS[each])) for each in AlphaTagReason]
    first = Option(value=_NONE, text=say("Not said"))
    menu = StaticSelectElement(action_id=REASON, options=[first, *reasons], initial_option=first)
    typed, hint = call.text.strip(), str(_TAG_RULE)
    if len(typed) > _LONGEST_TAG:  # a part of a name is another name
        long = say("“{name}” is too long.", name=clip(typed, 60))
        typed, hint = "", f"{long} {hint}"
    name = text_field(NAME, say("Name"), typed, most=_LONGEST_TAG, hint=hint)
    why = input_block(REASON, say("Whose name it is"), menu, hint=say("ClickSend reviews it."))
    return modal(
        TAG,
        say("New alpha tag"),
        [name, why],
        submit=say("Ask for it"),
        close=say("Cancel"),
        private_metadata=metadata(call),
    )
