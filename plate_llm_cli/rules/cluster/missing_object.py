"""What pods refer to and do not find."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class MissingObject(ReportedLive):
    """A pod refers to an object that is not there.

    ## What it does
    `plate-llm validate --live ENV` looks for the ConfigMaps, Secrets, volume claims and service
    accounts that pods refer to and that nothing in the tree makes, and for their keys, by name
    alone. A Secret that an ExternalSecret makes at the next sync is a note only, unless that
    ExternalSecret fails.

    ## Why is this bad?
    The pod waits in CreateContainerConfigError or ContainerCreating, or is never made.

    ## Example
    ```yaml
    env:
      - name: OPENAI_API_KEY
        valueFrom:
          secretKeyRef:
            name: cluster-env-secret    # the namespace has cluster-env-secrets
            key: OPENAI_API_KEY
    ```

    ## Use instead
    ```yaml
    env:
      - name: OPENAI_API_KEY
        valueFrom:
          secretKeyRef:
            name: cluster-env-secrets
            key: OPENAI_API_KEY
    ```
    """

    id = "missing-object"
    severity = Severity.ERROR
    summary = "Something that a pod refers to is not in its namespace"
