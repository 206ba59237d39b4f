"""An environment's value file that repeats what holds anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.graph.environment_words import environment_of
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import format_route, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import ValuesLayer
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.source.nodes import Route

_SHOWN = 3
_ABSENT = object()


class RedundantOverride(Rule):
    """The value file of an environment says what the layers below it say already.

    ## What it does
    Compares single values (no lists, no empty ones) of value files whose name or folder names an
    environment with what the chart and the files before have. A block of which one value differs
    is written out on purpose, and left out. It is said once for a file.

    ## Why is this bad?
    It may be meant, to keep a value while the default moves. But a reader takes what is there for
    what this environment has of its own, and a default that is changed does not arrive.

    ## Example
    ```yaml
    # values-prod.yaml; values.yaml has the same
    replicaCount: 1
    ```

    ## Use instead
    ```yaml
    # values-prod.yaml
    replicaCount: 3
    ```
    """

    id = "redundant-override"
    severity = Severity.INFO
    summary = "The value file of an environment repeats what holds without it"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such file, at the first value that it repeats."""
        for chart in deployment.charts:
            defaults = {layer.file for layer in chart.part.layers if layer.is_default}
            below: list[ValuesLayer] = []
            for layer in chart.part.layers:
                path = layer.file.path if layer.file else ""
                files = layer.kind is LayerKind.FILE and layer.file not in defaults
                if files and environment_of("/".join(path.rsplit("/", 2)[-2:]).rpartition(".")[0]):
                    yield from _repeated(chart, layer, below)
                if layer.argument is None:
                    below.append(layer)


def _repeated(
    chart: RenderedChart, layer: ValuesLayer, below: list[ValuesLayer]
) -> Iterator[Defect]:
    found = dict(_scalars(layer.values, ()))
    repeated = [
        route
        for route, value in found.items()
        if any(item.sets(route) for item in below) and _is_same(value, _last(below, route))
    ]
    own = {route[:-1] for route in found if len(route) > 1 and route not in repeated}
    routes = [route for route in repeated if route[:-1] not in own]
    if not routes or layer.file is None or layer.node is None:
        return
    some = ", ".join(map(format_route, routes[:_SHOWN]))
    more = f" and {len(routes) - _SHOWN} more" if len(routes) > _SHOWN else ""
    yield Defect(
        FilePlace(layer.file, nearest(layer.node, routes[0])[0]),
        f"{some}{more} would be the same without this file",
        "leave out what the chart and the files before say already",
        releases=(chart.release.name,),
    )


def _scalars(values: Any, route: Route) -> Iterator[tuple[Route, Any]]:
    if isinstance(values, dict):
        for key, value in values.items():
            yield from _scalars(value, (*route, key))
    elif isinstance(values, str | int | float) and values != "":
        yield route, values


def _last(below: list[ValuesLayer], route: Route) -> Any:
    """What the strongest of the layers that set `route` has there."""
    layer = next(item for item in reversed(below) if item.sets(route))
    value: Any = layer.values
    for step in route:
        if not isinstance(value, dict) or step not in value:
            return _ABSENT
        value = value[step]
    return value


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
