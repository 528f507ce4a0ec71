"""Who may do what: pure decisions, each with its reason in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with a reason that says whom to ask. The reason is mrkdwn made here."""

    allowed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """The rights given by the settings.

    Attributes:
        admins: Slack user ids that may do everything.
        senders: Slack user ids that may send and cancel; `*` in it means everybody.
    """

    admins: frozenset[str]
    senders: frozenset[str]

    def may_send(self, user: str) -> Decision:
        """Whether a person may send, or cancel what is going to be sent.

        Args:
            user: A Slack user id.

        Returns:
            The decision.
        """
        if user in self.admins or user in self.senders or "*" in self.senders:
            return Decision(allowed=True)
        return Decision(allowed=False, reason=self._refusal())

    def may_administer(self, user: str) -> Decision:
        """Whether a person may run any operation of the API.

        Args:
            user: A Slack user id.

        Returns:
            The decision.
        """
        if user in self.admins:
            return Decision(allowed=True)
        if not self.admins:
            return Decision(
                allowed=False,
                reason="Only admins of this bot may do that, and it has none yet: whoever runs it "
                "can name some in the setting `BOT_ADMINS`.",
            )
        return Decision(
            allowed=False, reason=f"Only admins of this bot may do that. Ask {self._names()}."
        )

    def _names(self) -> str:
        return ", ".join(f"<@{admin}>" for admin in sorted(self.admins)[:5])

    def _refusal(self) -> str:
        if not self.admins:
            return (
                "You may not send with this bot, and it has no admins yet: whoever runs it can "
                "name some in the setting `BOT_ADMINS`, and senders in `BOT_SENDERS`."
            )
        return f"You may not send with this bot. Ask {self._names()} to add you to `BOT_SENDERS`."
