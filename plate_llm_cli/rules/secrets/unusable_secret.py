"""Values that cannot be right."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedLive


class UnusableSecret(ReportedLive):
    """A value in OpenBao is empty, a placeholder, too short or of another form.

    ## What it does
    `plate-llm secrets check ENV --live` reads every path of the environment and holds
    each value against the form in the secrets spec. The finding names the key and what is wrong
    with it, never the value or its length.

    ## Why is this bad?
    Everything syncs and starts, and the first request fails: `CHANGE_ME` is no API key, and tokens
    that are signed with a short secret can be forged.

    ## Example
    ```console
    $ bao kv put -mount=secret server/staging JWT_SECRET=CHANGE_ME
    ```

    ## Use instead
    ```console
    $ plate-llm secrets seed stg --overwrite server/staging#JWT_SECRET
    ```
    """

    id = "unusable-secret"
    severity = Severity.ERROR
    summary = (
        "A value in OpenBao is empty, a placeholder, or not of the form that the spec asks for"
    )
