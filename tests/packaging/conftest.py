"""The image, made once a run by playing the Dockerfile."""

import os
import pickle
from pathlib import Path

import pytest
from filelock import FileLock

from tests.packaging.dockerfile import Context, Machine, parse

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The finished image; where several workers test, the first one makes it for all."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / "image.lock"):
        done = shared / "image.pickle"
        if not done.exists():
            done.write_bytes(pickle.dumps(made(shared / "image")))
        found: Machine = pickle.loads(done.read_bytes())  # noqa: S301 - our own
    return found


def made(folder: Path) -> Machine:
    """Play the Dockerfile.

    Args:
        folder: For the context and the image; must not exist.
    """
    context = folder / "context"
    context.mkdir(parents=True)
    Context(ROOT).copy(ROOT, context)
    machine = Machine(context, folder / "root")
    machine.play(parse((ROOT / "Dockerfile").read_text()))
    return machine
