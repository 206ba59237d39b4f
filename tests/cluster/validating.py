"""Plain manifests of one release, and what the cluster has against them, a line a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plate_llm_cli.cluster.validation.checks import complaints
from plate_llm_cli.cluster.validation.complaints import findings_of
from plate_llm_cli.cluster.validation.site import Site
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from tests.cluster.connecting import connected

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.double.cluster import Cluster

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: app-stg, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/a.git, targetRevision: main, path: manifests}
  destination:
    server: https://kubernetes.default.svc
    namespace: stg
"""

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers:
    - name: app
      image: harbor.example.com/a/app:1
"""


@dataclass(frozen=True)
class Tried:
    """A cluster and a tree that goes to its namespace `stg`."""

    kube: Cluster
    root: Path

    def write(self, path: str, text: str) -> None:
        """Make or replace a file of the tree."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def complaints(self, manifests: str = "") -> list[str]:
        """`rule severity path:line:column message (help)` of all that is wrong."""
        if manifests:
            self.write("manifests/all.yaml", manifests)
        with Workspace(self.root) as workspace, connected(self.kube, self.root.parent) as api:
            deployment = workspace.build(workspace.releases, RenderOptions("1.34.0"))
            site = Site.of(api, deployment.manifests, deployment.manifests)
            found = findings_of(complaints(site), workspace.locator(deployment))
        return [
            f"{item.rule} {item.severity} "
            f"{item.location.path}:{item.location.line}:{item.location.column} {item.message}"
            + (f" ({item.help})" if item.help else "")
            for item in found
        ]


def tried(kube: Cluster, folder: Path) -> Tried:
    """A tree in `folder`, and the namespace that it goes to."""
    kube.namespace("stg")
    made = Tried(kube, folder / "tree")
    made.write("apps/app.yaml", APPLICATION)
    return made


def held(tree: Tried, kind: str, name: str, **more: Any) -> None:
    """Put an object into the cluster, in the namespace where it goes."""
    versions = {"ClusterIssuer": "cert-manager.io/v1", "Issuer": "cert-manager.io/v1"}
    versions |= {"IngressClass": "networking.k8s.io/v1", "StorageClass": "storage.k8s.io/v1"}
    versions |= {"PriorityClass": "scheduling.k8s.io/v1"}
    versions |= {"ExternalSecret": "external-secrets.io/v1"}
    metadata = {"name": name, **more.pop("metadata", {})}
    if kind not in {"ClusterIssuer", "IngressClass", "StorageClass", "PriorityClass"}:
        metadata["namespace"] = "stg"
    version = versions.get(kind, "v1")
    tree.kube.create({"apiVersion": version, "kind": kind, "metadata": metadata, **more})
