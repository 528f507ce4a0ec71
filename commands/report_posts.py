"""Reports with their files: the picture and the CSV, in a channel or in a direct message."""

from __future__ import annotations

from bot.clicksend import ClickSendError
from bot.services.notices import NotPostedError, ReportDue
from bot.services.reports.figures import Report
from bot.services.reports.period import Period
from bot.services.reports.pictures import picture
from bot.services.reports.reader import ReportReader
from bot.services.reports.table import as_csv
from bot.slack.client import ABSENT, Slack, SlackError, Upload
from bot.texts import say, speaking
from commands import report_text
from commands.answers import plain


class ReportPosts:
    """Posts the reports that are due.

    Args:
        slack: The Web API.
        reader: Makes them.
    """

    def __init__(self, slack: Slack, reader: ReportReader) -> None:
        self._slack = slack
        self._reader = reader

    async def __call__(self, notice: ReportDue) -> None:
        """Post a report; where the bot is no member, whoever set it gets it and the reason.

        Raises:
            NotPostedError: ClickSend did not give its figures; to be tried again.
            SlackError: Slack did not take it.
        """
        try:
            report = await self._reader.read(Period.told_of(notice))
        except ClickSendError as error:
            raise NotPostedError(f"the report could not be read: {error}") from None
        asked = say("<@{user}> asked for this.", user=notice.by) if notice.asked else ""
        try:
            await share(self._slack, notice.channel, report, above=asked)
        except SlackError as error:
            if error.code not in ABSENT:
                raise
            with speaking(await self._slack.people.locale_of(notice.by)):
                await self._told(notice, report)

    async def _told(self, notice: ReportDue, report: Report) -> None:
        """Give the report to whoever set it, and why the channel has none."""
        why = say(
            "This report belongs in <#{channel}>, where I am not a member. "
            "Invite me there with `/invite` to see the next ones in the channel.",
            channel=notice.channel,
        )
        await share(self._slack, await self._slack.opened(notice.by), report, above=why)


async def share(slack: Slack, channel: str, report: Report, *, above: str = "") -> None:
    """Post a report with its picture and its CSV in one message; without them where it is empty.

    Args:
        slack: The Web API.
        channel: A Slack channel id.
        report: It.
        above: What to say first (mrkdwn).

    Raises:
        SlackError: Slack did not take it.
    """
    if report.is_empty:
        said = report_text.render(report).text
        await slack.post(channel, plain(f"{above}\n{said}".strip()))
        return
    comment = f"{above}\n{report_text.comment(report)}".strip()
    await slack.share(channel, *await files(report), comment=comment)


async def files(report: Report) -> tuple[Upload, ...]:
    """The picture and the CSV of a report."""
    name = f"clicksend-{report.period.name}"
    return (
        Upload(f"{name}.png", await picture(report), report_text.alt(report)),
        Upload(f"{name}.csv", as_csv(report)),
    )
