"""A source that is built by something other than Helm."""

from __future__ import annotations

from plate_llm_cli.findings import Severity
from plate_llm_cli.gitops.releases import ProblemKind
from plate_llm_cli.rules.base import ReleaseProblemRule


class UnsupportedSource(ReleaseProblemRule):
    """Kustomize or a config management plugin builds a source.

    ## What it does
    Names the sources that are neither a Helm chart nor plain manifests.

    ## Why is this bad?
    It is not bad. But nothing is proved about what such a source renders.

    ## Example
    ```yaml
    source:
      path: overlays/staging   # holds a kustomization.yaml
    ```

    ## Use instead
    ```yaml
    source:
      path: charts/plate-llm
    ```
    """

    id = "unsupported-source"
    severity = Severity.INFO
    summary = "A source is built by a tool that is not run here, so it is not checked"
    kinds = (ProblemKind.UNSUPPORTED_SOURCE,)
