"""The least that OpenBao must allow: a policy for each role of a store, and one for seeding."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.secrets.reads import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.secret_chains import SecretChains
    from plate_llm_cli.graph.secret_sources import RemotePath
    from plate_llm_cli.graph.secret_stores import SecretStore
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.secrets.addresses import Place
    from plate_llm_cli.secrets.spec import Spec

READ: Final[tuple[str, ...]] = ("read",)
SEED: Final = ("create", "read", "update")
NOTE: Final = ("patch", "read")
"""On a path's metadata: its history, and the time at which a key was changed."""
LIST: Final[tuple[str, ...]] = ("list",)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy: its capabilities by path of OpenBao's API, such as `secret/data/harbor/staging`."""

    name: str
    about: str
    grants: dict[str, tuple[str, ...]]

    @property
    def hcl(self) -> str:
        """The policy as OpenBao takes it; the same grants give the same text."""
        blocks = [f"# {self.about}\n# Made by plate-llm secrets policy; changes here are lost.\n"]
        for path, capabilities in sorted(self.grants.items()):
            listed = ", ".join(f'"{name}"' for name in sorted(capabilities))
            blocks.append(f'path "{path}" {{\n  capabilities = [{listed}]\n}}\n')
        return "\n".join(blocks)


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Who reads: the stores that log in as one role, and what is read through them."""

    name: str
    """Of the role and of its policy."""
    stores: tuple[SecretStore, ...]
    paths: tuple[Place, ...]
    """In the spec, sorted."""
    unknown: tuple[str, ...] = ()
    """Read, and not in the spec: not granted."""
    searched: tuple[str, ...] = ()
    """Paths of the API below which names are listed."""

    @property
    def policy(self) -> Policy:
        """What it needs: to read these paths, and nothing beside them."""
        grants = {f"{place.mount}/data/{place.path}": READ for place in self.paths}
        grants |= dict.fromkeys(self.searched, LIST)
        stores = " and ".join(dict.fromkeys(store.label for store in self.stores))
        return Policy(self.name, f"What {stores} may read.", grants)


def seeder_policy(env: str, spec: Spec) -> Policy:
    """What `seed`, `rotate` and `age` need for an environment; `spec` holds its paths alone."""
    grants: dict[str, tuple[str, ...]] = {}
    for path in spec.paths:
        grants[f"{path.place.mount}/data/{path.place.path}"] = SEED
        grants[f"{path.place.mount}/metadata/{path.place.path}"] = NOTE
    return Policy(f"plate-llm-seeder-{env}", f"Seeds and rotates the secrets of {env}.", grants)


def readers(secrets: SecretChains, place: ClusterNamespace, spec: Spec) -> list[Reader]:
    """Who reads for the environment at `place`, by role.

    A role gets what is read through its stores in every namespace: it has one policy.
    """
    here = {_role(path.store) for made in secrets.made_at(place) for path in made.paths}
    used: dict[str, list[RemotePath]] = defaultdict(list)
    searched: dict[str, list[RemotePath]] = defaultdict(list)
    for made in secrets.produced:
        for path in made.paths:
            used[_role(path.store)].append(path)
        for path in made.searched:
            searched[_role(path.store)].append(path)
    names = sorted((here | (set(searched) & here)) - {""})
    return [_reader(name, used[name], searched[name], spec) for name in names]


def _reader(
    name: str, used: Iterable[RemotePath], searched: Iterable[RemotePath], spec: Spec
) -> Reader:
    known, unknown = set(), set()
    stores: dict[int, SecretStore] = {}
    below = [*searched]
    for path in [*used, *below]:
        if path.store is not None:
            stores[id(path.store)] = path.store
    for path in used:
        found = path_of(path, spec)
        known |= {found.place} if found else set()
        unknown |= set() if found else {str(path)}
    lists: set[str] = set()
    for path in below:
        folder = path.path.strip("/")
        lists |= {f"{path.mount}/metadata/{folder}/*" if folder else f"{path.mount}/metadata/*"}
        known |= {item.place for item in spec.paths if _is_below(item.place, path)}
    return Reader(
        name,
        tuple(stores.values()),
        tuple(sorted(known)),
        tuple(sorted(unknown)),
        tuple(sorted(lists)),
    )


def _is_below(place: Place, folder: RemotePath) -> bool:
    prefix = folder.path.strip("/")
    return place.mount == folder.mount and (not prefix or place.path.startswith(f"{prefix}/"))


def _role(store: SecretStore | None) -> str:
    """The role that a store logs in as; '' for none.

    One with a token names no role, one with AppRole the role's id only: they get one of their own.
    """
    if store is None or not store.in_openbao:
        return ""
    named = store.login.role if store.login.method != "appRole" else ""
    return named or f"{store.manifest.namespace}-{store.name}"
