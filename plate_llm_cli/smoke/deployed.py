"""What the tree says of a deployed service: where users reach it, and what it is expected to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text, texts
from plate_llm_cli.graph.secret_uses import How, pods_of
from plate_llm_cli.smoke.expectations import Expectations
from plate_llm_cli.smoke.target import Target, Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_chains import Chain

_NGINX: Final = "nginx.ingress.kubernetes.io/"
_NGINX_BODY: Final = "1m"
"""What ingress-nginx lets through where no annotation says otherwise (its ConfigMap may)."""
_SIZE: Final = re.compile(r"(\d+)([kmg]?)", re.IGNORECASE)
_UNITS: Final = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_CONTROLLERS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Rollout"})
_MODEL: Final = "LLM_MODEL_NAME"


@dataclass(frozen=True, slots=True)
class ClusterService:
    """A Service, and the port of it that clients use."""

    namespace: str
    name: str
    port: int

    @property
    def url(self) -> str:
        """Its address inside the cluster."""
        port = "" if self.port == 80 else f":{self.port}"
        return f"http://{self.name}.{self.namespace}.svc{port}"


@dataclass(frozen=True, slots=True, eq=False)
class DeployedService:
    """The service of one release, as it is rendered."""

    workload: Manifest
    container: str
    expected: Expectations
    ingress: Target | None
    """Where users reach it; None where no Ingress with a host leads to it."""
    service: ClusterService | None


@dataclass(frozen=True, slots=True, eq=False)
class _Route:
    """A host and a path of an Ingress."""

    ingress: Manifest
    host: str
    path: str

    @property
    def has_certificate(self) -> bool:
        """Whether TLS ends at the Ingress for this host."""
        entries = mappings(at(self.ingress.plain, "spec", "tls"))
        return any(self.host in texts(entry.get("hosts")) for _, entry in entries)

    def annotation(self, name: str) -> str:
        """One of ingress-nginx; '' where it is not set."""
        annotations = mapping(at(self.ingress.plain, "metadata", "annotations"))
        return text(annotations.get(f"{_NGINX}{name}"))


def deployed_service(env: str, release: Release, deployment: Deployment) -> DeployedService:
    """The service of the `release` that ENV names.

    Raises:
        UsageError: it runs none.
    """
    own = (item for item in deployment.manifests if item.release is release)
    applied = [item for item in own if not item.hook]
    if release in deployment.failed:
        raise UsageError(f"{env} does not render", f"plate-llm validate {env} says why")
    if not applied:
        raise UsageError(f"{env} renders to nothing", f"plate-llm render {env} says why")
    found = [item for item in applied if item.kind in _CONTROLLERS]
    workload = next((item for item in found if _MODEL in item.file.text), None)
    if workload is None:
        raise UsageError(
            f"{env} runs no service: none of its pods has {_MODEL}",
            "name the environment of the service, or its address with --url",
        )
    container = _container(workload)
    name = text(container.get("name"))
    service = _service(applied, workload)
    route = _route(applied, service)
    expected = Expectations(
        settings=_settings(container),
        known=True,
        tag=_tag(text(container.get("image"))),
        replicas=_replicas(applied, workload),
        redirects=_redirects(route) if route is not None else None,
        proxy_body_bytes=_body_bytes(route) if route is not None else None,
        sources=_sources(deployment.secret_chains, workload, name),
    )
    ingress = _target(route) if route is not None else None
    return DeployedService(workload, name, expected, ingress, service)


def _sources(chains: Iterable[Chain], workload: Manifest, container: str) -> dict[str, str]:
    """Where in OpenBao each variable of the service comes from that one key alone makes."""
    return {
        chain.use.variable: str(chain.remote[0])
        for chain in chains
        if chain.use.manifest is workload
        and (chain.use.container, chain.use.how) == (container, How.ENV)
        and len(chain.remote) == 1
    }


def _container(workload: Manifest) -> dict[str, Any]:
    """The container with the service, not one that was put beside it."""
    containers = [item for _, pod in pods_of(workload) for _, item in mappings(pod["containers"])]
    return next((item for item in containers if _MODEL in _entries(item)), containers[0])


def _entries(container: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The entries of `env`, by the variable."""
    return {text(entry.get("name")): entry for _, entry in mappings(container.get("env"))}


def _settings(container: dict[str, Any]) -> dict[str, str]:
    """The variables whose value is in Git."""
    entries = _entries(container).items()
    return {name: text(entry.get("value")) for name, entry in entries if "valueFrom" not in entry}


def _tag(image: str) -> str:
    """The tag of `image`; '' beside a digest, which says what runs whatever the tag."""
    name = image.rpartition("/")[2]
    return "" if "@" in name else name.partition(":")[2]


def _replicas(applied: list[Manifest], workload: Manifest) -> int | None:
    for item in applied:
        target = mapping(at(item.plain, "spec", "scaleTargetRef"))
        if target.get("kind") == workload.kind and target.get("name") == workload.name:
            most = at(item.plain, "spec", "maxReplicas")
            return most if isinstance(most, int) else None
    replicas = at(workload.plain, "spec", "replicas")
    return replicas if isinstance(replicas, int) else 1


def _service(applied: list[Manifest], workload: Manifest) -> ClusterService | None:
    """The first Service that selects the pods and has an address of its own."""
    labels = mapping(at(workload.plain, "spec", "template", "metadata", "labels"))
    for item in applied:
        spec = mapping(item.plain.get("spec"))
        selector = mapping(spec.get("selector"))
        leads = selector and all(labels.get(name) == value for name, value in selector.items())
        if item.kind == "Service" and leads and spec.get("clusterIP") != "None":
            ports = (port.get("port") for _, port in mappings(spec.get("ports")))
            number = next((port for port in ports if isinstance(port, int)), None)
            if number is not None:
                return ClusterService(item.namespace, item.name, number)
    return None


def _route(applied: list[Manifest], service: ClusterService | None) -> _Route | None:
    """The first one with a host that leads to the Service."""
    if service is None:
        return None
    routes = (route for item in applied if item.kind == "Ingress" for route in _routes(item))
    return next((route for name, route in routes if name == service.name), None)


def _routes(ingress: Manifest) -> Iterator[tuple[str, _Route]]:
    """Each route with a host, behind the name of the Service that it leads to."""
    for _, rule in mappings(at(ingress.plain, "spec", "rules")):
        host = text(rule.get("host"))
        for _, path in mappings(at(rule, "http", "paths")):
            if host and not host.startswith("*"):
                service = text(at(path, "backend", "service", "name"))
                yield service, _Route(ingress, host, text(path.get("path")))


def _target(route: _Route) -> Target:
    scheme = "https" if route.has_certificate else "http"
    plain = route.path.rstrip("/") if re.fullmatch(r"[\w./-]*", route.path) else ""
    return Target(f"{scheme}://{route.host}{plain}", Way.INGRESS)


def _redirects(route: _Route) -> bool | None:
    """As ingress-nginx does it: hosts with a certificate are redirected unless told otherwise."""
    if route.annotation("force-ssl-redirect") == "true":
        return True
    if not route.has_certificate:
        return None
    said = route.annotation("ssl-redirect")
    return said != "false" if said or _is_nginx(route) else None


def _body_bytes(route: _Route) -> int | None:
    said = route.annotation("proxy-body-size") or (_NGINX_BODY if _is_nginx(route) else "")
    size = _SIZE.fullmatch(said)
    return int(size[1]) * _UNITS[size[2].lower()] if size else None


def _is_nginx(route: _Route) -> bool:
    return "nginx" in text(at(route.ingress.plain, "spec", "ingressClassName"))
