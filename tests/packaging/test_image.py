"""The image: each step of the Dockerfile played in a clean environment, and the result run."""

import asyncio
import re
import signal
import socket
import tomllib
from pathlib import Path

import pytest

from tests.app.world import FakeClickSend, FakeSlack, User, serving
from tests.packaging.conftest import ROOT
from tests.packaging.dockerfile import Context, Machine, Step, parse, stages
from tests.process.running import Running, address, environment, started

TEXT = (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def final() -> list[Step]:
    """The steps of the last stage, which is the image."""
    return stages(parse(TEXT))[-1]


def of(steps: list[Step], keyword: str) -> list[Step]:
    return [step for step in steps if step.keyword == keyword]


def test_both_stages_are_one_slim_python_that_the_project_takes() -> None:
    (base,) = {stage[0].arguments[0] for stage in stages(parse(TEXT))}
    found = re.fullmatch(r"python:3\.(\d+)-slim", base)
    assert found
    least = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert least == ">=3.11"
    assert int(found[1]) >= 11


def test_the_image_needs_no_shell_and_runs_as_nobody_in_particular(final: list[Step]) -> None:
    assert all(step.is_exec for step in of(final, "RUN"))
    for keyword in ("ENTRYPOINT", "CMD", "HEALTHCHECK"):
        (step,) = of(final, keyword)
        assert step.is_exec
    (user,) = of(final, "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user.arguments[0])
    (data,) = [step for step in of(final, "COPY") if "chown" in step.flags]
    assert data.flags["chown"] == user.arguments[0]
    (volume,) = of(final, "VOLUME")
    assert data.arguments[1] == volume.arguments[0]


def test_shells_and_package_managers_are_taken_out_of_it(final: list[Step], tmp_path: Path) -> None:
    """Debian's shells and its package manager; played on files of the same names."""
    (step,) = of(final, "RUN")
    named = [each for each in step.arguments if each.startswith("/")]
    assert {f"/bin/{shell}" for shell in ("sh", "dash", "bash", "rbash")} < set(named)
    machine = Machine(tmp_path, tmp_path / "root")
    machine.play([Step("FROM", {}, ("python",))])
    for path in [*named[1:], "/bin/cat"]:  # one is not there, which is no error
        found = machine.root / path.lstrip("/")
        found.parent.mkdir(parents=True, exist_ok=True)
        found.write_text("")
    machine.play([step])
    left = [path for path in machine.root.rglob("*") if path.is_file()]
    assert left == [machine.root / "bin/cat"]
    assert final.index(step) < final.index(of(final, "USER")[0])


def test_every_package_is_hashed_and_none_comes_with_the_project() -> None:
    installs = [step.arguments for step in parse(TEXT) if "pip" in step.arguments]
    for arguments in installs:
        if "install" in arguments or "wheel" in arguments:
            assert "--require-hashes" in arguments or "--no-deps" in arguments
    assert not re.search(r"https?://|index-url|find-links (?!/wheels)", TEXT)


@pytest.mark.parametrize(
    "path",
    [".env", ".env.example", ".git/config", "bot.sqlite3", "docs/tour.svg", "tests/conftest.py",
     "requirements.lock", "bot/__pycache__/app.cpython-311.pyc", "compose.yaml", "botany.txt"],
)  # fmt: skip
def test_what_does_not_belong_in_the_image_is_not_sent(path: str) -> None:
    assert Context(ROOT).is_ignored(path)


@pytest.mark.parametrize(
    "path",
    ["bot/app.py", "bot/store/migrations/script.py.mako", "LICENSE", "requirements-run.lock"],
)
def test_what_belongs_in_it_is_sent(path: str) -> None:
    assert not Context(ROOT).is_ignored(path)


def test_it_holds_the_bot_and_neither_tests_nor_tools(image: Machine) -> None:
    names = ["bot", "commands", "pip", "hatchling", "pytest", "mypy", "vcr", "tests"]
    looked = f"import importlib.util as u; print([n for n in {names} if u.find_spec(n)])"
    done = image.run([f"{Path(image.entrypoint[0]).parent}/python", "-c", looked])
    assert done.stdout.strip() == "['bot', 'commands']", done.stderr
    assert sorted(path.name for path in image.root.iterdir()) == ["data", "opt"]


def test_help(image: Machine) -> None:
    done = image.run([*image.entrypoint, "--help"])
    assert done.returncode == 0
    assert "Run the bot, with the settings of the environment." in done.stdout


def test_without_settings_it_says_what_is_missing_and_exits_2(image: Machine) -> None:
    done = image.run([*image.entrypoint, *image.command])
    assert done.returncode == 2
    assert "SLACK_BOT_TOKEN: missing." in done.stderr
    assert "CLICKSEND_API_KEY: missing." in done.stderr


async def test_it_becomes_healthy_serves_and_stops(image: Machine) -> None:
    port = {"BOT_PORT": str(free_port())}
    before = written(image)
    assert health(image, port) != 0
    slack = FakeSlack()
    async with serving(FakeClickSend().__call__) as api, serving(slack.__call__) as slack.url:
        settings = environment(clicksend=api, slack=slack.url, folder=Path("unused"), **port)
        del settings["DATABASE_URL"]  # the image's default is tested
        async with started(
            image.environment | settings,
            cwd=image.workdir,
            command=image.inside([*image.entrypoint, *image.command]),
        ) as running:
            await used(running, slack)
            assert await asyncio.to_thread(health, image, port) == 0
            running.signal(signal.SIGTERM)
            assert await running.ended() == 0
    assert health(image, port) != 0
    new = {path for path in written(image) - before if not path.startswith("data/")}
    assert new == set()
    assert (image.root / "data/clicksend-slack.sqlite3").exists()


async def used(running: Running, slack: FakeSlack) -> None:
    """Ask the bot for the balance, as a person in Slack does."""
    ada = User(await address(running), slack.url)
    assert (await ada.command("/balance")).status_code == 200
    assert "AUD 100.00 left" in (await slack.next("respond"))["text"]


def health(image: Machine, settings: dict[str, str]) -> int:
    """The exit code of the health check's command."""
    return image.run(image.health, settings).returncode


def written(image: Machine) -> set[str]:
    """Every file of the image."""
    return {str(path.relative_to(image.root)) for path in image.root.rglob("*")}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_step_that_fails_is_noticed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, tmp_path / "root")
    with pytest.raises(AssertionError, match="no such file in the context"):
        machine.play(parse("FROM python:3.13-slim\nCOPY absent.lock ./\n"))
    machine = Machine(tmp_path, tmp_path / "another")
    with pytest.raises(AssertionError, match="-m nothing"):
        machine.play(parse("FROM python:3.13-slim\nRUN python -m nothing\n"))
    with pytest.raises(AssertionError, match="ADD is not played"):
        machine.play(parse("ADD a b\n"))
