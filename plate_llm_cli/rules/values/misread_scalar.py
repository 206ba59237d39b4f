"""A value that Helm reads otherwise than a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.traps import Trap, TrapKind, traps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import ValuesLayer
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart

_SWITCHES = ("enabled", "disabled", "enable", "disable", "create", "install", "debug")
_VERSIONS = ("tag", "version", "revision", "release", "branch")


class MisreadScalar(Rule):
    """A plain scalar in values is not what it looks like.

    ## What it does
    Finds unquoted values that YAML turns into something else: `no` and `on` into booleans, `012`
    into ten, `1e3` into a thousand, `1.10` into `1.1`, long numbers into `1e+06` when a template
    prints them, and keys that become other names. A `yes` where the chart has a boolean is fine.

    ## Why is this bad?
    The template gets another value than the one that stands in the file: an image tag `1.10`
    pulls `1.1`, the country `NO` becomes `false`.

    ## Example
    ```yaml
    image:
      tag: 1.10
    ```

    ## Use instead
    ```yaml
    image:
      tag: "1.10"
    ```
    """

    id = "misread-scalar"
    severity = Severity.WARNING
    summary = "A value without quotes is read as something else than it looks like"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such scalar in the values of every release."""
        for chart in deployment.charts:
            for layer in chart.part.layers:
                for trap in _traps(layer):
                    if layer.file is not None and _matters(trap, layer, chart):
                        place = FilePlace(layer.file, trap.span)
                        yield Defect(place, trap.message, trap.help, (chart.release.name,))


def _traps(layer: ValuesLayer) -> Iterator[Trap]:
    """The traps inside the values of `layer`, which may be a part of its file."""
    if layer.file is None or layer.node is None or layer.argument is not None:
        return
    whole = layer.node.span
    for trap in traps(layer.file):
        span = trap.span
        start, end = (whole.line, whole.column), (whole.end_line, whole.end_column)
        if start <= (span.line, span.column) <= end:
            yield trap


def _matters(trap: Trap, layer: ValuesLayer, chart: RenderedChart) -> bool:
    """Whether the other reading can do harm, as far as the chart tells."""
    name = str(trap.route[-1]).lower() if trap.route else ""
    default = chart.default_at(layer.route_inside(trap.route))
    if trap.kind is TrapKind.NULL:
        return False
    if trap.kind is TrapKind.BOOLEAN and not trap.is_key:
        return not (isinstance(default, bool) and not layer.is_default) and not (
            name.endswith(_SWITCHES)
        )
    if trap.kind is TrapKind.ZEROS:
        if isinstance(default, int | float) and not layer.is_default:
            return False
        return name.endswith(_VERSIONS) or not trap.text.endswith(".0")
    if trap.kind is TrapKind.PRINTED:
        return any(trap.printed in manifest.file.text for manifest in chart.manifests)
    return True
