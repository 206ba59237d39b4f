"""A deployment and the cluster that it goes to: each object is asked for once, and no more kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.connection import Request
from plate_llm_cli.cluster.objects import Selection, items, text
from plate_llm_cli.cluster.validation.complaints import UNCHECKED, about
from plate_llm_cli.errors import ClusterError, ForbiddenError, MissingKindError
from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.secret_producers import produced_secrets
from plate_llm_cli.graph.secret_uses import pods_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.cluster.objects import Object, Ref
    from plate_llm_cli.cluster.validation.complaints import Complaint
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.places import ManifestPlace
    from plate_llm_cli.graph.secret_sources import ProducedSecret
    from plate_llm_cli.source.nodes import Route

_ABSENT = 404


@dataclass(frozen=True, slots=True)
class Look:
    """What the API server says of one object; `known` is False where it may not be read."""

    known: bool
    found: Any = None

    @property
    def absent(self) -> bool:
        """Whether it is sure that there is none."""
        return self.known and self.found is None


@dataclass(frozen=True, slots=True)
class PodSpec:
    """What an object says of its pods, and the way to it."""

    manifest: Manifest
    route: Route
    spec: dict[str, Any]


@dataclass(eq=False)
class Site:
    """The objects of one environment, those of the whole tree, and the API server."""

    api: Api
    manifests: list[Manifest]
    tree: list[Manifest]
    """Every object of the tree that goes to the same cluster."""
    new_namespaces: set[str] = field(default_factory=set)
    """Those that are not there yet."""
    templates: dict[Ref, Object] = field(default_factory=dict)
    """By workload, what its pods would become, defaults included."""
    _looks: dict[Ref, Look] = field(default_factory=dict)
    _lists: dict[tuple[str, str, str], list[Object] | None] = field(default_factory=dict)
    _refused: dict[tuple[str, str, str], Complaint] = field(default_factory=dict)
    _versions: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, api: Api, manifests: list[Manifest], tree: Iterable[Manifest]) -> Site:
        """`manifests`, all of one cluster, among those of the `tree`."""
        clusters = {item.release.application.cluster for item in manifests}
        return cls(
            api, manifests, [item for item in tree if item.release.application.cluster in clusters]
        )

    @cached_property
    def pods(self) -> list[PodSpec]:
        """Everything that makes pods."""
        return [PodSpec(item, *pod) for item in self.manifests for pod in pods_of(item)]

    @property
    def refused(self) -> list[Complaint]:
        """What could not be looked at."""
        return list(self._refused.values())

    def makes(self, kind: str, namespace: str, name: str) -> bool:
        """Whether an object of the tree is that one; `namespace` is '' for what is in none."""
        return (kind, namespace, name) in self._made or (
            not namespace and any(it[0] == kind and it[2] == name for it in self._made)
        )

    @cached_property
    def _made(self) -> set[tuple[str, str, str]]:
        return {(item.kind, item.namespace, item.name) for item in self.tree}

    def producers(self, namespace: str, secret: str) -> list[ProducedSecret]:
        """What in the tree makes a Secret, not only adds to it."""
        return [it for it in self._produced if (it.namespace, it.name) == (namespace, secret)]

    @cached_property
    def _produced(self) -> list[ProducedSecret]:
        return [item for item in produced_secrets(self.tree) if item.creates]

    def look(
        self, ref: Ref, place: ManifestPlace, keep: Callable[[Object], Any] | None = None
    ) -> Look:
        """The object, or what `keep` takes from it; `place` is what refers to it.

        Raises:
            ClusterError: the API server is gone.
        """
        if ref not in self._looks:
            self._looks[ref] = self._ask(ref, place, keep)
        return self._looks[ref]

    def _ask(self, ref: Ref, place: ManifestPlace, keep: Callable[[Object], Any] | None) -> Look:
        try:
            found = self.api.get(ref)
        except MissingKindError:
            return Look(known=True)
        except ForbiddenError:
            self.refuse("get", ref.api_version, ref.kind, ref.namespace, place)
            return Look(known=False)
        return Look(known=True, found=keep(found) if keep and found is not None else found)

    def all(
        self, api_version: str, kind: str, namespace: str, place: ManifestPlace
    ) -> list[Object] | None:
        """Every object of a kind; None where they may not be listed.

        Raises:
            ClusterError: the API server is gone.
        """
        key = (api_version, kind, namespace)
        if key not in self._lists:
            try:
                self._lists[key] = self.api.find(api_version, kind, Selection(namespace))
            except MissingKindError:
                self._lists[key] = []
            except ForbiddenError:
                self._lists[key] = None
                self.refuse("list", api_version, kind, namespace, place)
        return self._lists[key]

    def refuse(
        self, verb: str, api_version: str, kind: str, namespace: str, place: ManifestPlace
    ) -> None:
        """Note once that whoever asks may not `verb` objects of a kind."""
        key = (verb, f"{api_version} {kind}", namespace)
        if key not in self._refused:
            group = api_version.rpartition("/")[0]
            named = f"{self._plural(api_version, kind)}{f'.{group}' if group else ''}"
            where = f" in {namespace}" if namespace else ""
            message = f"not checked: you may not {verb} {named}{where}"
            hint = "ask who runs the cluster for that right, or let somebody check who has it"
            self._refused[key] = about(UNCHECKED, place, message, hint, Severity.INFO)

    def _plural(self, api_version: str, kind: str) -> str:
        try:
            return self.api.kind(api_version, kind).plural
        except ClusterError:
            return kind

    def versions(self, group: str) -> list[str]:
        """The versions of an API group that are served, the preferred one first; [] for none.

        Raises:
            ClusterError: the API server is gone.
        """
        if group not in self._versions:
            self._versions[group] = self._versions_of(group)
        return self._versions[group]

    def _versions_of(self, group: str) -> list[str]:
        request = Request("GET", f"/apis/{group}", f"ask for the versions of {group}")
        try:
            answer = self.api.connection.json(request)
        except ClusterError as error:
            if error.status == _ABSENT:
                return []
            raise
        first = text(answer, "preferredVersion", "groupVersion")
        served = [text(item, "groupVersion") for item in items(answer, "versions")]
        return sorted(served, key=lambda version: version != first)
