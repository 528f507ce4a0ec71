"""The process that bots are forked from, and connections, as for the bot that is killed alone."""

from tests.crash.conftest import http, nursery

__all__ = ["http", "nursery"]
