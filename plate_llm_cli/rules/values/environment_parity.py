"""A value that all environments set but one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.graph.environment_words import (
    environment_of,
    is_other_environment,
    is_production,
)
from plate_llm_cli.graph.secret_fields import mapping
from plate_llm_cli.rules.base import Defect, FilePlace, Place, Rule, ValuePlace
from plate_llm_cli.source.nodes import Span, format_route, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.source.nodes import Route

_ENOUGH = 3
"""Of so many environments, all but one make a habit."""
_NEEDED = re.compile(
    r"(host|hostname|url|uri|endpoint|domain|dsn|resource|bucket|issuer|secret(_?name)?)s?$",
    re.IGNORECASE,
)
"""Names of values that an environment seldom does without."""


class EnvironmentParity(Rule):
    """One environment lacks a value that all others of the chart set.

    ## What it does
    Compares what all Applications of one chart set, where there are three or more. A value that
    all but one set, and of which the chart has no default, is named once, at the topmost key that
    is missing. Of two, what production lacks is named if it is an address, a host, a secret or
    resources.

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
            yield from _odd_ones(family)


def _odd_ones(family: list[RenderedChart]) -> Iterator[Defect]:
    setting: dict[Route, set[int]] = {}
    for index, chart in enumerate(family):
        for route in _routes(chart, chart.request.values, ()):
            setting.setdefault(route, set()).add(index)
    for route, having in setting.items():
        missing = set(range(len(family))) - having
        above = setting.get(route[:-1], set(range(len(family))))
        if len(missing) == 1 and len(above) == len(family):
            (index,) = missing
            others = [family[each] for each in having]
            if _is_odd(family[index], others, route):
                yield _defect(family[index], route, others)


def _is_odd(chart: RenderedChart, others: list[RenderedChart], route: Route) -> bool:
    """Whether the chart has nothing of its own there, and the others make a habit of it."""
    if chart.default_at(route) or chart.default_at(route) in (False, 0):
        return False
    named = {bool(environment_of(item.release.name)) for item in (chart, *others)}
    if len(others) + 1 >= _ENOUGH:
        return len(named) == 1  # what is no environment beside some that are has its own purpose
    names = [(chart.release.name, item.release.name) for item in others]
    return (
        bool(others)
        and is_production(chart.release)
        and all(is_other_environment(*pair) for pair in names)
        and _NEEDED.search(str(route[-1])) is not None
    )


def _defect(chart: RenderedChart, route: Route, others: list[RenderedChart]) -> Defect:
    whom = "all others do" if len(others) > 1 else f"{others[0].release.name} does"
    return Defect(
        _place(chart, route),
        f"{chart.release.name} does not set {format_route(route)}, as {whom}",
        "set it, or nothing where this environment is meant to differ",
        releases=(chart.release.name,),
        related=tuple((ValuePlace(item, route), item.release.name) for item in others[:1]),
    )


def _place(chart: RenderedChart, route: Route) -> Place:
    """Where the value would go: the last value file of the release, as deep as it has the way."""
    defaults = {layer.file for layer in chart.part.layers if layer.is_default}
    for layer in reversed(chart.part.layers):
        if (
            layer.kind is LayerKind.FILE
            and layer.file not in defaults
            and layer.file
            and layer.node
        ):
            span, found = nearest(layer.node, route)
            start = Span(span.line, span.column, span.line, span.column)
            return FilePlace(layer.file, span if found else start)
    return ValuePlace(chart, route)


def _routes(chart: RenderedChart, values: Any, route: Route) -> Iterator[Route]:
    """Every key of the mappings; not of what stays as it is, as with the chart's own file."""
    for key, value in mapping(values).items():
        own = (*route, key)
        if isinstance(value, dict):
            yield own
            yield from _routes(chart, value, own)
        elif value != chart.default_at(own):
            yield own
