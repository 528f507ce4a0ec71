"""Voice: calls that read a text aloud, prices, languages, receipts, history."""

import enum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from bot.clicksend.answers import Answer, Batch, Cancelled, Export, Outcome, Quote, Receipt
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Callee, Messages, Span
from bot.clicksend.wiretypes import Flag, Integer, Many, Moment, Money, Seconds, Text


class Voice(enum.StrEnum):
    """Who reads the text."""

    FEMALE = "female"
    MALE = "male"


class Language(enum.StrEnum):
    """What the text is read in (the reference, Send Voice Message, Allowed Languages)."""

    EN_US = "en-us"
    EN_AU = "en-au"
    EN_GB = "en-gb"
    EN_IN = "en-in"
    EN_GB_WLS = "en-gb-wls"
    CY_GB_WLS = "cy-gb-wls"
    DE_DE = "de-de"
    ES_ES = "es-es"
    ES_US = "es-us"
    FR_CA = "fr-ca"
    FR_FR = "fr-fr"
    IS_IS = "is-is"
    IT_IT = "it-it"
    DA_DK = "da-dk"
    NL_NL = "nl-nl"
    NB_NO = "nb-no"
    PL_PL = "pl-pl"
    PT_PT = "pt-pt"
    PT_BR = "pt-br"
    RO_RO = "ro-ro"
    RU_RU = "ru-ru"
    SV_SE = "sv-se"
    TR_TR = "tr-tr"

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices that speak it, the default one first."""
        return (_ONE_VOICE[self],) if self in _ONE_VOICE else tuple(Voice)


_ONE_VOICE = {
    Language.EN_IN: Voice.FEMALE,
    Language.FR_CA: Voice.FEMALE,
    Language.NB_NO: Voice.FEMALE,
    Language.PT_PT: Voice.MALE,
    Language.RO_RO: Voice.FEMALE,
    Language.SV_SE: Voice.FEMALE,
    Language.TR_TR: Voice.FEMALE,
}


class VoiceMessage(Callee):
    """One call. ``country`` and ``custom_string`` may be left out, whatever the reference says.

    Attributes:
        body: The text. ClickSend cuts it after 1200 characters, after 600 where one of them is
            not in the GSM alphabet.
        voice: Who reads it; not every language has both.
        lang: What it is read in.
        require_input: Whether to wait for a key; the receipt says which.
        machine_detection: Whether to notice an answering machine, and leave the message on it.
    """

    body: Annotated[str, Field(min_length=1, max_length=1200)]
    voice: Voice
    lang: Language | None = None
    require_input: Flag | None = None
    machine_detection: Flag | None = None

    @model_validator(mode="after")
    def _can_speak(self) -> Self:
        if self.lang and self.voice not in self.lang.voices:
            raise ValueError(f"{self.lang} has no {self.voice} voice")
        return self


class VoiceRecord(Answer):
    """A call: as queued, or as the history keeps it."""

    status: Text = None
    message_id: Text = None
    user_id: Integer = None
    subaccount_id: Integer = None
    list_id: Integer = None
    to: Text = None
    to_type: Text = None
    """``mobile`` or ``landline``."""
    from_: Text = None
    body: Text = None
    lang: Text = None
    voice: Text = None
    country: Text = None
    carrier: Text = None
    custom_string: Text = None
    schedule: Moment = None
    message_parts: Integer = None
    message_price: Money = None
    require_input: Integer = None
    digits: Text = None
    machine_detection: Integer = None
    machine_detected: Integer = None
    status_code: Text = None
    status_text: Text = None
    date: Moment = None
    date_added: Moment = None
    api_username: Text = None


class VoiceOutcome(VoiceRecord, Outcome):
    """What became of one call: queued when ``status`` is ``SUCCESS``, refused otherwise."""


VoiceBatch = Batch[VoiceOutcome]
VoicePrice = Quote[VoiceOutcome]


class SendVoice(Operation[VoiceBatch]):
    """Queue 1 to 1000 calls; each one carries its own status in the answer."""

    route = Route("voice.send", "POST", "/voice/send", Effect.SPEND)
    messages: Messages[VoiceMessage]


class PriceVoice(Operation[VoicePrice]):
    """Say what calls would cost, without calling."""

    route = Route("voice.price", "POST", "/voice/price", Effect.READ)
    messages: Messages[VoiceMessage]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) and value else value


class SpokenLanguage(Answer):
    """A language on offer: its code, its name with its country, and its voices."""

    code: Text = None
    country: Text = None
    gender: Annotated[Many[str], BeforeValidator(_listed)] = ()


class ListVoiceLanguages(Operation[Many[SpokenLanguage]]):
    """List the languages, as they are now; ``Language`` has those of the reference."""

    route = Route("voice.languages", "GET", "/voice/lang", Effect.READ)


class ListVoiceReceipts(Listing, Operation[Page[Receipt]]):
    """List unread receipts; empty unless a receipt rule with action POLL exists."""

    route = Route("voice.receipts", "GET", "/voice/receipts", Effect.READ)


class CreateTestVoiceReceipt(Operation[Receipt]):
    """Have a test receipt pushed to a URL; undocumented (SDK 5.0.91)."""

    route = Route(
        "voice.create_test_receipt", "POST", "/voice/receipts", Effect.WRITE, documented=False
    )
    url: str


class MarkVoiceReceiptsRead(Operation[JsonValue]):
    """Mark receipts as read, those before a time or all; undocumented (SDK 5.0.91)."""

    route = Route(
        "voice.mark_receipts_read", "PUT", "/voice/receipts-read", Effect.WRITE, documented=False
    )
    date_before: Seconds | None = None


class CancelVoice(Operation[JsonValue]):
    """Cancel a scheduled call; a 404 when it is made, cancelled or unknown."""

    route = Route("voice.cancel", "PUT", "/voice/{message_id}/cancel", Effect.WRITE)
    message_id: str


class CancelAllVoice(Operation[Cancelled]):
    """Cancel every scheduled call of the account, whoever scheduled it."""

    route = Route("voice.cancel_all", "PUT", "/voice/cancel-all", Effect.DESTROY)


class ListVoiceHistory(Listing, Span, Operation[Page[VoiceRecord]]):
    """List calls between two times."""

    route = Route("voice.history", "GET", "/voice/history", Effect.READ)


class ExportVoiceHistory(Operation[Export]):
    """Have the whole history written to a file, and learn where it is."""

    route = Route("voice.export_history", "GET", "/voice/history/export", Effect.READ)
    filename: str
