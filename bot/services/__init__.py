"""What the bot decides: who may, what it costs, send it once, watch the account, tell people."""
