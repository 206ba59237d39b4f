"""A project that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import find, nearest
from plate_llm_cli.source.violations import near_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment

_ROUTE = ("spec", "project")
_SLIP = 0.85
"""The share of letters that a slip leaves as they are, two that change places included."""
_TELLING = 3


class UnknownProject(Rule):
    """An Application names a project that the tree does not have, while it has others.

    ## What it does
    Looks for the AppProject of each Application among those of the tree. It is an error where one
    of them differs by a letter or two; otherwise somebody else may make the project, and it is an
    info. The project `default` is always there.

    ## Why is this bad?
    ArgoCD reports "Application referencing project ... which does not exist", and syncs nothing.

    ## Example
    ```yaml
    kind: Application
    spec:
      project: plaet   # the project is plate
    ```

    ## Use instead
    ```yaml
    kind: Application
    spec:
      project: plate
    ```
    """

    id = "unknown-project"
    severity = Severity.ERROR
    summary = "An Application names a project that the tree does not have"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every Application whose project is not there."""
        names = {item.name for item in deployment.projects}
        for release in deployment.releases:
            project = release.application.project
            if names and project not in {*names, "default"} and "{" not in project:
                yield _defect(release, project, _slip_of(project, {*names, "default"}))


def _slip_of(project: str, names: set[str]) -> str | None:
    """The name that was meant; team-1 is no slip of team-2, nor team-eu of team-us."""
    near = near_name(project, names, _SLIP)
    words, others = project.split("-"), (near or "").split("-")
    if len(words) == len(others):
        pairs = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
        if all(max(map(len, pair)) < _TELLING for pair in pairs) or any(
            one.rstrip("0123456789") == other.rstrip("0123456789") for one, other in pairs
        ):
            return None
    return near


def _defect(release: Release, project: str, near: str | None) -> Defect:
    file, node = release.application.file, release.application.node
    written = find(node, _ROUTE)
    span = written.span if written is not None else nearest(node, _ROUTE)[0]
    return Defect(
        FilePlace(file, span),
        f"there is no AppProject {project} in this tree",
        f"did you mean {near}?" if near else "nothing to do where somebody else makes it",
        releases=(release.name,),
        severity=None if near else Severity.INFO,
    )
