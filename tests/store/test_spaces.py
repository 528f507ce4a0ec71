"""Installations, connections and choices, on both databases; what is secret is sealed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import func, select

from bot.store import Database, Scope, space_tables, spaces
from bot.store.installations import Installations
from bot.store.sealing import Seal, SealError
from bot.store.spaces import ANYWHERE, Connection, Workspace

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def installations(database: Database, *keys: str) -> Installations:
    return Installations(database, "1234.5678", Seal(keys or (OLD,)), now=lambda: NOW)


def installed(team: str | None, *, at: float, token: str = "xoxb-1", **more: str) -> Installation:
    return Installation(
        app_id="A1",
        team_id=team,
        user_id=more.pop("user_id", "U0ADA"),
        bot_token=token,
        bot_refresh_token=f"xoxe-{token}",
        bot_token_expires_at=int(NOW.timestamp()) + 3_600,
        is_enterprise_install=team is None,
        installed_at=at,
        **more,  # type: ignore[arg-type]  # texts, each of them
    )


def connection_of(scope: Scope, *, key: str | None = "sealed", at: datetime = NOW) -> Connection:
    return Connection(
        workspace=scope.workspace,
        account=scope.account,
        key=key,
        digest="d",
        admin="U0ADA",
        alert_channel="",
        approval_channel="",
        connected_at=at,
    )


@given(secret=st.text(), whose=st.lists(st.text(), max_size=3), other=st.lists(st.text()))
def test_a_seal_opens_for_whom_it_was_made_and_for_nobody_else(
    secret: str, whose: list[str], other: list[str]
) -> None:
    sealed = Seal([NEW, OLD]).close(secret, *whose)
    assert Seal([OLD, NEW]).open(sealed, *whose) == secret
    assert Seal([NEW]).renewed(sealed, *whose) is None
    for seal, names in ((Seal([OLD]), whose), *([(Seal([NEW]), other)] if other != whose else [])):
        with pytest.raises(SealError):
            seal.open(sealed, *names)


def test_what_an_older_key_sealed_is_renewed_and_what_no_key_opens_is_left() -> None:
    sealed = Seal([OLD]).close("secret", "a")
    renewed = Seal([NEW, OLD]).renewed(sealed, "a")
    assert renewed is not None
    assert Seal([NEW]).open(renewed, "a") == "secret"
    assert Seal([NEW]).renewed(sealed, "a") is None
    for wrong in ("", "x", sealed[:-4] + "AAA="):
        with pytest.raises(SealError):
            Seal([OLD]).open(wrong, "a")


async def test_tokens_are_sealed_and_a_row_of_another_workspace_does_not_open(
    database: Database,
) -> None:
    store = installations(database)
    await store.async_save(installed("T1", at=1.0))
    await store.async_save(installed("T2", at=1.0, token="xoxb-2"))
    async with database.write() as connection:
        rows = (await connection.execute(select(space_tables.slack_bots))).mappings().all()
        assert not [row for row in rows if "xox" in str(dict(row))]
        stolen = next(row.bot_token for row in rows if row.team_id == "T1")
        await connection.execute(
            space_tables.slack_bots.update()
            .where(space_tables.slack_bots.c.team_id == "T2")
            .values(bot_token=stolen)
        )
    bot = await store.bot_of("T1", "")
    assert bot is not None
    assert (bot.bot_token, bot.bot_refresh_token) == ("xoxb-1", "xoxe-xoxb-1")
    with pytest.raises(SealError, match="something else"):
        await store.bot_of("T2", "")


async def test_the_newest_installation_counts_and_older_ones_are_forgotten(
    database: Database,
) -> None:
    store = installations(database)
    await store.async_save(installed("T1", at=1.0))
    await store.async_save(installed("T1", at=2.0, token="xoxb-2", user_id="U0EVE"))
    bot = await store.bot_of("T1", "")
    assert bot is not None
    assert bot.bot_token == "xoxb-2"
    async with database.read() as connection:
        for table in (space_tables.slack_bots, space_tables.slack_installations):
            count = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            assert count == 1
        found = await spaces.get(connection, "T1")
    assert found is not None
    assert (found.installer, found.version) == ("U0ADA", 2)  # who came first


async def test_a_workspace_has_its_own_bot_or_that_of_its_grid(database: Database) -> None:
    store = installations(database)
    await store.async_save(installed(None, at=2.0, token="xoxb-grid", enterprise_id="E1"))
    assert await store.bot_of("T1", "") is None
    assert await store.bot_of("T1", "E2") is None
    await store.async_save(installed("T1", at=1.0))  # before it joined the Grid
    for team, token in (("T1", "xoxb-grid"), ("T2", "xoxb-grid")):
        bot = await store.bot_of(team, "E1")
        assert bot is not None
        assert bot.bot_token == token
    await store.remove(None, "E1")
    bot = await store.bot_of("T1", "E1")
    assert bot is not None
    assert bot.bot_token == "xoxb-1"
    await store.remove("T1", "E1")
    assert await store.bot_of("T1", "E1") is None


async def test_what_ends_soon_is_found_and_a_lost_key_holds_nothing_up(database: Database) -> None:
    await installations(database, NEW).async_save(installed("T1", at=1.0))
    await installations(database, OLD).async_save(installed("T2", at=1.0))
    store = installations(database, OLD)
    soon = await store.expiring(NOW + timedelta(hours=2))
    assert [bot.team_id for bot in soon] == ["T2"]
    assert await store.expiring(NOW + timedelta(minutes=30)) == []
    assert await installations(database, NEW, OLD).reseal() == 4  # two tokens in two tables
    assert await installations(database, NEW, OLD).reseal() == 0
    assert len(await installations(database, NEW).expiring(NOW + timedelta(hours=2))) == 2


async def test_a_state_counts_once_however_many_come_at_once(database: Database) -> None:
    async with database.write() as connection:
        before = NOW - timedelta(minutes=1)
        await spaces.issue(connection, "old", at=before, expires_at=NOW)
        await spaces.issue(connection, "older", at=before, expires_at=before)
        await spaces.issue(connection, "state", at=before, expires_at=NOW + timedelta(minutes=9))

    async def consumed(state: str) -> bool:
        async with database.write() as connection:
            return await spaces.consume(connection, state, at=NOW)

    assert sorted(await asyncio.gather(*(consumed("state") for _ in range(5))))[-2:] == [
        False,
        True,
    ]
    assert not await consumed("old")
    async with database.read() as connection:
        left = select(func.count()).select_from(space_tables.oauth_states)
        assert (await connection.execute(left)).scalar_one() == 0


async def test_a_connection_and_a_choice_are_of_one_workspace_and_account(
    database: Database, scope: Scope, others: Scope
) -> None:
    async with database.write() as connection:
        for each in (scope, others):
            await spaces.enter(connection, Workspace(each.workspace, "", "U1", 0), at=NOW)
            await spaces.connect(connection, connection_of(each))
            await spaces.choose(connection, each, f"C{each.account}", by="U1", at=NOW)
        await spaces.choose(connection, scope, ANYWHERE, by="U1", at=NOW)
        before = await spaces.version(connection, scope.workspace)
        await spaces.changed(connection, scope.workspace)
        assert await spaces.version(connection, scope.workspace) == before + 1
        assert await spaces.disconnect(connection, scope)
        assert not await spaces.disconnect(connection, scope)
        live = [each.scope for each in await spaces.every(connection) if each.key is not None]
        assert live == [others]
        assert await spaces.choices(connection, others.workspace) == {
            f"C{others.account}": others.account
        }
        await spaces.connect(connection, connection_of(scope, key="again"))
        assert {each.key for each in await spaces.every(connection)} == {"sealed", "again"}
