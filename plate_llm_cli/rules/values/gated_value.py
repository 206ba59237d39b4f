"""A value whose switch is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, Rule, ValuePlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.provenance import Switch


class GatedValue(Rule):
    """A value is set, and what would read it is switched off.

    ## What it does
    Finds values that only templates behind a condition read, which the present values do not meet,
    and names the values that would have to change.

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
        """Every such value."""
        for chart, verdict in deployment.value_verdicts:
            if verdict.kind.value == "gated":
                switches = " and ".join(_condition(switch) for switch in verdict.switches)
                reason = f"it is read only when {switches}" if switches else verdict.reason
                message = f"{format_route(verdict.route)} has no effect now: {reason}"
                related = tuple(
                    (ValuePlace(chart, switch.route), "the switch") for switch in verdict.switches
                )
                yield Defect(ValuePlace(chart, verdict.route), message, related=related)


def _condition(switch: Switch) -> str:
    name = format_route(switch.route)
    if isinstance(switch.needed, bool):
        return f"{name} is {str(switch.needed).lower()}"
    return f"{name} is set" if not switch.present else f"{name} is another"
