"""Alerts: rules say what is wrong, the engine decides what people are told of it, and when."""
