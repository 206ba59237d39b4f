"""What the deployment reads from OpenBao, held against the paths of the spec."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.graph.places import ManifestPlace
from plate_llm_cli.secrets.addresses import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.secret_chains import SecretChains
    from plate_llm_cli.graph.secret_sources import RemoteKey, RemotePath
    from plate_llm_cli.graph.secret_uses import ClusterNamespace, SecretUse
    from plate_llm_cli.secrets.spec import PathSpec, Spec


@dataclass(frozen=True, slots=True, eq=False)
class KeyRead:
    """One key that is read in one namespace; `use` is who names it, None for an ExternalSecret."""

    place: ClusterNamespace
    key: RemoteKey
    use: SecretUse | None = None

    @property
    def where(self) -> ManifestPlace:
        """The line that names the key."""
        if self.use is not None:
            return ManifestPlace(self.use.manifest, self.use.route)
        return ManifestPlace(self.key.manifest, self.key.route)

    @property
    def releases(self) -> tuple[str, ...]:
        """The releases that have a part in it."""
        manifests = [self.key.manifest, *([self.use.manifest] if self.use else [])]
        return tuple(sorted({manifest.release.name for manifest in manifests}))


@dataclass(frozen=True, slots=True, eq=False)
class PathRead:
    """One path that is read in one namespace; `certain` as of its producer."""

    place: ClusterNamespace
    path: RemotePath
    certain: bool


@dataclass(eq=False)
class Reads:
    """Everything that is read, in all namespaces or in one."""

    keys: list[KeyRead] = field(default_factory=list)
    paths: list[PathRead] = field(default_factory=list)
    whole: list[RemotePath] = field(default_factory=list)
    """Of these every key counts as read."""
    searched: list[RemotePath] = field(default_factory=list)

    def covers(self, path: PathSpec) -> bool:
        """Whether every key of `path` counts as read."""
        if any(is_at(remote, path) for remote in self.whole):
            return True
        return any(is_below(remote, path) for remote in self.searched)

    def names_at(self, path: PathSpec) -> set[str]:
        """The keys of `path` that are read by name, whether it has them or not."""
        return {name for read in self.keys for name in _names_at(read.key, path)}

    def reaches(self, path: PathSpec) -> bool:
        """Whether anything reads `path`."""
        return self.covers(path) or any(is_at(read.path, path) for read in self.paths)


def reads_of(secrets: SecretChains) -> Reads:
    """What the ExternalSecrets read by themselves, and what the uses of their Secrets ask for."""
    reads = Reads()
    for made in secrets.produced:
        reads.paths += [PathRead(made.place, path, made.certain) for path in made.paths]
        reads.keys += [KeyRead(made.place, key) for key in made.reads]
        reads.whole += [*made.consumed, *(key.at for key in made.reads if key.name is None)]
        reads.searched += made.searched
    by_data = {id(read.key) for read in reads.keys}
    for chain in secrets.chains:
        reads.whole += chain.whole
        reads.keys += [
            KeyRead(chain.use.place, key, chain.use)
            for key in chain.remote
            if id(key) not in by_data
        ]
    return reads


def is_at(remote: RemotePath, path: PathSpec) -> bool:
    """Whether `remote` is `path`; without a store in the tree, whether it may be."""
    mount, own = path.place.mount, path.place.path
    if remote.mount:
        return Place(remote.mount, remote.path) == path.place
    return remote.path in (own, f"{mount}/{own}", f"{mount}/data/{own}")


def path_of(remote: RemotePath, spec: Spec) -> PathSpec | None:
    """The path of the spec that `remote` is."""
    return next((path for path in spec.paths if is_at(remote, path)), None)


def key_names(key: RemoteKey) -> Iterable[str]:
    """The names in the spec that `key` may be: the whole one first."""
    return dict.fromkeys(name for name in (key.name, key.top) if name)


def _names_at(key: RemoteKey, path: PathSpec) -> Iterator[str]:
    """What `key` reads at `path`; from several extracts it may come from each."""
    if any(is_at(remote, path) for remote in (key.at, *key.fallbacks)):
        names = list(key_names(key))
        known = [name for name in names if name in path.keys]
        yield from known[:1] or names[:1]


def is_below(folder: RemotePath, path: PathSpec) -> bool:
    """Whether `path` is found where `folder` is searched."""
    if folder.mount and folder.mount != path.place.mount:
        return False
    prefix = folder.path.strip("/")
    return not prefix or path.place.path == prefix or path.place.path.startswith(f"{prefix}/")
