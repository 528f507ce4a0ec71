"""compose.yaml: of the right form, with the bot's own settings and the image's own data."""

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from bot.settings import Settings
from tests.packaging.conftest import ROOT
from tests.packaging.dockerfile import parse, stages

TEXT = (ROOT / "compose.yaml").read_text()
NAMES = {name.upper() for name in Settings.model_fields}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(TEXT)["services"]
    return found


def test_it_has_the_form_of_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [*command, "compose.yaml"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_its_settings_exist(services: dict[str, Any]) -> None:
    used = set(services["bot"]["environment"]) | set(re.findall(r"\$\{(\w+)", TEXT))
    assert used - {"POSTGRES_PASSWORD"} <= NAMES
    assert services["bot"]["env_file"] == ".env"


def test_the_settings_of_the_example_exist_and_are_all_there() -> None:
    written = re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(written) == NAMES


def test_the_data_outlives_the_container(services: dict[str, Any]) -> None:
    (volume,) = services["bot"]["volumes"]
    name, _, path = volume.partition(":")
    assert name in yaml.safe_load(TEXT)["volumes"]
    image = stages(parse((ROOT / "Dockerfile").read_text()))[-1]
    assert [step.arguments[0] for step in image if step.keyword == "VOLUME"] == [path]
    assert [step.arguments[0] for step in image if step.keyword == "WORKDIR"] == [path]


def test_it_is_reached_from_this_machine_only(services: dict[str, Any]) -> None:
    (port,) = services["bot"]["ports"]
    assert port.startswith("127.0.0.1:")
    assert port.endswith(f":{services['bot']['environment']['BOT_PORT']}")


def test_postgresql_is_asked_for_by_its_profile_and_waited_for(services: dict[str, Any]) -> None:
    assert services["postgres"]["profiles"] == ["postgres"]
    assert "pg_isready" in services["postgres"]["healthcheck"]["test"]
    needed = services["bot"]["depends_on"]["postgres"]
    assert needed == {"condition": "service_healthy", "required": False}
    user = services["postgres"]["environment"]["POSTGRES_USER"]
    database = services["postgres"]["environment"]["POSTGRES_DB"]
    assert re.search(rf"DATABASE_URL=postgresql\+asyncpg://{user}:…@postgres/{database}\b", TEXT)
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_the_tables_are_migrated_before_the_bot_starts(services: dict[str, Any]) -> None:
    assert services["migrate"]["command"] == ["migrate"]
    assert services["migrate"]["profiles"] == services["postgres"]["profiles"]
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    needed = services["bot"]["depends_on"]["migrate"]
    assert needed == {"condition": "service_completed_successfully", "required": False}


def test_a_stop_leaves_time_for_a_send_in_flight(services: dict[str, Any]) -> None:
    assert services["bot"]["stop_grace_period"] == "120s"
