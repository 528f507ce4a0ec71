"""What Slack says of people: their time zone, their name, their groups; kept for minutes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Protocol

from bot.slack import wire
from bot.slack.errors import SlackError
from bot.slack.memory import Lately
from bot.slack.wire import UserGroup
from bot.texts import Locale, locale_of, ready, shared

_MOST, _SECONDS, _GROUPS_SECONDS = 2_000, 600, 300
_PATIENCE_SECONDS, _SILENCE_SECONDS = 0.8, 30
_GROUPS = "usergroups"


class Api(Protocol):
    """Slack's Web API."""

    async def call(self, method: str, **values: object) -> dict[str, object]:
        """Call a method; see `bot.slack.client.Slack.call`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's time zone, what they are called (empty when Slack does not say), how they read."""

    zone: tzinfo = UTC
    name: str = ""
    locale: Locale | None = None


class People:
    """Asks Slack about people, seldom.

    Args:
        slack: The Web API.
        clock: Seconds of a steady clock.
        team: The workspace, where the token is one of a whole Enterprise Grid.
    """

    def __init__(self, slack: Api, *, clock: Callable[[], float], team: str | None = None) -> None:
        self._slack = slack
        self._team = team
        self._people: Lately[str, Person] = Lately(most=_MOST, seconds=_SECONDS, clock=clock)
        self._silent: Lately[str, bool] = Lately(most=_MOST, seconds=_SILENCE_SECONDS, clock=clock)
        self._groups: Lately[str, Mapping[str, UserGroup]] = Lately(
            most=1, seconds=_GROUPS_SECONDS, clock=clock
        )

    async def person(self, user: str) -> Person:
        """Somebody, kept for ten minutes (`users.info`); nothing known when Slack does not say."""
        if known := self._people.get(user):
            return known
        try:
            answer = await self._slack.call("users.info", user=user, include_locale=True)
        except SlackError:
            return Person()
        found = answer.get("user")
        read = _read(found) if isinstance(found, dict) else Person()
        self._people.put(user, read)
        return read

    async def governs(self, user: str) -> bool:
        """Whether somebody is an owner or an admin of the workspace, or of the whole Grid.

        Asked anew each time; nobody is, when Slack does not say. With a token of a whole Grid only
        its own admins count: `is_admin` does not say of which of its workspaces.
        """
        try:
            answer = await self._slack.call("users.info", user=user)
        except SlackError:
            return False
        found = answer.get("user")
        return isinstance(found, dict) and _governs(found, grid=self._team is not None)

    async def zone_of(self, user: str) -> tzinfo:
        """A person's time zone; UTC when Slack does not say."""
        return (await self.person(user)).zone

    async def name_of(self, user: str) -> str:
        """What a person is called; empty when Slack does not say."""
        return (await self.person(user)).name

    async def locale_of(self, user: str) -> Locale:
        """How somebody reads, with their catalogue read: as Slack says, else as the workspace does.

        In time for an acknowledgement: when Slack is slow to say it, or refuses, it is not asked
        again for half a minute.
        """
        locale = await self._locale(user) or shared()
        await ready(locale)
        return locale

    async def _locale(self, user: str) -> Locale | None:
        known = self._people.get(user)
        if known is None and user and not self._silent.get(user):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self.person(user)
            known = self._people.get(user)
            if known is None:
                self._silent.put(user, value=True)
        return known.locale if known else None

    async def groups_of(self, user: str) -> frozenset[str]:
        """The user groups of a person, kept for five minutes; none when Slack does not say."""
        return frozenset(id_ for id_, group in (await self.groups()).items() if user in group.users)

    async def groups(self) -> Mapping[str, UserGroup]:
        """Every user group by its id, kept for five minutes; none when Slack does not say."""
        known = self._groups.get(_GROUPS)
        if known is None:
            try:
                answer = await self._slack.call(
                    "usergroups.list", include_users=True, team_id=self._team
                )
            except SlackError:
                return {}
            known = wire.groups(answer.get("usergroups"))
            self._groups.put(_GROUPS, known)
        return known


def _governs(user: Mapping[str, object], *, grid: bool) -> bool:
    if any(user.get(each) for each in ("deleted", "is_bot", "is_stranger", "is_restricted")):
        return False
    of = user.get("enterprise_user") if grid else user
    return isinstance(of, Mapping) and (of.get("is_admin") is True or of.get("is_owner") is True)


def _read(user: dict[str, object]) -> Person:
    profile = user.get("profile")
    of = profile if isinstance(profile, dict) else {}
    names = (of.get("display_name"), of.get("real_name"), user.get("real_name"), user.get("name"))
    name = next((str(each) for each in names if each), "")
    locale = user.get("locale")
    reads = locale_of(locale) if isinstance(locale, str) and locale else None
    return Person(wire.zone(str(user.get("tz") or "UTC")), name[:80], reads)
