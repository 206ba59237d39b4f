"""An object outside of its Application's namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.environment_words import is_other_environment
from plate_llm_cli.graph.sync_order import is_deployed
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest


class ForeignNamespace(Rule):
    """An object names another namespace than its Application's destination.

    ## What it does
    Compares `metadata.namespace` of namespaced objects with the destination. It is a warning where
    the two differ by the environment alone: staging deploys into production then. Otherwise it may
    be meant, and it is one info for each namespace. ArgoCD's and Prometheus' objects, roles, and
    the cluster's own namespaces are left out, and so are Applications that deploy most of what
    they have elsewhere.

    ## Why is this bad?
    `destination.namespace` does not move such an object: it goes where it says, whoever is there.

    ## Example
    ```yaml
    # of an Application with the destination plate-prod
    kind: ConfigMap
    metadata: {name: settings, namespace: plate-stg}
    ```

    ## Use instead
    ```yaml
    kind: ConfigMap
    metadata: {name: settings}
    ```
    """

    id = "foreign-namespace"
    severity = Severity.INFO
    summary = "An object goes to another namespace than its Application's destination"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """The first such object of each release and namespace."""
        counted: dict[int, list[Manifest]] = {}
        for manifest in deployment.manifests:
            if _counts(manifest, deployment):
                counted.setdefault(id(manifest.release), []).append(manifest)
        for mine in counted.values():
            home = mine[0].release.namespace
            at_home = sum(item.namespace == home for item in mine) * 2 > len(mine)
            others = {item.namespace: item for item in reversed(mine) if item.namespace != home}
            for namespace, item in others.items():
                wrong = is_other_environment(home, namespace)
                if (wrong or at_home) and item.text("metadata", "namespace"):
                    yield _defect(item, wrong=wrong)


_LEFT_OUT = ("rbac.authorization.k8s.io", "argoproj.io", "monitoring.coreos.com")


def _counts(manifest: Manifest, deployment: Deployment) -> bool:
    if not manifest.name or not is_deployed(manifest) or not deployment.is_namespaced(manifest):
        return False
    group = manifest.api_version.rpartition("/")[0]
    return group not in _LEFT_OUT and not manifest.namespace.startswith("kube-")


def _defect(manifest: Manifest, *, wrong: bool) -> Defect:
    release, namespace = manifest.release, manifest.namespace
    written = " or write {{ .Release.Namespace }}" if manifest.chart else ""
    return Defect(
        ManifestPlace(manifest, ("metadata", "namespace")),
        f"{manifest.kind} {manifest.name} goes to namespace {namespace}, not to the destination "
        f"{release.namespace}",
        f"leave metadata.namespace away{written}",
        severity=Severity.WARNING if wrong else None,
    )
