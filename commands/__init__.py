"""One module a Slack noun: its slash handler, modal, buttons and blocks together."""

from commands import api, balance, campaign, fax, history, review, sms, usage
from commands.context import BotRouter, Services

__all__ = ["Services", "build_router"]


def build_router() -> BotRouter:
    """Every handler of every noun."""
    router: BotRouter = BotRouter()
    for noun in (balance, usage, sms, fax, review, campaign, history, api):
        router.include(noun.router)
    return router
