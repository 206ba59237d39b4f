"""`plate-llm argocd apply`: Applications, as they stand in the tree, into the cluster."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.cluster.argocd.applying import Applying
from plate_llm_cli.commands.cluster_access import Context, DryRun, Where, YesReally, clusters
from plate_llm_cli.commands.terminal import confirm, has_terminal
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import ClusterError
from plate_llm_cli.gitops.application_sets.made import require_written
from plate_llm_cli.gitops.argocd_objects import in_wave_order, project_objects, sent
from plate_llm_cli.gitops.unpublished import unpublished
from plate_llm_cli.output import open_pipe, say, write_out
from plate_llm_cli.report.argocd_apply import (
    applied_text,
    apply_json,
    plan_lines,
    summary,
    unpublished_text,
)
from plate_llm_cli.report.text import width_of, write_lines
from plate_llm_cli.report.untrusted import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plate_llm_cli.cluster.argocd.applying import Planned

EXAMPLE = """
plate-llm argocd apply stg --dry-run
plate-llm argocd apply stg
plate-llm argocd apply prod --all --project --yes
"""

All = Annotated[
    bool,
    typer.Option("--all", help="Every Application of the environment, in the order of the waves."),
]
Project = Annotated[
    bool, typer.Option("--project", help="Also the AppProjects that they belong to, first.")
]
Force = Annotated[
    bool,
    typer.Option("--force-conflicts", help="Take over fields that others manage and that differ."),
]


def apply(
    env: options.Env,
    every: All = False,
    project: Project = False,
    dry_run: DryRun = False,
    force: Force = False,
    yes: options.Yes = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    context: Context = "",
    yes_really: YesReally = False,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Bring the Application of ENV to the cluster, as it stands in the tree.

    First the API server is asked what would become of everything; only then is the first object
    written. An Application that an app-of-apps manages is set back to what Git says.
    """
    del verbose
    as_json = output_format is options.ListFormat.JSON
    with Workspace(root) as workspace:
        release = workspace.release(env)
        releases = in_wave_order(workspace.environment(env)) if every else [release]
        require_written(releases)
        objects = project_objects(workspace.discovery, releases) if project else []
        objects += [sent(item.application.node) for item in releases]
        for item in releases:
            if found := unpublished(workspace.root, item):
                say(unpublished_text(found, item.name))
        with clusters(workspace, release, Where(context, yes_really), changes=not dry_run) as there:
            applying = Applying(there.argocd, objects, force=force)
            applying.check()
            planned = applying.plan()
            for warning in there.argocd.connection.warnings:
                say(f"warning: {one_line(warning)}")
            if not dry_run:
                _carry_out(applying, planned, yes=yes, as_json=as_json)
            where = there.argocd.connection.context
    if as_json:
        write_out(apply_json(planned, applying.applied, context=where, dry_run=dry_run))
    elif dry_run:
        _show(planned)


def _carry_out(applying: Applying, planned: Sequence[Planned], *, yes: bool, as_json: bool) -> None:
    """Show what changes and ask on a terminal, then write.

    Raises:
        ClusterError: the API server refuses; what was and was not applied is in its details.
    """
    if not any(item.changes for item in planned):
        if not as_json:
            write_out(f"{summary(planned)}\n")
        return
    asking = not yes and has_terminal()
    if asking:
        _show(planned, aside=True)
    if not confirm(f"Apply this to {one_line(applying.api.connection.context)}?", yes=yes):
        return
    if asking:
        _refuse_news(applying, planned)
    for ref in applying.carry_out(planned):
        if not as_json:
            write_out(applied_text(ref))


def _refuse_news(applying: Applying, planned: Sequence[Planned]) -> None:
    """A person may take long to answer, and agrees to what was shown."""
    if [item.changes for item in applying.plan()] != [item.changes for item in planned]:
        message = "something was changed in the cluster meanwhile, nothing was applied"
        raise ClusterError(message, "run the command again to see what there is now")


def _show(planned: Sequence[Planned], *, aside: bool = False) -> None:
    """The plan: as the result, or `aside` on stderr."""
    if aside:
        write_lines(plan_lines(planned, width_of(sys.stderr)), sys.stderr)
        return
    with open_pipe() as stream:
        write_lines(plan_lines(planned, width_of(stream)), stream)
