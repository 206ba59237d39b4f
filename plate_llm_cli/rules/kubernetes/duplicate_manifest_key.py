"""A key that a template renders twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, RenderedPlace, Rule
from plate_llm_cli.source.nodes import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


class DuplicateManifestKey(Rule):
    """A rendered object has the same key twice in one mapping.

    ## What it does
    Reads what the templates printed as it stands, before duplicates are lost.

    ## Why is this bad?
    Helm and ArgoCD keep the last one and drop the first without a word. Often it is a whole block,
    such as `annotations`, that goes missing.

    ## Example
    ```yaml
    metadata:
      annotations: {{- toYaml .Values.annotations | nindent 4 }}
      annotations:
        checksum/config: abc
    ```

    ## Use instead
    ```yaml
    metadata:
      annotations:
        checksum/config: abc
        {{- with .Values.annotations }}{{ toYaml . | nindent 4 }}{{ end }}
    ```
    """

    id = "duplicate-manifest-key"
    severity = Severity.ERROR
    summary = "A template renders the same key twice; only the last one counts"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every duplicate in every rendered text."""
        seen: set[int] = set()
        for manifest in deployment.manifests:
            if manifest.chart is None or id(manifest.file) in seen:
                continue
            seen.add(id(manifest.file))
            for problem in manifest.file.problems:
                if problem.kind is ProblemKind.DUPLICATE_KEY:
                    place = RenderedPlace(manifest.chart, manifest.file, problem.span)
                    yield Defect(place, problem.message, releases=(manifest.release.name,))
