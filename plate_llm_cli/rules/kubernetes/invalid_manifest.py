"""An object that the API server would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment

_KEYS = ("unknown-field", "misplaced-field")


class InvalidManifest(Rule):
    """A rendered object does not fit the schema of its kind.

    ## What it does
    Checks every object against the schema of the chosen Kubernetes version, custom resources
    against CRDs found in the tree, given with `--crds`, or known to plate-llm: unknown and
    misplaced fields, wrong types, missing fields, names that are not allowed, items listed twice.

    ## Why is this bad?
    The API server refuses the object, or drops the field without a word: then the setting that
    somebody relied on is not there.

    ## Example
    ```yaml
    env:
      - name: LLM_MAX_TOKENS
        value: 1024        # a number; the API wants a string
    ```

    ## Use instead
    ```yaml
    env:
      - name: LLM_MAX_TOKENS
        value: "1024"
    ```
    """

    id = "invalid-manifest"
    severity = Severity.ERROR
    summary = "An object is not what the Kubernetes API accepts"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every violation of every object."""
        for manifest, result in deployment.schema_checks:
            if manifest.chart is not None and not manifest.chart.part.complete:
                continue  # without a value file it is not what would be deployed
            for violation in result.violations:
                kind = violation.kind.value
                if kind == "shadowed-item":
                    continue
                absent, key = kind == "missing-field", kind in _KEYS
                place = ManifestPlace(manifest, violation.route, absent=absent, key=key)
                # An operator newer than our model of its kinds may know the field.
                unsure = kind == "unknown-field" and result.source == "model"
                severity = Severity.WARNING if unsure and not violation.suggestion else None
                yield Defect(place, violation.message, violation.help, severity=severity)
