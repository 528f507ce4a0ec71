"""The settings of alerts and of their escalation: a part of `bot.settings`."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from bot.setting_types import PHONE, EscalationCall, Part, Phones, Seconds, UserIds, is_https


class AlertSettings(Part):
    """What is watched, where alerts go, and who is told when nobody takes one."""

    alert_channel: str | None = Field(
        default=None,
        description="the Slack channel id (C…) for alerts, as of low credit or many failures; "
        "unset: the first admin's direct messages",
    )
    low_credit_threshold: Decimal | None = Field(
        default=None,
        ge=0,
        description="alert below this balance, in the account's currency; "
        "unset: the account's own low-credit amount",
    )
    credit_watch_seconds: Seconds = Field(
        default=300, description="seconds between two looks at the balance"
    )
    failure_watch_seconds: Seconds = Field(
        default=60, description="seconds between two looks at the delivery receipts"
    )
    alert_watch_seconds: Seconds = Field(
        default=300,
        description="seconds between two looks at the history, campaigns, sender ids and issues",
    )
    alert_oncall: UserIds = Field(
        default=frozenset(),
        description="Slack user ids (U…, comma separated) that are told when nobody takes a "
        "critical alert; channels may name others with /clicksend alert settings",
    )
    escalation_minutes: int = Field(
        default=15,
        ge=0,
        le=1_440,
        description="the minutes until an alert that nobody has taken goes to ALERT_ONCALL, and "
        "after as many again to the phones and the webhook; 0: never",
    )
    escalation_call: EscalationCall | None = Field(
        default=None,
        description="how ESCALATIONPHONES are reached: voice (a pressed 1 acknowledges) or sms; "
        "each costs what it costs; unset: not at all",
    )
    escalation_phones: Phones = Field(
        default=frozenset(),
        validate_default=True,
        description="the phone numbers on call, as +61411111111, comma separated",
    )
    escalation_webhook_url: SecretStr | None = Field(
        default=None,
        description="an https:// address that gets alerts nobody has taken as JSON; it needs "
        "neither ClickSend nor Slack; unset: none",
    )

    @field_validator("escalation_phones")
    @classmethod
    def _phones(cls, value: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        if not value and info.data.get("escalation_call") is not None:
            raise ValueError("missing (ESCALATION_CALL needs it)")
        for each in sorted(value):
            if not PHONE.fullmatch(each):
                raise ValueError("must be phone numbers as +61411111111, comma separated")
        return value

    @field_validator("escalation_webhook_url")
    @classmethod
    def _webhook(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not is_https(value.get_secret_value()):
            raise ValueError("must be an https:// address without a user name")
        return value
