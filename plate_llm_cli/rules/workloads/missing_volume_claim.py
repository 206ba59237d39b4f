"""A PersistentVolumeClaim that nothing makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class MissingVolumeClaim(Rule):
    """A pod mounts a PersistentVolumeClaim that nothing in the tree makes.

    ## What it does
    Looks for the claims of volumes in the pod's own namespace, over all releases, those that
    StatefulSets make included. It is an error where the tree was to make it: another one has nearly
    that name, it is in another namespace, or it is named after a workload whose release makes
    others. Else somebody may make it by hand, and it is an info. Namespaces of which not everything
    is in the tree are left out.

    ## Why is this bad?
    The pod stays Pending: it is not scheduled before its claim is there.

    ## Example
    ```yaml
    # the tree makes the claim `web-data`
    volumes:
      - name: data
        persistentVolumeClaim: {claimName: web-date}
    ```

    ## Use instead
    ```yaml
    volumes:
      - name: data
        persistentVolumeClaim: {claimName: web-data}
    ```
    """

    id = "missing-volume-claim"
    severity = Severity.ERROR
    summary = "A pod mounts a PersistentVolumeClaim that nothing in the tree makes"
    asks_external = ("PersistentVolumeClaim",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every claim that is not there."""
        for reference in deployment.absences.references:
            if reference.kind != "PersistentVolumeClaim":
                continue
            absence = deployment.absences.of(reference)
            if absence is not None:
                claim = f"there is no PersistentVolumeClaim {reference.name}"
                yield Defect(
                    ManifestPlace(reference.workload.manifest, reference.route),
                    f"{claim} in namespace {reference.place[1]}",
                    absence.help,
                    severity=None if absence.certain else Severity.INFO,
                )
