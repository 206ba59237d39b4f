"""An annotation with a value that ingress-nginx cannot read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_annotations import FORMS, NGINX, annotation_route
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment

_DURATION: Final = re.compile(r"(\d+)\s*(ms|s|m|h)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


class InvalidAnnotation(Rule):
    """An annotation of ingress-nginx has a value that it cannot read.

    ## What it does
    Compares the values of annotations that are switches, numbers, seconds, sizes or one of a few
    words with what ingress-nginx takes. Values that are no strings are `invalid-manifest`, and
    Ingresses of other controllers are left out.

    ## Why is this bad?
    ingress-nginx logs a line and goes on with its default, or, where it checks annotations, does
    not serve the Ingress. A timeout of `300s` is one of 60 seconds.

    ## Example
    ```yaml
    nginx.ingress.kubernetes.io/proxy-read-timeout: 300s
    nginx.ingress.kubernetes.io/ssl-redirect: "yes"
    ```

    ## Use instead
    ```yaml
    nginx.ingress.kubernetes.io/proxy-read-timeout: "300"
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
    ```
    """

    id = "invalid-annotation"
    severity = Severity.WARNING
    summary = "An annotation of ingress-nginx has a value that it cannot read"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every annotation of ingress-nginx with a value of another form."""
        for ingress in deployment.wiring.ingresses:
            if deployment.wiring.controllers.of(ingress) not in (Controller.INGRESS_NGINX, None):
                continue
            for key, value in ingress.annotations.items():
                prefix, _, name = key.rpartition("/")
                form = FORMS.get(name) if prefix == NGINX else None
                if form is None or not isinstance(value, str) or form.takes(value):
                    continue
                yield Defect(
                    ManifestPlace(ingress.manifest, annotation_route(key)),
                    f"{name} takes {form.wanted}, and not {value}",
                    _help(value, form.wanted),
                )


def _help(value: str, wanted: str) -> str:
    found = _DURATION.fullmatch(value.strip())
    if found and found[2] in _SECONDS and wanted.startswith("seconds"):
        return f'write "{int(found[1]) * _SECONDS[found[2]]}"'
    return f"write {wanted}" if wanted.startswith('"') else ""
