"""The three locks say the same: the image installs what was tested."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Version and hashes of each package of a lock."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        package, version = re.match(r"([\w.-]+)==(\S+)", line).groups()  # type: ignore[union-attr]  # each line pins
        found[package] = version, frozenset(re.findall(r"--hash=(sha256:\w{64})", line))
    return found


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w.-]+", each)[0].lower() for each in requirements}  # type: ignore[index]  # each begins so


@pytest.mark.parametrize(
    "name", ["requirements-run.lock", "requirements-otel.lock", "requirements-build.lock"]
)
def test_a_smaller_lock_is_a_part_of_the_whole_one(name: str) -> None:
    whole = pins("requirements.lock")
    part = pins(name)
    assert part
    assert {package: whole.get(package) for package in part} == part


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: str(path.name)
)
def test_each_package_is_hashed_and_no_registry_is_named(path: Path) -> None:
    assert all(hashes for _, hashes in pins(path.name).values())
    assert not re.search(r"://|--index|--find|--extra", path.read_text())


def test_what_runs_is_what_the_project_needs_and_no_tool() -> None:
    run = set(pins("requirements-run.lock"))
    needed = names(PROJECT["project"]["dependencies"])
    tools = names(PROJECT["dependency-groups"]["dev"])
    assert needed <= run
    assert not tools & run


def test_the_lock_with_traces_is_the_other_one_and_the_extra() -> None:
    run, traced = pins("requirements-run.lock"), pins("requirements-otel.lock")
    extra = names(PROJECT["project"]["optional-dependencies"]["otel"])
    assert run.items() < traced.items()
    assert extra <= set(traced)
    assert not extra & set(run)


def test_the_build_lock_is_the_build_backend() -> None:
    assert names(PROJECT["build-system"]["requires"]) <= set(pins("requirements-build.lock"))
    assert "pytest" not in pins("requirements-build.lock")
