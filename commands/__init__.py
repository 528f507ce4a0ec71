"""One module a Slack noun: its slash handler, modal, buttons and blocks together."""

from commands import (
    access,
    access_forms,
    address,
    alert,
    alert_settings,
    api,
    approval,
    audience,
    audit,
    balance,
    billing,
    campaign,
    campaign_create,
    campaign_results,
    campaign_test,
    contact,
    contact_form,
    contact_import,
    contact_taking,
    csv_job,
    doctor,
    email,
    fax,
    history,
    home,
    inbox,
    inbox_prefix,
    inbox_reply,
    list_picker,
    lists,
    mms,
    number,
    post,
    posted,
    reschedule,
    review,
    scheduled,
    sender,
    sent,
    settings,
    setup,
    shortcuts,
    sms,
    sms_bulk,
    template,
    template_forms,
    unsettled,
    usage,
    voice,
)
from commands.context import BotRouter, Services

__all__ = ["Services", "build_router"]

_NOUNS = (
    *(balance, usage, audience, sms, mms, voice, email, fax, review, sent, approval, unsettled),
    *(post, posted, address, campaign, history),
    *(campaign_create, campaign_test, campaign_results),
    *(scheduled, reschedule),
    *(access, access_forms, audit, api, alert, alert_settings),
    *(contact, contact_form, contact_taking, lists, list_picker),
    *(contact_import, sms_bulk, csv_job),
    *(template, template_forms, billing, number, sender),
    *(inbox, inbox_reply, inbox_prefix, setup, doctor),
    *(shortcuts, home, settings),
)


def build_router() -> BotRouter:
    """Every handler of every noun."""
    router: BotRouter = BotRouter()
    for noun in _NOUNS:
        router.include(noun.router)
    return router
