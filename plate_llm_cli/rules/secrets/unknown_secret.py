"""What OpenBao has and nobody described."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class UnknownSecret(ReportedLive):
    """OpenBao has a key that the secrets spec does not know.

    ## What it does
    `plate-llm secrets check ENV --live` reads every path of the environment and looks
    for keys that the secrets spec does not name.

    ## Why is this bad?
    An ExternalSecret that extracts the path gives it to every pod that reads the Secret, and nobody
    knows who rotates it.

    ## Example
    ```console
    $ bao kv patch -mount=secret server/staging OLD_KEY=...
    ```

    ## Use instead
    ```console
    $ plate-llm secrets seed stg --prune --dry-run
    ```
    """

    id = "unknown-secret"
    severity = Severity.INFO
    summary = "A key in OpenBao is not in the secrets spec"
