"""Slack's documented limits of what blocks are made of: texts, options, questions, names.

Each check yields one line a problem, with its JSON pointer, in Slack's words.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.sandbox.slack.shapes import Json

PLAIN, EITHER = ("plain_text",), ("mrkdwn", "plain_text")
NAME, URL = 255, 3000
_QUESTION = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
_STYLES = ("primary", "danger")


def said(problem: str, at: str) -> str:
    """A problem as Slack says it."""
    return f"{problem} [json-pointer:{at}]"


def missing(owner: Json, names: tuple[str, ...], at: str) -> Iterator[str]:
    """Which of these are not there."""
    for name in names:
        if owner.get(name) in (None, "", [], {}):
            yield said(f"missing required field: {name}", at)


def string(owner: Json, name: str, most: int, at: str) -> Iterator[str]:
    """What is wrong with a string that need not be there."""
    value = owner.get(name)
    if value is None:
        return
    if not isinstance(value, str):
        yield said("must be a string", f"{at}/{name}")
    elif len(value) > most:
        yield said(f"must be less than {most + 1} characters", f"{at}/{name}")


def url(owner: Json, name: str, at: str) -> Iterator[str]:
    """What is wrong with an address that need not be there."""
    yield from string(owner, name, URL, at)
    value = owner.get(name)
    if isinstance(value, str) and not _is_url(value):
        yield said("must be a valid URL", f"{at}/{name}")


def _is_url(value: str) -> bool:
    try:
        return bool(urlsplit(value).scheme)
    except ValueError:
        return False


def text(owner: Json, name: str, most: int, kinds: tuple[str, ...], at: str) -> Iterator[str]:
    """What is wrong with a text object that need not be there."""
    if owner.get(name) is not None:
        yield from text_object(owner[name], most, kinds, f"{at}/{name}")


def text_object(found: object, most: int, kinds: tuple[str, ...], at: str) -> Iterator[str]:
    """What is wrong with a text object."""
    if not isinstance(found, dict):
        yield said("must be an object", at)
        return
    if found.get("type") not in kinds:
        yield said(f"must be a valid type: {' or '.join(kinds)}", f"{at}/type")
    value = found.get("text")
    if not isinstance(value, str) or not value:
        yield said("must be more than 0 characters", f"{at}/text")
    elif len(value) > most:
        yield said(f"must be less than {most + 1} characters", f"{at}/text")
    for extra, kind in (("emoji", "plain_text"), ("verbatim", "mrkdwn")):
        if extra in found and found.get("type") != kind:
            yield said(f"invalid additional property: {extra}", at)


def listed(owner: Json, name: str, least: int, most: int, at: str) -> Iterator[str]:
    """What is wrong with the length of a list that need not be there."""
    value = owner.get(name)
    if value is None:
        return
    where = f"{at}/{name}"
    if not isinstance(value, list):
        yield said("must be an array", where)
    elif len(value) > most:
        yield said(f"no more than {most} items allowed", where)
    elif len(value) < least:
        yield said(f"no less than {least} items allowed", where)


def options(owner: Json, most: int, at: str, *, links: bool = False) -> Iterator[str]:
    """What is wrong with the options of a menu."""
    yield from listed(owner, "options", 1, most, at)
    for index, each in enumerate(items(owner, "options")):
        yield from option(each, f"{at}/options/{index}", links=links)
    yield from listed(owner, "option_groups", 1, 100, at)
    for index, group in enumerate(items(owner, "option_groups")):
        where = f"{at}/option_groups/{index}"
        yield from missing(group, ("label", "options"), where)
        yield from text(group, "label", 75, PLAIN, where)
        yield from options(group, most, where)


def option(found: Json, at: str, *, links: bool = False) -> Iterator[str]:
    """What is wrong with an option."""
    yield from missing(found, ("text", "value"), at)
    yield from text(found, "text", 75, EITHER, at)
    yield from text(found, "description", 75, EITHER, at)
    yield from string(found, "value", 150, at)
    if "url" in found and not links:
        yield said("invalid additional property: url", at)
    yield from url(found, "url", at)


def question(owner: Json, at: str) -> Iterator[str]:
    """What is wrong with the dialog that asks before something counts."""
    found = owner.get("confirm")
    if found is None:
        return
    where = f"{at}/confirm"
    if not isinstance(found, dict):
        yield said("must be an object", where)
        return
    yield from missing(found, tuple(_QUESTION), where)
    for name, most in _QUESTION.items():
        yield from text(found, name, most, EITHER if name == "text" else PLAIN, where)
    yield from style(found, where)


def style(owner: Json, at: str) -> Iterator[str]:
    """What is wrong with the colour of a button."""
    if owner.get("style") is not None and owner["style"] not in _STYLES:
        yield said("must be one of primary, danger", f"{at}/style")


def entries(owner: Json, name: str) -> list[object]:
    """What is in a list; nothing when it is none."""
    value = owner.get(name)
    return value if isinstance(value, list) else []


def items(owner: Json, name: str) -> list[Json]:
    """The objects in a list; what is no object is left out."""
    return [each for each in entries(owner, name) if isinstance(each, dict)]


def whole(owner: Json, name: str, least: int, most: int, at: str) -> Iterator[str]:
    """What is wrong with a whole number that need not be there."""
    value = owner.get(name)
    if value is None:
        return
    if not isinstance(value, int) or not least <= value <= most:
        yield said(f"must be from {least} to {most}", f"{at}/{name}")
