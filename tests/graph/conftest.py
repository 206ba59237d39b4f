"""What the tests of the graph room share: trees on disk, and how they are built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from plate_llm_cli.commands.deployed import deployed
from plate_llm_cli.context import Workspace
from plate_llm_cli.gitops.discovery import discover
from plate_llm_cli.graph.build import Builder, RenderOptions
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.helm.embedded import EmbeddedEngine

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/team/deploy.git
    targetRevision: main
    path: charts/web
    helm:
      valueFiles: [values-prod.yaml]
      values: |
        # the third layer
        env:
          C: three
      parameters:
        - name: env.D
          value: four
  destination:
    server: https://kubernetes.default.svc
    namespace: team
"""
TREE = {
    "apps/web.yaml": APPLICATION,
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/values.yaml": "env:\n  A: one\n  B: one\nlabels: {}\n",
    "charts/web/values-prod.yaml": "env:\n  B: two\n",
    "charts/web/templates/map.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
        "data:\n  {{- range $name, $value := .Values.env }}\n  {{ $name }}: {{ $value }}\n"
        "  {{- end }}\n  fixed: text\n"
    ),
}
PLAIN = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: 'https://git.example.com/x.git', path: web, targetRevision: main}
  destination: {server: 'https://kubernetes.default.svc', namespace: web}
"""


@pytest.fixture
def applied(tmp_path: Path) -> Callable[..., Deployment]:
    """Takes objects, and deploys them to namespace web as they are."""

    def make(*objects: dict[str, Any]) -> Deployment:
        for path, text in (
            ("apps/web.yaml", PLAIN),
            ("web/all.yaml", yaml.safe_dump_all(objects)),
        ):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text, "utf-8")
        with Workspace(tmp_path) as workspace:
            return deployed(workspace)

    return make


@pytest.fixture
def build(tmp_path: Path, engine: EmbeddedEngine) -> Callable[..., Deployment]:
    """Writes a tree and renders it, with provenance."""

    def run(files: dict[str, str]) -> Deployment:
        for path, text in {**TREE, **files}.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        tree = Tree(tmp_path)
        found = discover(tree)
        options = RenderOptions("1.37.0", provenance=True)
        return Builder(tree, found, engine, options).build(found.releases)

    return run
