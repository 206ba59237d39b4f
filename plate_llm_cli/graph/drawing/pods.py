"""What pods need by name: images, ConfigMaps, claims and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.model import Column, Node
from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.graph.secret_fields import text

if TYPE_CHECKING:
    from plate_llm_cli.graph.drawing.draft import Draft
    from plate_llm_cli.graph.references import Reference
    from plate_llm_cli.graph.workloads import Workload

_LABELS = {"ServiceAccount": "runs as", "PersistentVolumeClaim": "mounts", "ConfigMap": "reads"}


def add_pods(draft: Draft) -> None:
    """What the pods of every workload are made with, Secrets aside."""
    for workload in draft.deployment.wiring.workloads:
        if draft.covers(workload.place):
            _add_images(draft, workload)
    for reference in draft.deployment.absences.references:
        if draft.covers(reference.place) and not _is_default(reference):
            _add_reference(draft, reference)


def _add_images(draft: Draft, workload: Workload) -> None:
    source = draft.object(workload.manifest, Column.WORKLOAD)
    for container in workload.containers:
        image = text(container.spec.get("image"))
        if image:
            target = draft.add(Node(("Image", "", image), Column.USED))
            place = ManifestPlace(workload.manifest, (*container.base, "image"))
            draft.link(source, target, container.name, place)


def _add_reference(draft: Draft, reference: Reference) -> None:
    manifest = reference.workload.manifest
    source = draft.object(manifest, Column.WORKLOAD)
    found = draft.deployment.absences.found(reference)
    if found is not None:
        target = draft.object(found, Column.USED)
    else:
        notes = ["optional"] if reference.optional else []
        key = (reference.kind, manifest.namespace, reference.name)
        target = draft.asked(key, Column.USED, *notes)
    places = [ManifestPlace(manifest, reference.route)]
    if reference.key_route:
        places.append(ManifestPlace(manifest, reference.key_route))
    draft.link(source, target, _LABELS.get(reference.kind, ""), *places)


def _is_default(reference: Reference) -> bool:
    """The account that every namespace has is no news."""
    return (reference.kind, reference.name) == ("ServiceAccount", "default")
