"""A regular expression where ingress-nginx takes none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment

_EXPRESSION: Final = re.compile(r"[()|$*?+^\[\]{}\\]")


class RefusedPath(Rule):
    """A path is a regular expression, and its type is `Prefix` or `Exact`.

    ## What it does
    Looks, for ingress-nginx, at paths with characters of regular expressions. Those belong to
    `pathType: ImplementationSpecific`.

    ## Why is this bad?
    Since 1.12 ingress-nginx refuses the Ingress when it is applied (`ingress contains invalid
    paths`), unless its ConfigMap sets `strict-validate-path-type: "false"`. Where nothing checks,
    another controller takes the expression for plain text.

    ## Example
    ```yaml
    - path: /api(/|$)(.*)
      pathType: Prefix
    ```

    ## Use instead
    ```yaml
    - path: /api(/|$)(.*)
      pathType: ImplementationSpecific
    ```
    """

    id = "refused-path"
    severity = Severity.WARNING
    summary = "A path is a regular expression, and its type is Prefix or Exact"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every such path."""
        for ingress in deployment.wiring.ingresses:
            if deployment.wiring.controllers.of(ingress) is not Controller.INGRESS_NGINX:
                continue
            for route in ingress.routes:
                if route.path_type in ("Prefix", "Exact") and _EXPRESSION.search(route.path):
                    yield Defect(
                        ManifestPlace(ingress.manifest, (*route.path_route, "pathType")),
                        f"ingress-nginx refuses the expression {route.path} as a path of type "
                        f"{route.path_type}",
                        "write ImplementationSpecific",
                    )
