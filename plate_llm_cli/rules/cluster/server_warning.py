"""What the API server takes with a warning."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class ServerWarning(ReportedLive):
    """The API server accepts an object of the release and warns of it.

    ## What it does
    Reports the warnings that come with the dry run of `plate-llm validate --live ENV`: API versions
    and fields that are deprecated, pods that a namespace's pod security level would not let in.

    ## Why is this bad?
    Deprecated versions go with an upgrade of the cluster. A Deployment whose pods are not let in is
    accepted, and has no pods.

    ## Example
    ```yaml
    metadata:
      annotations:
        kubernetes.io/ingress.class: nginx
    ```

    ## Use instead
    ```yaml
    spec:
      ingressClassName: nginx
    ```
    """

    id = "server-warning"
    severity = Severity.WARNING
    summary = "The API server warns of an object"
