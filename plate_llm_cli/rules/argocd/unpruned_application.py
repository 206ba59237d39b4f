"""An Application that is synced less thoroughly than those beside it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import find, nearest
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Route

_AUTOMATED: Route = ("spec", "syncPolicy", "automated")
_POLICY: Route = ("spec", "syncPolicy")
_SWITCHES = ("prune", "selfHeal")
_FINALIZERS: Route = ("metadata", "finalizers")


class UnprunedApplication(Rule):
    """An Application lacks `prune`, `selfHeal` or the finalizer, which its siblings have.

    ## What it does
    Compares the Applications of one chart. Where all others are synced with `prune` or `selfHeal`,
    or have ArgoCD's finalizer, one that is without is named; Applications that are synced by hand
    are asked for the finalizer alone.

    ## Why is this bad?
    It may be meant. But what leaves Git stays in the cluster of that one environment, what was
    changed by hand stays as well, and deleting the Application leaves all it deployed behind.

    ## Example
    ```yaml
    # plate-llm-stg has prune: true
    metadata: {name: plate-llm-prod}
    spec:
      syncPolicy:
        automated: {selfHeal: true}
    ```

    ## Use instead
    ```yaml
        automated: {selfHeal: true, prune: true}
    ```
    """

    id = "unpruned-application"
    severity = Severity.INFO
    summary = "An Application lacks prune, selfHeal or the finalizer, which its siblings have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every Application that differs from all others of its chart."""
        checks = deployment.argo_checks
        refused = {id(root) for _, root, said in checks if said.route[:2] == _POLICY}
        families: dict[tuple[str, ...], list[Release]] = {}
        for release in deployment.releases:
            charts = tuple(part.chart for part in release.charts)
            if charts:
                families.setdefault(charts, []).append(release)
        for family in families.values():
            habits = [_habits(release) for release in family]
            having = Counter(name for each in habits for name in each)
            for release, mine in zip(family, habits, strict=True):
                usual = {name for name, count in having.items() if count == len(family) - 1}
                if id(release.application.node) not in refused:  # it may be misspelt
                    yield from _missing(release, usual - mine)


def _habits(release: Release) -> set[str]:
    """What of all that is asked for a release has."""
    node = release.application.node
    found = {name for name in _SWITCHES if _is_on(release, name)}
    return found | ({"finalizer"} if find(node, _FINALIZERS) is not None else set())


def _is_on(release: Release, name: str) -> bool:
    switch = find(release.application.node, (*_AUTOMATED, name))
    return switch is not None and to_plain(switch) is True


def _missing(release: Release, lacking: set[str]) -> Iterator[Defect]:
    application = release.application
    automated = find(application.node, _AUTOMATED) is not None
    asked = {"finalizer", *_SWITCHES} if automated else {"finalizer"}
    for name in sorted(lacking & asked):
        route: Route = ("metadata",) if name == "finalizer" else (*_AUTOMATED, name)
        yield Defect(
            FilePlace(application.file, nearest(application.node, route)[0]),
            f"{application.name} has no {name}, which all others of this chart have",
            "add it, or nothing where this one is meant to differ",
            releases=(release.name,),
        )
