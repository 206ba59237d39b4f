"""ApplicationSets of a tree, expanded with the real engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from plate_llm_cli.gitops.discovery import Discovery, discover
from plate_llm_cli.source.reader import to_plain
from plate_llm_cli.source.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.helm.embedded import EmbeddedEngine

URL = "https://git.example.com/team/deploy.git"
HEAD = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: set
  namespace: argocd
spec:
"""
TEMPLATE = f"""\
  template:
    metadata:
      name: "NAME"
    spec:
      project: default
      source: {{repoURL: "{URL}", targetRevision: main, path: charts/web}}
      destination: {{name: in-cluster, namespace: web}}
"""
GO = "  goTemplate: true\n"
STRICT = GO + "  goTemplateOptions: [missingkey=error]\n"


@dataclass(slots=True)
class Sets:
    """A tree in which to put files and ApplicationSets."""

    root: Path
    engine: EmbeddedEngine

    def write(self, path: str, text: str = "a: 1\n") -> None:
        """Write a file, with the folders above it."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def discover(self) -> Discovery:
        """All of the tree."""
        return discover(Tree(self.root), engine=lambda: self.engine)

    def expand(
        self, name: str, generators: str, options: str = STRICT, more: str = ""
    ) -> Discovery:
        """One ApplicationSet whose Applications are called `name`, a template."""
        template = TEMPLATE.replace("NAME", name.replace('"', '\\"'))
        text = f"{HEAD}{options}  generators: {generators}\n{template}{more}"
        self.write("set.yaml", text)
        return self.discover()

    def names(self, name: str, generators: str, options: str = STRICT) -> list[str]:
        """The names of its Applications, of which nothing is wrong, in no order."""
        found = self.expand(name, generators, options)
        assert [problem.message for problem in found.set_problems] == []
        return sorted(item.name for item in found.applications)

    def problems(self, name: str, generators: str, options: str = STRICT) -> list[tuple[str, str]]:
        """Kind and message of what is wrong."""
        found = self.expand(name, generators, options)
        return [(str(problem.kind), problem.message) for problem in found.set_problems]


@pytest.fixture
def sets(tmp_path: Path, engine: EmbeddedEngine) -> Sets:
    """An empty tree with a chart."""
    made = Sets(tmp_path, engine)
    made.write("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")
    return made


def plain(discovery: Discovery) -> list[Any]:
    """The Applications as data."""
    return [to_plain(item.node) for item in discovery.applications]
