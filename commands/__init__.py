"""One module a Slack noun: its slash handler, modal, buttons and blocks together."""

from commands import (
    access,
    access_forms,
    alert,
    alert_settings,
    api,
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

_NOUNS = (
    *(balance, usage, sms, fax, review, sent, approval, unsettled, campaign, history),
    *(access, access_forms, audit, api, alert, alert_settings),
)


def build_router() -> BotRouter:
    """Every handler of every noun."""
    router: BotRouter = BotRouter()
    for noun in _NOUNS:
        router.include(noun.router)
    return router
