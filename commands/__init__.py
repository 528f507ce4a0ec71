"""One module a Slack noun: its slash handler, modal, buttons and blocks together."""

from commands import (
    access,
    access_forms,
    api,
    approval,
    audience,
    audit,
    balance,
    campaign,
    email,
    fax,
    history,
    mms,
    reschedule,
    review,
    scheduled,
    sent,
    sms,
    unsettled,
    usage,
    voice,
)
from commands.context import BotRouter, Services

__all__ = ["Services", "build_router"]

_NOUNS = (
    *(balance, usage, audience, sms, mms, voice, email, fax, review, sent, approval, unsettled),
    *(campaign, history),
    *(scheduled, reschedule),
    *(access, access_forms, audit, api),
)


def build_router() -> BotRouter:
    """Every handler of every noun."""
    router: BotRouter = BotRouter()
    for noun in _NOUNS:
        router.include(noun.router)
    return router
