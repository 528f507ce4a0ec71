"""What the send pipeline knows of each channel: its price, its call, its answer, its history.

A channel is found by the operation id of its send; everything else in the pipeline is the same for
all of them.
"""

from __future__ import annotations

from bot.services.channels.base import (
    ACCEPTED,
    NO_ANSWER,
    Answer,
    Channel,
    Line,
    NoPrice,
    Quoted,
    SendOperation,
    Traits,
    Verb,
    messages_of,
    reference,
)
from bot.services.channels.batches import FAX, MMS, SMS, VOICE
from bot.services.channels.campaigns import (
    EMAIL_CAMPAIGN,
    EMAIL_CAMPAIGN_CHANGE,
    MMS_CAMPAIGN,
    MMS_CAMPAIGN_CHANGE,
    SMS_CAMPAIGN,
    SMS_CAMPAIGN_CHANGE,
)
from bot.services.channels.email import EMAIL
from bot.services.channels.post import LETTER, POSTCARD
from bot.services.channels.purchases import NUMBER, RECHARGE, TRANSFER
from bot.store.sends import Send

__all__ = [
    "ACCEPTED",
    "NO_ANSWER",
    "Answer",
    "Channel",
    "Line",
    "NoPrice",
    "Quoted",
    "SendOperation",
    "Traits",
    "Verb",
    "channel_of",
    "kinds",
    "messages_of",
    "operation_of",
    "reference",
    "sends",
]

_ALL: tuple[Channel, ...] = (
    *(SMS, MMS, VOICE, FAX, EMAIL, LETTER, POSTCARD),
    *(SMS_CAMPAIGN, MMS_CAMPAIGN, EMAIL_CAMPAIGN),
    *(SMS_CAMPAIGN_CHANGE, MMS_CAMPAIGN_CHANGE, EMAIL_CAMPAIGN_CHANGE),
    *(RECHARGE, NUMBER, TRANSFER),
)
_CHANNELS = {channel.operation.route.id: channel for channel in _ALL}


def kinds() -> frozenset[str]:
    """What channels of sending there are, as `sms`."""
    return frozenset(channel.kind for channel in _CHANNELS.values())


def sends(operation_id: str) -> bool:
    """Whether an operation goes through the pipeline."""
    return operation_id in _CHANNELS


def channel_of(operation_id: str) -> Channel:
    """The channel of a send.

    Raises:
        KeyError: The operation does not go through the pipeline.
    """
    return _CHANNELS[operation_id]


def operation_of(send: Send) -> SendOperation:
    """The operation that a send keeps as JSON."""
    return channel_of(send.operation).operation.model_validate_json(send.payload)
