"""`plate-llm env`: the environments of the tree and what each consists of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plate_llm_cli import options
from plate_llm_cli.context import Workspace
from plate_llm_cli.graph.build import RenderOptions
from plate_llm_cli.output import screen_width, write_out
from plate_llm_cli.report.columns import table
from plate_llm_cli.report.untrusted import visible

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment

app = typer.Typer(
    add_completion=False,
    help="List the environments of the tree and show what each consists of.",
)

Env = Annotated[
    str,
    typer.Argument(
        metavar="ENV",
        help="An Application, or its short name.",
        autocompletion=options.complete_env,
    ),
]


@app.command("list", epilog="plate-llm env list")
def list_environments(
    output_format: options.TextFormat = options.ListFormat.TEXT, root: options.Root = None
) -> None:
    """List every release, its short name, where it goes and what it is made of."""
    with Workspace(root) as workspace:
        listed = [_summary(release, workspace) for release in workspace.releases]
    if output_format is options.ListFormat.JSON:
        write_out(json.dumps({"version": 1, "environments": listed}, indent=2) + "\n")
        return
    rows = [_row(item) for item in listed]
    write_out(table(("ENV", "APPLICATION", "NAMESPACE", "SOURCE", "VALUES"), rows, screen_width()))


@app.command("show", epilog="plate-llm env show stg")
def show(
    env: Env,
    output_format: options.TextFormat = options.ListFormat.TEXT,
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


def _row(item: dict[str, Any]) -> list[str]:
    """A line of the list: what every release has, the chart's own values.yaml, is left out."""
    folders = [f"{source}/" for source in item["sources"]]
    own = {f"{folder}values.yaml" for folder in folders} | {"values.yaml"}
    values = [label for label in item["values"] if label not in own]
    for folder in folders:
        values = [label.removeprefix(folder) for label in values]
    sources = ", ".join(item["sources"])
    name = "" if item["application"] == item["env"] else item["application"]
    return [item["env"], name, item["namespace"], sources, ", ".join(values)]


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
    return "".join(f"{visible(line)}\n" for line in lines)
