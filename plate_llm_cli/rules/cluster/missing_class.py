"""Classes that the cluster lacks."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class MissingClass(ReportedLive):
    """An object relies on a class that the cluster does not have.

    ## What it does
    `plate-llm validate --live ENV` looks for the IngressClass of every Ingress, the StorageClass of
    every volume claim, and the PriorityClass and RuntimeClass of pods; where an Ingress or a claim
    names none, for a default one.

    ## Why is this bad?
    No controller takes the Ingress, no volume is made for the claim, no pod is made.

    ## Example
    ```yaml
    spec:
      ingressClassName: ngnix
    ```

    ## Use instead
    ```yaml
    spec:
      ingressClassName: nginx
    ```
    """

    id = "missing-class"
    severity = Severity.ERROR
    summary = "A class of ingress, storage, priority or runtime is not there"
