"""Complaints about deliveries, to the vendor's staff."""

from typing import Annotated

from pydantic import Field

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.wiretypes import Identifier, Integer, Moment, Text


class DeliveryIssue(Answer):
    """An issue; ``resolved`` is 0 or 1."""

    issue_id: Identifier
    user_id: Integer = None
    message_id: Text = None
    type: Text = None
    description: Text = None
    client_comments: Text = None
    support_comments: Text = None
    status: Text = None
    date_added: Moment = None
    resolved: Integer = None
    email_address: Text = None


class ListDeliveryIssues(Listing, Operation[Page[DeliveryIssue]]):
    """List the issues."""

    route = Route("delivery_issues.list", "GET", "/delivery-issues", Effect.READ)


class CreateDeliveryIssue(Operation[DeliveryIssue]):
    """Report a delivery that went wrong.

    Attributes:
        type: ``SMS``, ``MMS``, ``VOICE``, ``EMAIL_MARKETING``, ``EMAIL_TRANSACTIONAL``, ``FAX``
            or ``POST``.
        description: What went wrong.
        email_address: Where the vendor's staff answers.
        message_id: The message it is about.
        client_comments: Anything more.
    """

    route = Route("delivery_issues.create", "POST", "/delivery-issues", Effect.WRITE)
    type: Annotated[str, Field(min_length=1)]
    description: Annotated[str, Field(min_length=1)]
    email_address: Annotated[str, Field(min_length=1)]
    message_id: str | None = None
    client_comments: str | None = None
