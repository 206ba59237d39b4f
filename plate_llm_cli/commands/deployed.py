"""The rendered deployment, for commands that ask who reads what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.graph.deployment import Deployment


def deployed(workspace: Workspace) -> Deployment:
    """Every release of the tree, rendered: a Secret may come from any of them."""
    return workspace.build(workspace.releases, replace(workspace.render_options(), nested=True))
