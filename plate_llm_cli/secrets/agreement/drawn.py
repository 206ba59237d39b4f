"""The secrets spec, as drawings of a deployment show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.graph.drawing.secrets import Described
from plate_llm_cli.graph.places import FilePlace
from plate_llm_cli.secrets.agreement.coverage import coverage_of

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment


def described(deployment: Deployment) -> Described | None:
    """Where the spec of the tree describes which path; None without a sound spec."""
    spec = coverage_of(deployment).loaded.spec
    if spec is None:
        return None
    paths = {
        str(path.place): (
            FilePlace(spec.file, path.span),
            *(FilePlace(spec.file, key.span) for key in path.keys.values()),
        )
        for path in spec.paths
    }
    return Described(spec.file.path, paths)
