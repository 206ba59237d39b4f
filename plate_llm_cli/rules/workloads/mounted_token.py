"""A token in a pod that has no use for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.account_rights import accounts_with_rights, has_identity, has_rights
from plate_llm_cli.graph.secret_fields import at, mapping, text
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.graph.workloads import Workload

_FIELD = "automountServiceAccountToken"


class MountedToken(Rule):
    """A pod is given the token of a service account that has no rights.

    ## What it does
    Looks at pods whose ServiceAccount is in the tree: no RoleBinding and no ClusterRoleBinding
    names it, no cloud gives it an identity, and neither pod nor account switches
    `automountServiceAccountToken` off. Namespaces of which not everything is in the tree are left
    out.

    ## Why is this bad?
    Whoever reads files in the pod can speak to the API server: the day somebody gives rights to
    all accounts, this pod has them too.

    ## Example
    ```yaml
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead
    ```yaml
    kind: ServiceAccount
    metadata: {name: web}
    automountServiceAccountToken: false
    ```
    """

    id = "mounted-token"
    severity = Severity.INFO
    summary = "A pod is given the token of a service account that has no rights"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """One defect an account, at the account."""
        rights = accounts_with_rights(deployment.manifests)
        seen: set[int] = set()
        for workload in deployment.wiring.workloads:
            name = text(workload.pod.get("serviceAccountName"))
            account = deployment.wiring.find(workload.place, "ServiceAccount", name)
            if account is None or id(account) in seen or workload.manifest.hook:
                continue
            if not _is_mounted(workload, account) or has_rights(rights, (*workload.place, name)):
                continue
            if not has_identity(account) and deployment.known.is_known(workload.place):
                seen.add(id(account))
                yield _defect(workload, account)


def _is_mounted(workload: Workload, account: Manifest) -> bool:
    holder = at(workload.manifest.plain, *map(str, workload.base[:-1]))
    notes = mapping(at(holder, "metadata", "annotations"))
    if any(name.startswith("vault.hashicorp.com/") for name in notes):
        return False  # the agent logs in with it
    of_pod = workload.pod.get(_FIELD)
    return (account.plain.get(_FIELD) if of_pod is None else of_pod) is not False


def _defect(workload: Workload, account: Manifest) -> Defect:
    explicit = workload.pod.get(_FIELD) is not None
    holder, route = (workload.manifest, (*workload.base, _FIELD)) if explicit else (account, ())
    set_here = explicit or account.plain.get(_FIELD) is not None
    place = ManifestPlace(holder, route or (_FIELD,), absent=not set_here)
    return Defect(
        place,
        f"{workload.label} mounts the token of ServiceAccount {account.name}, "
        "to which the tree gives no rights",
        f"set {_FIELD}: false, or bind a role to the account",
        alike=_FIELD,
    )
