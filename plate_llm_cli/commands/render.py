"""`plate-llm render`: the manifests of a release, as ArgoCD would apply them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.helm.engine import SetArgument, SetKind
from plate_llm_cli.output import write_out, write_result
from plate_llm_cli.report import manifests
from plate_llm_cli.report.traces import trace_text

if TYPE_CHECKING:
    from plate_llm_cli.graph.deployment import Deployment

app = typer.Typer(add_completion=False)

_VALUES = "Values on top of the Application's"

Env = Annotated[
    str | None,
    typer.Argument(
        metavar="ENV",
        help="An Application, or its short name.",
        autocompletion=options.complete_env,
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every release of the tree.")]
Trace = Annotated[
    str,
    typer.Option(
        metavar="KIND/NAME:FIELD",
        help="Show which value sets a field, and what it overrides.",
        show_default=False,
    ),
]
ShowOnly = Annotated[
    list[str] | None,
    typer.Option(
        "-s",
        "--show-only",
        metavar="TEMPLATE",
        help="Only what TEMPLATE renders.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write one file an object into DIR.", show_default=False),
]
Format = Annotated[options.RenderFormat, typer.Option("--format")]
Values = Annotated[
    list[Path] | None,
    typer.Option(
        "-f",
        "--values",
        metavar="FILE",
        rich_help_panel=_VALUES,
        help="A value file; may be repeated.",
        show_default=False,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        rich_help_panel=_VALUES,
        help="As Helm's own.",
        show_default=False,
    ),
]
SetString = Annotated[
    list[str] | None,
    typer.Option(
        "--set-string",
        metavar="KEY=TEXT",
        rich_help_panel=_VALUES,
        help="As Helm's own.",
        show_default=False,
    ),
]
IncludeCrds = Annotated[
    bool | None,
    typer.Option(
        "--include-crds/--no-include-crds",
        rich_help_panel="Helm",
        help="Whatever the Application says. [dim]ArgoCD includes them unless skipCrds.[/]",
        show_default=False,
    ),
]

EXAMPLE = """
plate-llm render stg
plate-llm render stg --trace Deployment/plate-llm-stg:spec.replicas
plate-llm render --all --out rendered/
"""


@app.command(epilog=EXAMPLE)
def render(
    env: Env = None,
    every: All = False,
    trace: Trace = "",
    show_only: ShowOnly = None,
    out: Out = None,
    output_format: Format = options.RenderFormat.YAML,
    values: Values = None,
    set_values: Set = None,
    set_strings: SetString = None,
    include_crds: IncludeCrds = None,
    kubernetes_version: options.KubernetesVersion = "",
    api_versions: options.ApiVersions = None,
    engine: options.Engine = None,
    root: options.Root = None,
    verbose: options.Verbose = False,
) -> None:
    """Print the manifests of a release as ArgoCD would apply them."""
    del verbose
    if bool(env) == every:
        raise UsageError("render takes one ENV, or --all", "plate-llm env list shows them")
    with Workspace(root, engine or "") as workspace:
        workspace.start_engine()
        arguments = [SetArgument(SetKind.SET, text) for text in set_values or ()]
        arguments += [SetArgument(SetKind.STRING, text) for text in set_strings or ()]
        render_options = RenderOptions(
            kube_version=workspace.kubernetes_version(kubernetes_version),
            api_versions=workspace.api_versions(api_versions),
            values=tuple(workspace.read_values(path) for path in values or ()),
            arguments=tuple(arguments),
            include_crds=include_crds,
            provenance=bool(trace),
        )
        releases = workspace.discovery.releases if every else [workspace.release(env or "")]
        deployment = workspace.build(releases, render_options)
        if trace:
            write_out(trace_text(deployment, workspace.locator(deployment), trace))
        elif out is not None:
            written = manifests.write_folder(deployment, out)
            typer.echo(f"{len(written)} files written to {out}", err=True)
        elif output_format is options.RenderFormat.JSON:
            write_result(manifests.as_json(deployment), None)
        else:
            write_result(manifests.yaml_stream(deployment, show_only or ()), None)
    _tell_problems(deployment)


def _tell_problems(deployment: Deployment) -> None:
    """Say on stderr what could not be rendered; exit 1 when a chart failed."""
    for release in deployment.releases:
        for problem in release.problems:
            place = f"{problem.file.path}:{problem.span.line}:{problem.span.column}"
            typer.echo(f"{place}: {problem.message}", err=True)
    failed = [(chart, chart.failure) for chart in deployment.charts if chart.failure]
    for chart, failure in failed:
        path = chart.template_path(failure.template) if failure.template else chart.part.chart
        position = f":{failure.line}:{failure.column or 1}" if failure.line else ""
        typer.echo(f"{path}{position}: {chart.release.name}: {failure.message}", err=True)
    if failed:
        raise typer.Exit(ExitCode.FINDINGS)
