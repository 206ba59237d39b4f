"""A rewrite that refers to a group which the path does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_annotations import NGINX, annotation_route, nginx_text
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress

_GROUP: Final = re.compile(r"\$(\d)")
_KEY: Final = f"{NGINX}/rewrite-target"


class UnmatchedRewrite(Rule):
    """`rewrite-target` of ingress-nginx names a group that a path does not have.

    ## What it does
    Counts the groups in parentheses of every path of an Ingress whose `rewrite-target` has `$1`,
    `$2` and so on. A path with fewer is an info where another path of the Ingress has enough.

    ## Why is this bad?
    A group that is not there is empty: whatever is asked for below the path, the service is asked
    for the same.

    ## Example
    ```yaml
    metadata:
      annotations:
        nginx.ingress.kubernetes.io/rewrite-target: /$2
    spec:
      rules:
        - http:
            paths:
              - path: /api
                pathType: Prefix
    ```

    ## Use instead
    ```yaml
              - path: /api(/|$)(.*)
                pathType: ImplementationSpecific
    ```
    """

    id = "unmatched-rewrite"
    severity = Severity.WARNING
    summary = "rewrite-target names a group that a path does not have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every rewrite of which a path lacks a group."""
        for ingress in deployment.wiring.ingresses:
            groups = [
                int(number) for number in _GROUP.findall(nginx_text(ingress, "rewrite-target"))
            ]
            controller = deployment.wiring.controllers.of(ingress)
            if groups and controller in (Controller.INGRESS_NGINX, None):
                yield from _lacking(ingress, max(groups))


def _lacking(ingress: Ingress, wanted: int) -> Iterator[Defect]:
    counted = [(route, _groups(route.path)) for route in ingress.routes if route.path]
    some_fit = any(has is None or has >= wanted for _, has in counted)
    for route, has in counted:
        if has is not None and has < wanted:
            yield Defect(
                ManifestPlace(ingress.manifest, (*route.path_route, "path")),
                f"rewrite-target has ${wanted}, and the path {route.path} has {_count(has)}",
                "give the path the groups, or lead it through an Ingress of its own",
                related=((ManifestPlace(ingress.manifest, annotation_route(_KEY)), "the rewrite"),),
                severity=Severity.INFO if some_fit else None,
            )


def _groups(path: str) -> int | None:
    """How many groups a path has; None where it is no expression that Python reads."""
    try:
        return re.compile(path).groups
    except re.error:
        return None


def _count(has: int) -> str:
    return f"{has} group{'' if has == 1 else 's'}" if has else "no group"
