"""The bot: everything but the Slack commands."""
