"""Applications and projects of the tree as data, in the order in which they are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.errors import UsageError
from plate_llm_cli.gitops.applications import ARGO_NAMESPACE, plain_mapping, text_of
from plate_llm_cli.source.nodes import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plate_llm_cli.gitops.discovery import Discovery
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.source.nodes import Mapping

WAVE: Final = "argocd.argoproj.io/sync-wave"
_BUILT_IN: Final = "default"
"""The project that ArgoCD makes for itself."""


def sent(node: Mapping) -> dict[str, Any]:
    """An ArgoCD object as it is sent: with its namespace, without what ArgoCD keeps in it."""
    obj = {key: item for key, item in (plain_mapping(node) or {}).items() if key != "status"}
    metadata = obj.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    namespace = metadata.get("namespace") or ARGO_NAMESPACE
    return obj | {"metadata": metadata | {"namespace": namespace}}


def in_wave_order(releases: Iterable[Release]) -> list[Release]:
    """The releases by sync wave, as an app-of-apps applies them, then by name."""
    return sorted(releases, key=lambda release: (_wave(release), release.name))


def project_objects(found: Discovery, releases: Sequence[Release]) -> list[dict[str, Any]]:
    """The AppProjects that the releases belong to, each once.

    Raises:
        UsageError: one of them is not in the tree.
    """
    nodes = {
        (text_of(find(node, ("metadata", "namespace"))) or ARGO_NAMESPACE, _name(node)): node
        for kind, _, node in found.others
        if kind == "AppProject"
    }
    wanted = dict.fromkeys(
        (release.application.identity[0], release.application.project) for release in releases
    )
    for namespace, name in wanted:
        if (namespace, name) not in nodes and name != _BUILT_IN:
            raise UsageError(
                f"the tree has no AppProject {name} in the namespace {namespace}",
                "add it to the tree, or leave out --project",
            )
    return [sent(nodes[key]) for key in wanted if key in nodes]


def _name(node: Mapping) -> str:
    return text_of(find(node, ("metadata", "name")))


def _wave(release: Release) -> int:
    try:
        return int(text_of(find(release.application.node, ("metadata", "annotations", WAVE))) or 0)
    except ValueError:  # ArgoCD takes such a one for 0
        return 0
