"""Which Slack channel a conversation belongs in: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from bot.store.routes import StoredRoute

NUMBER, LIST, KEYWORD = "number", "list", "keyword"
_STOP = frozenset({"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "OPTOUT", "OPT OUT", "OPT-OUT"})
_START = frozenset({"START", "UNSTOP", "OPTIN", "OPT IN", "OPT-IN"})


def keyword(body: str) -> str:
    """The word that a message begins with, as routes know it."""
    words = body.split(maxsplit=1)
    return words[0].strip(".,:;!?").casefold() if words else ""


def wish(body: str) -> bool | None:
    """Whether somebody wants nothing any more (True), or something again (False); None: neither.

    Only a message that says nothing else counts, as at ClickSend: "please don't stop" is none.
    """
    said = " ".join(body.split()).strip(".!").upper()
    if said in _STOP:
        return True
    return False if said in _START else None


def channel_for(
    routes: Sequence[StoredRoute],
    *,
    ours: str,
    body: str,
    lists: AbstractSet[str],
    otherwise: str,
) -> str:
    """The channel of a conversation that begins: by keyword, else by number, else by list.

    Args:
        routes: What is set.
        ours: The number that was written to.
        body: The first message.
        lists: The contact lists that the sender is in, by id.
        otherwise: The channel where no route fits.
    """
    known: Mapping[tuple[str, str], str] = {(r.kind, r.value): r.channel for r in routes}
    fitting = (
        known.get((KEYWORD, keyword(body))),
        known.get((NUMBER, ours)),
        *(known.get((LIST, each)) for each in sorted(lists)),
    )
    return next((channel for channel in fitting if channel), otherwise)
