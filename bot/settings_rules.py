"""What the send pipeline takes from the settings, in the bot and at the command line alike."""

from __future__ import annotations

from datetime import timedelta

from bot.services.guards import QuietHours
from bot.services.rules import Rules
from bot.settings import Settings


def rules_of(settings: Settings) -> Rules:
    """The rules of the send pipeline that the settings make."""
    return Rules(
        undo=timedelta(seconds=settings.undo_seconds),
        price_rise=settings.price_rise_percent,
        duplicates=timedelta(minutes=settings.duplicate_minutes),
        approval_cost=settings.approval_above_cost,
        approval_recipients=settings.approval_above_recipients,
        approval_destroys=settings.approval_to_destroy and settings.approval_channel is not None,
        approval_time=timedelta(hours=settings.approval_hours),
        quiet=QuietHours(*settings.quiet_hours) if settings.quiet_hours else None,
        countries=settings.allowed_countries,
        opt_out_list=settings.opt_out_list,
    )
