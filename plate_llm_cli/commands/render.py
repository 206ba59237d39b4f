"""`plate-llm render`: the manifests of a release, as ArgoCD would apply them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plate_llm_cli import options
from plate_llm_cli.context import Workspace
from plate_llm_cli.errors import UsageError
from plate_llm_cli.exit_codes import ExitCode
from plate_llm_cli.helm.engine import RenderFailure, SetArgument, SetKind
from plate_llm_cli.output import say, write_data, write_out
from plate_llm_cli.report import manifests
from plate_llm_cli.report.refusals import remarks, without_refused
from plate_llm_cli.report.templates import only
from plate_llm_cli.report.traces import trace_text
from plate_llm_cli.report.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plate_llm_cli.graph.deployment import Deployment
    from plate_llm_cli.report.refusals import Remark

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
        help="Only what TEMPLATE renders; may be repeated.",
        show_default=False,
    ),
]


def _folder(text: str) -> Path:
    if not text:
        raise UsageError("--out names no folder", "was a variable empty? --out . is this folder")
    return Path(text)


Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        parser=_folder,
        help="Write one file an object into DIR.",
        show_default=False,
    ),
]
Values = Annotated[
    list[Path] | None,
    typer.Option(
        "-f",
        "--values",
        metavar="FILE",
        rich_help_panel=_VALUES,
        help="A value file, `-` for stdin, behind the Application's; its parameters still win.",
        show_default=False,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        rich_help_panel=_VALUES,
        help="Set a value, as Helm's own option does; may be repeated.",
        show_default=False,
    ),
]
SetString = Annotated[
    list[str] | None,
    typer.Option(
        "--set-string",
        metavar="KEY=TEXT",
        rich_help_panel=_VALUES,
        help="Set a value that stays text, as Helm's own option does.",
        show_default=False,
    ),
]
IncludeCrds = Annotated[
    bool | None,
    typer.Option(
        "--include-crds/--no-include-crds",
        rich_help_panel="Helm",
        help="Print CRDs or leave them out. Default: as the Application says.",
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
    output_format: options.ManifestFormat = options.RenderFormat.YAML,
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
    _refuse_together(trace=trace, out=out, as_json=output_format is options.RenderFormat.JSON)
    with Workspace(root, engine or "") as workspace:
        render_options = replace(
            workspace.render_options(kubernetes_version, api_versions),
            values=tuple(workspace.read_values(path) for path in values or ()),
            arguments=tuple(_arguments(workspace, set_values or (), set_strings or ())),
            include_crds=include_crds,
            provenance=bool(trace),
        )
        releases = workspace.releases if every else [workspace.release(env or "")]
        rendered = workspace.build(releases, render_options)
        said = remarks(rendered)
        deployment = without_refused(rendered, said)
        idle: list[str] = []
        if show_only and deployment.releases:
            deployment, idle = only(deployment, show_only)
        if trace and deployment.releases:
            write_out(trace_text(deployment, workspace.locator(deployment), trace))
        elif deployment.releases:
            _write(deployment, out, output_format)
    _finish(said, idle, nothing=not deployment.manifests)


def _refuse_together(*, trace: str, out: Path | None, as_json: bool) -> None:
    given = [("--trace", bool(trace)), ("--out", out is not None), ("--format json", as_json)]
    together = [name for name, here in given if here]
    if len(together) > 1:
        raise UsageError(f"{' and '.join(together)} do not go together", "leave one of them out")


def _arguments(
    workspace: Workspace, values: Iterable[str], strings: Iterable[str]
) -> Iterator[SetArgument]:
    """The `--set` options as Helm reads them; UsageError for one that it cannot read."""
    arguments = [SetArgument(SetKind.SET, text) for text in values]
    arguments += [SetArgument(SetKind.STRING, text) for text in strings]
    for argument in arguments:
        parsed = workspace.engine.parse_set(argument)
        if isinstance(parsed, RenderFailure):
            name = argument.text.partition("=")[0]  # the value may be a secret
            raise UsageError(f"--{argument.kind} {name!r}: {parsed.message}")
        yield argument


def _write(deployment: Deployment, out: Path | None, output_format: options.RenderFormat) -> None:
    if out is not None:
        written = manifests.write_folder(deployment, out)
        say(f"{len(written)} {'file' if len(written) == 1 else 'files'} written to {out}")
    elif output_format is options.RenderFormat.JSON:
        write_data(manifests.as_json(deployment))
    else:
        write_data(manifests.yaml_stream(deployment))


def _finish(said: list[Remark], idle: list[str], *, nothing: bool) -> None:
    """Say what is not there and why; exit 1 when that is something of what was asked for."""
    for remark in said:
        say(visible(str(remark)))
    for pattern in idle:
        say(f"{pattern} renders to nothing with these values")
    if nothing and not said and not idle:
        say("there is nothing to print: no template renders an object with these values")
    if any(remark.refuses for remark in said) or (said and nothing):
        raise typer.Exit(ExitCode.FINDINGS)
