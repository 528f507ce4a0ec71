"""SMS, MMS and email campaigns as one list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from bot.clicksend import BadRequest, ClickSend, ClickSendError, NotFound, Operation, Page
from bot.clicksend.operations.email_campaigns import (
    CancelEmailCampaign,
    EmailCampaign,
    GetEmailCampaign,
    ListEmailCampaigns,
)
from bot.clicksend.operations.mms_campaigns import (
    CancelMmsCampaign,
    GetMmsCampaign,
    ListMmsCampaigns,
    MmsCampaign,
)
from bot.clicksend.operations.sms_campaigns import (
    CancelSmsCampaign,
    GetSmsCampaign,
    ListSmsCampaigns,
    SmsCampaign,
)
from bot.services.channels.campaigns import plain_name
from bot.store import Database, Scope, audit, sends
from bot.texts import say

AnyCampaign: TypeAlias = SmsCampaign | MmsCampaign | EmailCampaign

_PAGE = 15
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_OVER = frozenset({"sent", "cancelled", "canceled", "failed", "completed"})


class Kind(StrEnum):
    """What a campaign sends."""

    SMS = "sms"
    MMS = "mms"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of any kind; `recipients` is None where ClickSend does not say."""

    kind: Kind
    number: int
    name: str
    status: str
    list_id: int | None
    body: str
    schedule: datetime | None
    added: datetime | None
    recipients: int | None

    @property
    def id(self) -> str:
        """How people name it here, such as `sms-123`."""
        return f"{self.kind}-{self.number}"

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.status.lower() in {"cancelled", "canceled"}

    @property
    def may_be_cancelled(self) -> bool:
        """Whether cancelling can still help."""
        return self.status.lower() not in _OVER


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One page of the three lists together, the newest first."""

    number: int
    last: int
    campaigns: tuple[Campaign, ...]
    missing: tuple[str, ...]
    """The kinds that could not be read, as `email: why`."""


class CancelResult(StrEnum):
    """What a cancellation led to."""

    CANCELLED = "cancelled"
    ALREADY = "already"
    TOO_LATE = "too late"
    UNKNOWN = "unknown"


def parse_id(text: str) -> tuple[Kind, int] | None:
    """Read `sms-123`; None when it is no campaign's id."""
    kind, _, number = text.strip().lower().partition("-")
    if kind not in set(Kind) or not (number.isascii() and number.isdigit()) or len(number) > 18:  # noqa: PLR2004 - digits of a 64-bit id
        return None
    return Kind(kind), int(number)


