"""What notices say that belong to no noun: failed deliveries, a lost answer."""

from __future__ import annotations

from bot.services.notices import CallLost, DeliveryFailures, FailedDelivery, WhileAway
from bot.services.recipients import for_people
from bot.slack.blocks import Block, Message, context, escape, header, section
from bot.texts import Phrase, Text, many, say
from commands.answers import person, plain
from commands.issue_buttons import report_message

_MOST = 20
_KINDS: dict[str, Text] = {
    "sms": "SMS",
    "mms": "MMS",
    "fax": Phrase("Fax"),
    "voice": Phrase("Voice call"),
}


def call_lost(notice: CallLost) -> Message:
    """Nobody knows what became of a call."""
    return plain(
        say(
            ":grey_question: I stopped while ClickSend was working on your "
            "`{operation}`, so its answer was lost. It may have taken effect. I do "
            "not try again by myself: look in the ClickSend dashboard before you repeat it.",
            operation=escape(notice.operation),
        )
    )


def delivery_failures(notice: DeliveryFailures) -> Message:
    """What a version before this one was about to tell; all of it is in the list, too."""
    count = len(notice.failures)
    title = many("{count} message was not delivered", "{count} messages were not delivered", count)
    lines = [_failure(failure) for failure in notice.failures[:_MOST]]
    beside = [
        report_message(number, each.channel, each.message_id, each.cause)
        for number, each in enumerate(notice.failures[:_MOST])
    ]
    shown = [section(text, accessory=one) for text, one in zip(lines, beside, strict=True)]
    blocks: list[Block] = [header(title), *shown]
    if count > _MOST:
        blocks.append(context(say("`/clicksend history failed` lists them all.")))
    return Message("\n".join([f":rotating_light: {title}", *lines]), tuple(blocks))


def while_away(notice: WhileAway) -> Message:
    """An account is connected again; what was not told meanwhile is not told one by one."""
    lines = [
        say(
            ":electric_plug: This ClickSend account is connected again. What was still to be told "
            "before is not told one by one any more. Nothing was sent or charged by connecting."
        )
    ]
    if notice.withdrawn:
        lines.append(
            many(
                "• {count} send that waited was withdrawn when the bot was removed: not sent, "
                "not charged. Whoever still wants it begins anew; `/clicksend audit` names it.",
                "• {count} sends that waited were withdrawn when the bot was removed: not sent, "
                "not charged. Whoever still wants them begins anew; `/clicksend audit` names them.",
                notice.withdrawn,
            )
        )
    if notice.left:
        lines.append(
            many(
                "• {count} notice was left out: `/clicksend history` shows how sends stand, "
                "`/clicksend history failed` what did not arrive.",
                "• {count} notices were left out: `/clicksend history` shows how sends stand, "
                "`/clicksend history failed` what did not arrive.",
                notice.left,
            )
        )
    if notice.alerts:
        lines.append(
            many(
                "• {count} alert was going on: what is still wrong is told anew.",
                "• {count} alerts were going on: what is still wrong is told anew.",
                notice.alerts,
            )
        )
    lines.append(say("What customers have written meanwhile comes as usual."))
    return plain("\n".join(lines))


def _failure(failure: FailedDelivery) -> str:
    kind = _KINDS[failure.channel]
    to = escape(for_people(failure.recipient)) if failure.recipient else say("a recipient")
    cause = escape(failure.cause)
    said = (
        say(
            "*{kind}* to {recipient}, sent by {actor}: {cause}",
            kind=kind,
            recipient=to,
            actor=person(failure.actor),
            cause=cause,
        )
        if failure.actor
        else say(
            "*{kind}* to {recipient} (not sent from Slack): {cause}",
            kind=kind,
            recipient=to,
            cause=cause,
        )
    )
    return f"{said} · `{escape(failure.message_id)}`"
