"""Deployment trees for the tests of what the spec and the charts agree on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.secrets.agreement.coverage import coverage_of

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.secrets.agreement.gaps import Gap

GOOD = Path(__file__).parents[1] / "trees" / "good-secrets"
SPEC = "environments/secrets.yaml"


class SecretsTree:
    """A copy of the tree `good-secrets`, to be changed: web-stg and web-prod with their Secrets."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(GOOD, root, dirs_exist_ok=True)

    def write(self, path: str, text: str) -> None:
        """Make or replace a file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        """Change the text of a file."""
        text = (self.root / path).read_text("utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def build(self, *names: str) -> Deployment:
        """All releases rendered, or those named."""
        with Workspace(self.root) as workspace:
            options = RenderOptions("1.37.0", workspace.api_versions(None))
            wanted = [item for item in workspace.releases if not names or item.name in names]
            return workspace.build(wanted, options)

    def gaps(self, *names: str) -> list[Gap]:
        """Where deployment and spec do not meet."""
        return list(coverage_of(self.build(*names)).gaps)

    def said(self, *names: str) -> list[tuple[str, str]]:
        """The same as kind and message."""
        return [(gap.kind.value, gap.message) for gap in self.gaps(*names)]
