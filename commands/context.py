"""What the handlers of every noun work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.clicksend import ClickSend
from bot.services.account import AccountReader
from bot.services.alerts.book import Clerk
from bot.services.alerts.desk import Desk as AlertDesk
from bot.services.audit_trail import AuditTrail
from bot.services.by_hand import ByHand
from bot.services.campaigns import Campaigns
from bot.services.connection_settings import ConnectionSettings
from bot.services.connections import Connections
from bot.services.contacts import Contacts
from bot.services.csv_parts import Csv
from bot.services.decisions import Decisions
from bot.services.desk import Desk
from bot.services.doctor import Doctor
from bot.services.history_export import HistoryExports
from bot.services.home import Home
from bot.services.hooks import Hooks
from bot.services.inbox import Inbox
from bot.services.limit_book import LimitBook
from bot.services.losses import Losses
from bot.services.own_settings import OwnSettings
from bot.services.permissions import Permissions
from bot.services.reports.digests import Digests
from bot.services.reports.reader import ReportReader
from bot.services.scheduled import Scheduled
from bot.services.second_person import SecondPerson
from bot.services.sending import Sending
from bot.services.templates import Templates
from bot.slack.calls import Call
from bot.slack.router import Router


@dataclass(frozen=True, slots=True)
class Lobby:
    """What there is in every workspace that has installed the bot, connected or not."""

    connections: Connections
    settings: ConnectionSettings


@dataclass(frozen=True, slots=True)
class Services:
    """The services, put together in `bot.app`; `lobby` only in a bot for many workspaces."""

    clicksend: ClickSend
    access: Permissions
    account: AccountReader
    sending: Sending
    decisions: Decisions
    limits: LimitBook
    audit: AuditTrail
    exports: HistoryExports
    campaigns: Campaigns
    scheduled: Scheduled
    templates: Templates
    by_hand: ByHand
    second: SecondPerson
    contacts: Contacts
    csv: Csv
    inbox: Inbox
    desk: Desk
    doctor: Doctor
    hooks: Hooks
    alerts: AlertDesk
    clerk: Clerk
    reports: ReportReader
    digests: Digests
    home: Home
    own: OwnSettings
    losses: Losses
    deliver: Callable[[], None]
    now: Callable[[], datetime]
    default_country: str | None
    reply_prefix: str | None
    lobby: Lobby | None = None


BotCall: TypeAlias = Call[Services]
BotRouter: TypeAlias = Router[Services]
LobbyCall: TypeAlias = Call[Lobby]
LobbyRouter: TypeAlias = Router[Lobby]
