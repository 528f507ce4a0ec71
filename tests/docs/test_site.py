"""The pages as a site: nothing dead, nothing left out, nothing from elsewhere."""

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SPHINX = ROOT / ".venv-docs" / "bin" / "sphinx-build"
PAGES = sorted(DOCS.rglob("*.md"))
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_LOADED = re.compile(r'<(?:script|link|img)\b[^>]*\b(?:src|href)="([^"]+)"')
_SHOW = re.compile(r"^git show (\w+)$", re.MULTILINE)
needs_sphinx = pytest.mark.skipif(not SPHINX.exists(), reason="no .venv-docs: make test builds it")


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build as `make docs` does, in a network of its own that leads nowhere."""
    command = [SPHINX, "-W", "--keep-going", "--quiet", "-b", "html", source, target]
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "https_proxy": "http://127.0.0.1:9"},
    )


@needs_sphinx
def test_it_builds_without_a_warning_holds_every_page_and_loads_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    done = build(DOCS, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = tmp_path.rglob("*.html")
    made = {str(page.relative_to(tmp_path).with_suffix("")): page for page in found}
    assert {str(page.relative_to(DOCS).with_suffix("")) for page in PAGES} <= set(made)
    for page in made.values():
        loaded = _LOADED.findall(page.read_text())
        assert loaded
        assert [each for each in loaded if re.match(r"(https?:)?//", each)] == []


@needs_sphinx
def test_a_dead_link_or_a_page_that_nothing_leads_to_stops_it(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text((DOCS / "conf.py").read_text())
    (tmp_path / "index.md").write_text("# Here\n\n[gone](gone.md)\n")
    (tmp_path / "alone.md").write_text("# Alone\n")
    done = build(tmp_path, tmp_path / "out")
    assert done.returncode != 0
    assert "gone" in done.stderr
    assert "alone.md" in done.stderr


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *PAGES], ids=lambda page: str(page.relative_to(ROOT))
)
def test_links_and_pictures_lead_somewhere_and_pictures_have_words(page: Path) -> None:
    """Where Sphinx is not there, and for the README, which it does not read."""
    for picture, words, target in _LINK.findall(page.read_text()):
        path = target.partition("#")[0]
        if not re.match(r"https?:", target) and path:
            assert (page.parent / path).exists(), f"{target} is not there"
        if picture:
            assert len(words) > 10, f"{target} has no words for who cannot see it"


def test_every_picture_is_shown_somewhere() -> None:
    shown = {
        (page.parent / target).resolve()
        for page in [ROOT / "README.md", *PAGES]
        for _, _, target in _LINK.findall(page.read_text())
    }
    pictures = {path.resolve() for kind in ("png", "svg") for path in DOCS.rglob(f"*.{kind}")}
    assert pictures - shown == set()


def test_the_diagram_has_a_title_and_words_of_its_own() -> None:
    drawn = ET.parse(DOCS / "architecture.svg").getroot()  # noqa: S314 - our own file
    texts = {child.tag.rpartition("}")[2]: child.text for child in drawn}
    assert len(texts["title"] or "") > 20
    assert len(texts["desc"] or "") > 100


def test_the_commits_of_the_guides_are_in_the_history() -> None:
    guides = [DOCS / "contributing/operation.md", DOCS / "contributing/command.md"]
    named = [_SHOW.findall(each.read_text()) for each in [*guides, DOCS / "alert-rules.md"]]
    assert [len(each) for each in named] == [1, 1, 1]
    for (commit,) in named:
        done = subprocess.run(
            ["git", "cat-file", "-t", commit], cwd=ROOT, check=False, capture_output=True, text=True
        )
        if done.returncode:  # an archive, or a clone without its history
            pytest.skip("the history is not here")
        assert done.stdout.strip() == "commit"
