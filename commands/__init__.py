"""One module a Slack noun: its slash handler, modal, buttons and blocks together."""

from commands import (
    access,
    access_forms,
    api,
    approval,
    audit,
    balance,
    campaign,
    doctor,
    fax,
    history,
    inbox,
    inbox_prefix,
    inbox_reply,
    review,
    sent,
    setup,
    sms,
    unsettled,
    usage,
)
from commands.context import BotRouter, Services

__all__ = ["Services", "build_router"]

_NOUNS = (
    *(balance, usage, sms, fax, review, sent, approval, unsettled, campaign, history),
    *(access, access_forms, audit, api, inbox, inbox_reply, inbox_prefix, setup, doctor),
)


def build_router() -> BotRouter:
    """Every handler of every noun."""
    router: BotRouter = BotRouter()
    for noun in _NOUNS:
        router.include(noun.router)
    return router
