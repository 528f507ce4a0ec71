"""Everybody is spoken to in their own language, as Slack says what it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from slack_sdk.models.blocks import PlainTextInputElement

from bot.slack.blocks import Message, Option, input_block, modal, section
from bot.slack.calls import Call
from bot.slack.client import Slack
from bot.slack.router import Ack, Errors, Options, Router
from bot.texts import ENGLISH, Phrase, aloud, everybody, locale_of, say, speaking
from tests.slack.desk import Desk, Services, opened
from tests.slack.payloads import button, command, event, interaction, view
from tests.slack.workspace import TOKEN, Workspace

GERMAN = {"id": "U1", "name": "ada", "tz": "Europe/Berlin", "locale": "de-DE"}
ROUTER: Router[Services] = Router()
NOT_SENT = "Nicht gesendet"


def _said() -> Message:
    return Message(say("Not sent"), (section(say("Not sent")),))


@ROUTER.command("sms send", summary=Phrase("send an SMS"), shortcut="/sms")
@ROUTER.action("press")
@ROUTER.shortcut("reply")
@ROUTER.closed("form")
@ROUTER.event("message")
async def answer(call: Call[Services]) -> None:
    """Answer where it was asked."""
    await call.reply(_said())


@ROUTER.command("sms all", summary=Phrase("send an SMS"))
async def to_all(call: Call[Services]) -> None:
    """Say something to the person, and the same to all."""
    await call.reply(_said())
    with aloud():
        await call.reply(_said(), in_channel=True)


@ROUTER.command("settings", summary=Phrase("My settings"))
async def settings(call: Call[Services]) -> None:
    """Open a form."""
    await call.open(modal("form", Phrase("My settings"), [section("x")], submit=Phrase("Save")))


@ROUTER.event("app_home_opened")
async def home(call: Call[Services]) -> None:
    """Show the Home."""
    await call.slack.publish_home(call.user, modal("home", "x", [section(say("Not sent"))]))


@ROUTER.command("crash", summary=Phrase("Not sent"))
@ROUTER.view("crash")
async def crash(call: Call[Services]) -> None:
    """Break."""
    del call
    raise RuntimeError("the handler's own trouble")


@ROUTER.command("slow", summary=Phrase("Not sent"))
async def slow(call: Call[Services]) -> None:
    """Break afterwards."""
    call.later(crash(call), doing=Phrase("asking for the price"))


@ROUTER.view("form")
async def submitted(call: Call[Services]) -> Ack:
    """Refuse what is in the form."""
    del call
    return Errors({"to": say("Write the message.")})


@ROUTER.options("menu")
async def offered(call: Call[Services]) -> Ack:
    """Offer something."""
    del call
    return Options([Option(value="1", text=say("Not sent"))])


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened(ROUTER) as desk:
        desk.workspace.answer("users.info", user=GERMAN)
        desk.workspace.answer("conversations.open", channel={"id": "D1"})
        yield desk


@contextmanager
def workspace_reads(name: str) -> Iterator[None]:
    """A workspace of a language."""
    everybody(locale_of(name))
    try:
        yield
    finally:
        everybody(ENGLISH)


@pytest.mark.parametrize(
    "payload",
    [
        command("/sms", response_url="{}"),
        button("press", response_url="{}"),
        interaction("shortcut", callback_id="reply", response_url="{}"),
        interaction("view_closed", view=view("form"), response_url="{}"),
    ],
    ids=lambda payload: payload.get("type", "command"),
)
async def test_what_somebody_does_is_answered_in_their_language(
    desk: Desk, payload: dict[str, Any]
) -> None:
    await desk.send(payload | {"response_url": desk.workspace.response_url})

    (told,) = desk.workspace.of("response_url")
    assert (told["text"], told["blocks"][0]["text"]["text"]) == (NOT_SENT, NOT_SENT)


async def test_a_form_its_mistakes_and_its_menus_are_in_the_persons_language(desk: Desk) -> None:
    await desk.send(command("/clicksend", "settings"))
    refused = await desk.send(interaction("view_submission", view=view("form")))
    menu = await desk.send(interaction("block_suggestion", action_id="menu", block_id="b"))

    (shown,) = desk.workspace.of("views.open")
    texts = [shown["view"][each]["text"] for each in ("title", "submit", "close")]
    assert texts == ["Meine Einstellungen", "Speichern", "Schließen"]
    assert refused.json()["errors"] == {"to": "Schreib die Nachricht."}
    assert menu.json()["options"][0]["text"]["text"] == NOT_SENT
    assert len(desk.workspace.of("users.info")) == 1


async def test_a_mention_is_answered_in_the_persons_language(desk: Desk) -> None:
    for typed in ("sms send", "settings", "nonsense"):
        await desk.send(event("app_mention", channel="C1", ts="1.1", text=f"<@UBOT> {typed}"))
        await desk.tasks.idle()

    sent, offered_, unknown = desk.workspace.of("chat.postEphemeral")
    assert sent["text"] == NOT_SENT
    assert offered_["text"].endswith("Drücke *Formular öffnen*.")
    assert unknown["text"].startswith("`nonsense` kenne ich nicht.")


async def test_the_home_is_in_the_persons_language(desk: Desk) -> None:
    await desk.send(event("app_home_opened", channel="D1", tab="home"))
    await desk.tasks.idle()

    (shown,) = desk.workspace.of("views.publish")
    assert shown["view"]["blocks"][0]["text"]["text"] == NOT_SENT


async def test_what_breaks_is_told_in_the_persons_language_and_logged_in_english(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    field = input_block("to", "To", PlainTextInputElement(action_id="to"))
    form = view("crash", blocks=[field.to_dict()])

    for text in ("crash", "slow"):
        url = desk.workspace.response_url
        await desk.send(command("/clicksend", text, response_url=url))
        await desk.tasks.idle()
    in_form = await desk.send(interaction("view_submission", view=form))

    at_once, afterwards = (told["text"] for told in desk.workspace.of("response_url"))
    assert at_once.startswith("Etwas ist schiefgegangen (Vorgang: Befehl ausführen, ")
    assert afterwards.startswith("Etwas ist schiefgegangen (Vorgang: Preis erfragen, ")
    assert in_form.json()["errors"]["to"].startswith("Etwas ist schiefgegangen")
    assert "asking for the price" in capsys.readouterr().out


async def test_what_a_channel_reads_is_in_the_workspaces_language(desk: Desk) -> None:
    url = desk.workspace.response_url
    await desk.send(command("/clicksend", "sms all", response_url=url))

    alone, all_ = desk.workspace.of("response_url")
    assert (alone["response_type"], alone["text"]) == ("ephemeral", NOT_SENT)
    assert (all_["response_type"], all_["text"]) == ("in_channel", "Not sent")


async def test_slack_is_not_asked_about_everybody_who_writes_in_a_channel(desk: Desk) -> None:
    with workspace_reads("de"):
        await desk.send(event("message", channel="C1", ts="1.1", text="hello"))
        await desk.tasks.idle()

    assert desk.workspace.of("users.info") == []
    assert [told["text"] for told in desk.workspace.of("chat.postMessage")] == [NOT_SENT]


async def test_help_is_in_the_language_of_whoever_asks(desk: Desk) -> None:
    desk.workspace.answer("users.info", user=GERMAN | {"id": "U2", "locale": "en-GB"})

    german = await desk.send(command("/clicksend", "help all"))
    english = await desk.send(command("/clicksend", "help all", user_id="U2"))
    again = await desk.send(command("/clicksend", "help all"))

    assert german.json()["blocks"][0]["text"]["text"] == "Was du eingeben kannst"
    assert "`/clicksend sms send` (oder `/sms`): eine SMS senden" in german.json()["text"]
    assert english.json()["blocks"][0]["text"]["text"] == "What you can type"
    assert "`/clicksend sms send` (or `/sms`): send an SMS" in english.json()["text"]
    assert again.json() == german.json()


def test_help_is_made_once_in_each_language() -> None:
    english = ROUTER.help()
    with speaking(locale_of("de-DE")):
        german = ROUTER.help()
        assert ROUTER.help() is german
    with speaking(locale_of("de-AT")):
        assert ROUTER.help() is german

    assert ROUTER.help() is english
    assert german.text != english.text


class Clock:
    """Seconds that pass when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(workspace: Workspace, clock: Clock) -> AsyncIterator[Slack]:
    async with aiohttp.ClientSession() as session:
        yield Slack(SecretStr(TOKEN), workspace.api, session, clock=clock)


