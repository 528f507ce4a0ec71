"""Accounts that came by a referral."""

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.wiretypes import Identifier, Integer, Moment, Number


class Referral(Answer):
    """A referred account, and the share of what it spends (the wire spells ``refered``)."""

    referral_rule_id: Identifier
    refered_user_id: Integer = None
    date_referred: Moment = None
    percentage_referral: Number = None


class ListReferrals(Listing, Operation[Page[Referral]]):
    """List the accounts that came by a referral."""

    route = Route("referrals.list", "GET", "/referral/accounts", Effect.READ)
