"""A project that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.external import declare
from plate_llm_cli.graph.slips import misspelt
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import find, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment

_ROUTE = ("spec", "project")


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
    asks_external = ("AppProject",)

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every Application whose project is not there."""
        names = {item.name for item in deployment.projects}
        for release in deployment.releases:
            project = release.application.project
            if project in {*names, "default"} or "{" in project:
                continue
            declared = deployment.external.has("AppProject", _namespace(release), project)
            if names and not declared:
                yield _defect(release, project, misspelt(project, {*names, "default"}))


def _namespace(release: Release) -> str:
    """ArgoCD's own namespace, as far as the Application says: the projects are there."""
    return release.application.identity[0]


def _defect(release: Release, project: str, near: str | None) -> Defect:
    file, node = release.application.file, release.application.node
    written = find(node, _ROUTE)
    span = written.span if written is not None else nearest(node, _ROUTE)[0]
    return Defect(
        FilePlace(file, span),
        f"there is no AppProject {project} in this tree",
        f"did you mean {near}?" if near else declare("AppProject", _namespace(release), project),
        releases=(release.name,),
        severity=None if near else Severity.INFO,
    )
