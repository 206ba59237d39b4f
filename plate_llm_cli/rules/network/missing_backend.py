"""An Ingress that leads to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.operators import maker_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import IngressRoute
    from plate_llm_cli.graph.services import Service


_BY_ANNOTATION = "use-annotation"
"""The port that stands for an action of the AWS Load Balancer Controller, not for a Service."""


class MissingBackend(Rule):
    """An Ingress leads to a Service, or to a port of one, that is not there.

    ## What it does
    Looks for the Service of each path in the Ingress' own namespace, over all releases, and for
    its port by number or name. Where the tree has no other Service in that namespace, or a custom
    resource whose operator may make the Service, a missing one is an info. Namespaces of which not
    everything is in the tree are left out.

    ## Why is this bad?
    An Ingress reaches Services of its own namespace alone. Without the Service or the port the
    controller answers 503 for the path.

    ## Example
    ```yaml
    kind: Ingress
    spec:
      rules:
        - http:
            paths:
              - backend:
                  service:
                    name: web
                    port: {name: https}   # the Service has the port `http`
    ```

    ## Use instead
    ```yaml
                    port: {name: http}
    ```
    """

    id = "missing-backend"
    severity = Severity.ERROR
    summary = "An Ingress leads to a Service, or to a port of one, that is not there"
    asks_external = ("Service",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every route without a Service or without its port."""
        for ingress in deployment.wiring.ingresses:
            for route in ingress.routes:
                if not route.service or route.port == _BY_ANNOTATION:
                    continue
                service = deployment.wiring.service(ingress.place, route.service)
                if service is not None:
                    yield from _port(route, service)
                elif deployment.external.has("Service", ingress.place[1], route.service):
                    continue
                elif deployment.known.is_known(ingress.place):
                    yield _absent(route, deployment)


def _absent(route: IngressRoute, deployment: Deployment) -> Defect:
    namespace = route.ingress.place[1]
    names = deployment.wiring.names(route.ingress.place, "Service")
    near = near_name(route.service, names)
    elsewhere = [item.place[1] for item in deployment.wiring.services if item.name == route.service]
    maker = None if near else maker_of(route.service, route.ingress.place, deployment.manifests)
    if maker is not None:
        help_text = f"nothing to do if the operator of {maker.kind} {maker.name} makes it; "
        help_text += declare("Service", namespace, route.service)
    elif near:
        help_text = f"did you mean {near}?"
    elif elsewhere:
        help_text = f"it is in namespace {elsewhere[0]}, which an Ingress of {namespace} cannot use"
    else:
        help_text = "add the Service, or lead the path to one that is there; "
        help_text += declare("Service", namespace, route.service)
    return Defect(
        ManifestPlace(route.ingress.manifest, (*route.backend_route, "service", "name")),
        f"there is no Service {route.service} in namespace {namespace}",
        help_text,
        severity=None if (names or elsewhere) and maker is None else Severity.INFO,
    )


def _port(route: IngressRoute, service: Service) -> Iterator[Defect]:
    if route.port is None or service.is_external or service.port(route.port) is not None:
        return
    field = "number" if isinstance(route.port, int) else "name"
    has = ", ".join(
        f"{port.number} ({port.name})" if port.name else str(port.number) for port in service.ports
    )
    yield Defect(
        ManifestPlace(route.ingress.manifest, (*route.backend_route, "service", "port", field)),
        f"Service {service.name} has no port {route.port}",
        f"it has {has}" if has else "it has no port at all",
        related=((ManifestPlace(service.manifest, ("spec", "ports")), "its ports"),),
    )
