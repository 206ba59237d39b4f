"""Pods that are too large, or too many."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class ExceededQuota(ReportedLive):
    """What pods ask for is more than their namespace allows.

    ## What it does
    `plate-llm validate --live ENV` adds up what the pods of the environment ask for, those of a
    roll-out included, and compares it with what ResourceQuotas leave and LimitRanges allow. What
    runs already is not counted twice. Quotas with scopes are not counted.

    ## Why is this bad?
    The Deployment is accepted, and its pods are not made: the roll-out stands still.

    ## Example
    ```yaml
    replicaCount: 4
    resources:
      requests:
        memory: 2Gi    # and 4Gi are left
    ```

    ## Use instead
    ```yaml
    replicaCount: 2
    resources:
      requests:
        memory: 1Gi
    ```
    """

    id = "exceeded-quota"
    severity = Severity.ERROR
    summary = "Pods do not fit into the quota or the limits of their namespace"
