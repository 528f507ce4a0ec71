"""What registrations of sender ids have in common."""

import enum

from pydantic import Field

from bot.clicksend.answers import Answer
from bot.clicksend.paging import OffsetListing
from bot.clicksend.wiretypes import Moment, Text


class ReviewStatus(enum.StrEnum):
    """How far ClickSend's review of a sender id is."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


class Sender(Answer):
    """A sender id; ``status`` is a :class:`ReviewStatus`, the ids are UUIDs."""

    id: str
    account_id: Text = None
    workspace_id: Text = None
    user_id: Text = None
    status: Text = None
    created_timestamp: Moment = None
    updated_timestamp: Moment = None


class SenderListing(OffsetListing):
    """What listings of sender ids take; mixed into their operations.

    Attributes:
        status: Only those in one of these states.
    """

    status: tuple[ReviewStatus, ...] | None = Field(
        default=None,
        validation_alias="filter[status]",
        serialization_alias="filter[status]",
        min_length=1,
    )
