"""A workload that would not find its own pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import at, mapping
from plate_llm_cli.graph.workloads import matches
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.workloads import Workload

_ROUTE: Final = ("spec", "selector")
_PODS: Final = ("spec", "template", "metadata")
_KINDS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout"})


class UnmatchedSelector(Rule):
    """The selector of a workload does not match the labels of its own pods.

    ## What it does
    Compares `spec.selector` of Deployments, StatefulSets, DaemonSets, ReplicaSets and Rollouts with
    the labels under `spec.template.metadata`.

    ## Why is this bad?
    The API server refuses the object (`selector does not match template labels`), and the sync
    fails. The selector cannot be changed later: the labels have to follow it.

    ## Example
    ```yaml
    kind: Deployment
    spec:
      selector:
        matchLabels: {app: web}
      template:
        metadata:
          labels: {app: website}
    ```

    ## Use instead
    ```yaml
      template:
        metadata:
          labels: {app: web}
    ```
    """

    id = "unmatched-selector"
    severity = Severity.ERROR
    summary = "The selector of a workload does not match the labels of its own pods"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every workload that the API server refuses for its selector."""
        misspelt = {
            id(manifest)
            for manifest, result in deployment.schema_checks
            if any(item.route[: len(_PODS)] == _PODS for item in result.violations)
        }
        for workload in deployment.wiring.workloads:
            manifest = workload.manifest
            if id(manifest) in misspelt:
                continue  # `invalid-manifest` says what is wrong with the labels
            selector = at(manifest.plain, *_ROUTE)
            if manifest.kind not in _KINDS or not isinstance(selector, dict):
                continue
            wanted = mapping(selector.get("matchLabels"))
            values = (*wanted.values(), *_written(workload))
            sound = all(isinstance(value, str) for value in values)
            if sound and not matches(selector, workload.labels):
                yield _defect(workload, wanted)


def _written(workload: Workload) -> tuple[object, ...]:
    """The values of the pods' labels, also those that are no texts, as the schema check says."""
    labels = at(workload.manifest.plain, "spec", "template", "metadata", "labels")
    return tuple(mapping(labels).values())


def _defect(workload: Workload, wanted: dict[str, object]) -> Defect:
    labels = workload.labels
    differing = [name for name, value in wanted.items() if labels.get(name) != value]
    route = (*_ROUTE, "matchLabels", differing[0]) if differing else (*_ROUTE, "matchExpressions")
    asked = ", ".join(f"{name}={wanted[name]}" for name in differing)
    has = ", ".join(f"{name}={labels[name]}" for name in differing if name in labels)
    pods = ManifestPlace(workload.manifest, (*workload.base[:-1], "metadata"))
    message = f"{workload.label} selects pods with {asked}, and its own have {has or 'none of it'}"
    if not differing:
        message = f"the matchExpressions of {workload.label} do not hold for its own pods"
    return Defect(
        ManifestPlace(workload.manifest, route),
        message,
        "let the labels under template.metadata be the same: a selector cannot be changed later",
        related=((pods, "its pods"),),
    )
