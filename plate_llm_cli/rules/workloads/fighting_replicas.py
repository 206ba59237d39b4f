"""Two that set the number of pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_fields import at
from plate_llm_cli.graph.sync_exceptions import is_left_alone, leaves_replicas
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment

_ROUTE = ("spec", "replicas")


class FightingReplicas(Rule):
    """A workload sets `replicas` though an autoscaler does so as well.

    ## What it does
    Looks for the workload of each HorizontalPodAutoscaler and ScaledObject, over all releases, and
    whether it has `spec.replicas`. It is right where `ignoreDifferences` of the Application, or of
    all in `argocd-cm`, names the field, where 0 switches the workload off, and where the autoscaler
    leaves no other number.

    ## Why is this bad?
    Each sync puts the number back, in the middle of the load that the autoscaler had scaled for:
    pods are ended, and started again half a minute later. Self-healing does it all the time.

    ## Example
    ```yaml
    kind: Deployment
    spec:
      replicas: 2      # an HPA keeps 2 to 10
    ```

    ## Use instead
    ```yaml
    spec:
      {{- if not .Values.autoscaling.enabled }}
      replicas: {{ .Values.replicaCount }}
      {{- end }}
    ```
    """

    id = "fighting-replicas"
    severity = Severity.WARNING
    summary = "A workload sets `replicas` though an autoscaler does so as well"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every workload that is scaled and has a number of its own."""
        if leaves_replicas(deployment.tree.files.values()):
            return
        for scaler in deployment.wiring.autoscalers:
            if scaler.workload is None:
                continue
            manifest = scaler.workload.manifest
            replicas = at(manifest.plain, *_ROUTE)
            if not replicas or scaler.fewest == scaler.most == replicas:
                continue
            if is_left_alone(manifest, *_ROUTE):
                continue
            yield Defect(
                ManifestPlace(manifest, _ROUTE),
                f"{scaler.workload.label} sets replicas to {replicas}, and "
                f"{scaler.manifest.kind} {scaler.manifest.name} scales it: each sync resets it",
                "leave replicas out, or let ignoreDifferences of the Application name "
                "/spec/replicas, with the sync option RespectIgnoreDifferences=true",
                related=((ManifestPlace(scaler.manifest, scaler.name_route), "scales it"),),
            )
