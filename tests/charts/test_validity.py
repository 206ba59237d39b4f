"""Kubernetes accepts what the charts render, in the oldest and the newest version they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest

from plate_llm_cli.helm.engine import LintMessage, RenderFailure
from tests.charts.conftest import request as render_request

if TYPE_CHECKING:
    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from tests.charts.conftest import Render

RELEASES = [
    ("plate-llm", None),
    ("plate-llm", "stg"),
    ("plate-llm", "prod"),
    ("openbao-secrets-manager", "stg"),
    ("openbao-secrets-manager", "prod"),
]
CORE = ("monitoring.coreos.com/", "external-secrets.io/")
EVERYTHING_ON: dict[str, Any] = {
    "image": {"digest": "sha256:" + "0" * 64},
    "reloader": {"enabled": True},
    "priorityClassName": "high",
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "llm", "operator": "Exists"}],
    "podAnnotations": {"a": "b"},
    "podLabels": {"c": "d"},
    "serviceAccount": {"annotations": {"e": "f"}},
    "service": {"annotations": {"g": "h"}},
    "tests": {"withToken": True, "chat": True},
    "autoscaling": {"targetMemoryUtilizationPercentage": 80},
}


def assert_valid(objects: list[dict[str, Any]], version: str) -> None:
    for found in objects:
        if not found["apiVersion"].startswith(CORE):
            kubernetes_validate.validate(found, version, strict=True)


@pytest.mark.parametrize("version", ["1.30", "1.37"])
@pytest.mark.parametrize(("chart", "env"), RELEASES)
def test_objects_are_valid(render: Render, chart: str, env: str | None, version: str) -> None:
    assert_valid(render(chart, env=env, kube=f"{version}.0"), version)


@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_objects_are_valid_with_every_switch_on(render: Render, version: str) -> None:
    assert_valid(render("plate-llm", EVERYTHING_ON, env="prod", kube=f"{version}.0"), version)


@pytest.mark.parametrize("values", [None, {"tests": {"enabled": True}}])
@pytest.mark.parametrize(("chart", "env"), [*RELEASES, ("openbao-secrets-manager", "cluster")])
def test_lint_has_nothing_to_say_but_the_icon(
    engine: EmbeddedEngine, chart: str, env: str | None, values: dict[str, Any] | None
) -> None:
    report = engine.lint(render_request(chart, None if "openbao" in chart else values, env))
    assert report.messages == (LintMessage("info", "Chart.yaml", "icon is recommended"),)


@pytest.mark.parametrize(("chart", "env"), [*RELEASES, ("openbao-secrets-manager", "cluster")])
def test_rendered_text_is_tidy(engine: EmbeddedEngine, chart: str, env: str | None) -> None:
    answer = next(engine.render_many([render_request(chart, None, env)]))
    assert not isinstance(answer, RenderFailure)
    for document in answer.documents:
        lines = document.text.rstrip("\n").split("\n")
        untidy = [line for line in lines if not line.strip() or line != line.rstrip()]
        assert (document.template, untidy) == (document.template, [])


@pytest.mark.parametrize(("chart", "env"), [*RELEASES, ("openbao-secrets-manager", "cluster")])
def test_the_charts_schema_accepts_every_environment(
    render: Render, chart: str, env: str | None
) -> None:
    assert render(chart, env=env, skip_schema=False)
