"""A namespace that nobody makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.environment_words import is_other_environment
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.secret_uses import place_of
from plate_llm_cli.graph.slips import misspelt
from plate_llm_cli.rules.base import Defect, FilePlace, ManifestPlace, Place, Rule
from plate_llm_cli.source.nodes import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest

_ROUTE = ("spec", "destination", "namespace")
_OWN = "add CreateNamespace=true to the syncOptions of the Application"
_OTHER = "add a Namespace object: CreateNamespace makes that of the destination alone"
_SOME = 1 / 3
_MOST = 1 / 2


class UncreatedNamespace(Rule):
    """Something is deployed to a namespace that nothing in the tree makes.

    ## What it does
    Looks for whoever makes the namespace of each Application, and the one that an object names
    itself: a Namespace object in any file, `CreateNamespace=true` of any Application with that
    destination, Terraform, or a command in a script or a text. Namespaces that every cluster has
    are there, and so is ArgoCD's. Where the tree makes less than a third of a cluster's
    namespaces, they are made elsewhere, and nothing is said. It is an info up to a half, and where
    something is deployed that is not in the tree.

    ## Why is this bad?
    In a new cluster the sync fails: "namespaces ... not found".

    ## Example
    ```yaml
    kind: Application
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: plate-stg}
      syncPolicy:
        automated: {}
    ```

    ## Use instead
    ```yaml
      syncPolicy:
        automated: {}
        syncOptions:
          - CreateNamespace=true
    ```
    """

    id = "uncreated-namespace"
    severity = Severity.WARNING
    summary = "Something is deployed to a namespace that nothing in the tree makes"
    asks_external = ("Namespace",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every release, and every object with a namespace of its own, that goes nowhere."""
        objects: dict[int, list[Manifest]] = {}
        for manifest in deployment.manifests:
            if manifest.kind and deployment.is_namespaced(manifest):
                objects.setdefault(id(manifest.release), []).append(manifest)
        for release in deployment.releases:
            mine = objects.get(id(release), [])
            # Where all is of the cluster, or names a namespace, the destination's is not used.
            unseen = release in deployment.half_known or bool(release.problems)
            if unseen or any(item.namespace == release.namespace for item in mine):
                node = release.application.node
                place = FilePlace(release.application.file, nearest(node, _ROUTE)[0])
                yield from _missing(release, release.place, place, deployment)
            other = {place_of(item): item for item in reversed(mine)}
            for where, item in other.items():
                # `foreign-namespace` says what is wrong with another environment's.
                if where != release.place and not is_other_environment(release.namespace, where[1]):
                    field = ManifestPlace(item, ("metadata", "namespace"))
                    yield from _missing(release, where, field, deployment)


def _missing(
    release: Release, where: tuple[str, str], place: Place, deployment: Deployment
) -> Iterator[Defect]:
    namespaces, cluster = deployment.namespaces, where[0]
    if namespaces.is_made(where) or "{" in where[1]:
        return
    if deployment.external.has("Namespace", "", where[1]):
        return
    near = misspelt(where[1], namespaces.names(cluster))
    share = 1.0 if near else namespaces.share_made(cluster)
    if share < _SOME:
        return
    advice = f"{_OWN if where == release.place else _OTHER}; {declare('Namespace', '', where[1])}"
    unsure = share <= _MOST or namespaces.may_be_made_unseen(cluster)
    yield Defect(
        place,
        f"nothing makes namespace {where[1]}",
        f"did you mean {near}?" if near else advice,
        releases=(release.name,),
        severity=Severity.INFO if unsure else None,
    )
