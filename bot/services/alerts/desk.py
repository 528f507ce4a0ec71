"""The alerts of one workspace: looked at, decided on and acted on, each in one transaction.

What a look has found, the decisions that follow and the notices that tell of them are committed
together. What was delivered is noted with where it stands, before its notice is marked posted: a
notice that comes again finds its decision done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import notices
from bot.services.alerts import engine
from bot.services.alerts.book import Book, read_book
from bot.services.alerts.joining import active_of, leader_of, taken_of
from bot.services.alerts.model import Decision, Group, Kind, Policy, Signal, group_id
from bot.services.alerts.routing import Escalation, channel_of, policy_of
from bot.services.alerts.rules.base import Rule, Sight
from bot.store import Database, Scope, alerts, audit, outbox, posts
from bot.store.alerts import StoredAlert

_LATE = timedelta(minutes=1)
_FLOOD = 4


class Desk:
    """Where alerts are kept.

    Args:
        database: Where they are.
        scope: Whose.
        rules: The rules, by name.
        channel: Where alerts go that no route names; None: the first admin.
        escalation: What happens to those that nobody takes.
        ways: The ways of the second step of an escalation, `call` and `webhook`.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        rules: Mapping[str, Rule],
        channel: str | None,
        escalation: Escalation,
        ways: Sequence[str] = (),
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._scope = scope
        self.rules = rules
        self._channel = channel
        self._escalation = replace(escalation, loud=bool(ways))
        self._ways = tuple(ways)
        self._now = now

    async def look(self, sight: Sight) -> bool:
        """Run every rule that can tell something from what was seen.

        Returns:
            Whether there is news, stored as notices.
        """
        news = False
        async with self._database.write() as connection:
            await alerts.lock(connection)
            book = await read_book(connection, self._scope)
            live = {g.key: g for g in await self._live(connection)}
            groups = live.values()
            seen = replace(sight, active=active_of(groups), taken=taken_of(groups))
            for rule in self.rules.values():
                found = rule.look(seen)
                if found is not None:
                    news = await self._take(connection, rule, found, live, book) or news
        return news

    async def tick(self) -> bool:
        """Decide what the time makes due, and put a backlog under one summary.

        Returns:
            Whether there is news, stored as notices.
        """
        async with self._database.write() as connection:
            await alerts.lock(connection)
            book = await read_book(connection, self._scope)
            live = await self._live(connection)
            news = [await self._settle(connection, g, g, book) for g in live]
            joined = await self._join(connection, await self._live(connection), book)
        return any(news) or joined

    async def act(
        self, alert_id: str, change: Callable[[Group], Group], *, actor: str, what: str
    ) -> Group | None:
        """Have a person change a group; the change is in the audit trail.

        Args:
            alert_id: Which.
            change: A function of the engine.
            actor: Who, a Slack user id.
            what: What they did, as `acknowledge`.

        Returns:
            The group as it is now; None when there is none of this id.
        """
        async with self._database.write() as connection:
            await alerts.lock(connection)
            before = await self._get(connection, alert_id)
            if before is None:
                return None
            after = change(before)
            await self._record(connection, after, actor=actor, what=what)
            await self._settle(connection, before, after, await read_book(connection, self._scope))
        return after

    async def acknowledge(self, alert_id: str, *, by: str) -> Group | None:
        """Somebody has taken an alert; None when there is none of this id."""
        now = self._now()
        return await self.act(
            alert_id,
            lambda group: engine.acknowledge(group, by=by, now=now),
            actor=by,
            what="acknowledged",
        )

    async def get(self, alert_id: str) -> Group | None:
        """A group; None when there is none of this id."""
        async with self._database.read() as connection:
            return await self._get(connection, alert_id)

    async def recent(self, *, limit: int) -> list[Group]:
        """The groups, what is wrong now first."""
        async with self._database.read() as connection:
            found = await alerts.recent(connection, self._scope, limit=limit)
        return [Group.model_validate_json(state) for state in found]

    async def under(self, summary: str) -> list[Group]:
        """The groups that are told of in the thread of a summary."""
        async with self._database.read() as connection:
            live = await self._live(connection)
        return [group for group in live if group.open and group.open.under == summary]

    async def place_of(self, topic: str) -> posts.Post | None:
        """Where the message of a topic stands."""
        async with self._database.read() as connection:
            return await posts.find(connection, self._scope, topic)

    async def book(self) -> Book:
        """The routes and the settings."""
        async with self._database.read() as connection:
            return await read_book(connection, self._scope)

    def channel_of(self, group: Group, book: Book) -> str | None:
        """Where a group goes; None: the first admin's direct messages."""
        return channel_of(group, book.routes, self._channel)

    async def places_of(self, group: Group) -> tuple[str | None, str | None]:
        """Where a group's message stands, and where groups like it go; None where there is none."""
        place = await self.place_of(notices.alert_topic(group.id, group.episode))
        return place.channel if place else None, self.channel_of(group, await self.book())

    def oncall(self, group: Group, book: Book) -> tuple[str, ...]:
        """Who is told when nobody takes it: whoever is on it, else who is on call."""
        if group.assigned_to:
            return (group.assigned_to,)
        return book.of(self.channel_of(group, book)).oncall or self._escalation.oncall

    async def delivered(
        self, number: int, *, shown: Group, channel: str = "", ts: str = ""
    ) -> None:
        """Note that a decision was delivered, and where its message stands.

        Args:
            number: The decision's.
            shown: The group as the message shows it.
            channel: The Slack channel id; empty where nothing was posted.
            ts: The message's timestamp.
        """
        async with self._database.write() as connection:
            await alerts.lock(connection)
            before = await self._get(connection, shown.id)
            if before is None:
                return
            after = engine.delivered(before, number, shown=shown, now=self._now())
            if channel:
                topic = notices.alert_topic(shown.id, shown.episode)
                await posts.keep(connection, self._scope, topic, channel=channel, ts=ts)
            await self._settle(connection, before, after, await read_book(connection, self._scope))

    async def _take(
        self,
        connection: AsyncConnection,
        rule: Rule,
        found: Sequence[Signal],
        live: Mapping[str, Group],
        book: Book,
    ) -> bool:
        """Have the groups of a rule know what it has found."""
        by_group: dict[str, list[Signal]] = {}
        for signal in found:
            by_group.setdefault(signal.group, []).append(signal)
        keys = {*by_group, *(key for key, group in live.items() if group.rule == rule.name)}
        news = False
        for key in sorted(keys):
            before = live.get(key) or await self._get(connection, group_id(key))
            signals = by_group.get(key, [])
            policy = self._policy(before, rule, book, signals)
            after = engine.observe(before, signals, now=self._now(), policy=policy)
            if after is not None:
                news = await self._settle(connection, before, after, book) or news
        return news

    async def _settle(
        self, connection: AsyncConnection, before: Group | None, after: Group, book: Book
    ) -> bool:
        """Decide, keep the group, and store the notices of what was decided."""
        rule = self.rules.get(after.rule)
        policy = self._policy(after, rule, book) if rule else Policy()
        after, decisions = engine.decide(after, now=self._now(), policy=policy)
        if rule and rule.follows and (lead := leader_of(after, rule, await self._live(connection))):
            after = engine.put_under(after, notices.alert_topic(lead.id, lead.episode))
        if before is not None and after.version == before.version:
            return False
        await self._keep(connection, before, after)
        for decision in decisions:
            for notice in self._notices(after, decision, book):
                await self._store(connection, notice, f"{after.id}:{decision.number}")
        return bool(decisions)

    def _notices(
        self, group: Group, decision: Decision, book: Book
    ) -> Iterable[notices.AboutAlert]:
        if decision.kind is not Kind.ESCALATE:
            yield notices.AlertChanged(
                alert=group.id, episode=group.episode, number=decision.number
            )
        elif decision.step == 0:
            for user in self.oncall(group, book):
                yield notices.AlertEscalated(
                    alert=group.id, episode=group.episode, way="dm", to=user
                )
        else:
            for way in ("call", "webhook"):
                if way in self._ways:
                    yield notices.AlertEscalated(alert=group.id, episode=group.episode, way=way)

    async def _store(
        self, connection: AsyncConnection, notice: notices.AboutAlert, name: str
    ) -> None:
        to = f":{notice.way}:{notice.to}" if isinstance(notice, notices.AlertEscalated) else ""
        await outbox.add(
            connection,
            self._scope,
            key=f"{notice.kind}:{name}{to}",
            kind=notice.kind,
            payload=notices.to_json(notice),
            at=self._now(),
            topic=notices.topic(notice),
        )

    async def _join(self, connection: AsyncConnection, live: Sequence[Group], book: Book) -> bool:
        """Put what Slack did not take for a minute under one summary a channel."""
        now = self._now()
        waiting: dict[str | None, list[Group]] = {}
        for group in live:
            late = group.open and group.open.kind is Kind.NOTIFY and now - group.open.at >= _LATE
            if late and not (group.open and notices.is_topic(group.open.under or "")):
                waiting.setdefault(self.channel_of(group, book), []).append(group)
        joined = False
        for groups in waiting.values():
            summaries = [g.open.under for g in groups if g.open and g.open.under]
            loose = [g for g in groups if g.open and not g.open.under]
            if not loose or (len(groups) < _FLOOD and not summaries):
                continue
            numbers = sum(g.number for g in groups)
            summary = summaries[0] if summaries else group_id(f"{groups[0].id}:{numbers}:{now}")
            for group in loose:
                await self._keep(connection, group, engine.put_under(group, summary))
            if not summaries:
                await self._store(connection, notices.AlertSummary(summary=summary), summary)
            joined = True
        return joined

    def _policy(
        self, group: Group | None, rule: Rule, book: Book, signals: Sequence[Signal] = ()
    ) -> Policy:
        if group is None and signals:
            now = self._now()
            group = Group(
                key=signals[0].group, episode=0, signals=tuple(signals), began_at=now, seen_at=now
            )
        channel = self.channel_of(group, book) if group else self._channel
        return policy_of(rule.policy, book.of(channel), self._escalation)

    async def _keep(self, connection: AsyncConnection, before: Group | None, after: Group) -> None:
        open_ = after.open is not None or (after.announced and after.said is None)
        stored = StoredAlert(
            id=after.id,
            rule=after.rule,
            state=after.model_dump_json(),
            version=after.version,
            live=open_ or not after.closed,
            changed_at=self._now(),
        )
        kept = await alerts.keep(
            connection, self._scope, stored, before=before.version if before else None
        )
        if not kept:
            raise RuntimeError(f"alert {after.id} was changed by another bot in between")

    async def _live(self, connection: AsyncConnection) -> list[Group]:
        found = await alerts.live(connection, self._scope)
        return [Group.model_validate_json(state) for state in found]

    async def _get(self, connection: AsyncConnection, alert_id: str) -> Group | None:
        state = await alerts.get(connection, self._scope, alert_id)
        return Group.model_validate_json(state) if state else None

    async def _record(
        self, connection: AsyncConnection, group: Group, *, actor: str, what: str
    ) -> None:
        until = group.snoozed_until
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
            actor=actor,
            action=f"alert {what}",
            subject=group.id,
            detail={
                "alert": group.rule,
                "assigned_to": group.assigned_to,
                "snoozed_until": until.isoformat(timespec="minutes") if until else None,
            },
        )
