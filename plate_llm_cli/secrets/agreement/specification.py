"""Where the deployment and the spec do not meet: paths, keys and environments."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from plate_llm_cli.graph.places import FilePlace, ManifestPlace
from plate_llm_cli.secrets.agreement.gaps import Gap, GapKind
from plate_llm_cli.secrets.agreement.reads import is_at, key_names, path_of, reads_of
from plate_llm_cli.secrets.agreement.surroundings import Surroundings
from plate_llm_cli.secrets.spec import Derived
from plate_llm_cli.source.nodes import nearest
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.secret_sources import RemotePath
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.secrets.agreement.reads import KeyRead, PathRead
    from plate_llm_cli.secrets.spec import KeySpec, PathSpec, Spec

_ADD = "add it to {file}, or read what is there"


class Comparison:
    """One deployment against one spec."""

    def __init__(self, deployment: Deployment, spec: Spec) -> None:
        self._spec = spec
        self._around = Surroundings(deployment)
        self._reads = reads_of(deployment.secrets)

    def gaps(self) -> Iterator[Gap]:
        """Every gap, the deployment's end first."""
        yield from self._environments()
        yield from self._stores()
        yield from self._paths()
        yield from self._keys()
        for path in self._spec.paths:
            yield from self._unread(path)

    def _environments(self) -> Iterator[Gap]:
        """Names in the spec that no Application has."""
        if self._around.has_namesakes:
            return  # one of the two may have the name of the other
        names = [release.name for release in self._around.known.releases]
        for path in self._spec.paths:
            for index, name in enumerate(path.environments):
                if self._around.release_of(name) is None:
                    near = near_name(name, names)
                    others = self._around.known_places_of(path)
                    yield Gap(
                        GapKind.UNKNOWN_ENVIRONMENT,
                        f"no Application is {name!r}, so nothing of {path.place.path} reaches it",
                        f"did you mean {near}?" if near else "`plate-llm env list` shows them",
                        self._in_spec(path, "environments", index),
                        frozenset(others),
                        self._around.releases_at(frozenset(others)),
                    )

    def _stores(self) -> Iterator[Gap]:
        """Stores that read KV version 1 where the spec has a path."""
        seen: set[int] = set()
        for read in self._reads.paths:
            store = read.path.store
            if store is None or store.version != "v1" or id(store) in seen:
                continue
            seen.add(id(store))
            yield Gap(
                GapKind.UNSPECIFIED,
                f"{store.label} reads mount {read.path.mount} as KV version 1; "
                "what the spec describes is kept in version 2",
                "set spec.provider.vault.version to v2, and the mount to version 2",
                ManifestPlace(store.manifest, ("spec", "provider", "vault", "version")),
                frozenset({read.place}),
                (store.manifest.release.name,),
            )

    def _paths(self) -> Iterator[Gap]:
        seen: set[tuple[ClusterNamespace, str]] = set()
        for read in self._reads.paths:
            identity = (read.place, str(read.path))
            if not read.certain or identity in seen:
                continue
            seen.add(identity)
            known = path_of(read.path, self._spec)
            if known is not None:
                yield from self._unshared(read, known)
            elif read.path.mount:  # without a store in the tree it may be no path of OpenBao
                yield self._unknown_path(read)

    def _unknown_path(self, read: PathRead) -> Gap:
        path = read.path
        namesake = next((p for p in self._spec.paths if p.place.path == path.path), None)
        if namesake is not None:
            message = f"{path.path} is read from mount {path.mount}, the spec has it in "
            message += namesake.place.mount
            help_text = "make `path` of the store and `mount` of the spec agree"
            return self._at_path(read, message, help_text, namesake)
        near = near_name(path.path, [item.place.path for item in self._spec.paths])
        message = f"{path} is read in namespace {read.place[1]}, and the spec has no such path"
        help_text = f"did you mean {near}?" if near else _ADD.format(file=self._spec.file.path)
        beside = next((p for p in self._spec.paths if p.place.path == near), None)
        return self._at_path(read, message, help_text, beside)

    def _at_path(
        self, read: PathRead, message: str, help_text: str, beside: PathSpec | None
    ) -> Gap:
        return Gap(
            GapKind.UNSPECIFIED,
            message,
            help_text,
            ManifestPlace(read.path.manifest, read.path.route),
            frozenset({read.place}),
            self._concerned(read.path, read.place),
            self._stands_at(beside),
        )

    def _concerned(self, path: RemotePath, place: ClusterNamespace) -> tuple[str, ...]:
        at_place = self._around.releases_at(frozenset({place}))
        own = path.manifest.release
        return (own.name,) if own.place == place else tuple(sorted({own.name, *at_place}))

    def _unshared(self, read: PathRead, path: PathSpec) -> Iterator[Gap]:
        """A path that is read where the spec does not give it."""
        given = self._around.places_of(path)
        if given is None or read.place in given or self._around.is_split(path, read.place):
            return
        yield Gap(
            GapKind.UNSHARED,
            f"{path.place} is read in namespace {read.place[1]}, and the spec gives it to "
            f"{' and '.join(path.environments)} only",
            "read a path of its own there, or add the environment and `shared: true` to the spec",
            ManifestPlace(read.path.manifest, read.path.route),
            frozenset({read.place}),
            self._concerned(read.path, read.place),
            self._stands_at(path),
        )

    def _keys(self) -> Iterator[Gap]:
        seen: set[tuple[ClusterNamespace, str]] = set()
        for read in self._reads.keys:
            identity = (read.place, str(read.key))
            path = path_of(read.key.at, self._spec)
            if path is None or identity in seen or self._is_specified(read):
                continue
            seen.add(identity)
            name = read.key.name or ""
            near = near_name(name, path.keys)
            at = (
                self._in_spec(path, "keys", near) if near else FilePlace(self._spec.file, path.span)
            )
            yield Gap(
                GapKind.UNSPECIFIED,
                f"{path.place}#{name} is read in namespace {read.place[1]}, "
                "and the spec has no such key",
                f"did you mean {near}?" if near else _ADD.format(file=self._spec.file.path),
                read.where,
                frozenset({read.place}),
                read.releases,
                (
                    (at, f"the spec has {near} instead" if near else "the path in the spec"),
                    (ManifestPlace(read.key.manifest, read.key.at.route), "names the path"),
                ),
            )

    def _is_specified(self, read: KeyRead) -> bool:
        if read.key.name is None:
            return True
        remotes = (read.key.at, *read.key.fallbacks)
        paths = [path for path in self._spec.paths for item in remotes if is_at(item, path)]
        return any(name in path.keys for path in paths for name in key_names(read.key))

    def _unread(self, path: PathSpec) -> Iterator[Gap]:
        """Keys that the spec has and nothing reads; a misspelt one is named at this end too."""
        given = self._around.places_of(path)
        if not given or not all(self._around.known.is_known(place) for place in given):
            return
        if not self._reads.reaches(path):
            # From another mount: that is reported where it is read.
            if not any(read.path.path == path.place.path for read in self._reads.paths):
                message = f"nothing that is deployed reads {path.place}"
                yield self._idle(given, self._in_spec(path), message)
            return
        if self._reads.covers(path):
            return
        read = self._reads.names_at(path)
        for key in path.keys.values():
            if key.name not in read and key.address not in self._parents:
                yield from self._unread_key(path, key, given)

    @cached_property
    def _parents(self) -> set[object]:
        origins = (key.origin for key in self._spec.keys)
        return {origin.parent for origin in origins if isinstance(origin, Derived)}

    def _unread_key(
        self, path: PathSpec, key: KeySpec, given: set[ClusterNamespace]
    ) -> Iterator[Gap]:
        where = FilePlace(self._spec.file, key.span)
        wanted = self._reads.names_at(path) - set(path.keys)
        misread = next(
            (name for name in sorted(wanted) if near_name(name, path.keys) == key.name), ""
        )
        if misread:
            places = frozenset(given)
            yield Gap(
                GapKind.UNSPECIFIED,
                f"the spec has {key.address}, and what is deployed reads {misread} there",
                f"rename one of the two; {misread} is what the ExternalSecret or the pod asks for",
                where,
                places,
                self._around.releases_at(places),
                tuple((read.where, "read here") for read in self._readers(path, misread)),
            )
        elif key.required:
            yield self._idle(given, where, f"nothing that is deployed reads {key.address}")

    def _readers(self, path: PathSpec, name: str) -> list[KeyRead]:
        return [
            read for read in self._reads.keys if is_at(read.key.at, path) and read.key.name == name
        ]

    def _idle(self, given: set[ClusterNamespace], where: FilePlace, message: str) -> Gap:
        places = frozenset(given)
        return Gap(
            GapKind.UNREAD,
            message,
            "remove it, or say `required: false`; something outside of this tree may read it",
            where,
            places,
            self._around.releases_at(places),
        )

    def _in_spec(self, path: PathSpec, *route: str | int) -> FilePlace:
        root = self._spec.file.root
        if root is None:
            return FilePlace(self._spec.file, path.span)
        span, _ = nearest(root, ("paths", path.place.path, *route))
        return FilePlace(self._spec.file, span)

    def _stands_at(self, path: PathSpec | None) -> tuple[tuple[FilePlace, str], ...]:
        if path is None:
            return ()
        return ((self._in_spec(path), "the path in the spec"),)
