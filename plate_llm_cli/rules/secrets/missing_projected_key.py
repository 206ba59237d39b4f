"""What pods read of Secrets in the cluster, and do not find."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class MissingProjectedKey(ReportedLive):
    """A Secret in the cluster lacks a key that a pod reads, or is not there.

    ## What it does
    `plate-llm secrets check ENV --live` compares the names of the keys of each Secret in the
    namespace with those that the pods read. A Secret that was made before OpenBao's values were
    written is a warning. No value is looked at.

    ## Why is this bad?
    The pod stays in CreateContainerConfigError, or runs with a value that is replaced already.

    ## Example
    ```yaml
    env:
      - name: OPENAI_API_KEY
        valueFrom: {secretKeyRef: {name: cluster-env-secrets, key: OPENAI_API_KEY}}
    # kubectl get secret cluster-env-secrets: no OPENAI_API_KEY among its keys
    ```

    ## Use instead
    ```console
    $ plate-llm secrets plan stg
    $ plate-llm status stg
    ```
    """

    id = "missing-projected-key"
    severity = Severity.ERROR
    summary = "A Secret in the cluster lacks a key that a pod reads"
