"""What the alert rules look at, read and kept: the balance, the traffic, campaigns and reviews."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Protocol

import structlog

from bot.clicksend import ClickSend, ClickSendError, NotFound
from bot.clicksend.operations.alpha_tags import ListAlphaTags
from bot.clicksend.operations.delivery_issues import DeliveryIssue, ListDeliveryIssues
from bot.clicksend.operations.own_numbers import ListOwnNumbers
from bot.clicksend.operations.recharge import GetPaymentInfo, PaymentInfo
from bot.clicksend.operations.sms import ListSmsHistory, SmsRecord
from bot.clicksend.senders import ReviewStatus
from bot.services.account import AccountReader, Balance
from bot.services.alerts.counting import Counting
from bot.services.alerts.rules.base import (
    ALPHA_TAG,
    NUMBER,
    BalanceSeen,
    CampaignSeen,
    CardSeen,
    Issue,
    Offer,
    Reviewed,
    Sight,
    Spending,
)
from bot.services.campaigns import Campaigns
from bot.store import Database, Scope, conditions, kept, traffic
from bot.store.traffic import StoredMessage
from bot.texts import say

_log = structlog.get_logger(__name__)
_LEARNT = timedelta(days=63)
_OVERLAP = timedelta(hours=2)
_MOST = 2_000
WHOLE_SINCE = "traffic_whole_since"
"""Under this name is kept since when no message is missing among those that are kept."""
_DAY = timedelta(days=1)
_LAST_FOUR = re.compile(r"[0-9]{4}\Z")
_FEWEST_HOURS = 18
"""The hours that must be known of a day for it to count as a whole one."""


class Looks(Protocol):
    """Takes what was seen."""

    async def look(self, sight: Sight) -> bool:
        """Run the rules; whether there is news."""


class AlertWatch:
    """Looks, and hands what it has seen to the rules.

    Args:
        clicksend: The client.
        account: The account.
        campaigns: The campaigns.
        database: Where traffic and spending are kept.
        scope: Whose.
        desk: Where the rules are.
        now: The clock.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        campaigns: Campaigns,
        database: Database,
        scope: Scope,
        *,
        desk: Looks,
        now: Callable[[], datetime],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._campaigns = campaigns
        self._database = database
        self._scope = scope
        self._desk = desk
        self._now = now
        self._counting = Counting(scope)
        self._campaigns_then: tuple[CampaignSeen, ...] = ()

    async def credit(self) -> bool:
        """Look at the balance, and at how fast it is spent.

        Returns:
            Whether there is news.

        Raises:
            ClickSendError: The balance could not be read.
        """
        balance = await self._account.balance(fresh=True)
        now = self._now()
        async with self._database.write() as connection:
            await traffic.note_balance(connection, self._scope, balance.amount, at=now)
            hours = await traffic.spent_by_hour(connection, self._scope, since=now - _LEARNT)
        seen = BalanceSeen(
            amount=balance.amount,
            threshold=balance.low_credit,
            currency=balance.currency,
            account_name=balance.account_name,
        )
        spending = spending_of(hours, now=now, zone=self._account.zone or UTC)
        offers = await self._offers(balance) if spending.days else ()
        spending = Spending(
            days=spending.days,
            today=spending.today,
            so_far=spending.so_far,
            part=spending.part,
            offers=offers,
        )
        return await self._desk.look(Sight(now=now, balance=seen, spending=spending))

    async def deliveries(self) -> bool:
        """Look at what became of the messages of the last hour, and at what came in.

        Returns:
            Whether there is news.

        Raises:
            ClickSendError: The history could not be read (operation `sms.history`).
        """
        now = self._now()
        async with self._database.read() as connection:
            newest = await traffic.newest(connection, self._scope)
        found = await self._history((newest or now) - _OVERLAP)
        async with self._database.write() as connection:
            await traffic.keep(connection, self._scope, found)
            whole = min((message.at for message in found), default=now)
            if len(found) >= _MOST and newest and whole > newest:
                # What lies between was left unread: reports have to know.
                await kept.put(connection, self._scope, WHOLE_SINCE, "", at=whole)
            await traffic.forget(connection, self._scope, before=now - _LEARNT)
        # Counted where no writer waits for it.
        async with self._database.read() as connection:
            seen = await self._counting.seen(connection, now)
        return await self._desk.look(Sight(now=now, traffic=seen))

    async def account(self) -> bool:
        """Look at campaigns, sender ids under review, delivery issues, and the card on file.

        One that cannot be read changes nothing of its alerts.

        Returns:
            Whether there is news.
        """
        now = self._now()
        sight = Sight(
            now=now,
            campaigns=await self._campaigns_seen(),
            reviewed=await self._reviewed(),
            issues=await self._issues(now),
            card=await self._card(),
        )
        return await self._desk.look(sight)

    async def _history(self, since: datetime) -> list[StoredMessage]:
        asked = ListSmsHistory(date_from=since, order_by="date:desc", limit=100)
        found: list[StoredMessage] = []
        async with aclosing(self._clicksend.pages(asked)) as items:
            async for record in items:
                if record.message_id and record.date:
                    found.append(message_of(record, record.message_id, record.date))
                if len(found) >= _MOST:
                    break
        return found

    async def _campaigns_seen(self) -> tuple[CampaignSeen, ...] | None:
        try:
            page = await self._campaigns.page(1)
        except ClickSendError as error:
            _log.warning("campaigns could not be read", problem=str(error))
            return None
        seen = tuple(
            CampaignSeen(
                id=each.id,
                name=each.name[:100],
                status=each.status,
                due=each.schedule or each.added,
                list_name=str(each.list_id or ""),
            )
            for each in page.campaigns
        )
        # A list that could not be read is as it was: what is wrong there is not over.
        unread = {said.partition(":")[0] for said in page.missing}
        kept = tuple(each for each in self._campaigns_then if _kind(each) in unread)
        self._campaigns_then = (*seen, *kept)
        return self._campaigns_then

    async def _reviewed(self) -> tuple[Reviewed, ...] | None:
        rejected = (ReviewStatus.REJECTED,)
        try:
            tags = await self._clicksend.run(ListAlphaTags(status=rejected))
            numbers = await self._clicksend.run(ListOwnNumbers(status=rejected))
        except ClickSendError as error:
            _log.warning("sender ids could not be read", problem=str(error))
            return None
        return (
            *(Reviewed(ALPHA_TAG, t.alpha_tag or t.id, t.status or "") for t in tags.items),
            *(Reviewed(NUMBER, n.phone_number or n.id, n.status or "") for n in numbers.items),
        )

    async def _issues(self, now: datetime) -> tuple[Issue, ...] | None:
        try:
            page = await self._clicksend.run(ListDeliveryIssues(limit=50))
        except ClickSendError as error:
            _log.warning("delivery issues could not be read", problem=str(error))
            return None
        said = {f"issue:{each.issue_id}": _said(each) for each in page.data}
        async with self._database.write() as connection:
            known = await conditions.first_seen(connection, self._scope, said, at=now)
        since = {name: at for name, at in known.items() if at is not None}
        return tuple(
            Issue(
                id=str(each.issue_id),
                about=(each.description or each.type or say("a message"))[:100],
                answer=(each.support_comments or "").strip()[:300],
                resolved=bool(each.resolved),
                answered_at=since.get(f"issue:{each.issue_id}") if _is_answered(each) else None,
            )
            for each in page.data
        )

    async def _card(self) -> CardSeen | None:
        try:
            found = await self._clicksend.run(GetPaymentInfo())
        except NotFound:
            return CardSeen()
        except ClickSendError as error:
            _log.warning("the card could not be read", problem=str(error))
            return None
        return card_of(found)

    async def _offers(self, balance: Balance) -> tuple[Offer, ...]:
        try:
            packages = await self._account.packages(balance)
        except ClickSendError as error:
            _log.warning("packages could not be read", problem=str(error))
            return ()
        return tuple(Offer(str(p.package_id), p.package_price) for p in packages)


