"""Production that changes without a commit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plate_llm_cli.findings import Severity
from plate_llm_cli.graph.environment_words import is_production
from plate_llm_cli.rules.base import Defect, FilePlace, Rule
from plate_llm_cli.source.nodes import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.graph.deployment import Deployment

_BRANCH = re.compile(
    r"HEAD|(refs/heads/)?(main|master|develop|dev|trunk|staging|next|latest|release/[^0-9]*)"
)
_RANGE = re.compile(r"[*^~<>|]|(?<![\w.])x(?![\w])|\.x\b")


class MovingProduction(Rule):
    """A production Application follows a branch or a range of another repository.

    ## What it does
    Looks at the sources of Applications whose name or namespace says production. A branch, `HEAD`,
    no revision at all, and a range such as `1.*` are named; tags, digests and commits are fixed.
    Sources that are this tree are left out: what production runs changes by a commit here.

    ## Why is this bad?
    A push to another repository, or a new version of a chart, is in production at once, and
    nothing here says what was there before.

    ## Example
    ```yaml
    metadata: {name: redis-prod}
    spec:
      source: {repoURL: https://charts.example.com, chart: redis, targetRevision: "*"}
    ```

    ## Use instead
    ```yaml
      source: {repoURL: https://charts.example.com, chart: redis, targetRevision: 20.1.0}
    ```
    """

    id = "moving-production"
    severity = Severity.INFO
    summary = "Production follows a branch or a range of versions of another repository"

    def check(self, deployment: Deployment) -> Iterator[Defect]:
        """Every source of production that may move by itself."""
        home = deployment.discovery.home
        for release in filter(is_production, deployment.releases):
            for source in release.application.sources:
                fixed = source.revision and not _RANGE.search(source.revision)
                moving = not fixed or _BRANCH.fullmatch(source.revision)
                if not moving or not source.repo_url or home.holds(source):
                    continue
                span, _ = nearest(source.node, ("targetRevision",))
                follows = f"follows {source.revision}" if source.revision else "names no revision"
                yield Defect(
                    FilePlace(release.application.file, span),
                    f"{release.name} {follows} of {source.repo_url}",
                    "name a version, a tag or a commit",
                    releases=(release.name,),
                )
