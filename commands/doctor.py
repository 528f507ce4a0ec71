"""`/clicksend doctor`: how every part is, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.services import reach
from bot.services.doctor import Finding, Health
from bot.services.hooks import USES
from bot.slack.blocks import Block, Message, escape, header, paragraphs
from bot.texts import Phrase, many, say
from commands.answers import plain
from commands.context import BotCall, BotRouter

_SIGNS = {
    Health.GOOD: ":white_check_mark:",
    Health.POOR: ":warning:",
    Health.BAD: ":x:",
}

router: BotRouter = BotRouter()


@router.command(
    "doctor",
    summary=Phrase("check every part of the bot (admins)"),
    uses=("account.get", *reach.USES, *(each for each in USES if each.endswith(".list"))),
)
async def doctor(call: BotCall) -> None:
    """Answer with what was found."""
    call.later(_examine(call), doing=Phrase("examining the bot"))


async def _examine(call: BotCall) -> None:
    decision = await call.services.access.may_administer(call.user)
    if not decision.allowed:
        await call.reply(plain(f":no_entry: {decision.reason}"))
        return
    await call.reply(render(await call.services.doctor.examine()))


def render(findings: Sequence[Finding]) -> Message:
    """What was found, the worst first."""
    order = [Health.BAD, Health.POOR, Health.GOOD]
    lines = [_line(each) for each in sorted(findings, key=lambda each: order.index(each.health))]
    bad = sum(each.health is Health.BAD for each in findings)
    poor = sum(each.health is Health.POOR for each in findings)
    title = say("Everything works")
    if poor:
        title = many(
            "Everything works; {count} warning", "Everything works; {count} warnings", poor
        )
    if bad:
        title = many(
            "{count} of {all} checks failed",
            "{count} of {all} checks failed",
            bad,
            all=len(findings),
        )
    blocks: list[Block] = [header(title), *paragraphs(lines)]
    return Message("\n".join([title, *lines]), tuple(blocks))


def _line(finding: Finding) -> str:
    mend = f"\n      → {escape(finding.mend)}" if finding.mend else ""
    return f"{_SIGNS[finding.health]} *{escape(finding.part)}*: {escape(finding.said)}{mend}"
