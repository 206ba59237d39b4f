"""How requests come in: hosts, Ingresses, Services and the workloads behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.draft import field
from plate_llm_cli.graph.drawing.model import Column, Node
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.scaling import whole
from plate_llm_cli.graph.secret_fields import at

if TYPE_CHECKING:
    from plate_llm_cli.graph.drawing.draft import Draft
    from plate_llm_cli.graph.drawing.model import NodeKey
    from plate_llm_cli.graph.ingresses import Ingress, IngressRoute
    from plate_llm_cli.graph.services import Service
    from plate_llm_cli.graph.workloads import Workload

_REPLICAS = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})
_SHORT = {"HorizontalPodAutoscaler": "HPA"}


def add_network(draft: Draft) -> None:
    """Everything between the names that users type and the pods that answer."""
    wiring = draft.deployment.wiring
    for workload in wiring.workloads:
        if draft.covers(workload.place):
            draft.object(workload.manifest, Column.WORKLOAD, *_facts(workload))
    for service in wiring.services:
        if draft.covers(service.place):
            _add_service(draft, service)
    for ingress in wiring.ingresses:
        if draft.covers(ingress.place):
            _add_ingress(draft, ingress)
    _add_scaling(draft)


def _facts(workload: Workload) -> list[str]:
    if workload.manifest.hook:
        return ["hook"]
    if workload.manifest.kind not in _REPLICAS:
        return []
    count = whole(at(workload.manifest.plain, "spec", "replicas"), 1)
    return [f"{count} {'pod' if count == 1 else 'pods'}"]


def _add_service(draft: Draft, service: Service) -> None:
    manifest = service.manifest
    ports = (f"{port.number} {port.name}".strip() for port in service.ports if port.number)
    key = draft.object(manifest, Column.SERVICE, *ports)
    asking = [field(manifest, "spec", "selector")]
    asking += [ManifestPlace(manifest, port.route) for port in service.ports]
    for workload in service.workloads:
        pods = draft.object(workload.manifest, Column.WORKLOAD)
        draft.link(key, pods, "", *asking)
    if service.selector and not service.workloads and not service.is_external:
        wanted = ", ".join(f"{name}={value}" for name, value in service.selector.items())
        pods = draft.asked(("Pods", manifest.namespace, wanted), Column.WORKLOAD)
        draft.link(key, pods, "", *asking)


def _add_ingress(draft: Draft, ingress: Ingress) -> None:
    manifest = ingress.manifest
    notes = [f"class {ingress.class_name}"] if ingress.class_name else []
    key = draft.object(manifest, Column.INGRESS, *notes)
    for route in ingress.routes:
        host = draft.add(Node(("Host", "", route.host or "*"), Column.HOST))
        draft.link(host, key, "", ManifestPlace(manifest, route.host_route))
        if route.service:
            _add_backend(draft, key, route)
    for entry in ingress.tls:
        if entry.secret:
            secret = draft.asked(("Secret", manifest.namespace, entry.secret), Column.USED)
            place = ManifestPlace(manifest, (*entry.route, "secretName"))
            draft.link(key, secret, "TLS", place)


def _add_backend(draft: Draft, ingress: NodeKey, route: IngressRoute) -> None:
    target = draft.asked(("Service", ingress[1], route.service), Column.SERVICE)
    port = "" if route.port is None else f":{route.port}"
    place = ManifestPlace(route.ingress.manifest, route.backend_route)
    draft.link(ingress, target, f"{route.path}{port}", place)


def _add_scaling(draft: Draft) -> None:
    """Autoscalers and budgets are notes of the workload that they are for."""
    wiring = draft.deployment.wiring
    for scaler in wiring.autoscalers:
        manifest = scaler.manifest
        if not draft.covers((manifest.release.application.cluster, "")):
            continue
        most = "?" if scaler.most is None else scaler.most
        note = f"{_SHORT.get(manifest.kind, manifest.kind)} {scaler.fewest} to {most} pods"
        if scaler.workload is not None:
            draft.note(manifest, scaler.workload.manifest, note)
            continue
        key = draft.object(manifest, Column.SERVICE, note)
        target = draft.asked((scaler.kind, manifest.namespace, scaler.name), Column.WORKLOAD)
        draft.link(key, target, "scales", ManifestPlace(manifest, scaler.name_route))
    for budget in wiring.budgets:
        if draft.covers(budget.place):
            for workload in budget.workloads:
                draft.note(budget.manifest, workload.manifest, f"PDB {budget.manifest.name}")
