"""What time does: messages go out, receipts arrive, campaigns are sent, files expire."""

from __future__ import annotations

from bot.sandbox.clicksend.campaigns import send_out
from bot.sandbox.clicksend.contacts import import_file
from bot.sandbox.clicksend.exports import expire
from bot.sandbox.clicksend.inbox import confirm
from bot.sandbox.clicksend.senders import review
from bot.sandbox.clicksend.state import State


def settle(state: State) -> None:
    """Let happen what is due on the account's clock."""
    now = state.now()
    for campaign in state.campaigns:
        if campaign.status in ("Scheduled", "Queued") and campaign.schedule <= now:
            if campaign.messages and campaign.added + state.delay > now:
                continue
            send_out(state, campaign)
    _move(state, now)
    for waiting in [each for each in state.imports if each["due"] <= now]:
        state.imports.remove(waiting)
        import_file(state, waiting)
    review(state)
    expire(state)


def _move(state: State, now: float) -> None:
    """Messages that wait: scheduled ones go out, queued ones get their receipt."""
    for message in list(state.waiting):
        if message.status == "Scheduled" and message.schedule <= now:
            message.status, message.sent_at = "Queued", float(message.schedule)
        if message.status == "Queued" and message.sent_at + state.delay <= now:
            state.waiting.remove(message)
            confirm(state, message)
