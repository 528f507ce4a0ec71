"""Every operation the sandbox has."""

from __future__ import annotations

from bot.sandbox.clicksend import (
    account,
    billing,
    campaigns,
    channels,
    contacts,
    email_setup,
    emails,
    exports,
    inbox,
    post,
    rules,
    senders,
    setup,
    usage,
)
from bot.sandbox.clicksend.routing import Route

ROUTES: tuple[Route, ...] = (
    *account.ROUTES,
    *usage.ROUTES,
    *billing.ROUTES,
    *contacts.ROUTES,
    *channels.ROUTES,
    *inbox.ROUTES,
    *rules.ROUTES,
    *campaigns.ROUTES,
    *emails.ROUTES,
    *email_setup.ROUTES,
    *post.ROUTES,
    *senders.ROUTES,
    *setup.ROUTES,
    *exports.ROUTES,
)
