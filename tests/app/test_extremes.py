"""Every command with nothing there, with 10,000 of everything, and with every name hostile."""

import asyncio
import copy
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.store import Database, Scope
from bot.store.conversations import Conversation
from bot.store.sends import State
from bot.store.tables import audit, conversations, grants, sends
from commands import build_router
from tests.app.conftest import World
from tests.store.made import a_send

MANY = 10_000
SCOPE = Scope("default", "demo")
HOSTILE = (
    "<!channel> <@U0EVE> *_~`bold`~_* &amp; ```x``` \u202e\u05e9\u05dc\u05d5\u05dd "
    "\U0001f469\u200d\U0001f4bb\U0001f1e6\U0001f1fa " + "x" * 300
)
ARGS = {
    "campaign show": "sms-5",
    "campaign cancel": "sms-5",
    "contact find": "smith",
    "contact show": "428/956183",
    "list show": "428",
    "template show": "sms-632",
    "number search": "AU",
    "alert show": "0123456789abcdef",
    "audit": "30d",
}
"""What is typed after commands that want something; the others are typed bare."""
LISTS = frozenset(
    {"contact find", "list list", "list show", "template list", "billing transactions"}
    | {"billing packages", "number list", "number search", "sender list", "campaign list"}
    | {"inbox", "audit", "access", "scheduled"}
)
"""The commands that show all of something, a page at a time."""
_MORE = re.compile(r"10,000|page 1 of|page \d|\bmore\b|Next|Older", re.IGNORECASE)
_NAME = re.compile(r"(^|_)(name|body|subject|description|title|label|notes|comments?)$")
_EXACT = frozenset({"currency_name_short", "currency_name_long"})


def hostile(found: Any, asked: Any) -> Any:
    """An answer with every name in it hostile."""
    del asked
    return _hostile(found, "")


def _hostile(found: Any, key: str) -> Any:
    if isinstance(found, dict):
        return {name: _hostile(value, name) for name, value in found.items()}
    if isinstance(found, list):
        return [_hostile(each, key) for each in found]
    named = isinstance(found, str) and _NAME.search(key) and key not in _EXACT
    return HOSTILE if named else found


