"""What could not be checked."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class UncheckedLive(ReportedLive):
    """The cluster could not be asked about something.

    ## What it does
    Names what `plate-llm validate --live ENV` has to leave out: objects that whoever asks may not
    read or apply, objects of namespaces or kinds that come with the first sync, objects that get a
    new name with each sync.

    ## Why is this bad?
    It is not. But no finding there is no proof either.

    ## Example
    ```console
    $ kubectl auth can-i get secrets -n plate-stg
    no
    ```

    ## Use instead
    ```console
    $ kubectl auth can-i get secrets -n plate-stg
    yes
    ```
    """

    id = "unchecked-live"
    severity = Severity.INFO
    summary = "Something could not be asked of the cluster"
