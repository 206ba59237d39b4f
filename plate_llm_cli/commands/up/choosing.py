"""Which environment is started, and whether its tree is in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from plate_llm_cli import checking
from plate_llm_cli.errors import UsageError
from plate_llm_cli.local.provider import Provider
from plate_llm_cli.smoke.deployed import deployed_service

if TYPE_CHECKING:
    from plate_llm_cli.context import Workspace
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.report.base import Report
    from plate_llm_cli.smoke.deployed import DeployedService


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """An environment, as people type it, and the service that its release deploys."""

    env: str
    release: Release
    service: DeployedService


def examined(workspace: Workspace) -> tuple[Deployment, Report]:
    """Every release, rendered and judged as `validate` does it, but for who reads which value."""
    settings = workspace.settings
    choose = partial(checking.choose_rules, settings.select, settings.ignore)
    options = replace(
        workspace.render_options(),
        lint=True,
        nested=True,
        schema_folders=workspace.schema_folders(None),
    )
    return checking.examine(workspace, workspace.releases, choose, options)


def only_of(report: Report, workspace: Workspace, chosen: Chosen) -> Report:
    """What the report has against the releases of the chosen environment, and against none."""
    names = {release.name for release in workspace.environment(chosen.release.name)}
    found = (
        item for item in report.findings if not item.environments or names & set(item.environments)
    )
    return replace(report, findings=tuple(found))


def choose(
    workspace: Workspace, deployment: Deployment, env: str, provider: Provider
) -> Chosen | None:
    """The environment ENV; without one the first that the built-in provider may answer for.

    None where it may be one that does not render.

    Raises:
        UsageError: there is none, or it is production and would get invented answers.
    """
    if env:
        return _named(workspace, deployment, env, provider)
    return _first(workspace, deployment)


def _named(
    workspace: Workspace, deployment: Deployment, env: str, provider: Provider
) -> Chosen | None:
    release = workspace.release(env)
    if release in deployment.failed:
        return None
    chosen = _chosen(workspace, deployment, release)
    if provider is Provider.BUILTIN and chosen.service.expected.in_production:
        raise UsageError(
            f"{env} is production, which refuses the built-in provider",
            f"plate-llm up {env} --provider openai asks a real one, with your key",
        )
    return chosen


def _first(workspace: Workspace, deployment: Deployment) -> Chosen | None:
    primary = workspace.primary
    releases = [item for item in workspace.releases if primary and _deploys(item, primary)]
    for release in releases:
        if release not in deployment.failed:
            chosen = _chosen(workspace, deployment, release)
            if not chosen.service.expected.in_production:
                return chosen
    if set(releases) & set(deployment.failed):
        return None
    names = ", ".join(workspace.short_name(item) for item in releases or workspace.releases)
    lacking = "that is not production" if releases else "is known to have the service"
    raise UsageError(f"no environment {lacking}: name one", f"there are: {names}")


def _chosen(workspace: Workspace, deployment: Deployment, release: Release) -> Chosen:
    env = workspace.short_name(release)
    return Chosen(env, release, deployed_service(env, release, deployment))


def _deploys(release: Release, chart: str) -> bool:
    return any(part.chart_name == chart for part in release.charts)
