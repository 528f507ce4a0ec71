"""Every line of README and docs that is typed in Slack, and every example of help: typed."""

import re
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from bot.app import App
from bot.slack.router import Found
from commands import build_router
from tests.app.conftest import World

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_CODE = re.compile(r"`([^`\n]+)`")
_TYPED = re.compile(r"(/(?:clicksend|sms|fax|balance|usage)|@ClickSend)(?: (.*))?")
_WORDS = re.compile(r"\[.*?\]")
"""What may be typed, as `[YYYY-MM]`: left out here."""
MANY = ("account", "connect", "disconnect")
"""Only a bot for many workspaces has them."""
NAMES = {"@ben": "<@U0BEN|ben>", "#ops": "<#C0OPS|ops>", "#front-desk": "<#C0DESK|front-desk>"}


def typed(text: str) -> set[tuple[str, str]]:
    """What is typed in the code spans of a text, as slash command and the rest."""
    found = set()
    for span in _CODE.findall(text.replace("\\|", "|")):
        if line := _TYPED.fullmatch(span):
            slash = "/clicksend" if line[1].startswith("@") else line[1]
            words = _WORDS.sub("", line[2] or "").strip()
            if "…" not in words:
                found.add((slash, " ".join(NAMES.get(each, each) for each in words.split(" "))))
    return found


def lines() -> list[tuple[str, str]]:
    """All of them, of the pages and of help."""
    found = {each for page in PAGES for each in typed(page.read_text())}
    for spec in build_router().commands.values():
        found |= typed(str(spec.summary))
    return sorted(found)


def test_each_means_a_command() -> None:
    router = build_router(many=True)
    helps = [each for each in lines() if each[1].partition(" ")[0] in {"", "help"}]
    for slash, text in lines():
        if (slash, text) not in helps or slash != "/clicksend":
            assert isinstance(router.read(slash, text), Found), f"{slash} {text}"
    assert len(lines()) >= 80


async def test_each_is_answered_and_none_breaks(outside: World, stack: AsyncExitStack) -> None:
    app = await stack.enter_async_context(App(outside.settings))
    outside.ada.bot_url = f"http://127.0.0.1:{app.port}"
    for slash, text in lines():
        if text.split(" ")[0] in MANY:
            continue
        answer = await outside.ada.command(slash, text)
        assert answer.status_code == 200, f"{slash} {text}"
        assert "Did you mean" not in answer.text, f"{slash} {text}"
    await app._tasks.idle()
    async with httpx.AsyncClient(trust_env=False) as http:
        counted = (await http.get(f"{outside.ada.bot_url}/metrics")).text
    assert 'outcome="ok"' in counted
    assert 'outcome="broken"' not in counted
    shown = outside.slack.of("respond") + outside.slack.of("views.open")
    assert len(shown) >= 60
    assert [each for each in shown if "Something went wrong" in str(each)] == []
