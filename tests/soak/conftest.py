"""Connections, as for the bot that is killed alone."""

from tests.crash.conftest import http

__all__ = ["http"]
