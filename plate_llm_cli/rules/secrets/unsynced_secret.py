"""What External Secrets does not get into the cluster."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class UnsyncedSecret(ReportedLive):
    """External Secrets does not bring what OpenBao holds into the cluster.

    ## What it does
    `plate-llm secrets check ENV --live` reads the condition Ready of every ExternalSecret of the
    environment, those of a ClusterExternalSecret included, and of the stores that they read from.
    One that is not there, not ready or overdue is reported with the operator's reason and the
    likely cause.

    ## Why is this bad?
    There is no Secret, and the pods stay in CreateContainerConfigError; or there is one with the
    values of before, which nobody notices until they stop working.

    ## Example
    ```console
    $ kubectl -n plate-stg get externalsecrets
    NAME              STORE     REFRESH INTERVAL   STATUS              READY
    app-env-secrets   openbao   1h                 SecretSyncedError   False
    ```

    ## Use instead
    What the reason asks for, most often one of these:
    ```console
    $ plate-llm secrets seed stg
    $ plate-llm secrets policy stg --apply
    $ plate-llm secrets access stg --apply
    ```
    """

    id = "unsynced-secret"
    severity = Severity.ERROR
    summary = "An ExternalSecret or its store is not ready in the cluster"
