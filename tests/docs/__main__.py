"""Write docs/operations.md anew."""

from tests.docs import operations

if __name__ == "__main__":
    operations.TARGET.write_text(operations.text())
    print(f"{len(operations.ids_in(operations.text()))} operations in {operations.TARGET.name}")  # noqa: T201 - a command's output
