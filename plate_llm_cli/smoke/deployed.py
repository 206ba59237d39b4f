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


def deployed_service(env: str, manifests: Iterable[Manifest]) -> DeployedService:
    """The service among the `manifests` of the release that ENV names.

    Raises:
        UsageError: they run no service.
    """
    applied = [item for item in manifests if not item.hook]
    found = [item for item in applied if item.kind in _CONTROLLERS]
    workload = next((item for item in found if _MODEL in item.file.text), None)
    if workload is None:
        raise UsageError(
            f"{env} runs no service: none of its pods has {_MODEL}",
            "name the environment of the service, or its address with --url",
        )
    container = _container(workload)
    service = _service(applied, workload)
    ingress = _ingress(applied, service)
    return DeployedService(
        workload,
        text(container.get("name")),
        _expected(applied, workload, container, ingress),
        _target(ingress) if ingress is not None else None,
        service,
    )


def secret_places(chains: Iterable[Chain], service: DeployedService) -> dict[str, str]:
    """Where in OpenBao each variable of the service comes from that one key alone makes."""
    return {
        chain.use.variable: str(chain.remote[0])
        for chain in chains
        if chain.use.manifest is service.workload
        and (chain.use.container, chain.use.how) == (service.container, How.ENV)
        and len(chain.remote) == 1
    }


def _container(workload: Manifest) -> dict[str, Any]:
    """The container with the service, not one that was put beside it."""
    containers = [item for _, pod in pods_of(workload) for _, item in mappings(pod["containers"])]
    return next((item for item in containers if _MODEL in _settings(item)), containers[0])


def _settings(container: dict[str, Any]) -> dict[str, str]:
    entries = (entry for _, entry in mappings(container.get("env")))
    return {text(entry.get("name")): text(entry.get("value")) for entry in entries}


def _expected(
    applied: list[Manifest],
    workload: Manifest,
    container: dict[str, Any],
    ingress: Manifest | None,
) -> Expectations:
    entries = (entry for _, entry in mappings(container.get("env")))
    plain = {text(e.get("name")): text(e.get("value")) for e in entries if "valueFrom" not in e}
    return Expectations(
        settings=plain,
        known=True,
        tag=_tag(text(container.get("image"))),
        replicas=_replicas(applied, workload),
        redirects=_redirects(ingress) if ingress is not None else None,
        proxy_body_bytes=_body_bytes(ingress) if ingress is not None else None,
    )


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


def _ingress(applied: list[Manifest], service: ClusterService | None) -> Manifest | None:
    """The first Ingress with a host that leads to the Service."""
    if service is None:
        return None
    return next((item for item in applied if any(_routes(item, service.name))), None)


def _routes(ingress: Manifest, service: str = "") -> Iterator[tuple[str, str]]:
    """Hosts and paths of an Ingress; those that lead to `service` where one is named."""
    if ingress.kind != "Ingress":
        return
    for _, rule in mappings(at(ingress.plain, "spec", "rules")):
        host = text(rule.get("host"))
        for _, path in mappings(at(rule, "http", "paths")):
            named = text(at(path, "backend", "service", "name"))
            if host and not host.startswith("*") and service in ("", named):
                yield host, text(path.get("path"))


def _target(ingress: Manifest) -> Target:
    host, path = next(_routes(ingress))
    scheme = "https" if host in _tls_hosts(ingress) else "http"
    plain = path.rstrip("/") if re.fullmatch(r"[\w./-]*", path) else ""
    return Target(f"{scheme}://{host}{plain}", Way.INGRESS)


def _tls_hosts(ingress: Manifest) -> set[str]:
    entries = mappings(at(ingress.plain, "spec", "tls"))
    return {host for _, entry in entries for host in texts(entry.get("hosts"))}


def _redirects(ingress: Manifest) -> bool | None:
    """As ingress-nginx does it: hosts with a certificate are redirected unless told otherwise."""
    host, _ = next(_routes(ingress))
    if _annotation(ingress, "force-ssl-redirect") == "true":
        return True
    if host not in _tls_hosts(ingress):
        return None
    said = _annotation(ingress, "ssl-redirect")
    return said != "false" if said or _is_nginx(ingress) else None


def _body_bytes(ingress: Manifest) -> int | None:
    said = _annotation(ingress, "proxy-body-size") or (_NGINX_BODY if _is_nginx(ingress) else "")
    size = _SIZE.fullmatch(said)
    return int(size[1]) * _UNITS[size[2].lower()] if size else None


def _is_nginx(ingress: Manifest) -> bool:
    return "nginx" in text(at(ingress.plain, "spec", "ingressClassName"))


def _annotation(ingress: Manifest, name: str) -> str:
    annotations = mapping(at(ingress.plain, "metadata", "annotations"))
    return text(annotations.get(f"{_NGINX}{name}"))
