"""A local Slack: the Web API methods the bot uses, signed delivery, modals, `response_url`."""

from bot.sandbox.slack.server import Delivery, Posted, SlackSandbox

__all__ = ["Delivery", "Posted", "SlackSandbox"]
