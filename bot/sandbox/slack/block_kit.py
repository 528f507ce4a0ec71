"""Slack's documented limits of blocks and views, checked on every write."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.sandbox.slack import elements
from bot.sandbox.slack.composition import (
    EITHER,
    NAME,
    PLAIN,
    entries,
    items,
    listed,
    missing,
    said,
    string,
    text,
    text_object,
    url,
)
from bot.sandbox.slack.shapes import Json

MOST = {"message": 50, "modal": 100, "home": 100}
_LARGEST_VIEW = 250_000
_SAID_BY_ALL = frozenset({"type", "block_id"})
_PROPERTIES = {
    "section": {"text", "fields", "accessory", "expand"},
    "header": {"text"},
    "divider": set(),
    "context": {"elements"},
    "image": {"image_url", "slack_file", "alt_text", "title"},
    "actions": {"elements"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "rich_text": {"elements"},
    "markdown": {"text"},
    "table": {"rows", "column_settings"},
}
_NOT_IN = {"modal": {"markdown", "table"}, "home": {"markdown", "table"}, "message": set[str]()}
_RICH = frozenset(
    {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
)
_MOST_FIELDS, _MOST_ACTIONS, _MOST_CONTEXT, _MOST_ROWS = 10, 25, 10, 100


def problems(blocks: object, surface: str, at: str = "/blocks") -> list[str]:
    """What Slack would refuse about blocks.

    Args:
        blocks: As they arrived.
        surface: `message`, `modal` or `home`.
        at: Where they are, as a JSON pointer.

    Returns:
        One line a problem, with its JSON pointer; empty when all is well.
    """
    if not isinstance(blocks, list):
        return [said("must be an array", at)]
    found = []
    if len(blocks) > MOST[surface]:
        found.append(said(f"no more than {MOST[surface]} items allowed", at))
    for index, block in enumerate(blocks):
        found += _block(block, surface, f"{at}/{index}")
    return found + list(_same_names(blocks, at))


def view_problems(view: Json) -> list[str]:
    """What Slack would refuse about a view; its pointers begin with `/view`."""
    kind = str(view.get("type"))
    surface = kind if kind in MOST else "modal"
    found = problems(view.get("blocks"), surface, "/view/blocks")
    for name, most in (("private_metadata", 3000), ("callback_id", NAME), ("external_id", NAME)):
        found += string(view, name, most, "/view")
    if surface == "modal":
        found += missing(view, ("title",), "/view")
        for name in ("title", "submit", "close"):
            found += text(view, name, 24, PLAIN, "/view")
        if any(block.get("type") == "input" for block in items(view, "blocks")):
            found += missing(view, ("submit",), "/view")
    return found


def is_too_large(view: Json) -> bool:
    """Whether a view is greater than 250 kB."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > _LARGEST_VIEW


def _block(block: object, surface: str, at: str) -> Iterator[str]:
    if not isinstance(block, dict):
        yield said("must be an object", at)
        return
    kind = str(block.get("type"))
    if kind not in _PROPERTIES or kind in _NOT_IN[surface]:
        yield said(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from string(block, "block_id", NAME, at)
    for name in sorted(block.keys() - _PROPERTIES[kind] - _SAID_BY_ALL):
        yield said(f"invalid additional property: {name}", at)
    yield from _CHECKS[kind](block, at)
    element = block.get("element")
    if surface != "modal" and isinstance(element, dict) and element.get("type") == "file_input":
        yield said("unsupported type: file_input", f"{at}/element/type")


def _section(block: Json, at: str) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield said("must define either fields or text", at)
    yield from text(block, "text", 3000, EITHER, at)
    yield from listed(block, "fields", 1, _MOST_FIELDS, at)
    for index, field in enumerate(entries(block, "fields")):
        yield from text_object(field, 2000, EITHER, f"{at}/fields/{index}")
    if block.get("accessory") is not None:
        yield from elements.problems(block["accessory"], "section", f"{at}/accessory")


def _header(block: Json, at: str) -> Iterator[str]:
    yield from missing(block, ("text",), at)
    yield from text(block, "text", 150, PLAIN, at)


def _divider(_block: Json, _at: str) -> Iterator[str]:
    yield from ()


def _context(block: Json, at: str) -> Iterator[str]:
    yield from missing(block, ("elements",), at)
    yield from listed(block, "elements", 1, _MOST_CONTEXT, at)
    for index, each in enumerate(items(block, "elements")):
        where = f"{at}/elements/{index}"
        yield from elements.problems(each, "context", where)
        if each.get("type") in EITHER:
            yield from text_object(each, 3000, EITHER, where)


def _image(block: Json, at: str) -> Iterator[str]:
    yield from missing(block, ("alt_text",), at)
    yield from string(block, "alt_text", 2000, at)
    yield from text(block, "title", 2000, PLAIN, at)
    yield from url(block, "image_url", at)
    if bool(block.get("image_url")) == bool(block.get("slack_file")):
        yield said("must define one of image_url, slack_file", at)


def _actions(block: Json, at: str) -> Iterator[str]:
    yield from missing(block, ("elements",), at)
    yield from listed(block, "elements", 1, _MOST_ACTIONS, at)
    for index, each in enumerate(entries(block, "elements")):
        yield from elements.problems(each, "actions", f"{at}/elements/{index}")


def _input(block: Json, at: str) -> Iterator[str]:
    yield from missing(block, ("label", "element"), at)
    yield from text(block, "label", 2000, PLAIN, at)
    yield from text(block, "hint", 2000, PLAIN, at)
    if block.get("element") is not None:
        yield from elements.problems(block["element"], "input", f"{at}/element")


def _rich(block: Json, at: str) -> Iterator[str]:
    yield from missing(block, ("elements",), at)
    for index, each in enumerate(items(block, "elements")):
        if each.get("type") not in _RICH:
            yield said(f"unsupported type: {each.get('type')}", f"{at}/elements/{index}/type")


def _markdown(block: Json, at: str) -> Iterator[str]:
    yield from missing(block, ("text",), at)
    yield from string(block, "text", 12_000, at)


def _table(block: Json, at: str) -> Iterator[str]:
    yield from missing(block, ("rows",), at)
    yield from listed(block, "rows", 1, _MOST_ROWS, at)


def _same_names(blocks: list[object], at: str) -> Iterator[str]:
    """A block id is there once, an action id once in its block."""
    named = [each for each in blocks if isinstance(each, dict)]
    ids = [each["block_id"] for each in named if isinstance(each.get("block_id"), str)]
    for name in sorted({str(each) for each in ids if ids.count(each) > 1}):
        yield said(f"block_id already exists: {name}", at)
    for index, block in enumerate(named):
        actions = [each["action_id"] for each in items(block, "elements") if each.get("action_id")]
        for name in sorted({str(each) for each in actions if actions.count(each) > 1}):
            yield said(f"action_id already exists: {name}", f"{at}/{index}/elements")


_CHECKS: dict[str, elements.Check] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "image": _image,
    "actions": _actions,
    "input": _input,
    "rich_text": _rich,
    "markdown": _markdown,
    "table": _table,
}
