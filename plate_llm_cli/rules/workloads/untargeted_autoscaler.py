"""An autoscaler of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.scaling import Autoscaler

_KINDS = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})


class UntargetedAutoscaler(Rule):
    """An autoscaler names a workload that is not there.

    ## What it does
    Looks for the Deployment, StatefulSet or ReplicaSet that a HorizontalPodAutoscaler or a
    ScaledObject names in its namespace, over all releases. It is an error where one has nearly that
    name, or the name and another kind; otherwise somebody else may make it, and it is an info.
    Other kinds, and namespaces of which not everything is in the tree, are left out.

    ## Why is this bad?
    Nothing is scaled: the autoscaler reports `FailedGetScale`, which nobody looks at until the
    load comes.

    ## Example
    ```yaml
    kind: HorizontalPodAutoscaler
    spec:
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}   # it is `shop-web`
    ```

    ## Use instead
    ```yaml
      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop-web}
    ```
    """

    id = "untargeted-autoscaler"
    severity = Severity.ERROR
    summary = "An autoscaler names a workload that is not there"
    asks_external = ("Deployment", "ReplicaSet", "StatefulSet")

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every autoscaler without its workload."""
        for scaler in deployment.wiring.autoscalers:
            if scaler.workload is None and scaler.kind in _KINDS:
                place = place_of(scaler.manifest)
                if deployment.external.has(scaler.kind, place[1], scaler.name):
                    continue
                if deployment.known.is_known(place):
                    yield _defect(scaler, deployment)


def _defect(scaler: Autoscaler, deployment: Deployment) -> Defect:
    place = place_of(scaler.manifest)
    there = [item for item in deployment.wiring.workloads if item.place == place]
    there = [item for item in there if not item.is_brief and not item.manifest.hook]
    near = _near(scaler.name, [item.manifest.name for item in there])
    other = next((item for item in there if item.manifest.name == near), None)
    return Defect(
        ManifestPlace(scaler.manifest, scaler.name_route),
        f"there is no {scaler.kind} {scaler.name} in namespace {place[1]} to scale",
        f"did you mean {other.label}?" if other else declare(scaler.kind, place[1], scaler.name),
        severity=None if other else Severity.INFO,
        related=((ManifestPlace(other.manifest, ("metadata", "name")), "near"),) if other else (),
    )


def _near(name: str, names: list[str]) -> str | None:
    """The one of `names` that is meant: a slip of it, or with the release's name around it."""
    around = [item for item in names if name.endswith(f"-{item}") or item.endswith(f"-{name}")]
    around += [item for item in names if name.startswith(f"{item}-") or item.startswith(f"{name}-")]
    return near_name(name, names) or (around[0] if around else None)
