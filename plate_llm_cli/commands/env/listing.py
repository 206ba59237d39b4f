"""`plate-llm env list`: every release of the tree in a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plate_llm_cli import options
from plate_llm_cli.context import Workspace
from plate_llm_cli.output import screen_width, write_out
from plate_llm_cli.report.columns import table

if TYPE_CHECKING:
    from plate_llm_cli.gitops.releases import Release

EXAMPLE = "plate-llm env list"


def list_environments(
    output_format: options.TextFormat = options.ListFormat.TEXT, root: options.Root = None
) -> None:
    """List every release, its short name, where it goes and what it is made of."""
    with Workspace(root) as workspace:
        listed = [summary(release, workspace) for release in workspace.releases]
    if output_format is options.ListFormat.JSON:
        write_out(json.dumps({"version": 1, "environments": listed}, indent=2) + "\n")
        return
    rows = [_row(item) for item in listed]
    write_out(table(("ENV", "APPLICATION", "NAMESPACE", "SOURCE", "VALUES"), rows, screen_width()))


def summary(release: Release, workspace: Workspace) -> dict[str, Any]:
    """A release as programs read it."""
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