class Campaigns:
    """Reads and cancels campaigns.

    Args:
        clicksend: The client.
        database: For the audit trail.
        scope: Whose.
        now: The clock.
        words: Says an error in words.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        now: Callable[[], datetime],
        words: Callable[[ClickSendError], str],
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._now = now
        self._words = words

    async def page(self, number: int) -> CampaignPage:
        """One page of each list, merged; a list that cannot be read is named, not hidden.

        Raises:
            ClickSendError: None of the three could be read.
        """
        lists: list[Operation[Page[Any]]] = [
            ListSmsCampaigns(page=number, limit=_PAGE),
            ListMmsCampaigns(page=number, limit=_PAGE),
            ListEmailCampaigns(page=number, limit=_PAGE),
        ]
        answers = await asyncio.gather(
            *(self._clicksend.run(each) for each in lists), return_exceptions=True
        )
        found: list[Campaign] = []
        missing: list[str] = []
        last = 1
        for kind, answer in zip(Kind, answers, strict=True):
            if isinstance(answer, ClickSendError):
                missing.append(f"{kind}: {self._words(answer)}")
            elif isinstance(answer, BaseException):
                raise answer
            else:
                last = max(last, answer.last_page or 1)
                found += [summary_of(item) for item in answer.data]
        if len(missing) == len(lists) and isinstance(answers[0], ClickSendError):
            raise answers[0]
        found.sort(key=lambda campaign: campaign.added or _LONG_AGO, reverse=True)
        return CampaignPage(number, last, tuple(found), tuple(missing))

    async def get(self, kind: Kind, number: int) -> Campaign:
        """Read one campaign.

        Raises:
            NotFound: There is none of this number.
            ClickSendError: It could not be read.
        """
        return summary_of(await self.whole(kind, number))

    async def whole(self, kind: Kind, number: int) -> AnyCampaign:
        """Read one campaign with all that ClickSend says of it.

        Raises:
            NotFound: There is none of this number.
            ClickSendError: It could not be read.
        """
        found: AnyCampaign = await self._clicksend.run(_reading(kind, number))
        return found

    async def overtaken(self, draft_id: str) -> bool:
        """Whether a yes was said to a draft that came of changing this one."""
        async with self._database.read() as connection:
            return await sends.overtaken(connection, self._scope, draft_id)

    async def cancel(self, kind: Kind, number: int, *, actor: str) -> tuple[CancelResult, Campaign]:
        """Cancel a campaign, and say what became of it by reading it again.

        The wish is in the audit trail before the call, the outcome after it.

        Raises:
            NotFound: There is none of this number.
            ClickSendError: It was refused for another reason; nothing was cancelled.
        """
        before = await self.get(kind, number)
        if before.is_cancelled:
            return CancelResult.ALREADY, before
        if not before.may_be_cancelled:
            return CancelResult.TOO_LATE, before
        await self._record(before, actor, "asked")
        result = await self._cancel(before)
        await self._record(before, actor, result)
        return result, before

    async def _cancel(self, campaign: Campaign) -> CancelResult:
        try:
            await self._call(campaign)
        except (BadRequest, NotFound):
            return await self._look(campaign, CancelResult.TOO_LATE)
        except ClickSendError as error:
            if not error.ambiguous:
                raise
            return await self._look(campaign, CancelResult.UNKNOWN)
        return CancelResult.CANCELLED

    async def _look(self, campaign: Campaign, otherwise: CancelResult) -> CancelResult:
        """Whether the campaign is cancelled after all."""
        try:
            after = await self.get(campaign.kind, campaign.number)
        except ClickSendError:
            return otherwise
        return CancelResult.CANCELLED if after.is_cancelled else otherwise

    async def _call(self, campaign: Campaign) -> None:
        await self._clicksend.run(_cancelling(campaign.kind, campaign.number))

    async def _record(self, campaign: Campaign, actor: str, outcome: str) -> None:
        async with self._database.write() as connection:
            await audit.add(
                connection,
                self._scope,
                at=self._now(),
                actor=actor,
                action=f"{campaign.kind}_campaigns.cancel {outcome}",
                subject=campaign.id,
                detail={"name": campaign.name[:200], "status": campaign.status},
            )


def _reading(kind: Kind, number: int) -> Operation[Any]:
    """The operation that reads one; of Any, because the three kinds have no common answer."""
    if kind is Kind.SMS:
        return GetSmsCampaign(sms_campaign_id=number)
    if kind is Kind.MMS:
        return GetMmsCampaign(mms_campaign_id=number)
    return GetEmailCampaign(email_campaign_id=number)


def _cancelling(kind: Kind, number: int) -> Operation[Any]:
    """The operation that cancels one."""
    if kind is Kind.SMS:
        return CancelSmsCampaign(sms_campaign_id=number)
    if kind is Kind.MMS:
        return CancelMmsCampaign(mms_campaign_id=number)
    return CancelEmailCampaign(email_campaign_id=number)


def summary_of(item: AnyCampaign) -> Campaign:
    """What all kinds of campaigns have."""
    if isinstance(item, EmailCampaign):
        kind, number, body = Kind.EMAIL, item.email_campaign_id, item.subject
        recipients = item.send_count
    elif isinstance(item, MmsCampaign):
        kind, number, body = Kind.MMS, item.mms_campaign_id, item.body
        recipients = item.total_count
    else:
        kind, number, body = Kind.SMS, item.sms_campaign_id, item.body
        recipients = item.total_count
    return Campaign(
        kind=kind,
        number=number or 0,
        name=plain_name(item.name or "") or say("(no name)"),
        status=item.status or "unknown",
        list_id=item.list_id,
        body=body or "",
        schedule=item.schedule,
        added=item.date_added,
        recipients=recipients,
    )
