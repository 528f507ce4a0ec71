"""What `/metrics` shows: counted as it happens, or looked up in the database when it is asked."""

from __future__ import annotations

import asyncio
import time
from collections import Counter as Tally
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot.app.moment import now
from bot.services.alerts.model import Group
from bot.store import Database, Scope, alerts, outbox, sends, slots, waiting

_log = structlog.get_logger(__name__)
_PREFIX = "clicksend_slack"
_FRESH_SECONDS = 2.0
_PATIENCE_SECONDS = 3.0
_SOON = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_CREDENTIALS = {"Unauthorized": "refused", "Forbidden": "accepted"}
_UNANSWERED = frozenset({"NotSent", "OutcomeUnknown", "NoAnswer", "cancelled"})


class Metrics:
    """The metrics of one process.

    Args:
        database: Where queues and jobs are.
        scope: Whose jobs.
        jobs: Every how many seconds each job is done, by its name.
        whose: Whose queues; those of the jobs' where it is None.

    Attributes:
        registry: Everything, for the exposition.
        credentials: What ClickSend made of the credentials at the last call that was answered:
            `accepted`, `refused`, or `not used yet`.
        heard: When Slack last sent a payload, in seconds of `time.monotonic`; 0 before.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        jobs: Mapping[str, int],
        *,
        whose: Scope | None = None,
    ) -> None:
        self.registry = CollectorRegistry()
        self.credentials = "not used yet" if whose is None else "each workspace's own"
        self.heard = 0.0
        self._database = database
        self._scope = scope
        self._whose = whose or scope
        self._jobs = jobs
        self._began = now()
        self._looked = -_FRESH_SECONDS
        self._looking = asyncio.Lock()
        ProcessCollector(registry=self.registry)
        tasks = self._gauge("tasks", "Tasks of the event loop that are not done")
        tasks.set_function(lambda: float(len(asyncio.all_tasks())))
        self._counted()
        self._sampled()

    def _counted(self) -> None:
        self._calls = self._counter(
            "clicksend_calls",
            "Calls to ClickSend by operation and outcome: ok, or the kind of error",
            "operation",
            "outcome",
        )
        self._retries = self._counter(
            "clicksend_retries", "Calls to ClickSend that were made once more", "operation"
        )
        self._durations = Histogram(
            f"{_PREFIX}_clicksend_seconds",
            "Seconds a call to ClickSend took",
            ("operation",),
            registry=self.registry,
        )
        self._slack = self._counter(
            "slack_calls", "Calls to Slack by method and outcome", "method", "outcome"
        )
        self._handled = self._counter(
            "handled",
            "Commands, buttons, forms and events by handler and outcome: ok or broken",
            "handler",
            "outcome",
        )
        self._acknowledged = Histogram(
            f"{_PREFIX}_acknowledgement_seconds",
            "Seconds from a payload to its acknowledgement; Slack waits for three",
            ("kind",),
            buckets=_SOON,
            registry=self.registry,
        )

    def _sampled(self) -> None:
        self._up = self._gauge("database_up", "Whether the database answered the last look")
        self._queue = self._gauge("queue_sends", "Sends that are due and not taken yet")
        self._queue_age = self._gauge("queue_oldest_seconds", "For how long the oldest one waits")
        self._notices = self._gauge("notices_waiting", "Notices that Slack has not taken yet")
        self._notices_age = self._gauge(
            "notices_oldest_seconds", "For how long the oldest notice waits"
        )
        self._unknown = self._gauge("unknown_sends", "Sends of which nobody knows what became")
        self._alerts = self._gauge("alerts", "Alerts that go on", "rule", "severity")
        self._late = self._gauge(
            "job_late_seconds", "By how long a job is late, whichever replica does it", "job"
        )

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"{_PREFIX}_{name}", says, labels, registry=self.registry)

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"{_PREFIX}_{name}", says, labels, registry=self.registry)

    def called(self, operation: str, outcome: str, seconds: float) -> None:
        """Count a call to ClickSend."""
        self._calls.labels(operation, outcome).inc()
        self._durations.labels(operation).observe(seconds)
        if self._whose is self._scope and outcome not in _UNANSWERED:
            self.credentials = _CREDENTIALS.get(outcome, "accepted")

    def retried(self, operation: str) -> None:
        """Count a call to ClickSend that is made once more."""
        self._retries.labels(operation).inc()

    def asked_slack(self, method: str, outcome: str) -> None:
        """Count a call to Slack."""
        self._slack.labels(method, outcome).inc()

    def handled(self, handler: str, outcome: str) -> None:
        """Count what somebody did in Slack."""
        self._handled.labels(handler, outcome).inc()

    def acknowledged(self, kind: str, seconds: float) -> None:
        """Note how soon a payload was acknowledged."""
        self.heard = time.monotonic()
        self._acknowledged.labels(kind).observe(seconds)

    async def look(self) -> None:
        """Look at queues and jobs, unless somebody just did; a database that is away shows as 0."""
        async with self._looking:
            if time.monotonic() - self._looked < _FRESH_SECONDS:
                return
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._sample()
                self._up.set(1)
            except Exception as error:  # noqa: BLE001 - what is counted is shown all the same
                _log.warning("the queues could not be read", problem=type(error).__name__)
                self._up.set(0)
            self._looked = time.monotonic()

    async def _sample(self) -> None:
        at = now()
        async with self._database.read() as connection:
            queue = await waiting.queue(connection, self._whose, now=at)
            backlog = await outbox.backlog(connection, self._whose, now=at)
            unknown = await waiting.count(connection, self._whose, state=sends.State.UNKNOWN)
            live = await alerts.live(connection, self._whose)
            finished = await slots.last_finished(connection, self._scope)
        self._queue.set(queue[0])
        self._queue_age.set(_age(queue[1], at))
        self._notices.set(backlog[0])
        self._notices_age.set(_age(backlog[1], at))
        self._unknown.set(unknown)
        groups = [Group.model_validate_json(state) for state in live]
        self._alerts.clear()
        for labels, count in Tally(
            (group.rule, group.severity.value) for group in groups if not group.is_over
        ).items():
            self._alerts.labels(*labels).set(count)
        for job, late in self._lateness(finished, at).items():
            self._late.labels(job).set(late)

    async def late(self) -> dict[str, float]:
        """The jobs that were missed twice in a row or more, and by how many seconds."""
        at = now()
        async with self._database.read() as connection:
            finished = await slots.last_finished(connection, self._scope)
        late = self._lateness(finished, at)
        return {job: each for job, each in late.items() if each > max(self._jobs[job], 60)}

    def _lateness(self, finished: Mapping[str, datetime], at: datetime) -> dict[str, float]:
        """By how long each job is late; the time before this process began does not count."""
        late = {}
        for job, seconds in self._jobs.items():
            last = max(finished.get(job, self._began), self._began)
            late[job] = max((at - last - timedelta(seconds=seconds)).total_seconds(), 0.0)
        return late


def _age(since: datetime | None, at: datetime) -> float:
    return max((at - since).total_seconds(), 0.0) if since else 0.0
