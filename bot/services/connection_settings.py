"""What a workspace's admins set for a ClickSend account of theirs: whom its alerts reach, and more.

It stands beside the connection, as JSON, and goes when that does. Every process hears of a change
as it hears of a new key, and has the account opened anew with it: nothing is restarted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from bot.clicksend import ClickSend
from bot.clicksend.operations.lists import GetContactList
from bot.store import Database, Scope, audit, spaces
from bot.store.spaces import Connection

if TYPE_CHECKING:  # a bot for one workspace knows the service, and encrypts nothing
    from bot.store.sealing import Seal

KEY: Final = "api_key"
"""What a sealed API key says it is."""
WEBHOOK: Final = "escalation_webhook"
"""What a sealed address of the escalation says it is: there may be a secret in it."""


class Own(BaseModel):
    """What is set for an account; whatever is empty is as it is for every account.

    Attributes:
        inbox_channel: Where conversations are, a Slack channel id; empty: where alerts go.
        oncall: Who is told when nobody takes a critical alert, Slack user ids.
        minutes: Until they are, and until the phones are; None: the bot's own setting.
        call: How the phones are reached; None: not at all.
        phones: Of whom, E.164.
        webhook: An https address that gets what nobody has taken, sealed; empty: none.
        opt_out_list: ClickSend's id of the list of people who must not be sent to.
        low_credit: The balance below which there is an alert; None: the account's own.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    inbox_channel: str = ""
    oncall: tuple[str, ...] = ()
    minutes: int | None = None
    call: Literal["voice", "sms"] | None = None
    phones: tuple[str, ...] = ()
    webhook: str = ""
    opt_out_list: int | None = None
    low_credit: Decimal | None = None


def own_of(connection: Connection) -> Own:
    """What is set for an account."""
    return Own.model_validate_json(connection.own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an account's settings are to be.

    Attributes:
        alert_channel: A Slack channel id; empty: to its admin.
        approval_channel: A Slack channel id; empty: where it is asked for.
        own: The rest; its `webhook` does not count.
        webhook: The new address of the escalation; None: as it is; empty: none.
    """

    alert_channel: str
    approval_channel: str
    own: Own
    webhook: SecretStr | None = None


class UnreadableKeyError(Exception):
    """No key of ENCRYPTION_KEYS opens what is kept of the account."""


class ConnectionSettings:
    """Reads and changes the settings of a workspace's accounts.

    Args:
        database: Where they are kept.
        workspace: The team id.
        seal: Opens the keys, and encrypts what may be secret.
        client: Makes a client of a user name and a key.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        workspace: str,
        seal: Seal,
        *,
        client: Callable[[str, SecretStr], AbstractAsyncContextManager[ClickSend]],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._workspace = workspace
        self._seal = seal
        self._client = client
        self._now = now

    async def change(self, account: str, wish: Change, *, actor: str) -> tuple[str, ...] | None:
        """Set what an account's settings are from now on.

        Args:
            account: The API username.
            wish: All of them.
            actor: Who does it, a Slack user id.

        Returns:
            The names of those that changed; None where the account is not connected.

        Raises:
            NotFound: There is no such contact list; nothing was changed.
            ClickSendError: The list could not be looked up; nothing was changed.
            UnreadableKeyError: The account's key cannot be used.
        """
        before = await self._connected(account)
        if before is None:
            return None
        if wish.own.opt_out_list not in {None, own_of(before).opt_out_list}:
            await self._look_up(before, wish.own.opt_out_list or 0)
        async with self._database.write() as connection:
            found = await spaces.connected(connection, self._workspace)
            before = next((each for each in found if each.account == account), None)
            if before is None:
                return None
            after = self._changed(before, wish)
            changed = _names(before, after)
            if changed:
                await spaces.connect(connection, after)
                await spaces.changed(connection, self._workspace)
                await audit.add(
                    connection,
                    before.scope,
                    at=self._now(),
                    actor=actor,
                    action="account settings_changed",
                    subject=account[:64],
                    detail={"changed": ", ".join(changed)},
                )
        return changed

    async def _connected(self, account: str) -> Connection | None:
        async with self._database.read() as connection:
            found = await spaces.connected(connection, self._workspace)
        return next((each for each in found if each.account == account), None)

    async def _look_up(self, connection: Connection, list_id: int) -> None:
        from bot.store.sealing import SealError  # noqa: PLC0415 - see above

        whose = (connection.workspace, connection.account)
        try:
            key = self._seal.open(connection.key or "", KEY, *whose)
        except SealError:
            raise UnreadableKeyError from None
        async with self._client(connection.account, SecretStr(key)) as clicksend:
            await clicksend.run(GetContactList(list_id=list_id))

    def _changed(self, before: Connection, wish: Change) -> Connection:
        sealed = own_of(before).webhook
        if wish.webhook is not None:
            address = wish.webhook.get_secret_value()
            sealed = self._closed(before.scope, address) if address else ""
        own = wish.own.model_copy(update={"webhook": sealed})
        return replace(
            before,
            alert_channel=wish.alert_channel,
            approval_channel=wish.approval_channel,
            own=own.model_dump_json(exclude_defaults=True),
        )

    def _closed(self, scope: Scope, address: str) -> str:
        return self._seal.close(address, WEBHOOK, scope.workspace, scope.account)


def _names(before: Connection, after: Connection) -> tuple[str, ...]:
    """What is set otherwise; names alone, as values may be secret or somebody's number."""
    names = [
        name
        for name in ("alert_channel", "approval_channel")
        if getattr(before, name) != getattr(after, name)
    ]
    old, new = own_of(before), own_of(after)
    return (
        *names,
        *(each for each in Own.model_fields if getattr(old, each) != getattr(new, each)),
    )


def webhook_of(connection: Connection, seal: Seal) -> SecretStr | None:
    """The address that gets what nobody has taken; None where there is none.

    Raises:
        SealError: No key opens it.
    """
    sealed = own_of(connection).webhook
    if not sealed:
        return None
    return SecretStr(seal.open(sealed, WEBHOOK, connection.workspace, connection.account))


def resealed_own(connection: Connection, seal: Seal) -> str | None:
    """The settings with what is sealed in them encrypted with the newest key; None where it is."""
    own = own_of(connection)
    new = own.webhook and seal.renewed(
        own.webhook, WEBHOOK, connection.workspace, connection.account
    )
    if not new:
        return None
    return own.model_copy(update={"webhook": new}).model_dump_json(exclude_defaults=True)
