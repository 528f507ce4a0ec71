"""Every picture of the documentation is there, is shown, is described, and is small."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
LARGEST = 150_000
SHORTEST = 20


def _pictures() -> list[tuple[Path, str]]:
    """Each picture that a page shows, with its description."""
    return [
        ((page.parent / target).resolve(), said)
        for page in PAGES
        for said, target in SHOWN.findall(page.read_text(encoding="utf-8"))
        if "://" not in target
    ]


def test_what_is_shown_is_there_small_and_described() -> None:
    pictures = _pictures()
    assert len(pictures) > 10
    for picture, said in pictures:
        assert picture.is_file(), picture
        assert len(said) >= SHORTEST, f"{picture.name} needs a description"
        assert picture.stat().st_size <= LARGEST, f"{picture.name} is too large"


def test_what_is_there_is_shown_or_linked() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    kept = [found.name for found in (ROOT / "docs").rglob("*.png")]
    assert [name for name in kept if name not in text] == []
