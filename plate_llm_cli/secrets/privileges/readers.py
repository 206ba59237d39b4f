"""Who reads OpenBao for an environment: the stores that log in alike, and what goes through them.

A role has one policy, so it gets what is read through its stores in every namespace, as far as the
spec gives it to that namespace's environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from plate_llm_cli.graph.secret_stores import CLUSTER_STORE
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.secrets.addresses import Place, is_path
from plate_llm_cli.secrets.agreement.reads import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plate_llm_cli.graph.secret_chains import SecretChains
    from plate_llm_cli.graph.secret_sources import ProducedSecret, RemotePath
    from plate_llm_cli.graph.secret_stores import SecretStore
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.secrets.spec import PathSpec, Spec

    Served = Mapping[str, ClusterNamespace | None]
    """Where each environment of the spec is; None for one that the tree does not know."""
    _Key = tuple[str, str]
    """Where the auth method is mounted and the role, or '' and a name of our own."""

_RESERVED: Final = frozenset({"default", "root", "response-wrapping"})
"""Policies of OpenBao itself: to write `default` would be to give to everybody."""


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """The stores that log in as one, and what they need. All is sorted."""

    name: str
    """Of the policy; in lower case, as OpenBao has it."""
    role: str
    """Of the auth method; '' where the login has none that the store names."""
    stores: tuple[SecretStore, ...]
    paths: tuple[Place, ...]
    noted: tuple[Place, ...] = ()
    """Of these the metadata are read."""
    folders: tuple[Place, ...] = ()
    """Below these names are listed; the path is '' for a whole mount."""
    refused: tuple[str, ...] = ()
    """What is read and not granted, each with the reason."""

    @property
    def homes(self) -> list[str]:
        """Where its stores are: namespaces, '' being that of a cluster-wide store."""
        found = {
            "" if store.manifest.kind == CLUSTER_STORE else store.manifest.namespace
            for store in self.stores
        }
        return sorted(found)


def readers(
    secrets: SecretChains, place: ClusterNamespace, served: Served, spec: Spec
) -> list[Reader]:
    """Who reads for the environment at `place`; `spec` is that of all environments."""
    gathered: dict[_Key, _Gathered] = {}
    here: set[_Key] = set()
    for made in secrets.produced:
        for path in (*made.paths, *made.searched):
            if path.store is not None and path.store.in_openbao:
                key = _key(path.store, served)
                here |= {key} if made.place == place else set()
                found = gathered.setdefault(key, _Gathered(served, spec))
                found.add(made, path, path.store)
    names = dict(_names(gathered))
    return sorted((gathered[key].reader(names[key], key) for key in here), key=lambda x: x.name)


def _key(store: SecretStore, served: Served) -> _Key:
    login = store.login
    if login.role and login.method != "appRole":  # which has the id of a role, not its name
        return login.mount, login.role.lower()
    if store.manifest.kind == CLUSTER_STORE:
        return "", f"{store.name}-reader".lower()
    where = place_of(store.manifest)
    env = next((name for name, place in served.items() if place == where), where[1])
    return "", f"{env}-reader".lower()


def _names(keys: Iterable[_Key]) -> Iterator[tuple[_Key, str]]:
    """The names of the policies: the role's own, unless two auth methods have such a role."""
    known = list(keys)
    for mount, role in known:
        alone = sum(other == role for _, other in known) == 1
        name = role if alone or not mount else f"{mount}-{role}".replace("/", "-").lower()
        yield (mount, role), f"{name}-reader" if name in _RESERVED else name


@dataclass(slots=True, eq=False)
class _Gathered:
    served: Served
    spec: Spec
    stores: dict[int, SecretStore] = field(default_factory=dict)
    paths: set[Place] = field(default_factory=set)
    noted: set[Place] = field(default_factory=set)
    folders: set[Place] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def add(self, made: ProducedSecret, path: RemotePath, store: SecretStore) -> None:
        self.stores[id(store)] = store
        if path in made.searched:
            self._add_folder(made.place, path)
        else:
            self._add_path(made.place, path)

    def _add_path(self, place: ClusterNamespace, remote: RemotePath) -> None:
        found = path_of(remote, self.spec)
        if found is None:
            self.refused.add(f"{remote} is read in {place[1]} and is not in the spec")
        elif not self._gives(found, place):
            owners = ", ".join(found.environments)
            self.refused.add(f"{remote} is read in {place[1]}, and the spec gives it to {owners}")
        elif _beside(remote).get("metadataPolicy") == "Fetch":
            self.noted.add(found.place)
        else:
            self.paths.add(found.place)

    def _add_folder(self, place: ClusterNamespace, remote: RemotePath) -> None:
        folder = Place(remote.mount, remote.path.strip("/"))
        mounts = {path.place.mount for path in self.spec.paths}
        if folder.mount not in mounts or (folder.path and not is_path(folder.path)):
            self.refused.add(f"{remote}/ is searched in {place[1]} and is no folder of the spec")
            return
        self.folders.add(folder)
        below = {
            path.place
            for path in self.spec.paths
            if _is_below(path.place, folder) and self._gives(path, place)
        }
        self.paths |= below
        if _named(remote).get("tags"):
            self.noted |= below

    def _gives(self, path: PathSpec, place: ClusterNamespace) -> bool:
        return any(self.served.get(name) == place for name in path.environments)

    def reader(self, name: str, key: _Key) -> Reader:
        mount, role = key
        stores = sorted(self.stores.values(), key=lambda x: (x.label, x.manifest.namespace))
        return Reader(
            name,
            role if mount else "",
            tuple(stores),
            tuple(sorted(self.paths)),
            tuple(sorted(self.noted)),
            tuple(sorted(self.folders)),
            tuple(sorted(self.refused)),
        )


def _is_below(place: Place, folder: Place) -> bool:
    prefix = f"{folder.path}/" if folder.path else ""
    return place.mount == folder.mount and place.path.startswith(prefix)


def _named(remote: RemotePath) -> dict[str, Any]:
    """The mapping that the path's route leads to."""
    return _at(remote, len(remote.route))


def _beside(remote: RemotePath) -> dict[str, Any]:
    """The mapping that the path's name stands in."""
    return _at(remote, len(remote.route) - 1)


def _at(remote: RemotePath, steps: int) -> dict[str, Any]:
    found: Any = remote.manifest.plain
    for step in remote.route[:steps]:
        found = found[step]
    return found if isinstance(found, dict) else {}
