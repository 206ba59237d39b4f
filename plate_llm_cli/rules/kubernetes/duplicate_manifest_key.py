"""A key that a template renders twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.boundaries import lost_boundaries
from plate_llm_cli.rules.base import Defect, RenderedPlace, Rule
from plate_llm_cli.source.nodes import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment


_LOST = "another object begins here, and no line `---` is before it: the one before is lost"
_BOUNDARY = "put `---` on a line of its own; `-}}` before it takes the end of the line away"


class DuplicateManifestKey(Rule):
    """A rendered object has the same key twice in one mapping.

    ## What it does
    Reads what the templates printed as it stands, before duplicates are lost. Where a second
    `apiVersion` and a second `kind` say that the line `---` between two objects is missing, that is
    the one finding.

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
            lost = lost_boundaries(manifest.file)
            for problem in lost or manifest.file.problems:
                if problem.kind is ProblemKind.DUPLICATE_KEY:
                    place = RenderedPlace(manifest.chart, manifest.file, problem.span)
                    message, advice = (_LOST, _BOUNDARY) if lost else (problem.message, "")
                    yield Defect(place, message, advice, releases=(manifest.release.name,))
