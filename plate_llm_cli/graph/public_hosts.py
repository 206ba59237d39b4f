"""The host names under which a deployment is reached from outside its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.manifests import Manifest


def public_hosts(manifests: Iterable[Manifest]) -> dict[str, Release]:
    """By host the first release that takes it: Ingresses, Routes and those of the Gateway API."""
    found: dict[str, Release] = {}
    for manifest in manifests:
        for host in hosts_of(manifest):
            if "." in host and host not in found:
                found[host] = manifest.release
    return found


def hosts_of(manifest: Manifest, *, with_tls: bool = True) -> Iterator[str]:
    """The hosts that an object takes; without `with_tls` not those that it has TLS for alone."""
    kind, spec = manifest.kind, mapping(manifest.plain.get("spec"))
    if kind == "Ingress":
        yield from (text(rule.get("host")) for _, rule in mappings(spec.get("rules")))
        for _, entry in mappings(spec.get("tls") if with_tls else ()):
            yield from texts(entry.get("hosts"))
    elif kind in ("HTTPRoute", "GRPCRoute", "TLSRoute"):
        yield from texts(spec.get("hostnames"))
    elif kind == "Gateway":
        yield from (text(item.get("hostname")) for _, item in mappings(spec.get("listeners")))
    elif kind == "Route":
        yield text(at(spec, "host"))