async def test_a_slow_slack_is_waited_for_once_in_half_a_minute(
    slack: Slack, workspace: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.people._PATIENCE_SECONDS", 0.05)
    workspace.held["users.info"] = asyncio.Event()
    workspace.answer("users.info", user={})  # what comes too late
    workspace.answer("users.info", user=GERMAN)
    with workspace_reads("fr-FR"):
        first = await slack.people.locale_of("U1")
        workspace.held.pop("users.info").set()
        clock.now = 29.0
        second = await slack.people.locale_of("U1")
        clock.now = 31.0
        third = await slack.people.locale_of("U1")

    assert (first, second, third) == (locale_of("fr-FR"), locale_of("fr-FR"), locale_of("de-DE"))
    assert len(workspace.of("users.info")) == 2


async def test_a_slack_that_refuses_is_not_asked_again_for_half_a_minute(
    slack: Slack, workspace: Workspace, clock: Clock
) -> None:
    workspace.refuse("users.info", "user_not_found")
    workspace.answer("users.info", user=GERMAN)

    found = [await slack.people.locale_of("U1"), await slack.people.locale_of("U1")]
    asked = len(workspace.of("users.info"))
    clock.now = 31.0
    found.append(await slack.people.locale_of("U1"))

    assert found == [ENGLISH, ENGLISH, locale_of("de-DE")]
    assert asked == 1


async def test_what_is_learnt_otherwise_counts_at_once(slack: Slack, workspace: Workspace) -> None:
    workspace.refuse("users.info", "user_not_found")
    workspace.answer("users.info", user=GERMAN)

    before = await slack.people.locale_of("U1")
    await slack.people.name_of("U1")

    assert (before, await slack.people.locale_of("U1")) == (ENGLISH, locale_of("de-DE"))
    assert len(workspace.of("users.info")) == 2


async def test_nobody_in_particular_reads_as_the_workspace_does(
    slack: Slack, workspace: Workspace
) -> None:
    workspace.answer("users.info", user={"id": "U1", "name": "ada"})  # an old Slack says none

    with workspace_reads("de"):
        assert await slack.people.locale_of("") == locale_of("de")
        assert await slack.people.locale_of("U1") == locale_of("de")
