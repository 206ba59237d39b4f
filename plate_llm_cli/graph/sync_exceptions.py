"""Fields that ArgoCD leaves to the cluster, because `ignoreDifferences` names them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text, texts
from plate_llm_cli.source.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.source.nodes import SourceFile

_STEP: Final = re.compile(r"[A-Za-z0-9_-]+")


def is_left_alone(manifest: Manifest, *route: str) -> bool:
    """Whether the Application of an object ignores its field at `route`, or all around it."""
    spec = to_plain(manifest.release.application.node)
    entries = mappings(at(spec, "spec", "ignoreDifferences"))
    return any(
        path == route[: len(path)]
        for _, entry in entries
        if _concerns(entry, manifest)
        for path in _paths(entry)
    )


def _concerns(entry: dict[str, Any], manifest: Manifest) -> bool:
    group = manifest.api_version.rpartition("/")[0]
    wanted = (
        (entry.get("group"), group),
        (entry.get("kind"), manifest.kind),
        (entry.get("name"), manifest.name),
        (entry.get("namespace"), manifest.namespace),
    )
    return all(asked in (None, "", "*", has) for asked, has in wanted)


def _paths(entry: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for pointer in texts(entry.get("jsonPointers")):
        yield tuple(step.replace("~1", "/") for step in pointer.strip("/").split("/"))
    for expression in texts(entry.get("jqPathExpressions")):
        yield tuple(_STEP.findall(expression))
    if "kube-controller-manager" in texts(entry.get("managedFieldsManagers")):
        # It is what writes the replicas of an HPA.
        yield ("spec", "replicas")


def leaves_replicas(files: Iterable[SourceFile]) -> bool:
    """Whether the settings of ArgoCD itself, or of its chart, leave replicas to the cluster."""
    return any(
        "resource.customizations.ignoreDifferences" in file.text
        and ("/spec/replicas" in file.text or ".spec.replicas" in file.text)
        for file in files
    )


def is_updated_by_itself(manifest: Manifest, repository: str) -> bool:
    """Whether a tool that watches the registry sets this image: Image Updater, or Keel."""
    application = mapping(to_plain(manifest.release.application.node))
    listed = text(
        at(application, "metadata", "annotations", "argocd-image-updater.argoproj.io/image-list")
    )
    if repository and repository.rpartition("/")[2] in listed:
        return True
    notes = mapping(at(manifest.plain, "metadata", "annotations"))
    watched = ("keel.sh/policy", "image.openshift.io/triggers", "fluxcd.io/automated")
    return any(name in notes for name in watched)
