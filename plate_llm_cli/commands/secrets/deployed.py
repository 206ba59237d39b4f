"""The rendered deployment, for commands that ask who reads what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.secrets.loading import load_spec

if TYPE_CHECKING:
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.secrets.spec import Spec


def deployed(workspace: Workspace) -> Deployment:
    """Every release of the tree, rendered: a Secret may come from any of them."""
    render_options = RenderOptions(
        workspace.kubernetes_version(""), workspace.api_versions(None), nested=True
    )
    return workspace.build(workspace.releases, render_options)


def whole_spec(workspace: Workspace) -> Spec:
    """The spec of all environments.

    Raises:
        SpecError: there is none, or something in it is wrong.
    """
    return load_spec(workspace.tree, workspace.settings.secrets).required()
