"""`plate-llm env show`: what an environment consists of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plate_llm_cli import options
from plate_llm_cli.commands.env.listing import summary
from plate_llm_cli.context import Workspace
from plate_llm_cli.output import write_out
from plate_llm_cli.report.untrusted import visible

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release
    from plate_llm_cli.graph.deployment import Deployment

EXAMPLE = "plate-llm env show stg"


def show(
    env: options.Env,
    output_format: options.TextFormat = options.ListFormat.TEXT,
    engine: options.Engine = None,
    root: options.Root = None,
) -> None:
    """Show the releases of an environment: their values in order, and every object."""
    with Workspace(root, engine or "") as workspace:
        releases = workspace.environment(env)
        deployment = workspace.build(releases, workspace.render_options())
        pages = [_page(release, workspace, deployment) for release in releases]
    if output_format is options.ListFormat.JSON:
        write_out(json.dumps({"version": 1, "releases": pages}, indent=2) + "\n")
        return
    write_out("\n".join(_as_text(page) for page in pages))


def _page(release: Release, workspace: Workspace, deployment: Deployment) -> dict[str, Any]:
    page = summary(release, workspace)
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
