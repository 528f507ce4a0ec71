"""The form of `/clicksend rule create`; what will send by itself is asked about once more."""

from __future__ import annotations

import json
from collections.abc import Iterable

from slack_sdk.models.blocks import StaticSelectElement

from bot.clicksend.operations.sms_inbound_rules import MessageSearch, WebhookType
from bot.clicksend.rules import ReceiptMatch, RuleAction
from bot.services.automations import EVERY_NUMBER, SENDS, Family, Wish, creation, uses
from bot.services.rule_check import checked
from bot.services.rule_words import ACTIONS, sentence
from bot.services.sending import new_id
from bot.slack.blocks import Block, Modal, Option, clip, escape, input_block, modal, section
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Update
from bot.texts import Phrase, Text, say
from commands.access_text import may_not
from commands.changes import shown
from commands.context import BotCall, BotRouter
from commands.fields import text_field
from commands.rule_views import LIST
from commands.things import Words, change, denied, ended, kept, metadata

CREATE, CONFIRM, KIND = "rule.create", "rule.confirm", "rule.kind"
NAME, NUMBER, SEARCH, TERM, MATCH = "name", "number", "search", "term", "match"
ACTION, ADDRESS, BODY, WEBHOOK = "action", "address", "body", "webhook"
"""Blocks, named as the fields of a `Wish`, so that what is wrong stands at its field."""
_LONGEST, _LONGEST_BODY = 200, 1000
_SEARCHES = {
    MessageSearch.ANY_MESSAGE: Phrase("Any message"),
    MessageSearch.STARTS_WITH: Phrase("Messages that begin with…"),
    MessageSearch.CONTAINS: Phrase("Messages containing…"),
    MessageSearch.DOES_NOT_CONTAIN: Phrase("Messages without…"),
}
_MATCHES = {
    ReceiptMatch.ALL: Phrase("All receipts"),
    ReceiptMatch.FAILED: Phrase("Of what failed"),
    ReceiptMatch.SUCCESSFUL: Phrase("Of what arrived"),
}
_WAYS = {
    WebhookType.POST: Phrase("Form fields (POST)"),
    WebhookType.JSON: Phrase("JSON (POST)"),
    WebhookType.GET: Phrase("A query string (GET)"),
}

router: BotRouter = BotRouter()


@router.command(
    "rule create",
    args="[kind] [name]",
    summary=Phrase("make an automation, as `/clicksend rule create sms-in Opening hours` (admins)"),
    uses=uses("create"),
)
async def create(call: BotCall) -> None:
    """Open the form of a new automation."""
    call.later(_open(call), doing=Phrase("opening the form"))


@router.action(KIND)
async def chosen(call: BotCall) -> None:
    """The question what it is about becomes the form."""
    call.later(_chosen(call), doing=Phrase("opening the form"))


@router.view(KIND)
async def nothing_to_do(call: BotCall) -> None:
    """The question has nothing to submit."""
    del call


@router.view(CREATE)
async def created(call: BotCall) -> Ack:
    """Make it; if it will send by itself, ask once more before."""
    refusal = denied(await call.services.access.may_administer(call.user))
    if refusal or call.view is None:
        return refusal
    about = kept(call)
    wish, wrong = checked(
        read(call.view, Family(about["family"])), default_country=call.services.default_country
    )
    if wrong:
        return Errors(wrong)
    if wish.action not in SENDS:
        return await change(
            call, creation(wish), _words(wish), key=about["id"], channel=about["channel"]
        )
    if not await call.services.by_hand.keep(about["id"], creation(wish), actor=call.user):
        return Update(ended(say("Submitted before"), say("This form was submitted before.")))
    return Update(_question(wish, call.view.private_metadata))


@router.view(CONFIRM)
async def confirmed(call: BotCall) -> Ack:
    """Make it: the question was answered with yes."""
    refusal = denied(await call.services.access.may_administer(call.user))
    about = kept(call)
    found = await call.services.by_hand.kept(about["id"])
    if refusal or found is None:
        return refusal
    return await change(call, found[1], _NAMELESS, key=about["id"], channel=about["channel"])


_NAMELESS = Words(Phrase("The automation is made."), Phrase("The automation was not made."), LIST)


