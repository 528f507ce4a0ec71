"""`make sbom`: what the image holds, no more and no less, in CycloneDX."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT
from tests.packaging.test_locks import pins

MADE_BY = ROOT / ".venv-audit" / "bin" / "cyclonedx-py"


@pytest.mark.skipif(not MADE_BY.exists(), reason="no .venv-audit: make sbom builds it")
def test_it_lists_what_the_lock_of_the_image_pins(tmp_path: Path) -> None:
    target = tmp_path / "sbom.json"
    done = subprocess.run(
        ["make", "sbom", f"SBOM={target}"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(target.read_text())
    assert made["bomFormat"] == "CycloneDX"
    listed = {each["name"]: each["version"] for each in made["components"]}
    assert listed == {name: version for name, (version, _) in pins("requirements-run.lock").items()}
    assert made["metadata"]["component"]["name"] == "clicksend-slack"
