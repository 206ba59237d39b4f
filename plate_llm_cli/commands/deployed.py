"""The rendered deployment, for commands that ask who reads what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.build import RenderOptions

if TYPE_CHECKING:
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.graph.deployment import Deployment


def deployed(workspace: Workspace) -> Deployment:
    """Every release of the tree, rendered: a Secret may come from any of them."""
    render_options = RenderOptions(
        workspace.kubernetes_version(""), workspace.api_versions(None), nested=True
    )
    return workspace.build(workspace.releases, render_options)
