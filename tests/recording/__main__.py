"""Make the recordings anew: documented and sandbox; with ``--live``, those of the real API."""

import argparse
import asyncio

from tests.recording import documented, live, sandbox


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="make cassettes", description=__doc__)
    parser.add_argument("--live", action="store_true", help="record reads of the real API")
    if parser.parse_args().live:
        username, api_key = live.credentials()
        lines = asyncio.run(live.record(live.BASE_URL, username, api_key, live.FOLDER))
        print("\n".join(lines))  # noqa: T201 - a command's output
    else:
        print(f"{write()} recordings in cassettes/documented")  # noqa: T201 - a command's output
        texts = asyncio.run(sandbox.recordings())
        sandbox.write(texts, sandbox.FOLDER)
        print(f"{len(texts)} recordings in cassettes/sandbox")  # noqa: T201 - a command's output


def write() -> int:
    """Replace the documented recordings.

    Returns:
        How many there are.
    """
    documented.FOLDER.mkdir(parents=True, exist_ok=True)
    for old in documented.FOLDER.glob("*.yaml"):
        old.unlink()
    made = dict(documented.recordings())
    for name, text in made.items():
        (documented.FOLDER / name).write_text(text)
    return len(made)


if __name__ == "__main__":
    main()
