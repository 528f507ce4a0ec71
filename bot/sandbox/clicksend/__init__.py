"""A local ClickSend: stateful, with the documented paths, envelopes and statuses."""

from bot.sandbox.clicksend.server import ClickSendSandbox

__all__ = ["ClickSendSandbox"]
