"""Who in the deployment has to take notice when keys of OpenBao have new values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plate_llm_cli.graph.secret_fields import at, mapping
from plate_llm_cli.graph.secret_stores import CLUSTER_EXTERNAL, external_name, is_eso
from plate_llm_cli.graph.secret_uses import How
from plate_llm_cli.secrets.agreement.reads import is_at, is_below, key_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_chains import Chain, SecretChains
    from plate_llm_cli.graph.secret_sources import ProducedSecret, RemoteKey, RemotePath
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.secrets.addresses import Address
    from plate_llm_cli.secrets.spec import PathSpec, Spec

_NO_TIME = re.compile(r"-.*|(?:[0.]+(?:ns|us|µs|μs|ms|s|m|h)?)+")
"""Durations of Go that are not above zero."""


@dataclass(frozen=True, slots=True)
class Sync:
    """An ExternalSecret that reads one of the keys, and the Secret that it makes."""

    place: ClusterNamespace
    name: str
    secret: str
    maker: str
    """The object of the tree, `ClusterExternalSecret/shared`."""
    frozen: str = ""
    """The field because of which it takes no new value by itself, or ''."""
    creates: bool = True


@dataclass(frozen=True, slots=True)
class Workload:
    """An object whose pods have one of the values."""

    place: ClusterNamespace
    kind: str
    name: str
    restarts: bool
    """Whether `kubectl rollout restart` knows its kind."""


@dataclass(frozen=True, slots=True)
class Affected:
    """Everything of the tree that has to do with the keys, in the order of the tree."""

    syncs: tuple[Sync, ...]
    workloads: tuple[Workload, ...]

    @property
    def places(self) -> tuple[ClusterNamespace, ...]:
        """The namespaces that are concerned."""
        return tuple(
            dict.fromkeys(
                [*(item.place for item in self.syncs), *(item.place for item in self.workloads)]
            )
        )


def affected(secrets: SecretChains, changed: Iterable[Address], spec: Spec) -> Affected:
    """What reads one of `changed`, keys of the whole `spec`.

    Image pulls are no workload here: the kubelet takes the Secret as it is at each pull.
    """
    names: dict[PathSpec, set[str]] = {}
    for address in changed:
        path = spec.at(address.place)
        if path is not None:
            names.setdefault(path, set()).add(address.key)
    changes = _Changes(names)
    syncs = [_sync(made) for made in secrets.produced if changes.reach(made) and _by_eso(made)]
    chains = [chain for chain in secrets.chains if changes.reach_pods(chain)]
    workloads = [_workload(chain.use.manifest) for chain in chains]
    return Affected(tuple(dict.fromkeys(syncs)), tuple(dict.fromkeys(workloads)))


@dataclass(frozen=True, slots=True, eq=False)
class _Changes:
    """The keys that change, by path."""

    names: Mapping[PathSpec, set[str]]

    def reach(self, made: ProducedSecret) -> bool:
        """Whether the Secret is read anew because of them."""
        named = (key for keys in made.keys.values() for key in keys)
        if any(self._key(key) for key in (*made.reads, *named)):
            return True
        return self._in_bulk(made) or any(self._path(path) for path in made.whole)

    def reach_pods(self, chain: Chain) -> bool:
        """Whether what `chain` gives to a pod is one of them, or made from one."""
        if chain.use.how is How.PULL:
            return False
        made = [item for item in chain.producers if self.reach(item)]
        if chain.use.key is None:
            return bool(made)
        if any(self._key(key) for key in chain.remote) or any(map(self._in_bulk, made)):
            return True
        return not chain.remote and any(item.open for item in made)

    def _in_bulk(self, made: ProducedSecret) -> bool:
        """Whether one is among what is read without a name."""
        return any(self._path(path) for path in made.consumed) or any(
            is_below(folder, path) for folder in made.searched for path in self.names
        )

    def _path(self, remote: RemotePath) -> bool:
        return any(is_at(remote, path) for path in self.names)

    def _key(self, key: RemoteKey) -> bool:
        remotes = (key.at, *key.fallbacks)
        return any(
            key.name is None or _name_in(key, path) in names
            for path, names in self.names.items()
            if any(is_at(remote, path) for remote in remotes)
        )


def _name_in(key: RemoteKey, path: PathSpec) -> str:
    """Which key of `path` is read: `tls.key` may be a key, or something in the JSON of `tls`."""
    return next((name for name in key_names(key) if name in path.keys), "")


def _by_eso(made: ProducedSecret) -> bool:
    return is_eso(made.manifest)


def _sync(made: ProducedSecret) -> Sync:
    manifest, name = made.manifest, external_name(made.manifest)
    spec = mapping(at(manifest.plain, "spec"))
    if manifest.kind == CLUSTER_EXTERNAL:
        spec = mapping(spec.get("externalSecretSpec"))
    maker = f"{manifest.kind}/{manifest.name}"
    return Sync(made.place, name, made.name, maker, _frozen(spec), made.creates)


def _frozen(spec: Mapping[str, object]) -> str:
    """Why a changed annotation does not make the operator read again.

    From its source: `shouldRefresh` in externalsecret_controller.go, and pull request 4567.
    """
    if at(spec, "target", "immutable") is True:
        return "target.immutable"
    policy, interval = spec.get("refreshPolicy"), spec.get("refreshInterval")
    if policy == "CreatedOnce":
        return "refreshPolicy CreatedOnce"
    is_number = isinstance(interval, str | int) and not isinstance(interval, bool)
    if policy in (None, "", "Periodic") and is_number and _NO_TIME.fullmatch(str(interval)):
        return f"refreshInterval {interval}"
    return ""


def _workload(manifest: Manifest) -> Workload:
    place = (manifest.release.application.cluster, manifest.namespace)
    apps = manifest.api_version.startswith("apps/")
    restarts = apps and manifest.kind in ("Deployment", "StatefulSet", "DaemonSet")
    return Workload(place, manifest.kind, manifest.name, restarts)
