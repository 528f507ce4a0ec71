"""Drive every operation of the vendor's own SDK against a running sandbox.

`python -m tests.sdk.drive URL USER KEY` prints what did not answer as documented, and the counts
as JSON in its last line; the exit code is 0 when every operation was called and answered.
"""

import json
import sys

from tests.sdk import accounts, contacts, emails, messages, post, rules
from tests.sdk.desk import DOCUMENTED, Desk, every_method


def main(url: str, user: str, key: str) -> int:
    """Do everything in order, then say what is missing."""
    desk = Desk(url, user, key)
    for family in (contacts, rules, messages, emails, post, accounts):
        family.play(desk)
    uncalled = sorted(set(every_method()) - desk.methods)
    for each in desk.wrong + [f"{api}.{method} was not called" for api, method in uncalled]:
        sys.stdout.write(f"{each}\n")
    documented = sum(each in DOCUMENTED for each in desk.answered)
    counts = {
        "methods": len(desk.methods),
        "operations": len(desk.answered),
        "documented": documented,
        "undocumented": len(desk.answered) - documented,
        "wrong": len(desk.wrong),
    }
    sys.stdout.write(json.dumps(counts) + "\n")
    return 1 if desk.wrong or uncalled else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
