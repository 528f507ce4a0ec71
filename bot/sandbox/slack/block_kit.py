"""Slack's documented limits of blocks and views, checked on every write."""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.slack.shapes import Json

_TEXT = {"section": 3000, "header": 150, "button": 75, "title": 24, "submit": 24, "close": 24}
_KNOWN = frozenset(
    {"section", "header", "context", "divider", "actions", "input", "image", "rich_text"}
)
_MOST_FIELDS = 10
_MOST = {"message": 50, "modal": 100}


def problems(blocks: object, surface: str) -> list[str]:
    """What Slack would refuse about blocks.

    Args:
        blocks: As they arrived.
        surface: `message` or `modal`.

    Returns:
        One line a problem, with its JSON pointer; empty when all is well.
    """
    if not isinstance(blocks, list):
        return ["must be an array [json-pointer:/blocks]"]
    found = [f"no more than {_MOST[surface]} items allowed"] if len(blocks) > _MOST[surface] else []
    names = [block.get("block_id") for block in blocks if block.get("block_id")]
    found += [f"block_id {name} already exists" for name in names if names.count(name) > 1]
    for index, block in enumerate(blocks):
        found += [f"{each} [json-pointer:/blocks/{index}]" for each in _block(block, surface)]
    return found


def view_problems(view: Json) -> list[str]:
    """What Slack would refuse about a view."""
    found = problems(view.get("blocks"), "modal")
    for name in ("title", "submit", "close"):
        text = (view.get(name) or {}).get("text", "")
        if len(text) > _TEXT[name]:
            found.append(f"must be at most {_TEXT[name]} characters [json-pointer:/{name}/text]")
    if not (view.get("title") or {}).get("text"):
        found.append("missing required field: title [json-pointer:/]")
    has_input = any(block.get("type") == "input" for block in view.get("blocks") or [])
    if has_input and not view.get("submit"):
        found.append("submit is required when an input is there [json-pointer:/]")
    return found


def _block(block: Json, surface: str) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _KNOWN:
        yield f"unsupported type: {kind}"
    text = (block.get("text") or {}).get("text")
    if kind in {"section", "header"} and not block.get("fields") and not text:
        yield "must have a text or fields"
    if text and len(text) > _TEXT.get(str(kind), 3000):
        yield f"must be at most {_TEXT[str(kind)]} characters"
    if len(block.get("fields") or []) > _MOST_FIELDS:
        yield "no more than 10 fields allowed"
    if kind == "input":
        yield from _input(block, surface)
    for element in block.get("elements") or []:
        label = element.get("text")
        if element.get("type") == "button" and len(label.get("text", "")) > _TEXT["button"]:
            yield "must be at most 75 characters"


def _input(block: Json, surface: str) -> Iterator[str]:
    if not block.get("element") or not block.get("label"):
        yield "an input needs a label and an element"
    elif block["element"].get("type") == "file_input" and surface != "modal":
        yield "file_input is for modals only"
