"""Rules about the values of charts that have a model, on this project's own chart."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from plate_llm_cli.findings import Finding

CHART = Path(__file__).parents[2] / "charts" / "plate-llm"
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: llm, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/team/deploy.git
    targetRevision: main
    path: charts/plate-llm
    helm: {valueFiles: [values-stg.yaml, values-extra.yaml]}
  destination: {name: in-cluster, namespace: llm}
"""

Found = set[tuple[str, int, str]]


@pytest.fixture
def found_with(
    tmp_path: Path, check_tree: Callable[..., tuple[Finding, ...]]
) -> Callable[[str], Found]:
    """What is found in the file of values that are given on top, as (rule, line, severity)."""

    def check(values: str) -> Found:
        shutil.copytree(CHART, tmp_path / "charts" / "plate-llm")
        (tmp_path / "app.yaml").write_text(APPLICATION)
        extra = "charts/plate-llm/values-extra.yaml"
        (tmp_path / extra).write_text(values)
        return {
            (finding.rule, finding.location.line, finding.severity.value)
            for finding in check_tree(tmp_path)
            if finding.location.path == extra
        }

    return check


def test_values_that_fit_are_not_reported(found_with: Callable[[str], Found]) -> None:
    assert found_with('image:\n  tag: "1.2.3"\n') == set()


def test_an_unknown_value_is_reported_once(found_with: Callable[[str], Found]) -> None:
    assert found_with("replicas: 2\n") == {("unknown-value", 1, "error")}


def test_a_wrong_value_is_reported_once(found_with: Callable[[str], Found]) -> None:
    assert found_with("port: 80000\n") == {("invalid-value", 1, "error")}


def test_what_model_and_template_refuse_is_told_at_the_value_alone(
    tmp_path: Path, check_tree: Callable[..., tuple[Finding, ...]]
) -> None:
    shutil.copytree(CHART, tmp_path / "charts" / "plate-llm")
    (tmp_path / "app.yaml").write_text(APPLICATION)
    extra = tmp_path / "charts" / "plate-llm" / "values-extra.yaml"
    extra.write_text("autoscaling:\n  enabled: true\n  minReplicas: 30\n")
    errors = [item for item in check_tree(tmp_path) if item.severity.value == "error"]
    assert [(item.rule, item.location.path, item.location.line) for item in errors] == [
        ("invalid-value", "charts/plate-llm/values-extra.yaml", 3)
    ]
