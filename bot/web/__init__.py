"""The ASGI app: Slack's endpoint, health, metrics; and the server that serves it."""
