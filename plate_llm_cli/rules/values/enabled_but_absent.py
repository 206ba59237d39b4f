"""A feature that is switched on and does not appear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest, RenderedChart
    from plate_llm_cli.source.nodes import Route

_INGRESS: Final = ("Ingress", "HTTPRoute", "Route", "IngressRoute", "VirtualService")
_SCALERS: Final = ("HorizontalPodAutoscaler", "ScaledObject")
_BUDGET: Final = ("PodDisruptionBudget",)
_POLICY: Final = ("NetworkPolicy", "CiliumNetworkPolicy")
_FEATURES: Final = {
    "ingress": _INGRESS,
    "autoscaling": _SCALERS,
    "hpa": _SCALERS,
    "networkPolicy": _POLICY,
    "networkPolicies": _POLICY,
    "podDisruptionBudget": _BUDGET,
    "pdb": _BUDGET,
    "persistence": ("PersistentVolumeClaim",),
    "service": ("Service",),
    "serviceAccount": ("ServiceAccount",),
}
"""By the name that charts give a feature: the kinds that show it, the usual one first.

Kinds of operators are left out: charts render them only for clusters that have them.
"""
_SWITCHES: Final = ("enabled", "create")
_DOUBTFUL: Final = frozenset({"podDisruptionBudget", "pdb", "persistence"})
"""Left out on purpose by many charts, with one replica for instance."""


class EnabledButAbsent(Rule):
    """A value file switches a feature on, and the release has no object of it.

    ## What it does
    Looks for `ingress.enabled: true` and the like (autoscaling, network policies, disruption
    budgets, persistence, services, service accounts) that somebody set, where nothing of that kind
    was rendered. Switches that no template reads, or that wait for others, are told by other rules.

    ## Why is this bad?
    Whoever set it believes that the feature is there. Mostly a second condition is not met, or the
    chart has it under another name.

    ## Example
    ```yaml
    ingress:
      enabled: true
      hosts: []       # the template renders an Ingress for each host
    ```

    ## Use instead
    ```yaml
    ingress:
      enabled: true
      hosts: [llm.example.com]
    ```
    """

    id = "enabled-but-absent"
    severity = Severity.WARNING
    summary = "A feature is switched on, and the release has no object of it"
    needs_provenance = True

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every switch that is on without effect."""
        if deployment.provenance is None:
            return
        judged = {
            (id(chart), leaf)
            for chart, verdict in deployment.value_verdicts
            for leaf in verdict.leaves
        }
        for chart in deployment.charts:
            if chart.failure is not None or not chart.part.complete:
                continue
            for route in _switched_on(chart.values, ()):
                feature = str(route[-2])
                kinds = _FEATURES[feature]
                if (id(chart), route) in judged or not _is_set(chart, route):
                    continue
                if not any(_shows(item, kinds) for item in _objects(chart, route)):
                    yield _defect(chart, route, kinds[0])


def _switched_on(values: Any, route: Route) -> Iterator[Route]:
    if not isinstance(values, dict):
        return
    feature = route[-1] if route else ""
    if feature in _FEATURES and any(values.get(name) is True for name in _SWITCHES):
        taken = feature == "persistence" and values.get("existingClaim")
        name = next(name for name in _SWITCHES if values.get(name) is True)
        if not taken and not (feature == "serviceAccount" and name == "enabled"):
            yield (*route, name)
    for key, value in values.items():
        yield from _switched_on(value, (*route, key))


def _is_set(chart: RenderedChart, route: Route) -> bool:
    """Whether somebody set it, rather than the chart itself."""
    defaults = {layer.file for layer in chart.part.layers if layer.is_default}
    layers = chart.layers_setting(route)
    return bool(layers) and layers[0].file not in defaults


def _objects(chart: RenderedChart, route: Route) -> list[Manifest]:
    """What the chart rendered that the switch is for: all of it, or that of one subchart."""
    owned = [
        (chart.subchart_route(item.template.partition("/templates/")[0]), item)
        for item in chart.manifests
    ]
    owners = [owner for owner, _ in owned if owner and owner == route[: len(owner)]]
    longest = max(owners, key=len, default=())
    return [item for owner, item in owned if owner[: len(longest)] == longest]


def _shows(manifest: Manifest, kinds: tuple[str, ...]) -> bool:
    if kinds == ("PersistentVolumeClaim",) and manifest.plain.get("spec"):
        spec = manifest.plain["spec"]
        return manifest.kind in kinds or (isinstance(spec, dict) and "volumeClaimTemplates" in spec)
    return manifest.kind in kinds


def _defect(chart: RenderedChart, route: Route, kind: str) -> Defect:
    return Defect(
        ValuePlace(chart, route),
        f"{format_route(route)} is true, and {chart.release.name} has no {kind}",
        f"look at the conditions around {kind} in the templates of {chart.part.chart_name}",
        severity=Severity.INFO if route[-2] in _DOUBTFUL else None,
    )
