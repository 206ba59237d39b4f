"""From what a pod reads down to mount, path and key: the first links of the graph."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from plate_llm_cli.graph.secret_producers import produced_secrets
from plate_llm_cli.graph.secret_uses import DOCKER_CONFIG, How, secret_uses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_sources import ProducedSecret, RemoteKey, RemotePath
    from plate_llm_cli.graph.secret_uses import ClusterNamespace, SecretUse


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A use of a Secret, what makes that Secret, and what OpenBao must hold for it."""

    use: SecretUse
    producers: tuple[ProducedSecret, ...]
    """All that make it or add to it; () where nothing in the tree does."""

    @property
    def key(self) -> str | None:
        """The key of the Secret; None when the use takes every key."""
        return self.use.key

    @property
    def remote(self) -> tuple[RemoteKey, ...]:
        """The keys of OpenBao that have to be there for this use."""
        if self.use.key is None:
            named = (keys for made in self.producers for keys in made.keys.values())
            return tuple(key for keys in named for key in keys)
        found = (made.source_of(name) for name in self._names for made in self.producers)
        return next((keys for keys in found if keys is not None), ())

    @property
    def whole(self) -> tuple[RemotePath, ...]:
        """The paths of which this use takes every key."""
        if self.use.key is not None:
            return ()
        return tuple(path for made in self.producers for path in made.whole)

    @property
    def made(self) -> bool:
        """Whether something in the tree makes the Secret, not only adds to it."""
        return any(made.creates for made in self.producers)

    @property
    def lacks_key(self) -> bool:
        """Whether what makes the Secret is known not to make the key that is read."""
        if not self.made or self.use.key is None:
            return False
        return all(made.source_of(name) is None for made in self.producers for name in self._names)

    @property
    def _names(self) -> tuple[str, ...]:
        if self.use.how is How.PULL:
            return (DOCKER_CONFIG, ".dockercfg")
        return (self.use.key or "",)


@dataclass(eq=False)
class SecretChains:
    """Every chain of a deployment, and every producer."""

    manifests: Iterable[Manifest]

    @cached_property
    def produced(self) -> list[ProducedSecret]:
        """Every Secret that is made, in each namespace."""
        return produced_secrets(self.manifests)

    @cached_property
    def chains(self) -> list[Chain]:
        """Every use of a Secret, linked. A use that names no Secret is left to the schemas."""
        made: dict[tuple[ClusterNamespace, str], list[ProducedSecret]] = defaultdict(list)
        for secret in self.produced:
            made[secret.place, secret.name].append(secret)
        return [
            Chain(use, tuple(made.get((use.place, use.secret), ())))
            for use in secret_uses(self.manifests)
            if use.secret and use.key != ""
        ]

    def at(self, place: ClusterNamespace) -> list[Chain]:
        """The chains of one namespace."""
        return [chain for chain in self.chains if chain.use.place == place]

    def made_at(self, place: ClusterNamespace) -> list[ProducedSecret]:
        """The Secrets that are made in one namespace."""
        return [secret for secret in self.produced if secret.place == place]
