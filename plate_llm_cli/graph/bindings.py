"""Which role a binding gives, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import at, mappings, text
from plate_llm_cli.graph.secret_uses import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace
    from plate_llm_cli.source.nodes import Route

_GROUP: Final = "rbac.authorization.k8s.io"
_KINDS: Final = frozenset({"RoleBinding", "ClusterRoleBinding"})
_ROLES: Final = frozenset({"Role", "ClusterRole"})


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A RoleBinding or ClusterRoleBinding, and the kind and name of what it binds."""

    manifest: Manifest
    kind: str
    role: str

    @property
    def place(self) -> ClusterNamespace:
        """The cluster and namespace of the role; '' for one of the whole cluster."""
        cluster, namespace = place_of(self.manifest)
        return cluster, namespace if self.kind == "Role" else ""

    @property
    def accounts(self) -> Iterator[tuple[ClusterNamespace, str, Route]]:
        """The service accounts among its subjects: where each is, its name, and where it stands."""
        cluster, namespace = place_of(self.manifest)
        for index, subject in mappings(self.manifest.plain.get("subjects")):
            if subject.get("kind") == "ServiceAccount":
                where = text(subject.get("namespace")) or namespace
                route = ("subjects", index, "name")
                yield (cluster, where), text(subject.get("name")), route


def bindings_of(manifests: Iterable[Manifest]) -> list[Binding]:
    """Every binding that says what it binds."""
    found = []
    for item in manifests:
        kind = text(at(item.plain, "roleRef", "kind"))
        role = text(at(item.plain, "roleRef", "name"))
        if item.kind in _KINDS and item.api_version.startswith(_GROUP) and kind and role:
            found.append(Binding(item, kind, role))
    return found


def roles_of(manifests: Iterable[Manifest]) -> dict[tuple[ClusterNamespace, str], Manifest]:
    """Every role by the cluster and namespace that it holds in ('' is all), and its name."""
    found = {}
    for item in manifests:
        if item.kind in _ROLES and item.api_version.startswith(_GROUP):
            cluster, namespace = place_of(item)
            place = cluster, namespace if item.kind == "Role" else ""
            found[place, item.name] = item
    return found
