"""An object outside of its Application's namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.environment_words import is_other_environment
from plate_llm_cli.graph.sync_order import is_deployed
from plate_llm_cli.rules.base import Defect, ManifestPlace, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
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
        told: set[tuple[int, str]] = set()
        for manifest in deployment.manifests:
            release, namespace = manifest.release, manifest.text("metadata", "namespace")
            if namespace in ("", release.namespace) or not manifest.name:
                continue
            if not is_deployed(manifest):
                continue
            wrong = is_other_environment(release.namespace, namespace)
            if (id(release), namespace) in told or not _counts(manifest, deployment):
                continue
            if wrong or _is_at_home(release, deployment):
                told.add((id(release), namespace))
                yield _defect(manifest, wrong=wrong)


_LEFT_OUT = ("rbac.authorization.k8s.io", "argoproj.io", "monitoring.coreos.com")


def _counts(manifest: Manifest, deployment: Deployment) -> bool:
    if not deployment.is_namespaced(manifest) or manifest.namespace.startswith("kube-"):
        return False
    return manifest.api_version.rpartition("/")[0] not in _LEFT_OUT


def _is_at_home(release: Release, deployment: Deployment) -> bool:
    """Whether the release puts most of its namespaced objects where its destination says."""
    mine = [item for item in deployment.manifests if item.release is release]
    inside = [item for item in mine if _counts(item, deployment)]
    return sum(item.namespace == release.namespace for item in inside) * 2 > len(inside)


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
