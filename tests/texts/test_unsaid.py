"""No text for people is shown past `say`: seen in the code, and in what every command answers."""

from pathlib import Path

import pytest

from tests.texts.catalogues import ROOT
from tests.texts.unsaid import unsaid

FOR_PROGRAMS: dict[str, set[str]] = {
    "commands/alert_posts.py": {"what it belongs under comes first"},
    "commands/inbox_posts.py": {
        "a picture could not be fetched yet",
        "the conversation has no thread yet",
    },
    "commands/list_cleaning.py": {"Opt-Out List", "phone number"},
    "commands/report_posts.py": {"the report could not be read: \0"},
    "bot/services/alerts/book.py": {
        "alert route_removed",
        "alert routed",
        "alert settings_changed",
        "every rule",
    },
    "bot/services/alerts/rules/base.py": {"alpha tag"},
    "bot/services/alerts/rules/calls.py": {"Unauthorized"},
    "bot/services/alerts/webhook.py": {
        "it answered \0",
        "it could not be reached (\0)",
        "the address is not one of the public internet",
    },
    "bot/services/audit_trail.py": {"audit exported"},
    "bot/services/by_hand.py": {"the bot stopped"},
    "bot/services/campaigns.py": {"too late"},
    "bot/services/connection_settings.py": {"account settings_changed"},
    "bot/services/connections.py": {
        "account chosen",
        "account connected",
        "account disconnected",
        "account no longer chosen",
        "bot uninstalled",
    },
    "bot/services/csv_results.py": {"Line", "Message id", "Number", "Reason", "Status", "not sent"},
    "bot/services/csv_spec.py": {"Line", "Reason"},
    "bot/services/desk.py": {"snooze over"},
    "bot/services/doctor.py": {"Slack", "Socket Mode", "Webhooks"},
    "bot/services/history_export.py": {"history exported"},
    "bot/services/inbox.py": {"route dropped", "route set"},
    "bot/services/outbox.py": {"notice not posted"},
    "bot/services/parts.py": {"Unicode"},
    "bot/services/permissions.py": {"access granted", "access revoked"},
    "bot/services/places.py": {"Ascension Island", "Kosovo", "Tristan da Cunha", "United Kingdom"},
    "bot/services/receipts.py": {"no answer"},
    "bot/services/reports/digests.py": {"report settings_changed"},
    "bot/services/reports/table.py": {"amount before", "count before", "not delivered"},
    "bot/services/retention.py": {"retention purged"},
    "bot/services/scheduled.py": {"sms.cancel asked", "too late"},
    "bot/services/sending.py": {"in spite of "},
    "bot/services/when.py": {"half an hour"},
    "bot/slack/errors.py": {"Slack answered \0", "Slack is down"},
    "bot/slack/socket.py": {"socket mode", "socket mode reader"},
}
"""What looks like a text and is none: codes of the audit, heads of files, what only logs say."""


@pytest.mark.parametrize("place", ["commands", "bot/services", "bot/slack"])
def test_every_text_for_people_is_said(place: str) -> None:
    found = {
        (str(path.relative_to(ROOT)), text)
        for path in (ROOT / place).rglob("*.py")
        for _, text in unsaid(path)
    }
    known = {(file, text) for file, texts in FOR_PROGRAMS.items() for text in texts}
    assert found - known == set()
    assert {pair for pair in known if pair[0].startswith(place)} - found == set(), "no longer there"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('def f():\n    return plain("It is over.")', ["It is over."]),
        ('def f(n):\n    return f"{n} messages wait"', ["\0 messages wait"]),
        ('A = {"key one": "Saved"}', ["Saved"]),
        ('f(say("It is over."), Phrase("Saved"), many("a hare", "two hares", 1))', []),
        ('f(say("{x} left", x="not known"))', ["not known"]),
        ('_log.info("it is over")\nraise ValueError("it is over")', []),
        ('def f():\n    """It is over."""\n    return ":warning: `/clicksend alert list`"', []),
        ('if x == "it is over": pass', []),
    ],
)
def test_the_check_sees_what_it_should(code: str, found: list[str], tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(code)
    assert [text for _, text in unsaid(module)] == found
