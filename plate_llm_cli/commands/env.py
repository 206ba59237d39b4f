"""`plate-llm env`: the environments of the tree and what each consists of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from plate_llm_cli import options
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.output import write_out

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment

app = typer.Typer(
    add_completion=False,
    help="List the environments of the tree and show what each consists of.",
)

Format = Annotated[options.ListFormat, typer.Option("--format")]


@app.command("list", epilog="plate-llm env list")
def list_environments(
    output_format: Format = options.ListFormat.TEXT, root: options.Root = None
) -> None:
    """List every release, its short name, where it goes and what it is made of."""
    with Workspace(root) as workspace:
        listed = [_summary(release, workspace) for release in workspace.discovery.releases]
    if output_format is options.ListFormat.JSON:
        write_out(json.dumps({"version": 1, "environments": listed}, indent=2) + "\n")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("ENV", "APPLICATION", "NAMESPACE", "SOURCE", "VALUES"):
        table.add_column(heading, overflow="fold")
    for item in listed:
        sources, values = "\n".join(item["sources"]), "\n".join(item["values"])
        table.add_row(item["env"], item["application"], item["namespace"], sources, values)
    Console(soft_wrap=False).print(table)


@app.command("show", epilog="plate-llm env show stg")
def show(
    env: Annotated[str, typer.Argument(metavar="ENV", help="An Application, or its short name.")],
    output_format: Format = options.ListFormat.TEXT,
    engine: options.Engine = None,
    root: options.Root = None,
) -> None:
    """Show the releases of an environment: their values in order, and every object."""
    with Workspace(root, engine or "") as workspace:
        releases = workspace.environment(env)
        render_options = RenderOptions(
            workspace.kubernetes_version(""), workspace.api_versions(None)
        )
        deployment = workspace.build(releases, render_options)
        pages = [_page(release, workspace, deployment) for release in releases]
    if output_format is options.ListFormat.JSON:
        write_out(json.dumps({"version": 1, "releases": pages}, indent=2) + "\n")
        return
    write_out("\n".join(_as_text(page) for page in pages))


def _summary(release: Release, workspace: Workspace) -> dict[str, Any]:
    sources = [part.chart or "." for part in release.charts]
    sources += [part.path or "." for part in release.manifests]
    prefix = f"{workspace.primary}-"
    short = release.name.removeprefix(prefix) if workspace.primary else release.name
    return {
        "env": short,
        "application": release.name,
        "file": release.application.file.path,
        "cluster": release.application.cluster,
        "namespace": release.namespace,
        "sources": sources or [f"{source.repo_url}" for source in release.application.sources],
        "values": [layer.label for part in release.charts for layer in part.layers],
    }


def _page(release: Release, workspace: Workspace, deployment: Deployment) -> dict[str, Any]:
    page = _summary(release, workspace)
    page["objects"] = [
        {"kind": item.kind, "name": item.name, "namespace": item.namespace, "hook": item.hook}
        for item in deployment.manifests
        if item.release is release
    ]
    page["problems"] = [problem.message for problem in release.problems]
    page["problems"] += [
        chart.failure.message
        for chart in deployment.charts
        if chart.release is release and chart.failure
    ]
    return page


def _as_text(page: dict[str, Any]) -> str:
    lines = [f"{page['application']}  ({page['file']})"]
    lines.append(f"  goes to    {page['namespace']} on {page['cluster']}")
    lines += [f"  made from  {source}" for source in page["sources"]]
    lines += [f"  values     {label}" for label in page["values"]]
    lines += [
        f"  object     {item['kind']}/{item['name']}{'  (hook)' if item['hook'] else ''}"
        for item in page["objects"]
    ]
    lines += [f"  problem    {problem}" for problem in page["problems"]]
    return "\n".join(lines) + "\n"
