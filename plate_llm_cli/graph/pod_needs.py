"""What has to be in a namespace before the pods of a workload start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.graph.secret_fields import at, mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_chains import SecretChains
    from plate_llm_cli.graph.wiring import Wiring
    from plate_llm_cli.graph.workloads import Container, Workload
    from plate_llm_cli.source.nodes import Route


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """An object that a workload's pods cannot start without, and all that bring it about."""

    workload: Manifest
    route: Route
    """To the name of the object in the workload."""
    kind: str
    name: str
    makers: tuple[Manifest, ...]


def needs_of_pods(wiring: Wiring, secrets: SecretChains) -> Iterator[Need]:
    """Every need for which something in the deployment provides."""
    for chain in secrets.chains:
        use = chain.use
        if not use.optional and use.how != "imagePullSecrets" and chain.made:
            makers = tuple(item.manifest for item in chain.producers if item.creates)
            yield Need(use.manifest, use.name_route, "Secret", use.secret, makers)
    for workload in wiring.workloads:
        for kind, name, route in _names(workload):
            found = wiring.find(workload.place, kind, name) if name else None
            if found is not None:
                yield Need(workload.manifest, route, kind, name, (found,))


def _names(workload: Workload) -> Iterator[tuple[str, str, Route]]:
    account = "serviceAccountName"
    yield "ServiceAccount", text(workload.pod.get(account)), (*workload.base, account)
    for container in workload.containers:
        yield from _of_container(container)
    for index, volume in mappings(workload.pod.get("volumes")):
        base = (*workload.base, "volumes", index)
        claim = text(at(volume, "persistentVolumeClaim", "claimName"))
        yield "PersistentVolumeClaim", claim, (*base, "persistentVolumeClaim", "claimName")
        yield from _config_map(volume.get("configMap"), (*base, "configMap"))
        for number, source in mappings(at(volume, "projected", "sources")):
            route = (*base, "projected", "sources", number, "configMap")
            yield from _config_map(source.get("configMap"), route)


def _of_container(container: Container) -> Iterator[tuple[str, str, Route]]:
    for index, entry in mappings(container.spec.get("env")):
        route = (*container.base, "env", index, "valueFrom", "configMapKeyRef")
        yield from _config_map(at(entry, "valueFrom", "configMapKeyRef"), route)
    for index, entry in mappings(container.spec.get("envFrom")):
        route = (*container.base, "envFrom", index, "configMapRef")
        yield from _config_map(entry.get("configMapRef"), route)


def _config_map(reference: object, route: Route) -> Iterator[tuple[str, str, Route]]:
    if isinstance(reference, dict) and reference.get("optional") is not True:
        yield "ConfigMap", text(reference.get("name")), (*route, "name")
