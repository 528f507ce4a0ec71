"""Write docs/operations.md and docs/settings.md anew."""

from tests.docs import operations, settings

if __name__ == "__main__":
    operations.TARGET.write_text(operations.text())
    settings.TARGET.write_text(settings.text())
    print(f"{len(operations.ids_in(operations.text()))} operations in {operations.TARGET.name}")  # noqa: T201 - a command's output
    print(f"{settings.text().count('| `')} settings in {settings.TARGET.name}")  # noqa: T201 - a command's output
