"""A local ClickSend and a local Slack, for demo and tests; they share no code with the bot."""
