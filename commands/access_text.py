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
from bot.texts import Phrase, figure, many, say
from commands.answers import moment, plain
from commands.context import BotCall

GRANT, REVOKE, LIMIT = "access.grant", "access.revoke", "access.limit"
NOTHING_CHANGED = Phrase("Nothing changed.")
_MOST = 150
HOW = Phrase(
    "Admins change this: `/clicksend access grant @user sender`, `/clicksend access revoke …`, "
    "`/clicksend access limit @user 100 messages a day`."
)
LAST = Phrase(
    ":no_entry: That is the last admin: nobody could give roles any more. Make somebody else an "
    "admin first, or name one in the setting `BOT_ADMINS`. Nothing changed."
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
        return (await call.services.account.about()).currency
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
    lines += [say("and {count:,} more", count=more)] if more > 0 else []
    lines += [] if given or access.senders else [say("Nobody else may send: no role was given.")]
    counted = [_standing(each, currency) for each in limits[:_MOST]]
    more = len(limits) - _MOST
    counted += [say("and {count:,} more", count=more)] if more > 0 else []
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
    named = ", ".join(f"<@{user}>" for user in sorted(access.senders))
    senders = who(EVERYBODY) if everybody else named
    admins = ", ".join(f"<@{user}>" for user in sorted(access.admins))
    lines = [say("*admin* by the setting `BOT_ADMINS`: {admins}", admins=admins)] if admins else []
    if senders:
        lines.append(say("*sender* by the setting `BOT_SENDERS`: {senders}", senders=senders))
    return lines


def _given(row: StoredGrant) -> str:
    given = granted(Grant(row.subject, Role(row.role), row.place or None))
    by = say("given by <@{who}>, {at}", who=row.granted_by, at=moment(row.granted_at))
    return f"{given} · {by}"


def _standing(standing: Standing, currency: str) -> str:
    words = limited(standing.limit, currency)
    since = say("set by <@{who}>, {at}", who=standing.set_by, at=moment(standing.set_at))
    if standing.used is None:
        return f"{words} · {since}"
    is_money = standing.limit.measure.is_money
    used = amount(standing.used, currency) if is_money else figure(standing.used)
    is_own = standing.limit.subject == EACH
    spent = say("*{used}* used by you", used=used) if is_own else say("*{used}* used", used=used)
    return f"{words}, {spent} · {since}"


def who(subject: str) -> str:
    """Whom a role or a limit is for (mrkdwn)."""
    if subject == EVERYBODY:
        return say("everybody")
    if subject == EACH:
        return say("each person")
    if subject[0] in "CG":
        return say("everybody in <#{channel}>", channel=subject)
    return f"<!subteam^{subject}>" if subject[0] == "S" else f"<@{subject}>"


def granted(grant: Grant) -> str:
    """A role in words, as `@ada *sender* in #ops` (mrkdwn)."""
    given, place = f"{who(grant.subject)} *{grant.role}*", grant.place or ""
    if place[:1] in {"C", "G"}:
        return say("{role} in <#{channel}>", role=given, channel=place)
    return say("{role} for {kind}", role=given, kind=place) if place else given


def limited(limit: Limit, currency: str) -> str:
    """A limit in words, as `@ada: 100 messages a day` (mrkdwn)."""
    subject = say("the whole workspace") if limit.subject == WORKSPACE else who(limit.subject)
    money, count = amount(limit.amount, currency), int(limit.amount)
    most = {
        Measure.MESSAGES_DAY: many("{count:,} message a day", "{count:,} messages a day", count),
        Measure.MESSAGES_MONTH: many(
            "{count:,} message a month", "{count:,} messages a month", count
        ),
        Measure.SEND_RECIPIENTS: many(
            "{count:,} recipient in one send", "{count:,} recipients in one send", count
        ),
        Measure.MONEY_DAY: say("{money} a day", money=money),
        Measure.MONEY_MONTH: say("{money} a month", money=money),
        Measure.SEND_MONEY: say("{money} in one send", money=money),
    }
    return f"{subject}: {most[limit.measure]}"


def gave(admin: str, grant: Grant) -> str:
    """That somebody gave a role (mrkdwn)."""
    return say(":key: <@{admin}> made {role}.", admin=admin, role=granted(grant))


def took(admin: str, grant: Grant, access: Permissions) -> str:
    """That somebody took a role away, and what a setting gives all the same (mrkdwn)."""
    role = granted(grant)
    said = say(":key: <@{admin}> took a role away: {role} no more.", admin=admin, role=role)
    return f"{said} {by_setting(access, grant)}".strip()


def restricted(admin: str, limit: Limit, currency: str) -> str:
    """That somebody set a limit (mrkdwn)."""
    most = limited(limit, currency)
    return say(":bar_chart: <@{admin}> set a limit: {limit}.", admin=admin, limit=most)


def by_setting(access: Permissions, taken: Grant) -> str:
    """What a setting gives all the same, in words; empty when it gives nothing."""
    if taken.subject in access.admins:
        return say("{who} stays an admin by the setting `BOT_ADMINS`.", who=who(taken.subject))
    if taken.subject in access.senders or EVERYBODY in access.senders:
        return say("{who} may still send by the setting `BOT_SENDERS`.", who=who(taken.subject))
    return ""
