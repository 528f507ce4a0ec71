"""Finds literal texts for people that are not said in the reader's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_FOR_PROGRAMS = {
    *("ValueError", "TypeError", "RuntimeError", "KeyError", "LookupError", "AssertionError"),
    *("AttributeError", "TypeVar", "ContextVar", "Field", "compile", "text"),
}
_LOGS = {"debug", "info", "warning", "error", "exception", "bind"}
_NOT_WORDS = re.compile(r"`[^`]*`|:[a-z][a-z0-9_+-]*:|<[^<>]*>|https?://\S+|/clicksend[a-z -]*")
_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? +\S*[a-z]{2,}|^[A-Z][a-z]{2,}[.…:]?$")


def unsaid(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module that look as if people read them, with their lines."""
    yield from _in(ast.parse(path.read_text()))


def _in(node: ast.AST) -> Iterator[tuple[int, str]]:
    for child in _shown(node):
        text = _literal(child)
        if text is not None:
            if _WORDS.search(_NOT_WORDS.sub(" ", text).strip()):
                yield getattr(child, "lineno", 0), text
            if isinstance(child, ast.JoinedStr):
                for part in child.values:
                    yield from _in(part)
        else:
            yield from _in(child)


def _shown(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node without what nobody is shown."""
    if isinstance(node, ast.Call):
        yield from _arguments(node)
    elif isinstance(node, ast.Dict):
        yield from node.values
    elif isinstance(node, ast.Subscript):
        yield node.value
    elif isinstance(node, ast.Compare | ast.Import | ast.ImportFrom | ast.Assert):
        return
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    elif isinstance(node, ast.arg) or (isinstance(node, ast.Assign) and _is_all(node)):
        return
    elif isinstance(node, ast.AnnAssign):
        yield from [node.value] if node.value is not None else []
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from [*node.decorator_list, node.args, *node.body]
    else:
        yield from ast.iter_child_nodes(node)


def _arguments(call: ast.Call) -> Iterator[ast.AST]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    name = call.func.id if isinstance(call.func, ast.Name) else name
    if name in _FOR_PROGRAMS or name in _LOGS:
        return
    skipped = {"many": 2, "say": 1, "Phrase": 1, "command": 1}.get(name, 0)
    yield call.func
    yield from call.args[skipped:]
    yield from (keyword.value for keyword in call.keywords if keyword.arg not in {"args", "words"})


def _is_all(node: ast.Assign) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets)


def _literal(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = (_literal(part) if isinstance(part, ast.Constant) else "\0" for part in node.values)
        return "".join(part or "" for part in parts)
    return None
