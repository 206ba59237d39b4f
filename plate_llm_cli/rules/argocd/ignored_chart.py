"""A chart that ArgoCD does not take for one."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class IgnoredChart(ReleaseProblemRule):
    """A source with `directory` points at a Helm chart.

    ## What it does
    Finds sources that set `directory` and whose folder has a Chart.yaml.

    ## Why is this bad?
    `directory` says outright that plain manifests lie there: ArgoCD does not call Helm. Of a chart
    it finds nothing to apply, or with `recurse` templates that are no YAML.

    ## Example
    ```yaml
    source:
      path: charts/plate-llm
      directory:
        recurse: true
    ```

    ## Use instead
    ```yaml
    source:
      path: charts/plate-llm
    ```
    """

    id = "ignored-chart"
    severity = Severity.WARNING
    summary = "A chart is not rendered, because the source says that it is a folder of manifests"
    kinds = (ProblemKind.IGNORED_CHART,)
