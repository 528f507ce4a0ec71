"""One module a Slack noun: its slash handler, modal, buttons and blocks together."""

from commands import (
    access,
    access_forms,
    approval,
    audit,
    balance,
    campaign,
    fax,
    history,
    review,
    sent,
    sms,
    unsettled,
    usage,
)
from commands.context import BotRouter, Services

__all__ = ["Services", "build_router"]


def build_router() -> BotRouter:
    """Every handler of every noun."""
    router: BotRouter = BotRouter()
    nouns = (
        *(balance, usage, sms, fax, review, sent, approval, unsettled, campaign, history),
        *(access, access_forms, audit),
    )
    for noun in nouns:
        router.include(noun.router)
    return router
