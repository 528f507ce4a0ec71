"""The manifests: of the form Kubernetes takes, and right about the bot they run."""

import copy
import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bot.app.served import DRAIN_SECONDS
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
DOCUMENTS: list[dict[str, Any]] = [
    each for file in FILES for each in yaml.safe_load_all(file.read_text())
]
VERSIONS = {
    "Deployment": "apps/v1",
    "Service": "v1",
    "PodDisruptionBudget": "policy/v1",
    "Ingress": "networking.k8s.io/v1",
}
RELEASES = ("1.33", "1.35", "1.37")
"""Of Kubernetes: from the oldest that is kept to the newest whose schemas are here."""


def of(kind: str) -> dict[str, Any]:
    (found,) = [each for each in DOCUMENTS if each["kind"] == kind]
    return found


@pytest.fixture
def pod() -> dict[str, Any]:
    found: dict[str, Any] = of("Deployment")["spec"]["template"]["spec"]
    return found


@pytest.fixture
def bot(pod: dict[str, Any]) -> dict[str, Any]:
    (found,) = pod["containers"]
    assert isinstance(found, dict)
    return found


def test_every_object_has_its_version_a_name_and_a_kind_that_is_known() -> None:
    assert {each["kind"]: each["apiVersion"] for each in DOCUMENTS} == VERSIONS
    for each in DOCUMENTS:
        assert set(each) == {"apiVersion", "kind", "metadata", "spec"}
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", each["metadata"]["name"])


@pytest.mark.parametrize("release", RELEASES)
def test_every_object_fits_the_schema_of_kubernetes(release: str) -> None:
    for each in DOCUMENTS:
        assert kubernetes_validate.validate(each, release, strict=True) == release


def test_a_field_that_is_misspelt_is_found() -> None:
    wrong = copy.deepcopy(of("Deployment"))
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="readinesProbe"):
        kubernetes_validate.validate(wrong, RELEASES[-1], strict=True)


def test_amounts_are_amounts(pod: dict[str, Any]) -> None:
    """The schema takes any text."""
    for container in (*pod["containers"], *pod["initContainers"]):
        for amount in container["resources"]["requests"].values():
            assert re.fullmatch(r"\d+(m|Mi)", amount)


def test_labels_ports_and_names_meet(bot: dict[str, Any]) -> None:
    deployment = of("Deployment")["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    assert deployment["selector"]["matchLabels"] == labels
    assert of("Service")["spec"]["selector"] == labels
    assert of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    ports = {port["name"]: port["containerPort"] for port in bot["ports"]}
    assert {port["targetPort"] for port in of("Service")["spec"]["ports"]} <= set(ports)
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        assert bot[probe]["httpGet"]["port"] in ports
    environment = {each["name"]: each["value"] for each in bot["env"]}
    assert environment["BOT_PORT"] == str(ports["http"])
    for path in of("Ingress")["spec"]["rules"][0]["http"]["paths"]:
        assert path["backend"]["service"]["name"] == of("Service")["metadata"]["name"]
        assert path["backend"]["service"]["port"]["name"] in ports


def test_the_settings_it_gives_exist_and_only_strings_are_given(pod: dict[str, Any]) -> None:
    known = {name.upper() for name in Settings.model_fields}
    for container in (*pod["containers"], *pod["initContainers"]):
        for each in container["env"]:
            assert each["name"] in known
            assert isinstance(each["value"], str)


def test_a_stop_leaves_time_for_all_that_is_under_way(
    pod: dict[str, Any], bot: dict[str, Any]
) -> None:
    environment = {each["name"]: each["value"] for each in bot["env"]}
    leave = int(environment["LEAVE_SECONDS"])
    probe = bot["readinessProbe"]
    assert leave > 2 * probe["periodSeconds"] * probe["failureThreshold"]
    assert pod["terminationGracePeriodSeconds"] >= leave + 2 * DRAIN_SECONDS
    unit = (ROOT / "deploy/systemd/clicksend-slack.service").read_text()
    (patience,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(patience) >= 2 * DRAIN_SECONDS


def test_a_new_one_is_there_before_an_old_one_goes_and_the_tables_before_both(
    pod: dict[str, Any],
) -> None:
    spec = of("Deployment")["spec"]
    assert spec["replicas"] >= 2
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    (first,) = pod["initContainers"]
    assert first["args"] == ["migrate"]
    assert first["image"] == pod["containers"][0]["image"]


def test_it_runs_without_root_and_cannot_write(pod: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    user = re.findall(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    context = pod["securityContext"]
    assert user == [(str(context["runAsUser"]), str(context["runAsGroup"]))]
    for container in (*pod["containers"], *pod["initContainers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_health_and_metrics_are_not_shown_to_the_internet() -> None:
    paths = [path["path"] for path in of("Ingress")["spec"]["rules"][0]["http"]["paths"]]
    assert paths == ["/slack/", "/clicksend/webhooks/"]
