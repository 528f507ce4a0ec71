"""Statistics by day."""

from bot.clicksend.answers import Answer, Currency
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.wiretypes import Integer, Many, Moment, Money


class Tally(Answer):
    """A number of messages, and what they cost where that is known."""

    count: Integer = None
    price: Money = None


class DayOfSms(Answer):
    """The SMS of one day, or of all days where ``date`` is None."""

    date: Moment = None
    outbound: Tally | None = None
    inbound: Tally | None = None
    bounced: Tally | None = None


class SmsStatistics(Answer):
    """The total, and the days under ``stat`` (for voice it is ``stats``)."""

    total: DayOfSms | None = None
    stat: Many[DayOfSms] = ()
    currency: Currency | None = None


class GetSmsStatistics(Operation[SmsStatistics]):
    """Read how many SMS went out, came in and bounced, by day."""

    route = Route("statistics.sms", "GET", "/statistics/sms", Effect.READ)


class DayOfVoice(Answer):
    """The calls of one day, or of all days where ``date`` is None."""

    date: Moment = None
    outbound: Tally | None = None
    bounced: Tally | None = None


class VoiceStatistics(Answer):
    """The total, and the days under ``stats`` (for SMS it is ``stat``)."""

    total: DayOfVoice | None = None
    stats: Many[DayOfVoice] = ()
    currency: Currency | None = None


class GetVoiceStatistics(Operation[VoiceStatistics]):
    """Read how many calls went out and bounced, by day."""

    route = Route("statistics.voice", "GET", "/statistics/voice", Effect.READ)
