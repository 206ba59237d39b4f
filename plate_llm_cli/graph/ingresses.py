"""Ingresses: which host and path leads to which port of which Service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text, texts
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.source.nodes import Route


@dataclass(frozen=True, slots=True, eq=False)
class IngressRoute:
    """One path of a rule, or the default backend: then `host` and `path` are ''.

    `port` is a number or a name, None where the backend is no Service or says none.
    """

    ingress: Ingress
    host: str
    path: str
    path_type: str
    service: str
    port: int | str | None
    host_route: Route
    path_route: Route
    backend_route: Route


@dataclass(frozen=True, slots=True)
class IngressTls:
    """An entry of `tls`."""

    hosts: tuple[str, ...]
    secret: str
    route: Route


@dataclass(frozen=True, slots=True, eq=False)
class Ingress:
    """An Ingress."""

    manifest: Manifest

    @property
    def place(self) -> ClusterNamespace:
        """Its cluster and namespace: its Services and Secrets are there."""
        return place_of(self.manifest)

    @property
    def annotations(self) -> dict[str, Any]:
        """Its annotations, whatever their values are."""
        return mapping(at(self.manifest.plain, "metadata", "annotations"))

    @property
    def class_name(self) -> str:
        """The IngressClass that it names, or ''."""
        old = text(self.annotations.get("kubernetes.io/ingress.class"))
        return self.manifest.text("spec", "ingressClassName") or old

    @property
    def routes(self) -> tuple[IngressRoute, ...]:
        """All its routes, the default backend first."""
        return tuple(self._routes())

    def _routes(self) -> Iterator[IngressRoute]:
        spec = mapping(self.manifest.plain.get("spec"))
        default = spec.get("defaultBackend")
        if isinstance(default, dict):
            base: Route = ("spec", "defaultBackend")
            yield self._route("", {"backend": default}, base, (base, base))
        for index, rule in mappings(spec.get("rules")):
            host_route: Route = ("spec", "rules", index, "host")
            for number, path in mappings(at(rule, "http", "paths")):
                path_route: Route = ("spec", "rules", index, "http", "paths", number)
                ways = (path_route, (*path_route, "backend"))
                yield self._route(text(rule.get("host")), path, host_route, ways)

    def _route(
        self, host: str, path: dict[str, Any], host_route: Route, ways: tuple[Route, Route]
    ) -> IngressRoute:
        service = mapping(at(path, "backend", "service"))
        port = mapping(service.get("port"))
        wanted = port.get("name") or port.get("number")
        return IngressRoute(
            self,
            host,
            text(path.get("path")),
            text(path.get("pathType")),
            text(service.get("name")),
            wanted if isinstance(wanted, int | str) else None,
            host_route,
            *ways,
        )

    @property
    def tls(self) -> tuple[IngressTls, ...]:
        """Its entries of `tls`."""
        entries = mappings(at(self.manifest.plain, "spec", "tls"))
        return tuple(
            IngressTls(
                texts(entry.get("hosts")), text(entry.get("secretName")), ("spec", "tls", index)
            )
            for index, entry in entries
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of its rules, each once."""
        return tuple(dict.fromkeys(route.host for route in self.routes if route.host))


def ingresses_of(manifests: Iterable[Manifest]) -> list[Ingress]:
    """Every Ingress, hooks aside."""
    return [Ingress(item) for item in manifests if item.kind == "Ingress" and not item.hook]


def covers(name: str, host: str) -> bool:
    """Whether a certificate or rule for `name` is good for `host`: `*` stands for one label."""
    name, host = name.lower(), host.lower()
    if name == host:
        return True
    label, _, rest = host.partition(".")
    return bool(label) and label != "*" and name == f"*.{rest}"
