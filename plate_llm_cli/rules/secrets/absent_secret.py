"""What OpenBao does not have."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class AbsentSecret(ReportedLive):
    """OpenBao has no such path or key, and the deployment needs it.

    ## What it does
    `plate-llm secrets check ENV --live` reads every path of the environment and compares
    the names of its keys with the secrets spec. No value is shown.

    ## Why is this bad?
    The ExternalSecret stays SecretSyncedError and makes no Secret, or one that lacks a key: the pod
    does not start.

    ## Example
    ```console
    $ bao kv list secret/server
    cluster
    ```

    ## Use instead
    ```console
    $ plate-llm secrets seed stg
    ```
    """

    id = "absent-secret"
    severity = Severity.ERROR
    summary = "A path or key that the deployment needs is not in OpenBao"
