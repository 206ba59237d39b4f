"""In which order the Applications are synced: who makes Secrets goes before who reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plate_llm_cli.gitops.generation.needs import AFTER, BEFORE, FIRST, Wave
from plate_llm_cli.graph.secret_stores import CLUSTER_WIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest


def sync_waves(deployment: Deployment) -> dict[Release, Wave]:
    """The wave of every release that makes Secrets for others, or reads theirs.

    0: makes them through objects of the cluster; 1: makes them in a namespace; 2: reads them. Who
    reads what a reader makes comes one later. Releases that need each other share a wave.
    """
    order = _Order()
    for reader, made in _links(deployment):
        order.note(reader, made)
    return {release: order.wave(release) for release in deployment.releases if order.knows(release)}


def _links(deployment: Deployment) -> Iterator[tuple[Release, Manifest]]:
    """Every release that reads a Secret or a store, with the object that gives it."""
    for chain in deployment.secret_chains:
        yield from ((chain.use.manifest.release, made.manifest) for made in chain.producers)
    for made in deployment.secrets.produced:
        for path in made.paths:
            if path.store is not None:
                yield made.manifest.release, path.store.manifest


@dataclass(slots=True)
class _Order:
    """Whose Secrets and stores each release needs."""

    needed: dict[Release, set[Release]] = field(default_factory=dict)
    makers: set[Release] = field(default_factory=set)
    shared: set[Release] = field(default_factory=set)
    """The makers that act for the whole cluster."""
    _numbers: dict[Release, int] = field(default_factory=dict)

    def note(self, reader: Release, made: Manifest) -> None:
        """`reader` needs the object `made`."""
        maker = made.release
        if maker is reader:
            return
        self.needed.setdefault(reader, set()).add(maker)
        self.makers.add(maker)
        if made.kind in CLUSTER_WIDE:
            self.shared.add(maker)

    def knows(self, release: Release) -> bool:
        """Whether anything ties the release to another."""
        return release in self.makers or release in self.needed

    def wave(self, release: Release) -> Wave:
        """When it is synced, and why."""
        number = self._number(release)
        if release not in self.makers:
            return Wave(number, AFTER)
        return Wave(number, BEFORE if number else FIRST)

    def _number(self, release: Release) -> int:
        """The least wave that is behind those of all that the release needs."""
        if release not in self._numbers:
            least = 0 if release in self.shared else 1 if release in self.makers else 2
            needed = self.needed.get(release, ())
            before = [maker for maker in needed if release not in self._reached(maker)]
            after = [self._number(maker) + 1 for maker in before]
            self._numbers[release] = max([least, *after])
        return self._numbers[release]

    def _reached(self, start: Release) -> set[Release]:
        """`start` and all that it needs, directly or not."""
        found, pending = {start}, [start]
        while pending:
            fresh = self.needed.get(pending.pop(), set()) - found
            found |= fresh
            pending += fresh
        return found
