"""How automations look in Slack: a page of them, and one with what can be done about it."""

from __future__ import annotations

from slack_sdk.models.blocks import ButtonElement

from bot.clicksend.rules import RuleAction
from bot.services.automations import Family, Found, RulePage
from bot.services.rule_words import sentence
from bot.slack.blocks import (
    Message,
    button,
    buttons,
    clip,
    clip_mrkdwn,
    confirm,
    context,
    escape,
    header,
    section,
)
from bot.texts import say
from commands.changes import shown
from commands.things import Entry, Sheet

PAGE, SHOW, DELETE = "rule.page", "rule.show", "rule.delete"
ENABLE, DISABLE = "rule.enable", "rule.disable"
LIST = "/clicksend rule list"
_NAME, _WORDS = 100, 400


def sheet_of(page: RulePage, family: Family | None) -> Sheet:
    """A page of the list; of several families, each has a page of this number."""
    entries = [
        Entry(
            each.wish.name or say("(no name)"),
            f"`{each.ref}` {standing(each)} · {_said(each)}",
            button(say("Show"), f"{SHOW}:{each.ref}", value=str(each.ref)),
        )
        for each in page.rules
    ]
    notes = tuple(say(":warning: Not shown: {what}", what=escape(each)) for each in page.missing)
    title = say("Automations: {kind}", kind=family.what) if family else say("Automations")
    empty = say("There are no automations here. Make one: `/clicksend rule create sms-in`")
    return Sheet(title, entries, page.number, page.last, empty, notes, before=family or "")


def render(found: Found) -> Message:
    """One rule, with the buttons that ask before they count."""
    name, said = shown(found.wish.name, longest=_NAME), _said(found)
    ref = str(found.ref)
    gone = say("*{name}* is gone for everybody, and cannot be brought back.", name=name)
    delete = confirm(
        say("Delete this automation?"),
        f"{gone} {_loss(found)}".strip(),
        ok=say("Yes, delete it"),
        deny=say("Keep it"),
    )
    blocks = [
        header(clip(found.wish.name or say("(no name)"), 140)),
        section(f"{standing(found)}\n{said}"),
        context(f"`{ref}` · {found.ref.family.what}"),
        buttons(
            _switch(found), button(say("Delete"), DELETE, value=ref, style="danger", ask=delete)
        ),
    ]
    return Message(f"*{name}* (`{ref}`), {standing(found)}: {said}", tuple(blocks))


def standing(found: Found) -> str:
    """Whether it is on, in words."""
    return say(":large_green_circle: on") if found.wish.enabled else say(":white_circle: off")


def _switch(found: Found) -> ButtonElement:
    is_on = found.wish.enabled
    off = f"{say('It does nothing until it is enabled again.')} {_loss(found)}".strip()
    what = off if is_on else clip_mrkdwn(_said(found), 250)
    ask = confirm(
        say("Disable this automation?") if is_on else say("Enable this automation?"),
        what,
        ok=say("Disable it") if is_on else say("Enable it"),
        deny=say("Leave it"),
    )
    text, action = (say("Disable"), DISABLE) if is_on else (say("Enable"), ENABLE)
    return button(text, action, value=str(found.ref), ask=ask)


def _loss(found: Found) -> str:
    """What the bot may lose with a rule that has things kept for it."""
    if found.wish.action != RuleAction.POLL:
        return ""
    return say(
        "Without such a rule the bot may see no {kind} any more.", kind=found.ref.family.what
    )


def _said(found: Found) -> str:
    return shown(sentence(found.wish), longest=_WORDS)
