"""Roles and limits in words, and the answer that shows them all."""

from __future__ import annotations

from bot.clicksend import ClickSendError
from bot.services.limit_book import Standing
from bot.services.limits import EACH, WORKSPACE, Limit, Measure
from bot.services.money import amount
from bot.services.permissions import Permissions
from bot.services.roles import EVERYBODY, Grant, Role
from bot.slack.blocks import Block, Message, button, buttons, clip, context, header, paragraphs
from bot.store.rights import StoredGrant
from bot.texts import Phrase, say
from commands.answers import moment, plain
from commands.context import BotCall

GRANT, REVOKE, LIMIT = "access.grant", "access.revoke", "access.limit"
NOTHING_CHANGED = Phrase("Nothing changed.")
_MOST = 150
HOW = Phrase(
    "Admins change this: `/clicksend access grant @user sender`, `/clicksend access revoke …`, "
    "`/clicksend access limit @user 100 messages a day`."
)
LAST = (
    ":no_entry: That is the last admin: nobody could give roles any more. Make somebody else an "
    f"admin first, or name one in the setting `BOT_ADMINS`. {NOTHING_CHANGED}"
)


async def may_not(call: BotCall) -> bool:
    """Whether this person is no admin; they are told whom to ask."""
    decision = await call.services.access.may_administer(call.user)
    if not decision.allowed:
        await call.reply(plain(f":no_entry: {decision.reason} {NOTHING_CHANGED}"))
    return not decision.allowed


async def currency_of(call: BotCall) -> str:
    """The account's currency; empty when ClickSend does not say just now."""
    try:
        return (await call.services.account.balance()).currency
    except ClickSendError:
        return ""


def render(
    access: Permissions,
    given: list[StoredGrant],
    limits: list[Standing],
    *,
    role: Role,
    currency: str,
) -> Message:
    """Roles and limits, with ways to change them for an admin."""
    lines = [
        say("You are *{role}*.", role=role),
        *_settings(access),
        *(_given(each) for each in given[:_MOST]),
    ]
    more = len(given) - _MOST
    lines += [say("and {more} more", more=more)] if more > 0 else []
    lines += [] if given or access.senders else [say("Nobody else may send: no role was given.")]
    counted = [_standing(each, currency) for each in limits[:_MOST]]
    counted += [say("and {count} more", count=len(limits) - _MOST)] if len(limits) > _MOST else []
    counted = counted or [say("There are no limits.")]
    blocks: list[Block] = [header(say("Who may do what")), *paragraphs(lines)]
    blocks += [header(say("How much")), *paragraphs(counted), context(HOW)]
    if role is Role.ADMIN:
        ways = (
            (say("Give a role…"), GRANT),
            (say("Take a role…"), REVOKE),
            (say("Set a limit…"), LIMIT),
        )
        blocks.append(buttons(*(button(text, action) for text, action in ways)))
    return Message(clip("\n".join([*lines, *counted]), 3000), tuple(blocks))


def _settings(access: Permissions) -> list[str]:
    everybody = EVERYBODY in access.senders
    senders = "everybody" if everybody else ", ".join(f"<@{u}>" for u in sorted(access.senders))
    admins = ", ".join(f"<@{user}>" for user in sorted(access.admins))
    lines = [say("*admin* by the setting `BOT_ADMINS`: {admins}", admins=admins)] if admins else []
    return lines + (
        [say("*sender* by the setting `BOT_SENDERS`: {senders}", senders=senders)]
        if senders
        else []
    )


def _given(row: StoredGrant) -> str:
    given = granted(Grant(row.subject, Role(row.role), row.place or None))
    return say(
        "{given} · given by <@{granted_by}>, {granted_at}",
        given=given,
        granted_by=row.granted_by,
        granted_at=moment(row.granted_at),
    )


def _standing(standing: Standing, currency: str) -> str:
    words = limited(standing.limit, currency)
    if standing.used is None:
        return say(
            "{words} · set by <@{set_by}>, {set_at}",
            words=words,
            set_by=standing.set_by,
            set_at=moment(standing.set_at),
        )
    is_money = standing.limit.measure.is_money
    used = amount(standing.used, currency) if is_money else f"{standing.used:,}"
    whose = say(" by you") if standing.limit.subject == EACH else ""
    return say(
        "{words}, *{used}* used{whose} · set by <@{set_by}>, {set_at}",
        words=words,
        used=used,
        whose=whose,
        set_by=standing.set_by,
        set_at=moment(standing.set_at),
    )


def who(subject: str) -> str:
    """Whom a role or a limit is for (mrkdwn)."""
    if subject == EVERYBODY:
        return "everybody"
    if subject == EACH:
        return say("each person")
    if subject[0] in "CG":
        return say("everybody in <#{subject}>", subject=subject)
    return f"<!subteam^{subject}>" if subject[0] == "S" else f"<@{subject}>"


def granted(grant: Grant) -> str:
    """A role in words, as `@ada *sender* in #ops` (mrkdwn)."""
    place = grant.place or ""
    where = (
        say(" in <#{place}>", place=place)
        if place[:1] in {"C", "G"}
        else say(" for {place}", place=place)
        if place
        else ""
    )
    return f"{who(grant.subject)} *{grant.role}*{where}"


def limited(limit: Limit, currency: str) -> str:
    """A limit in words, as `@ada: 100 messages a day` (mrkdwn)."""
    subject = say("the whole workspace") if limit.subject == WORKSPACE else who(limit.subject)
    if limit.measure.is_money:
        most = amount(limit.amount, currency)
    else:
        unit = "recipient" if limit.measure is Measure.SEND_RECIPIENTS else "message"
        most = f"{limit.amount.normalize():,f} {unit}{'' if limit.amount == 1 else 's'}"
    period = f"a {limit.measure.period}" if limit.measure.period else say("in one send")
    return f"{subject}: {most} {period}"


def by_setting(access: Permissions, taken: Grant) -> str:
    """What a setting gives all the same, in words; empty when it gives nothing."""
    if taken.subject in access.admins:
        return say("{who} stays an admin by the setting `BOT_ADMINS`.", who=who(taken.subject))
    if taken.subject in access.senders or EVERYBODY in access.senders:
        return say("{who} may still send by the setting `BOT_SENDERS`.", who=who(taken.subject))
    return ""
