"""Which service accounts something gives rights to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.secret_fields import at, mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.manifests import Manifest

_BINDINGS: Final = ("RoleBinding", "ClusterRoleBinding")
_IDENTITIES: Final = ("eks.amazonaws.com/", "iam.gke.io/", "azure.workload.identity/")
"""Annotations by which a cloud gives an account an identity of its own."""

Account = tuple[str, str, str]
"""Cluster, namespace and name of a service account; '*' names all of a namespace."""


def accounts_with_rights(manifests: Iterable[Manifest]) -> frozenset[Account]:
    """The accounts that a binding of the tree names, by themselves or as a group."""
    return frozenset(
        account
        for manifest in manifests
        if manifest.kind in _BINDINGS
        for account in _subjects(manifest)
    )


def _subjects(manifest: Manifest) -> Iterator[Account]:
    cluster = manifest.release.application.cluster
    for _, subject in mappings(manifest.plain.get("subjects")):
        name = text(subject.get("name"))
        if subject.get("kind") == "ServiceAccount":
            yield cluster, text(subject.get("namespace")) or manifest.namespace, name
        elif name == "system:serviceaccounts":
            yield cluster, "*", "*"
        elif name.startswith("system:serviceaccounts:"):
            yield cluster, name.rpartition(":")[2], "*"


def has_rights(rights: frozenset[Account], account: Account) -> bool:
    """Whether `account` is among those that have rights."""
    cluster, namespace, _ = account
    return not rights.isdisjoint({account, (cluster, namespace, "*"), (cluster, "*", "*")})


def has_identity(manifest: Manifest) -> bool:
    """Whether a cloud knows the ServiceAccount."""
    notes = mapping(at(manifest.plain, "metadata", "annotations"))
    return any(name.startswith(_IDENTITIES) for name in notes)
