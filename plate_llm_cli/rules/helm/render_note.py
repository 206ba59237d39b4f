"""What Helm warns of while it renders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.helm.engine import Rendering
from plate_llm_cli.rules.base import Defect, FilePlace, Place, Rule, TemplatePlace, ValuePlace
from plate_llm_cli.source.nodes import format_route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import RenderedChart

_HARMLESS = ("found symbolic link in path",)
"""A link inside the root is as good as the file; one that leaves it never gets so far."""
_SCALAR = re.compile(r"^cannot overwrite table with non table for (?P<route>\S+)")
_MAP = re.compile(r"^(?:destination for|skipped value for) (?P<route>[^\s:]+)")
_SWITCHED_OFF = re.compile(r"^dependency (?P<name>\S+) is switched off")
_OTHER_VERSION = re.compile(r"^charts/ has (?P<name>\S+) .*, Chart\.yaml asks for ")


class RenderNote(Rule):
    """Helm renders the chart, with a warning.

    ## What it does
    Passes on the warnings that `helm template` prints on stderr, which ArgoCD never shows, such as
    a value that replaces a map by something else. What is harmless is an info: a map where the
    chart's default is none, a dependency that is switched off and not at hand.

    ## Why is this bad?
    The values that were set are not the values that count.

    ## Example
    ```yaml
    resources: none        # the chart's default is a map
    ```

    ## Use instead
    ```yaml
    resources: null
    ```
    """

    id = "render-note"
    severity = Severity.WARNING
    summary = "Helm rendered the chart and warned about it"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every warning of every render."""
        for chart in deployment.charts:
            if isinstance(chart.outcome, Rendering):
                for note in chart.outcome.notes:
                    if not note.startswith(_HARMLESS):
                        yield _defect(chart, note)


def _defect(chart: RenderedChart, note: str) -> Defect:
    """At the value or the dependency that the note speaks of, in words that say what counts."""
    if match := _SCALAR.search(note):
        route = tuple(match["route"].split("."))[1:]
        message = f"{format_route(route)} is a map in the chart's values, and none here: Helm warns"
        return Defect(ValuePlace(chart, route), message, "this value replaces the whole map")
    if match := _MAP.search(note):
        route = tuple(match["route"].split("."))[1:]
        message = f"{format_route(route)} is no map in the chart's values, and one here: Helm warns"
        help_text = "this map counts; it is right where the chart's default only means 'nothing'"
        return Defect(ValuePlace(chart, route), message, help_text, severity=Severity.INFO)
    if match := _SWITCHED_OFF.search(note):
        place, releases = _entry(chart, match["name"]), (chart.release.name,)
        return Defect(place, note, releases=releases, severity=Severity.INFO)
    if match := _OTHER_VERSION.search(note):
        return Defect(_entry(chart, match["name"]), note, releases=(chart.release.name,))
    unsure = note.startswith("values.schema.json refers")
    return Defect(TemplatePlace(chart), note, severity=Severity.INFO if unsure else None)


def _entry(chart: RenderedChart, name: str) -> Place:
    found = chart.subcharts.entry(name)
    return FilePlace(*found) if found else TemplatePlace(chart)
