from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from plate_llm_cli.source.violations import ViolationKind
from plate_llm_cli.values.merge import coalesce, merge
from plate_llm_cli.values.registry import (
    MODELLED_CHARTS,
    check_overlay,
    check_values,
    model_for,
)

ROOT = Path(__file__).parents[2]
CHARTS = ROOT / "charts"


def load(chart: str, name: str = "values.yaml") -> dict[str, Any]:
    values = yaml.safe_load((CHARTS / chart / name).read_text(encoding="utf-8"))
    assert isinstance(values, dict)
    return values


OVERLAYS = [
    (path.parent.name, path.name)
    for chart in MODELLED_CHARTS
    for path in sorted((CHARTS / chart).glob("values-*.yaml"))
]


def test_every_chart_of_this_repository_has_a_model() -> None:
    assert {path.parent.name for path in CHARTS.glob("*/Chart.yaml")} == set(MODELLED_CHARTS)


def test_a_chart_of_somebody_else_has_none() -> None:
    assert model_for("redis") is None
    assert check_values("redis", {"anything": 1}) == []
    assert check_overlay("redis", {"anything": 1}) == []


@pytest.mark.parametrize("chart", MODELLED_CHARTS)
def test_the_defaults_are_sound(chart: str) -> None:
    assert check_values(chart, coalesce(load(chart), {})) == []


@pytest.mark.parametrize(("chart", "name"), OVERLAYS)
def test_every_environment_is_sound(chart: str, name: str) -> None:
    overlay = load(chart, name)
    assert check_overlay(chart, overlay) == []
    assert check_values(chart, coalesce(load(chart), overlay)) == []


@pytest.mark.parametrize("chart", MODELLED_CHARTS)
def test_the_model_has_every_key_of_values_yaml(chart: str) -> None:
    # The chart's own file as an overlay: an unknown key would be found.
    assert check_overlay(chart, load(chart)) == []


