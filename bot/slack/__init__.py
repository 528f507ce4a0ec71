"""Slack plumbing: routing, calls, the Web API with its limits, Block Kit helpers."""
