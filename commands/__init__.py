"""One module a Slack noun: its slash handler, modal, buttons and blocks together."""

from commands import (
    access,
    access_forms,
    api,
    approval,
    audit,
    balance,
    billing,
    campaign,
    fax,
    history,
    number,
    reschedule,
    review,
    scheduled,
    sender,
    sent,
    sms,
    template,
    template_forms,
    unsettled,
    usage,
)
from commands.context import BotRouter, Services

__all__ = ["Services", "build_router"]

_NOUNS = (
    *(balance, usage, sms, fax, review, sent, approval, unsettled, campaign, history),
    *(scheduled, reschedule),
    *(template, template_forms, billing, number, sender),
    *(access, access_forms, audit, api),
)


def build_router() -> BotRouter:
    """Every handler of every noun."""
    router: BotRouter = BotRouter()
    for noun in _NOUNS:
        router.include(noun.router)
    return router
