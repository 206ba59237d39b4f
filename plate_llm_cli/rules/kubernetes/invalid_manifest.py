"""An object that the API server would refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.schemas.violations import ViolationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.schemas.violations import Violation
    from plate_llm_cli.source.nodes import Route

_KEYS = ("unknown-field", "misplaced-field")


_SEVERAL = 3
"""Unknown fields of one mapping from which on it is the mapping that is in the wrong place."""


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
            for violation in _together(result.violations):
                kind = violation.kind.value
                if kind == "shadowed-item":
                    continue
                absent = kind == "missing-field" and violation.suggestion is not None  # else null
                key = kind in _KEYS
                place = ManifestPlace(manifest, violation.route, absent=absent, key=key)
                # An operator newer than our model of its kinds may know the field.
                unsure = kind == "unknown-field" and result.source == "model"
                severity = Severity.WARNING if unsure and not violation.suggestion else None
                yield Defect(place, violation.message, violation.help, severity=severity)


def _together(violations: tuple[Violation, ...]) -> Iterator[Violation]:
    """The violations; several unknown fields of one mapping, badly indented, are one."""
    strays: dict[Route, list[Violation]] = {}
    for violation in violations:
        unknown = violation.kind is ViolationKind.UNKNOWN_FIELD and violation.suggestion is None
        if unknown or violation.kind is ViolationKind.MISPLACED_FIELD:
            strays.setdefault(violation.route[:-1], []).append(violation)
    for violation in violations:
        others = strays.get(violation.route[:-1], [])
        if violation not in others or len(others) < _SEVERAL:
            yield violation
        elif violation is others[0]:
            names = ", ".join(f'"{item.route[-1]}"' for item in others[:_SEVERAL])
            more = f" and {len(others) - _SEVERAL} more" if len(others) > _SEVERAL else ""
            advice = "look at how deep they are indented: nothing of it belongs there"
            yield replace(violation, message=f"unknown fields {names}{more}", help=advice)
