"""What ought to be in the cluster, from what the environment renders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.argocd.application import application_ref
from plate_llm_cli.cluster.objects import Ref
from plate_llm_cli.graph.secret_stores import (
    CLUSTER_EXTERNAL,
    CLUSTER_STORE,
    NAMESPACED_STORE,
    external_name,
    is_eso,
)
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_sources import ProducedSecret


@dataclass(frozen=True, slots=True)
class External:
    """An ExternalSecret; `by` is the ClusterExternalSecret that makes it, or ''."""

    ref: Ref
    secret: str
    by: str = ""
    certain: bool = True
    """False when labels of the namespace decide whether it is made."""


@dataclass(slots=True)
class Read:
    """What is read of a Secret: keys by name; () where pods take whatever is there."""

    keys: set[str] = field(default_factory=set)
    optional: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What an environment consists of. `env` is its name as people type it."""

    env: str
    namespace: str
    applications: list[Ref]
    objects: dict[Ref, dict[str, Any]]
    """What its releases apply, hooks aside, as rendered."""
    external: list[External]
    stores: list[Ref]
    secrets: dict[str, Read]
    unrendered: list[Ref]
    """The Applications of which it is not known what they apply."""

    def of_kind(self, kind: str) -> list[Ref]:
        """The objects of a kind, in their order."""
        return [ref for ref in self.objects if ref.kind == kind]


def expect(deployment: Deployment, release: Release, env: str, namespace: str = "") -> Expected:
    """What ought to be where `release` goes, and what that depends on.

    `namespace` is where to look in place of the release's own.
    """
    where = namespace or release.namespace
    made = deployment.secrets.made_at(release.place)
    external = [item for item in made if is_eso(item.manifest)]
    here = [item for item in deployment.manifests if place_of(item) == release.place]
    reached = [item.manifest.release for item in external]
    stores = _stores(external, here)
    reached += [manifest.release for manifest in stores]
    own = [item for item in deployment.releases if item.place == release.place]
    releases = list(dict.fromkeys([*own, *reached]))
    return Expected(
        env,
        where,
        [_application(item) for item in releases],
        {_ref(item, where): item.plain for item in here if not item.hook},
        [_external(item, where) for item in external],
        [_ref(manifest, where) for manifest in stores],
        _reads(deployment, release),
        [_application(item) for item in deployment.failed if item in own],
    )


def _application(release: Release) -> Ref:
    return application_ref(*release.application.identity)


def _ref(manifest: Manifest, namespace: str) -> Ref:
    """Its name in the cluster; kinds of the whole cluster are in no namespace."""
    where = "" if manifest.kind == CLUSTER_STORE else namespace
    return Ref(manifest.api_version, manifest.kind, where, manifest.name)


def _external(made: ProducedSecret, namespace: str) -> External:
    manifest = made.manifest
    by = manifest.name if manifest.kind == CLUSTER_EXTERNAL else ""
    ref = Ref(manifest.api_version, "ExternalSecret", namespace, external_name(manifest))
    return External(ref, made.name, by, made.certain)


def _stores(external: list[ProducedSecret], here: list[Manifest]) -> list[Manifest]:
    """The stores that are read from, and those that the environment brings itself."""
    read = [path.store.manifest for made in external for path in made.paths if path.store]
    own = [item for item in here if item.kind == NAMESPACED_STORE and is_eso(item)]
    return list(dict.fromkeys([*read, *own]))


def _reads(deployment: Deployment, release: Release) -> dict[str, Read]:
    """What the pods read of each Secret, those of hooks aside."""
    found: dict[str, Read] = {}
    for chain in deployment.secrets.at(release.place):
        if chain.use.manifest.hook:
            continue
        read = found.setdefault(chain.use.secret, Read())
        read.optional = read.optional and chain.use.optional
        if chain.use.key is not None and not chain.use.optional:
            read.keys.add(chain.use.key)
    return found
