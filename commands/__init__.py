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
    failed,
    fax,
    history,
    history_export,
    home,
    inbox,
    inbox_prefix,
    inbox_reply,
    issue,
    issue_form,
    list_cleaning,
    list_picker,
    lists,
    lobby,
    mms,
    number,
    post,
    posted,
    referral,
    report,
    reschedule,
    reseller,
    reseller_form,
    retry,
    review,
    rule,
    rule_form,
    scheduled,
    second_yes,
    sender,
    sender_number,
    sender_tag,
    sent,
    settings,
    setup,
    shortcuts,
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
from commands.connect import gone, not_connected
from commands.context import BotRouter, Lobby, LobbyRouter, Services

__all__ = ["Services", "build_lobby", "build_router", "gone", "not_connected"]

_NOUNS = (
    *(balance, usage, audience, sms, mms, voice, email, fax, review, sent, retry, approval),
    *(second_yes, unsettled, post, posted, address, campaign, history, failed, history_export),
    *(campaign_create, campaign_test, campaign_results),
    *(scheduled, reschedule),
    *(access, access_forms, audit, api, alert, alert_settings, report),
    *(contact, contact_form, contact_taking, lists, list_cleaning, list_picker),
    *(contact_import, sms_bulk, csv_job),
    *(template, template_forms, billing, number, sender, sender_tag, sender_number),
    *(rule, rule_form, stats, referral, reseller, reseller_form),
    *(subaccount, subaccount_form, issue, issue_form, country),
    *(inbox, inbox_reply, inbox_prefix, setup, doctor),
    *(shortcuts, home, settings),
)


def build_router(*, many: bool = False) -> BotRouter:
    """Every handler of every noun.

    Args:
        many: Whether workspaces connect accounts of their own.
    """
    router: BotRouter = BotRouter()
    for noun in _NOUNS:
        router.include(noun.router)
    if many:
        for each in lobby.CONNECTING:
            router.adopt(each.router, _lobby)
    return router


def build_lobby() -> LobbyRouter:
    """The handlers of a workspace that has no account yet."""
    return lobby.router


def _lobby(services: Services) -> Lobby:
    if services.lobby is None:
        raise LookupError("this bot serves one workspace, by its settings")
    return services.lobby
