"""A value whose switch is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart
    from plate_llm_cli.graph.provenance import Switch, Verdict
    from plate_llm_cli.source.nodes import Route

_SHOWN = 3


class GatedValue(Rule):
    """A value is set, and what would read it is switched off.

    ## What it does
    Finds values that only templates behind a condition read, which the present values do not meet,
    and names the values that would have to change. What the chart's own values.yaml has as well is
    left out, and the values of one file behind the same switch are told together.

    ## Why is this bad?
    It may be meant: a feature that is prepared. But the value has no effect today.

    ## Example
    ```yaml
    autoscaling:
      enabled: false
      maxReplicas: 6
    ```

    ## Use instead
    ```yaml
    autoscaling:
      enabled: true
      maxReplicas: 6
    ```
    """

    id = "gated-value"
    severity = Severity.INFO
    summary = "A value is set that is read only when a switch is on, and it is off"
    needs_provenance = True

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such value; those of one file behind the same switch are told together."""
        groups: dict[Hashable, list[tuple[RenderedChart, Verdict]]] = {}
        for chart, verdict in deployment.value_verdicts:
            if verdict.kind.value == "gated" and not _is_default(chart, verdict.route):
                key = (id(chart), _file(chart, verdict.route), _reason(verdict))
                groups.setdefault(key, []).append((chart, verdict))
        for group in groups.values():
            yield _defect(group[0][0], [verdict for _, verdict in group])


def _is_default(chart: RenderedChart, route: Route) -> bool:
    """Whether it is what the chart has anyway, as in a copy of its values.yaml."""
    return bool(chart.default_at(route) == chart.value_at(route))


def _file(chart: RenderedChart, route: Route) -> int:
    return next((id(layer.file) for layer in chart.layers_setting(route)), 0)


def _reason(verdict: Verdict) -> str:
    return " and ".join(_condition(switch) for switch in verdict.switches)


def _defect(chart: RenderedChart, verdicts: list[Verdict]) -> Defect:
    first, *others = verdicts
    needed = _reason(first)
    told = ", ".join(format_route(verdict.route) for verdict in verdicts[:_SHOWN])
    more = f" and {len(verdicts) - _SHOWN} more" if len(verdicts) > _SHOWN else ""
    verb, subject = ("have", "they are") if others else ("has", "it is")
    reason = f"{subject} read only when {needed}" if needed else first.reason
    return Defect(
        ValuePlace(chart, first.route),
        f"{told}{more} {verb} no effect now: {reason}",
        related=tuple((ValuePlace(chart, item.route), "the switch") for item in first.switches),
    )


def _condition(switch: Switch) -> str:
    name = format_route(switch.route)
    if isinstance(switch.needed, bool):
        return f"{name} is {str(switch.needed).lower()}"
    return f"{name} is set" if not switch.present else f"{name} is another"
