"""What somebody wrote in Slack, as plain text that can leave it, and the files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

Names = Mapping[str, str]

_TOKEN = re.compile(r"<([^<>\n]+)>")
_DATE = "!date^"
_MARKS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\w*_~])")
_CODE = re.compile(r"```\n?(.+?)\n?```|`([^`\n]+)`", re.DOTALL)
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)")
_SOMEBODY = "@somebody"
_MOST_FILES, _LONGEST_NAME = 10, 60


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message: Slack's id, its name, Slack's `filetype`."""

    id: str
    name: str
    filetype: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message somebody wrote; `raw` is Slack's own."""

    raw: Mapping[str, Any]

    @property
    def files(self) -> tuple[Attached, ...]:
        """The files beside it; names longer than 60 characters are cut, at most ten files."""
        found = [each for each in self.raw.get("files") or () if isinstance(each, dict)]
        return tuple(
            Attached(
                str(each["id"]),
                str(each.get("name") or each["id"])[:_LONGEST_NAME],
                str(each.get("filetype", "")).lower(),
            )
            for each in found[:_MOST_FILES]
            if each.get("id")
        )

    @property
    def people(self) -> tuple[str, ...]:
        """The people it mentions, Slack user ids, each once."""
        rich = [part for part in _rich(self.raw) if part.get("type") == "user"]
        ids = [str(part.get("user_id", "")) for part in rich]
        ids += re.findall(r"<@([A-Z0-9]+)", str(self.raw.get("text", "")))
        return tuple(dict.fromkeys(filter(None, ids)))

    def plain(self, names: Names) -> str:
        """The text as its reader sees it, without Slack's marks.

        What people write carries its parts (`rich_text`), which say what is text and what is a
        mark; of what bots write there is only mrkdwn.

        Args:
            names: What the people that it mentions are called, by user id.
        """
        blocks = [b for b in self.raw.get("blocks") or () if isinstance(b, dict)]
        if blocks and all(block.get("type") == "rich_text" for block in blocks):
            whole = "\n".join(_of_block(block, names) for block in blocks)
        else:
            whole = from_mrkdwn(str(self.raw.get("text", "")), names)
        return whole.strip()


def from_mrkdwn(text: str, names: Names) -> str:
    """Plain text of mrkdwn: marks gone, links with their address, entities as characters.

    Args:
        text: As Slack delivers it.
        names: What people are called, by user id.
    """
    pieces, at = [], 0
    for code in _CODE.finditer(text):  # what is code keeps its stars and underscores
        pieces += [_unmarked(text[at : code.start()], names), _tokens(code[1] or code[2], names)]
        at = code.end()
    return _entities("".join([*pieces, _unmarked(text[at:], names)]))


def _unmarked(text: str, names: Names) -> str:
    kept = [found[0] for found in _TOKEN.finditer(text)]  # an address keeps its underscores
    bare = _TOKEN.sub("\0", text.replace("\0", ""))
    lines = []
    for line in bare.split("\n"):
        quoted = line.removeprefix("&gt;").removeprefix(" ") if line.startswith("&gt;") else line
        lines.append(_MARKS.sub(r"\2", _MARKS.sub(r"\2", quoted)))
    tokens = iter(kept)
    return re.sub("\0", lambda _: _tokens(next(tokens), names), "\n".join(lines))


def _tokens(text: str, names: Names) -> str:
    return _TOKEN.sub(lambda found: _token(found[1], names), text)


def _token(inside: str, names: Names) -> str:
    """What stands for a mention, a link, a date."""
    what, _, label = inside.partition("|")
    if what.startswith("@"):
        name = names.get(what[1:]) or label
        return f"@{name.removeprefix('@')}" if name else _SOMEBODY
    if what.startswith("#"):
        return f"#{(label or 'channel').removeprefix('#')}"
    if what.startswith(_DATE):
        return label or "(a date)"
    if what.startswith("!"):
        return f"@{(label or what[1:].partition('^')[0]).removeprefix('@')}"
    return _link(what, label)


def _link(url: str, label: str) -> str:
    address = re.sub(r"^(?:mailto:|tel:)", "", url)
    if not label or _SCHEME.sub("", url).rstrip("/") == _SCHEME.sub("", label).rstrip("/"):
        return address
    return f"{label} ({address})"


def _entities(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _rich(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every part of the rich text of a message."""
    waiting: list[Any] = list(raw.get("blocks") or ())
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, dict):
            yield part
            waiting += part.get("elements") or ()


def _of_block(block: Mapping[str, Any], names: Names) -> str:
    return "\n".join(_of_part(part, names) for part in _parts(block)).strip("\n")


def _of_part(part: Mapping[str, Any], names: Names) -> str:
    if part.get("type") == "rich_text_list":
        ordered = part.get("style") == "ordered"
        first = int(part.get("offset") or 0) + 1
        indent = "  " * int(part.get("indent") or 0)
        return "\n".join(
            f"{indent}{f'{number}.' if ordered else '-'} {_inline(_parts(item), names)}"
            for number, item in enumerate(_parts(part), first)
        )
    return _inline(_parts(part), names).rstrip("\n")


def _parts(owner: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [each for each in owner.get("elements") or () if isinstance(each, dict)]


def _inline(parts: Sequence[Mapping[str, Any]], names: Names) -> str:
    return "".join(map(partial(_piece, names=names), parts))


def _piece(part: Mapping[str, Any], *, names: Names) -> str:
    kind = part.get("type")
    if kind == "link":
        return _link(str(part.get("url", "")), str(part.get("text") or ""))
    if kind == "emoji":
        return _emoji(part)
    if kind == "user":
        name = names.get(str(part.get("user_id")))
        return f"@{name}" if name else _SOMEBODY
    named = {
        "broadcast": f"@{part.get('range', 'channel')}",
        "date": str(part.get("fallback") or "(a date)"),
        "channel": "#channel",
        "usergroup": "@group",
    }
    return named.get(str(kind)) or str(part.get("text") or "")


def _emoji(part: Mapping[str, Any]) -> str:
    """The character; the name in colons of one that only this workspace has."""
    try:
        return "".join(chr(int(code, 16)) for code in str(part["unicode"]).split("-"))
    except (KeyError, ValueError, OverflowError):
        return f":{part.get('name', '')}:"
