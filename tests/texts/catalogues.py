"""Collects the texts from the code, and brings the catalogues up to date: `make texts`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
HERE = ROOT / "bot/texts"
ENGLISH = HERE / "en.pot"
_PLACES = ("bot/slack", "bot/services", "bot/app", "bot/texts", "commands")
_KEYWORDS = {"say": 1, "Phrase": 1, "many": 2}
"""What says a text: the number of its first arguments that are one."""


def collected() -> Catalog:
    """Every text that the code says, in the order of the files."""
    found = Catalog(project="clicksend-slack", charset="utf-8", fuzzy=False)
    for file in sorted(path for place in _PLACES for path in (ROOT / place).rglob("*.py")):
        where = str(file.relative_to(ROOT))
        for message in said(file.read_text()):
            found.add(message, locations=[(where, None)])
    return found


def said(source: str) -> Iterator[str | tuple[str, ...]]:
    """The texts that a module says, in its order; Babel itself sees none within f-strings."""
    calls = (each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call))
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        keyword = call.func.id if isinstance(call.func, ast.Name) else ""
        first = call.args[: _KEYWORDS.get(keyword, 0)]
        texts = [each.value for each in first if isinstance(each, ast.Constant)]
        if texts:
            yield texts[0] if len(texts) == 1 else tuple(texts)


def translated(language: str) -> Catalog:
    """A catalogue as it is."""
    with (HERE / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """A catalogue with the texts that the code has now: new ones empty, old ones gone."""
    before, after = translated(language), collected()
    for message in after:
        known = before.get(message.id) if message.id else None
        if known is not None and known.string:
            message.string = known.string
    after.locale = before.locale
    return after


def written(catalogue: Catalog) -> str:
    """A catalogue as its file: no dates and no line numbers, which change with everything."""
    file = BytesIO()
    write_po(file, catalogue, width=100, include_lineno=False, omit_header=True)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    if catalogue.locale is not None:
        head += f'"Language: {catalogue.locale}\\n"\n'
        head += f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
    return f"{head}\n{file.getvalue().decode().strip()}\n"
