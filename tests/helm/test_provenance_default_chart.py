"""The chart that `helm create` makes, with each of its values set in an overlay."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.helm.provenance.tracer import ValueTracer
from plate_llm_cli.source.nodes import format_route
from plate_llm_cli.source.reader import read_file, to_plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine
    from plate_llm_cli.helm.engine import RenderRequest
    from plate_llm_cli.helm.provenance.tracer import Verdict

    Overlaid = Callable[[dict[str, Any]], list[Verdict]]


@pytest.fixture(scope="module")
def chart(helm_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("created")
    command = [str(helm_binary), "create", str(folder / "demo")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the pinned helm binary
    return folder / "demo"


@pytest.fixture
def overlaid(
    chart: Path, engine: EmbeddedEngine, request_for: Callable[..., RenderRequest]
) -> Overlaid:
    """The verdicts on the chart's own values, set once more, with some of them changed."""

    def verdicts(changes: dict[str, Any]) -> list[Verdict]:
        values: Any = to_plain(read_file(chart, "values.yaml").root)
        for key, value in changes.items():
            values[key] = {**values.get(key, {}), **value} if isinstance(value, dict) else value
        return ValueTracer(engine).verdicts(request_for(chart, values))

    return verdicts


def not_live(verdicts: list[Verdict]) -> dict[str, tuple[str, list[str]]]:
    return {
        format_route(verdict.route): (
            verdict.kind.value,
            [format_route(switch.route) for switch in verdict.switches],
        )
        for verdict in verdicts
        if verdict.kind.value != "live"
    }


def test_each_default_is_live_or_behind_its_switch(overlaid: Overlaid) -> None:
    ingress, route, scaling = (
        ("gated", [f"{part}.enabled"]) for part in ("ingress", "httpRoute", "autoscaling")
    )
    assert not_live(overlaid({})) == {
        "ingress.className": ingress,
        "ingress.annotations": ingress,
        "ingress.hosts[0]": ingress,
        "ingress.tls": ingress,
        "httpRoute.annotations": route,
        "httpRoute.parentRefs[0]": route,
        "httpRoute.hostnames[0]": route,
        "httpRoute.rules[0].matches[0].path": route,
        "autoscaling.minReplicas": scaling,
        "autoscaling.maxReplicas": scaling,
        "autoscaling.targetCPUUtilizationPercentage": scaling,
    }


def test_with_all_switches_on_only_the_replicas_have_no_effect(overlaid: Overlaid) -> None:
    switches = {part: {"enabled": True} for part in ("ingress", "httpRoute", "autoscaling")}
    assert not_live(overlaid(switches)) == {"replicaCount": ("gated", ["autoscaling.enabled"])}


def test_without_a_service_account_its_settings_have_no_effect(overlaid: Overlaid) -> None:
    verdicts = not_live(overlaid({"serviceAccount": {"create": False}}))
    gated = ("gated", ["serviceAccount.create"])
    assert [verdicts["serviceAccount.automount"], verdicts["serviceAccount.annotations"]] == [
        gated,
        gated,
    ]
    assert "serviceAccount.name" not in verdicts


def test_typing_errors_are_dead(overlaid: Overlaid) -> None:
    verdicts = not_live(
        overlaid({"replicas": 3, "image": {"repo": "x"}, "ressources": {"limits": {"cpu": 1}}})
    )
    assert {route: kind for route, (kind, _) in verdicts.items() if kind == "dead"} == {
        "replicas": "dead",
        "image.repo": "dead",
        "ressources": "dead",
    }


def test_a_misplaced_key_inside_a_serialised_map_is_the_clusters_business(
    overlaid: Overlaid,
) -> None:
    verdicts = not_live(overlaid({"resources": {"limit": {"cpu": 1}}}))
    assert "resources.limit.cpu" not in verdicts