def read(view: View, family: Family) -> Wish:
    """What was chosen and typed, unchecked; what the form does not ask is as it mostly is."""
    return Wish(
        family=family,
        name=view.text(NAME).strip(),
        action=view.choice(ACTION) or RuleAction.NONE,
        address=view.text(ADDRESS).strip(),
        number=view.text(NUMBER).strip() or EVERY_NUMBER,
        search=int(view.choice(SEARCH) or MessageSearch.ANY_MESSAGE),
        term=view.text(TERM).strip(),
        body=view.text(BODY).strip() or None,
        webhook=view.choice(WEBHOOK),
        match=int(view.choice(MATCH) or ReceiptMatch.ALL),
    )


async def _open(call: BotCall) -> None:
    if await may_not(call):
        return
    word, _, name = call.text.strip().partition(" ")
    if word.lower() in set(Family):
        family = Family(word.lower())
        await call.open(form(family, name.strip(), metadata(call, family=family)))
        return
    about = json.dumps({"channel": call.channel or call.user, "name": call.text.strip()[:_LONGEST]})
    options = [Option(value=each.value, text=str(each.what)) for each in Family]
    menu = StaticSelectElement(action_id=KIND, placeholder=say("Choose"), options=options)
    which = section(say("*What is it about?*"), accessory=menu)
    await call.open(modal(KIND, say("New automation"), [which], private_metadata=about))


async def _chosen(call: BotCall) -> None:
    if call.view is None or call.value not in set(Family) or await may_not(call):
        return
    about, family = kept(call), Family(call.value)
    kept_ = json.dumps({"id": new_id(), "channel": about["channel"], "family": family})
    await call.slack.update_view(call.view.id, form(family, about["name"], kept_))


def _words(wish: Wish) -> Words:
    def said() -> str:
        return f"*{shown(wish.name)}*: {shown(sentence(wish), longest=500)}"

    return Words(
        lambda: say("The automation is made. {automation}.", automation=said()),
        say("The automation {automation} was not made.", automation=said()),
        LIST,
    )


def _question(wish: Wish, kept_: str) -> Modal:
    text = say(
        ":moneybag: *{automation}*\n"
        "From then on ClickSend sends this by itself, each time, and charges each message. "
        "Nobody is asked before. Nothing is made yet.",
        automation=shown(sentence(wish), longest=500),
    )
    return modal(
        CONFIRM,
        say("Make it?"),
        [section(text)],
        submit=say("Make it"),
        close=say("No"),
        private_metadata=kept_,
    )


def form(family: Family, name: str, kept_: str) -> Modal:
    """The form of a new automation of a family."""
    actions = {each: clip(str(ACTIONS[each]), 75) for each in family.actions}
    blocks = [text_field(NAME, say("Name"), clip(name, _LONGEST), most=_LONGEST), *_about(family)]
    blocks.append(_menu(ACTION, say("What to do"), actions.items(), RuleAction.POLL))
    hint = say(
        "An https address, an email address, a number with its country code, or the number of a "
        "contact list: whatever is called, mailed or texted, or where the sender goes."
    )
    blocks.append(
        text_field(ADDRESS, say("With whom or where"), "", most=_LONGEST, optional=True, hint=hint)
    )
    if family is Family.SMS_IN:
        text, most = say("Text of a reply"), _LONGEST_BODY
        blocks.append(text_field(BODY, text, "", most=most, multiline=True, optional=True))
        blocks.append(
            _menu(WEBHOOK, say("How an address is called"), _WAYS.items(), WebhookType.POST)
        )
    intro = section(say("About *{what}*, by itself and from now on.", what=escape(family.what)))
    blocks.insert(0, intro)
    return modal(
        CREATE,
        say("New automation"),
        blocks,
        submit=say("Make it"),
        close=say("Cancel"),
        private_metadata=kept_,
    )


def _about(family: Family) -> list[Block]:
    """The fields that say which messages, faxes or receipts are meant."""
    if not family.is_inbound:
        return [_menu(MATCH, say("Which receipts"), _MATCHES.items(), ReceiptMatch.ALL)]
    hint = say("Empty: any number.")
    number = text_field(
        NUMBER, say("Number they come in to"), "", most=_LONGEST, optional=True, hint=hint
    )
    if family is Family.FAX_IN:
        return [number]
    return [
        number,
        _menu(SEARCH, say("Which messages"), _SEARCHES.items(), MessageSearch.ANY_MESSAGE),
        text_field(TERM, say("Text that is looked for"), "", most=_LONGEST, optional=True),
    ]


def _menu(
    block: str, label: str, choices: Iterable[tuple[int | str, Text]], first: int | str
) -> Block:
    options = {str(value): Option(value=str(value), text=str(text)) for value, text in choices}
    element = StaticSelectElement(
        action_id=block, options=list(options.values()), initial_option=options[str(first)]
    )
    return input_block(block, label, element)
