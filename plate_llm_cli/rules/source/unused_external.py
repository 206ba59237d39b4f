"""A declaration that nothing needs."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import ReportedElsewhere


class UnusedExternal(ReportedElsewhere):
    """The setting `external` declares something that nothing in the tree misses.

    ## What it does
    `external` declares once what is made outside the tree, and rules that say that something is
    missing are silent about it. An entry is `Kind/namespace/name`, or `Kind/name` for a Namespace
    or a ClusterIssuer; `*` stands for any letters. A Pod goes by the name of the Service or the
    PodDisruptionBudget that selects it. When all these rules have looked at all releases, the
    entries that none of them needed are named.

    ## Why is this bad?
    The tree makes the object by now, nothing reads it any more, or the entry has a slip. Left
    alone, it would hide the next absence.

    ## Example
    ```toml
    [tool.plate-llm]
    external = ["Secret/plate-stg/registry-login"]   # an ExternalSecret makes it by now
    ```

    ## Use instead
    ```toml
    [tool.plate-llm]
    external = []
    ```
    """

    id = "unused-external"
    severity = Severity.WARNING
    summary = "The setting `external` declares what nothing misses"
