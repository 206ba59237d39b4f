"""A binding of what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.bindings import bindings_of, roles_of
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.bindings import Binding
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.secret_uses import ClusterNamespace

_ROUTE = ("roleRef", "name")
_BUILT_IN = frozenset({"admin", "cluster-admin", "edit", "view"})
Roles = dict[tuple["ClusterNamespace", str], "Manifest"]


class DanglingBinding(Rule):
    """A binding of rights names a role or an account that nothing in the tree makes.

    ## What it does
    Looks for the role and the service accounts of each binding. It is an error where the same
    release has one role in the namespace that nothing binds, or where the name of one, or of an
    account, is almost the same. Otherwise an operator or somebody else may make it: then it is an
    info in a namespace of which everything is in the tree, and nothing for a ClusterRole. What
    every cluster has (`view`, `system:...`) is left out.

    ## Why is this bad?
    The pods run without the rights that they need: the API server answers 403 to all they ask.

    ## Example
    ```yaml
    kind: RoleBinding
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
    ---
    kind: Role
    metadata:
      name: web-reader
    ```

    ## Use instead
    ```yaml
    kind: RoleBinding
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web-reader}
    ```
    """

    id = "dangling-binding"
    severity = Severity.ERROR
    summary = "A binding names a role or an account that nothing in the tree makes"
    asks_external = ("Role", "ServiceAccount")

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every binding of what is not there."""
        roles = roles_of(deployment.manifests)
        bindings = bindings_of(deployment.manifests)
        bound = {(item.place, item.role) for item in bindings}
        idle = {key: role for key, role in roles.items() if key not in bound}
        for binding in bindings:
            given = binding.kind == "ClusterRole" and _is_given(binding.role)
            if not given and (binding.place, binding.role) not in roles:
                yield from _without_role(deployment, binding, idle)
            yield from _without_account(deployment, binding)


def _is_given(name: str) -> bool:
    """Whether every cluster has this ClusterRole."""
    return name in _BUILT_IN or name.startswith("system:")


def _without_role(deployment: Deployment, binding: Binding, idle: Roles) -> Iterator[Defect]:
    place = binding.place
    own = {
        role.name: role
        for (where, _), role in idle.items()
        if where == place and role.release is binding.manifest.release
    }
    where = f" in namespace {place[1]}" if place[1] else ""
    message = f"there is no {binding.kind} {binding.role}{where}"
    meant = near_name(binding.role, own)
    if place[1] and len(own) == 1:
        (meant,) = own
    if meant:
        where_named = ManifestPlace(binding.manifest, _ROUTE)
        related = ((ManifestPlace(own[meant], ("metadata", "name")), "nothing binds this one"),)
        yield Defect(where_named, message, f"did you mean {meant}?", related=related)
    elif place[1] and _is_missed(deployment, place, "Role", binding.role):
        help_text = declare("Role", place[1], binding.role)
        where_named = ManifestPlace(binding.manifest, _ROUTE)
        yield Defect(where_named, message, help_text, severity=Severity.INFO)


def _without_account(deployment: Deployment, binding: Binding) -> Iterator[Defect]:
    for place, name, route in binding.accounts:
        there = deployment.wiring.names(place, "ServiceAccount")
        if name in ("", "default") or name in there:
            continue
        if not there and place != place_of(binding.manifest):
            continue  # a namespace of others
        if not _is_missed(deployment, place, "ServiceAccount", name):
            continue
        near = near_name(name, there)
        yield Defect(
            ManifestPlace(binding.manifest, route),
            f"there is no ServiceAccount {name} in namespace {place[1]}",
            f"did you mean {near}?" if near else declare("ServiceAccount", place[1], name),
            severity=None if near else Severity.INFO,
        )


def _is_missed(deployment: Deployment, place: ClusterNamespace, kind: str, name: str) -> bool:
    """Whether the tree should have it: Kubernetes makes what is in its own namespaces."""
    if place[1].startswith("kube-") or not deployment.known.is_known(place):
        return False
    return not deployment.external.has(kind, place[1], name)
