"""Applications that one Application applies in waves, and what their pods need of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.checks import is_argocd
from plate_llm_cli.graph.pod_needs import needs_of_pods
from plate_llm_cli.graph.sync_order import turn_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.pod_needs import Need

_HEALTH: Final = (b"argoproj.io_Application", b"argoproj.io/Application:")
"""How argocd-cm names the health of Applications, as a key of its own and in the old form."""


@dataclass(frozen=True, slots=True, eq=False)
class EarlyApplication:
    """An Application that is to be healthy before the one is applied that its pods wait for."""

    reader: Manifest
    maker: Manifest
    need: Need


def applications_have_health(deployment: Deployment) -> bool:
    """Whether the tree gives Applications a health, without which no wave of them waits."""
    tree = deployment.tree
    rendered = (item.file.text.encode() for item in deployment.manifests)
    files = (tree.data(path) for path in tree.walk())
    return any(mark in data for source in (files, rendered) for data in source for mark in _HEALTH)


def early_applications(deployment: Deployment) -> Iterator[EarlyApplication]:
    """Each Application whose pods cannot start before a later wave; none where no wave waits."""
    applied = {
        (item.namespace or item.release.namespace, item.name): item
        for item in deployment.manifests
        if item.kind == "Application" and is_argocd(item)
    }
    if len({turn_of(item) for item in applied.values()}) < 2:
        return
    found = list(_early(deployment, applied))
    if found and applications_have_health(deployment):
        yield from found


def _early(
    deployment: Deployment, applied: dict[tuple[str, str], Manifest]
) -> Iterator[EarlyApplication]:
    seen: set[int] = set()
    for need in needs_of_pods(deployment.wiring, deployment.secrets):
        reader = _application(need.workload.release, applied)
        makers = [_application(item.release, applied) for item in need.makers]
        if reader is None or id(reader) in seen or need.workload.hook:
            continue
        if all(maker and _is_later(reader, maker) for maker in makers) and makers[0]:
            seen.add(id(reader))
            yield EarlyApplication(reader, makers[0], need)


def _application(release: Release, applied: dict[tuple[str, str], Manifest]) -> Manifest | None:
    return applied.get(release.application.identity)


def _is_later(reader: Manifest, maker: Manifest) -> bool:
    mine, its = turn_of(reader), turn_of(maker)
    together = maker.release is reader.release
    return together and mine is not None and its is not None and mine < its