def lengthened(found: Any, asked: Any) -> Any:
    """An answer whose list is as long as can be: pages of 10,000, or 10,000 at once."""
    if isinstance(found, list):
        return [_numbered(found[0], number) for number in range(MANY)] if found else found
    if not isinstance(found, dict) or not isinstance(found.get("data"), list) or not found["data"]:
        return found
    size = int(asked.get("limit", 15)) if isinstance(asked, dict) else 15
    given = found["data"]
    items = [_numbered(given[number % len(given)], number) for number in range(size)]
    return {**found, "total": MANY, "last_page": -(-MANY // size), "per_page": size, "data": items}


def emptied(found: Any, asked: Any) -> Any:
    """An answer with nothing in it."""
    del asked
    if isinstance(found, list):
        return []
    if isinstance(found, dict) and isinstance(found.get("data"), list):
        return {**found, "total": 0, "last_page": 0, "data": []}
    return found


def _numbered(item: Any, number: int) -> Any:
    """One of many: the same, but for its id."""
    if not isinstance(item, dict):
        return item
    ids = {k: number + 1 for k, v in item.items() if k.endswith("_id") and isinstance(v, int)}
    return {**copy.copy(item), **ids}


def waiting(asked: Any) -> dict[str, Any]:
    """A page of scheduled messages."""
    at = int((datetime.now(UTC) + timedelta(days=2)).timestamp())
    size, page = int(asked.get("limit", 15)), int(asked.get("page", 1))
    items = [
        {"message_id": f"M{page}-{n}", "to": "+61411111111", "body": "Hi", "direction": "out"}
        | {"status": "Scheduled", "schedule": at, "date": at, "from": "Tom"}
        for n in range(size)
    ]
    return {"total": size, "last_page": 1, "current_page": page, "data": items}


async def filled(world: World, name: str, count: int) -> None:
    """The bot's own lists, as long."""
    now = datetime.now(UTC)
    at = [now - timedelta(minutes=number) for number in range(count)]
    scope = SCOPE.columns()
    database = Database(world.settings.database_url)
    rows: dict[Any, list[dict[str, Any]]] = {
        sends: [],
        conversations: [],
        audit: [],
        grants: [],
    }
    for number, when in enumerate(at):
        send = a_send(
            f"s{number}",
            state=State.SENT,
            summary=name,
            created_at=when,
            updated_at=when,
            confirmed_at=when,
            scheduled_for=now + timedelta(days=1),
        )
        talk = Conversation(
            id=f"c{number}",
            ours="+61422222222",
            theirs=f"+614{number:08}",
            channel="C0OPS",
            last_at=when,
            name=name[:128],
            waiting_since=when,
            messages=1,
        )
        rows[sends].append({**scope, **{k: getattr(send, k) for k in send.__slots__}})
        rows[conversations].append({**scope, **{k: getattr(talk, k) for k in talk.__slots__}})
        rows[audit].append(
            {**scope, "at": when, "actor": "U0ADA", "action": name[:64], "subject": name[:64]}
            | {"detail": "{}", "place": "C0OPS"}
        )
        rows[grants].append(
            {**scope, "subject": f"U0{number}", "role": "sender", "place": ""}
            | {"granted_by": "U0ADA", "granted_at": when}
        )
    async with database.write() as connection:
        for table, found in rows.items():
            if found:
                await connection.execute(insert(table), found)
    await database.close()


def mrkdwn(answer: Any) -> list[str]:
    """What of an answer Slack reads for mentions: its text, and its mrkdwn."""
    if isinstance(answer, list):
        return [text for each in answer for text in mrkdwn(each)]
    if not isinstance(answer, dict):
        return []
    own = answer.get("text")
    read = isinstance(own, str) and answer.get("type", "mrkdwn") == "mrkdwn"
    return [*([own] if read else []), *(t for each in answer.values() for t in mrkdwn(each))]


async def answer_to(world: World, words: str) -> dict[str, Any]:
    """What a command is answered with: a message or a form."""
    kinds = ("respond", "views.open", "chat.postMessage")
    before = {kind: len(world.slack.of(kind)) for kind in kinds}

    def news() -> list[dict[str, Any]]:
        return [each for kind in kinds for each in world.slack.of(kind)[before[kind] :]]

    got = await world.ada.command("/clicksend", f"{words} {ARGS.get(words, '')}".strip())
    assert got.status_code == 200
    if got.text:
        return dict(got.json())
    async with asyncio.timeout(30), world.slack.changed:
        await world.slack.changed.wait_for(news)
    return news()[0]


def wrong(words: str, answer: dict[str, Any], *, many: bool) -> str:
    """What is wrong with an answer; empty when nothing is."""
    read = "\n".join(mrkdwn(answer))
    if "Something went wrong" in read:
        return read
    if "<!channel>" in read or "<@U0EVE>" in read:
        return f"mentions: {read}"
    if many and words in LISTS and not _MORE.search(str(answer)):
        return f"cut silently: {read[-300:]}"
    return ""


@pytest.mark.parametrize(
    ("shape", "count", "name"),
    [(emptied, 0, "quiet"), (lengthened, MANY, "Tom"), (hostile, 30, HOSTILE)],
    ids=["empty", "many", "hostile"],
)
async def test_every_command_answers(world: World, shape: Any, count: int, name: str) -> None:
    world.clicksend.reshape = shape
    world.clicksend.answers["sms.history"] = waiting
    await filled(world, name, count)
    found = {
        words: wrong(words, await answer_to(world, words), many=count == MANY)
        for words in [*build_router().commands, "help"]
    }
    assert {words: why[:600] for words, why in found.items() if why} == {}
    before = len(world.slack.of("views.publish"))
    await world.ada.event(type="app_home_opened", tab="home")
    home = await world.slack.next("views.publish", before + 2)
    assert wrong("home", home["view"], many=False) == ""
