"""A source that cannot be rendered because it is elsewhere."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class RemoteSource(ReleaseProblemRule):
    """A chart, path or value file comes from another repository.

    ## What it does
    Names the sources that are not in this tree. They are not fetched: what is checked must not
    depend on a network.

    ## Why is this bad?
    It is not bad. But nothing is proved about what is not here, and a reviewer should know.

    ## Example
    ```yaml
    source:
      repoURL: https://charts.example.com
      chart: redis
      targetRevision: 20.1.0
    ```

    ## Use instead
    ```yaml
    # Vendor the chart to have it checked, or ignore the finding on its line:
    source:
      repoURL: https://charts.example.com   # plate-llm: ignore[remote-source] reviewed upstream
    ```
    """

    id = "remote-source"
    severity = Severity.INFO
    summary = "A source of an Application is not in this tree, so it is not checked"
    kinds = (
        ProblemKind.REMOTE_SOURCE,
        ProblemKind.REMOTE_VALUE_FILE,
    )
