"""A ConfigMap that nothing makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class MissingConfigMap(Rule):
    """A pod needs a ConfigMap that nothing in the tree makes.

    ## What it does
    Looks for the ConfigMaps of `env`, `envFrom` and volumes in the pod's own namespace, over all
    releases. It is an error where the tree was to make it: another one has nearly that name, it
    is in another namespace, or it is named after a workload whose release makes others. Else
    somebody may make it by hand, and it is an info. What is `optional` and what clusters make by
    themselves is left out, as are namespaces of which not everything is in the tree.

    ## Why is this bad?
    The container stays in CreateContainerConfigError, or the pod in ContainerCreating.

    ## Example
    ```yaml
    # the tree makes the ConfigMap `web-config`
    envFrom:
      - configMapRef: {name: web-conf}
    ```

    ## Use instead
    ```yaml
    envFrom:
      - configMapRef: {name: web-config}
    ```
    """

    id = "missing-config-map"
    severity = Severity.ERROR
    summary = "A pod needs a ConfigMap that nothing in the tree makes"
    asks_external = ("ConfigMap",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every ConfigMap that is not there, once a workload."""
        seen: set[tuple[int, str]] = set()
        for reference in deployment.absences.references:
            spot = (id(reference.workload), reference.name)
            if reference.kind != "ConfigMap" or reference.optional or spot in seen:
                continue
            seen.add(spot)
            absence = deployment.absences.of(reference)
            if absence is not None:
                yield Defect(
                    ManifestPlace(reference.workload.manifest, reference.route),
                    f"there is no ConfigMap {reference.name} in namespace {reference.place[1]}",
                    absence.help,
                    severity=None if absence.certain else Severity.INFO,
                )
