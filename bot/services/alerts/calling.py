"""The phone of whoever is on call: a call or an SMS through the send pipeline, like any other.

The setting is the yes: who runs the bot has named the phones and the way. The draft's id is made
of the alert and its episode, so that the same escalation never calls a phone twice, and so that a
pressed key finds its alert again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum

import structlog

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.clicksend.operations.voice import Language, SendVoice, Voice, VoiceMessage
from bot.services.alerts.desk import Desk
from bot.services.alerts.model import PHONE, Group
from bot.services.channels import SendOperation
from bot.services.sending import Draft, Sending
from bot.texts import current, say

_log = structlog.get_logger(__name__)
_KEY = "1"
_LONGEST = 300
_VOICES = {"de": Language.DE_DE}


class Call(StrEnum):
    """How a phone is reached."""

    SMS = "sms"
    VOICE = "voice"


class Calling:
    """Reaches phones.

    Args:
        sending: The pipeline.
        desk: The alerts.
        phones: Whom to reach, E.164.
        way: How.
        actor: In whose name, a Slack user id.
        channel: Where the send's message is posted, a Slack channel id or the actor's own.
    """

    def __init__(
        self,
        sending: Sending,
        desk: Desk,
        *,
        phones: Sequence[str],
        way: Call,
        actor: str,
        channel: str,
    ) -> None:
        self._sending = sending
        self._desk = desk
        self._phones = tuple(phones)
        self._way = way
        self._actor = actor
        self._channel = channel

    async def reach(self, group: Group, title: str) -> None:
        """Reach every phone about an alert; each once an episode, however often this is asked.

        Raises:
            ClickSendError: There is no price just now; nothing was sent or charged.
        """
        for phone in self._phones:
            operation = self._operation(phone, group, title)
            draft = Draft(
                id=draft_id(group, phone),
                actor=self._actor,
                channel=self._channel,
                operation=operation,
                summary=say("Alert that nobody has taken: {title}", title=title),
                content=draft_id(group, phone),  # the same words of another alert are no duplicate
            )
            quote = await self._sending.quote(draft)
            if quote.problem is not None:
                _log.warning("a phone cannot be reached", alert=group.id, problem=quote.problem)
                continue
            said = await self._sending.confirm(draft.id, actor=self._actor)
            _log.info("a phone is reached", alert=group.id, outcome=said.outcome)

    async def pressed(self, send_id: str, digits: str) -> None:
        """Somebody pressed keys in a call; the right one acknowledges the alert it was about."""
        group = await self._desk.get(send_id[:16])
        if group is None or group.is_over or group.is_acknowledged:
            return
        if not digits.strip().startswith(_KEY):
            return
        if send_id in {draft_id(group, phone) for phone in self._phones}:
            await self._desk.acknowledge(group.id, by=PHONE)

    def _operation(self, phone: str, group: Group, title: str) -> SendOperation:
        text = said(group, title)
        if self._way is Call.SMS:
            body = say("{alert} See Slack.", alert=text)
            return SendSms(messages=(SmsMessage(to=phone, body=body),))
        spoken = say("{alert} Press {key} to acknowledge.", alert=text, key=_KEY)
        return SendVoice(
            messages=(
                VoiceMessage(
                    to=phone,
                    body=spoken,
                    voice=Voice.FEMALE,
                    lang=_VOICES.get(current().language, Language.EN_GB),
                    require_input=True,
                ),
            )
        )


def said(group: Group, title: str) -> str:
    """An alert in a few words, for a phone."""
    texts = " ".join(signal.text for signal in group.signals)
    whole = say("ClickSend alert: {title}. {what}", title=title, what=texts)
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"


def draft_id(group: Group, phone: str) -> str:
    """The id of the send that reaches a phone about this episode of an alert."""
    print_ = hashlib.sha256(f"{group.key}:{group.episode}:{phone}".encode()).hexdigest()
    return f"{group.id}{print_[:16]}"
