"""What makes Secrets, key by key, and where in OpenBao each key comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_external import ExternalSpec
    from plate_llm_cli.graph.secret_stores import SecretStore
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.source.nodes import Route


@dataclass(frozen=True, slots=True, eq=False)
class RemotePath:
    """A path of OpenBao that an ExternalSecret reads; `route` leads to where it is named.

    `mount` is '' when the store is not in the tree: `path` is then as the ExternalSecret has it.
    """

    store: SecretStore | None
    mount: str
    path: str
    manifest: Manifest
    route: Route

    def __str__(self) -> str:
        return f"{self.mount}/{self.path}" if self.mount else self.path


@dataclass(frozen=True, slots=True, eq=False)
class RemoteKey:
    """A key at a path; `name` is None where the whole path is taken as JSON.

    `name` is as the ExternalSecret has it: a key, or a way into the JSON of one (`tls.key`).
    """

    at: RemotePath
    name: str | None
    route: Route
    """To the property or the template that names it; to the path where every key is extracted."""
    fallbacks: tuple[RemotePath, ...] = ()
    """Paths that were extracted before: what `at` does not have comes from them."""

    @property
    def top(self) -> str | None:
        """The key that `name` begins with, where no key has all of it as its name."""
        if self.name is None:
            return None
        first = re.split(r"(?<!\\)[.|]", self.name, maxsplit=1)[0]
        return re.sub(r"\\(.)", r"\1", first)

    @property
    def store(self) -> SecretStore | None:
        """The store; None when it is not in the tree."""
        return self.at.store

    @property
    def mount(self) -> str:
        """The mount, or ''."""
        return self.at.mount

    @property
    def path(self) -> str:
        """The path in the mount."""
        return self.at.path

    @property
    def manifest(self) -> Manifest:
        """The ExternalSecret that reads it."""
        return self.at.manifest

    def __str__(self) -> str:
        return str(self.at) if self.name is None else f"{self.at}#{self.name}"


@dataclass(frozen=True, slots=True)
class SourceFault:
    """Why the operator cannot make the Secret; `refused` when its store does not serve it."""

    message: str
    help: str
    route: Route
    refused: bool = False


@dataclass(eq=False)
class ProducedSecret:
    """A Secret, or a part of one, that an object of the tree makes in one namespace."""

    place: ClusterNamespace
    name: str
    manifest: Manifest
    keys: dict[str, tuple[RemoteKey, ...]] = field(default_factory=dict)
    """The keys that are known, each with what is read for it; () for what is not in OpenBao."""
    whole: tuple[RemotePath, ...] = ()
    """Every key of these paths becomes a key, the last path winning."""
    open: str = ""
    """Why it may have other keys besides, or ''."""
    reads: tuple[RemoteKey, ...] = ()
    """The keys that are read whoever uses the Secret: without one of them there is no Secret."""
    paths: tuple[RemotePath, ...] = ()
    """Every path that is read."""
    consumed: tuple[RemotePath, ...] = ()
    """Paths of which every key counts as read, because what is made of each is not known."""
    searched: tuple[RemotePath, ...] = ()
    """Below these paths whatever is found is read."""
    faults: tuple[SourceFault, ...] = ()
    creates: bool = True
    """False when it only adds keys to a Secret that something else makes."""
    certain: bool = True
    """False when labels decide whether it reaches the namespace."""
    external: ExternalSpec | None = None
    """What External Secrets makes it from; None where it has no part in it."""

    @property
    def namespace(self) -> str:
        """The namespace of the Secret."""
        return self.place[1]

    def source_of(self, key: str) -> tuple[RemoteKey, ...] | None:
        """What is read for `key`; None when there will be no such key."""
        if key in self.keys:
            return self.keys[key]
        if self.whole:
            *earlier, last = self.whole
            return (RemoteKey(last, key, last.route, tuple(reversed(earlier))),)
        return () if self.open else None
