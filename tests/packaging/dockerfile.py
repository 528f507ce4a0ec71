"""Plays the steps of a Dockerfile below a folder, for machines without a Docker engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True)
class Step:
    """One instruction; `is_exec` when its arguments stood in brackets and need no shell."""

    keyword: str
    flags: Mapping[str, str]
    arguments: tuple[str, ...]
    is_exec: bool = False


def parse(text: str) -> list[Step]:
    """Read a Dockerfile.

    Args:
        text: Its text.

    Returns:
        Its instructions, in order.
    """
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n", " ", "\n".join(lines))
    return [_step(line.strip()) for line in whole.splitlines() if line.strip()]


def _step(line: str) -> Step:
    keyword, _, rest = line.partition(" ")
    flags = {}
    while found := re.match(r"\s*--([\w-]+)=(\S+)\s+", rest):
        flags[found[1]] = found[2]
        rest = rest[found.end() :]
    if keyword == "HEALTHCHECK":
        rest = rest.strip().removeprefix("CMD").strip()
    is_exec = rest.lstrip().startswith("[")
    arguments = json.loads(rest) if is_exec else shlex.split(rest)
    return Step(keyword, flags, tuple(arguments), is_exec)


def stages(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps of each stage; each begins with its FROM."""
    found: list[list[Step]] = []
    for step in steps:
        if step.keyword == "FROM":
            found.append([])
        found[-1].append(step)
    return found


class Context:
    """What `docker build` sends: a folder without what `.dockerignore` names."""

    def __init__(self, folder: Path) -> None:
        lines = (folder / ".dockerignore").read_text().splitlines()
        rules = [line.strip() for line in lines if line.strip() and line[0] != "#"]
        # So that a folder which is ignored need not be looked into.
        assert not [rule for rule in rules if rule.startswith("!") and "/" in rule]
        self._rules = [(rule.removeprefix("!"), not rule.startswith("!")) for rule in rules]

    def is_ignored(self, path: str) -> bool:
        """Whether a file stays behind: the last rule that names it or a folder of it decides."""
        ignored = False
        for pattern, ignores in self._rules:
            if re.fullmatch(_expression(pattern) + "(/.*)?", path):
                ignored = ignores
        return ignored

    def copy(self, folder: Path, target: Path) -> None:
        """Copy what is not ignored.

        Args:
            folder: From where.
            target: To where.
        """
        for where, folders, names in os.walk(folder):
            here = Path(where).relative_to(folder)
            folders[:] = [name for name in folders if not self.is_ignored(str(here / name))]
            for name in names:
                if not self.is_ignored(str(here / name)):
                    (target / here).mkdir(parents=True, exist_ok=True)
                    shutil.copy2(folder / here / name, target / here / name)


def _expression(pattern: str) -> str:
    """Docker's pattern as a regular expression: `*` within a name, `**/` for any folders."""
    parts = re.split(r"(\*\*/|\*|\?|\[[^]]*\])", pattern)
    special = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return "".join(
        special.get(part) or (part if part.startswith("[") else re.escape(part)) for part in parts
    )


@dataclass
class Machine:
    """Plays the steps; what the Dockerfile calls `/` is the folder `root`.

    Attributes:
        context: What can be copied from outside.
        root: The image being made, and at the end the finished one. Each stage is made at this
            same place, since virtual environments know where they are.
    """

    context: Path
    root: Path
    workdir: Path = field(init=False)
    environment: dict[str, str] = field(init=False)
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    user: str = "0"
    _stage: str = ""
    _given: dict[str, str] = field(default_factory=dict)
    _finished: dict[str, Path] = field(default_factory=dict)

    def play(self, steps: Iterable[Step]) -> None:
        """Play steps in order.

        Raises:
            AssertionError: A command failed, or an instruction is not known here.
        """
        for step in steps:
            handler = getattr(self, f"_play_{step.keyword.lower()}", None)
            assert handler, f"{step.keyword} is not played"
            handler(self._filled(step))

    def run(
        self, arguments: Iterable[str], environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the finished image, as `docker run` and `docker exec` do."""
        return subprocess.run(
            self.inside(arguments),
            cwd=self.workdir,
            env=self.environment | dict(environment or {}),
            check=False,
            text=True,
            capture_output=True,
            timeout=60,
        )

    def inside(self, arguments: Iterable[str]) -> tuple[str, ...]:
        """Arguments with the image's absolute paths as this machine's."""
        return tuple(str(self._at(each)) if each.startswith("/") else each for each in arguments)

    def _at(self, path: str) -> Path:
        return self.root / path.lstrip("/") if path.startswith("/") else self.workdir / path

    def _filled(self, step: Step) -> Step:
        """A step with the values of build arguments in it."""
        filled = (
            re.sub(r"\$\{(\w+)\}", lambda found: self._given[found[1]], each)
            for each in step.arguments
        )
        return step if step.is_exec else replace(step, arguments=tuple(filled))

    def _play_arg(self, step: Step) -> None:
        name, _, value = step.arguments[0].partition("=")
        self._given[name] = value

    def _play_from(self, step: Step) -> None:
        if self._stage:
            self._finished[self._stage] = self.root.rename(self.root.with_name(self._stage))
        self._stage = step.arguments[2] if len(step.arguments) > 1 else "the last"
        self.root.mkdir()
        self.workdir = self.root
        self.environment = {"PATH": os.environ["PATH"]}

    def _play_workdir(self, step: Step) -> None:
        self.workdir = self._at(step.arguments[0])
        self.workdir.mkdir(parents=True, exist_ok=True)

    def _play_env(self, step: Step) -> None:
        self.environment |= dict(each.split("=", 1) for each in step.arguments)

    def _play_copy(self, step: Step) -> None:
        *sources, last = step.arguments
        origin = self._finished[step.flags["from"]] if "from" in step.flags else self.context
        # What a finished stage holds nobody changes any more, and linking is much faster.
        copy = os.link if "from" in step.flags else shutil.copy2
        for source in sources:
            found, target = origin / source.lstrip("/"), self._at(last)
            assert found.exists(), f"COPY {source}: there is no such file in the context"
            if found.is_dir():  # its content, as Docker does
                shutil.copytree(
                    found, target, symlinks=True, dirs_exist_ok=True, copy_function=copy
                )
            else:
                into = last.endswith("/") or target.is_dir()
                copy(found, target / found.name if into else target)

    def _play_run(self, step: Step) -> None:
        """Run it with our own environment, whose pip finds its packages and its cache."""
        arguments = self.inside(step.arguments)
        if arguments[0] == "python":  # the image's, with its pip: here our own
            arguments = (sys.executable, *arguments[1:])
        outer = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONPATH"}}
        done = subprocess.run(
            arguments,
            cwd=self.workdir,
            env=outer | self.environment,
            check=False,
            text=True,
            capture_output=True,
        )
        assert done.returncode == 0, f"{' '.join(step.arguments)}:\n{done.stdout}{done.stderr}"

    def _play_healthcheck(self, step: Step) -> None:
        self.health = step.arguments

    def _play_entrypoint(self, step: Step) -> None:
        self.entrypoint = step.arguments

    def _play_cmd(self, step: Step) -> None:
        self.command = step.arguments

    def _play_user(self, step: Step) -> None:
        self.user = step.arguments[0]

    def _play_volume(self, step: Step) -> None:
        assert self._at(step.arguments[0]).is_dir(), "a volume nobody made would be root's"

    def _play_expose(self, step: Step) -> None:
        assert step.arguments == (self.environment["BOT_PORT"],)
