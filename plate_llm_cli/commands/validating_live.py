"""What `validate --live` adds: the cluster's view of one environment, among the findings."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plate_llm_cli.commands.cluster_access import clusters
from plate_llm_cli.errors import ClusterError
from plate_llm_cli.graph.build import RenderOptions

if TYPE_CHECKING:
    from plate_llm_cli.cluster.api import Api
    from plate_llm_cli.commands.cluster_access import Where
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.findings import Finding
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.graph.manifests import Manifest
    from plate_llm_cli.report.base import Report


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the tree gave, of which environment, with which options."""

    env: str
    deployment: Deployment
    report: Report
    render_options: RenderOptions


def with_cluster(
    workspace: Workspace, seen: Seen, where: Where
) -> tuple[Report, ClusterError | None]:
    """The report with what the cluster of the environment has against it.

    Where the API server is gone, or does not accept our credentials, the report is that of the tree
    alone, and the error comes with it.

    Raises:
        KubeconfigError: the kubeconfig is broken, or its context is not the environment's.
    """
    started = time.monotonic()
    try:
        with clusters(workspace, workspace.release(seen.env), where, changes=False) as reached:
            found = _findings(workspace, seen, reached.workloads)
    except ClusterError as error:
        return seen.report, error
    report = _added(workspace, seen, found)
    return replace(report, seconds=report.seconds + time.monotonic() - started), None


def _findings(workspace: Workspace, seen: Seen, api: Api) -> list[Finding]:
    """Applications among the objects bring releases of other environments: not those."""
    from plate_llm_cli.cluster.validation.checks import complaints  # noqa: PLC0415 - 0.3 s
    from plate_llm_cli.cluster.validation.complaints import findings_of  # noqa: PLC0415 - as above
    from plate_llm_cli.cluster.validation.site import Site  # noqa: PLC0415 - as above

    place = workspace.release(seen.env).place
    here = [item for item in seen.deployment.manifests if item.release.place == place]
    site = Site.of(api, here, _whole_tree(workspace, seen))
    return findings_of(complaints(site), workspace.locator(seen.deployment))


def _whole_tree(workspace: Workspace, seen: Seen) -> list[Manifest]:
    """All objects of the tree: what an environment needs may come from a release elsewhere."""
    options = RenderOptions(
        seen.render_options.kube_version, seen.render_options.api_versions, nested=True
    )
    names = set(seen.deployment.names)
    others = [release for release in workspace.releases if release.name not in names]
    elsewhere = workspace.build(others, options).manifests if others else []
    return [*seen.deployment.manifests, *elsewhere]


def _added(workspace: Workspace, seen: Seen, found: list[Finding]) -> Report:
    """Live findings go through what all go through: chosen rules, comments, consequences."""
    from plate_llm_cli.rules.engine import (  # noqa: PLC0415 - see checking.py
        drop_consequences,
        merge_environments,
    )
    from plate_llm_cli.rules.suppression import suppress  # noqa: PLC0415 - as above

    report = seen.report
    chosen = [finding for finding in found if finding.rule in report.rules]
    live = suppress(merge_environments(chosen), (), workspace.lines)
    findings = drop_consequences([*report.findings, *live.kept])
    return replace(
        report,
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        suppressed=report.suppressed + len(live.silenced),
    )
