"""What a workspace sees before an account is connected: how one is."""

from __future__ import annotations

from slack_sdk.models.views import View as Home

from bot.slack.router import Router
from commands import account_settings, accounts, connect
from commands.context import LobbyCall, LobbyRouter
from commands.home_view import HOME

CONNECTING = (connect, accounts, account_settings)
"""The nouns that are there in every workspace."""

router: LobbyRouter = Router()
for _noun in CONNECTING:
    router.include(_noun.router)


@router.event("app_home_opened")
async def opened(call: LobbyCall) -> None:
    """Show in Home how an account is connected."""
    if call.value == HOME and call.user:
        message = connect.not_connected(call.services.connections.installer)
        await call.slack.publish_home(call.user, Home(type="home", blocks=list(message.blocks)))
