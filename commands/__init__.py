"""One module a Slack noun: its handlers, modals, buttons and blocks together."""