def spending_of(
    hours: Sequence[tuple[datetime, Decimal]], *, now: datetime, zone: tzinfo
) -> Spending:
    """What was spent by day, from what was spent by hour; a day with gaps is not known.

    Args:
        hours: The beginning of each hour in which there was a look, and what was spent in it.
        now: The time.
        zone: The account's time zone, in which days begin.
    """
    here = now.astimezone(zone)
    today = here.date()
    spent: dict[date, Decimal] = {}
    known: dict[date, int] = {}
    for hour, amount in hours:
        day = hour.astimezone(zone).date()
        spent[day] = spent.get(day, Decimal(0)) + amount
        known[day] = known.get(day, 0) + 1
    begin = datetime.combine(today, time.min, zone)
    end = datetime.combine(today + _DAY, time.min, zone)
    passed = (here - begin).total_seconds() / (end - begin).total_seconds()
    return Spending(
        days={d: spent[d] for d in spent if d < today and known[d] >= _FEWEST_HOURS},
        today=today,
        so_far=spent.get(today, Decimal(0)),
        part=min(1.0, max(0.0, passed)),
    )


def message_of(record: SmsRecord, message_id: str, at: datetime) -> StoredMessage:
    """A message of the history as the rules know it; texts from outside are cut."""
    return StoredMessage(
        message_id=message_id[:64],
        at=at,
        outcome=outcome_of(record),
        country=(record.country or "")[:8],
        carrier=(record.carrier or "")[:64],
        sender=(record.from_ or "")[:64],
        cause=(record.error_text or record.status_text or "")[:128],
        subaccount=str(record.subaccount_id or ""),
        list_name=str(record.list_id or ""),
        price=price_of(record),
    )


