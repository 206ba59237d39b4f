"""`plate-llm diff`: what differs between two environments, revisions, or Git and the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.commands.cluster_access import Context, Where, YesReally
from plate_llm_cli.commands.compared import Side, against_revision, between_environments
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.output import open_pipe, write_out
from plate_llm_cli.report.differences import differences_json, differences_lines
from plate_llm_cli.report.text import width_of, write_lines

if TYPE_CHECKING:
    from plate_llm_cli.report.differences import Differences

app = typer.Typer(add_completion=False)

EXAMPLE = """
plate-llm diff stg prod
plate-llm diff stg --against main
plate-llm diff stg --against v1.4.0 --format json
plate-llm diff stg --against live
"""

Env = Annotated[
    str,
    typer.Argument(
        metavar="ENV",
        help="An environment: all releases that share a cluster and namespace.",
        autocompletion=options.complete_env,
    ),
]
Other = Annotated[
    str | None,
    typer.Argument(
        metavar="[ENV_B]",
        help="The environment to compare it with.",
        autocompletion=options.complete_env,
        show_default=False,
    ),
]
Against = Annotated[
    str,
    typer.Option(
        metavar="REV|live",
        help="A Git revision to compare the working tree with, or what is in the cluster.",
        show_default=False,
    ),
]
All = Annotated[
    bool,
    typer.Option("--all", help="Also what differs only as the environments' names do; all lines."),
]

_LIVE = "live"
"""What `--against` calls the cluster; a branch of that name is `refs/heads/live`."""


@app.command(epilog=EXAMPLE)
def diff(
    env: Env,
    other: Other = None,
    against: Against = "",
    everything: All = False,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    kubernetes_version: options.KubernetesVersion = "",
    api_versions: options.ApiVersions = None,
    context: Context = "",
    yes_really: YesReally = False,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Show what differs between two environments, revisions, or Git and the cluster.

    Of two environments the objects are paired although their names differ; fields that differ only
    by those names are left out, and are no difference. Secret values are never shown.
    """
    del verbose
    if bool(other) == bool(against):
        message = "diff takes two environments, or one and --against"
        raise UsageError(message, "plate-llm diff stg prod, plate-llm diff stg --against main")
    with Workspace(root, engine or "") as workspace:
        side = Side(
            workspace,
            workspace.render_options(kubernetes_version, api_versions),
            engine or "",
            tuple(api_versions or ()),
        )
        if other:
            found, whole = between_environments(side, env, other)
        elif against == _LIVE:
            from plate_llm_cli.commands.live_diff import against_live  # noqa: PLC0415 - 0.2 s

            pinned = bool(kubernetes_version or workspace.settings.kubernetes_version)
            found, whole = against_live(side, env, Where(context, yes_really), pinned=pinned)
        else:
            found, whole = against_revision(side, env, against)
    _write(found, output_format, everything=everything)
    if found.surprising or not whole:
        raise typer.Exit(ExitCode.FINDINGS)


def _write(found: Differences, output_format: options.ListFormat, *, everything: bool) -> None:
    if output_format is options.ListFormat.JSON:
        write_out(differences_json(found))
        return
    with open_pipe() as stream:
        lines = differences_lines(found, width_of(stream), everything=everything)
        write_lines(lines, stream)
