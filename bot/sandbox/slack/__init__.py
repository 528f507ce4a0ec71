"""A local Slack: Web API, Socket Mode and signed delivery, modals, files, and a page to see it."""

from bot.sandbox.slack.acting import find
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.server import SlackSandbox
from bot.sandbox.slack.workspace import Posted

__all__ = ["Delivery", "Manifest", "Posted", "SlackSandbox", "find"]
