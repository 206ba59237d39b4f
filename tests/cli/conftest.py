"""A small tree that is in order, and two ways to call the command in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from plate_llm_cli.helm import prestart
from plate_llm_cli.process import run
from tests.cluster.fixtures import kube
from tests.secrets.fixtures import bao, bao_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["bao", "bao_server", "kube"]

FILES = {
    "apps/web-stg.yaml": """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web-stg
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/team/deploy.git
    targetRevision: main
    path: charts/web
    helm:
      valueFiles:
        - values-stg.yaml
  destination:
    server: https://kubernetes.default.svc
    namespace: staging
""",
    "apps/web-prod.yaml": """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web-prod
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://git.example.com/team/deploy.git
    targetRevision: main
    path: charts/web
    helm:
      parameters:
        - name: greeting
          value: hello
  destination:
    server: https://kubernetes.default.svc
    namespace: production
""",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.0\nicon: file://web.svg\n",
    "charts/web/values.yaml": "greeting: hi\n",
    "charts/web/values-stg.yaml": "greeting: welcome\n",
    "charts/web/templates/config.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  greeting: {{ .Values.greeting | quote }}
""",
}


@dataclass(frozen=True)
class Tree:
    """A deployment tree in a folder of its own."""

    root: Path

    def write(self, path: str, content: str | bytes) -> Path:
        """Make or replace a file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink():
            target.unlink()
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def replace(self, path: str, old: str, new: str) -> None:
        """Change the text of a file."""
        text = (self.root / path).read_text("utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def take_plain_manifests(self, folder: str) -> None:
        """Let the Application web-stg apply the manifests in `folder` instead of a chart."""
        self.replace("apps/web-stg.yaml", "path: charts/web", f"path: {folder}")
        helm = "    helm:\n      valueFiles:\n        - values-stg.yaml\n"
        self.replace("apps/web-stg.yaml", helm, "")

    def remove(self, path: str) -> Path:
        """Take a file away; its path, for something else in its place."""
        target = self.root / path
        target.unlink()
        return target

    def files(self) -> set[str]:
        """Every path below the root."""
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*")}


@dataclass(frozen=True)
class Outcome:
    """How a call ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """The tree, with the tests' folder in it and nothing else of the machine's."""
    made = Tree(tmp_path / "tree")
    for path, text in FILES.items():
        made.write(path, text)
    monkeypatch.chdir(made.root)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "PLATE_LLM_ROOT"):
        monkeypatch.delenv(name, raising=False)
    return made


Call = Callable[..., Outcome]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Call the command in this process: quick, for all that needs no process of its own."""

    def made(*arguments: str) -> Outcome:
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    yield made
    while (begun := prestart.take()) is not None:
        begun.child.kill()


def command(*arguments: str) -> list[str]:
    """The command line of a process that runs `plate-llm` with `arguments`."""
    start = "from plate_llm_cli.__main__ import main; main()"
    # -P as for an installed script: the current folder is not where modules come from.
    return [sys.executable, "-P", "-c", start, *arguments]


@pytest.fixture
def process(tree: Tree) -> Call:
    """Call the command as a process of its own, in the tree."""

    def made(*arguments: str, stdin: str = "", **environment: str) -> Outcome:
        done = subprocess.run(  # noqa: S603 - our own command
            command(*arguments),
            input=stdin.encode(),
            capture_output=True,
            cwd=tree.root,
            env=os.environ | environment,
            timeout=60,
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    return made
