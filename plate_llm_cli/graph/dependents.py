"""What other releases read of what some releases make: what breaks when those go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.gitops.applications import API_GROUP
from plate_llm_cli.graph.secret_stores import CLUSTER_WIDE, is_eso

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment


def reaching_releases(deployment: Deployment, releases: Collection[Release]) -> list[Release]:
    """The other releases of the cluster whose cluster-wide objects of External Secrets serve it."""
    clusters = {release.application.cluster for release in releases}
    found = [
        manifest.release
        for manifest in deployment.manifests
        if manifest.kind in CLUSTER_WIDE
        and is_eso(manifest)
        and manifest.release not in releases
        and manifest.release.application.cluster in clusters
    ]
    return list(dict.fromkeys(found))


def dependents(deployment: Deployment, releases: Collection[Release]) -> list[str]:
    """In words what other releases read of `releases`; nothing where nobody does."""
    found = [
        *_of_secrets(deployment, releases),
        *_of_stores(deployment, releases),
        *_of_applications(deployment, releases),
    ]
    return list(dict.fromkeys(found))


def _of_secrets(deployment: Deployment, releases: Collection[Release]) -> Iterator[str]:
    for chain in deployment.secret_chains:
        reader = chain.use.manifest.release
        makers = [made.manifest.release for made in chain.producers]
        if reader in releases or not makers or any(maker not in releases for maker in makers):
            continue
        place = f"Secret {chain.use.secret} in {chain.use.place[1]}"
        yield f"{reader.name} reads {place}, which {makers[0].name} makes"


def _of_stores(deployment: Deployment, releases: Collection[Release]) -> Iterator[str]:
    for made in deployment.secrets.produced:
        reader = made.manifest.release
        for path in made.paths:
            store = path.store
            if store and store.manifest.release in releases and reader not in releases:
                name = store.manifest.release.name
                yield f"{reader.name} reads through {store.label}, which {name} makes"


def _of_applications(deployment: Deployment, releases: Collection[Release]) -> Iterator[str]:
    staying = {release.name for release in deployment.releases if release not in releases}
    for manifest in deployment.manifests:
        applied = manifest.kind == "Application" and manifest.api_version.startswith(API_GROUP)
        if applied and manifest.release in releases and manifest.name in staying:
            yield f"{manifest.name} is applied by {manifest.release.name}"
