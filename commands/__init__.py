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
    country,
    csv_job,
    doctor,
    email,
    fax,
    history,
    history_export,
    inbox,
    inbox_prefix,
    inbox_reply,
    issue,
    issue_form,
    list_picker,
    lists,
    mms,
    number,
    post,
    posted,
    referral,
    report,
    reschedule,
    reseller,
    reseller_form,
    review,
    rule,
    rule_form,
    scheduled,
    sender,
    sender_new,
    sent,
    setup,
    sms,
    sms_bulk,
    stats,
    subaccount,
    subaccount_form,
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
    *(post, posted, address, campaign, history, history_export),
    *(campaign_create, campaign_test, campaign_results),
    *(scheduled, reschedule),
    *(access, access_forms, audit, api, alert, alert_settings, report),
    *(contact, contact_form, contact_taking, lists, list_picker),
    *(contact_import, sms_bulk, csv_job),
    *(template, template_forms, billing, number, sender, sender_new),
    *(rule, rule_form, stats, referral, reseller, reseller_form),
    *(subaccount, subaccount_form, issue, issue_form, country),
    *(inbox, inbox_reply, inbox_prefix, setup, doctor),
)


def build_router() -> BotRouter:
    """Every handler of every noun."""
    router: BotRouter = BotRouter()
    for noun in _NOUNS:
        router.include(noun.router)
    return router
