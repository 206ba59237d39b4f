"""`plate-llm validate`: would every release of the tree come up?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import checking, options, watching
from plate_llm_cli.commands import accepting, cluster_access
from plate_llm_cli.commands.cluster_access import Where
from plate_llm_cli.commands.validating_live import Seen, with_cluster
from plate_llm_cli.context import Workspace, find_root
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from plate_llm_cli.errors import ClusterError
    from plate_llm_cli.graph.build import RenderOptions

app = typer.Typer(add_completion=False)

_RULES = "Rules"
EXAMPLE = """
plate-llm validate
plate-llm validate stg --fail-on warning
plate-llm validate --format sarif --output findings.sarif
plate-llm validate --write-baseline baseline.json
plate-llm validate stg --live
"""

Envs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ENV]...",
        help="Environments: all releases that share a cluster and namespace. Default: every one.",
        autocompletion=options.complete_env,
    ),
]
Format = Annotated[
    options.ReportFormat, typer.Option("--format", help="How to print the findings.")
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="RULE",
        rich_help_panel=_RULES,
        help="Only these rules; `*` stands for any letters. May be repeated.",
        show_default=False,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="RULE",
        rich_help_panel=_RULES,
        help="Not these rules.",
        show_default=False,
    ),
]
FailOn = Annotated[
    options.FailOn | None,
    typer.Option(
        "--fail-on",
        rich_help_panel=_RULES,
        help="From which severity on to exit with 1. Default: error.",
        show_default=False,
    ),
]


Provenance = Annotated[
    bool,
    typer.Option(
        "--provenance/--no-provenance",
        rich_help_panel=_RULES,
        help="Find values that nothing reads, and the values behind rendered fields.",
    ),
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Check again whenever a file is saved, until Ctrl-C.")
]
Live = Annotated[
    bool,
    typer.Option(
        "--live",
        rich_help_panel=cluster_access.PANEL,
        help="Also ask the cluster of ENV: a dry run of every object, and what they refer to.",
    ),
]


@app.command(epilog=EXAMPLE)
def validate(
    envs: Envs = None,
    output_format: Format = options.ReportFormat.TEXT,
    output: options.Output = None,
    selected: Select = None,
    ignored: Ignore = None,
    fail_on: FailOn = None,
    kubernetes_version: options.KubernetesVersion = "",
    api_versions: options.ApiVersions = None,
    crds: options.Crds = None,
    engine: options.Engine = None,
    root: options.Root = None,
    provenance: Provenance = True,
    baseline: accepting.Known = None,
    write_baseline: accepting.Written = None,
    watch: Watch = False,
    live: Live = False,
    context: cluster_access.Context = "",
    yes_really: cluster_access.YesReally = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Check that every release of the tree would come up."""
    del verbose
    where = Where(context, yes_really)
    _refuse_contradictions(envs or [], live=live, watch=watch, where=where)
    accepted = accepting.accepting(baseline, write_baseline, watch=watch)

    def look() -> bool:
        """Check the tree as it is now; True when the findings are bad enough to fail."""
        accepted.begin()
        with Workspace(root, engine or "") as workspace:
            settings = workspace.settings
            choose = partial(
                checking.choose_rules, selected or settings.select, ignored or settings.ignore
            )
            render_options = workspace.render_options(kubernetes_version, api_versions)
            render_options = _in_full(workspace, render_options, crds, provenance=provenance)
            releases = workspace.environments(envs or ())
            limit = fail_on or settings.fail_on or options.FailOn.ERROR
            deployment, report = checking.examine(
                workspace, releases, choose, render_options, limit
            )
            lost: ClusterError | None = None
            if live and envs:
                seen = Seen(envs[0], deployment, report, render_options)
                report, lost = with_cluster(workspace, seen, where)
        if lost is None or baseline:
            whole = provenance and not envs and not deployment.failed
            report = accepted.applied(report, whole=whole, quiet=quiet)
        checking.write_report(report, output_format.value, output, quiet=quiet)
        if lost is not None:
            raise lost
        return checking.fails(report, limit)

    if watch:
        watching.repeat(look, find_root(root))
    if look():
        raise typer.Exit(ExitCode.FINDINGS)


def _in_full(
    workspace: Workspace,
    render_options: RenderOptions,
    crds: list[Path] | None,
    *,
    provenance: bool,
) -> RenderOptions:
    """With all that rules may ask for."""
    return replace(
        render_options,
        lint=True,
        provenance=provenance,
        nested=True,
        schema_folders=workspace.schema_folders(crds),
    )


def _refuse_contradictions(envs: list[str], *, live: bool, watch: bool, where: Where) -> None:
    if not live and where != Where():
        option = "--context" if where.context else "--yes-really"
        raise UsageError(f"{option} is for --live", "add --live, or leave it out")
    if live and watch:
        raise UsageError("--live and --watch do not go together", "leave out one of them")
    if live and len(envs) != 1:
        given = f"not {len(envs)}" if envs else "and none is named"
        raise UsageError(
            f"--live takes exactly one environment, {given}", "plate-llm validate ENV --live"
        )
