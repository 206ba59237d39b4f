"""A ServiceAccount that nothing makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class MissingServiceAccount(Rule):
    """A pod runs as a ServiceAccount that nothing in the tree makes.

    ## What it does
    Looks for the account in the pod's own namespace, over all releases. It is an error where the
    tree was to make it: another one has nearly that name, it is in another namespace, the release
    makes one that no pod runs as, or it is named after a workload whose release makes others. Else
    somebody may make it, as `eksctl` does, and it is an info. Namespaces of which not everything is
    in the tree are left out.

    ## Why is this bad?
    No pod is made: the API server refuses one whose account is not there, and only the events of
    the ReplicaSet say so.

    ## Example
    ```yaml
    kind: ServiceAccount
    metadata: {name: web}
    ---
    kind: Deployment
    spec:
      template:
        spec:
          serviceAccountName: web-sa
    ```

    ## Use instead
    ```yaml
          serviceAccountName: web
    ```
    """

    id = "missing-service-account"
    severity = Severity.ERROR
    summary = "A pod runs as a ServiceAccount that nothing in the tree makes"
    asks_external = ("ServiceAccount",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every account that is not there."""
        for reference in deployment.absences.references:
            if reference.kind != "ServiceAccount":
                continue
            absence = deployment.absences.of(reference)
            if absence is not None:
                namespace = reference.place[1]
                yield Defect(
                    ManifestPlace(reference.workload.manifest, reference.route),
                    f"there is no ServiceAccount {reference.name} in namespace {namespace}",
                    absence.help,
                    severity=None if absence.certain else Severity.INFO,
                )
