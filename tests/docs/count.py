"""How many lines an operation takes: its class and its answer's models together."""

from pathlib import Path

from bot.clicksend import registry

FOLDER = Path(__file__).parents[2] / "bot/clicksend"
SHARED = ("answers.py", "requests.py")
"""Models that several families share; every operation pays its part of them."""
MOST = 30.0


def lines(path: Path) -> int:
    """The lines of a module, blank ones and docstrings included."""
    return len(path.read_text().splitlines())


def families() -> dict[str, int]:
    """The lines of each family's module."""
    paths = sorted((FOLDER / "operations").glob("*.py"))
    return {path.stem: lines(path) for path in paths if path.stem != "__init__"}


def average() -> float:
    """Lines an operation, the shared models included."""
    shared = sum(lines(FOLDER / name) for name in SHARED)
    return (sum(families().values()) + shared) / len(registry.ids())


def report() -> str:
    """The count as text."""
    operations = len(registry.ids())
    own = families()
    rows = [f"{name:<24}{count:>6}" for name, count in own.items()]
    rows += [f"{name:<24}{lines(FOLDER / name):>6}  (shared)" for name in SHARED]
    own_average = sum(own.values()) / operations
    rows.append(f"{operations} operations: {own_average:.1f} lines each in their families,")
    rows.append(f"{average():.1f} with the shared models; {MOST:.0f} at most")
    return "\n".join(rows)


if __name__ == "__main__":
    print(report())  # noqa: T201 - a command's output
