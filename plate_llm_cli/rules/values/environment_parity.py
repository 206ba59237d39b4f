"""A value that all environments set but one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.source.nodes import Route

_ENOUGH = 3
"""Of so many environments, all but one make a habit."""


class EnvironmentParity(Rule):
    """One environment lacks a value that all others of the chart set.

    ## What it does
    Compares what the value files of all Applications of one chart set, where there are three or
    more. A value that all but one set, and of which the chart has no default, is named once, at
    the topmost key that is missing.

    ## Why is this bad?
    It may be meant. Often the value was added to all files and one was forgotten.

    ## Example
    ```yaml
    # values-dev.yaml and values-stg.yaml
    upstream: {url: https://models.example.com}
    # values-prod.yaml
    replicaCount: 3
    ```

    ## Use instead
    ```yaml
    # values-prod.yaml
    replicaCount: 3
    upstream: {url: https://models.example.com}
    ```
    """

    id = "environment-parity"
    severity = Severity.INFO
    summary = "One environment lacks a value that all others of the chart set"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such value."""
        families: dict[str, list[RenderedChart]] = {}
        for chart in deployment.charts:
            if chart.failure is None and chart.part.complete:
                families.setdefault(chart.part.chart, []).append(chart)
        for family in families.values():
            if len(family) >= _ENOUGH:
                yield from _odd_ones(family)


def _odd_ones(family: list[RenderedChart]) -> Iterator[Defect]:
    setting: dict[Route, set[int]] = {}
    for index, chart in enumerate(family):
        for route in _routes(chart.request.values, ()):
            setting.setdefault(route, set()).add(index)
    for route, having in setting.items():
        (missing, *others) = set(range(len(family))) - having or {-1}
        if missing < 0 or others or len(setting.get(route[:-1], family)) < len(family):
            continue
        chart = family[missing]
        if chart.default_at(route) is None and chart.value_at(route[:-1]) is not None:
            yield Defect(
                ValuePlace(chart, route),
                f"{chart.release.name} does not set {format_route(route)}, as all others do",
                "set it, or nothing where this environment is meant to differ",
            )


def _routes(values: Any, route: Route) -> Iterator[Route]:
    """Every key of the mappings."""
    if isinstance(values, dict):
        for key, value in values.items():
            yield (*route, key)
            yield from _routes(value, (*route, key))
