"""Nothing secret or personal stands in a log, whoever logs it and however."""

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from bot.redaction import HIDDEN, PHONE, SECRET, Redaction
from bot.setting_types import LogFormat
from bot.settings import Settings

KEY = "A1B2-C3D4-E5F6"
WRITTEN = "Dear Bob, your code is"
REDACTION = Redaction([KEY, "hush-hush"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token xoxb-1-2-abc is", f"token {SECRET} is"),
        ("xoxe.xoxb-1-Mi0y", SECRET),
        ("xapp-1-A0-2-b", SECRET),
        (f"the key {KEY}!", f"the key {SECRET}!"),
        ("Authorization: Basic ZGVtbzpkZW1v", f"Authorization: Basic {SECRET}"),
        ("postgresql+asyncpg://bot:pass%40w@db/bot", f"postgresql+asyncpg://bot:{SECRET}@db/bot"),
        ("/clicksend/webhooks/abc-DEF_1/x", f"/clicksend/webhooks/{SECRET}/x"),
        ("wss://wss.slack.com/?ticket=abc&a=1", f"wss://wss.slack.com/?ticket={SECRET}&a=1"),
        ("https://hooks.slack.com/commands/T1/2/abc", f"https://hooks.slack.com/{SECRET}"),
        ("to +61411111111 and 0061 422 222 222", f"to {PHONE} and {PHONE}"),
        ("call +1 (415) 555-0100 or 0411 111 111", f"call {PHONE} or {PHONE}"),
        ("[input_value='Hi Bob', input_type=str]", f"[input_value={HIDDEN}, input_type=str]"),
        ("DETAIL: Key (to)=(Bob) exists", f"DETAIL: {HIDDEN}"),
    ],
)  # fmt: skip
def test_what_is_taken_out(text: str, shown: str) -> None:
    assert REDACTION.text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "1732450000.000100",
        "2026-11-24T12:00:00.123456Z",
        "message 4C3A0D2E-5A5E-11EE-8C99-0242AC120002 of C0OPS",
        "127.0.0.1:43529",
        "a job took 0.123456789 seconds",
        "revision 0006",
    ],
)
def test_what_stays(text: str) -> None:
    assert REDACTION.text(text) == text


@given(st.text(), st.text(), st.from_regex(r"\+[1-9][0-9]{7,13}", fullmatch=True))
def test_a_number_is_found_in_any_text(before: str, after: str, number: str) -> None:
    line = REDACTION(None, "", {"event": f"{before} {number} {after}", "why": [{"x": number}]})
    assert number not in str(line["event"])
    assert line["why"] == [{"x": PHONE}]


@given(st.text())
def test_an_event_is_one_line(text: str) -> None:
    event = str(REDACTION(None, "", {"event": text})["event"])
    assert len(event.splitlines()) <= 1
    assert "\x1b" not in event


@contextmanager
def logging_as(form: LogFormat) -> Iterator[None]:
    """Logging as the bot sets it up, and as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("DEBUG", form, secrets=[KEY])
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def broken() -> None:
    raise ValueError(f"cannot send to +61411111111 with {KEY}")


@pytest.mark.parametrize("form", list(LogFormat))
def test_both_loggers_in_both_formats(form: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    with logging_as(form):
        log, plain = structlog.get_logger("a"), logging.getLogger("b")
        log.info("sent", to="+61411111111", body="Dear Bob", key=KEY, n=1)
        plain.warning("%s\nforged line to +61422222222 with %s", "text", KEY)
        try:
            broken()
        except ValueError:
            log.exception("it broke")
            plain.exception("it broke, too")
    written = capsys.readouterr().err
    assert "sent" in written
    assert "it broke, too" in written
    assert written.count("Traceback") == 2
    for secret in ("+614", KEY, "\nforged", "Dear Bob"):
        assert secret not in written


def test_a_json_line_stays_json(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_as(LogFormat.JSON):
        structlog.get_logger("c").info("odd", what={"a": (1, None, {"b": object})})
    said = json.loads(capsys.readouterr().err)
    assert (said["event"], said["what"]["a"][:2]) == ("odd", [1, None])


def test_every_secret_setting_is_known_to_the_log() -> None:
    settings = Settings.model_validate(
        {
            "bot_mode": "http",
            "slack_bot_token": "xoxb-one",
            "slack_signing_secret": "two-two",
            "clicksend_username": "demo",
            "clicksend_api_key": "three-3",
            "webhook_secret": "four-four-four-four-four",
            "database_url": "postgresql+asyncpg://bot:fi%40ve@db/bot",
        }
    )
    assert set(logs.secrets_of(settings)) == {
        "xoxb-one", "two-two", "three-3", "four-four-four-four-four", "fi@ve"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("breaks", "kept"),
    [
        (lambda: int(f"{WRITTEN} 1"), "invalid literal for int() with base 10: "),
        (lambda: {}[WRITTEN], "KeyError: "),
        (lambda: LogFormat(f'{WRITTEN} "said" it\'s'), "is not a valid LogFormat"),
        (lambda: float(WRITTEN), "could not convert string to float: "),
        (lambda: WRITTEN.index(f"{WRITTEN}!"), "ValueError: substring not found"),
        (lambda: WRITTEN.nothing, "'str' object has no attribute 'nothing'"),  # type: ignore[attr-defined]  # it breaks
    ],
)  # fmt: skip
def test_what_an_exception_quotes_is_taken_out_of_its_text(
    breaks: Callable[[], object], kept: str
) -> None:
    try:
        breaks()
    except Exception:  # noqa: BLE001 - whatever it is
        told = traceback.format_exc()
    shown = str(REDACTION(None, "error", {"exception": told})["exception"])
    assert WRITTEN not in shown
    assert kept in shown
    assert "in <lambda>" in shown
