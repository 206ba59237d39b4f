"""A value in a file that the Application overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import LayerKind
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from plate_llm_cli.gitops.releases import ValuesLayer
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.source.nodes import Route

_IN_APPLICATION = (LayerKind.VALUES, LayerKind.OBJECT, LayerKind.PARAMETER)
_ABSENT = object()


class ShadowingParameter(Rule):
    """An Application sets a value that one of its value files sets differently.

    ## What it does
    Compares `helm.parameters`, `helm.valuesObject` and `helm.values` with the value files that the
    same Application lists. The chart's own defaults are there to be overridden and do not count.

    ## Why is this bad?
    It may be meant. But who changes the file, where the other values of the environment are, sees
    no change in the cluster.

    ## Example
    ```yaml
    helm:
      valueFiles: [values-prod.yaml]   # says replicaCount: 3
      parameters:
        - {name: replicaCount, value: "1"}
    ```

    ## Use instead
    ```yaml
    helm:
      valueFiles: [values-prod.yaml]
    ```
    """

    id = "shadowing-parameter"
    severity = Severity.INFO
    summary = "An Application overrides a value that one of its value files sets"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every value that a file sets in vain."""
        for chart in deployment.charts:
            defaults = {layer.file for layer in chart.part.layers if layer.is_default}
            files = [
                layer
                for layer in chart.part.layers
                if layer.kind is LayerKind.FILE and layer.file not in defaults
            ]
            for layer in chart.part.layers if files else ():
                if layer.kind in _IN_APPLICATION:
                    yield from _shadowed(chart, layer, files)


def _shadowed(
    chart: RenderedChart, layer: ValuesLayer, files: list[ValuesLayer]
) -> Iterator[Defect]:
    for route in [layer.route] if layer.argument is not None else _leaves(layer.values, ()):
        found = next((item for item in reversed(files) if item.locate(route) is not None), None)
        written = _value_at(found.values, route) if found is not None else _ABSENT
        if found is None or written is _ABSENT or _same(written, chart.value_at(route)):
            continue
        if chart.layers_setting(route)[0] is layer:
            name = found.file.path if found.file else found.label
            yield Defect(
                ValuePlace(chart, route),
                f"{format_route(route)} overrides what {name} sets",
                "set it in one of the two places",
            )


def _leaves(values: Any, route: Route) -> Iterator[Route]:
    if isinstance(values, dict) and values:
        for key, value in values.items():
            yield from _leaves(value, (*route, key))
    elif route:
        yield route


def _value_at(values: Any, route: Route) -> Any:
    for step in route:
        if not isinstance(values, dict) or step not in values:
            return _ABSENT
        values = values[step]
    return values


def _same(one: Any, other: Any) -> bool:
    """Whether both render alike, as far as can be told: parameters are texts."""
    return one == other or str(one).lower() == str(other).lower()
