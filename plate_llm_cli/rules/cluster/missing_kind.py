"""Kinds that the cluster lacks."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class MissingKind(ReportedLive):
    """The cluster does not know a kind of the release.

    ## What it does
    `plate-llm validate --live ENV` asks the cluster for every kind and version that the environment
    applies, and for the APIs that its autoscalers read metrics from. A kind whose CRD the tree
    itself brings is not reported.

    ## Why is this bad?
    The sync fails: ArgoCD cannot apply what the API server does not know. An autoscaler without
    metrics leaves the number of pods as it is.

    ## Example
    ```yaml
    apiVersion: monitoring.coreos.com/v1
    kind: ServiceMonitor    # and the Prometheus Operator is not installed
    ```

    ## Use instead
    Install what brings the CRD, or switch the object off:

    ```yaml
    metrics:
      serviceMonitor:
        enabled: false
    ```
    """

    id = "missing-kind"
    severity = Severity.ERROR
    summary = "The cluster does not know a kind, or not in this version"
