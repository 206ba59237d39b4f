"""Drawings for the reports of graphs: one with everything in it, and names made to break out."""

from __future__ import annotations

from plate_llm_cli.findings import Finding, Location, Severity
from plate_llm_cli.graph.drawing.model import (
    Column,
    Drawing,
    Edge,
    Elsewhere,
    Node,
    State,
    Trouble,
)

HOSTILE = (
    "\"]; x --> y\n%%{init: {'theme': 'dark'}}%% <script>alert(1)</script> `**b**` \\N & ##[x]"
)

_HOST = ("Host", "", "web.example.com")
_INGRESS = ("Ingress", "web", "web")
_SERVICE = ("Service", "web", "wbe")
_SECRET = ("Secret", "web", "web-tls")
_CHART = ("Chart", "", "charts/web")
_APPLICATION = ("Application", "argocd", "web")


def small() -> Drawing:
    """An Ingress whose Service is missing, and whose Secret another release makes."""
    broken = (_INGRESS, _SERVICE)
    finding = Finding(
        "unknown-service",
        Severity.ERROR,
        "there is no Service wbe",
        "did you mean web?",
        Location("charts/web/values.yaml", 7, 3, 7, 9),
        ("web",),
    )
    return Drawing(
        "web",
        (
            Node(_HOST, Column.HOST),
            Node(_INGRESS, Column.INGRESS, "web", ("class nginx",)),
            Node(_SERVICE, Column.SERVICE, missing=True, state=State.BROKEN),
            Node(_SECRET, Column.USED, "certs", state=State.DOUBTFUL),
            Node(_APPLICATION, Column.APPLICATION, "web"),
            Node(_CHART, Column.CHART, path="charts/web"),
        ),
        (
            Edge(_APPLICATION, _CHART, ("renders",)),
            Edge(_HOST, _INGRESS),
            Edge(*broken, ("/:80",), state=State.BROKEN),
            Edge(_INGRESS, _SECRET, ("TLS",), state=State.DOUBTFUL),
        ),
        (Trouble(finding, (), (broken,)),),
        (Elsewhere(_SECRET, _INGRESS, Location("charts/web/values.yaml", 9, 1, 9, 2)),),
        2,
    )


def hostile() -> Drawing:
    """Every text is made to end what it stands in."""
    first, second = ("Pod", HOSTILE, HOSTILE), ("Secret", HOSTILE, HOSTILE)
    place = Location(HOSTILE, 1, 1, 1, 2)
    finding = Finding("some-rule", Severity.ERROR, HOSTILE, HOSTILE, place, (HOSTILE,))
    return Drawing(
        HOSTILE,
        (
            Node(first, Column.WORKLOAD, HOSTILE, (HOSTILE,)),
            Node(second, Column.USED, "", (HOSTILE,), missing=True),
        ),
        (Edge(first, second, (HOSTILE,), state=State.BROKEN),),
        (Trouble(finding, (first,), ((first, second),)),),
        (Elsewhere(second, first, place),),
    )
