"""Metrics that anybody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.ingress_annotations import NGINX, nginx_text
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.ingresses import Ingress, IngressRoute
    from plate_llm_cli.graph.services import Service, ServicePort

_NAMES: Final = frozenset({"metrics", "http-metrics", "https-metrics", "prometheus-metrics"})
_MAIN: Final = "http-metrics"
"""What Loki, Tempo and Mimir call the port of their API, beside one for gRPC."""
_PROTECTION: Final = (
    "auth-type",
    "auth-url",
    "auth-tls-secret",
    "whitelist-source-range",
    "allowlist-source-range",
)
_ELSEWHERE: Final = (
    "traefik.ingress.kubernetes.io/router.middlewares",
    "alb.ingress.kubernetes.io/auth-type",
    "alb.ingress.kubernetes.io/inbound-cidrs",
    "haproxy.org/allow-list",
    "haproxy.org/whitelist",
    "haproxy-ingress.github.io/allowlist-source-range",
    "haproxy-ingress.github.io/whitelist-source-range",
    "konghq.com/plugins",
)
_PRIVATE: Final = ("internal", "private", "tailscale")
"""Words in the names of classes that are not reached from the internet."""


class ExposedMetrics(Rule):
    """An Ingress leads to metrics.

    ## What it does
    Looks for routes to a port that is called `metrics`, or to the path `/metrics`. Ingresses that
    ask for a login or let only some addresses in are left out, those whose class is called
    internal, and ports named `http-metrics` that a Service has alone or beside gRPC: they are the
    main port of Loki and its kin.

    ## Why is this bad?
    Metrics name what is deployed, in which version, how much it is used and by whom. Prometheus
    reads them inside the cluster.

    ## Example
    ```yaml
    - path: /metrics
      backend:
        service: {name: web, port: {name: metrics}}
    ```

    ## Use instead
    ```yaml
    kind: ServiceMonitor
    spec:
      endpoints: [{port: metrics}]
    ```
    """

    id = "exposed-metrics"
    severity = Severity.WARNING
    summary = "An Ingress leads to metrics"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every route to metrics."""
        for ingress in deployment.wiring.ingresses:
            if _is_protected(ingress) or any(word in ingress.class_name for word in _PRIVATE):
                continue
            for route in ingress.routes:
                service = deployment.wiring.service(ingress.place, route.service)
                found = _defect(route, service)
                if found is not None:
                    yield found


def _is_protected(ingress: Ingress) -> bool:
    if any(key in ingress.annotations for key in _ELSEWHERE):
        return True
    names = (*_PROTECTION, "configuration-snippet", "server-snippet")
    return any(nginx_text(ingress, name) for name in names) or (
        # What an Ingress redirects away leads nowhere in the cluster.
        f"{NGINX}/permanent-redirect" in ingress.annotations
    )


def _defect(route: IngressRoute, service: Service | None) -> Defect | None:
    manifest, host = route.ingress.manifest, route.host or "any host"
    port = service.port(route.port) if service and route.port is not None else None
    names = {port.name, port.target} if port else {route.port}
    if not names.isdisjoint(_NAMES) and not (service and port and _is_main(service, port)):
        field = "number" if isinstance(route.port, int) else "name"
        at = (*route.backend_route, "service", "port", field)
        text = f"{host} leads to port {route.port} of Service {route.service}, which is for metrics"
    elif route.path.rstrip("/").endswith("/metrics"):
        at = (*route.path_route, "path")
        text = f"{host}{route.path} lets everybody read the metrics of Service {route.service}"
    else:
        return None
    return Defect(
        ManifestPlace(manifest, at),
        text,
        "take the route away; Prometheus reads metrics inside the cluster",
    )


def _is_main(service: Service, port: ServicePort) -> bool:
    others = [item.name for item in service.ports if item is not port and item.name != port.name]
    return port.name == _MAIN and all("grpc" in name or "gossip" in name for name in others)
