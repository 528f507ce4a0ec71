"""What running an operation does to the account, in words."""

from __future__ import annotations

from bot.clicksend import Effect
from bot.texts import Phrase

EFFECTS = {
    Effect.READ: Phrase("reads, and changes nothing"),
    Effect.WRITE: Phrase("changes something; it costs nothing and can be put back"),
    Effect.SPEND: Phrase("costs money or reaches a person"),
    Effect.DESTROY: Phrase("destroys something; it cannot be put back"),
}
"""Each effect, as what an operation does: it …"""
