"""One host and path that leads to two places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_annotations import nginx_switch
from plate_llm_cli.graph.ingress_controllers import Controller
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress, IngressRoute
    from plate_llm_cli.graph.wiring import Wiring

_ALB: Final = "alb.ingress.kubernetes.io"
_OWN_BALANCER: Final = frozenset({"gce", "gce-internal", "tailscale"})
_OF_GOOGLE: Final = (
    "networking.gke.io/",
    "ingress.gcp.kubernetes.io/",
    "kubernetes.io/ingress.glo",
)
_TELL_APART: Final = (
    "traefik.ingress.kubernetes.io/router.entrypoints",
    "konghq.com/methods",
    "konghq.com/protocols",
)
"""Annotations by which controllers tell requests apart beside host and path."""
_OTHERWISE: Final = (
    f"{_ALB}/conditions.",
    "konghq.com/headers",
    "konghq.com/snis",
    "traefik.ingress.kubernetes.io/router.priority",
    "haproxy-ingress.github.io/http-header-match",
)
"""Annotations with which two equal routes are told apart in ways that are not looked into."""


class ConflictingRoute(Rule):
    """The same host and path leads to two backends.

    ## What it does
    Compares the routes of all Ingresses of a cluster that have the same class, over all
    namespaces and releases: host, path and whether the path is exact. Two routes to the same
    backend are an info, and two Ingresses of an unknown controller a warning. Canaries of
    ingress-nginx are left out, and Ingresses that have load balancers of their own, entry points
    of their own, or conditions beside host and path.

    ## Why is this bad?
    One of the two is never reached, and which one may depend on the age of the Ingress.
    ingress-nginx refuses the younger Ingress when it is applied.

    ## Example
    ```yaml
    rules:
      - host: web.example.com
        http:
          paths:
            - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
    ```

    ## Use instead
    ```yaml
            - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
    ```
    """

    id = "conflicting-route"
    severity = Severity.ERROR
    summary = "The same host and path leads to two backends"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every route that somebody else has already."""
        taken: dict[tuple[str, ...], IngressRoute] = {}
        for ingress in deployment.wiring.ingresses:
            if _is_special(ingress):
                continue
            where = _where(ingress, deployment.wiring)
            controller = deployment.wiring.controllers.of(ingress)
            for route in ingress.routes:
                if "paths" not in route.path_route or route.port == "use-annotation":
                    continue
                nginx = controller is Controller.INGRESS_NGINX
                first = taken.setdefault((*where, *_request(route, nginx=nginx)), route)
                if first is not route and not _is_same_object(first, route):
                    yield _defect(route, first, deployment.wiring, sure=controller is not None)


def _is_special(ingress: Ingress) -> bool:
    if nginx_switch(ingress, "canary"):
        return True
    return any(key.startswith(_OTHERWISE) for key in ingress.annotations)


def _where(ingress: Ingress, wiring: Wiring) -> tuple[str, ...]:
    """Where the routes of an Ingress meet those of others."""
    cluster, namespace = ingress.place
    name = wiring.controllers.class_of(ingress)
    alone = (cluster, namespace, ingress.manifest.name)
    controller = wiring.controllers.of(ingress)
    if controller is Controller.ALB:
        group = str(ingress.annotations.get(f"{_ALB}/group.name", ""))
        return (cluster, "alb", group) if group else alone
    google = any(key.startswith(_OF_GOOGLE) for key in ingress.annotations)
    if name in _OWN_BALANCER or (not name and google):
        return alone
    return (cluster, name, *(str(ingress.annotations.get(key, "")) for key in _TELL_APART))


def _request(route: IngressRoute, *, nginx: bool) -> tuple[str, str, str]:
    """What a request has to be for the route; a slash at the end of a prefix means nothing."""
    kind = route.path_type
    if kind == "ImplementationSpecific" and nginx:
        kind = "Prefix"
    path = route.path or "/"
    return route.host.lower(), kind, (path.rstrip("/") or "/") if kind == "Prefix" else path


def _is_same_object(first: IngressRoute, route: IngressRoute) -> bool:
    """Whether two releases make one and the same Ingress, which is told by itself."""
    one, other = first.ingress, route.ingress
    return one is not other and (one.place, one.manifest.name) == (other.place, other.manifest.name)


def _defect(route: IngressRoute, first: IngressRoute, wiring: Wiring, *, sure: bool) -> Defect:
    same = _backend(route, wiring) == _backend(first, wiring)
    what = f"{route.host or 'any host'}{route.path or '/'}"
    within = first.ingress is route.ingress
    there = f"{first.ingress.place[1]}/{first.ingress.manifest.name}"
    whose = "this Ingress" if within else f"Ingress {there}"
    to = "the same backend" if same else f"Service {first.service}" if first.service else "another"
    severity = None if sure or within else Severity.WARNING
    return Defect(
        ManifestPlace(route.ingress.manifest, (*route.path_route, "path")),
        f"{whose} has {what} already, for {to}",
        "give one of them another host or path",
        related=(
            (ManifestPlace(first.ingress.manifest, (*first.path_route, "path")), "the other"),
        ),
        severity=Severity.INFO if same else severity,
    )


def _backend(route: IngressRoute, wiring: Wiring) -> tuple[str, str, int | str | None]:
    """Namespace, Service and port; its number where the Service is there, however it is named."""
    place, service = route.ingress.place, wiring.service(route.ingress.place, route.service)
    port = service.port(route.port) if service and route.port is not None else None
    return place[1], route.service, port.number if port else route.port
