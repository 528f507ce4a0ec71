"""The dashboard and the alert rules: of the right form, about metrics that the bot has."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot.app import App
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "deploy/grafana/clicksend-slack.json"
RULES = ROOT / "deploy/prometheus/alerts.yml"
_NAMED = re.compile(r"\bclicksend_slack_\w+")


@pytest.fixture
async def exposed(sqlite_url: str) -> str:
    """What `/metrics` of a bot shows to which nothing has happened yet."""
    nowhere = "http://127.0.0.1:9"
    settings = Settings.model_validate(
        {
            "bot_mode": "http",
            "slack_bot_token": "xoxb-sandbox",
            "slack_signing_secret": "sandbox-signing-secret",
            "slack_api_url": f"{nowhere}/api/",
            "clicksend_username": "demo",
            "clicksend_api_key": "00000000-DEMO",
            "clicksend_base_url": f"{nowhere}/v3",
            "clicksend_deadline_seconds": 1,
            "database_url": sqlite_url,
            "bot_port": 0,
        }
    )
    async with App(settings) as app, httpx.AsyncClient() as http:
        return (await http.get(f"http://127.0.0.1:{app.port}/metrics")).text


def names(text: str) -> set[str]:
    """Every name of a series that the metrics of this exposition have."""
    found = set()
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE):
        ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        found |= {name + end for end in ends}
    return found


def rules() -> list[dict[str, Any]]:
    return [
        rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
    ]


async def test_every_metric_that_is_named_exists_and_every_metric_is_shown(exposed: str) -> None:
    known = {name for name in names(exposed) if name.startswith("clicksend_slack_")}
    named = set(_NAMED.findall(DASHBOARD.read_text()))
    watched = {name for rule in rules() for name in _NAMED.findall(rule["expr"])}
    assert named - known == set()
    assert watched - known == set()
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in named | watched}
    every = {re.sub(r"_(bucket|sum|count)$", "", name) for name in known}
    assert {name for name in every - shown if not name.endswith("_created")} == set()


def test_the_dashboard_has_the_form_that_grafana_imports() -> None:
    found = json.loads(DASHBOARD.read_text())
    assert {"title", "uid", "schemaVersion", "templating", "panels"} <= set(found)
    ids = [panel["id"] for panel in found["panels"]]
    assert len(ids) == len(set(ids)) >= 10
    places = [tuple(panel["gridPos"].values()) for panel in found["panels"]]
    assert len(places) == len(set(places))
    for panel in found["panels"]:
        assert panel["title"]
        assert panel["description"]
        assert panel["datasource"]["uid"] == "${datasource}"
        assert [target["refId"] for target in panel["targets"]] == list(
            "AB"[: len(panel["targets"])]
        )


def test_every_rule_says_what_happened_and_what_to_do() -> None:
    found = rules()
    alerts = [rule["alert"] for rule in found]
    assert len(alerts) == len(set(alerts)) >= 10
    manual = (ROOT / "docs/operating.md").read_text()
    for rule in found:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["alert"] in manual


def test_the_outcomes_that_are_watched_exist() -> None:
    from bot.clicksend import errors  # noqa: PLC0415 - looked up by name

    for rule in rules():
        for wanted in re.findall(r'outcome=~?"([^"]+)"', rule["expr"]):
            for outcome in wanted.split("|"):
                assert outcome in {"ok", "broken"} or hasattr(errors, outcome), outcome