def _keys(properties: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    names = set()
    for name, part in properties.items():
        names.add(name)
        reference = part.get("$ref", "").removeprefix("#/$defs/")
        below = schema["$defs"].get(reference, {}).get("properties", {})
        names |= {f"{name}.{key}" for key in _keys(below, schema)}
    return names


def _has(values: Any, route: str) -> bool:
    for step in route.split("."):
        if not isinstance(values, dict) or step not in values:
            return False
        values = values[step]
    return True


@pytest.mark.parametrize("chart", MODELLED_CHARTS)
def test_values_yaml_has_every_key_that_the_model_needs_or_groups(chart: str) -> None:
    model = model_for(chart)
    assert model is not None
    schema = model.model_json_schema(by_alias=True)
    values = load(chart)
    missing = {key for key in _keys(schema["properties"], schema) if not _has(values, key)}
    assert missing == {"global"}


def test_a_file_alone_may_leave_out_what_another_gives() -> None:
    assert check_overlay("plate-llm", {"image": {"tag": "1"}}) == []
    assert check_overlay("plate-llm", {}) == []
    assert check_overlay("plate-llm", None) == []


def test_a_file_alone_may_take_a_default_away() -> None:
    overlay: dict[str, Any] = {
        "startupProbe": None,
        "resources": {"limits": {"cpu": None}},
        "llm": None,
    }
    assert check_overlay("plate-llm", overlay) == []


def test_a_file_alone_says_nothing_about_what_goes_together() -> None:
    assert check_overlay("plate-llm", {"podDisruptionBudget": {"enabled": True}}) == []


@pytest.mark.parametrize(
    ("overlay", "kind", "route", "message", "help_text"),
    [
        (
            {"replicas": 3},
            ViolationKind.UNKNOWN_FIELD,
            ("replicas",),
            "there is no field `replicas` at the top level",
            "Did you mean `replicaCount`?",
        ),
        (
            {"minReplica": 3},
            ViolationKind.UNKNOWN_FIELD,
            ("minReplica",),
            "there is no field `minReplica` at the top level",
            "Did you mean `minReplicas`? It belongs under `autoscaling`.",
        ),
        (
            {"tag": "1"},
            ViolationKind.MISPLACED_FIELD,
            ("tag",),
            "`tag` does not belong at the top level",
            "It belongs under `image`.",
        ),
        (
            {"image": {"xyz": 1}},
            ViolationKind.UNKNOWN_FIELD,
            ("image", "xyz"),
            "there is no field `xyz` under `image`",
            "Known here: repository, pullPolicy, tag, digest.",
        ),
        (
            {"extraEnv": [{"name": "A", "valueFom": {}}]},
            ViolationKind.UNKNOWN_FIELD,
            ("extraEnv", 0, "valueFom"),
            "there is no field `valueFom` under `extraEnv[0]`",
            "Did you mean `valueFrom`?",
        ),
        (
            {"image": {"tag": 1.10}},
            ViolationKind.WRONG_TYPE,
            ("image", "tag"),
            "`tag` must be text, not a number",
            "Put it in quotes.",
        ),
        (
            {"image": {"pullPolicy": "ifNotPresent"}},
            ViolationKind.BAD_VALUE,
            ("image", "pullPolicy"),
            "`pullPolicy` must be one of 'Always', 'IfNotPresent' or 'Never'",
            "Did you mean `IfNotPresent`?",
        ),
        (
            {"port": 70000},
            ViolationKind.BAD_VALUE,
            ("port",),
            "`port` must be at most 65535",
            "",
        ),
        (
            {"resources": {"limits": {"memroy": "1Gi"}}},
            ViolationKind.BAD_VALUE,
            ("resources", "limits", "memroy"),
            "the key `memroy` must be a resource: cpu, memory, ephemeral-storage, hugepages-* or "
            "an extended one with its domain",
            "",
        ),
        (
            {"resources": {"limits": {"memory": "2G1"}}},
            ViolationKind.BAD_VALUE,
            ("resources", "limits", "memory"),
            "`memory` must be a Kubernetes quantity such as 500m, 2 or 1Gi",
            "m is a thousandth, k, M and G are powers of 1000, Ki, Mi and Gi of 1024.",
        ),
        (
            {"ingress": {"annotations": {"nginx.ingress.kubernetes.io/proxy-buffering": False}}},
            ViolationKind.WRONG_TYPE,
            ("ingress", "annotations", "nginx.ingress.kubernetes.io/proxy-buffering"),
            "`nginx.ingress.kubernetes.io/proxy-buffering` must be text, not true or false",
            "Put it in quotes.",
        ),
        (
            {"tolerations": {"key": "a"}},
            ViolationKind.WRONG_TYPE,
            ("tolerations",),
            "`tolerations` must be a list, not a mapping",
            'Write it as a list: every entry begins with "- ".',
        ),
    ],
)
def test_what_one_file_gets_wrong(
    overlay: dict[str, Any],
    kind: ViolationKind,
    route: tuple[str | int, ...],
    message: str,
    help_text: str,
) -> None:
    [found] = check_overlay("plate-llm", overlay)
    assert (found.kind, found.route) == (kind, route)
    assert (found.message, found.help) == (message, help_text)


def test_an_item_of_a_list_gets_no_defaults() -> None:
    [found] = check_overlay("plate-llm", {"appSecrets": {"envVars": [{"name": "A"}]}})
    assert found.route == ("appSecrets", "envVars", 0, "secretKey")
    assert found.kind is ViolationKind.MISSING_FIELD


def test_all_values_need_what_the_chart_needs() -> None:
    merged = coalesce(load("plate-llm"), {"image": {"repository": None}})
    [found] = check_values("plate-llm", merged)
    assert (found.route, found.message) == (
        ("image", "repository"),
        "`repository` is missing under `image`",
    )


def test_whole_numbers_may_have_come_through_json() -> None:
    overlay: dict[str, Any] = {"port": 8000.0, "replicaCount": 2.0}
    assert check_values("plate-llm", coalesce(load("plate-llm"), overlay)) == []


def test_a_message_never_holds_the_value() -> None:
    merged = merge(load("plate-llm"), {"cache": {"url": "redis://:hunter2@cache:6379"}})
    merged = merge(merged, {"image": {"digest": "hunter2"}, "auth": {"jwksUrl": "hunter2"}})
    found = check_values("plate-llm", coalesce(merged, {}))
    assert {violation.route for violation in found} >= {("image", "digest"), ("auth", "jwksUrl")}
    assert "hunter2" not in str([(item.message, item.help) for item in found])


@pytest.mark.parametrize("module", ["merge", "registry", "json_schema", "schema_file"])
def test_pydantic_waits_until_it_is_needed(module: str) -> None:
    code = (
        f"import sys, plate_llm_cli.values.{module}\n"
        "print({'pydantic', 'jsonschema_rs'} & set(sys.modules))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "set()"