def price_of(record: SmsRecord) -> Decimal:
    """What a message cost; nothing when it came in."""
    inbound = outcome_of(record) == "inbound"
    return Decimal(0) if inbound else charged(record.message_price, record.status)


def charged(price: Decimal | None, status: str | None) -> Decimal:
    """What was charged: nothing for what was cancelled, or waits for its hour."""
    free = any(word in (status or "").lower() for word in ("cancel", "schedul"))
    return Decimal(0) if free or price is None else price


def card_of(found: PaymentInfo) -> CardSeen:
    """The card on file as the rules know it: never more of its number than four digits."""
    month, year = found.expiry_month, found.expiry_year
    if not month or not year or not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        return CardSeen()
    year += 2000 if year < 100 else 0  # noqa: PLR2004 - a year without its century
    if year > MAXYEAR - 1:
        return CardSeen()
    last = _LAST_FOUR.search((found.display_number or "").strip())
    return CardSeen(ending=last[0] if last else "", month=month, year=year)


def outcome_of(record: SmsRecord) -> str:
    """What became of a message: inbound, waiting, delivered, failed or sent."""
    if (record.direction or "").lower() == "in":
        return "inbound"
    status = (record.status or "").lower()
    if status == "waitapproval":
        return "waiting"
    if "cancel" in status:
        return "sent"
    code = (record.status_code or "").strip()
    return {"201": "delivered", "301": "failed"}.get(code, "sent")


def _kind(campaign: CampaignSeen) -> str:
    return campaign.id.partition("-")[0]


def _is_answered(issue: DeliveryIssue) -> bool:
    return bool(issue.resolved or (issue.support_comments or "").strip())


def _said(issue: DeliveryIssue) -> str:
    """A short print of the answer, so that a new one is news."""
    text = f"{issue.resolved}:{(issue.support_comments or '').strip()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
