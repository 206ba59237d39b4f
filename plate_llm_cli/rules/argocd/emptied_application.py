"""An Application that may delete all it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import find, nearest
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.source.nodes import Route

_AUTOMATED: Route = ("spec", "syncPolicy", "automated")


class EmptiedApplication(Rule):
    """An Application is pruned by itself, even when nothing is left of it.

    ## What it does
    Finds `allowEmpty: true` beside `prune: true`.

    ## Why is this bad?
    ArgoCD refuses a sync that would delete everything, because what renders to nothing is nearly
    always a mistake: a wrong path, a condition, a value. This switches that guard off.

    ## Example
    ```yaml
    syncPolicy:
      automated: {prune: true, allowEmpty: true}
    ```

    ## Use instead
    ```yaml
    syncPolicy:
      automated: {prune: true}
    ```
    """

    id = "emptied-application"
    severity = Severity.WARNING
    summary = "An Application may delete everything it has deployed, without being asked"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every Application without the guard."""
        for release in deployment.releases:
            application = release.application
            node = find(application.node, _AUTOMATED)
            plain = to_plain(node) if node is not None else None
            if not isinstance(plain, dict) or plain.get("enabled") is False:
                continue
            if plain.get("prune") is True and plain.get("allowEmpty") is True:
                span, _ = nearest(application.node, (*_AUTOMATED, "allowEmpty"))
                yield Defect(
                    FilePlace(application.file, span),
                    f"{application.name} deletes all it has when its source renders to nothing",
                    "remove allowEmpty",
                    releases=(release.name,),
                )
